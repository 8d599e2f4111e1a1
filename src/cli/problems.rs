//! Problems of configuration files, on standard error.

use super::{When, style};
use crate::config::{Cascade, Problem};
use crate::finding::Severity;
use crate::report::terminal;
use std::io::{self, BufWriter, IsTerminal, Write};

/// The most problems of each severity that are shown; each of them shows a part of its file, which is read for it.
const MOST_SHOWN: usize = 20;

/// Writes problems; returns whether one of them is an error. With `is_strict` every problem is an error.
pub(super) fn write(problems: &[Problem], cascade: &Cascade, is_strict: bool) -> io::Result<bool> {
    let mut err = BufWriter::new(io::stderr().lock());
    let (mut errors, mut warnings) = (0, 0);
    for problem in problems {
        let is_error = problem.is_error() || is_strict;
        let (severity, count) =
            if is_error { (Severity::Error, &mut errors) } else { (Severity::Warning, &mut warnings) };
        *count += 1;
        if *count > MOST_SHOWN {
            continue;
        }
        let text = cascade.layers().find(|layer| layer.file == problem.at.file).map(|layer| layer.text.clone());
        match text {
            Some(text) => {
                terminal::problem(&mut err, problem, severity, text, style(When::Auto, io::stderr().is_terminal()))?
            }
            None => writeln!(err, "{}: {severity}: {problem}", problem.at.file)?,
        }
    }
    for (severity, count) in [(Severity::Error, errors), (Severity::Warning, warnings)] {
        if count > MOST_SHOWN {
            writeln!(err, "{severity}: {} more of these in configuration files are not shown", count - MOST_SHOWN)?;
        }
    }
    err.flush()?;
    Ok(errors > 0)
}
