//! The interface of the command line: exit codes, streams, formats.

mod support;

use serde_json::Value;
use support::{Scratch, program, run};

const SERVICE: &str = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      serviceAccountName: web@shop.iam.gserviceaccount.com\n      containers:\n        - image: europe-docker.pkg.dev/shop/web/web:1\n";

fn json(folder: &std::path::Path, arguments: &[&str]) -> Value {
    let (_, out, _) = run(folder, &[&["check", "--format", "json"], arguments].concat());
    serde_json::from_str(&out).expect("JSON on standard output")
}

#[test]
fn exit_codes_follow_fail_on() {
    let scratch = Scratch::with(&[("service.yaml", SERVICE)]);
    let code = |arguments: &[&str]| run(&scratch.0, arguments).0;
    assert_eq!(code(&["check"]), 1);
    assert_eq!(code(&["check", "--fail-on", "error"]), 0);
    assert_eq!(code(&["check", "--fail-on", "never"]), 0);
    assert_eq!(code(&["check", "--fail-on", "info", "--select", "missing-startup-probe"]), 1);
    assert_eq!(code(&["check", "--select", "missing-startup-probe"]), 0);
    assert_eq!(code(&["check", "--nonsense"]), 2);
    assert_eq!(code(&["check", "no-such-folder"]), 2);
    assert_eq!(code(&["check", "--select", "missing-max-instance"]), 2);
    assert_eq!(code(&["--help"]), 0);
    assert_eq!(code(&["--version"]), 0);
}

#[test]
fn findings_are_written_to_standard_output_and_all_else_to_standard_error() {
    let scratch = Scratch::with(&[("service.yaml", SERVICE)]);
    let (_, out, err) = run(&scratch.0, &["check", "--format", "concise"]);
    assert!(
        out.contains(
            "service.yaml:10:11 warning[missing-max-instances] service `web` sets no maximum number of instances\n"
        ),
        "{out}"
    );
    assert!(out.lines().all(|line| line.starts_with("service.yaml:")), "{out}");
    assert!(err.contains("in 1 file"), "{err}");
    let (_, _, quiet) = run(&scratch.0, &["check", "--format", "concise", "--quiet"]);
    assert_eq!(quiet, "");
}

#[test]
fn a_folder_without_supported_files_is_not_an_error() {
    let scratch = Scratch::with(&[("README.txt", "hello")]);
    let (code, out, err) = run(&scratch.0, &["check"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("in 0 files"), "{err}");
}

#[test]
fn json_has_the_documented_fields() {
    let scratch = Scratch::with(&[
        ("deploy/service.yaml", SERVICE),
        ("var.sh", "gcloud run deploy api --image a.dev/b/c:1 $FLAGS\n"),
    ]);
    let report = json(&scratch.0, &[]);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["tool"]["name"], "seaworthy");
    assert_eq!(report["root"], ".");
    let finding = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|finding| finding["rule"] == "missing-max-instances")
        .expect("the finding");
    assert_eq!(finding["path"], "deploy/service.yaml");
    assert_eq!(finding["category"], "capacity");
    assert_eq!(finding["span"]["start"]["line"], 10);
    assert_eq!(finding["span"]["start"]["column"], 11);
    let offset = finding["span"]["start"]["offset"].as_u64().expect("a number") as usize;
    assert!(SERVICE[offset..].starts_with("image:"));
    assert_eq!(finding["surface"], "cloud-run");
    assert_eq!(finding["environment"], "production");
    assert_eq!(finding["fingerprint"].as_str().map(str::len), Some(32));
    // No link before the project has an address.
    assert_eq!(finding["url"].is_null(), seaworthy::HOME.is_none());
    assert_eq!(report["unknown"], serde_json::json!([]));
    assert!(report["summary"]["unknown"].as_u64() > Some(0));
    let shown = json(&scratch.0, &["--show-unknown"]);
    assert!(shown["unknown"].as_array().is_some_and(|unknown| {
        unknown.iter().any(|open| open["rule"] == "missing-max-instances" && open["path"] == "var.sh")
    }));
}

