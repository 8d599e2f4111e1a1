//! Lock files that lack packages of their manifest.

use crate::catalogue::Context;
use crate::finding::Severity;
use crate::model::{LockUse, Purpose, Why, listed};
use crate::source::folder_of;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for lock in &project.locks {
        let path = &project.file(lock.source).path;
        let name = lock.installer.manifest();
        let folder = folder_of(path);
        let beside = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let Some(manifest) = project.manifest_at(&beside).filter(|_| project.is_installed(&beside)) else { continue };
        for package in lock.undecided(manifest) {
            cx.unknown(package.span, &Why::Other("the manifest replaces versions".into()));
        }
        let lacking = lock.lacks(manifest);
        let Some(first) = lacking.first() else { continue };
        let names: Vec<String> = lacking.iter().map(|package| package.name.clone()).collect();
        let lock_name = path.rsplit('/').next().unwrap_or(path);
        let mut uses = project
            .installs()
            .filter(|(install, found)| found.manifest == beside && install.installer == lock.installer)
            .map(|(install, _)| install);
        let refuses = uses.find(|install| match install.lock {
            LockUse::Required | LockUse::Checked => true,
            // It installs what the lock file has, and the program lacks the rest.
            LockUse::Frozen => lacking.iter().any(|package| package.purpose == Purpose::Runtime),
            LockUse::Followed | LockUse::Ignored => false,
        });
        let effect = match refuses {
            Some(install) if install.lock == LockUse::Frozen => format!(": `{}` leaves them out", install.shown),
            Some(install) => format!(": `{}` refuses to install", install.shown),
            None => String::new(),
        };
        let is_error = refuses.is_some();
        let message = format!("`{lock_name}` does not fit `{name}` for {}{effect}", listed(&names));
        let finding = cx.flag(first.span, message);
        if is_error {
            finding.severity = Severity::Error;
        }
        finding.subject = Some(names.join(" "));
        finding.help = Some(format!("write the lock file anew with `{}`, and commit it", lock.installer.locks_with()));
    }
}
