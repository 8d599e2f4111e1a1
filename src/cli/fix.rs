//! `seaworthy check --fix` and `--diff`: applies fixes until no fix is left.

use super::setup::Setup;
use super::{CheckArguments, Error};
use crate::engine::Memory;
use crate::engine::repair::{self, Repaired};
use crate::finding::Fix;
use crate::source::Sources;
use crate::walk;
use similar::TextDiff;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Applies fixes to the sources in memory, in the requested files, until no fix is left.
pub(super) fn apply(setup: &Setup, arguments: &CheckArguments) -> Repaired {
    let may_apply = |fix: &Fix| fix.is_safe || arguments.unsafe_fixes;
    repair::repair(&setup.sources, &setup.config, &mut Memory::default(), &may_apply, &|path| setup.wants(path))
}

/// Writes the changed files to disk.
pub(super) fn write(root: &Path, changed: &BTreeMap<String, String>) -> Result<(), Error> {
    for (path, text) in changed {
        walk::replace(&root.join(path), text).map_err(|error| Error::NotWritten(path.into(), error))?;
    }
    Ok(())
}

/// Writes the changes as a unified diff.
pub(super) fn diff(out: &mut dyn Write, before: &Sources, changed: &BTreeMap<String, String>) -> io::Result<()> {
    for (path, text) in changed {
        let Some(id) = before.find(path) else { continue };
        let diff = TextDiff::from_lines(&*before.get(id).text, text.as_str());
        write!(out, "{}", diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")))?;
    }
    Ok(())
}
