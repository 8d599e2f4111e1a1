//! Packages of a language that are installed in whatever version there is.

use crate::model::{Command, Home, Text};
use crate::rule::Context;
use crate::source::{HOLE, folder_of, join};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.requirements.iter().filter(|file| !file.is_input) {
        let Some(first) = file.unpinned.first() else { continue };
        let path = &project.file(file.source).path;
        let is_locked =
            ["poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock", "requirements.lock"].iter().any(|lock| {
                join(folder_of(path), lock)
                    .is_some_and(|lock| project.tree.presence(&lock) == crate::source::Presence::File)
            });
        if is_locked {
            continue;
        }
        let names: Vec<String> = file.unpinned.iter().map(|entry| entry.name.clone()).collect();
        let message = format!("`{path}` takes any version of {}", listed(&names));
        cx.flag(first.span, message).help =
            Some("pin versions (`name==1.2.3`), best with `pip-compile` or `uv pip compile`".to_owned());
    }
    for command in project.commands.iter().filter(|command| !matches!(command.home, Home::Script(_))) {
        let open = installed(command);
        let Some(first) = open.first() else { continue };
        let names: Vec<String> = open.iter().map(|package| package.shown()).collect();
        let message = format!("{} installs {} in whatever version there is", project.home(command), listed(&names));
        cx.flag(first.place(), message).help = Some("name a version, or install from a lock file".to_owned());
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// The packages a command installs without saying which version.
fn installed(command: &Command) -> Vec<&Text> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(Text::raw).collect();
    let name = raw.first().map_or("", |name| name.rsplit('/').next().unwrap_or(name));
    match (name, raw.get(1).copied(), raw.get(2).copied()) {
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

/// Words that are packages and not pinned; with an expansion among them nothing is said of any.
fn plain(words: &[Text], is_pinned: fn(&str) -> bool) -> Vec<&Text> {
    let is_local = |raw: &str| {
        raw.starts_with(['.', '/', '-', '~'])
            || raw.contains("://")
            || raw.ends_with(".tgz")
            || raw.starts_with("file:")
            || raw.starts_with("git+")
    };
    words.iter().filter(|word| !word.raw().contains(HOLE) && !is_local(word.raw()) && !is_pinned(word.raw())).collect()
}

fn pip(words: &[Text]) -> Vec<&Text> {
    const WITH_VALUE: &[&str] = &[
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-e",
        "--editable",
        "-t",
        "--target",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "--prefix",
        "--root",
        "--timeout",
        "--retries",
        "--trusted-host",
        "--proxy",
        "--cache-dir",
        "--platform",
        "--python-version",
        "--python",
        "--src",
        "--upgrade-strategy",
        "--progress-bar",
        "--no-binary",
        "--only-binary",
    ];
    // A constraints file pins what the words leave open.
    if words.iter().any(|word| word.raw() == "-c" || word.raw().starts_with("--constraint")) {
        return Vec::new();
    }
    let mut packages = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let raw = word.raw();
        if WITH_VALUE.contains(&raw) {
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
            || raw.contains(HOLE)
            || raw.contains('*')
            || raw.contains('/');
        if !is_tool && !is_pinned && !is_local && !name.is_empty() {
            packages.push(word);
        }
    }
    packages
}
