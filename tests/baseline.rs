//! Baselines: entries match their findings after edits, and hide no new finding.

mod support;

use support::{Scratch, run};

const DOCKERFILE: &str =
    "FROM node:latest\nRUN apt-get update && apt-get install -y curl\nUSER node\nCMD [\"node\", \"a.js\"]\n";

fn folder() -> Scratch {
    let folder = Scratch::with(&[(".git/HEAD", ""), ("a/Dockerfile", DOCKERFILE), ("b/Dockerfile", DOCKERFILE)]);
    let (code, _, err) = run(&folder.0, &["baseline", "write"]);
    assert_eq!((code, err.as_str()), (0, "seaworthy-baseline.json: 4 findings written\n"));
    folder
}

/// The findings that remain, and the summary.
fn left(folder: &Scratch) -> (Vec<String>, String) {
    let (_, out, err) = run(&folder.0, &["check", "--format", "concise"]);
    (out.lines().map(|line| line.split(']').next().unwrap_or_default().to_owned()).collect(), err)
}

#[test]
fn findings_in_the_baseline_are_not_reported() {
    let folder = folder();
    let (code, out, err) = run(&folder.0, &["check", "--format", "json"]);
    assert_eq!(code, 0);
    assert!(err.contains("4 in the baseline"), "{err}");
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(report["findings"], serde_json::json!([]));
    assert_eq!(report["suppressed"][0]["suppression"]["kind"], "external");
    assert_eq!(run(&folder.0, &["check", "--no-baseline"]).0, 1);
}

#[test]
fn moved_lines_and_other_spaces_keep_their_entries() {
    let folder = folder();
    let moved = "# syntax=docker/dockerfile:1\n\n# A service.\nFROM   node:latest\nLABEL a=b\nRUN  apt-get update && apt-get install -y curl\nUSER node\nCMD [\"node\", \"a.js\"]\n";
    folder.write("a/Dockerfile", moved.replace('\n', "\r\n").as_bytes());
    assert_eq!(left(&folder).0, Vec::<String>::new());
}

#[test]
fn entries_follow_a_renamed_file_and_a_renamed_folder() {
    let folder = folder();
    std::fs::rename(folder.0.join("a"), folder.0.join("service")).expect("renamed");
    std::fs::rename(folder.0.join("b/Dockerfile"), folder.0.join("b/web.Dockerfile")).expect("renamed");
    let (left, summary) = left(&folder);
    assert_eq!(left, Vec::<String>::new());
    assert!(summary.contains("4 in the baseline") && !summary.contains("gone"), "{summary}");
}

