//! Commands that install packages, and the packages that they install without a version.

use crate::known::packages::{Form, INSTALLERS, Installer};
use crate::model::{Command, PackageCall, PackageKind, PackageManager, Text};

/// A call of a package manager.
pub(super) fn call(command: &Command) -> Option<PackageCall> {
    let name = command.program_name();
    let words = command.bare();
    // `python3 -m pip install`
    let (name, words) = match without_version(name) {
        "python" if words.get(1)?.raw() == "-m" => (words.get(2)?.raw(), &words[2..]),
        _ => (name, words),
    };
    let installer = INSTALLERS.iter().find(|installer| installer.programs.contains(&without_version(name)))?;
    let packages = operands(words.get(1..)?, installer);
    let says = |flags: &[&str]| words.iter().any(|word| flags.contains(&word.raw()));
    let (manager, kind) = match installer.form {
        Form::Apt => (PackageManager::Apt, PackageKind::System),
        Form::Apk => (PackageManager::Apk, PackageKind::System),
        Form::Rpm => (PackageManager::Rpm, PackageKind::System),
        Form::Pip | Form::Npm | Form::Go | Form::Gem => (PackageManager::Language, PackageKind::Language),
    };
    if kind == PackageKind::Language && packages.is_none() {
        return None;
    }
    let has = |is_it: fn(&str) -> bool| words.iter().any(|word| is_it(word.raw()));
    let is_pinned = match installer.form {
        Form::Gem => has(is_version_flag),
        // A constraints file pins versions that the words leave open.
        Form::Pip => has(|raw| raw == "-c" || raw.starts_with("--constraint")),
        _ => false,
    };
    let (open, unknown) = packages
        .iter()
        .filter(|_| !is_pinned)
        .flat_map(|(verb, packages)| packages.iter().filter(|package| is_open(package.raw(), installer.form, verb)))
        .map(|package| Text::clone(package))
        .partition(|package| package.known().is_some());
    let is_apk = manager == PackageManager::Apk;
    Some(PackageCall {
        manager,
        kind,
        updates_index: says(if is_apk { &["update", "-U", "--update", "--update-cache"] } else { &["update"] }),
        installs: packages.is_some(),
        keeps_no_index: is_apk && says(&["--no-cache"]),
        open,
        unknown,
        leaves: super::compiles(command),
    })
}

/// A program's name without the version at its end (`pip3.12`).
fn without_version(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

/// The verb that makes an installer install, and the packages after it; `None` if the words have no such verb.
fn operands<'a>(words: &'a [Text], installer: &Installer) -> Option<(&'static str, Vec<&'a Text>)> {
    let mut plain: Vec<&Text> = Vec::new();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let raw = word.raw();
        if raw == "--" {
            // For gem, the rest are flags for building extensions.
            if installer.form != Form::Gem {
                plain.extend(rest.by_ref());
            }
            break;
        }
        if !raw.starts_with('-') || raw == "-" {
            plain.push(word);
            continue;
        }
        let is_switch_with_word =
            installer.form == Form::Npm && rest.peek().is_some_and(|next| matches!(next.raw(), "true" | "false"));
        if takes_next(raw, installer) || is_switch_with_word {
            rest.next();
        }
    }
    let verb = installer
        .verbs
        .iter()
        .find(|verb| plain.len() >= verb.len() && verb.iter().zip(&plain).all(|(verb, word)| *verb == word.raw()))?;
    let mut packages = plain.split_off(verb.len());
    // `go run package arguments...`
    if *verb.last()? == "run" {
        packages.truncate(1);
    }
    Some((verb.last()?, packages))
}

/// Whether a flag takes the next word: `-r`, `-Ur`, `--index-url`, but neither `-rx.txt` nor `--index-url=x`.
fn takes_next(raw: &str, installer: &Installer) -> bool {
    if raw.contains('=') {
        return false;
    }
    // Go accepts one dash and two.
    if installer.form == Form::Go {
        return installer.flags.contains(&format!("-{}", raw.trim_start_matches('-')));
    }
    if raw.starts_with("--") || raw.len() == 2 || installer.flags.contains(raw) {
        return installer.flags.contains(raw);
    }
    let takes = |at: usize| raw.get(at..at + 1).is_some_and(|letter| installer.flags.contains(&format!("-{letter}")));
    (1..raw.len()).find(|at| takes(*at)).is_some_and(|at| at + 1 == raw.len())
}

fn is_version_flag(raw: &str) -> bool {
    matches!(raw, "-v" | "--version") || raw.starts_with("--version=") || raw.starts_with("-v")
}

/// Whether a word is a package that accepts more than one version.
fn is_open(raw: &str, form: Form, verb: &str) -> bool {
    let is_path = raw.starts_with(['.', '/', '~']) || raw.starts_with("file:");
    let is_address = raw.contains("://");
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    match form {
        Form::Apt => !is_path && !is_address && !raw.contains('=') && !raw.ends_with(['-', '+']),
        Form::Apk => !is_path && !is_address && !raw.contains(['=', '~', '<']) && !raw.ends_with(".apk"),
        Form::Rpm => {
            let has_version = raw.contains(['=', '<'])
                || raw.split('-').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
            let is_stream = raw.starts_with('@') && raw.contains(':');
            !is_path && !is_address && !has_version && !is_stream && !raw.ends_with(".rpm") && !raw.starts_with('!')
        }
        Form::Pip => {
            let name = raw.split(['[', '=', '<', '>', '~', '!', ' ']).next().unwrap_or_default();
            if let Some((_, repository)) = raw.split_once("git+") {
                return !repository.rsplit('/').next().is_some_and(|last| last.contains('@'));
            }
            let is_tool = matches!(name, "pip" | "setuptools" | "wheel");
            let is_pinned = ["==", "~=", "<", " @ "].iter().any(|operator| raw.contains(operator));
            let is_file = raw.ends_with(".whl") || raw.ends_with(".gz") || raw.contains(['*', '/']);
            !is_tool && !is_pinned && !is_path && !is_address && !is_file && !name.is_empty()
        }
        Form::Npm => {
            let is_archive = [".tgz", ".tar.gz", ".tar"].iter().any(|ending| raw.ends_with(ending));
            if raw.starts_with("git") && raw.contains(':') {
                return !raw.contains('#');
            }
            let version = raw.rfind('@').filter(|at| *at > 0).map(|at| &raw[at + 1..]);
            // A word such as `latest` is a tag, which moves; `npm:` and `workspace:` name something else.
            let is_pinned = version.is_some_and(|version| has_digit(version) || version.contains([':', '#']));
            !is_path && !is_address && !is_archive && !is_pinned && !raw.contains('#')
        }
        Form::Go => match raw.split_once('@') {
            Some((_, version)) => !has_digit(version),
            // With no version, `go install` and `go run` take the one in `go.mod`; `go get` changes it to the newest.
            None => verb == "get" && !is_path && raw.contains('.') && !raw.ends_with("..."),
        },
        Form::Gem => !is_path && !raw.contains(':') && !raw.ends_with(".gem"),
    }
}