#[test]
fn fingerprints_are_unchanged_by_edits_above() {
    let fingerprints = |text: &str| {
        let scratch = Scratch::with(&[("service.yaml", text)]);
        let report = json(&scratch.0, &[]);
        report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .map(|finding| finding["fingerprint"].clone())
            .collect::<Vec<_>>()
    };
    let before = fingerprints(SERVICE);
    assert!(before.len() > 2);
    assert_eq!(before, fingerprints(&format!("# a comment\n\n{SERVICE}")));
}

#[test]
fn secrets_are_never_in_the_output() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM alpine:3.23\nENV DB_PASSWORD=hunter2-hunter2\nUSER 1000\n")]);
    for format in ["full", "concise", "json"] {
        let (_, out, err) = run(&scratch.0, &["check", "--format", format, "--select", "secret-literal"]);
        assert!(out.contains("DB_PASSWORD"), "{out}");
        assert!(!out.contains("hunter2") && !err.contains("hunter2"), "{format}: {out}");
    }
}

#[test]
fn output_is_the_same_for_any_number_of_threads() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let with = |threads: &str| {
        let output = program(&folder)
            .env("RAYON_NUM_THREADS", threads)
            .args(["check", "--format", "json", "--profile", "strict", "--show-unknown"])
            .output()
            .expect("runs");
        output.stdout
    };
    let one = with("1");
    assert!(one.len() > 1000);
    assert!((0..3).all(|_| with("7") == one));
}

#[test]
fn a_file_on_the_command_line_is_checked_whatever_its_name() {
    let scratch = Scratch::with(&[
        ("image.build", "FROM python\nUSER 1000\n"),
        ("ignored/.gitignore", "*\n"),
        ("ignored/Dockerfile", "FROM node\n"),
    ]);
    let (_, out, _) = run(&scratch.0, &["check", "--format", "concise"]);
    assert_eq!(out, "");
    let (_, out, _) = run(&scratch.0, &["check", "--format", "concise", "image.build"]);
    assert_eq!(out, "image.build:1:6 warning[unpinned-base-image] this image is built on `python` without a version\n");
    let (_, out, _) =
        run(&scratch.0, &["check", "--format", "concise", "ignored/Dockerfile", "--select", "unpinned-base-image"]);
    assert_eq!(
        out,
        "ignored/Dockerfile:1:6 warning[unpinned-base-image] this image is built on `node` without a version\n"
    );
}

#[test]
fn a_single_file_is_checked_in_the_context_of_its_checkout() {
    let scratch = Scratch::with(&[
        (
            "cloudbuild.yaml",
            "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -f, Dockerfile.web, .]\n",
        ),
        ("Dockerfile.web", "FROM alpine\n"),
    ]);
    let (_, out, _) = run(
        &scratch.0,
        &[
            "check",
            "--format",
            "concise",
            "--select",
            "build-wrong-dockerfile-path,unpinned-base-image",
            "cloudbuild.yaml",
        ],
    );
    assert_eq!(out, "", "the Dockerfile exists, and its own findings are not requested");
}

/// A `COPY` that finds its source only if the whole repository is read.
fn repository_with_a_service() -> Scratch {
    Scratch::with(&[
        (".git/HEAD", ""),
        ("services/api/Dockerfile", "FROM alpine:3.23\nCOPY services/api/main.py .\nUSER nobody\nCMD [\"/main.py\"]\n"),
        ("services/api/main.py", ""),
        ("services/web/Dockerfile", "FROM alpine\nUSER nobody\n"),
        (
            "cloudbuild.yaml",
            "steps:\n  - name: docker:27.1.1\n    args: [build, -f, services/api/Dockerfile, .]\ntimeout: 60s\n",
        ),
    ])
}

