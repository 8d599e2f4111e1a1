//! The commands and settings in the documentation are valid.

mod support;

use std::path::Path;
use support::{Scratch, run};

const PAGES: &[&str] =
    &["README.md", "docs/adopt.md", "docs/ci.md", "docs/configuration.md", "docs/outputs.md", "docs/silencing.md"];

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
fn links_point_to_existing_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in PAGES.iter().copied().chain([
        "docs/architecture.md",
        "docs/migrate.md",
        "docs/conventions.md",
        "CONTRIBUTING.md",
    ]) {
        let folder = Path::new(name).parent().expect("a page has a folder");
        for (index, _) in page(name).match_indices("](") {
            let text = page(name);
            let target = text[index + 2..].split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                assert!(root.join(folder).join(target).exists(), "{name} links to {target}, which does not exist");
            }
        }
    }
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
        "requirements.txt",
        "requirements-dev.txt",
        "dev-requirements.txt",
    ];
    for name in read {
        assert!(!matches!(Notation::by_name(name), Notation::Other | Notation::Prose), "{name} is not read");
        assert!(patterns.iter().all(|pattern| pattern.is_match(name)), "a hook does not match {name}");
    }
    for name in ["a.py", "README.md", "docs/notes.txt", "tf", "yaml"] {
        assert!(!patterns.iter().any(|pattern| pattern.is_match(name)), "a hook matches {name}");
    }
    for name in [".terraform.lock.hcl", ".dockerignore", ".gcloudignore", "seaworthy.toml"] {
        assert!(patterns[1].is_match(name), "the hook for the whole repository does not match {name}");
    }
}
