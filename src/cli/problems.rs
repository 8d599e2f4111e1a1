//! Problems of configuration files, on standard error.

use super::{When, streams, style};
use crate::config::{Cascade, Problem};
use crate::finding::Severity;
use crate::report::terminal;
use crate::visible::visible;
use std::io::Write;

/// Writes problems; returns whether one of them is an error. With `is_strict` every problem is an error.
pub(super) fn write(problems: &[Problem], cascade: &Cascade, is_strict: bool) -> bool {
    let style = style(When::Auto, streams::err_is_terminal());
    let mut err = streams::err_in(style);
    let mut is_bad = false;
    for problem in problems {
        let severity = if problem.is_error() || is_strict { Severity::Error } else { Severity::Warning };
        is_bad |= severity == Severity::Error;
        let text = cascade.layers().find(|layer| layer.file == problem.at.file).map(|layer| layer.text.clone());
        // If it can't be written, there is no one to tell; the exit code stays the same.
        let _ = match text {
            Some(text) => terminal::problem(&mut err, problem, severity, text, style),
            None => writeln!(err, "{}", visible(&format!("{}: {severity}: {problem}", problem.at.file))),
        };
    }
    is_bad
}