#[test]
fn the_root_is_the_repository_from_every_folder() {
    let scratch = repository_with_a_service();
    let services = scratch.0.join("services");
    for (folder, arguments) in [
        (&scratch.0, &["check", "services", "--format", "concise"][..]),
        (&services, &["check", "--format", "concise"]),
        (&services, &["check", "api", "web", "--format", "concise"]),
        (&services, &["check", "web/Dockerfile", "--format", "concise"]),
        (&std::env::temp_dir(), &["check", services.to_str().expect("a path"), "--format", "concise"]),
    ] {
        let (code, out, _) = run(folder, arguments);
        assert!(out.starts_with("services/web/Dockerfile:1:6 warning[unpinned-base-image]"), "{arguments:?}: {out}");
        assert_eq!((code, out.lines().count()), (1, 1), "{arguments:?}: {out}");
    }
    // A folder of a checkout can be the root as well.
    let (_, out, _) = run(&services, &["check", "--root", ".", "--format", "concise"]);
    assert!(out.contains("\nweb/Dockerfile:1:6 "), "{out}");
    scratch.write("services/seaworthy.toml", b"root = true\n");
    let (_, out, _) = run(&services.join("web"), &["check", "--format", "concise"]);
    assert!(out.starts_with("web/Dockerfile:1:6 "), "{out}");
}

#[test]
fn a_run_in_a_part_of_the_repository_reports_only_this_part() {
    let bad = "FROM node:latest\n# caf\u{e9}\n";
    let scratch = Scratch::with(&[
        (".git/HEAD", ""),
        ("in/service.yaml", SERVICE),
        ("in/deploy.sh", "gcloud run deploy in --image a.dev/b/c:1 $FLAGS\n"),
        ("out/deploy.sh", "gcloud run deploy out --image a.dev/b/c:latest $FLAGS\n"),
        ("out/service.yaml", SERVICE),
        ("out/silenced/Dockerfile", "# seaworthy: ignore[latest-tag] -- why\nFROM node:latest\nUSER node\n"),
        ("out/known/Dockerfile", "FROM node:latest\nUSER node\n"),
        ("in/known/Dockerfile", "FROM node:latest\nUSER node\n"),
    ]);
    scratch.write("out/binary/data.yaml", b"\0\0\0\0\0");
    scratch.write("out/latin/Dockerfile", &bad.chars().map(|c| c as u8).collect::<Vec<_>>());
    scratch.write("in/binary/data.yaml", b"\0\0\0\0\0");
    assert_eq!(run(&scratch.0, &["baseline", "write", "--select", "latest-tag"]).0, 0);
    scratch.write("out/known/Dockerfile", b"FROM node:24.1.0\nUSER node\n");
    scratch.write("in/known/Dockerfile", b"FROM node:24.1.0\nUSER node\n");
    let whole = json(&scratch.0, &["--show-unknown"]);
    let part = json(&scratch.0, &["in", "--show-unknown"]);
    for list in ["findings", "files", "unknown", "notes"] {
        let inside = |report: &Value| -> Vec<Value> {
            let all = report[list].as_array().expect("a list").iter();
            all.filter(|one| one["path"].as_str().is_some_and(|path| path.starts_with("in/"))).cloned().collect()
        };
        assert_eq!(*part[list].as_array().expect("a list"), inside(&whole), "{list}");
        assert!(!inside(&whole).is_empty(), "{list}");
        assert!(whole[list].as_array().map(Vec::len) > Some(inside(&whole).len()), "{list}");
    }
    assert_eq!(part["suppressed"], serde_json::json!([]));
    assert_eq!(whole["summary"]["suppressed"], 3);
    let arguments = ["check", "in", "--show-unknown", "--show-files", "--format", "concise"];
    let (_, out, err) = run(&scratch.0, &arguments);
    assert!(!out.contains("out/") && !err.contains("out/"), "{out}{err}");
    // Of the two entries whose findings are gone, one is in this part.
    assert!(err.contains("; 1 of the baseline gone"), "{err}");
    let (_, _, err) = run(&scratch.0, &["check", "--format", "concise"]);
    assert!(err.contains("; 2 of the baseline gone"), "{err}");
    let (_, _, err) = run(&scratch.0.join("in"), &["check", "--root", ".", "--format", "concise"]);
    assert!(err.contains("; 1 of the baseline gone"), "{err}");
}

