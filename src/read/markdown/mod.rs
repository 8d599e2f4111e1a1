//! Runbooks: the blocks of code in Markdown, each read as its own language.
//!
//! A reader follows a runbook from top to bottom in one shell, so a block sees the variables that the blocks above it
//! set. Manifests, pipelines, workflows, Terraform and Dockerfiles are read one by one: what two blocks show need not
//! belong together. Broken blocks are no errors, because documents show parts.

mod placeholders;

use super::shell::{self, Setup};
use super::variables::Scope;
use super::{cloud_build, cloud_run, command, credentials, dockerfile, terraform, workflow};
use crate::budget::Shares;
use crate::model::{Facts, Home};
use crate::source::{Fragment, Notation, Source};
use crate::span::SourceId;
use crate::syntax::{self, hcl, markdown::Block, yaml};
use std::sync::Arc;

/// Words without which a document holds no command and no configuration that is read.
const WORDS: &[&str] = &[
    "gcloud ",
    "gsutil ",
    "docker ",
    "podman ",
    "pkg.dev",
    "gcr.io",
    "google_",
    "serving.knative.dev",
    "run.googleapis.com",
    "FROM ",
];

/// Programs without which a script deploys, builds and grants nothing.
const TOOLS: &[&str] = &["gcloud", "gsutil", "docker", "podman"];

/// Programs whose name at the start of a line marks a block without a language as commands.
const PROGRAMS: &[&str] = &["gcloud", "gsutil", "bq", "docker", "terraform", "kubectl", "export"];

/// Reads the blocks of a document: first the facts of its commands, then those of every other block.
pub(crate) fn read(id: SourceId, source: &Source, blocks: &[Block]) -> Vec<Arc<Facts>> {
    let text = &*source.text;
    let mut scripts: Vec<&Fragment> = Vec::new();
    let mut parts = Vec::new();
    for block in blocks.iter().filter(|block| !is_warned_of(text, block)) {
        let fragment = &block.fragment;
        let holds = |words: &[&str]| words.iter().any(|word| fragment.text().contains(word));
        // Most blocks are about something else, and reading them would cost more than everything else.
        match notation(block) {
            Some(Notation::Shell) if (holds(TOOLS) || holds(&["="])) && !is_of_windows(fragment.text()) => {
                scripts.push(fragment);
            }
            Some(Notation::Yaml) if holds(&["serving.knative.dev", "run.googleapis.com", "steps"]) => {
                parts.extend(configuration(id, fragment));
            }
            Some(Notation::Terraform) if holds(&["google"]) => {
                let (body, _) = hcl::parse(fragment);
                let file = terraform::File { source: id, path: &source.path, body: &body, is_values: false };
                parts.push(
                    terraform::read("", &[file], &terraform::Callers::default(), terraform::Around::elsewhere()).0,
                );
            }
            Some(Notation::Dockerfile) => {
                let (file, _) = syntax::dockerfile::parse(fragment);
                parts.push(dockerfile::read(id, &file, false, &[]).0);
            }
            _ => {}
        }
    }
    let runs_tools = |script: &&Fragment| TOOLS.iter().any(|tool| script.text().contains(tool));
    let mut first = if scripts.iter().any(runs_tools) { commands(id, &scripts) } else { Facts::default() };
    first.credentials = credentials::find(id, source);
    parts.insert(0, first);
    parts.iter_mut().for_each(command::interpret);
    parts.into_iter().filter(|facts| !facts.is_empty()).map(Arc::new).collect()
}

/// The blocks of a document that may be about a deployment. Records of the past have none: nobody follows them.
pub(crate) fn blocks(source: &Source, fragment: &Fragment) -> Vec<Block> {
    let has = |word: &&str| memchr::memmem::find(source.text.as_bytes(), word.as_bytes()).is_some();
    if is_record(&source.path) || !WORDS.iter().any(has) {
        return Vec::new();
    }
    syntax::markdown::blocks(fragment)
}

