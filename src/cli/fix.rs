//! `seaworthy check --fix` and `--diff`: applies fixes until no fix is left.

use super::CheckArguments;
use super::check::files;
use super::setup::Setup;
use crate::engine::Memory;
use crate::engine::repair::{self, Repaired};
use crate::finding::Fix;
use crate::report::colour::painted;
use crate::report::terminal::Style;
use crate::report::visible::visible;
use crate::source::Sources;
use crate::walk::{Draft, Place};
use anstyle::AnsiColor;
use similar::TextDiff;
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

/// Writes the changes as a unified diff.
pub(super) fn diff(
    out: &mut dyn Write,
    before: &Sources,
    changed: &BTreeMap<String, String>,
    style: Style,
) -> io::Result<()> {
    for (path, text) in changed {
        let Some(id) = before.find(path) else { continue };
        let diff = TextDiff::from_lines(&*before.get(id).text, text.as_str());
        let text = diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
        for line in text.split_inclusive('\n') {
            let colour = match line.as_bytes().first() {
                Some(b'+') => AnsiColor::Green,
                Some(b'-') => AnsiColor::Red,
                Some(b'@') => AnsiColor::Cyan,
                _ => {
                    write!(out, "{line}")?;
                    continue;
                }
            };
            // The colour ends before the line does.
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            write!(out, "{}{end}", painted(text, colour.on_default(), style))?;
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

    #[test]
    fn a_fix_that_is_not_applied_is_an_error_that_names_its_rule() {
        let refused = |rule, bug| Refused { path: "a/Dockerfile".to_owned(), rule: RuleId::of(rule), bug };
        let repaired = Repaired {
            sources: Sources::default(),
            report: Report::default(),
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