#[test]
fn a_named_file_that_is_not_checked_says_why() {
    let scratch = Scratch::with(&[
        ("README.md", "# Hello\n"),
        ("legacy/Dockerfile", "FROM alpine\n"),
        ("seaworthy.toml", "exclude = [\"legacy/\"]\n"),
    ]);
    let (code, _, err) = run(&scratch.0, &["check", "README.md", "legacy/Dockerfile"]);
    assert_eq!(code, 0);
    assert!(err.contains("note: README.md: not checked: it is not a kind of file that seaworthy reads"), "{err}");
    assert!(err.contains("note: legacy/Dockerfile: not checked: excluded by seaworthy.toml:1"), "{err}");
    assert_eq!(run(&scratch.0, &["check", "README.md", "--fail-on-nothing"]).0, 1);
}

#[test]
fn control_characters_are_never_written_raw() {
    let dockerfile = "FROM python:lat\u{1b}[31mest # \u{202e}\nFROM node:latest\u{1b}]0;x\u{7}\nUSER node\n";
    let scratch = Scratch::with(&[("a\u{1b}[2Jb/Dockerfile", dockerfile), ("c/\u{9b}31m.md", "")]);
    let is_bad = |c: &char| c.is_control() && !matches!(c, '\n' | '\r') || *c == '\u{202e}';
    for format in seaworthy::report::Format::ALL.map(seaworthy::report::Format::name) {
        let arguments = [
            "check",
            "--profile",
            "strict",
            "--format",
            format,
            "--show-unknown",
            "--show-files",
            ".",
            "c/\u{9b}31m.md",
        ];
        let (_, out, err) = run(&scratch.0, &arguments);
        assert!(!out.is_empty() && !err.is_empty(), "{format}");
        for text in [out, err] {
            assert_eq!(text.chars().find(is_bad), None, "{format}: {text:?}");
        }
    }
    let (_, out, _) = run(&scratch.0, &["check"]);
    assert!(out.contains("a␛[2Jb/Dockerfile") && out.contains("lat␛[31mest"), "{out}");
}

#[test]
fn statistics_stay_out_of_machine_formats() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\n")]);
    let (code, out, err) = run(&scratch.0, &["check", "--statistics", "--format", "sarif"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("`--statistics` has no `sarif` format"), "{err}");
    assert_eq!(run(&scratch.0, &["check", "--statistics"]).0, 1);
}

#[test]
fn nothing_outside_of_the_root_is_read() {
    let scratch =
        Scratch::with(&[("inside/Dockerfile", "FROM alpine:3.23\nUSER 1\n"), ("outside/Dockerfile", "FROM alpine\n")]);
    let (code, out, err) = run(&scratch.0.join("inside"), &["check", "../outside", "."]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("is not in the root"), "{err}");
}

#[test]
fn a_misspelt_rule_gets_a_suggestion() {
    let scratch = Scratch::new();
    let (code, _, err) = run(&scratch.0, &["explain", "missing-max-instance"]);
    assert_eq!(code, 2);
    assert_eq!(err, "seaworthy: unknown rule `missing-max-instance`, did you mean `missing-max-instances`?\n");
}

#[test]
fn explain_shows_a_page_and_rules_lists_all_rules() {
    let scratch = Scratch::new();
    let (code, out, _) = run(&scratch.0, &["explain", "missing-max-instances"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("Service sets no maximum number of instances, or a very high one") && out.contains("\nBad\n---\n"),
        "{out}"
    );
    let (_, table, _) = run(&scratch.0, &["rules"]);
    assert_eq!(table.lines().count(), seaworthy::rules::ALL.len());
    let (_, list, _) = run(&scratch.0, &["rules", "--format", "json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["rules"].as_array().map(Vec::len), Some(seaworthy::rules::ALL.len()));
}

#[test]
fn completions_are_written_for_every_shell() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, out, _) = run(&scratch.0, &["completions", shell]);
        assert!(code == 0 && out.contains("seaworthy"), "{shell}");
    }
}