#[test]
fn naming_a_stage_keeps_the_entries_of_its_other_lines() {
    let folder = folder();
    folder.write("a/Dockerfile", DOCKERFILE.replace("FROM node:latest", "FROM node:latest AS base").as_bytes());
    let (left, _) = left(&folder);
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn a_second_finding_like_a_known_one_is_reported() {
    let folder = folder();
    let twice = format!("{DOCKERFILE}RUN apt-get update && apt-get install -y curl\n");
    folder.write("a/Dockerfile", twice.as_bytes());
    assert_eq!(left(&folder).0, ["a/Dockerfile:5:23 info[apt-cache-left"]);
}

#[test]
fn an_entry_of_one_file_hides_nothing_in_another() {
    let folder = folder();
    folder.write("a/Dockerfile", DOCKERFILE.replace("latest", "24.1.0").as_bytes());
    folder.write("c/Dockerfile", b"FROM node:latest\nUSER node\n");
    let (left, summary) = left(&folder);
    assert_eq!(left, ["c/Dockerfile:1:6 warning[latest-tag"]);
    assert!(summary.contains("1 of the baseline gone"), "{summary}");
}

#[test]
fn prune_only_removes_entries_and_update_adds_them() {
    let folder = folder();
    folder.write("a/Dockerfile", DOCKERFILE.replace("latest", "24.1.0").as_bytes());
    let (code, _, err) = run(&folder.0, &["baseline", "prune", "--check"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("a/Dockerfile: [latest-tag]") && err.contains("1 finding to remove"), "{err}");
    let (code, _, err) = run(&folder.0, &["baseline", "prune"]);
    assert_eq!((code, err.as_str()), (0, "seaworthy-baseline.json: 1 finding removed, 3 kept\n"));
    assert_eq!(run(&folder.0, &["baseline", "prune", "--check"]).0, 0);
    // The finding returns, so it is new.
    folder.write("a/Dockerfile", DOCKERFILE.as_bytes());
    assert_eq!(left(&folder).0, ["a/Dockerfile:1:6 warning[latest-tag"]);
    let (_, _, err) = run(&folder.0, &["baseline", "update"]);
    assert_eq!(err, "seaworthy-baseline.json: 1 finding added, 3 kept\n");
    assert_eq!(left(&folder).0, Vec::<String>::new());
}

#[test]
fn write_never_overwrites_and_update_without_a_change_keeps_the_file() {
    let folder = folder();
    let before = folder.read("seaworthy-baseline.json");
    let (code, _, err) = run(&folder.0, &["baseline", "write"]);
    assert_eq!(code, 2);
    assert!(err.contains("already exists: `seaworthy baseline update` updates it"), "{err}");
    assert_eq!(run(&folder.0, &["baseline", "update"]).0, 0);
    assert_eq!(folder.read("seaworthy-baseline.json"), before);
}

#[test]
fn the_baseline_of_the_repository_applies_to_its_folders() {
    let folder = folder();
    let (code, out, _) = run(&folder.0.join("a"), &["check", "--format", "concise"]);
    assert_eq!((code, out.as_str()), (0, ""));
    // Entries outside of the root are not gone.
    let (_, _, err) = run(&folder.0.join("a"), &["baseline", "prune", "--check"]);
    assert!(err.contains("0 findings to remove"), "{err}");
    let (code, out, _) = run(&folder.0, &["check", "a/Dockerfile", "--format", "concise"]);
    assert_eq!((code, out.as_str()), (0, ""));
    let (code, _, err) = run(&folder.0, &["baseline", "update", "a/Dockerfile"]);
    assert_eq!(code, 2);
    assert!(err.contains("give no paths"), "{err}");
}

#[test]
fn pruning_a_folder_or_one_rule_keeps_the_other_entries() {
    let folder = folder();
    let before = folder.read("seaworthy-baseline.json");
    assert_eq!(run(&folder.0.join("a"), &["baseline", "prune"]).0, 0);
    assert_eq!(folder.read("seaworthy-baseline.json"), before);
    assert_eq!(run(&folder.0, &["baseline", "prune", "--select", "root-user"]).0, 0);
    assert_eq!(folder.read("seaworthy-baseline.json"), before);
}

#[test]
fn duplicate_entries_do_not_hide_a_second_finding() {
    let folder = folder();
    let text = folder.read("seaworthy-baseline.json");
    let line = text.lines().find(|line| line.contains("apt-cache-left")).expect("an entry").trim_end_matches(',');
    folder.write("seaworthy-baseline.json", text.replacen(line, &format!("{line},\n{line}"), 1).as_bytes());
    let twice = format!("{DOCKERFILE}RUN apt-get update && apt-get install -y curl\n");
    folder.write("a/Dockerfile", twice.as_bytes());
    assert_eq!(left(&folder).0, ["a/Dockerfile:5:23 info[apt-cache-left"]);
}

#[test]
fn an_unreadable_baseline_is_an_error() {
    let folder = folder();
    folder.write("seaworthy-baseline.json", b"{\"schema\": 2, \"findings\": [\n<<<<<<< HEAD\n");
    let (code, _, err) = run(&folder.0, &["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("is not a valid baseline: expected value at line 2 column 1"), "{err}");
    folder.write("seaworthy-baseline.json", b"{\"schema\": 1, \"findings\": []}\n");
    let (code, _, err) = run(&folder.0, &["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("unsupported baseline schema 1 (expected 2)"), "{err}");
    let (code, _, err) = run(&folder.0, &["check", "--baseline", "other.json"]);
    assert_eq!(code, 2);
    assert!(err.contains("`other.json` can't be read"), "{err}");
}

#[test]
fn unignorable_rules_are_never_in_a_baseline() {
    let folder = Scratch::with(&[
        ("seaworthy.toml", "baseline = \"ci/known.json\"\n[suppressions]\nunignorable = [\"latest-tag\"]\n"),
        ("Dockerfile", DOCKERFILE),
    ]);
    let (code, _, err) = run(&folder.0, &["baseline", "write"]);
    assert_eq!(
        (code, err.as_str()),
        (0, "ci/known.json: 1 finding written, 1 left out because they can't be ignored\n")
    );
    assert_eq!(left(&folder).0, ["Dockerfile:1:6 warning[latest-tag"]);
    folder.write("seaworthy.toml", b"baseline = \"ci/known.json\"\n");
    assert_eq!(run(&folder.0, &["baseline", "update"]).0, 0);
    folder.write("seaworthy.toml", b"baseline = \"ci/known.json\"\n[suppressions]\nunignorable = [\"latest-tag\"]\n");
    assert_eq!(left(&folder).0, ["Dockerfile:1:6 warning[latest-tag"]);
}

#[test]
fn no_part_of_a_secret_is_in_the_baseline() {
    let secret = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";
    let text = |secret: &str| format!("FROM node:24.1.0\nENV STRIPE_KEY={secret}\nUSER node\n");
    let folder = Scratch::with(&[("Dockerfile", &text(secret))]);
    assert_eq!(run(&folder.0, &["baseline", "write"]).0, 0);
    let one = folder.read("seaworthy-baseline.json");
    assert!(one.contains("secret") && !one.contains(secret));
    // Another secret gets the same hashes, so they reveal nothing about it.
    let other = Scratch::with(&[("Dockerfile", &text("sk_live_9zX81KqLyjWDarjtT1zdp0aa"))]);
    assert_eq!(run(&other.0, &["baseline", "write"]).0, 0);
    assert_eq!(other.read("seaworthy-baseline.json"), one);
}
