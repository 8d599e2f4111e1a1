//! `seaworthy check --fix` and `--diff`: fixes until nothing is left to fix.

use super::{CheckArguments, Error};
use crate::engine::{Config, Report, lint};
use crate::fix;
use crate::source::Sources;
use crate::walk;
use similar::TextDiff;
use std::collections::{BTreeMap, HashSet};
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

/// Applies fixes to the sources in memory. `wants` tells which files may change.
pub(super) fn apply(
    sources: Sources,
    config: &Config,
    arguments: &CheckArguments,
    wants: &dyn Fn(&str) -> bool,
) -> Fixed {
    let mut report = lint(&sources, config);
    let mut fixed = Fixed { sources, report: Report::default(), count: 0, changed: BTreeMap::new() };
    for _ in 0..MOST_ROUNDS {
        let broken = broken(&report);
        let fixes: Vec<_> = report
            .findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.is_safe || arguments.unsafe_fixes)
            .filter(|fix| {
                fix.edits.iter().all(|edit| {
                    let source = fixed.sources.get(edit.span.source);
                    // What could not be read in full may not mean what we think.
                    wants(&source.path) && source.damage.is_none() && !broken.contains(&edit.span.source.0)
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
        if self::broken(&after).len() > broken.len() {
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

/// The sources with syntax errors.
fn broken(report: &Report) -> HashSet<u32> {
    let is_broken = |rule: &str| matches!(rule, "syntax-error" | "unreadable-file");
    report.findings.iter().filter(|finding| is_broken(finding.rule)).map(|finding| finding.span.source.0).collect()
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
