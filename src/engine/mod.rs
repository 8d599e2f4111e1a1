//! From sources to a report: parse, read, link, check, filter.

mod failure;
mod found;
mod governed;
mod judge;
mod linked;
mod memory;
mod part;
pub mod repair;
mod understand;

pub use failure::{Failure, guarded, remember_places};
pub use memory::Memory;

use crate::catalogue::{Profile, Undecided};
use crate::config::Cascade;
use crate::finding::{Finding, RuleId, Severity};
use crate::model::{Facts, FileFacts, Project};
use crate::source::{PerSource, Sources};
use crate::span::SourceId;
use crate::suppress::{Baseline, By, Entry, Suppressed};
use judge::judge;
use std::collections::HashSet;
use std::sync::Arc;
use understand::understand;

/// The settings of a run.
#[derive(Debug, Clone)]
pub struct Config {
    /// The settings of all configuration files.
    pub cascade: Cascade,
    /// The profile that selects rules; it overrides the configuration files.
    pub profile: Option<Profile>,
    /// If not empty, only these rules and those of `extend_select` run, whatever their profile.
    pub select: Vec<RuleId>,
    /// These rules run as well, whatever their profile.
    pub extend_select: Vec<RuleId>,
    /// These rules don't run.
    pub ignore: Vec<RuleId>,
    /// Whether ignore comments take effect.
    pub has_ignores: bool,
    /// The date of the run (`2026-11-21`), for ignores that expire.
    pub today: Option<String>,
    /// The baselines, each with the cause that its suppressions get.
    pub baselines: Vec<(By, Baseline)>,
}

/// The results of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// Findings by path, offset and rule.
    pub findings: Vec<Arc<Finding>>,
    /// Findings that are silenced by comments or baselines, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// Entries of baselines that match no finding.
    pub unused: Vec<Unused>,
    /// The sources with syntax or encoding errors, reported or not.
    pub broken: HashSet<SourceId>,
    /// Questions that could not be decided, in the same order.
    pub undecided: Vec<Undecided>,
    /// Files that were not read, or not in full, by path.
    pub notes: Vec<Note>,
    /// The files that belong to a surface, in path order.
    pub files: Vec<FileFacts>,
    /// The facts about every source.
    pub sources: Arc<PerSource<FileFacts>>,
    /// What the files say, secrets among it.
    pub facts: Arc<Facts>,
    /// What each document shows.
    pub documents: Vec<Arc<Facts>>,
    /// What could not be done because of a bug of seaworthy; the report is complete without it.
    pub failures: Vec<Failure>,
}

/// An entry of a baseline that matches no finding.
#[derive(Debug, Clone)]
pub struct Unused {
    /// The baseline.
    pub by: By,
    /// The entry.
    pub entry: Entry,
    /// Whether its finding is gone. If the run did not check for the finding, that is unknown, and this is `false`.
    pub is_gone: bool,
}

/// A remark about a file that is not a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file.
    pub path: Arc<str>,
    /// The text.
    pub message: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            cascade: Cascade::default(),
            profile: None,
            select: Vec::new(),
            extend_select: Vec::new(),
            ignore: Vec::new(),
            has_ignores: true,
            today: None,
            baselines: Vec::new(),
        }
    }
}

/// The phases of a run, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Files become trees and facts, one by one.
    Parse,
    /// Files are related to each other.
    Link,
    /// Rules are checked.
    Check,
    /// Comments and baselines suppress findings.
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

/// Checks sources, and reports the beginning of each phase to `observe`.
pub fn lint_observed(sources: &Sources, config: &Config, observe: &dyn Fn(Phase)) -> Report {
    let mut memory = Memory::for_one_run();
    let (project, parts, mut trouble) = understand(sources, config, &mut memory, observe);
    judge(&project, parts, &mut trouble, sources, config, &mut memory, observe)
}

/// The result of an analysis.
#[derive(Debug)]
pub struct Analysis {
    /// The facts and the deployment.
    pub project: Project,
    /// The findings about it.
    pub report: Report,
}

/// Checks sources, reusing results of the previous run from the memory.
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

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
