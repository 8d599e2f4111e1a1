//! Commands that install packages, and the packages that they install without a version.

use crate::known::packages::PIP_FLAGS_WITH_VALUE;
use crate::model::{Command, PackageCall, PackageKind, PackageManager, Text};

/// A call of a package manager.
pub(super) fn call(command: &Command) -> Option<PackageCall> {
    let says = |words: &[&str]| command.words.iter().any(|word| words.contains(&word.raw()));
    let manager = match command.program_name() {
        "apt-get" | "apt" => PackageManager::Apt,
        "apk" => PackageManager::Apk,
        _ => {
            let (open, unknown) = parted(of_a_language(command).into_iter());
            if open.is_empty() && unknown.is_empty() {
                return None;
            }
            return Some(PackageCall {
                manager: PackageManager::Language,
                kind: PackageKind::Language,
                updates_index: false,
                installs: true,
                keeps_no_index: false,
                open,
                unknown,
                leaves: super::compiles(command),
            });
        }
    };
    let (open, unknown) = parted(of_the_system(command).into_iter().filter(|package| !package.raw().contains('=')));
    let is_apt = manager == PackageManager::Apt;
    Some(PackageCall {
        manager,
        kind: PackageKind::System,
        updates_index: if is_apt { says(&["update"]) } else { says(&["update", "-U", "--update"]) },
        installs: if is_apt { says(&["install"]) } else { says(&["add"]) },
        keeps_no_index: !is_apt && says(&["--no-cache"]),
        open,
        unknown,
        leaves: None,
    })
}

/// Packages that are wholly known, and words with unknown parts.
fn parted<'a>(packages: impl Iterator<Item = &'a Text>) -> (Vec<Text>, Vec<Text>) {
    packages.cloned().partition(|package| package.known().is_some())
}

/// The packages that a command of `apt-get`, `apt` or `apk` installs, without local files.
fn of_the_system(command: &Command) -> Vec<&Text> {
    let words = command.bare();
    let verb = if command.program_name() == "apk" { "add" } else { "install" };
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
        } else if !raw.starts_with('-') && !raw.starts_with(['.', '/']) && !raw.contains("://") {
            packages.push(word);
        }
    }
    packages
}

/// The packages of a language that a command installs without a version.
fn of_a_language(command: &Command) -> Vec<&Text> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(Text::raw).collect();
    match (command.program_name(), raw.get(1).copied(), raw.get(2).copied()) {
        ("pip" | "pip3", Some("install"), _) => pip(&words[2..]),
        ("python" | "python3", Some("-m"), Some("pip")) if raw.get(3) == Some(&"install") => pip(&words[4..]),
        ("uv", Some("pip"), Some("install")) => pip(&words[3..]),
        ("npm" | "pnpm", Some("install" | "i" | "add"), _) => {
            plain(&words[2..], |raw| raw.rfind('@').is_some_and(|at| at > 0))
        }
        ("yarn", Some("global"), Some("add")) => plain(&words[3..], |raw| raw.rfind('@').is_some_and(|at| at > 0)),
        ("go", Some("install" | "get"), _) => plain(&words[2..], |raw| !raw.ends_with("@latest")),
        ("gem", Some("install"), _)
            if !raw.iter().any(|word| {
                matches!(*word, "-v" | "--version") || word.starts_with("--version=") || word.starts_with("-v")
            }) =>
        {
            plain(&words[2..], |raw| raw.contains(':') || raw.ends_with(".gem"))
        }
        _ => Vec::new(),
    }
}

/// The packages that are not pinned.
fn plain(words: &[Text], is_pinned: fn(&str) -> bool) -> Vec<&Text> {
    let is_local = |raw: &str| {
        raw.starts_with(['.', '/', '-', '~'])
            || raw.contains("://")
            || raw.ends_with(".tgz")
            || raw.starts_with("file:")
            || raw.starts_with("git+")
    };
    words.iter().filter(|word| !is_local(word.raw()) && !is_pinned(word.raw())).collect()
}

fn pip(words: &[Text]) -> Vec<&Text> {
    // A constraints file pins packages without a version.
    if words.iter().any(|word| word.raw() == "-c" || word.raw().starts_with("--constraint")) {
        return Vec::new();
    }
    let mut packages = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let raw = word.raw();
        if PIP_FLAGS_WITH_VALUE.contains(raw) {
            words.next();
            continue;
        }
        let name = raw.split(['[', '=', '<', '>', '~', '!']).next().unwrap_or_default();
        let is_tool = matches!(name, "pip" | "setuptools" | "wheel");
        let is_pinned = ["==", "~=", "<", " @ "].iter().any(|operator| raw.contains(operator));
        let is_local = raw.starts_with(['-', '.', '/'])
            || raw.contains("://")
            || raw.ends_with(".whl")
            || raw.ends_with(".gz")
            || raw.contains('*')
            || raw.contains('/');
        if !is_tool && !is_pinned && !is_local && !name.is_empty() {
            packages.push(word);
        }
    }
    packages
}
