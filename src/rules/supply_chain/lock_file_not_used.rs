//! Lock files that an installation does not keep to.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Installer, LockFound, LockUse, ManifestInstall, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for (install, found) in project.installs() {
        let (shown, home) = (install.shown, project.home(&install.command));
        let message = match &found.lock {
            LockFound::Found(path) if install.lock == LockUse::Followed && !found.is_frozen => {
                format!("{home} installs with `{shown}`, which may replace the versions of `{path}`")
            }
            LockFound::Found(path) if install.lock == LockUse::Ignored => {
                format!("{home} installs with `{shown}`, which does not use `{path}`")
            }
            // npm takes versions from the lock file of Yarn.
            LockFound::Missing(_, Some(other))
                if !(install.installer == Installer::Npm && other.ends_with("yarn.lock")) =>
            {
                format!("{home} installs with `{shown}`, which does not read `{other}`")
            }
            LockFound::Unknown => {
                cx.unknown(found.command, &Why::Other("something else may bring a lock file".into()));
                continue;
            }
            _ => continue,
        };
        let finding = cx.flag(install.command.span, message);
        finding.subject = Some(found.manifest.clone());
        let (help, fix) = instead(install);
        finding.help = Some(help);
        finding.fix = fix.filter(|_| install.lock == LockUse::Followed && matches!(found.lock, LockFound::Found(_)));
    }
}

/// What keeps to the lock file, and the edit that does so.
fn instead(install: &ManifestInstall) -> (String, Option<Fix>) {
    let verb = install.verb.as_ref();
    let fix = |title: &str, span, text: &str| {
        // The command fails from then on if the lock file does not fit the manifest.
        Fix { title: title.to_owned(), is_safe: false, edits: vec![Edit { span, content: text.to_owned() }] }
    };
    let flag = |flag: &str| {
        let title = format!("add `{flag}`");
        let after = verb.map(|verb| fix(&title, verb.span().tail(), &format!(" {flag}")));
        (format!("add `{flag}`, so that a lock file that does not fit fails the build"), after)
    };
    match install.installer {
        Installer::Npm => {
            let help = "use `npm ci`, which installs exactly the lock file, or fails".to_owned();
            (help, verb.map(|verb| fix("use `npm ci`", verb.span(), "ci")))
        }
        Installer::Yarn | Installer::Pnpm | Installer::Bun => flag("--frozen-lockfile"),
        Installer::Uv => flag("--locked"),
        Installer::Pipenv => flag("--deploy"),
        Installer::Pdm => flag("--frozen-lockfile"),
        Installer::Poetry => ("use `poetry install`".to_owned(), None),
        Installer::Pip => ("install from the lock file, and the project itself with `--no-deps`".to_owned(), None),
    }
}
