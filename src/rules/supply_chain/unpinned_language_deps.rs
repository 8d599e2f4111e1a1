//! Language packages that are installed without a version.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Home, PackageKind, Text, listed};
use crate::source::{Presence, folder_of, join};

/// Lock files that pin the versions of a requirements file next to them.
const LOCKS: &[&str] = &["poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock", "requirements.lock"];

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.requirements.iter().filter(|file| !file.is_input) {
        let Some(first) = file.unpinned.first() else { continue };
        let path = &project.file(file.source).path;
        let stands_beside = |lock: &&str| {
            join(folder_of(path), lock).is_some_and(|lock| project.tree.presence(&lock) == Presence::File)
        };
        if LOCKS.iter().any(stands_beside) || !project.is_installed(path) {
            continue;
        }
        let names: Vec<String> = file.unpinned.iter().map(|entry| entry.name.clone()).collect();
        let finding = cx.flag(first.span, format!("`{path}` accepts more than one version of {}", listed(&names)));
        finding.subject = Some(sorted(names));
        finding.help =
            Some("pin exact versions (`name==1.2.3`), best with `pip-compile` or `uv pip compile`".to_owned());
    }
    for installation in project.installations.iter().filter(|installation| installation.kind == PackageKind::Language) {
        let command = &installation.command;
        // What scripts, workflows and targets install are tools of whoever runs them, and no part of an image.
        if matches!(command.home, Home::Script(_) | Home::Workflow(..) | Home::Target(..)) {
            continue;
        }
        for (word, why) in installation.unknown.iter().filter_map(|word| Some((word, word.why()?))) {
            cx.unknown(word.span(), why);
        }
        let Some(first) = installation.open.first() else { continue };
        // A step that starts a test with the newest installer leaves nothing of it in an image.
        let is_installer = |package: &Text| matches!(package.raw(), "uv" | "poetry" | "pipenv" | "pdm" | "hatch");
        if matches!(command.home, Home::Step(..)) && installation.open.iter().all(is_installer) {
            continue;
        }
        let message = format!("{} installs {} without pinning a version", project.home(command), installation.listed());
        let names: Vec<String> = installation.open.iter().map(|package| package.raw().to_owned()).collect();
        let finding = cx.flag(first.place(), message);
        let thing = format!("{} of {}", project.home(command), project.file(command.source()).path);
        finding.cause = Some(Cause::same(thing, listed(&names)));
        finding.subject = Some(sorted(names));
        finding.help = Some("name a version, or install from a lock file".to_owned());
    }
}

/// Packages as the subject of a finding: the same ones in another order are the same.
fn sorted(mut names: Vec<String>) -> String {
    names.sort();
    names.join(" ")
}
