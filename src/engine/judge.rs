//! From the project to a report: run every rule, then filter by configuration, comments and baselines.

use super::memory::Memory;
use super::understand::Trouble;
use super::{Config, Note, Phase, Report, Unused};
use crate::catalogue::{self, Check, Context, Rule, Undecided};
use crate::config::{Decision, View};
use crate::finding::Finding;
use crate::identity::{self, Places};
use crate::ignore::{self, By, Suppressed};
use crate::model::Project;
use crate::rules;
use crate::source::{PerSource, Sources, UnreadReason};
use crate::span::{SourceId, Span};
use crate::syntax::{Fault, Problem};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// The most problems that are reported per file; a file with more has a misleading name.
const MOST_PROBLEMS: usize = 20;

/// Runs the rules and filters their findings.
pub(super) fn judge(
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
        // Rules of one concern often query the same facts, so each rule is a task of its own.
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
            let (found, _) = ask(rule, project, &governed, |cx| ignore::report(cx, &directives, &used, &runs));
            findings.extend(named(found, sources, root, &mut memory.places));
            findings.sort_by_key(|finding| (sources.key(finding.span), finding.rule));
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
            // If the rule did not run, it is unknown whether the finding is gone.
            let is_gone = is_within && ran.iter().any(|rule| *rule.id == *entry.rule);
            report.unused.push(Unused { by: *by, entry, is_gone });
        }
    }
    report.suppressed.sort_by_key(|hidden| (sources.key(hidden.finding.span), hidden.finding.rule));
    report.findings = findings;
    let is_broken = |(_, problem): &&(SourceId, Problem)| problem.fault != Fault::Parser;
    report.broken = trouble.iter().filter(is_broken).map(|(id, _)| *id).collect();
    notes(&mut report, trouble, sources);
    let mut unique = HashSet::new();
    report.undecided.retain(|open| unique.insert((open.rule, open.span)));
    report.undecided.sort_by_key(|open| (sources.key(open.span), open.rule));
    let files = sources.iter().map(|(id, _)| project.file(id));
    report.files = files.filter(|file| file.surface.is_some()).cloned().collect();
    report.sources = project.files.clone();
    report
}

/// The findings of a rule in the files where it runs.
fn check(
    rule: &Rule,
    project: &Project,
    governed: &Governed<'_>,
    trouble: &[(SourceId, Problem)],
    sources: &Sources,
) -> (Vec<Finding>, Vec<Undecided>) {
    ask(rule, project, governed, |cx| match rule.check {
        Check::Function(check) => check(cx),
        Check::Page => rule.page().policy.iter().for_each(|policy| catalogue::check(policy, cx)),
        Check::Engine => about_files(cx, trouble, sources),
    })
}

/// The findings of a check in the files where its rule runs, with the configured severity.
fn ask(
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

/// Findings about files as a whole: unreadable ones and those with syntax errors.
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
            // If it has a source to point at, it is a finding.
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

/// Sorts and deduplicates findings, and fills in their fingerprints.
fn named(mut findings: Vec<Finding>, sources: &Sources, root: &str, places: &mut Places) -> Vec<Finding> {
    let key = |finding: &Finding| (sources.key(finding.span), finding.rule);
    findings.sort_by(|a, b| (key(a), &a.message).cmp(&(key(b), &b.message)));
    findings.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
    identity::identify(&mut findings, sources, root, places);
    findings
}

/// The configuration of each source, computed on demand.
pub(super) struct Governed<'a> {
    pub(super) config: &'a Config,
    sources: &'a Sources,
    views: PerSource<OnceLock<View<'a>>>,
}

impl<'a> Governed<'a> {
    pub(super) fn new(config: &'a Config, sources: &'a Sources) -> Self {
        Self { config, sources, views: PerSource::of(sources, |_, _| OnceLock::new()) }
    }

    pub(super) fn view(&self, id: SourceId) -> &View<'a> {
        self.views[id].get_or_init(|| self.config.cascade.view(&self.sources.get(id).path))
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

impl Config {
    /// Whether a rule runs for a path with this configuration, and with which severity.
    fn decide(&self, rule: &Rule, view: &View<'_>) -> Decision {
        let is_named = |names: &[String]| names.iter().any(|id| *id == *rule.id);
        if is_named(&self.ignore) {
            return Decision::Off;
        }
        match view.decide(&rule.id, rule.page().front.profile, self.profile) {
            decision if self.select.is_empty() => decision,
            _ if !is_named(&self.select) => Decision::Off,
            // Rules selected on the command line run, except where the team's overrides turn them off.
            Decision::Off if !view.is_overridden_off(&rule.id) => Decision::On,
            decision => decision,
        }
    }
}
