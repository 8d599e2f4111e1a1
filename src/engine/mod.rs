//! From sources to a report: parse, read, link, check, filter.

mod memory;
mod parse;

pub use memory::Memory;

use crate::baseline::{Baseline, Entry};
use crate::catalogue::{self, Check, Context, Profile, Rule, Undecided};
use crate::config::{Cascade, Decision, View};
use crate::finding::{Finding, Severity};
use crate::identity::{self, Places};
use crate::ignore::{self, By, Suppressed};
use crate::link;
use crate::model::{Comment, Environment, FileFacts, Project};
use crate::rules;
use crate::source::{Sources, UnreadReason};
use crate::span::{SourceId, Span};
use crate::syntax::{Fault, Problem};
use parse::Tree;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

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
    pub findings: Vec<Finding>,
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
    /// What is known of every source, by its id.
    pub sources: Vec<FileFacts>,
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

impl Config {
    /// Whether a rule runs for what is said about a path.
    fn decide(&self, rule: &Rule, view: &View<'_>) -> Decision {
        let is_named = |names: &[String]| names.iter().any(|id| *id == *rule.id);
        if is_named(&self.ignore) {
            return Decision::Off;
        }
        match view.decide(&rule.id, rule.page().front.profile, self.profile) {
            decision if self.select.is_empty() => decision,
            _ if !is_named(&self.select) => Decision::Off,
            // What is asked for on the command line runs, but not where the team keeps it out of some paths.
            Decision::Off if !view.is_overridden_off(&rule.id) => Decision::On,
            decision => decision,
        }
    }
}

/// What the configuration says about each source, worked out when it is asked for.
struct Governed<'a> {
    config: &'a Config,
    sources: &'a Sources,
    views: Vec<OnceLock<View<'a>>>,
}

impl<'a> Governed<'a> {
    fn new(config: &'a Config, sources: &'a Sources) -> Self {
        Self { config, sources, views: sources.iter().map(|_| OnceLock::new()).collect() }
    }

    fn view(&self, id: SourceId) -> &View<'a> {
        self.views[id.0 as usize].get_or_init(|| self.config.cascade.view(&self.sources.get(id).path))
    }

    fn decide(&self, rule: &Rule, id: SourceId) -> Decision {
        self.config.decide(rule, self.view(id))
    }

    /// Whether a rule runs for any source.
    fn wants(&self, rule: &Rule) -> bool {
        if self.config.cascade.is_empty() {
            return self.config.decide(rule, &View::default()) != Decision::Off;
        }
        self.sources.iter().any(|(id, _)| self.decide(rule, id) != Decision::Off)
    }
}

/// Problems reported per file; a file with more is not what its name says.
const MOST_PROBLEMS: usize = 20;

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
    let mut memory = Memory::default();
    let (project, mut trouble) = understood(sources, config, &mut memory, observe);
    told_of(&project, &mut trouble, sources, config, &mut memory, observe)
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
    let (project, mut trouble) = understood(sources, config, memory, &|_| {});
    let report = told_of(&project, &mut trouble, sources, config, memory, &|_| {});
    Analysis { project, report }
}

/// What is wrong with texts, and notes about them.
#[derive(Default)]
struct Trouble {
    problems: Vec<(SourceId, Problem)>,
    notes: Vec<Note>,
    comments: Vec<Comment>,
}

/// Parses, reads and joins.
fn understood(sources: &Sources, config: &Config, memory: &mut Memory, observe: &dyn Fn(Phase)) -> (Project, Trouble) {
    observe(Phase::Parse);
    let parsed = memory.parse(sources);
    let governed = Governed::new(config, sources);
    let mut trouble = Trouble::default();
    let mut project = Project {
        files: sources
            .iter()
            .zip(&parsed)
            .map(|((id, source), parsed)| FileFacts {
                path: source.path.clone(),
                surface: parsed.surface,
                environment: said_environment(&governed, id).unwrap_or_else(|| Environment::of_path(&source.path)),
            })
            .collect(),
        tree: sources.tree.clone(),
        ..Project::default()
    };
    let mut bodies: Vec<(SourceId, Arc<Tree>)> = Vec::new();
    let mut unresolved: Vec<(SourceId, Arc<Tree>)> = Vec::new();
    for ((id, source), parsed) in sources.iter().zip(&parsed) {
        trouble.problems.extend(parsed.problems.iter().map(|problem| (id, problem.clone())));
        trouble.notes.extend(parsed.note.clone().map(|message| Note { path: source.path.clone(), message }));
        trouble.comments.extend(parsed.comments.iter().cloned());
        project.facts.merge(&parsed.facts);
        match &parsed.tree {
            Some(tree) if matches!(**tree, Tree::Hcl(_)) => bodies.push((id, tree.clone())),
            Some(tree) => unresolved.push((id, tree.clone())),
            None => {}
        }
    }
    observe(Phase::Link);
    project.builds = link::builds(&project.facts.commands, &project.facts.pipelines, sources);
    // Second reading: Dockerfiles given their builds, Terraform modules given their callers.
    let read = memory.dockerfiles(&unresolved, &link::overridden(&project.builds));
    for ((id, ..), read) in unresolved.iter().zip(&read) {
        let (facts, problems) = &**read;
        trouble.problems.extend(problems.iter().map(|problem| (*id, problem.clone())));
        project.facts.merge(facts);
    }
    for facts in memory.modules(&bodies, sources) {
        project.facts.merge(&facts);
    }
    link::settle_owners(&mut project.facts.workloads);
    let ignored = link::IgnoreFiles::read(sources);
    let is_submitted = link::submits(&project.commands);
    project.missing_sources =
        link::missing_sources(&project.dockerfiles, &project.builds, &ignored, sources, is_submitted);
    project.wide_copies = link::wide_copies(&project.dockerfiles, &project.builds, &ignored, sources);
    project.given_substitutions = link::given_substitutions(&project, sources);
    (project, trouble)
}

