//! `seaworthy check`.

use super::{CheckArguments, Error, FailOn, Format, ProfileName, fix, has_colour, is_dumb, no_such_rule};
use crate::engine::{Config, Report, lint};
use crate::finding::Severity;
use crate::report::{concise, github, json, sarif, summary, terminal};
use crate::rule::Profile;
use crate::rules;
use crate::source::Sources;
use crate::walk::{self, Request};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) fn run(arguments: &CheckArguments) -> Result<ExitCode, Error> {
    for rule in arguments.select.iter().chain(&arguments.ignore) {
        if rules::find(rule).is_none() {
            return Err(no_such_rule(rule));
        }
    }
    let (request, only) = request(arguments)?;
    let sources = walk::read(&request);
    let config = Config {
        profile: match arguments.profile {
            ProfileName::Recommended => Profile::Recommended,
            ProfileName::Strict => Profile::Strict,
        },
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        has_ignores: !arguments.no_ignores,
        today: today(),
    };
    let wants = |path: &str| only.as_ref().is_none_or(|only| is_wanted(only, path));
    if arguments.diff {
        let before = sources.with(&BTreeMap::new());
        let fixed = fix::apply(sources, &config, arguments, &wants);
        fix::diff(&mut io::stdout().lock(), &before, &fixed.changed)?;
        let _ = writeln!(io::stderr(), "{} would be fixed in {}", fixed.count, files(fixed.changed.len()));
        return Ok(ExitCode::from(u8::from(!fixed.changed.is_empty())));
    }
    let (sources, mut report) = if arguments.fix {
        let fixed = fix::apply(sources, &config, arguments, &wants);
        fix::write(&request.root, &fixed.changed)?;
        if !arguments.quiet {
            let _ = writeln!(io::stderr(), "{} fixed in {}", fixed.count, files(fixed.changed.len()));
        }
        (fixed.sources, fixed.report)
    } else {
        let report = lint(&sources, &config);
        (sources, report)
    };
    if let Some(only) = &only {
        restrict(&mut report, &sources, only);
    }
    write(arguments, &report, &sources)?;
    let code = if fails(&report, arguments.fail_on) { 1 } else { 0 };
    // The process ends here; taking everything apart first would only cost time.
    std::mem::forget((report, sources));
    Ok(ExitCode::from(code))
}

fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

fn write(arguments: &CheckArguments, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        Format::Full => {
            let width = terminal_size().clamp(60, 120);
            let style = terminal::Style { has_colour: has_colour(arguments.color), has_unicode: !is_dumb(), width };
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

fn fails(report: &Report, fail_on: FailOn) -> bool {
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
        FailOn::Never => return false,
    };
    report.findings.iter().any(|finding| finding.severity >= least)
}

/// What to read, and the paths findings are restricted to where not the whole root was asked for.
fn request(arguments: &CheckArguments) -> Result<(Request, Option<Vec<String>>), Error> {
    let mut paths = Vec::new();
    for path in &arguments.paths {
        let full = path.canonicalize().map_err(|error| Error::NoSuchPath(path.clone(), error))?;
        if !full.is_file() && !full.is_dir() {
            return Err(Error::NeitherFileNorFolder(path.clone()));
        }
        paths.push((path.clone(), full));
    }
    let root = match (&arguments.root, paths.as_slice()) {
        (Some(root), _) => root.canonicalize().map_err(|error| Error::NoSuchPath(root.clone(), error))?,
        (None, [(_, only)]) if only.is_dir() => only.clone(),
        (None, _) => here()?,
    };
    let mut named = Vec::new();
    let mut only = Vec::new();
    let mut is_whole = false;
    for (path, full) in paths {
        let Some(below) = below(&root, &full) else { return Err(Error::OutsideRoot(path, root)) };
        is_whole |= below.is_empty();
        only.push(below);
        if full.is_file() {
            named.push(full);
        }
    }
    Ok((Request { root, named }, (!is_whole).then_some(only)))
}

fn here() -> Result<PathBuf, Error> {
    let here = PathBuf::from(".");
    here.canonicalize().map_err(|error| Error::NoSuchPath(here, error))
}

fn below(root: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
}

/// Whether a path is one of those that were asked for, or below one.
fn is_wanted(only: &[String], path: &str) -> bool {
    only.iter()
        .any(|wanted| path == wanted || path.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('/')))
}

/// Keeps what concerns the paths that were asked for; the rest of the checkout was only read to understand them.
fn restrict(report: &mut Report, sources: &Sources, only: &[String]) {
    let wanted = |path: &str| is_wanted(only, path);
    report.findings.retain(|finding| wanted(&sources.get(finding.span.source).path));
    report.suppressed.retain(|hidden| wanted(&sources.get(hidden.finding.span.source).path));
    report.undecided.retain(|open| wanted(&sources.get(open.span.source).path));
    report.notes.retain(|note| wanted(&note.path));
    report.files.retain(|file| wanted(&file.path));
}

/// The day by UTC, as `2026-11-21`; none where the clock stands before 1970.
fn today() -> Option<String> {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    // The civil calendar from a count of days, after Howard Hinnant's `civil_from_days`.
    let days = (seconds / 86_400) as i64 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// Columns of the terminal, or a width that reads well in a log.
fn terminal_size() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100)
}
