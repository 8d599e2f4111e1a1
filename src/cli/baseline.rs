//! `seaworthy baseline`: the findings that a team has accepted for now.

use super::output::tell_failures;
use super::setup::{self, Setup};
use super::{BaselineAction, ChangeArguments, Error, ScopeArguments, streams};
use crate::engine::{Report, lint};
use crate::finding::Finding;
use crate::suppress::{Baseline, By};
use crate::visible::visible;
use crate::walk::{self, Place};
use std::io;
use std::process::ExitCode;

pub(super) fn run(action: &BaselineAction) -> Result<ExitCode, Error> {
    match action {
        BaselineAction::Write(scope) => write(scope),
        BaselineAction::Update(scope) => update(scope),
        BaselineAction::Prune { scope, check } => prune(scope, *check),
    }
}

/// Writes a new baseline; an existing one is an error.
fn write(scope: &ScopeArguments) -> Result<ExitCode, Error> {
    let setup = whole(scope)?;
    let report = complete(&setup)?;
    let (baseline, locked) = gather(found(&report), &setup);
    walk::create(&setup.baseline, &baseline.text(), place(scope, &setup)).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::BaselineExists(setup.baseline.clone()),
        _ => Error::NotWritten(setup.baseline.clone(), error),
    })?;
    tell(&setup, &[(baseline.entries.len(), "written"), (locked, "left out because they can't be ignored")])
}

/// Adds new findings to the baseline and removes the resolved ones.
fn update(scope: &ScopeArguments) -> Result<ExitCode, Error> {
    let (setup, report) = checked(scope)?;
    let (mut baseline, locked) = gather(found(&report).chain(known(&report)), &setup);
    let added = report.findings.len() - locked;
    keep(&mut baseline, &report);
    save(scope, &setup, &baseline)?;
    tell(
        &setup,
        &[
            (added, "added"),
            (report.resolved().count(), "removed"),
            (baseline.entries.len() - added, "kept"),
            (locked, "left out because they can't be ignored"),
        ],
    )
}

/// Removes the resolved findings from the baseline.
fn prune(scope: &ScopeArguments, is_check: bool) -> Result<ExitCode, Error> {
    let (setup, report) = checked(scope)?;
    let resolved = report.resolved().count();
    if is_check {
        for entry in report.resolved() {
            streams::tell(&visible(&format!("{}: [{}] {}", entry.path, entry.rule, entry.message)));
        }
        tell(&setup, &[(resolved, "to remove")])?;
        return Ok(ExitCode::from(u8::from(resolved > 0)));
    }
    let (mut baseline, _) = gather(known(&report), &setup);
    keep(&mut baseline, &report);
    save(scope, &setup, &baseline)?;
    tell(&setup, &[(resolved, "removed"), (baseline.entries.len(), "kept")])
}

/// Prepares a run over the whole root; a baseline of a part would lose the other entries.
fn whole(scope: &ScopeArguments) -> Result<Setup, Error> {
    let mut setup = setup::prepare(scope, &ChangeArguments::default())?;
    if scope.paths.is_empty() {
        setup.take_whole();
    }
    if setup.is_whole() { Ok(setup) } else { Err(Error::PartOfBaseline) }
}

/// Runs with the baseline, which must exist.
fn checked(scope: &ScopeArguments) -> Result<(Setup, Report), Error> {
    let mut setup = whole(scope)?;
    let baseline = setup::baseline(&setup, scope)?.ok_or_else(|| Error::NoBaseline(setup.baseline.clone()))?;
    setup.config.baselines.push((By::Baseline, baseline));
    let report = complete(&setup)?;
    Ok((setup, report))
}

/// The report of a run in which nothing failed: what a failure has hidden would count as resolved.
fn complete(setup: &Setup) -> Result<Report, Error> {
    let report = lint(&setup.sources, &setup.config);
    if tell_failures(&report.failures) { Err(Error::Incomplete) } else { Ok(report) }
}

fn found(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().map(|finding| &**finding)
}

fn known(report: &Report) -> impl Iterator<Item = &Finding> {
    report.suppressed.iter().filter(|hidden| hidden.by == By::Baseline).map(|hidden| &*hidden.finding)
}

/// A baseline of findings, and the number of findings left out because they are locked.
fn gather<'a>(findings: impl IntoIterator<Item = &'a Finding>, setup: &Setup) -> (Baseline, usize) {
    let cascade = &setup.config.cascade;
    let is_locked = |finding: &&Finding| {
        let view = cascade.view(&setup.sources.get(finding.span.source).path);
        view.locks().is_some_and(|locks| locks.unignorable.contains_key(&finding.rule))
    };
    let (locked, free): (Vec<&Finding>, Vec<&Finding>) = findings.into_iter().partition(is_locked);
    (Baseline::of(free, &setup.sources, cascade.root()), locked.len())
}

/// Keeps the entries that this run did not check: those of other folders and rules.
fn keep(baseline: &mut Baseline, report: &Report) {
    baseline.add(report.unused.iter().filter(|unused| !unused.is_gone).map(|unused| unused.entry.clone()));
}

fn save(scope: &ScopeArguments, setup: &Setup, baseline: &Baseline) -> Result<(), Error> {
    walk::write(&setup.baseline, &baseline.text(), place(scope, setup))
        .map_err(|error| Error::NotWritten(setup.baseline.clone(), error))
}

/// Where the baseline may be written: the configuration of a repository names no file outside of it.
fn place<'a>(scope: &ScopeArguments, setup: &'a Setup) -> Place<'a> {
    let top = walk::top(&setup.root);
    if scope.baseline.is_some() { Place::Named(top) } else { Place::Below(top) }
}

fn tell(setup: &Setup, counts: &[(usize, &str)]) -> Result<ExitCode, Error> {
    let named = |(index, (count, what)): (usize, &(usize, &str))| {
        let noun = if index > 0 {
            ""
        } else if *count == 1 {
            " finding"
        } else {
            " findings"
        };
        (index == 0 || *count > 0).then(|| format!("{count}{noun} {what}"))
    };
    let parts: Vec<String> = counts.iter().enumerate().filter_map(named).collect();
    let shown = setup.baseline.strip_prefix(&setup.root).unwrap_or(&setup.baseline);
    streams::tell(&visible(&format!("{}: {}", shown.display(), parts.join(", "))));
    Ok(ExitCode::SUCCESS)
}
