//! Commands that install what a manifest lists, and commands that run a script of a `package.json`.

use crate::known::packages::value_flags;
use crate::model::{Command, Installer, LockUse, ManifestInstall, ScriptCall, Text};

/// The words of a command without flags, and the flags.
struct Line<'a> {
    plain: Vec<&'a Text>,
    flags: Vec<&'a str>,
    folder: Option<Text>,
    /// Whether an expansion may bring words or flags.
    is_open: bool,
}

impl<'a> Line<'a> {
    fn of(words: &'a [Text], program: &str) -> Self {
        let mut line = Self { plain: Vec::new(), flags: Vec::new(), folder: None, is_open: false };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let raw = word.raw();
            line.is_open |= word.why().is_some();
            if !raw.starts_with('-') || raw == "-" {
                line.plain.push(word);
                continue;
            }
            if raw == "--" {
                break;
            }
            line.flags.push(raw);
            let value = match raw.split_once('=') {
                Some((flag, _)) => word.strip_prefix(flag).and_then(|rest| rest.strip_prefix("=")),
                None if value_flags(program).is_some_and(|flags| flags.contains(raw)) => rest.next().cloned(),
                None => continue,
            };
            let flag = raw.split('=').next().unwrap_or(raw);
            if matches!(flag, "--prefix" | "-C" | "--cwd" | "--dir" | "--directory" | "--project") {
                line.folder = value;
            }
        }
        line
    }

    fn verb(&self) -> &str {
        self.plain.first().map_or("", |word| word.raw())
    }

    fn has(&self, flags: &[&str]) -> bool {
        self.flags
            .iter()
            .any(|flag| flags.contains(flag) || flag.strip_suffix("=true").is_some_and(|flag| flags.contains(&flag)))
    }
}

/// The program of a command and its line: `python3 -m pip install x` is one of pip.
fn line(command: &Command) -> Option<(&str, Line<'_>)> {
    let name = command.program_name();
    let words = command.bare();
    let is_python = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == "python";
    let (name, words) = match words.get(2) {
        Some(module) if is_python && words[1].raw() == "-m" => (module.raw(), &words[3..]),
        _ => (name, words.get(1..)?),
    };
    let name = if name.starts_with("pip") && name != "pipenv" && name != "pipx" { "pip" } else { name };
    Some((name, Line::of(words, name)))
}

/// The installation of what a manifest lists, if a command is one.
///
/// Sources: <https://docs.npmjs.com/cli/commands/npm-ci>, <https://docs.npmjs.com/cli/commands/npm-install>,
/// <https://classic.yarnpkg.com/en/docs/cli/install>, <https://yarnpkg.com/cli/install>, <https://pnpm.io/cli/install>,
/// <https://bun.com/docs/pm/cli/install>, <https://docs.astral.sh/uv/concepts/projects/sync/>,
/// <https://python-poetry.org/docs/cli/#install>, <https://pipenv.pypa.io/en/latest/commands.html>,
/// <https://pdm-project.org/latest/reference/cli/>.
pub(super) fn install(command: &Command) -> Option<ManifestInstall> {
    let (name, line) = line(command)?;
    let is_alone = line.plain.len() == 1;
    let (installer, lock, shown) = match (name, line.verb()) {
        ("npm", "ci" | "clean-install" | "ic" | "install-clean") => (Installer::Npm, LockUse::Required, "npm ci"),
        ("npm", "install" | "i" | "add" | "in" | "ins") if is_alone && !line.has(&["-g", "--global"]) => {
            let is_ignored = line.has(&["--no-package-lock", "--package-lock=false"]);
            (Installer::Npm, if is_ignored { LockUse::Ignored } else { LockUse::Followed }, "npm install")
        }
        ("yarn", "" | "install") if line.plain.len() <= 1 && !line.has(&["--version", "-v", "--help"]) => {
            let is_checked = line.has(&["--frozen-lockfile", "--immutable", "--pure-lockfile"]);
            let lock = match is_checked {
                true => LockUse::Checked,
                false if line.has(&["--no-lockfile"]) => LockUse::Ignored,
                false => LockUse::Followed,
            };
            (Installer::Yarn, lock, "yarn install")
        }
        ("pnpm", "install" | "i") if is_alone => {
            let lock = if line.has(&["--frozen-lockfile"]) { LockUse::Required } else { LockUse::Followed };
            (Installer::Pnpm, lock, "pnpm install")
        }
        ("bun", "install" | "i") if is_alone => {
            let lock = if line.has(&["--frozen-lockfile"]) { LockUse::Checked } else { LockUse::Followed };
            (Installer::Bun, lock, "bun install")
        }
        ("bun", "ci") => (Installer::Bun, LockUse::Checked, "bun ci"),
        ("uv", "sync") if is_alone => {
            let lock = match () {
                () if line.has(&["--frozen"]) => LockUse::Frozen,
                () if line.has(&["--locked", "--check"]) => LockUse::Required,
                () => LockUse::Followed,
            };
            (Installer::Uv, lock, "uv sync")
        }
        ("poetry", "install" | "sync") if is_alone => (Installer::Poetry, LockUse::Checked, "poetry install"),
        ("poetry", "update") if is_alone => (Installer::Poetry, LockUse::Ignored, "poetry update"),
        ("pipenv", "install") if is_alone && !line.has(&["-r", "--requirements"]) => {
            let lock = match () {
                () if line.has(&["--deploy"]) => LockUse::Required,
                () if line.has(&["--ignore-pipfile"]) => LockUse::Frozen,
                () if line.has(&["--skip-lock"]) => LockUse::Ignored,
                () => LockUse::Followed,
            };
            (Installer::Pipenv, lock, "pipenv install")
        }
        ("pipenv", "sync") => (Installer::Pipenv, LockUse::Frozen, "pipenv sync"),
        ("pdm", "install" | "sync") if is_alone => {
            let is_frozen = line.verb() == "sync" || line.has(&["--frozen-lockfile", "--no-lock"]);
            (Installer::Pdm, if is_frozen { LockUse::Frozen } else { LockUse::Followed }, "pdm install")
        }
        ("pip", "install") if installs_project(command, &line) => (Installer::Pip, LockUse::Ignored, "pip install"),
        _ => return None,
    };
    let omits = [
        "--omit=dev",
        "--production",
        "--only=production",
        "--only=prod",
        "--prod",
        "-P",
        "--no-dev",
        "--no-default-groups",
    ];
    let omits_development = line.has(&omits)
        || line
            .flags
            .iter()
            .any(|flag| ["--without", "--only"].iter().any(|name| flag.split('=').next() == Some(name)))
        || matches!(installer, Installer::Pipenv | Installer::Pip);
    if line.is_open {
        return None;
    }
    Some(ManifestInstall {
        installer,
        lock,
        omits_development,
        folder: line.folder,
        shown,
        verb: line.plain.first().map(|word| Text::clone(word)),
        command: command.clone(),
    })
}