/// Checks and filters.
fn told_of(
    project: &Project,
    trouble: &mut Trouble,
    sources: &Sources,
    config: &Config,
    memory: &mut Memory,
    observe: &dyn Fn(Phase),
) -> Report {
    let governed = Governed::new(config, sources);
    let mut report = Report { notes: std::mem::take(&mut trouble.notes), ..Report::default() };
    let (trouble, comments) = (&trouble.problems, &trouble.comments);
    observe(Phase::Check);
    let root = config.cascade.root();
    let mut findings = Vec::new();
    let mut ran: Vec<&Rule> = Vec::new();
    let outcomes: Vec<_> = rules::ALL
        .par_iter()
        // Rules of one concern often ask about the same things; each is a task of its own.
        .with_max_len(1)
        .filter_map(|rule| {
            if !governed.wants(rule) {
                return None;
            }
            // Stale ignores are known only after every other rule has run.
            let is_late = rule.id == ignore::STALE;
            let told = if is_late { Default::default() } else { check(rule, project, &governed, trouble, sources) };
            Some((rule, told))
        })
        .collect();
    for (rule, (found, undecided)) in outcomes {
        findings.extend(found);
        report.undecided.extend(undecided);
        ran.push(rule);
    }
    observe(Phase::Filter);
    let mut findings = named(findings, sources, root, &mut memory.places);
    if config.has_ignores {
        let whole = |span: Span| Span::new(span.source, 0, sources.get(span.source).text.len() as u32);
        let directives = ignore::read(comments, whole, &|id| governed.view(id).locks(), config.today.as_deref());
        let (suppressed, used) = ignore::apply(&mut findings, &directives);
        report.suppressed = suppressed;
        if let Some(rule) = ran.iter().find(|rule| rule.id == ignore::STALE) {
            let runs =
                |id, name: &str| ran.iter().any(|rule| *rule.id == *name && governed.decide(rule, id) != Decision::Off);
            let (found, _) = told(rule, project, &governed, |cx| ignore::report(cx, &directives, &used, &runs));
            findings.extend(named(found, sources, root, &mut memory.places));
            findings.sort_by_key(|finding| (finding.span, finding.rule));
        }
    }
    let is_locked = |finding: &Finding| {
        governed.view(finding.span.source).locks().is_some_and(|locks| locks.unignorable.contains_key(&finding.rule))
    };
    for (by, baseline) in &config.baselines {
        let applied = baseline.apply(&mut findings, sources, root, &|finding| *by == By::Base || !is_locked(finding));
        let known = applied.known.into_iter().map(|finding| Suppressed { finding, reason: None, by: *by });
        report.suppressed.extend(known);
        for (entry, is_within) in applied.unused {
            // Of a rule that did not run nothing can be said.
            let is_gone = is_within && ran.iter().any(|rule| *rule.id == *entry.rule);
            report.unused.push(Unused { by: *by, entry, is_gone });
        }
    }
    report.suppressed.sort_by_key(|hidden| (hidden.finding.span, hidden.finding.rule));
    report.findings = findings;
    let is_broken = |(_, problem): &&(SourceId, Problem)| problem.fault != Fault::Parser;
    report.broken = trouble.iter().filter(is_broken).map(|(id, _)| *id).collect();
    notes(&mut report, trouble, sources);
    let mut unique = HashSet::new();
    report.undecided.retain(|open| unique.insert((open.rule, open.span)));
    report.undecided.sort_by_key(|open| (open.span, open.rule));
    report.files = project.files.iter().filter(|file| file.surface.is_some()).cloned().collect();
    report.sources = project.files.clone();
    report
}

