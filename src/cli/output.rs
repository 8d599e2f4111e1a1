//! Writes the results of a run: to standard output and to files, and a summary to standard error.

use super::{CheckArguments, Error, SortName, streams, style};
use crate::engine::{Failure, Report, guarded};
use crate::report::terminal::Order;
use crate::report::{Format, statistics, summary};
use crate::source::Sources;
use crate::visible::visible;
use crate::walk::{self, Place};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Environment variables by which coding assistants identify themselves.
const AGENTS: [&str; 4] = ["AI_AGENT", "CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI"];

/// The format to use: the requested one, or `full`. The default is `concise` if a coding assistant reads the output and
/// it is not a terminal.
fn format(arguments: &CheckArguments) -> Format {
    let reads_along = || AGENTS.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    match arguments.format {
        Some(format) => format,
        None if !streams::out_is_terminal() && reads_along() => Format::Concise,
        None => Format::Full,
    }
}

/// Parses a format and the file it is written to, as in `sarif=out.sarif`.
pub(super) fn parse(text: &str) -> Result<(Format, PathBuf), String> {
    let (name, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("expected FORMAT=FILE")?;
    let format = Format::of_name(name).ok_or_else(|| {
        let names = Format::ALL.map(Format::name);
        match crate::spelling::nearest(name, names) {
            Some(nearest) => format!("unknown format `{name}`, did you mean `{nearest}`?"),
            None => format!("unknown format `{name}`; the formats are {}", names.join(", ")),
        }
    })?;
    Ok((format, PathBuf::from(file)))
}

/// A report with as many findings ends with a table of its rules.
const LONG: usize = 5;

/// Writes the results; `hidden` is the number of findings that `--severity` left out. Returns whether a part of the run
/// has failed.
pub(super) fn write(
    arguments: &CheckArguments,
    report: &Report,
    sources: &Sources,
    root: &Path,
    hidden: usize,
) -> Result<bool, Error> {
    let mut failures = report.failures.clone();
    for (format, file) in &arguments.output {
        let mut text = Vec::new();
        let plain = style(super::When::Never, false);
        let write = || format.write(&mut text, report, sources, plain, arguments.show_unknown);
        let written = unless_it_fails(*format, write, &mut failures);
        let text = String::from_utf8_lossy(&text);
        walk::write(file, &text, Place::Named(walk::top(root)))
            .map_err(|error| Error::NotWritten(file.clone(), error))?;
        written?;
    }
    let format = format(arguments);
    let has_table = matches!(format, Format::Full | Format::Concise | Format::Grouped | Format::Json | Format::Jsonl);
    if arguments.statistics && !has_table {
        return Err(Error::StatisticsFormat(format.name()));
    }
    let written = unless_it_fails(format, || findings(arguments, format, report, sources), &mut failures);
    // Whatever becomes of standard error, the exit code is that of the findings.
    let _ = remarks(arguments, format, report, sources, hidden);
    let has_failed = tell_failures(&failures);
    streams::delivered(written)?;
    Ok(has_failed)
}

/// Writes an error for each failure; returns whether there is one.
pub(super) fn tell_failures(failures: &[Failure]) -> bool {
    failures.iter().for_each(|failure| streams::tell(&format!("error: {failure}")));
    !failures.is_empty()
}

/// The result of writing a format; a panic is a failure, so that the others are written.
fn unless_it_fails(
    format: Format,
    write: impl FnOnce() -> io::Result<()>,
    failures: &mut Vec<Failure>,
) -> io::Result<()> {
    guarded(|| format!("the format `{}`", format.name()), write).unwrap_or_else(|failure| {
        failures.push(failure);
        Ok(())
    })
}

/// Writes the findings, or their statistics, to standard output.
fn findings(arguments: &CheckArguments, format: Format, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut style = style(arguments.color, streams::out_is_terminal());
    let by_severity = arguments.sort.map_or(format == Format::Full, |sort| sort == SortName::Severity);
    style.order = if by_severity { Order::Severity } else { Order::Path };
    let mut out = streams::out_with(format.allowed(style));
    if !arguments.statistics {
        format.write(&mut out, report, sources, style, arguments.show_unknown)?;
    } else if matches!(format, Format::Json | Format::Jsonl) {
        writeln!(out, "{:#}", statistics::document(report))?;
    } else {
        statistics::write(&mut out, report, style)?;
    }
    out.flush()
}

/// Writes everything else to standard error.
fn remarks(
    arguments: &CheckArguments,
    format: Format,
    report: &Report,
    sources: &Sources,
    hidden: usize,
) -> io::Result<()> {
    let style = style(arguments.color, streams::err_is_terminal());
    let mut err = streams::err_in(style);
    if format != Format::Json && arguments.show_unknown {
        for open in &report.undecided {
            let at = sources.start(open.span);
            let path = visible(&sources.get(open.span.source).path);
            writeln!(err, "{path}:{}:{} unknown[{}] {}", at.line, at.column, open.rule, open.why)?;
        }
    }
    if arguments.show_files {
        for file in &report.files {
            let surface = file.surface.map_or("", |surface| surface.name());
            let evidence = file.evidence.as_ref().map(|evidence| format!(" ({evidence})")).unwrap_or_default();
            writeln!(err, "{}: {surface}, {}{}", visible(&file.path), file.environment, visible(&evidence))?;
        }
    }
    if arguments.quiet {
        return Ok(());
    }
    for note in &report.notes {
        writeln!(err, "note: {}: {}", visible(&note.path), visible(&note.message))?;
    }
    if report.files.is_empty() {
        writeln!(err, "note: there are no files here of a kind that seaworthy checks")?;
    }
    let is_for_people = matches!(format, Format::Full | Format::Grouped);
    if is_for_people && !arguments.statistics && report.findings.len() >= LONG {
        statistics::write(&mut err, report, style)?;
    }
    writeln!(err, "{}", summary(report))?;
    if hidden > 0 {
        writeln!(err, "{hidden} of lower severity not shown")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Arguments, Command};
    use super::*;
    use clap::Parser;

    #[test]
    fn a_failure_is_told_to_the_caller_and_ends_no_other_format() {
        let arguments = Arguments::try_parse_from(["seaworthy", "check", "--format", "concise", "-q"]);
        let Command::Check(arguments) = arguments.expect("options of `check`").command else {
            panic!("another command")
        };
        let failure = Failure { what: "rule `latest-tag`".to_owned(), place: None };
        let failed = |failures| {
            write(&arguments, &Report { failures, ..Report::default() }, &Sources::default(), Path::new("/"), 0).ok()
        };
        assert_eq!((failed(Vec::new()), failed(vec![failure])), (Some(false), Some(true)));
        let mut failures = Vec::new();
        let written = unless_it_fails(Format::Full, || unreachable!("a bug in a format"), &mut failures);
        assert!(written.is_ok() && failures[0].what == "the format `full`", "{failures:?}");
    }
}
