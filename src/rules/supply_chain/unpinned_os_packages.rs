//! System packages that are installed without a version.

use crate::catalogue::Context;
use crate::model::{Home, PackageKind, Text};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for installation in project.installations.iter().filter(|installation| installation.kind == PackageKind::System) {
        let command = &installation.command;
        if !matches!(command.home, Home::Run(..)) {
            continue;
        }
        for (word, why) in installation.unknown.iter().filter_map(|word| Some((word, word.why()?))) {
            cx.unknown(word.span(), why);
        }
        let Some(first) = installation.open.first() else { continue };
        let message = format!("{} installs {} without pinning a version", project.home(command), installation.listed());
        let finding = cx.flag(first.place(), message);
        finding.subject = Some(installation.open.iter().map(Text::raw).collect::<Vec<_>>().join(" "));
        finding.help =
            Some("pin versions (`name=version`), or pin the base image by digest and rebuild on purpose".to_owned());
    }
}
