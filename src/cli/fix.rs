//! `seaworthy check --fix` and `--diff`: applies fixes until no fix is left.

use super::CheckArguments;
use super::check::files;
use super::setup::Setup;
use crate::engine::Memory;
use crate::engine::repair::{self, Repaired};
use crate::finding::Fix;
use crate::report::colour::painted;
use crate::report::secrets::Secrets;
use crate::report::terminal::Style;
use crate::source::Sources;
use crate::visible::{picture, visible};
use crate::walk::{Draft, Place};
use anstyle::AnsiColor;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Applies fixes to the sources in memory, in the requested files, until no fix is left.
pub(super) fn apply(setup: &Setup, arguments: &CheckArguments) -> Repaired {
    let may_apply = |fix: &Fix| fix.is_safe || arguments.unsafe_fixes;
    repair::repair(&setup.sources, &setup.config, &mut Memory::default(), &may_apply, &|path| setup.wants(path))
}

/// Writes the number of changes, after an error for each fix that was not applied because of a bug in its rule.
pub(super) fn announce(
    err: &mut dyn Write,
    arguments: &CheckArguments,
    verb: &str,
    repaired: &Repaired,
) -> io::Result<()> {
    for refused in &repaired.refused {
        writeln!(err, "error: {}", visible(&refused.to_string()))?;
    }
    if arguments.show_fixes {
        for ((path, rule), count) in &repaired.fixed {
            writeln!(err, "{}: {count} of `{rule}`", visible(path))?;
        }
    }
    let (count, files) = (repaired.count, files(repaired.changed.len()));
    if arguments.diff {
        writeln!(err, "{count} would be {verb} in {files}")
    } else if !arguments.quiet {
        writeln!(err, "{count} {verb} in {files}")
    } else {
        Ok(())
    }
}

/// Writes the changed files to disk, and returns those that could not be written. All are first written beside the old
/// ones, so that a full disk changes no file.
pub(super) fn write(root: &Path, changed: &BTreeMap<String, String>) -> BTreeMap<String, io::Error> {
    let mut failed = BTreeMap::new();
    let mut drafts = Vec::new();
    for (path, text) in changed {
        match Draft::new(&root.join(path), text, Place::Below(root)) {
            Ok(draft) => drafts.push((path, draft)),
            Err(error) => drop(failed.insert(path.clone(), error)),
        }
    }
    for (path, draft) in drafts {
        if let Err(error) = draft.keep() {
            failed.insert(path.clone(), error);
        }
    }
    failed
}

/// Writes the changes as a unified diff for people: secrets are blotted out, hidden characters are made visible.
pub(super) fn diff(out: &mut dyn Write, before: &Sources, repaired: &Repaired, style: Style) -> io::Result<()> {
    let old_secrets = Secrets::at(repaired.before.secrets(before));
    let new_secrets = Secrets::of(&repaired.report, &repaired.sources);
    let coloured = |text: &str, colour: AnsiColor| painted(text, colour.on_default(), style);
    for (path, text) in &repaired.changed {
        let Some(id) = before.find(path) else { continue };
        let old = &*before.get(id).text;
        let (old_lines, new_lines) = (old_secrets.hide(id, old), new_secrets.hide(id, text));
        let path = visible(path);
        writeln!(out, "{}", coloured(&format!("--- a/{path}"), AnsiColor::Red))?;
        writeln!(out, "{}", coloured(&format!("+++ b/{path}"), AnsiColor::Green))?;
        // Lines as they are numbered everywhere else: a lone carriage return ends none.
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.split_inclusive('\n').collect(), text.split_inclusive('\n').collect());
        let diff = TextDiff::from_slices(&old, &new);
        for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
            writeln!(out, "{}", coloured(&hunk.header().to_string(), AnsiColor::Cyan))?;
            for change in hunk.iter_changes() {
                let shown = |lines: &[String], index: Option<usize>| index.and_then(|index| lines.get(index).cloned());
                let (line, colour) = match change.tag() {
                    ChangeTag::Equal => (shown(&old_lines, change.old_index()), None),
                    ChangeTag::Delete => (shown(&old_lines, change.old_index()), Some(AnsiColor::Red)),
                    ChangeTag::Insert => (shown(&new_lines, change.new_index()), Some(AnsiColor::Green)),
                };
                let line = format!("{}{}", change.tag(), line.unwrap_or_default());
                // The colour ends before the line does.
                let text = line.trim_end_matches(['\r', '\n']);
                let shown: String = text.chars().map(|c| if c == '\t' { c } else { picture(c) }).collect();
                let shown = colour.map_or(shown.clone(), |colour| coloured(&shown, colour));
                writeln!(out, "{shown}{}", if line.ends_with("\r\n") { "\r" } else { "" })?;
                if !line.ends_with('\n') {
                    writeln!(out, "\\ No newline at end of file")?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Arguments, Command};
    use super::*;
    use crate::engine::Report;
    use crate::engine::repair::{Bug, Refused};
    use crate::finding::RuleId;
    use clap::Parser;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    #[test]
    fn a_fix_that_is_not_applied_is_an_error_that_names_its_rule() {
        let refused = |rule, bug| Refused { path: "a/Dockerfile".to_owned(), rule: RuleId::of(rule), bug };
        let repaired = Repaired {
            sources: Sources::default(),
            report: Report::default(),
            before: Arc::default(),
            count: 3,
            fixed: BTreeMap::from([(("b/Dockerfile".to_owned(), RuleId::of("root-user")), 3)]),
            changed: BTreeMap::from([("b/Dockerfile".to_owned(), String::new())]),
            refused: BTreeSet::from([refused("latest-tag", Bug::Endless), refused("root-user", Bug::Breaks)]),
        };
        let errors = "error: a/Dockerfile: the fix of `latest-tag` still applies after 20 passes and is not applied\n\
                      error: a/Dockerfile: the fix of `root-user` would cause a syntax error and is not applied\n";
        let listed = "b/Dockerfile: 3 of `root-user`\n3 fixed in 1 file\n";
        for (options, count) in [
            (&["--fix"][..], "3 fixed in 1 file\n"),
            (&["--fix", "--show-fixes"], listed),
            (&["--diff"], "3 would be fixed in 1 file\n"),
            (&["--quiet"], ""),
        ] {
            let words = ["seaworthy", "check"].iter().chain(options);
            let arguments = Arguments::try_parse_from(words).expect("options of `check`");
            let Command::Check(arguments) = arguments.command else { panic!("another command") };
            let mut err = Vec::new();
            announce(&mut err, &arguments, "fixed", &repaired).expect("writing to memory");
            assert_eq!(String::from_utf8(err).expect("UTF-8"), format!("{errors}{count}"));
        }
    }
}