/// Whether a call of pip installs the project in the current folder with its packages: `pip install .`.
fn installs_project(command: &Command, line: &Line<'_>) -> bool {
    let is_here = |word: &Text| matches!(word.raw(), "." | "./") || word.raw().starts_with(".[");
    let words = command.bare();
    let names_it = words.iter().any(is_here);
    names_it
        && !line.has(&["--no-deps"])
        && !words.iter().any(|word| word.raw() == "-c" || word.raw().starts_with("--constraint"))
}

/// The script of a `package.json` that a command runs, if it fails without it: <https://docs.npmjs.com/cli/commands/npm-run>,
/// <https://pnpm.io/cli/run>. `npm start` without a script runs `server.js`, and `yarn run` and `bun run` also find programs.
pub(super) fn script(command: &Command) -> Option<ScriptCall> {
    let (name, line) = line(command)?;
    let says_where =
        ["-w", "-ws", "-r", "--workspace", "--workspaces", "--filter", "-F", "--recursive", "--if-present"];
    let is_elsewhere = line.flags.iter().any(|flag| says_where.contains(&flag.split('=').next().unwrap_or(flag)));
    let words: Vec<&str> = line.plain.iter().map(|word| word.raw()).collect();
    let (script, shown) = match (name, words.as_slice()) {
        ("npm", ["run" | "run-script" | "rum" | "urn", script, ..]) => (line.plain[1], format!("npm run {script}")),
        ("pnpm", ["run" | "run-script", script, ..]) => (line.plain[1], format!("pnpm run {script}")),
        _ => return None,
    };
    if is_elsewhere || script.why().is_some() {
        return None;
    }
    Some(ScriptCall { name: script.clone(), folder: line.folder, shown, command: command.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::super::shell;
    use super::*;
    use crate::source::{Fragment, Source};
    use crate::span::SourceId;

    fn installs(text: &str) -> Vec<(Installer, LockUse, bool)> {
        let source = Source::new("a.sh", text);
        let read = shell::script(&Fragment::whole(SourceId(0), &source)).0;
        let found = read.commands.iter().filter_map(install);
        found.map(|install| (install.installer, install.lock, install.omits_development)).collect()
    }

    #[test]
    fn each_package_manager_uses_its_lock_file_in_its_own_way() {
        use Installer::*;
        use LockUse::*;
        let cases = [
            ("npm ci", Npm, Required, false),
            ("npm ci --omit=dev", Npm, Required, true),
            ("npm install", Npm, Followed, false),
            ("npm --prefix web i --production", Npm, Followed, true),
            ("yarn", Yarn, Followed, false),
            ("yarn install --frozen-lockfile", Yarn, Checked, false),
            ("pnpm i --frozen-lockfile --prod", Pnpm, Required, true),
            ("uv sync --frozen --no-dev", Uv, Frozen, true),
            ("uv sync --locked", Uv, Required, false),
            ("uv sync", Uv, Followed, false),
            ("poetry install --only main", Poetry, Checked, true),
            ("pipenv install --system --deploy", Pipenv, Required, true),
            ("pip3 install --no-cache-dir .", Pip, Ignored, true),
            ("python -m pip install -e .", Pip, Ignored, true),
            ("bun install", Bun, Followed, false),
        ];
        for (text, installer, lock, omits) in cases {
            assert_eq!(installs(text), [(installer, lock, omits)], "{text}");
        }
    }

    #[test]
    fn commands_that_install_something_else_are_left_out() {
        for text in [
            "npm install express",
            "npm i -g npm",
            "npm run ci",
            "yarn add x",
            "yarn --version",
            "pip install -r a.txt",
            "pip install . --no-deps",
            "pip install -c c.txt .",
            "npm install $X",
            "pnpm add -g x",
            "uv pip install .",
        ] {
            assert_eq!(installs(text), [], "{text}");
        }
    }

    #[test]
    fn only_scripts_that_must_exist_are_calls() {
        let calls = |text: &str| {
            let source = Source::new("a.sh", text);
            let read = shell::script(&Fragment::whole(SourceId(0), &source)).0;
            read.commands.iter().filter_map(script).map(|call| call.shown).collect::<Vec<_>>()
        };
        assert_eq!(calls("npm run build -- --prod"), ["npm run build"]);
        assert_eq!(calls("pnpm run build"), ["pnpm run build"]);
        for text in [
            "npm start",
            "npm run",
            "npm run build --if-present",
            "npm run build -w web",
            "yarn run build",
            "npm run $X",
        ] {
            assert!(calls(text).is_empty(), "{text}");
        }
    }
}
