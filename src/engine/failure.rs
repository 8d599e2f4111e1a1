//! The last barrier: a bug in one rule, or about one file, leaves the rest of a run complete.

use crate::visible::visible;
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// Something that could not be done because of a bug of seaworthy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Failure {
    /// What failed: ``rule `latest-tag` ``.
    pub what: String,
    /// The line of the program, if [`remember_places`] was called.
    pub place: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
        write!(f, "{} failed{at}: this is a bug of seaworthy, please report it", visible(&self.what))
    }
}

impl std::error::Error for Failure {}

/// Runs something that must not end the run.
///
/// # Errors
/// If it panics. What it was given must not be used any more, unless it can be used in any state.
pub fn guarded<T>(what: impl FnOnce() -> String, action: impl FnOnce() -> T) -> Result<T, Failure> {
    // The message of a panic may quote the text of a file, a secret among it, so only its place is kept.
    catch_unwind(AssertUnwindSafe(action)).map_err(|_| Failure { what: what(), place: PLACE.take() })
}

thread_local! {
    /// The place of the last panic of a thread.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics silent for the whole process; a [`Failure`] has their place.
pub fn remember_places() {
    set_hook(Box::new(|panic| PLACE.set(panic.location().map(ToString::to_string))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure_that_quotes_no_text() {
        let sliced = |text: &str| text[1..].len();
        assert_eq!(guarded(|| unreachable!("it does not fail"), || sliced("ab")), Ok(1));
        let failure =
            guarded(|| "reading `a\nb`".to_owned(), || sliced("é secret")).expect_err("inside of a character");
        let text = Failure { place: None, ..failure }.to_string();
        assert_eq!(text, "reading `a␊b` failed: this is a bug of seaworthy, please report it");
    }
}