fn commands(id: SourceId, scripts: &[&Fragment]) -> Facts {
    let texts: Vec<_> = scripts.iter().map(|script| placeholders::unfilled(&without_prompts(script))).collect();
    let size = texts.iter().map(|text| text.raw().len()).sum();
    let budget = Shares::among(1, size).of(size);
    let (home, scope) = (Home::Document(id), &Scope::default());
    let setup = Setup { home, scope, are_values_final: false, budget: &budget };
    let read = shell::read_in_turn(&texts, &setup);
    Facts {
        commands: read.commands.into_iter().map(Arc::new).collect(),
        named_values: read.named_values,
        ..Facts::default()
    }
}

/// The facts of the documents in a block of YAML that are manifests, pipelines or workflows.
fn configuration(id: SourceId, fragment: &Fragment) -> Vec<Facts> {
    let (documents, _) = yaml::parse(fragment);
    let read = documents.iter().filter_map(|document| {
        let root = document.root();
        if let Some(kind) = cloud_run::kind_of(root) {
            return Some(cloud_run::read(kind, root));
        }
        let is_workflow = root.get("jobs").is_some() && (root.get("on").is_some() || root.get("runs-on").is_some());
        if let Some(kind) = workflow::kind_of(root, WORKFLOW).filter(|_| is_workflow) {
            return Some(workflow::read(kind, id, WORKFLOW, root).0);
        }
        cloud_build::is_pipeline(root, "cloudbuild.yaml").then(|| cloud_build::read(id, root).0)
    });
    read.collect()
}

/// Where a workflow of a document would be.
const WORKFLOW: &str = ".github/workflows/documentation.yml";

/// The language of a block, by its name or, without one, by its first lines.
fn notation(block: &Block) -> Option<Notation> {
    match block.language.as_str() {
        "sh" | "bash" | "shell" | "zsh" | "console" | "shellsession" | "shell-session" | "terminal" | "term" => {
            Some(Notation::Shell)
        }
        "yaml" | "yml" => Some(Notation::Yaml),
        "hcl" | "terraform" | "tf" => Some(Notation::Terraform),
        "dockerfile" | "docker" | "containerfile" => Some(Notation::Dockerfile),
        "" | "text" | "txt" | "plaintext" | "plain" => {
            let text = block.fragment.text();
            let begins = |line: &str| {
                let word = line.trim_start().trim_start_matches("$ ").split(' ').next().unwrap_or_default();
                PROGRAMS.contains(&word)
            };
            match Notation::by_content(text) {
                Notation::Other if text.lines().any(begins) => Some(Notation::Shell),
                Notation::Other => None,
                notation => Some(notation),
            }
        }
        _ => None,
    }
}

/// Whether lines are continued as in PowerShell or in the command prompt of Windows.
fn is_of_windows(text: &str) -> bool {
    text.lines().map(str::trim_end).any(|line| line.ends_with(" `") || line.ends_with(" ^"))
}

/// The commands of a transcript: the lines behind a prompt (`$ `) with the lines that continue them. Without a prompt, the
/// whole block.
fn without_prompts(fragment: &Fragment) -> Fragment {
    let text = fragment.text();
    let prompt = |line: &str| {
        let start = line.len() - line.trim_start().len();
        line[start..].starts_with("$ ").then_some(start + 2)
    };
    if !text.lines().any(|line| prompt(line).is_some()) {
        return fragment.clone();
    }
    let mut builder = fragment.builder();
    let (mut at, mut is_continued) = (0, false);
    for line in text.split_inclusive('\n') {
        let kept = match prompt(line) {
            Some(start) => Some(start),
            None if is_continued && line.starts_with("> ") => Some(2),
            None if is_continued => Some(0),
            None => None,
        };
        if let Some(start) = kept {
            builder.keep(at + start..at + line.len());
        }
        is_continued = kept.is_some() && line.trim_end().ends_with('\\');
        at += line.len();
    }
    builder.finish()
}

/// Whether the line above a block, or its own first line, says that nobody should do this.
fn is_warned_of(text: &str, block: &Block) -> bool {
    const WARNINGS: &[&str] = &[
        "don't",
        "do not",
        "never ",
        "avoid",
        "bad:",
        "bad ",
        "wrong",
        "insecure",
        "anti-pattern",
        "antipattern",
        "instead of",
        "before:",
        "old:",
        "\u{274c}",
        "\u{1f6ab}",
    ];
    let above = text[..block.span.start as usize].trim_end();
    let above = above[above.rfind('\n').map_or(0, |line| line + 1)..].to_lowercase();
    let first = block.fragment.text().lines().next().unwrap_or_default().trim();
    let first = if first.starts_with('#') { first.to_lowercase() } else { String::new() };
    WARNINGS.iter().any(|word| above.contains(word) || first.contains(word))
}

