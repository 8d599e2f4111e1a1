//! Finds the files that containers start with.

use super::image_files::{Spot, go};
use super::installs::Finder;
use crate::known::docker::GENERATED_FOLDERS;
use crate::model::{Home, Invocation, Launch, MissingStart, Stage, Text};
use crate::source::HOLE;
use crate::syntax::ignorefile::Verdict;

/// Programs that start the one behind them, with their own words in front of it.
const WRAPPERS: &[&[&str]] = &[
    &["exec"],
    &["tini", "--"],
    &["dumb-init", "--"],
    &["dumb-init"],
    &["uv", "run"],
    &["poetry", "run"],
    &["pipenv", "run"],
    &["opentelemetry-instrument"],
    &["ddtrace-run"],
];

/// A file that a command line starts.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    /// The index of the word that names it.
    word: usize,
    /// The paths of which one must be there, relative to the working directory.
    paths: Vec<String>,
    /// Whether it is a module of Python, which may also be an installed one.
    is_module: bool,
}

impl Finder<'_> {
    /// The files that stages start with and that their images certainly don't have.
    pub(super) fn missing_starts(&self, contexts: &[String]) -> Vec<MissingStart> {
        self.file.stages.iter().filter_map(|stage| self.missing_start(stage, contexts)).collect()
    }

    fn missing_start(&self, stage: &Stage, contexts: &[String]) -> Option<MissingStart> {
        let words = launched(stage)?;
        let target = target(&words.iter().map(|word| word.raw()).collect::<Vec<_>>())?;
        // Without any copy, the files come from a volume.
        let copies = self.file.lineage(stage).any(|stage| !stage.copies.is_empty());
        if contexts.is_empty() || !self.is_settled || !copies || self.may_bring(stage, &target) {
            return None;
        }
        let (mut excluded, mut is_certain) = (None, true);
        for context in contexts {
            let images = self.images(context);
            let folder = images.folder_at(stage, u32::MAX);
            for path in &target.paths {
                let full = go(folder.as_deref(), path);
                match full.map_or(Spot::Unknown, |full| images.find(stage, u32::MAX, &full)) {
                    Spot::Absent => {}
                    Spot::Excluded(_, span, list) => excluded = Some((span, list)),
                    Spot::Unknown => is_certain = false,
                    Spot::File(..) => return None,
                }
            }
        }
        let word = words[target.word];
        Some(MissingStart {
            stage: stage.index,
            place: word.span(),
            word: word.raw().to_owned(),
            path: target.paths.first()?.clone(),
            excluded,
            is_certain,
        })
    }

    /// Whether something may make the file, or have it elsewhere: a command that builds, writes or names it, what Git
    /// ignores, a path of modules, the installation of the project.
    fn may_bring(&self, stage: &Stage, target: &Target) -> bool {
        let lineage: Vec<&Stage> = self.file.lineage(stage).collect();
        let name = |path: &String| path.rsplit('/').next().unwrap_or(path).to_owned();
        let names: Vec<String> = target.paths.iter().map(name).collect();
        let is_generated = |path: &String| path.split('/').rev().skip(1).any(|part| GENERATED_FOLDERS.contains(part));
        let is_ignored = |path: &String| {
            let path = path.trim_start_matches("./").trim_start_matches('/');
            self.ignored.git(path).0 != Verdict::Kept
        };
        let is_here = |home: Home| matches!(home, Home::Run(_, of, _) if lineage.iter().any(|stage| stage.index == of));
        let brings = self.facts.commands.iter().filter(|command| is_here(command.home)).any(|command| {
            let makes = |word: &Text| {
                let raw = word.raw();
                let builds = ["build", "tsc", "compile", "webpack", "esbuild", "ncc", "bundle", "generate"];
                names.iter().any(|name| raw.contains(name.as_str())) || builds.iter().any(|verb| raw.contains(verb))
            };
            command.writes_files()
                || matches!(command.invocation, Invocation::Compile(_))
                || command.words.iter().any(makes)
                || target.is_module && self.installing.contains(&command.span)
        });
        // Only a module that this repository has elsewhere is certainly one of its own.
        let is_own = |path: &String| self.tree.files().any(|file| file == path || file.ends_with(&format!("/{path}")));
        let has_path = lineage.iter().flat_map(|stage| &stage.environment).any(|entry| entry.name == "PYTHONPATH");
        brings
            || target.paths.iter().any(is_generated)
            || target.paths.iter().any(is_ignored)
            || target.is_module && (has_path || !target.paths.iter().any(is_own))
    }
}

