//! Configuration files: their effects, and the messages about invalid ones.

mod support;

use expect_test::{Expect, expect};
use support::{Scratch, run};

const DOCKERFILE: &str = "FROM node:latest\nCOPY . .\nCMD [\"node\", \"server.js\"]\n";

/// The findings of a folder, one per line, without their messages.
fn found(folder: &Scratch, arguments: &[&str]) -> String {
    let (_, out, err) = run(&folder.0, &[&["check", "--format", "concise"], arguments].concat());
    assert!(!err.contains("seaworthy: "), "{err}");
    out.lines().map(|line| format!("{}\n", line.split(']').next().unwrap_or_default())).collect()
}

/// Checks the messages about a configuration file.
fn told(text: &str, expected: Expect) {
    let folder = Scratch::with(&[("seaworthy.toml", text), ("Dockerfile", DOCKERFILE)]);
    let (_, out, err) = run(&folder.0, &["check", "--quiet", "--select", "syntax-error"]);
    assert_eq!(out, "");
    expected.assert_eq(&err);
}

#[test]
fn invalid_toml_is_an_error() {
    told(
        "profile = \n",
        expect![[r#"
            error

              × invalid TOML: string values must be quoted, expected literal string
               ╭─[seaworthy.toml:1:11]
             1 │ profile =
               ·           ▲
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[rules\n",
        expect![[r#"
            error

              × invalid TOML: unclosed table, expected `]`
               ╭─[seaworthy.toml:1:7]
             1 │ [rules
               ·       ▲
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "profile = \"strict\"\nprofile = \"strict\"\n",
        expect![[r#"
            error

              × invalid TOML: duplicate key
               ╭─[seaworthy.toml:2:1]
             1 │ profile = "strict"
             2 │ profile = "strict"
               · ───────
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
}

#[test]
fn unknown_settings_are_warnings() {
    told(
        "profil = \"strict\"\n",
        expect![[r#"
            warning

              ⚠ unknown setting `profil`
               ╭─[seaworthy.toml:1:1]
             1 │ profil = "strict"
               · ──────
               ╰────
              help: did you mean `profile`?

        "#]],
    );
    told(
        "[suppressions]\nrequire-reasons = true\n",
        expect![[r#"
            warning

              ⚠ unknown setting `require-reasons` of `suppressions`
               ╭─[seaworthy.toml:2:1]
             1 │ [suppressions]
             2 │ require-reasons = true
               · ───────────────
               ╰────
              help: did you mean `require-reason`?

        "#]],
    );
    told(
        "[[overrides]]\npath = \"a\"\npaths = [\"Dockerfile\"]\n",
        expect![[r#"
            warning

              ⚠ unknown setting `path` of `overrides`
               ╭─[seaworthy.toml:2:1]
             1 │ [[overrides]]
             2 │ path = "a"
               · ────
             3 │ paths = ["Dockerfile"]
               ╰────
              help: did you mean `paths`?

        "#]],
    );
    told(
        "[environments]\nprod = [\"Dockerfile\"]\n",
        expect![[r#"
            warning

              ⚠ unknown setting `prod` of `environments`
               ╭─[seaworthy.toml:2:1]
             1 │ [environments]
             2 │ prod = ["Dockerfile"]
               · ────
               ╰────
              help: known settings: `production`, `staging`, `development`, `test`, `example`, `documentation`

        "#]],
    );
}

#[test]
fn unknown_rules_and_options_are_warnings() {
    told(
        "[rules]\nroot-usr = \"off\"\n",
        expect![[r#"
            warning

              ⚠ unknown rule `root-usr`
               ╭─[seaworthy.toml:2:1]
             1 │ [rules]
             2 │ root-usr = "off"
               · ────────
               ╰────
              help: did you mean `root-user`?

        "#]],
    );
    told(
        "[rules]\nxyz = \"off\"\n",
        expect![[r#"
            warning

              ⚠ unknown rule `xyz`
               ╭─[seaworthy.toml:2:1]
             1 │ [rules]
             2 │ xyz = "off"
               · ───
               ╰────
              help: `seaworthy rules` lists all rules

        "#]],
    );
    told(
        "[rules]\nroot-user = { max = 3 }\n",
        expect![[r#"
            warning

              ⚠ rule `root-user` has no option `max`
               ╭─[seaworthy.toml:2:15]
             1 │ [rules]
             2 │ root-user = { max = 3 }
               ·               ───
               ╰────
              help: its only setting is `severity`: `off`, `on`, `info`, `warning`, `error`

        "#]],
    );
    told(
        "[rules]\nmissing-max-instances = { most = 3 }\n",
        expect![[r#"
            warning

              ⚠ rule `missing-max-instances` has no option `most`
               ╭─[seaworthy.toml:2:27]
             1 │ [rules]
             2 │ missing-max-instances = { most = 3 }
               ·                           ────
               ╰────
              help: known options: `max`

        "#]],
    );
    told(
        "[suppressions]\nunignorable = [\"secret-litteral\"]\n",
        expect![[r#"
            warning

              ⚠ unknown rule `secret-litteral`
               ╭─[seaworthy.toml:2:16]
             1 │ [suppressions]
             2 │ unignorable = ["secret-litteral"]
               ·                ─────────────────
               ╰────
              help: did you mean `secret-literal`?

        "#]],
    );
}

#[test]
fn invalid_values_are_errors() {
    told(
        "profile = \"strickt\"\n",
        expect![[r#"
        error

          × `profile` can't be `strickt`
           ╭─[seaworthy.toml:1:11]
         1 │ profile = "strickt"
           ·           ─────────
           ╰────
          help: did you mean `strict`?

        seaworthy: the configuration can't be used
    "#]],
    );
    told(
        "fail-on = 3\n",
        expect![[r#"
            error

              × `fail-on` must be a string, not an integer
               ╭─[seaworthy.toml:1:11]
             1 │ fail-on = 3
               ·           ─
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[rules]\nlatest-tag = \"fatal\"\n",
        expect![[r#"
            error

              × `latest-tag` can't be `fatal`
               ╭─[seaworthy.toml:2:14]
             1 │ [rules]
             2 │ latest-tag = "fatal"
               ·              ───────
               ╰────
              help: allowed values: `off`, `on`, `info`, `warning`, `error`

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[rules]\nlatest-tag = true\n",
        expect![[r#"
            error

              × `latest-tag` must be a level or a table, not a boolean
               ╭─[seaworthy.toml:2:14]
             1 │ [rules]
             2 │ latest-tag = true
               ·              ────
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[rules]\nmissing-max-instances = { max = -1 }\n",
        expect![[r#"
            error

              × `max` can't be -1: it must be a whole number from 0 to 4294967295
               ╭─[seaworthy.toml:2:33]
             1 │ [rules]
             2 │ missing-max-instances = { max = -1 }
               ·                                 ──
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[rules]\nmissing-max-instances = { max = 1.5 }\n",
        expect![[r#"
            error

              × `max` must be a whole number, not a float
               ╭─[seaworthy.toml:2:33]
             1 │ [rules]
             2 │ missing-max-instances = { max = 1.5 }
               ·                                 ───
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "exclude = [\"a{b\"]\n",
        expect![[r#"
            error

              × invalid pattern `a{b`: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
               ╭─[seaworthy.toml:1:12]
             1 │ exclude = ["a{b"]
               ·            ─────
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "exclude = [\"!a\"]\n",
        expect![[r#"
            error

              × invalid pattern `!a`: a pattern can't begin with `!`
               ╭─[seaworthy.toml:1:12]
             1 │ exclude = ["!a"]
               ·            ────
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[[overrides]]\nrules = { latest-tag = \"off\" }\n",
        expect![[r#"
            error

              × this override has no `paths`, so it applies to no file
               ╭─[seaworthy.toml:1:1]
             1 │ [[overrides]]
               · ─────────────
             2 │ rules = { latest-tag = "off" }
               ╰────
              help: add `paths`, such as `paths = ["legacy/"]`

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "overrides = \"x\"\nrules = 3\n",
        expect![[r#"
            error

              × `overrides` must be an array of tables: `[[overrides]]`, not a string
               ╭─[seaworthy.toml:1:13]
             1 │ overrides = "x"
               ·             ───
             2 │ rules = 3
               ╰────

            error

              × `rules` must be a table, not an integer
               ╭─[seaworthy.toml:2:9]
             1 │ overrides = "x"
             2 │ rules = 3
               ·         ─
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "[suppressions]\nrequire-reason = \"yes\"\nmax-expiry-days = 99999999999\n",
        expect![[r#"
            error

              × `require-reason` must be a boolean, not a string
               ╭─[seaworthy.toml:2:18]
             1 │ [suppressions]
             2 │ require-reason = "yes"
               ·                  ─────
             3 │ max-expiry-days = 99999999999
               ╰────

            error

              × `max-expiry-days` can't be 99999999999: it must be a whole number from 0 to 4294967295
               ╭─[seaworthy.toml:3:19]
             2 │ require-reason = "yes"
             3 │ max-expiry-days = 99999999999
               ·                   ───────────
               ╰────

            seaworthy: the configuration can't be used
        "#]],
    );
}

#[test]
fn patterns_without_a_matching_file_are_warnings() {
    told(
        "exclude = [\"old/\", \"Dockerfile\"]\n",
        expect![[r#"
            warning

              ⚠ the pattern `old/` matches no file
               ╭─[seaworthy.toml:1:12]
             1 │ exclude = ["old/", "Dockerfile"]
               ·            ──────
               ╰────
              help: remove it, or write it relative to the folder of this file

        "#]],
    );
}

#[test]
fn unusable_files_are_errors() {
    told(
        "extend = \"missing.toml\"\n",
        expect![[r#"
        error

          × `missing.toml` can't be read: No such file or directory (os error 2)
           ╭─[seaworthy.toml:1:10]
         1 │ extend = "missing.toml"
           ·          ──────────────
           ╰────

        seaworthy: the configuration can't be used
    "#]],
    );
    told(
        "extend = [\"../../other.toml\"]\n",
        expect![[r#"
            error

              × `../../other.toml` is outside of the repository
               ╭─[seaworthy.toml:1:11]
             1 │ extend = ["../../other.toml"]
               ·           ──────────────────
               ╰────
              help: copy the file into the repository, and name the copy

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "baseline = \"../known.json\"\n",
        expect![[r#"
            error

              × `../known.json` is outside of the repository
               ╭─[seaworthy.toml:1:12]
             1 │ baseline = "../known.json"
               ·            ───────────────
               ╰────
              help: copy the file into the repository, and name the copy

            seaworthy: the configuration can't be used
        "#]],
    );
    told(
        "extend = \"seaworthy.toml\"\n",
        expect![[r#"
        error

          × `seaworthy.toml` extends itself
           ╭─[seaworthy.toml:1:10]
         1 │ extend = "seaworthy.toml"
           ·          ────────────────
           ╰────

        seaworthy: the configuration can't be used
    "#]],
    );
}

#[test]
fn of_two_files_in_a_folder_only_one_is_used() {
    let folder = Scratch::with(&[
        ("seaworthy.toml", "[rules]\nlatest-tag = \"off\"\n"),
        (".seaworthy.toml", "[rules]\nroot-user = \"off\"\n"),
        ("Dockerfile", DOCKERFILE),
    ]);
    let (_, out, err) =
        run(&folder.0, &["check", "--quiet", "--format", "concise", "--select", "latest-tag,root-user"]);
    assert!(out.contains("[root-user]"), "{out}");
    expect![[r#"
        .seaworthy.toml: warning: `.seaworthy.toml` is not used because there is a `seaworthy.toml` in the same folder
    "#]]
    .assert_eq(&err);
}

#[test]
fn changing_an_unignorable_rule_is_an_error() {
    let folder = Scratch::with(&[
        ("policy.toml", "[suppressions]\nunignorable = [\"latest-tag\"]\n"),
        ("seaworthy.toml", "extend = \"policy.toml\"\n[rules]\nlatest-tag = \"off\"\n"),
        ("Dockerfile", DOCKERFILE),
    ]);
    let (code, _, err) = run(&folder.0, &["check", "--quiet"]);
    assert_eq!(code, 2);
    expect![[r#"
        error

          × rule `latest-tag` is locked and can't be `off` here
           ╭─[seaworthy.toml:3:14]
         2 │ [rules]
         3 │ latest-tag = "off"
           ·              ─────
           ╰────
          help: remove this setting, because policy.toml:2 makes the rule unignorable

        seaworthy: the configuration can't be used
    "#]]
    .assert_eq(&err);
}

#[test]
fn strict_config_turns_warnings_into_errors() {
    let folder = Scratch::with(&[("seaworthy.toml", "profil = 1\n"), ("Dockerfile", "FROM scratch\n")]);
    assert_eq!(run(&folder.0, &["check"]).0, 0);
    let (code, _, err) = run(&folder.0, &["check", "--strict-config"]);
    assert_eq!(code, 2);
    assert!(err.ends_with("seaworthy: the configuration can't be used\n"), "{err}");
}

#[test]
fn no_config_skips_a_broken_file() {
    let folder = Scratch::with(&[("seaworthy.toml", "= 1\n"), ("Dockerfile", "FROM scratch\n")]);
    assert_eq!(run(&folder.0, &["check"]).0, 2);
    assert_eq!(run(&folder.0, &["check", "--no-config"]).0, 0);
}

#[test]
fn rules_can_be_switched_off_and_given_a_severity() {
    let folder = Scratch::with(&[
        (
            "seaworthy.toml",
            "[rules]\nroot-user = \"off\"\nlatest-tag = \"info\"\nshell-form-entrypoint = \"on\"\nmissing-dockerignore = \"error\"\n",
        ),
        ("Dockerfile", DOCKERFILE),
    ]);
    let found = found(&folder, &[]);
    assert!(!found.contains("root-user"));
    assert!(found.contains("info[latest-tag") && found.contains("error[missing-dockerignore"), "{found}");
}

#[test]
fn overrides_apply_to_their_paths_and_the_last_wins() {
    let folder = Scratch::with(&[
        (
            "seaworthy.toml",
            "[[overrides]]\npaths = [\"old/\"]\nrules = { latest-tag = \"off\" }\n\
             [[overrides]]\npaths = [\"old/new/\"]\nprofile = \"strict\"\nrules = { latest-tag = \"error\" }\n",
        ),
        ("Dockerfile", DOCKERFILE),
        ("old/Dockerfile", DOCKERFILE),
        ("old/new/Dockerfile", "FROM node:24 AS base\nFROM node:latest\n"),
    ]);
    let all = found(&folder, &[]);
    let of: Vec<&str> = all.lines().filter(|line| line.contains("latest-tag") || line.contains("digest")).collect();
    assert_eq!(
        of,
        [
            "Dockerfile:1:6 warning[latest-tag",
            "old/new/Dockerfile:1:6 info[image-not-digest",
            "old/new/Dockerfile:2:6 error[latest-tag",
        ]
    );
}

#[test]
fn the_command_line_wins_over_the_configuration() {
    let folder = Scratch::with(&[("seaworthy.toml", "profile = \"strict\"\n"), ("Dockerfile", "FROM node:24\n")]);
    assert!(found(&folder, &[]).contains("image-not-digest"));
    assert!(!found(&folder, &["--profile", "recommended"]).contains("image-not-digest"));
    assert!(!found(&folder, &["--ignore", "image-not-digest"]).contains("image-not-digest"));
    assert!(!found(&folder, &["--no-config"]).contains("image-not-digest"));
    assert_eq!(run(&folder.0, &["check", "--fail-on", "never"]).0, 0);
}

#[test]
fn fail_on_is_the_least_severity_that_fails() {
    let config = "fail-on = \"error\"\n[rules]\nlatest-tag = \"warning\"\n";
    let folder = Scratch::with(&[("seaworthy.toml", config), ("Dockerfile", "FROM node:latest\n")]);
    assert_eq!(run(&folder.0, &["check"]).0, 0);
    assert_eq!(run(&folder.0, &["check", "--fail-on", "warning"]).0, 1);
}

#[test]
fn options_can_differ_by_path() {
    let service = |max: u32| {
        format!(
            "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      \
             annotations:\n        autoscaling.knative.dev/maxScale: \"{max}\"\n    spec:\n      containers:\n        - image: a.pkg.dev/b/c:1\n"
        )
    };
    let folder = Scratch::with(&[
        (
            "seaworthy.toml",
            "[rules]\nmissing-max-instances = { max = 10 }\n[[overrides]]\npaths = [\"big.yaml\"]\nrules = { missing-max-instances = { max = 500 } }\n",
        ),
        ("small.yaml", &service(50)),
        ("big.yaml", &service(500)),
    ]);
    let found = found(&folder, &["--select", "missing-max-instances"]);
    assert_eq!(found, "small.yaml:9:44 warning[missing-max-instances\n");
}

#[test]
fn environments_can_be_set_by_path() {
    let folder = Scratch::with(&[
        ("seaworthy.toml", "[environments]\ntest = [\"deploy/\"]\nproduction = [\"examples/\"]\n"),
        ("deploy/Dockerfile", "FROM node:24\nCMD [\"node\", \"a.js\"]\n"),
        ("examples/Dockerfile", "FROM node:24\nCMD [\"node\", \"a.js\"]\n"),
    ]);
    let found = found(&folder, &["--select", "root-user"]);
    assert!(found.starts_with("examples/Dockerfile:") && !found.contains("deploy"), "{found}");
}

#[test]
fn an_excluded_file_is_not_checked_even_if_it_is_named() {
    let folder = Scratch::with(&[
        ("seaworthy.toml", "exclude = [\"third_party/\", \"*.tfvars\"]\n"),
        ("third_party/Dockerfile", DOCKERFILE),
        ("a.tfvars", "not terraform at all {\n"),
        ("Dockerfile", "FROM scratch\nCOPY third_party/Dockerfile /\n"),
    ]);
    assert_eq!(found(&folder, &[]), "");
    assert_eq!(found(&folder, &["third_party/Dockerfile"]), "");
}

#[test]
fn the_nearest_file_applies_and_may_extend_another() {
    let folder = Scratch::with(&[
        (".git/HEAD", ""),
        ("seaworthy.toml", "[rules]\nlatest-tag = \"info\"\n"),
        ("a/.seaworthy.toml", "[rules]\nroot-user = \"error\"\n"),
        ("b/seaworthy.toml", "extend = \"../seaworthy.toml\"\n[rules]\nroot-user = \"error\"\n"),
        ("a/Dockerfile", DOCKERFILE),
        ("b/Dockerfile", DOCKERFILE),
        ("c/Dockerfile", DOCKERFILE),
    ]);
    let rules = ["--select", "latest-tag,root-user"];
    let all = found(&folder, &rules);
    assert!(
        all.contains("a/Dockerfile:1:6 warning[latest-tag") && all.contains("a/Dockerfile:1:1 error[root-user"),
        "{all}"
    );
    assert!(
        all.contains("b/Dockerfile:1:6 info[latest-tag") && all.contains("b/Dockerfile:1:1 error[root-user"),
        "{all}"
    );
    assert!(
        all.contains("c/Dockerfile:1:6 info[latest-tag") && all.contains("c/Dockerfile:1:1 warning[root-user"),
        "{all}"
    );
    // A run in a folder reports the same findings, because the file above the root applies.
    let (_, out, _) = run(&folder.0.join("c"), &["check", "--format", "concise", "--select", "latest-tag,root-user"]);
    assert!(out.contains("Dockerfile:1:6 info[latest-tag]") && out.lines().count() == 2, "{out}");
}

#[test]
fn suppression_rules_bind_folders_below_and_extending_files() {
    let policy = "[suppressions]\nunignorable = [\"latest-tag\"]\nrequire-reason = true\nmax-expiry-days = 30\n";
    let dockerfile = "# seaworthy: ignore[latest-tag] until=2020-01-01 -- it is fine\nFROM node:latest\n\
                      # seaworthy: ignore[root-user]\nUSER root\nCMD [\"node\", \"server.js\"]\n";
    let folder = Scratch::with(&[
        ("policy.toml", policy),
        ("seaworthy.toml", "extend = \"policy.toml\"\n"),
        ("Dockerfile", dockerfile),
    ]);
    let (code, out, _) = run(&folder.0, &["check", "--format", "concise", "--profile", "strict"]);
    assert_eq!(code, 1);
    for part in [
        "Dockerfile:1:1 warning[stale-ignore] `latest-tag` can't be ignored here",
        "Dockerfile:2:6 warning[latest-tag]",
        "Dockerfile:3:1 warning[stale-ignore] this gives no reason, and has no effect",
        "Dockerfile:4:6 warning[root-user]",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let (code, _, err) = run(&folder.0, &["check", "--ignore", "latest-tag"]);
    assert_eq!(
        (code, err.as_str()),
        (2, "seaworthy: rule `latest-tag` can't be ignored: policy.toml:2 makes it unignorable\n")
    );
    folder.write("seaworthy.toml", b"extend = \"policy.toml\"\n[rules]\nlatest-tag = \"info\"\nroot-user = \"off\"\n");
    let (code, _, err) = run(&folder.0, &["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("can't be `info` here") && err.contains("policy.toml:2 makes the rule"), "{err}");
    // The locks bind a file in a folder below even if it extends no other file.
    folder.write("seaworthy.toml", policy.as_bytes());
    folder.write("sub/seaworthy.toml", b"[[overrides]]\npaths = [\"Dockerfile\"]\nrules = { latest-tag = \"off\" }\n");
    folder.write("sub/Dockerfile", b"FROM node:latest\n");
    let (code, _, err) = run(&folder.0, &["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("can't be `off` here"), "{err}");
}

#[test]
fn ignores_need_an_expiry_date_within_the_limit() {
    let folder = Scratch::with(&[
        ("seaworthy.toml", "[suppressions]\nmax-expiry-days = 30\n"),
        (
            "Dockerfile",
            "# seaworthy: ignore[latest-tag] until=2999-01-01 -- later\nFROM node:latest\n\
             # hadolint ignore=DL3002\nUSER root\nCMD [\"node\", \"server.js\"]\n",
        ),
    ]);
    let (_, out, _) = run(&folder.0, &["check", "--format", "concise"]);
    assert!(out.contains("this counts until 2999-01-01, which is too far off, and has no effect"), "{out}");
    assert!(out.contains("Dockerfile:3:1 warning[stale-ignore] this has no last day, and has no effect"), "{out}");
}

#[test]
fn a_file_of_the_command_line_replaces_all_others() {
    let folder = Scratch::with(&[
        ("Dockerfile", DOCKERFILE),
        ("seaworthy.toml", "profile = \"strict\"\n"),
        (
            "ci/policy.toml",
            "[rules]\nlatest-tag = \"error\"\n[[overrides]]\npaths = [\"/Dockerfile\"]\nrules = { root-user = \"off\" }\n",
        ),
    ]);
    let found = found(&folder, &["--config", "ci/policy.toml", "--select", "latest-tag,root-user"]);
    assert_eq!(found, "Dockerfile:1:6 error[latest-tag\n");
    let (code, _, err) = run(&folder.0, &["check", "--config", "nowhere.toml"]);
    assert_eq!(code, 2);
    assert!(err.contains("`nowhere.toml` can't be read"), "{err}");
}

#[test]
fn effective_settings_are_shown_with_their_source() {
    let folder = Scratch::with(&[
        ("policy.toml", "[rules]\nlatest-tag = \"error\"\n[suppressions]\nmax-expiry-days = 30\n"),
        (
            "seaworthy.toml",
            "extend = \"policy.toml\"\nprofile = \"strict\"\n[[overrides]]\npaths = [\"a/\"]\nrules = { missing-max-instances = { max = 5 } }\n",
        ),
        ("a/Dockerfile", DOCKERFILE),
    ]);
    let (code, out, err) = run(&folder.0, &["config", "a/service.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let said: String =
        out.lines().filter(|line| !line.ends_with("# default")).map(|line| format!("{line}\n")).collect();
    expect![[r##"
        # seaworthy.toml, which extends policy.toml
        profile = "strict"                                        # seaworthy.toml:2
        rules.latest-tag.severity = "error"                       # policy.toml:2
        rules.missing-max-instances.max = 5                       # seaworthy.toml:5
        suppressions.max-expiry-days = 30                         # policy.toml:4
    "##]]
    .assert_eq(&said);
    let (_, out, _) = run(&folder.0, &["config", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(value["files"], serde_json::json!(["seaworthy.toml", "policy.toml"]));
    let (_, out, _) = run(&folder.0, &["config", "--schema"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).expect("JSON"), seaworthy::config::schema());
}

#[test]
fn init_writes_a_valid_configuration_and_overwrites_nothing() {
    let folder = Scratch::with(&[(".gitlab-ci.yml", "stages: []\n")]);
    let all = ["init", "--pre-commit", "--github", "--gitlab", "--cloud-build"];
    let (code, out, err) = run(&folder.0, &all);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("seaworthy:\n  image: "), "{out}");
    assert!(err.contains(".gitlab-ci.yml exists: add this job to it"), "{err}");
    let (code, out, err) = run(&folder.0, &["check", "--strict-config", "--fail-on", "info"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let before = folder.read("seaworthy.toml");
    folder.write("seaworthy.toml", b"profile = \"strict\"\n");
    let (code, _, err) = run(&folder.0, &all);
    assert_eq!(code, 0);
    assert!(err.contains("seaworthy.toml exists: it is left unchanged"), "{err}");
    assert_eq!(folder.read("seaworthy.toml"), "profile = \"strict\"\n");
    // Every setting that is commented out is valid.
    let open: String = before
        .lines()
        .map(|line| {
            line.strip_prefix("# ").filter(|rest| rest.contains(" = ") || rest.starts_with('[')).unwrap_or(line)
        })
        .map(|line| format!("{line}\n"))
        .collect();
    folder.write("seaworthy.toml", open.as_bytes());
    folder.write("policy/seaworthy.toml", b"");
    let (_, out, err) = run(&folder.0, &["config"]);
    assert!(!err.contains("error") && out.contains("rules.missing-max-instances.max = 20"), "{err}{out}");
}
