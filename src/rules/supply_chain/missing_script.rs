//! Scripts that a `package.json` does not have.

use crate::catalogue::Context;
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for used in project.script_uses.iter().filter(|used| used.manifest.is_none()) {
        cx.unknown(used.place, &Why::Other("the `package.json` of this folder is unknown".into()));
    }
    for (used, path, manifest) in project.missing_scripts() {
        let known: Vec<String> = manifest.scripts.iter().take(6).map(|name| format!("`{name}`")).collect();
        let instead = used.instead.map(|file| format!(", and the image no `{file}`")).unwrap_or_default();
        let message = format!("`{}` fails: `{}` has no script `{}`{instead}", used.shown, path, used.name);
        let finding = cx.flag(used.place, message);
        finding.subject = Some(used.name.clone());
        finding.help = Some(match known.is_empty() {
            true => "add the script, or run the program itself".to_owned(),
            false => format!("add the script, or run one that it has: {}", known.join(", ")),
        });
    }
}
