//! Writes the results of a run: to standard output and to files, and a summary to standard error.

use super::setup::Setup;
use super::{CheckArguments, Error, SortName, style};
use crate::engine::Report;
use crate::report::terminal::Order;
use crate::report::visible::visible;
use crate::report::{Format, statistics, summary};
use crate::walk::{self, Place};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// Environment variables by which coding assistants identify themselves.
const AGENTS: [&str; 4] = ["AI_AGENT", "CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI"];

/// The format to use: the requested one, or `full`. The default is `concise` if a coding assistant reads the output and
/// it is not a terminal.
fn format(arguments: &CheckArguments) -> Format {
    let reads_along = || AGENTS.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    match arguments.format {
        Some(format) => format,
        None if !io::stdout().is_terminal() && reads_along() => Format::Concise,
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

/// Writes the results; `hidden` is the number of findings that `--severity` left out.
pub(super) fn write(arguments: &CheckArguments, report: &Report, setup: &Setup, hidden: usize) -> Result<(), Error> {
    let sources = &setup.sources;
    for (format, file) in &arguments.output {
        let mut text = Vec::new();
        let plain = style(super::When::Never, false);
        format.write(&mut text, report, sources, plain, arguments.show_unknown)?;
        let text = String::from_utf8_lossy(&text);
        walk::write(file, &text, Place::Named(walk::top(&setup.root)))
            .map_err(|error| Error::NotWritten(file.clone(), error))?;
    }
    let format = format(arguments);
    let has_table = matches!(format, Format::Full | Format::Concise | Format::Grouped | Format::Json | Format::Jsonl);
    if arguments.statistics && !has_table {
        return Err(Error::StatisticsFormat(format.name()));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut style = style(arguments.color, io::stdout().is_terminal());
    let by_severity = arguments.sort.map_or(format == Format::Full, |sort| sort == SortName::Severity);
    style.order = if by_severity { Order::Severity } else { Order::Path };
    if !arguments.statistics {
        format.write(&mut out, report, sources, style, arguments.show_unknown)?;
    } else if matches!(format, Format::Json | Format::Jsonl) {
        writeln!(out, "{:#}", statistics::document(report))?;
    } else {
        statistics::write(&mut out, report, style)?;
    }
    out.flush()?;
    drop(out);
    let mut err = BufWriter::new(io::stderr().lock());
    if format != Format::Json && arguments.show_unknown {
        for open in &report.undecided {
            let at = sources.start(open.span);
            let path = &sources.get(open.span.source).path;
            writeln!(err, "{}:{}:{} unknown[{}] {}", visible(path), at.line, at.column, open.rule, visible(&open.why))?;
        }
    }
    if arguments.show_files {
        for file in &report.files {
            let surface = file.surface.map_or("", |surface| surface.name());
            let evidence = file.evidence.as_ref().map(|evidence| format!(" ({evidence})")).unwrap_or_default();
            writeln!(err, "{}: {surface}, {}{}", visible(&file.path), file.environment, visible(&evidence))?;
        }
    }
    if !arguments.quiet {
        for note in &report.notes {
            writeln!(err, "note: {}: {}", visible(&note.path), visible(&note.message))?;
        }
        if report.files.is_empty() {
            writeln!(err, "note: there are no files here of a kind that seaworthy checks")?;
        }
        let is_for_people = matches!(format, Format::Full | Format::Grouped);
        if is_for_people && !arguments.statistics && report.findings.len() >= LONG {
            statistics::write(&mut err, report, super::style(arguments.color, io::stderr().is_terminal()))?;
        }
        writeln!(err, "{}", summary(report))?;
        if hidden > 0 {
            writeln!(err, "{hidden} of lower severity not shown")?;
        }
    }
    Ok(err.flush()?)
}
