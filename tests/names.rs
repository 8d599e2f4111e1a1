//! Rules are selected by their ids, their concerns, `ALL`, and the ids of other tools.

mod support;

use support::{Scratch, run};

const DOCKERFILE: &str = "FROM node:latest\nRUN apt-get update && apt-get install -y curl\nCMD [\"node\", \"a.js\"]\n";

/// The rules of the findings.
fn found(folder: &Scratch, arguments: &[&str]) -> Vec<String> {
    let (code, out, err) = run(&folder.0, &[&["check", "--quiet", "--format", "concise"], arguments].concat());
    assert_ne!(code, 2, "{arguments:?}: {err}");
    let rules = out.lines().filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()));
    rules.collect()
}

#[test]
fn rules_are_selected_by_concerns_all_and_ids_of_other_tools() {
    let folder = Scratch::with(&[("Dockerfile", DOCKERFILE)]);
    let (root, tag, cache, pinned) = ("root-user", "latest-tag", "apt-cache-left", "unpinned-os-packages");
    assert_eq!(found(&folder, &[]), [root, tag, cache]);
    assert_eq!(found(&folder, &["--select", "supply-chain"]), [tag, pinned]);
    assert_eq!(found(&folder, &["--select", "image,identity"]), [root, cache]);
    assert_eq!(found(&folder, &["--select", "ALL"]), [root, tag, cache, pinned]);
    assert_eq!(found(&folder, &["--select", "DL3007", "--select", "ckv_docker_3"]), [root, tag]);
    assert_eq!(found(&folder, &["--select", "AVD-DS-0002"]), [root]);
    assert_eq!(found(&folder, &["--ignore", "dl3002,IMAGE"]), [tag]);
    assert_eq!(found(&folder, &["--ignore", "all"]), [] as [&str; 0]);
    assert_eq!(found(&folder, &["--select", "ALL", "--ignore", "supply-chain"]), [root, cache]);
}

#[test]
fn the_id_of_another_tool_selects_every_rule_that_covers_it() {
    let folder = Scratch::with(&[
        ("a/Dockerfile", "FROM node:latest\nUSER node\nCMD [\"node\", \"a.js\"]\n"),
        ("b/Dockerfile", "FROM node\nUSER node\nCMD [\"node\", \"a.js\"]\n"),
    ]);
    assert_eq!(found(&folder, &["--select", "CKV_DOCKER_7"]), ["latest-tag", "unpinned-base-image"]);
    assert_eq!(found(&folder, &["--select", "DL3006"]), ["unpinned-base-image"]);
}

#[test]
fn extend_select_adds_to_the_profile_and_to_a_selection() {
    let folder = Scratch::with(&[("Dockerfile", DOCKERFILE)]);
    let (root, tag, cache, pinned) = ("root-user", "latest-tag", "apt-cache-left", "unpinned-os-packages");
    assert_eq!(found(&folder, &["--extend-select", "DL3008"]), [root, tag, cache, pinned]);
    assert_eq!(found(&folder, &["--extend-select", pinned, "--select", "identity"]), [root, pinned]);
    assert_eq!(found(&folder, &["--extend-select", pinned, "--ignore", "supply-chain"]), [root, cache]);
    // As with --select, the command line wins over a switch, but not over an override for some paths.
    folder.write("seaworthy.toml", b"[rules]\nlatest-tag = \"off\"\nroot-user = \"error\"\n");
    assert_eq!(found(&folder, &[]), [root, cache]);
    assert_eq!(found(&folder, &["--extend-select", tag]), [root, tag, cache]);
    folder.write("seaworthy.toml", b"[[overrides]]\npaths = [\"Dockerfile\"]\nrules = { latest-tag = \"off\" }\n");
    assert_eq!(found(&folder, &["--extend-select", tag]), [root, cache]);
}

#[test]
fn a_concern_with_a_locked_rule_is_not_ignored() {
    let lock = "[suppressions]\nunignorable = [\"latest-tag\"]\n";
    let folder = Scratch::with(&[("Dockerfile", DOCKERFILE), ("seaworthy.toml", lock)]);
    for name in ["supply-chain", "ALL", "DL3007", "CKV_DOCKER_7", "identity,Latest-Tag"] {
        let (code, out, err) = run(&folder.0, &["check", "--ignore", name]);
        let expected = "seaworthy: rule `latest-tag` can't be ignored: seaworthy.toml:2 makes it unignorable\n";
        assert_eq!((code, out.as_str(), err.as_str()), (2, "", expected), "{name}");
    }
    assert_eq!(found(&folder, &["--ignore", "image,DL3002"]), ["latest-tag"]);
}

#[test]
fn an_unknown_name_is_an_error_with_the_most_similar_name() {
    let folder = Scratch::with(&[("Dockerfile", DOCKERFILE)]);
    for (name, expected) in [
        ("latest-tags", ", did you mean `latest-tag`?"),
        ("seckrets", ", did you mean `secrets`?"),
        ("dl3070", ", did you mean `DL3007`?"),
        ("CKV-GCP_14", ", did you mean `CKV_GCP_14`?"),
        ("SC2086", "; `seaworthy rules` lists all rules"),
        ("", "; `seaworthy rules` lists all rules"),
    ] {
        let commands: [&[&str]; 5] = [
            &["check", "--select", name],
            &["check", "--extend-select", name],
            &["check", "--ignore", name],
            &["baseline", "write", "--select", name],
            &["explain", name],
        ];
        for command in commands {
            let (code, out, err) = run(&folder.0, command);
            let expected = format!("seaworthy: unknown rule `{name}`{expected}\n");
            assert_eq!((code, out.as_str(), err), (2, "", expected), "{command:?}");
        }
    }
    assert!(!folder.0.join("seaworthy-baseline.json").exists());
}

#[test]
fn completions_offer_rules_and_concerns() {
    let folder = Scratch::new();
    for shell in ["bash", "zsh", "fish"] {
        let (_, out, _) = run(&folder.0, &["completions", shell]);
        assert!(out.contains("supply-chain") && out.contains("missing-max-instances"), "{shell}");
    }
    let (_, out, _) = run(&folder.0, &["check", "--help"]);
    assert!(out.contains("--extend-select <NAME>") && !out.contains("missing-max-instances"), "{out}");
}