#[test]
fn colour_is_used_in_terminals_or_on_request() {
    let scratch = Scratch::with(&[("service.yaml", SERVICE)]);
    let has_colour = |name: &str, value: &str, arguments: &[&str]| {
        let output = program(&scratch.0).env(name, value).arg("check").args(arguments).output().expect("runs");
        output.stdout.contains(&0x1b)
    };
    assert!(!has_colour("TERM", "xterm", &[]));
    assert!(has_colour("CLICOLOR_FORCE", "1", &[]));
    assert!(has_colour("FORCE_COLOR", "1", &[]));
    assert!(!has_colour("FORCE_COLOR", "0", &[]));
    assert!(has_colour("TERM", "xterm", &["--color", "always"]));
    assert!(!has_colour("CLICOLOR_FORCE", "1", &["--color", "never"]));
}

/// A repository with an error, two warnings and an info, the error in the middle.
fn of_mixed_severity() -> Scratch {
    Scratch::with(&[
        ("a/Dockerfile", "FROM node:latest\nUSER node\n"),
        ("cloudbuild.yaml", "steps:\n  - name: gcr.io/cloud-builders/docker\n    waitfor: ['-']\n"),
        ("deploy/Dockerfile", "FROM python:latest\nRUN apt-get update && apt-get install -y curl\nUSER app\n"),
    ])
}

#[test]
fn severity_limits_what_is_shown_and_not_the_exit_code() {
    let scratch = of_mixed_severity();
    let (code, out, err) = run(&scratch.0, &["check", "--format", "concise", "--severity", "error"]);
    assert_eq!((code, out.lines().count()), (1, 1), "{out}");
    assert!(out.starts_with("cloudbuild.yaml:3:5 error[unknown-build-field]"), "{out}");
    assert!(err.contains("3 of lower severity not shown\n"), "{err}");
    let (code, out, _) = run(&scratch.0, &["check", "--format", "concise", "--severity", "error", "deploy"]);
    assert_eq!((code, &*out), (1, ""), "a warning that is not shown fails the run all the same");
}

#[test]
fn the_most_severe_findings_come_last_where_a_terminal_shows_the_end() {
    let scratch = of_mixed_severity();
    let severities = |arguments: &[&str]| -> Vec<String> {
        let (_, out, _) = run(&scratch.0, &[&["check"], arguments].concat());
        let words = out.lines().filter_map(|line| line.split_once('[')?.0.split(' ').next_back());
        words.filter(|word| ["error", "warning", "info"].contains(word)).map(str::to_owned).collect()
    };
    let by_severity = ["info", "warning", "warning", "error"];
    let by_path = ["warning", "error", "warning", "info"];
    assert_eq!(severities(&[]), by_severity);
    assert_eq!(severities(&["--sort", "path"]), by_path);
    assert_eq!(severities(&["--format", "concise"]), by_path);
    assert_eq!(severities(&["--format", "concise", "--sort", "severity"]), by_severity);
}

#[test]
fn a_long_report_ends_with_a_table_of_its_rules() {
    let scratch = of_mixed_severity();
    let (_, _, err) = run(&scratch.0, &["check"]);
    assert!(!err.contains("latest-tag"), "four findings need no table: {err}");
    let more = "FROM ruby:latest\nUSER app\n";
    std::fs::write(scratch.0.join("Dockerfile"), more).expect("the folder is writable");
    let (_, _, err) = run(&scratch.0, &["check"]);
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines[0], "     1  error    unknown-build-field  1 with `--fix`", "{err}");
    assert!(lines[1].starts_with("     3  warning  latest-tag"), "{err}");
    assert!(lines[3].contains("2 can be fixed with `--fix`, 3 more with `--fix --unsafe-fixes`"), "{err}");
    let (_, _, err) = run(&scratch.0, &["check", "--format", "concise"]);
    assert_eq!(err.lines().count(), 1, "{err}");
}

