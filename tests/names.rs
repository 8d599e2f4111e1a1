//! Rules are selected and explained by their ids, their concerns, `ALL`, and the ids of other tools.

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::{Scratch, program, run};

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

#[test]
fn a_concern_lists_its_rules() {
    let folder = Scratch::new();
    let (code, out, _) = run(&folder.0, &["explain", "Identity"]);
    let ids: Vec<&str> = out.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(
        (code, ids),
        (
            0,
            vec![
                "default-service-account",
                "host-namespace",
                "long-lived-sa-key",
                "missing-id-token",
                "non-root-refused",
                "overbroad-iam",
                "privileged-container",
                "public-unauthenticated",
                "root-user",
                "wif-without-condition",
                "workflow-broad-permissions"
            ]
        )
    );
    assert!(out.contains("Container runs as root"), "{out}");
    assert_eq!(run(&folder.0, &["explain", "all"]).1, run(&folder.0, &["rules"]).1);
}

#[test]
fn the_id_of_another_tool_shows_the_pages_that_answer() {
    let folder = Scratch::new();
    let (code, out, _) = run(&folder.0, &["explain", "dl3007"]);
    let (_, page, _) = run(&folder.0, &["explain", "latest-tag"]);
    assert_eq!((code, out), (0, format!("DL3007 is answered by latest-tag\n\n{page}")));
    let (_, out, _) = run(&folder.0, &["explain", "DS-0031"]);
    let rules = ["secret-copied-into-image", "secret-in-build-arg", "secret-literal"];
    assert!(out.starts_with(&format!("DS-0031 is answered by {}, {} and {}\n", rules[0], rules[1], rules[2])), "{out}");
    assert!(rules.iter().all(|rule| out.contains(&run(&folder.0, &["explain", rule]).1)), "{out}");
    // kube-linter has a rule with the same name as ours, which needs no such line.
    assert!(page.starts_with("latest-tag (supply-chain, warning)\n"), "{page}");
}

#[test]
fn a_page_is_laid_out_for_the_width_without_colour() {
    let folder = Scratch::new();
    let with = |variables: &[(&str, &str)]| {
        let output = program(&folder.0).envs(variables.iter().copied()).args(["explain", "root-user"]).output();
        String::from_utf8(output.expect("runs").stdout).expect("UTF-8")
    };
    let text = with(&[("COLUMNS", "70"), ("TERM", "xterm")]);
    assert!(!text.contains('\u{1b}') && !text.contains("```") && !text.contains("##"), "{text}");
    for part in
        ["\nBad\n---\n", "\n  Dockerfile:\n    FROM python", "\n  reports:\n    Dockerfile:1:1 warning[root-user] "]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("\n  Dockerfile after the fix:\n    FROM python"), "{text}");
    let paragraphs = text.lines().filter(|line| !line.starts_with("  ") && line.contains(' '));
    assert_eq!(paragraphs.map(|line| line.chars().count()).max().map(|longest| longest <= 70), Some(true), "{text}");
    assert!(with(&[("FORCE_COLOR", "1")]).contains("\u{1b}[1mBad\u{1b}[0m\n"));
    assert_eq!(with(&[("COLUMNS", "70"), ("FORCE_COLOR", "1"), ("NO_COLOR", "1")]), text);
}

#[test]
fn explain_writes_the_json_of_rules_with_options_and_body() {
    let folder = Scratch::new();
    let json = |arguments: &[&str]| -> Value {
        let (code, out, err) = run(&folder.0, &[arguments, &["--format", "json"]].concat());
        assert_eq!(code, 0, "{err}");
        serde_json::from_str(&out).expect("JSON")
    };
    let (one, all) = (json(&["explain", "missing-max-instances"]), json(&["rules"]));
    assert_eq!(one["schema"], 1);
    let rule = &one["rules"][0];
    let max = serde_json::json!({"type": "integer", "default": 100, "doc": "Highest accepted number of instances."});
    assert_eq!(rule["options"], serde_json::json!({"max": max}));
    let body = rule["body"].as_str().expect("a text");
    assert!(body.starts_with("Cloud Run starts instances") && body.contains("\n```output\n"), "{body}");
    let listed = all["rules"].as_array().into_iter().flatten().find(|listed| listed["id"] == rule["id"]);
    let mut expected = listed.expect("it is listed").clone();
    (expected["options"], expected["body"]) = (rule["options"].clone(), rule["body"].clone());
    assert_eq!(*rule, expected);
    let ids = |document: &Value| -> BTreeSet<String> {
        let rules = document["rules"].as_array().into_iter().flatten();
        rules.map(|rule| rule["id"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(ids(&json(&["explain", "ALL"])), ids(&all));
    assert_eq!(ids(&json(&["explain", "DL3064"])), ["secret-in-build-arg", "secret-literal"].map(str::to_owned).into());
    assert_eq!(json(&["explain", "root-user"])["rules"][0]["options"], serde_json::json!({}));
}

#[test]
fn explain_writes_pages_as_markdown() {
    let folder = Scratch::new();
    for rule in seaworthy::rules::ALL.iter() {
        let (code, out, _) = run(&folder.0, &["explain", &rule.id, "--format", "markdown"]);
        assert!(code == 0 && out.starts_with(&format!("# {}\n\n", rule.id)), "{out}");
        assert!(out.contains(rule.body().trim()), "{out}");
    }
    let (_, out, _) = run(&folder.0, &["explain", "identity", "--format", "markdown"]);
    assert!(out.contains("\n\n# root-user\n\n"), "{out}");
}
