//! `seaworthy check`.

use super::setup::{self, Setup};
use super::{CheckArguments, Error, FailOnName, Format, fix, style};
use crate::config::FailOn;
use crate::engine::{Report, lint};
use crate::finding::Severity;
use crate::report::{concise, github, json, sarif, summary, terminal};
use crate::source::Sources;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

pub(super) fn run(arguments: &CheckArguments) -> Result<ExitCode, Error> {
    let mut setup = setup::prepare(&arguments.scope, &arguments.change)?;
    setup::with_baseline(&mut setup, &arguments.scope)?;
    if arguments.diff {
        let fixed = fix::apply(&setup, arguments);
        fix::diff(&mut io::stdout().lock(), &setup.sources, &fixed.changed)?;
        let _ = writeln!(io::stderr(), "{} would be fixed in {}", fixed.count, files(fixed.changed.len()));
        return Ok(ExitCode::from(u8::from(!fixed.changed.is_empty())));
    }
    let mut report = if arguments.fix {
        let fixed = fix::apply(&setup, arguments);
        fix::write(&setup.root, &fixed.changed)?;
        if !arguments.quiet {
            let _ = writeln!(io::stderr(), "{} fixed in {}", fixed.count, files(fixed.changed.len()));
        }
        setup.sources = fixed.sources;
        fixed.report
    } else {
        lint(&setup.sources, &setup.config)
    };
    restrict(&mut report, &setup);
    write(arguments, &report, &setup.sources)?;
    let said = setup.config.cascade.fail_on().map(|said| said.value);
    let fail_on = arguments.fail_on.map(FailOnName::value).or(said).unwrap_or(FailOn::AtLeast(Severity::Warning));
    let code = u8::from(report.findings.iter().any(|finding| fail_on.is_reached(finding.severity)));
    // The process ends here; taking everything apart first would only cost time.
    std::mem::forget((report, setup));
    Ok(ExitCode::from(code))
}

fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

fn write(arguments: &CheckArguments, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        Format::Full => {
            let style = style(arguments.color, io::stdout().is_terminal());
            terminal::write(&mut out, report, sources, style)?;
        }
        Format::Concise => concise::write(&mut out, report, sources)?,
        Format::Github => github::write(&mut out, report, sources)?,
        Format::Sarif => writeln!(out, "{:#}", sarif::document(report, sources))?,
        Format::Json => writeln!(out, "{:#}", json::document(report, sources, arguments.show_unknown))?,
    }
    out.flush()?;
    drop(out);
    let mut err = BufWriter::new(io::stderr().lock());
    if arguments.format != Format::Json && arguments.show_unknown {
        for open in &report.undecided {
            let at = sources.start(open.span);
            writeln!(
                err,
                "{}:{}:{} unknown[{}] {}",
                sources.get(open.span.source).path,
                at.line,
                at.column,
                open.rule,
                open.why
            )?;
        }
    }
    if !arguments.quiet {
        for note in &report.notes {
            writeln!(err, "note: {}: {}", note.path, note.message)?;
        }
        writeln!(err, "{}", summary(report))?;
    }
    err.flush()
}

/// Keeps what concerns the paths that were asked for; the rest of the checkout was only read to understand them.
fn restrict(report: &mut Report, setup: &Setup) {
    let (wanted, sources) = (|path: &str| setup.wants(path), &setup.sources);
    report.findings.retain(|finding| wanted(&sources.get(finding.span.source).path));
    report.suppressed.retain(|hidden| wanted(&sources.get(hidden.finding.span.source).path));
    report.undecided.retain(|open| wanted(&sources.get(open.span.source).path));
    report.notes.retain(|note| wanted(&note.path));
    report.files.retain(|file| wanted(&file.path));
}
