//! Problems of configuration files, on standard error.

use super::{When, streams, style};
use crate::config::{Cascade, Problem};
use crate::finding::Severity;
use crate::report::terminal;
use crate::visible::visible;
use std::io::Write;

/// The most problems of each severity that are shown; each of them shows a part of its file, which is read for it.
const MOST_SHOWN: usize = 20;

/// Writes problems; returns whether one of them is an error. With `is_strict` every problem is an error.
pub(super) fn write(problems: &[Problem], cascade: &Cascade, is_strict: bool) -> bool {
    let style = style(When::Auto, streams::err_is_terminal());
    let mut err = streams::err_in(style);
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
        // If it can't be written, there is no one to tell; the exit code stays the same.
        let _ = match text {
            Some(text) => terminal::problem(&mut err, problem, severity, text, style),
            None => writeln!(err, "{}", visible(&format!("{}: {severity}: {problem}", problem.at.file))),
        };
    }
    for (severity, count) in [(Severity::Error, errors), (Severity::Warning, warnings)] {
        if count > MOST_SHOWN {
            let more = count - MOST_SHOWN;
            let _ = writeln!(err, "{severity}: {more} more of these in configuration files are not shown");
        }
    }
    let _ = err.flush();
    errors > 0
}
