//! Lock files that an image does not get before it installs.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Label, Severity};
use crate::model::{LockFound, LockUse, Why};
use crate::source::folder_of;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for (install, found) in project.installs() {
        let LockFound::NotCopied(path, excluded) = &found.lock else {
            if found.lock == LockFound::Unknown {
                cx.unknown(found.command, &Why::Other("something else may bring a lock file".into()));
            }
            continue;
        };
        let lock = path.rsplit('/').next().unwrap_or(path);
        let is_refused = matches!(install.lock, LockUse::Required | LockUse::Frozen);
        let message = if is_refused {
            format!("`{}` refuses to install: `{path}` is not copied into the image before", install.shown)
        } else {
            let home = project.home(&install.command);
            format!("{home} installs without `{path}`, which is not copied into the image before")
        };
        let finding = cx.flag(install.command.span, message);
        if is_refused {
            finding.severity = Severity::Error;
        }
        finding.subject = Some(path.clone());
        finding.help = Some(format!("copy `{lock}` together with `{}`", install.installer.manifest()));
        if let Some((span, list)) = excluded {
            finding
                .related
                .push(Label { span: *span, message: format!("`{list}` leaves it out of the build context") });
            finding.help = Some(format!("let `{list}` keep `{lock}`"));
        } else if let Some(copy) = found.copy.as_ref().filter(|copy| copy.has_room) {
            finding.related.push(Label { span: copy.source, message: "only the manifest is copied".to_owned() });
            let folder = folder_of(&copy.written);
            let beside = if folder.is_empty() { lock.to_owned() } else { format!("{folder}/{lock}") };
            // The versions of the lock file may be others than those that the image has had so far.
            finding.fix = Some(Fix {
                title: format!("copy `{lock}` as well"),
                is_safe: false,
                edits: vec![Edit { span: copy.source.tail(), content: format!(" {beside}") }],
            });
        }
    }
}
