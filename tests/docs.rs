//! The commands and settings in the documentation are valid.

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use support::{Scratch, run};

/// Pages whose commands and settings are valid.
const PAGES: &[&str] =
    &["README.md", "docs/adopt.md", "docs/ci.md", "docs/configuration.md", "docs/outputs.md", "docs/silencing.md"];

/// Pages with settings of other programs, or with commands that need other programs.
const OTHER_PAGES: &[&str] = &[
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/attributes.md",
    "docs/conventions.md",
    "docs/decisions.md",
    "docs/editors.md",
    "docs/migrate.md",
    "docs/performance.md",
    "docs/rules.md",
    "docs/security.md",
    "docs/surfaces.md",
];

/// The fences of a page, with their languages.
fn fences(text: &str) -> Vec<(String, String)> {
    let fences = seaworthy::catalogue::fences(text).into_iter();
    fences.map(|fence| (fence.info, text[fence.content].to_owned())).collect()
}

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the page is there")
}

#[test]
fn every_command_is_valid() {
    let mut count = 0;
    for name in PAGES {
        // The commands of a page share a folder, because one may read what another has written.
        let scratch = Scratch::with(&[
            ("Dockerfile", "FROM node:latest\nUSER node\nCMD node a.js\n"),
            ("api/Dockerfile", "FROM node:24.1.0\nUSER node\n"),
        ]);
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
            let output =
                std::process::Command::new("git").current_dir(&scratch.0).args(identity).args(arguments).output();
            assert!(output.expect("git is installed").status.success());
        };
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "-m", "first"]);
        for (language, text) in fences(&page(name)) {
            for line in text.lines().filter(|_| language.is_empty()) {
                let command = line.split('#').next().unwrap_or_default().trim();
                let Some(arguments) = command.strip_prefix("seaworthy ") else { continue };
                let (code, _, err) = run(&scratch.0, &arguments.split_whitespace().collect::<Vec<_>>());
                assert_ne!(code, 2, "{name}: {command}: {err}");
                count += 1;
            }
        }
    }
    assert!(count >= 15, "only {count} commands");
}

#[test]
fn every_setting_is_valid() {
    let settings: Vec<String> = PAGES
        .iter()
        .flat_map(|name| fences(&page(name)))
        .filter(|(language, _)| language == "toml")
        .map(|(_, text)| text)
        .collect();
    assert!(!settings.is_empty());
    for text in settings {
        let scratch = Scratch::with(&[
            ("seaworthy.toml", &text),
            ("policy/seaworthy.toml", ""),
            ("third_party/Dockerfile", "FROM scratch\n"),
            ("deploy/playground/Dockerfile", "FROM scratch\n"),
            ("services/legacy/Dockerfile", "FROM scratch\n"),
            ("ci/known.json", "{\"schema\": 2, \"findings\": []}\n"),
        ]);
        let (code, _, err) = run(&scratch.0, &["check", "--strict-config"]);
        assert_eq!(code, 0, "{err}");
    }
}

#[test]
fn every_page_is_tested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed: BTreeSet<&str> = PAGES.iter().chain(OTHER_PAGES).copied().collect();
    for entry in std::fs::read_dir(root.join("docs")).expect("the pages are there") {
        let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
        assert!(
            !name.ends_with(".md") || listed.contains(format!("docs/{name}").as_str()),
            "docs/{name} is not listed"
        );
    }
}

/// The text of a page outside of its fences.
fn prose(text: &str) -> String {
    let mut is_open = false;
    let mut keep = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        is_open ^= is_fence;
        !is_open && !is_fence
    };
    text.lines().filter(|line| keep(line)).map(|line| format!("{line}\n")).collect()
}

/// The code spans of a page.
fn spans(text: &str) -> Vec<String> {
    prose(text).split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The anchors of a page, as GitHub makes them from its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_point_to_existing_files_and_headings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut files, mut headings) = (0, 0);
    for name in PAGES.iter().chain(OTHER_PAGES) {
        let (text, folder) = (page(name), Path::new(name).parent().expect("a page has a folder"));
        for (index, _) in text.match_indices("](") {
            let target = text[index + 2..].split(')').next().unwrap_or_default();
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { root.join(name) } else { root.join(folder).join(file) };
            assert!(path.exists(), "{name} links to {file}, which does not exist");
            files += 1;
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&path).expect("a page");
                assert!(anchors(&text).contains(anchor), "{name} links to {target}, which has no such heading");
                headings += 1;
            }
        }
    }
    assert!(files > 100 && headings > 0, "{files} files, {headings} headings");
}