/// Words of file names that mark a record of the past.
const RECORDS: &[&str] = &[
    "changelog",
    "changes",
    "history",
    "news",
    "report",
    "reports",
    "postmortem",
    "incident",
    "retrospective",
    "summary",
    "audit",
    "migration",
    "adr",
    "rfc",
    "minutes",
    "progress",
    "worklog",
    "journal",
    "archive",
    "archived",
    "completed",
    "complete",
    // Instructions for assistants, and plans for programs.
    "skill",
    "skills",
    "plans",
    "design",
    "proposal",
    "superpowers",
];

/// Whether a document tells what was done once, and not what to do: a changelog, a report, a text with a date in its name.
fn is_record(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_word = |part: &str| RECORDS.contains(&part);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // `release-notes`, `2024-05-01-outage`, `20240501`.
    let is_dated = stem
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() == 8 && digits.starts_with("20") || digits.len() == 4 && digits.starts_with("20"));
    stem.split(|c: char| !c.is_ascii_alphanumeric()).any(is_word)
        || stem.replace(['_', ' '], "-").contains("release-notes")
        || folders.split('/').any(is_word)
        || is_dated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Vec<Arc<Facts>> {
        let source = Source::new("docs/deploy.md", text);
        let blocks = blocks(&source, &Fragment::whole(SourceId(0), &source));
        read(SourceId(0), &source, &blocks)
    }

    /// The commands, words joined by `|`, unknown parts as `…`.
    fn commands_of(text: &str) -> Vec<String> {
        let line = |command: &Arc<crate::model::Command>| {
            command.words.iter().map(crate::model::Text::shown).collect::<Vec<_>>().join("|")
        };
        facts(text).iter().flat_map(|facts| &facts.commands).map(line).collect()
    }

    #[test]
    fn a_block_sees_the_variables_of_the_blocks_above() {
        let text =
            "Set\n\n```sh\nREGION=europe-west1\n```\n\nthen\n\n```bash\ngcloud run deploy web --region=$REGION\n```\n";
        assert_eq!(commands_of(text), ["gcloud|run|deploy|web|--region=europe-west1"]);
    }

    #[test]
    fn transcripts_hold_commands_behind_their_prompts() {
        let text = "```console\n$ gcloud run deploy web \\\n>   --image a\nDeploying container to Cloud Run service [web]\n$ docker ps\n```\n";
        assert_eq!(commands_of(text), ["gcloud|run|deploy|web|--image|a", "docker|ps"]);
    }

    #[test]
    fn blocks_of_windows_warnings_and_records_are_left_alone() {
        assert_eq!(commands_of("```\ngcloud run deploy web `\n  --image a\n```\n"), [""; 0]);
        assert_eq!(
            commands_of("Never do this:\n\n```sh\ngcloud run deploy web --allow-unauthenticated\n```\n"),
            [""; 0]
        );
        for path in ["CHANGELOG.md", "docs/reports/deploy.md", "docs/2025-03-04-outage.md", "RELEASE_NOTES.md"] {
            assert!(is_record(path), "{path}");
        }
        for path in ["README.md", "docs/deploy.md", "runbooks/rollback.md", "docs/v2/setup.md", "port-8080.md"] {
            assert!(!is_record(path), "{path}");
        }
    }

    #[test]
    fn manifests_and_pipelines_are_read_one_by_one() {
        let text = "Use gcr.io:\n\n```yaml\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n```\n\n\
                    ```yaml\nsteps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, .]\n```\n\n```dockerfile\nFROM node\n```\n\n\
                    ```hcl\nresource \"google_storage_bucket\" \"a\" {}\n```\n";
        let facts = facts(text);
        let counts: Vec<_> = facts
            .iter()
            .map(|facts| (facts.workloads.len(), facts.pipelines.len(), facts.dockerfiles.len(), facts.resources.len()))
            .collect();
        assert_eq!(counts, [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]);
    }
}
