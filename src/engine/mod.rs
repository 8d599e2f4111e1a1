//! From sources to a report: parse, read, link, check, filter.

mod judge;
mod linked;
mod memory;
mod part;
mod understand;

pub use memory::Memory;

use crate::baseline::{Baseline, Entry};
use crate::catalogue::{Profile, Undecided};
use crate::config::Cascade;
use crate::finding::{Finding, Severity};
use crate::ignore::{By, Suppressed};
use crate::model::{FileFacts, Project};
use crate::source::{PerSource, Sources};
use crate::span::SourceId;
use judge::judge;
use std::collections::HashSet;
use std::sync::Arc;
use understand::understand;

/// What a run was asked for.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the configuration files say.
    pub cascade: Cascade,
    /// Which rules run, whatever the configuration files say.
    pub profile: Option<Profile>,
    /// Where not empty, only these run, whatever their profile.
    pub select: Vec<String>,
    /// These don't run.
    pub ignore: Vec<String>,
    /// Whether comments that silence rules count.
    pub has_ignores: bool,
    /// The day on which the run happens (`2026-11-21`), for comments that count until a day.
    pub today: Option<String>,
    /// Findings that are known, and how so.
    pub baselines: Vec<(By, Baseline)>,
}

/// What a run says.
#[derive(Debug, Default)]
pub struct Report {
    /// Findings by path, offset and rule.
    pub findings: Vec<Arc<Finding>>,
    /// Findings that comments or baselines have silenced, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// Entries of baselines that silence nothing.
    pub unused: Vec<Unused>,
    /// The sources with syntax errors, whether that is reported or not.
    pub broken: HashSet<SourceId>,
    /// What could not be decided, in the same order.
    pub undecided: Vec<Undecided>,
    /// What was not read, or not in full, by path.
    pub notes: Vec<Note>,
    /// The files that belong to a surface, in path order.
    pub files: Vec<FileFacts>,
    /// What is known of every source.
    pub sources: Arc<PerSource<FileFacts>>,
}

/// An entry of a baseline that silences nothing.
#[derive(Debug, Clone)]
pub struct Unused {
    /// Which baseline.
    pub by: By,
    /// The entry.
    pub entry: Entry,
    /// Whether what it stands for is gone; otherwise it is not known, for this run did not look for it.
    pub is_gone: bool,
}

/// Something about a file that is no finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file.
    pub path: Arc<str>,
    /// In words.
    pub message: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            cascade: Cascade::default(),
            profile: None,
            select: Vec::new(),
            ignore: Vec::new(),
            has_ignores: true,
            today: None,
            baselines: Vec::new(),
        }
    }
}

/// What a run does, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Texts become trees and facts, file by file.
    Parse,
    /// What needs several files is read.
    Link,
    /// Rules are checked.
    Check,
    /// Comments and baselines take findings out.
    Filter,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 4] = [Self::Parse, Self::Link, Self::Check, Self::Filter];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Link => "link",
            Self::Check => "check",
            Self::Filter => "filter",
        }
    }
}

/// Checks sources.
pub fn lint(sources: &Sources, config: &Config) -> Report {
    lint_observed(sources, config, &|_| {})
}

/// Checks sources, and tells when each phase begins.
pub fn lint_observed(sources: &Sources, config: &Config, observe: &dyn Fn(Phase)) -> Report {
    let mut memory = Memory::for_one_run();
    let (project, parts, mut trouble) = understand(sources, config, &mut memory, observe);
    judge(&project, parts, &mut trouble, sources, config, &mut memory, observe)
}

/// What a run understands and says.
#[derive(Debug)]
pub struct Analysis {
    /// The deployment.
    pub project: Project,
    /// What is said about it.
    pub report: Report,
}

/// Checks sources that are nearly those of the run before, which the memory knows.
pub fn analyse(sources: &Sources, config: &Config, memory: &mut Memory) -> Analysis {
    let (project, parts, mut trouble) = understand(sources, config, memory, &|_| {});
    let report = judge(&project, parts, &mut trouble, sources, config, memory, &|_| {});
    Analysis { project, report }
}

impl Report {
    /// Entries of the team's baseline whose findings are gone.
    pub fn resolved(&self) -> impl Iterator<Item = &Entry> {
        self.unused.iter().filter(|unused| unused.by == By::Baseline && unused.is_gone).map(|unused| &unused.entry)
    }

    /// Findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
