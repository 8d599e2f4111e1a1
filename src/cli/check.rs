//! `seaworthy check`.

use super::phases::Phases;
use super::setup::{self, Setup};
use super::{CheckArguments, Error, FailOnName, fix, output, streams};
use crate::config::FailOn;
use crate::engine::repair::{self, Repaired};
use crate::engine::{Memory, Note, Report, lint, lint_observed};
use crate::finding::{Finding, Severity};
use crate::model::Surface;
use crate::source::Source;
use crate::visible::visible;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(arguments: &CheckArguments) -> Result<ExitCode, Error> {
    let mut phases = Phases::begin(!arguments.quiet && streams::err_is_terminal());
    let mut setup = setup::prepare(&arguments.scope, &arguments.change)?;
    setup::with_baseline(&mut setup, &arguments.scope)?;
    let mut changed = 0;
    let mut unwritten = BTreeMap::new();
    let mut report = match edited(arguments, &setup)? {
        Some((verb, mut fixed)) => {
            if !arguments.diff {
                unwritten = fix::write(&setup.root, &fixed.changed);
            }
            if !unwritten.is_empty() {
                fixed = without(fixed, &unwritten, &setup);
            }
            changed = fixed.changed.len();
            // Whatever becomes of standard error, the results are written.
            let _ = fix::announce(&mut streams::err(), arguments, verb, &fixed);
            if arguments.diff {
                let style = super::style(arguments.color, streams::out_is_terminal());
                let mut out = streams::out_in(style);
                streams::delivered(fix::diff(&mut out, &setup.sources, &fixed, style).and_then(|()| out.flush()))?;
                let has_failed = output::tell_failures(&fixed.report.failures);
                return Ok(ExitCode::from(if has_failed { 2 } else { u8::from(changed > 0) }));
            }
            setup.sources = fixed.sources;
            fixed.report
        }
        None => lint_observed(&setup.sources, &setup.config, &|phase| phases.phase(phase)),
    };
    report.failures.append(&mut setup.failures);
    restrict(&mut report, &setup);
    explain_named(&mut report, &setup);
    phases.enter("report");
    phases.end();
    let said = setup.config.cascade.fail_on().map(|said| said.value);
    let fail_on = arguments.fail_on.map(FailOnName::value).or(said).unwrap_or(FailOn::AtLeast(Severity::Warning));
    let fails = report.findings.iter().any(|finding| fail_on.is_reached(finding.severity));
    // What is shown does not change the verdict.
    let all = report.findings.len();
    let least = arguments.severity.unwrap_or(Severity::Info);
    report.findings.retain(|finding| finding.severity >= least);
    let has_failed = output::write(arguments, &report, &setup.sources, &setup.root, all - report.findings.len())?;
    if arguments.verbose {
        let mut err = streams::err();
        let _ = phases.write(&mut err);
        for surface in Surface::ALL {
            let count = report.files.iter().filter(|file| file.surface == Some(surface)).count();
            let _ = writeln!(err, "{surface:<13} {}", files(count));
        }
    }
    let has_changed = arguments.exit_non_zero_on_fix && changed > 0;
    let has_nothing = arguments.fail_on_nothing && report.files.is_empty();
    let has_unread = arguments.fail_on_unread && !report.notes.is_empty();
    let code = u8::from((fails && !arguments.exit_zero) || has_changed || has_nothing || has_unread);
    let code = if has_failed || !unwritten.is_empty() { 2 } else { code };
    for (path, error) in unwritten {
        let error = Error::NotWritten(path.into(), error);
        streams::tell(&visible(&format!("seaworthy: {error}")));
    }
    // The process ends here; dropping all of this would only take time.
    std::mem::forget((report, setup));
    Ok(ExitCode::from(code))
}

/// The changed sources and the verb for the message, if a change was requested.
fn edited(arguments: &CheckArguments, setup: &Setup) -> Result<Option<(&'static str, Repaired)>, Error> {
    if let Some(reason) = &arguments.add_ignores {
        let reason = reason.trim();
        // A comment is one line, so its reason must be one line too.
        if reason.is_empty() || reason.contains(['\n', '\r']) {
            return Err(Error::NoReason);
        }
        return Ok(Some(("silenced", silence(setup, reason))));
    }
    Ok((arguments.fix || arguments.diff).then(|| ("fixed", fix::apply(setup, arguments))))
}

/// The result of a repair whose changes of some files could not be written: their findings are still there.
fn without(fixed: Repaired, unwritten: &BTreeMap<String, io::Error>, setup: &Setup) -> Repaired {
    let is_written = |path: &String| !unwritten.contains_key(path);
    let changed: BTreeMap<String, String> = fixed.changed.into_iter().filter(|(path, _)| is_written(path)).collect();
    let sources = setup.sources.with(&changed);
    let report = lint(&sources, &setup.config);
    let by_rule: BTreeMap<_, _> = fixed.fixed.into_iter().filter(|((path, _), _)| is_written(path)).collect();
    // Comments are no fixes; they are counted by what they silence.
    let silenced = |report: &Report| report.suppressed.len();
    let new = silenced(&report).saturating_sub(silenced(&lint(&setup.sources, &setup.config)));
    let count = by_rule.values().sum::<usize>().max(new);
    Repaired { sources, report, count, fixed: by_rule, changed, ..fixed }
}

/// Inserts comments in memory, in the requested files.
fn silence(setup: &Setup, reason: &str) -> Repaired {
    let is_wanted = |_: &Finding, source: &Source| setup.wants(&source.path);
    repair::add_ignores(&setup.sources, &setup.config, &mut Memory::default(), &is_wanted, reason)
}

pub(super) fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

/// Adds a note for each file that was named and not checked.
fn explain_named(report: &mut Report, setup: &Setup) {
    for path in setup.named() {
        let is_told = report.files.iter().any(|file| *file.path == *path)
            || report.notes.iter().any(|note| *note.path == *path)
            || report.findings.iter().any(|finding| *setup.sources.get(finding.span.source).path == *path);
        if is_told {
            continue;
        }
        let message = match setup.config.cascade.view(path).excluded() {
            Some(at) => format!("not checked: excluded by {}", at.at),
            None => "not checked: it is not a kind of file that seaworthy reads".to_owned(),
        };
        report.notes.push(Note { path: path.as_str().into(), message });
    }
}

/// Keeps the results for the requested paths; the rest of the checkout was read only as context.
fn restrict(report: &mut Report, setup: &Setup) {
    let (wanted, sources) = (|path: &str| setup.wants(path), &setup.sources);
    report.findings.retain(|finding| wanted(&sources.get(finding.span.source).path));
    report.suppressed.retain(|hidden| wanted(&sources.get(hidden.finding.span.source).path));
    report.undecided.retain(|open| wanted(&sources.get(open.span.source).path));
    report.notes.retain(|note| wanted(&note.path));
    report.files.retain(|file| wanted(&file.path));
    // The path of an entry is relative to the top of the repository.
    let root = setup.config.cascade.root();
    let below = |path: &str| match root {
        "" => Some(path.to_owned()),
        _ => Some(path.strip_prefix(root)?.strip_prefix('/')?.to_owned()),
    };
    report.unused.retain(|unused| below(&unused.entry.path).is_some_and(|path| wanted(&path)));
}
