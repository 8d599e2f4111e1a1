//! `seaworthy check --fix` and `--diff`: fixes until nothing is left to fix.

use super::setup::Setup;
use super::{CheckArguments, Error};
use crate::engine::{Report, lint};
use crate::fix;
use crate::source::Sources;
use crate::span::SourceId;
use crate::walk;
use similar::TextDiff;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::Path;

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

/// Applies fixes to the sources in memory, in the files that were asked for, until none is left.
pub(super) fn apply(setup: &Setup, arguments: &CheckArguments) -> Fixed {
    let sources = setup.sources.with(&BTreeMap::new());
    let report = lint(&sources, &setup.config);
    let mut fixed = Fixed { sources, report, count: 0, changed: BTreeMap::new() };
    let mut spoiled: HashSet<SourceId> = HashSet::new();
    // One fix may make room for another, but each must leave less to do than there was: so this ends.
    let mut least = usize::MAX;
    loop {
        let may_change = |id: SourceId| {
            let source = fixed.sources.get(id);
            // What could not be read in full may not mean what we think.
            let is_whole = source.damage.is_none() && !fixed.report.broken.contains(&id);
            is_whole && setup.wants(&source.path) && !spoiled.contains(&id)
        };
        let fixes = fixed.report.findings.iter().filter_map(|finding| finding.fix.as_ref());
        let fixes: Vec<_> = fixes
            .filter(|fix| fix.is_safe || arguments.unsafe_fixes)
            .filter(|fix| fix.edits.iter().all(|edit| may_change(edit.span.source)))
            .collect();
        if fixes.is_empty() || fixes.len() >= least {
            return fixed;
        }
        let applied = fix::apply(&fixed.sources, &fixes);
        let sources = fixed.sources.with(&applied.texts);
        let report = lint(&sources, &setup.config);
        let broken: Vec<SourceId> = report.broken.difference(&fixed.report.broken).copied().collect();
        if !broken.is_empty() {
            // A fix that breaks its file is worse than none; the tests see to it that this never happens.
            spoiled.extend(broken);
            continue;
        }
        least = fixes.len();
        fixed = Fixed { sources, report, count: fixed.count + applied.count, changed: fixed.changed };
        fixed.changed.extend(applied.texts);
    }
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
