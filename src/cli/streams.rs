//! Standard output and standard error, the only way to write to them.

use super::Error;
use crate::report::guarded::{Allowed, Guarded};
use crate::report::terminal::Style;
use std::io::{self, BufWriter, IsTerminal, StderrLock, StdoutLock, Write};
use std::process::ExitCode;

/// Standard output.
pub(super) type Out = Guarded<BufWriter<StdoutLock<'static>>>;

/// Standard error.
pub(super) type Err = Guarded<BufWriter<StderrLock<'static>>>;

/// Standard output without colour.
pub(super) fn out() -> Out {
    out_with(Allowed::default())
}

/// Standard output in a style.
pub(super) fn out_in(style: Style) -> Out {
    out_with(Allowed { colours: style.has_colour, commands: false })
}

/// Standard output for lines that may hold more than visible characters.
pub(super) fn out_with(allowed: Allowed) -> Out {
    Guarded::new(BufWriter::new(io::stdout().lock()), allowed)
}

/// Whether standard output is a terminal.
pub(super) fn out_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Standard error without colour.
pub(super) fn err() -> Err {
    Guarded::new(BufWriter::new(io::stderr().lock()), Allowed::default())
}

/// Standard error in a style.
pub(super) fn err_in(style: Style) -> Err {
    Guarded::new(BufWriter::new(io::stderr().lock()), Allowed { colours: style.has_colour, commands: false })
}

/// Whether standard error is a terminal.
pub(super) fn err_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// The result of writing to standard output. That its reader has closed it, as `head` does, is no error: the exit code
/// is then the one that the findings give. Any other failure is one.
pub(super) fn delivered(result: io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Writes a document to standard output, for commands that have no verdict.
pub(super) fn print(write: impl FnOnce(&mut Out) -> io::Result<()>) -> Result<ExitCode, Error> {
    let mut out = out();
    delivered(write(&mut out).and_then(|()| out.flush()))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a line to standard error. If that is impossible, there is no one to tell.
pub(super) fn tell(line: &str) {
    let _ = writeln!(err(), "{line}");
}