/// What a rule says about the files in which it runs.
fn check(
    rule: &Rule,
    project: &Project,
    governed: &Governed<'_>,
    trouble: &[(SourceId, Problem)],
    sources: &Sources,
) -> (Vec<Finding>, Vec<Undecided>) {
    told(rule, project, governed, |cx| match rule.check {
        Check::Function(check) => check(cx),
        Check::Page => rule.page().policy.iter().for_each(|policy| catalogue::check(policy, cx)),
        Check::Engine => about_files(cx, trouble, sources),
    })
}

/// What a check tells about the files in which its rule runs, as severe as it is there.
fn told(
    rule: &Rule,
    project: &Project,
    governed: &Governed<'_>,
    check: impl FnOnce(&mut Context<'_>),
) -> (Vec<Finding>, Vec<Undecided>) {
    let given = |id, option: &str| governed.view(id).option(&rule.id, option).map(|said| said.value);
    let mut cx = Context::new(project, rule, &given);
    check(&mut cx);
    let (mut findings, mut undecided) = cx.finish();
    let speaks = |span: Span| rule.page().speaks_in(project.file(span.source).environment);
    findings.retain_mut(|finding| {
        match governed.decide(rule, finding.span.source) {
            Decision::Off => return false,
            Decision::On => {}
            Decision::At(severity) => finding.severity = severity,
        }
        speaks(finding.span)
    });
    undecided.retain(|open| speaks(open.span) && governed.decide(rule, open.span.source) != Decision::Off);
    (findings, undecided)
}

/// The environment that the configuration gives a source.
fn said_environment(governed: &Governed<'_>, id: SourceId) -> Option<Environment> {
    if governed.config.cascade.is_empty() {
        return None;
    }
    governed.view(id).environment().map(|(environment, _)| environment)
}

/// Findings about files themselves: those that can't be read and those that can't be parsed.
fn about_files(cx: &mut Context<'_>, trouble: &[(SourceId, Problem)], sources: &Sources) {
    let mut counts: HashMap<SourceId, usize> = HashMap::new();
    for (id, problem) in trouble.iter().filter(|(_, problem)| problem.fault != Fault::Parser) {
        let is_encoding = problem.fault == Fault::Encoding;
        if is_encoding != (cx.rule() == "unreadable-file") {
            continue;
        }
        let count = counts.entry(*id).or_default();
        *count += 1;
        if *count > MOST_PROBLEMS {
            continue;
        }
        if is_encoding {
            cx.flag(problem.span, "this file is not UTF-8").help = Some("save the file as UTF-8".to_owned());
        } else {
            cx.flag(problem.span, format!("syntax error: {}", problem.message));
        }
    }
    if cx.rule() == "unreadable-file" {
        for unread in &sources.unread {
            let (UnreadReason::Refused(reason), Some(id)) = (&unread.reason, sources.find(&unread.path)) else {
                continue;
            };
            cx.flag(Span::new(id, 0, 0), format!("this file can't be read: {reason}"));
        }
    }
}

fn notes(report: &mut Report, trouble: &[(SourceId, Problem)], sources: &Sources) {
    let mut counts: HashMap<SourceId, usize> = HashMap::new();
    for (id, problem) in trouble {
        let source = sources.get(*id);
        let count = counts.entry(*id).or_default();
        if problem.fault != Fault::Parser {
            *count += 1;
            if *count == MOST_PROBLEMS + 1 {
                report.notes.push(Note {
                    path: source.path.clone(),
                    message: "has more syntax errors than are shown".to_owned(),
                });
            }
        } else {
            let line = source.position(problem.span.start).line;
            let message = format!("not analysed in full: line {line} {}", problem.message);
            report.notes.push(Note { path: source.path.clone(), message });
        }
    }
    for unread in &sources.unread {
        let message = match &unread.reason {
            // It is a finding where it has a source to point at.
            UnreadReason::Refused(_) if sources.find(&unread.path).is_some() => continue,
            UnreadReason::Refused(reason) => format!("could not be read: {reason}"),
            UnreadReason::TooLarge(size) => {
                format!("not analysed: {} MiB are too much for a file of its kind", size.div_ceil(1 << 20))
            }
            UnreadReason::Binary => "not analysed: it holds zero bytes, so it is no text in UTF-8".to_owned(),
            UnreadReason::NotAFile => "not analysed: it is not a regular file".to_owned(),
        };
        report.notes.push(Note { path: unread.path.clone(), message });
    }
    report.notes.sort();
    report.notes.dedup();
}

/// Sorts, drops what was found twice, and names every finding for good.
fn named(mut findings: Vec<Finding>, sources: &Sources, root: &str, places: &mut Places) -> Vec<Finding> {
    findings.sort_by(|a, b| (a.span, a.rule, &a.message).cmp(&(b.span, b.rule, &b.message)));
    findings.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
    identity::identify(&mut findings, sources, root, places);
    findings
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
