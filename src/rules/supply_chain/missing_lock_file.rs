//! Images that install what a manifest accepts, without a lock file.

use crate::catalogue::Context;
use crate::finding::{Label, Severity};
use crate::model::{Installer, LockFound, LockUse, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for (install, found) in project.installs() {
        let LockFound::Missing(ignored, other) = &found.lock else {
            if found.lock == LockFound::Unknown {
                cx.unknown(found.command, &Why::Other("something else may bring a lock file".into()));
            }
            continue;
        };
        // The lock file of another package manager is the subject of `lock-file-not-used`.
        if other.is_some() {
            continue;
        }
        let (name, shown) = (install.installer.manifest(), install.shown);
        let locks = install.installer.locks();
        let home = project.home(&install.command);
        let is_refused = matches!(install.lock, LockUse::Required | LockUse::Frozen);
        let lock = locks.first().copied().unwrap_or("a lock file");
        let message = if is_refused {
            format!("`{shown}` refuses to install: {} has no `{lock}`", found.folder())
        } else {
            format!("{home} installs the newest versions that `{name}` accepts: {} has no lock file", found.folder())
        };
        let finding = cx.flag(install.command.span, message);
        // What Git ignores is there when somebody builds the image on a machine of their own.
        if is_refused && ignored.is_none() {
            finding.severity = Severity::Error;
        }
        finding.subject = Some(found.manifest.clone());
        finding.help = Some(match install.installer {
            Installer::Pip => {
                "pin the packages with `uv lock` or `pip-compile`, and install from the result".to_owned()
            }
            installer => format!("run `{}`, and commit `{lock}`", installer.locks_with()),
        });
        if let Some((span, list)) = ignored {
            finding.related.push(Label { span: *span, message: format!("`{list}` keeps it out of the repository") });
        }
    }
}
