//! `seaworthy check --fix` and `--diff`: fixes until nothing is left to fix.

use super::setup::Setup;
use super::{CheckArguments, Error};
use crate::engine::{Report, lint};
use crate::fix;
use crate::source::Sources;
use crate::walk;
use similar::TextDiff;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Rounds of fixing; a fix may make room for another, but not for ever.
const MOST_ROUNDS: usize = 10;

/// What fixing did.
pub(super) struct Fixed {
    /// The sources with every fix applied.
    pub(super) sources: Sources,
    /// What is still to be said about them.
    pub(super) report: Report,
    /// Fixes that were applied.
    pub(super) count: usize,
    /// The new text of every file that changed.
    pub(super) changed: BTreeMap<String, String>,
}

/// Applies fixes to the sources in memory, in the files that were asked for.
pub(super) fn apply(setup: &Setup, arguments: &CheckArguments) -> Fixed {
    let config = &setup.config;
    let sources = setup.sources.with(&BTreeMap::new());
    let mut report = lint(&sources, config);
    let mut fixed = Fixed { sources, report: Report::default(), count: 0, changed: BTreeMap::new() };
    for _ in 0..MOST_ROUNDS {
        let fixes: Vec<_> = report
            .findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.is_safe || arguments.unsafe_fixes)
            .filter(|fix| {
                fix.edits.iter().all(|edit| {
                    let source = fixed.sources.get(edit.span.source);
                    // What could not be read in full may not mean what we think.
                    setup.wants(&source.path) && source.damage.is_none() && !report.broken.contains(&edit.span.source)
                })
            })
            .collect();
        let texts = fix::apply(&fixed.sources, &fixes);
        if texts.is_empty() {
            break;
        }
        let next = fixed.sources.with(&texts);
        let after = lint(&next, config);
        // A fix that breaks its file is worse than none; `tests/pages.rs` sees to it that this never happens.
        if after.broken.len() > report.broken.len() {
            break;
        }
        fixed.count += fixes.len();
        fixed.changed.extend(texts);
        fixed.sources = next;
        report = after;
    }
    fixed.report = report;
    fixed
}

/// Writes the changed files to disk.
pub(super) fn write(root: &Path, changed: &BTreeMap<String, String>) -> Result<(), Error> {
    for (path, text) in changed {
        walk::replace(&root.join(path), text).map_err(|error| Error::NotWritten(path.into(), error))?;
    }
    Ok(())
}

/// Writes what would change as a unified diff.
pub(super) fn diff(out: &mut dyn Write, before: &Sources, changed: &BTreeMap<String, String>) -> io::Result<()> {
    for (path, text) in changed {
        let Some(id) = before.find(path) else { continue };
        let diff = TextDiff::from_lines(&*before.get(id).text, text.as_str());
        write!(out, "{}", diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")))?;
    }
    Ok(())
}