/// The options of a command, from its help.
fn options(command: &str) -> BTreeSet<String> {
    let folder = Scratch::new();
    let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
    let (code, out, err) = run(&folder.0, &arguments);
    assert_eq!(code, 0, "`seaworthy {command}`: {err}");
    let words = out.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| word.starts_with("--"));
    words.map(str::to_owned).collect()
}

#[test]
fn the_readme_names_every_option_of_check_and_no_other() {
    let text = page("README.md");
    let table: String = text
        .lines()
        .skip_while(|line| !line.starts_with("| option of `check`"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| format!("{line}\n"))
        .collect();
    let is_option = |span: &String| span.starts_with("--");
    let name = |span: String| span.split([' ', '=']).next().unwrap_or_default().to_owned();
    let named: BTreeSet<String> = spans(&table).into_iter().filter(is_option).map(name).collect();
    let mut expected = options("check");
    expected.remove("--help");
    assert_eq!(named, expected);
}

#[test]
fn commands_and_options_in_sentences_exist() {
    let all: BTreeSet<String> =
        ["check", "config", "facts", "init", "rules", "lsp", "baseline prune", "baseline write"]
            .iter()
            .flat_map(|command| options(command))
            // An option of the program, and one of the instruction `COPY`.
            .chain(["--version".to_owned(), "--from".to_owned()])
            .collect();
    let mut count = 0;
    for name in PAGES.iter().chain(&["docs/editors.md"]) {
        for span in spans(&page(name)) {
            let mut words = span.split_whitespace();
            let is_command = words.next() == Some("seaworthy");
            if let Some(command) = words.next().filter(|_| is_command) {
                let rest = words.next().filter(|_| command == "baseline").unwrap_or_default();
                let known = options(&format!("{command} {rest}"));
                let used = span.split_whitespace().filter(|word| word.starts_with("--"));
                for option in used.map(|word| word.split('=').next().unwrap_or_default()) {
                    assert!(known.contains(option), "{name}: `{span}`");
                }
                count += 1;
            } else if span.starts_with("--") && span.len() > 2 {
                let option = span.split([' ', '=']).next().unwrap_or_default();
                assert!(all.contains(option), "{name}: `{span}` is not an option");
                count += 1;
            }
        }
    }
    assert!(count > 40, "only {count} commands and options");
}

#[test]
fn the_settings_of_editors_exist() {
    let text = page("docs/editors.md");
    let extension: serde_json::Value = serde_json::from_str(&page("editors/vscode/package.json")).expect("JSON");
    let settings = &extension["contributes"]["configuration"]["properties"];
    let mut count = 0;
    for span in spans(&text).iter().filter(|span| span.starts_with("seaworthy.") && *span != "seaworthy.toml") {
        assert!(settings.get(span).is_some(), "`{span}` is not a setting of the extension");
        count += 1;
    }
    assert!(
        count > 1 && settings["seaworthy.scope"]["enum"].to_string().contains("\"workspace\""),
        "{count} {settings}"
    );
    // Every configuration starts the server as it is started in the tests.
    for (language, text) in fences(&text) {
        let starts = match language.as_str() {
            "lua" => text.contains("{ 'seaworthy', 'lsp' }"),
            "elisp" => text.contains("\"seaworthy\" \"lsp\""),
            "toml" | "kak" => text.contains("command = \"seaworthy\"") && text.contains("args = [\"lsp\"]"),
            _ => true,
        };
        assert!(starts, "{language}: {text}");
    }
    let folder = Scratch::new();
    assert_eq!(run(&folder.0, &["lsp", "--help"]).0, 0);
}

#[test]
fn the_tests_that_are_named_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    let mut rows = BTreeSet::new();
    for line in page("docs/conventions.md").lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [item, _, tests] = cells[..] else { panic!("a row has three cells: {line}") };
        assert!(rows.insert(item.to_owned()), "{item} is there twice");
        let parts: Vec<&str> = tests.split('`').collect();
        let mut is_script = false;
        for (before, name) in parts.iter().zip(&parts[1..]).step_by(2) {
            is_script = before.ends_with("script ")
                || before.ends_with("scripts ")
                || is_script && matches!(*before, ", " | " and ");
            let exists = if name.contains('/') {
                root.join(name).exists()
            } else if name.ends_with(".rs") {
                root.join("tests").join(name).is_file()
            } else if is_script {
                let start = name.trim_end_matches('*');
                let scripts = std::fs::read_dir(root.join(".ci/clients")).expect("the scripts are there");
                let mut names = scripts.flatten().map(|script| script.file_name().to_string_lossy().into_owned());
                names.any(|script| script == *name || start != *name && script.starts_with(start))
            } else {
                // A rule or an option that the test in front of it is about.
                continue;
            };
            assert!(exists, "{item} names `{name}`, which does not exist");
            count += 1;
        }
    }
    assert!(count > 60 && rows.len() > 40, "{count} tests in {} rows", rows.len());
}

