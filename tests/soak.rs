//! A long session: thousands of random edits. At every stop, the server reports the same as the command line for the
//! same texts, and it uses no more memory than at the beginning.

mod support;
#[path = "support/editor.rs"]
mod editor;

use editor::{Editor, of_command_line, of_server, usual};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use support::{Random, Scratch};

const EDITS: usize = 20_000;
const BETWEEN_STOPS: usize = 1_000;

/// Texts to type: keywords, opening and closing characters, and texts that break a file.
const SNIPPETS: &[&str] = &[
    "\n",
    "  ",
    "{",
    "}",
    "\"",
    "'",
    "[",
    "]",
    "${",
    "$",
    "#",
    ":",
    "=",
    "- ",
    "\\\n",
    "\r\n",
    "\t",
    "🙂",
    "é",
    "<<EOF\n",
    "FROM node:latest\n",
    "USER root\n",
    "CMD node a.js\n",
    "RUN curl http://x | sh\n",
    "COPY . .\n",
    "steps:\n",
    "# seaworthy: ignore[latest-tag] -- why\n",
    "# seaworthy: ignore[",
    "resource \"google_storage_bucket\" \"b\" {\n",
    "var.max",
    "max_instance_count = 5000\n",
    "gcloud run deploy api --image=a --allow-unauthenticated\n",
    "timeout: 1s\n",
    "containers:\n",
    "image: a:latest\n",
    "env:\n",
    "value: secret\n",
    "null",
    "true",
    "&a ",
    "*a ",
    "|\n",
    "---\n",
    "%",
];

impl Random {
    /// The position of a random character, as line and code points, and its offset.
    fn place(&mut self, text: &str) -> (Value, usize) {
        let line = self.below(text.matches('\n').count() + 1);
        let start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        // A line may end with or without a carriage return, and a lone carriage return ends a line as well.
        let content = text[start..].split(['\n', '\r']).next().unwrap_or_default();
        let character = self.below(content.chars().count() + 1);
        let offset = start + content.chars().take(character).map(char::len_utf8).sum::<usize>();
        let line = text[..start].replace("\r\n", "\n").matches(['\n', '\r']).count();
        (json!({"line": line, "character": character}), offset)
    }
}

#[test]
fn the_server_agrees_with_a_fresh_run_after_twenty_thousand_edits() {
    let (mut edits, mut stops) = (0, 0);
    for (number, name) in ["elevendocs", "scheduler", "panelin", "optifit"].into_iter().enumerate() {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos").join(name);
        let scratch = Scratch::new();
        copy(&fixture, &scratch.0);
        // Makes the scratch folder a repository, so that no folder above it matters.
        scratch.write(".git/HEAD", b"");
        let (done, stopped) = session(&scratch, Random(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1)), EDITS / 4);
        edits += done;
        stops += stopped;
    }
    assert_eq!((edits, stops), (EDITS, EDITS / BETWEEN_STOPS));
}

fn session(scratch: &Scratch, mut random: Random, most: usize) -> (usize, usize) {
    let params = json!({"capabilities": usual(), "initializationOptions": {"scope": "workspace"}});
    let (mut editor, process) = Editor::of_program(&scratch.0, params);
    let expected = of_command_line(&scratch.0);
    editor.until("the first findings", |editor| of_server(editor) == expected);
    let mut paths = Vec::new();
    list(&scratch.0, "", &mut paths);
    paths.sort();
    assert!(paths.len() >= 3, "{paths:?}");
    let originals: BTreeMap<String, String> = paths.iter().map(|path| (path.clone(), scratch.read(path))).collect();
    let mut texts = originals.clone();
    paths.iter().for_each(|path| editor.open_file(path));
    let (mut stops, mut at_first) = (0, 0);
    for number in 1..=most {
        let path = &paths[random.below(paths.len())];
        let text = texts.get_mut(path).expect("every text is known");
        match random.below(40) {
            // Restores the original text, because otherwise every text soon becomes noise.
            0 => {
                text.clone_from(&originals[path]);
                editor.write(path, text);
            }
            // Closes and reopens the document unchanged.
            1 => {
                editor.close(path);
                editor.open(path, "", text);
            }
            // Deletes and restores the file on disk; the buffer stays.
            2 => {
                std::fs::remove_file(scratch.0.join(path)).expect("it is there");
                editor.watched(path, 3);
                scratch.write(path, originals[path].as_bytes());
                editor.watched(path, 1);
            }
            // Inserts a line of another file.
            3 => {
                let lines: Vec<&str> = originals[&paths[random.below(paths.len())]].split_inclusive('\n').collect();
                let line = lines[random.below(lines.len())].to_owned();
                let at = random.place(text);
                apply(&mut editor, path, text, at.clone(), at, &line);
            }
            4..10 => {
                let (a, b) = (random.place(text), random.place(text));
                let (from, to) = if a.1 <= b.1 { (a, b) } else { (b, a) };
                if to.1 - from.1 < 200 {
                    apply(&mut editor, path, text, from, to, "");
                }
            }
            _ => {
                let snippet = SNIPPETS[random.below(SNIPPETS.len())];
                let at = random.place(text);
                apply(&mut editor, path, text, at.clone(), at, snippet);
            }
        }
        // Edits in quick succession are checked together; the test waits only for every tenth one.
        if number % 10 == 0 {
            editor.diagnostics(path);
        }
        if number % BETWEEN_STOPS == 0 {
            stop(&mut editor, scratch, &texts, &originals);
            stops += 1;
            if stops == 1 {
                at_first = memory(process);
            }
        }
    }
    let at_last = memory(process);
    assert!(at_last <= at_first + 48 * 1024, "the memory grew from {at_first} kB to {at_last} kB");
    assert_eq!(editor.leave(), 0);
    (most, stops)
}

/// Replaces a range of a text.
fn apply(editor: &mut Editor, path: &str, text: &mut String, from: (Value, usize), to: (Value, usize), new: &str) {
    text.replace_range(from.1..to.1, new);
    editor.change(path, json!([{"range": {"start": from.0, "end": to.0}, "text": new}]));
}

/// Waits until the server reports the same as the command line for the same texts.
fn stop(
    editor: &mut Editor,
    scratch: &Scratch,
    texts: &BTreeMap<String, String>,
    originals: &BTreeMap<String, String>,
) {
    texts.iter().for_each(|(path, text)| scratch.write(path, text.as_bytes()));
    let expected = of_command_line(&scratch.0);
    originals.iter().for_each(|(path, text)| scratch.write(path, text.as_bytes()));
    editor.until("the findings of the command line", |editor| of_server(editor) == expected);
}

/// Memory of a process in kB; 0 if the system does not provide it.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The paths of the texts below a folder.
fn list(root: &Path, folder: &str, to: &mut Vec<String>) {
    for entry in std::fs::read_dir(root.join(folder)).expect("the folder is there") {
        let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if root.join(&path).is_dir() {
            if name != ".git" {
                list(root, &path, to);
            }
        } else if std::fs::read_to_string(root.join(&path)).is_ok() {
            to.push(path);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the fixture is there") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