#[test]
fn every_text_for_people_has_colour_on_request() {
    let scratch = of_mixed_severity();
    for arguments in [&["--format", "concise"][..], &["--format", "grouped"], &["--statistics"], &["--diff"]] {
        let out = |when| run(&scratch.0, &[&["check", "--color", when], arguments].concat()).1;
        assert!(out("always").contains("\x1b["), "{arguments:?}");
        assert!(!out("never").contains('\x1b'), "{arguments:?}");
        // Without the codes it is the same text.
        let mut plain = String::new();
        for (index, part) in out("always").split("\x1b[").enumerate() {
            plain.push_str(if index == 0 { part } else { part.split_once('m').expect("the end of a code").1 });
        }
        assert_eq!(plain, out("never"), "{arguments:?}");
    }
}

#[test]
fn text_in_utf_16_is_named_so() {
    let scratch = Scratch::with(&[]);
    let bytes: Vec<u8> = "\u{feff}flask\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(scratch.0.join("requirements.txt"), bytes).expect("the folder is writable");
    let (_, _, err) = run(&scratch.0, &["check"]);
    assert!(err.contains("note: requirements.txt: not analysed: it is text in UTF-16; save it as UTF-8\n"), "{err}");
}

#[test]
fn fixes_change_only_their_spans() {
    let docker = "FROM python:3.13-slim\r\nUSER app\r\nCMD  gunicorn  main:app # keep\r\n";
    let build = "\u{feff}steps:\n  - name: gcr.io/cloud-builders/docker   # why\n    waitfor: [\"-\"]\n    args: [version]\ntimeout: 60s\n";
    let broken = "FROM python:3.13-slim\nFOO bar\nCMD x y\n";
    let scratch = Scratch::with(&[("Dockerfile", docker), ("cloudbuild.yaml", build), ("b/Dockerfile", broken)]);
    let read = |path: &str| std::fs::read_to_string(scratch.0.join(path)).expect("the file is there");
    let (code, out, err) = run(&scratch.0, &["check", "--diff"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("-CMD  gunicorn") && out.contains("+CMD  exec gunicorn") && out.contains("--- a/Dockerfile"),
        "{out}"
    );
    assert!(err.contains("2 would be fixed in 2 files"), "{err}");
    assert_eq!(read("Dockerfile"), docker, "a diff changes nothing");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(scratch.0.join("Dockerfile"), std::fs::Permissions::from_mode(0o751)).expect("chmod");
    }
    let (_, out, err) = run(&scratch.0, &["check", "--fix", "--format", "concise"]);
    assert!(err.contains("2 fixed in 2 files"), "{err}");
    assert!(!out.contains("unknown-build-field"), "{out}");
    assert_eq!(read("Dockerfile"), docker.replace("CMD  gunicorn", "CMD  exec gunicorn"));
    assert_eq!(read("cloudbuild.yaml"), build.replace("waitfor", "waitFor"));
    assert_eq!(read("b/Dockerfile"), broken, "a file with a syntax error is unchanged");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(scratch.0.join("Dockerfile")).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o751);
    }
    let (code, out, err) = run(&scratch.0, &["check", "--diff"]);
    assert_eq!((code, out.as_str()), (0, ""), "a second run changes nothing: {err}");
}

#[test]
fn exit_non_zero_on_fix_fails_a_run_that_fixes() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM python:3.13-slim\nUSER app\nCMD gunicorn main:app\n")]);
    assert_eq!(run(&scratch.0, &["check", "--fix", "--exit-non-zero-on-fix"]).0, 1);
    assert_eq!(run(&scratch.0, &["check", "--fix", "--exit-non-zero-on-fix"]).0, 0);
    assert_eq!(run(&scratch.0, &["check", "--exit-non-zero-on-fix"]).0, 2);
}

#[test]
fn exec_is_inserted_only_before_a_single_program() {
    let lines = [
        "NODE_ENV=production node server.js",
        "(node a)",
        "{ node a; }",
        "['ruby', 'app.rb']",
        "node a.js &",
        "cd app",
        "source x",
    ];
    for line in lines {
        let scratch = Scratch::with(&[("Dockerfile", &format!("FROM python:3.13\nUSER 1\nCMD {line}\n"))]);
        let (code, out, _) = run(&scratch.0, &["check", "--diff"]);
        assert_eq!((code, out.as_str()), (0, ""), "{line}");
    }
}

