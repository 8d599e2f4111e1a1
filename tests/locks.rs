//! A locked rule stays in force everywhere that a lock acts: comments, baselines, configuration, options and inserted
//! comments. Every case is tried without the lock too, since an attempt that never has an effect proves nothing.

mod support;

use support::{Scratch, run};

const LOCK: &str = "[suppressions]\nunignorable = [\"latest-tag\"]\n";
const DOCKERFILE: &str = "FROM node:latest\nRUN apt-get update && apt-get install -y curl\nCMD [\"node\", \"a.js\"]\n";
const FINDING: &str = "Dockerfile:1:6 warning[latest-tag";

/// The places and rules of the findings.
fn found(folder: &Scratch, arguments: &[&str]) -> Vec<String> {
    let (code, out, err) =
        run(&folder.0, &[&["check", "--quiet", "--format", "concise", "--profile", "strict"], arguments].concat());
    assert_ne!(code, 2, "{err}");
    out.lines().map(|line| line.split(']').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn no_comment_silences_a_locked_rule() {
    let from = "FROM node:latest\nUSER node\n";
    let comments = [
        "# seaworthy: ignore[latest-tag] -- why\n",
        "# seaworthy: ignore[root-user, latest-tag] until=2999-01-31 -- why\n",
        "# seaworthy: ignore-stage[latest-tag] -- why\n",
        "# seaworthy: ignore-file[latest-tag] -- why\n",
        "# hadolint ignore=DL3007\n",
        "# hadolint global ignore=DL3007\n",
    ];
    for comment in comments {
        let folder = Scratch::with(&[("Dockerfile", &format!("{comment}{from}"))]);
        let is_reported = |found: Vec<String>| found.contains(&"Dockerfile:2:6 warning[latest-tag".to_owned());
        assert!(!is_reported(found(&folder, &[])), "without a lock it silences the rule: {comment}");
        folder.write("seaworthy.toml", LOCK.as_bytes());
        assert!(is_reported(found(&folder, &[])), "{comment}");
        let (_, out, _) = run(&folder.0, &["check", "--format", "concise"]);
        let told = "Dockerfile:1:1 warning[stale-ignore] `latest-tag` can't be ignored here\n";
        assert!(out.contains(told), "{comment}: {out}");
    }
}

#[test]
fn a_comment_that_names_a_locked_rule_still_silences_the_others() {
    let comment = "# seaworthy: ignore-file[latest-tag, root-user, apt-cache-left] -- why\n";
    let folder = Scratch::with(&[("Dockerfile", &format!("{comment}{DOCKERFILE}")), ("seaworthy.toml", LOCK)]);
    let rules = ["--select", "latest-tag,root-user,apt-cache-left,stale-ignore"];
    assert_eq!(found(&folder, &rules), ["Dockerfile:1:1 warning[stale-ignore", "Dockerfile:2:6 warning[latest-tag"]);
}

#[test]
fn a_lock_holds_in_extending_files_and_below_its_folder_and_nowhere_else() {
    let silenced = format!("# seaworthy: ignore[latest-tag] -- why\n{DOCKERFILE}");
    let folder = Scratch::with(&[
        (".git/HEAD", ""),
        ("policy.toml", LOCK),
        ("extends/seaworthy.toml", "extend = \"../policy.toml\"\n"),
        ("locks/seaworthy.toml", LOCK),
        ("locks/below/seaworthy.toml", "[rules]\nroot-user = \"off\"\n"),
        ("other/seaworthy.toml", "[rules]\nroot-user = \"off\"\n"),
    ]);
    for path in ["Dockerfile", "extends/Dockerfile", "locks/Dockerfile", "locks/below/Dockerfile", "other/Dockerfile"] {
        folder.write(path, silenced.as_bytes());
    }
    let expected = ["extends/Dockerfile:2:6", "locks/Dockerfile:2:6", "locks/below/Dockerfile:2:6"];
    assert_eq!(found(&folder, &["--select", "latest-tag"]), expected.map(|at| format!("{at} warning[latest-tag")));
    // A run in a folder knows the locks above it.
    let (_, out, _) = run(&folder.0.join("locks/below"), &["check", "--root", ".", "--format", "concise"]);
    assert!(out.contains("Dockerfile:2:6 warning[latest-tag]"), "{out}");
}

#[test]
fn no_baseline_contains_or_silences_a_locked_rule() {
    let folder = Scratch::with(&[("Dockerfile", DOCKERFILE)]);
    let rules = ["--select", "latest-tag,root-user,apt-cache-left"];
    assert_eq!(run(&folder.0, &["baseline", "write"]).0, 0);
    assert_eq!(found(&folder, &rules), [] as [&str; 0], "without a lock it silences the rule");
    folder.write("seaworthy.toml", LOCK.as_bytes());
    assert_eq!(found(&folder, &rules), [FINDING]);
    let (code, _, err) = run(&folder.0, &["baseline", "update"]);
    assert_eq!(
        (code, err.as_str()),
        (0, "seaworthy-baseline.json: 0 findings added, 1 removed, 2 kept, 1 left out because they can't be ignored\n")
    );
    assert!(!folder.read("seaworthy-baseline.json").contains("latest-tag"));
    std::fs::remove_file(folder.0.join("seaworthy-baseline.json")).expect("it is there");
    let (_, _, err) = run(&folder.0, &["baseline", "write"]);
    assert!(err.contains("2 findings written, 1 left out because they can't be ignored"), "{err}");
    assert!(!folder.read("seaworthy-baseline.json").contains("latest-tag"));
}

#[test]
fn no_configuration_file_switches_a_locked_rule_off_or_lowers_it() {
    let weaker = [
        ("off", "[rules]\nlatest-tag = \"off\"\n"),
        ("info", "[rules]\nlatest-tag = \"info\"\n"),
        ("off", "[rules.latest-tag]\nseverity = \"off\"\n"),
        ("off", "[[overrides]]\npaths = [\"Dockerfile\"]\nrules = { latest-tag = \"off\" }\n"),
        ("info", "[[overrides]]\npaths = [\"*\"]\nrules.latest-tag.severity = \"info\"\n"),
    ];
    for (level, text) in weaker {
        // Without a lock, each of these changes the findings.
        let folder = Scratch::with(&[("seaworthy.toml", text), ("Dockerfile", DOCKERFILE)]);
        assert!(!found(&folder, &[]).contains(&FINDING.to_owned()), "{text}");
        let extending = format!("extend = \"policy.toml\"\n{text}");
        let extends_twice = format!("extend = \"middle.toml\"\n{text}");
        let layouts: [(&str, &[(&str, &str)]); 4] = [
            ("seaworthy.toml", &[("policy.toml", LOCK), ("seaworthy.toml", &extending)]),
            (
                "seaworthy.toml",
                &[
                    ("policy.toml", LOCK),
                    ("middle.toml", "extend = \"policy.toml\"\n"),
                    ("seaworthy.toml", &extends_twice),
                ],
            ),
            ("sub/.seaworthy.toml", &[("seaworthy.toml", LOCK), ("sub/.seaworthy.toml", text)]),
            // The lock of an extended file binds the folders below too.
            (
                "a/b/seaworthy.toml",
                &[
                    ("policy.toml", LOCK),
                    ("seaworthy.toml", "extend = \"policy.toml\"\n"),
                    ("a/seaworthy.toml", ""),
                    ("a/b/seaworthy.toml", text),
                ],
            ),
        ];
        for (file, files) in layouts {
            let folder = Scratch::with(&[files, &[(".git/HEAD", ""), ("Dockerfile", DOCKERFILE)]].concat());
            let (code, out, err) = run(&folder.0, &["check"]);
            assert_eq!((code, out.as_str()), (2, ""), "{file}: {text}");
            assert!(err.contains(&format!("rule `latest-tag` is locked and can't be `{level}` here")), "{err}");
            assert!(err.contains(file), "{file}: {err}");
        }
    }
}

#[test]
fn a_locked_rule_may_be_made_stricter() {
    for (severity, text) in [
        ("error", "[rules]\nlatest-tag = \"error\"\n"),
        ("warning", "[rules]\nlatest-tag = \"warning\"\n"),
        ("warning", "[rules]\nlatest-tag = \"on\"\n"),
    ] {
        let folder = Scratch::with(&[
            ("policy.toml", LOCK),
            ("seaworthy.toml", &format!("extend = \"policy.toml\"\n{text}")),
            ("Dockerfile", DOCKERFILE),
        ]);
        assert_eq!(
            found(&folder, &["--select", "latest-tag"]),
            [format!("Dockerfile:1:6 {severity}[latest-tag")],
            "{text}"
        );
    }
}

#[test]
fn the_command_line_ignores_no_locked_rule() {
    let folder = Scratch::with(&[
        (".git/HEAD", ""),
        ("Dockerfile", DOCKERFILE),
        ("sub/Dockerfile", DOCKERFILE),
        ("other/Dockerfile", DOCKERFILE),
    ]);
    let ignore = ["--ignore", "latest-tag"];
    assert!(found(&folder, &ignore).iter().all(|line| !line.contains("latest-tag")));
    let is_refused = |arguments: &[&str], at: &str| {
        let (code, out, err) = run(&folder.0, &[&["check"], arguments, &ignore].concat());
        let expected = format!("seaworthy: rule `latest-tag` can't be ignored: {at} makes it unignorable\n");
        assert_eq!((code, out.as_str(), err), (2, "", expected), "{arguments:?}");
    };
    // A lock of a folder protects the files in it, whichever folder the run is in.
    folder.write("sub/seaworthy.toml", LOCK.as_bytes());
    is_refused(&[], "sub/seaworthy.toml:2");
    is_refused(&["sub"], "sub/seaworthy.toml:2");
    is_refused(&["sub/Dockerfile"], "sub/seaworthy.toml:2");
    assert_eq!(run(&folder.0, &["check", "other", "--ignore", "latest-tag", "--fail-on", "error"]).0, 0);
    folder.write("seaworthy.toml", LOCK.as_bytes());
    is_refused(&["other"], "seaworthy.toml:2");
    let (code, _, err) = run(&folder.0.join("other"), &["check", "--root", ".", "--ignore", "latest-tag"]);
    assert_eq!(code, 2);
    assert!(err.contains("seaworthy.toml:2 makes it unignorable"), "{err}");
}

#[test]
fn no_inserted_comment_names_a_locked_rule() {
    let folder = Scratch::with(&[("Dockerfile", DOCKERFILE), ("seaworthy.toml", LOCK)]);
    let rules = ["--select", "latest-tag,root-user,stale-ignore"];
    assert_eq!(found(&folder, &rules), ["Dockerfile:1:1 warning[root-user", FINDING]);
    assert_eq!(
        found(&folder, &[&rules[..], &["--add-ignores", "why"]].concat()),
        ["Dockerfile:2:6 warning[latest-tag"]
    );
    assert_eq!(folder.read("Dockerfile"), format!("# seaworthy: ignore[root-user] -- why\n{DOCKERFILE}"));
}