/// pre-commit uses Python's `re`, whose verbose and case-insensitive flags are also those of the crate `regex`.
#[test]
fn the_patterns_of_the_hooks_match_every_file_that_is_read() {
    use seaworthy::source::Notation;
    let text = page(".pre-commit-hooks.yaml");
    let lines = |text: &str| text.lines().map(str::trim).map(str::to_owned).collect::<Vec<_>>();
    let (hooks, init) = (lines(&text), lines(&page("src/cli/init/pre-commit.yaml")));
    let of_init = init.split(|line| line.starts_with("files: ")).nth(1).expect("a pattern");
    assert!(hooks.windows(of_init.len()).any(|lines| lines == of_init), "`init --pre-commit` has another pattern");
    let patterns: Vec<regex::Regex> = text
        .split("files: ")
        .skip(1)
        .filter(|rest| !rest.starts_with('*'))
        .map(|rest| {
            let lines = rest.lines().skip(1).take_while(|line| line.starts_with("    "));
            let pattern: String = lines.map(|line| format!("{}\n", line.trim())).collect();
            regex::Regex::new(pattern.trim()).expect("the pattern of a hook")
        })
        .collect();
    assert_eq!(patterns.len(), 2);
    let read = [
        "Dockerfile",
        "a/dockerfile",
        "DOCKERFILE",
        "Dockerfile.prod",
        "Dockerfile-dev",
        "Dockerfile_dev",
        "prod.Dockerfile",
        "app.dockerfile",
        "Containerfile",
        "Containerfile.dev",
        "dev.containerfile",
        "cloudbuild.yaml",
        "a/b.yml",
        "A.YML",
        "cloudbuild.json",
        "main.tf",
        "main.tf.json",
        "a.tfvars",
        "a.auto.tfvars.json",
        "deploy.sh",
        "a.bash",
        "Makefile",
        "GNUmakefile",
        "deploy.mk",
        "justfile",
        ".justfile",
        "gcp.just",
        "requirements.txt",
        "requirements-dev.txt",
        "dev-requirements.txt",
        "web/package.json",
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "pyproject.toml",
        "uv.lock",
        "Pipfile",
        ".env",
        "api/.env.production",
        "prod.env",
        "README.md",
        "docs/a.markdown",
        "DEPLOYMENT_PLAN.txt",
        "docs/readme.txt",
    ];
    for name in read {
        assert!(Notation::by_name(name) != Notation::Other, "{name} is not read");
        assert!(patterns.iter().all(|pattern| pattern.is_match(name)), "a hook does not match {name}");
    }
    for name in ["a.py", "docs/notes.txt", "CMakeLists.txt", "tf", "yaml"] {
        assert!(!patterns.iter().any(|pattern| pattern.is_match(name)), "a hook matches {name}");
    }
    for name in [".terraform.lock.hcl", ".dockerignore", ".gcloudignore", "seaworthy.toml"] {
        assert!(patterns[1].is_match(name), "the hook for the whole repository does not match {name}");
    }
}