/// The words of the command that a container of a stage starts with: `ENTRYPOINT` and `CMD` together.
fn launched(stage: &Stage) -> Option<Vec<&Text>> {
    let words = |launch: &Launch| (launch.commands <= 1 && !launch.has_own_shell).then_some(());
    let (entrypoint, command) = (stage.entrypoint.as_ref(), stage.command.as_ref());
    let parts = match (entrypoint, command) {
        (Some(entrypoint), Some(command)) if entrypoint.is_exec && command.is_exec => vec![entrypoint, command],
        (Some(entrypoint), _) => vec![entrypoint],
        (None, Some(command)) => vec![command],
        (None, None) => return None,
    };
    parts.iter().try_for_each(|launch| words(launch))?;
    Some(parts.iter().flat_map(|launch| &launch.words).collect())
}

/// The file that a command line starts, if it must be there under its name.
fn target(words: &[&str]) -> Option<Target> {
    let mut at = 0;
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    while let Some(wrapper) = WRAPPERS.iter().find(|wrapper| {
        let rest = words.get(at..).unwrap_or_default();
        rest.len() > wrapper.len() && name(rest[0]) == wrapper[0] && rest[1..wrapper.len()] == wrapper[1..]
    }) {
        at += wrapper.len();
    }
    let program = *words.get(at)?;
    let plain = name(program);
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let endings: &[&str] = match plain {
        "node" => &[".js", ".mjs", ".cjs"],
        "python" => &[".py"],
        "sh" | "bash" => &[".sh"],
        "ruby" => &[".rb"],
        "gunicorn" | "uvicorn" | "hypercorn" => return module(words, at),
        _ => {
            let is_script = program.ends_with(".sh") && program.contains('/') && is_plain(program);
            return is_script.then(|| Target { word: at, paths: vec![program.to_owned()], is_module: false });
        }
    };
    let mut rest = words.iter().enumerate().skip(at + 1);
    while let Some((index, word)) = rest.next() {
        match *word {
            "-m" if plain == "python" => {
                let server = words.get(index + 1).copied().unwrap_or_default();
                return matches!(server, "gunicorn" | "uvicorn" | "hypercorn").then(|| module(words, index + 1))?;
            }
            // A program in a word, or flags whose values are words of their own.
            "-c" | "-e" | "-p" | "--eval" => return None,
            "-r" | "--require" | "--import" | "--loader" | "-W" | "-X" | "--env-file" => drop(rest.next()),
            flag if flag.starts_with('-') => {}
            path => {
                let is_file = endings.iter().any(|ending| path.ends_with(ending)) && is_plain(path);
                return is_file.then(|| Target { word: index, paths: vec![path.to_owned()], is_module: false });
            }
        }
    }
    None
}

/// The module that a server of Python loads: `main:app`, `src.api.main:create_app()`.
fn module(words: &[&str], at: usize) -> Option<Target> {
    let moves = ["--chdir", "--app-dir", "--pythonpath", "-c", "--config", "--env-file"];
    let rest = words.get(at + 1..)?;
    if rest.iter().any(|word| moves.contains(&word.split('=').next().unwrap_or(word))) {
        return None;
    }
    let is_module = |word: &&str| {
        word.split_once(':').is_some_and(|(module, object)| {
            let is_name = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
            is_name(module) && is_name(object) && module.chars().all(is_word)
        })
    };
    let found = rest.iter().position(is_module)?;
    // The value of a flag, as in `--bind host:port`.
    if found > 0 && rest[found - 1].starts_with('-') && !rest[found - 1].contains('=') {
        return None;
    }
    let path = rest[found].split(':').next()?.replace('.', "/");
    let paths = vec![format!("{path}.py"), format!("{path}/__init__.py")];
    Some(Target { word: at + 1 + found, paths, is_module: true })
}

fn is_plain(path: &str) -> bool {
    !path.contains([HOLE, '$', '*', '{', '~'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(line: &str) -> Vec<&str> {
        line.split_whitespace().collect()
    }

    #[test]
    fn the_file_that_a_command_line_starts() {
        let path = |line: &str| target(&words_of(line)).map(|target| target.paths[0].clone());
        for (line, expected) in [
            ("node server.js", "server.js"),
            ("node --max-old-space-size=512 -r dotenv/config src/index.mjs --port 1", "src/index.mjs"),
            ("/usr/local/bin/python3.12 -u app.py", "app.py"),
            ("uv run python main.py", "main.py"),
            ("exec gunicorn --bind :8080 --workers 1 main:app", "main.py"),
            ("uvicorn src.api.main:app --host 0.0.0.0", "src/api/main.py"),
            ("python -m uvicorn main:app", "main.py"),
            ("tini -- ./entrypoint.sh", "./entrypoint.sh"),
            ("bash /app/start.sh", "/app/start.sh"),
        ] {
            assert_eq!(path(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn other_command_lines_start_no_file_that_is_known() {
        for line in [
            "node .",
            "node server",
            "node -e 1 x.js",
            "python -m app",
            "python $MAIN.py",
            "npm start",
            "entrypoint.sh",
            "gunicorn --chdir src main:app",
            "gunicorn -b host:port",
            "uvicorn",
            "sh -c start.sh",
            "",
        ] {
            assert_eq!(target(&words_of(line)), None, "{line}");
        }
    }
}