#[test]
fn unsafe_fixes_are_applied_only_on_request() {
    let build = "steps:\n  - name: gcr.io/cloud-builders/docker\n    entrypoint: bash\n    args: [-c, 'echo $FILE']\ntimeout: 60s\n";
    let scratch = Scratch::with(&[("cloudbuild.yaml", build)]);
    let (code, out, _) = run(&scratch.0, &["check", "--diff"]);
    assert_eq!((code, out.as_str()), (0, ""));
    let (_, out, _) = run(&scratch.0, &["check", "--diff", "--unsafe-fixes"]);
    assert!(out.contains("+    args: [-c, 'echo $$FILE']"), "{out}");
}

#[test]
fn only_the_named_files_are_fixed() {
    let scratch = Scratch::with(&[
        ("a/Dockerfile", "FROM python:3.13\nCMD x y\n"),
        ("b/Dockerfile", "FROM python:3.13\nCMD x y\n"),
    ]);
    run(&scratch.0, &["check", "--fix", "a/Dockerfile"]);
    let read = |path: &str| std::fs::read_to_string(scratch.0.join(path)).expect("the file is there");
    assert!(read("a/Dockerfile").contains("exec") && !read("b/Dockerfile").contains("exec"));
}

#[test]
fn sarif_has_suppressions_related_places_and_fixes() {
    let text = SERVICE.replace(
        "      containers:",
        "      # seaworthy: ignore[missing-max-instances] -- the quota is small\n      containers:",
    );
    let scratch =
        Scratch::with(&[("my app/service.yaml", &text), ("Dockerfile", "ARG T=latest\nFROM python:$T\nCMD a b\n")]);
    let (code, out, _) = run(&scratch.0, &["check", "--format", "sarif"]);
    assert_eq!(code, 1);
    let log: Value = serde_json::from_str(&out).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!((&log["version"], &run["columnKind"]), (&"2.1.0".into(), &"unicodeCodePoints".into()));
    let results = run["results"].as_array().expect("results");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["partialFingerprints"]["seaworthy/v1"].as_str().map(str::len), Some(32));
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert!(region["startLine"].as_u64() >= Some(1) && region["endColumn"].as_u64() >= Some(1));
    }
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap_or_else(|| panic!("{rule}"));
    assert_eq!(of("missing-max-instances")["suppressions"][0]["justification"], "the quota is small");
    assert_eq!(
        of("missing-liveness-probe")["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "my%20app/service.yaml"
    );
    assert_eq!(of("latest-tag")["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 1);
    assert_eq!(
        of("shell-form-entrypoint")["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
        "exec "
    );
    assert!(rules.iter().all(|rule| rule["help"]["markdown"].as_str().is_some_and(|text| text.contains("## Bad"))));
}

#[test]
fn an_annotation_is_one_line() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM python:latest\nUSER 1\n")]);
    let (_, out, _) = run(&scratch.0, &["check", "--format", "github", "--select", "latest-tag"]);
    assert!(out.starts_with("::warning file=Dockerfile,line=1,endLine=1,col=6,endColumn=19,title=latest-tag::this image is built on `python:latest`, a tag that moves%0A"), "{out}");
    assert_eq!(out.lines().count(), 1);
}

#[test]
fn comments_silence_rules_unless_no_ignores_is_given() {
    let text = SERVICE.replace(
        "      containers:",
        "      # seaworthy: ignore[missing-max-instances] -- the quota is small\n      containers:",
    );
    let scratch = Scratch::with(&[("service.yaml", &text)]);
    let (_, out, err) = run(&scratch.0, &["check", "--format", "concise", "--select", "missing-max-instances"]);
    assert_eq!(out, "");
    assert!(err.contains("1 silenced by comments"), "{err}");
    let (code, out, _) =
        run(&scratch.0, &["check", "--format", "concise", "--select", "missing-max-instances", "--no-ignores"]);
    assert!(code == 1 && out.contains("missing-max-instances"), "{out}");
    let report = json(&scratch.0, &["--select", "missing-max-instances"]);
    assert_eq!(report["findings"], serde_json::json!([]));
    assert_eq!(report["summary"]["suppressed"], 1);
    assert_eq!(report["suppressed"][0]["suppression"]["justification"], "the quota is small");
    assert_eq!(report["suppressed"][0]["fingerprint"].as_str().map(str::len), Some(32));
}

#[test]
fn a_dumb_terminal_gets_plain_ascii() {
    let scratch = Scratch::with(&[("service.yaml", SERVICE)]);
    let output = program(&scratch.0).env("TERM", "dumb").arg("check").output().expect("runs");
    assert!(output.stdout.is_ascii() && !output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn our_own_repository_has_no_findings() {
    let (code, out, err) = run(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")),
        &["check", "--config", ".ci/seaworthy.toml", "--format", "concise", "--strict-config", "--fail-on", "info"],
    );
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
}

#[test]
fn standard_input_replaces_the_text_of_a_file() {
    let scratch = Scratch::with(&[
        ("api/Dockerfile", "FROM scratch\n"),
        (
            "cloudbuild.yaml",
            "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -f, web/Dockerfile, .]\ntimeout: 60s\n",
        ),
    ]);
    let with = |arguments: &[&str], text: &str| {
        use std::io::Write;
        let mut child = support::program(&scratch.0)
            .args(["check", "-", "--quiet", "--format", "concise"])
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        // Writing fails if the program exits before it reads.
        let _ = child.stdin.take().expect("piped").write_all(text.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, _) = with(&["--stdin-filename", "api/Dockerfile"], "FROM node:latest\nUSER node\n");
    assert_eq!(
        (code, out.as_str()),
        (Some(1), "api/Dockerfile:1:6 warning[latest-tag] this image is built on `node:latest`, a tag that moves\n")
    );
    // A file that is not on disk yet exists for the other files.
    let (code, out, _) = with(&["--stdin-filename", "./web/Dockerfile"], "FROM node:24.1.0\nUSER node\n");
    assert_eq!((code, out.as_str()), (Some(0), ""));
    let (code, _, err) = with(&[], "FROM scratch\n");
    assert_eq!(code, Some(2));
    assert!(err.contains("needs `--stdin-filename`"), "{err}");
    let (code, _, err) = run(&scratch.0, &["check", "api/Dockerfile", "--stdin-filename", "x/Dockerfile"]);
    assert_eq!(code, 2);
    assert!(err.contains("`-` must be the only path"), "{err}");
    let (code, _, err) = with(&["--stdin-filename", "../Dockerfile"], "FROM scratch\n");
    assert_eq!(code, Some(2));
    assert!(err.contains("is not in the root"), "{err}");
}

#[test]
fn facts_are_shown_without_secrets() {
    let folder = Scratch::with(&[
        (
            "Dockerfile",
            "FROM node:22\nENV DB_PASSWORD=hunter2-in-env\nRUN curl -H 'Authorization: x' https://example.com\nCMD [\"node\", \"a.js\"]\n",
        ),
        (
            "deploy.sh",
            "#!/bin/sh\nAPI_TOKEN=hunter2-in-shell\ngcloud run deploy web --image=registry.example/web:1 --set-env-vars=API_KEY=hunter2-in-flag\ngcloud sql users create app --password=hunter2-as-flag\n",
        ),
        (
            "main.tf",
            "resource \"google_sql_user\" \"app\" {\n  name     = \"app\"\n  password = \"hunter2-in-tf\"\n}\n",
        ),
    ]);
    for format in ["text", "json"] {
        let (code, out, err) = run(&folder.0, &["facts", "--format", format]);
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(!out.contains("hunter2"), "{out}");
        assert!(
            out.contains("node:22") && out.contains("main.tf:1:1") && out.contains("registry.example/web:1"),
            "{out}"
        );
    }
    let (_, out, _) = run(&folder.0, &["facts", "deploy.sh", "--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(facts["workloads"][0]["containers"][0]["image"]["known"]["text"], "registry.example/web:1");
    assert!(facts.get("dockerfiles").is_none() && facts.get("resources").is_none());
    assert_eq!(run(&folder.0, &["facts", "no-such-file"]).0, 2);
}
