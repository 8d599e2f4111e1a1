//! Problems of configuration files, on standard error.

use super::{When, style};
use crate::config::{Cascade, Problem};
use crate::finding::Severity;
use crate::report::terminal;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Writes problems; returns whether one of them is an error. With `is_strict` every problem is an error.
pub(super) fn write(problems: &[Problem], cascade: &Cascade, is_strict: bool) -> io::Result<bool> {
    let mut err = BufWriter::new(io::stderr().lock());
    let mut is_bad = false;
    for problem in problems {
        let severity = if problem.is_error() || is_strict { Severity::Error } else { Severity::Warning };
        is_bad |= severity == Severity::Error;
        let text = cascade.layers().find(|layer| layer.file == problem.at.file).map(|layer| layer.text.clone());
        match text {
            Some(text) => {
                terminal::problem(&mut err, problem, severity, text, style(When::Auto, io::stderr().is_terminal()))?
            }
            None => writeln!(err, "{}: {severity}: {problem}", problem.at.file)?,
        }
    }
    err.flush()?;
    Ok(is_bad)
}
