//! Lines of scripts that start the services of Compose files, also on another machine (`ssh`, `gcloud compute ssh`).
//!
//! What runs on another machine is a text in a text: an argument in quotes or a here-document. Its lines are looked at
//! as they are; a part with an expansion is not understood, and its file is not named then.

use super::is_named_so;
use crate::model::{ComposeAction, ComposeCall};
use crate::source::Fragment;

/// The calls in a script that runs on the machine that reads it.
pub(crate) fn calls(script: &Fragment) -> Vec<ComposeCall> {
    read(script, false)
}

/// The calls in a script that is passed to another machine as a whole.
pub(crate) fn remote_calls(script: &Fragment) -> Vec<ComposeCall> {
    read(script, true)
}

/// Parts of the name of a script or target that starts services where they run for users.
const DEPLOYING_NAMES: &[&str] = &["deploy", "deployment", "redeploy", "prod", "production", "release", "startup"];

/// Whether the name of a script or target says that it starts services where they run for users.
pub(crate) fn names_deployment(name: &str) -> bool {
    name.to_ascii_lowercase().split(['-', '_', '.', ':', '/']).any(|part| DEPLOYING_NAMES.contains(&part))
}

/// Programs that copy files to another machine.
const COPIES: &[&str] = &["scp", "rsync"];

fn read(script: &Fragment, mut is_remote: bool) -> Vec<ComposeCall> {
    let text = script.text();
    let mut calls = Vec::new();
    if !["compose", "stack"].iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
        return calls;
    }
    let mut folder: Option<String> = None;
    let mut start = 0;
    while start < text.len() {
        let end = command_end(text, start);
        let range = start..end;
        start = end + 1;
        let command = &text[range.clone()];
        let words: Vec<&str> = command.split(|c: char| c.is_whitespace() || "\"'`\\()".contains(c)).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let Some(first) = words.iter().find(|word| !matches!(**word, "sudo" | "then" | "do" | "-E")) else { continue };
        if first.starts_with('#') {
            let line = range.start + (command.len() - command.trim_start().len());
            start = text[line..].find('\n').map_or(text.len(), |end| line + end + 1);
            continue;
        }
        if matches!(*first, "echo" | "printf" | "alias") {
            continue;
        }
        let name = |word: &&str| word.rsplit('/').next().unwrap_or_default().to_owned();
        if words.iter().map(name).any(|name| matches!(name.as_str(), "ssh" | "sshpass")) {
            (is_remote, folder) = (true, None);
        }
        if let Some(at) = words.iter().position(|word| *word == "cd") {
            folder = words.get(at + 1).map(|folder| (*folder).to_owned());
        }
        let Some((does, files)) = action(&words) else { continue };
        let span = script.span(range.start + (command.len() - command.trim_start().len())..range.end);
        calls.push(ComposeCall { span, does, files, folder: folder.clone(), is_remote });
    }
    calls
}

/// The end of the command that begins at an offset: a line break that is not escaped, `;`, `&` or `|`.
fn command_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let is_end = |at: &usize| match bytes[*at] {
        b';' | b'&' | b'|' => true,
        b'\n' => *at == 0 || bytes[*at - 1] != b'\\',
        _ => false,
    };
    (start..bytes.len()).find(is_end).unwrap_or(bytes.len())
}

/// What a command does, and the files that it names.
fn action(words: &[&str]) -> Option<(ComposeAction, Vec<String>)> {
    let program = |word: &&str| word.rsplit('/').next().unwrap_or_default().to_owned();
    if words.iter().map(program).any(|name| COPIES.contains(&name.as_str())) {
        let files: Vec<String> = words
            .iter()
            .filter(|word| is_named_so(word) && !word.contains(':'))
            .map(|word| (*word).to_owned())
            .collect();
        return (!files.is_empty()).then_some((ComposeAction::Copy, files));
    }
    let names = |words: &[&str]| match words {
        [first, second, ..] => Some((program(first), (*second).to_owned())),
        [first] => Some((program(first), String::new())),
        [] => None,
    };
    for at in 0..words.len() {
        let (first, second) = names(&words[at..])?;
        let rest = match (first.as_str(), second.as_str()) {
            ("docker" | "podman" | "nerdctl" | "run", "compose") | ("docker", "stack") => &words[at + 2..],
            ("docker-compose" | "podman-compose", _) => &words[at + 1..],
            _ => continue,
        };
        let is_stack = second == "stack" && first == "docker";
        let is_service = first == "run";
        let verb = rest.iter().position(|word| if is_stack { *word == "deploy" } else { *word == "up" })?;
        // `docker compose run --rm app up`: another verb comes first.
        if rest[..verb].iter().any(|word| matches!(*word, "run" | "exec" | "logs" | "ps" | "build" | "pull")) {
            return None;
        }
        let flags = if is_stack { &["-c", "--compose-file"] } else { &["-f", "--file"] };
        let area = if is_stack { rest } else { &rest[..verb] };
        let mut files: Vec<String> = Vec::new();
        for (index, word) in area.iter().enumerate() {
            let value = match word.split_once('=') {
                Some((flag, value)) if flags.contains(&flag) => Some(value),
                None if flags.contains(word) => area.get(index + 1).copied(),
                _ => None,
            };
            files.extend(value.map(str::to_owned));
        }
        if is_service {
            files.extend(rest[verb + 1..].iter().filter(|word| is_named_so(word)).map(|word| (*word).to_owned()));
        }
        let does = if is_stack || is_service { ComposeAction::Deploy } else { ComposeAction::Start };
        return Some((does, files));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn found(text: &str) -> Vec<(ComposeAction, String, Option<String>, bool)> {
        let script = Fragment::whole(SourceId(0), &Source::new("deploy.sh", text));
        let shown = |call: ComposeCall| (call.does, call.files.join(" "), call.folder, call.is_remote);
        calls(&script).into_iter().map(shown).collect()
    }

    #[test]
    fn services_are_started_here_or_on_another_machine() {
        use ComposeAction::*;
        let none = || None::<String>;
        assert_eq!(found("docker compose up -d"), [(Start, String::new(), none(), false)]);
        assert_eq!(
            found("ssh a@b \"cd /srv/app && git pull && docker compose -f a.yml --file=b.yml up -d\""),
            [(Start, "a.yml b.yml".to_owned(), Some("/srv/app".to_owned()), true)]
        );
        assert_eq!(
            found("gcloud compute ssh vm --command='sudo docker-compose \\\n  -f prod.yml up'"),
            [(Start, "prod.yml".to_owned(), none(), true)]
        );
        assert_eq!(
            found(
                "scp deploy/docker-compose.yml a@b:/srv/\nssh a@b <<'E'\ncd /srv\ndocker stack deploy -c s.yml app\nE\n"
            ),
            [
                (Copy, "deploy/docker-compose.yml".to_owned(), none(), false),
                (Deploy, "s.yml".to_owned(), Some("/srv".to_owned()), true)
            ]
        );
        assert_eq!(found("gcloud run compose up compose.yaml"), [(Deploy, "compose.yaml".to_owned(), none(), false)]);
    }

    #[test]
    fn other_commands_start_nothing() {
        for text in [
            "docker compose build",
            "docker compose run --rm app up",
            "# stop it; docker compose up",
            "echo docker compose up",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
