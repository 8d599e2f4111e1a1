//! System packages without a version.

use crate::model::{Command, Home, Text};
use crate::rule::Context;
use crate::source::HOLE;

pub(super) fn check(cx: &mut Context<'_>) {
    for command in cx.project.commands.iter().filter(|command| matches!(command.home, Home::Run(..))) {
        let open: Vec<&Text> = installed(command).into_iter().filter(|package| !package.raw().contains('=')).collect();
        let Some(first) = open.first() else { continue };
        let names: Vec<String> = open.iter().take(3).map(|package| format!("`{}`", package.shown())).collect();
        let more = if open.len() > 3 { format!(" and {} more", open.len() - 3) } else { String::new() };
        let message =
            format!("{} installs {}{more} in whatever version there is", cx.project.home(command), names.join(", "));
        cx.flag(first.place(), message).help =
            Some("pin versions (`name=version`), or pin the base image by digest and rebuild on purpose".to_owned());
    }
}

/// The packages that a command of `apt-get`, `apt` or `apk` installs; local files and what an expansion brings left out.
fn installed(command: &Command) -> Vec<&Text> {
    let words = command.bare();
    let verb = match words.first().and_then(|word| word.known()).unwrap_or_default() {
        "apt-get" | "apt" => "install",
        "apk" => "add",
        _ => return Vec::new(),
    };
    let Some(at) = words.iter().position(|word| word.raw() == verb) else { return Vec::new() };
    let mut packages = Vec::new();
    let mut words = words[at + 1..].iter();
    while let Some(word) = words.next() {
        let raw = word.raw();
        if matches!(
            raw,
            "-t" | "--target-release" | "-o" | "-c" | "--virtual" | "--repository" | "-X" | "--root" | "-p"
        ) {
            words.next();
        } else if !raw.starts_with('-') && !raw.starts_with(['.', '/']) && !raw.contains(HOLE) && !raw.contains("://") {
            packages.push(word);
        }
    }
    packages
}
