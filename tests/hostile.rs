//! What a hostile repository can't do: write or read outside of itself, make a run hang, or hide a file in silence.
#![cfg(unix)]

mod support;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use support::{Scratch, run};

fn pipe(path: &Path) {
    let status = Command::new("mkfifo").arg(path).status().expect("mkfifo is installed");
    assert!(status.success());
}

const KEY: &str = "a key of the user";

/// A folder with a repository and, beside it, a file of the user.
fn beside() -> Scratch {
    Scratch::with(&[("key", KEY), ("repo/Dockerfile", "FROM alpine:3.23\nUSER 1\nENTRYPOINT python -m app\n")])
}

#[test]
fn nothing_outside_of_the_root_is_written() {
    let scratch = beside();
    let repo = scratch.0.join("repo");
    // Any name that a temporary file could be expected to have.
    for name in ["Dockerfile.seaworthy-1", "Dockerfile.tmp", "Dockerfile~", "out.sarif", "link.dockerfile"] {
        symlink("../key", repo.join(name)).expect("a link");
    }
    symlink("..", repo.join("up")).expect("a link");
    symlink("..", repo.join(".github")).expect("a link");
    for arguments in [
        &["check", "--fix"][..],
        &["check", "--fix", "--unsafe-fixes", "link.dockerfile"],
        &["check", "--add-ignores", "why"],
        &["check", "--output", "sarif=out.sarif"],
        &["check", "--output", "sarif=up/key"],
        &["baseline", "write"],
        &["baseline", "update"],
        &["baseline", "prune"],
        &["init", "--github"],
    ] {
        if arguments[0] == "baseline" {
            let _ = std::fs::remove_file(repo.join("seaworthy-baseline.json"));
            symlink("../key", repo.join("seaworthy-baseline.json")).expect("a link");
        }
        let (_, out, err) = run(&repo, arguments);
        assert_eq!(scratch.read("key"), KEY, "{arguments:?}: {out}{err}");
        let names: Vec<_> = std::fs::read_dir(&scratch.0)
            .expect("a folder")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        assert_eq!(names.len(), 2, "{arguments:?}: {names:?}");
    }
    assert!(repo.join("Dockerfile").symlink_metadata().expect("a file").is_file());
    assert!(scratch.read("repo/Dockerfile").contains("exec python"));
    std::fs::remove_file(repo.join("seaworthy-baseline.json")).expect("it was made");
    // What the user names lies where the user wants it.
    let (code, _, err) = run(&repo, &["check", "--exit-zero", "--output", "sarif=../out.sarif"]);
    assert_eq!(code, 0, "{err}");
    assert!(scratch.read("out.sarif").starts_with('{'));
}

#[test]
fn a_link_to_a_file_of_the_repository_is_read_and_not_written() {
    let scratch = Scratch::with(&[("image.txt", "FROM alpine:3.23\nUSER 1\nENTRYPOINT python -m app\n")]);
    symlink("image.txt", scratch.0.join("Dockerfile")).expect("a link");
    let (code, out, _) = run(&scratch.0, &["check", "--format", "concise"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("Dockerfile:3:1 warning[shell-form-entrypoint]"), "{out}");
    let (code, out, err) = run(&scratch.0, &["check", "--fix", "--format", "concise"]);
    assert_eq!(code, 1, "{err}");
    assert!(out.starts_with("Dockerfile:3:1 warning[shell-form-entrypoint]"), "{out}");
    assert!(err.contains("0 fixed in 0 files"), "{err}");
    // A comment would be written through the link as well.
    let (code, _, err) = run(&scratch.0, &["check", "--add-ignores", "why"]);
    assert!(code == 2 && err.contains("`Dockerfile` can't be written: it is a symbolic link"), "{err}");
    assert!(!scratch.read("image.txt").contains("exec"));
    // A file that is read under its own name is not read twice.
    let scratch = Scratch::with(&[("a/Dockerfile", "FROM alpine:latest\nUSER 1\n")]);
    symlink("a/Dockerfile", scratch.0.join("Dockerfile")).expect("a link");
    let (_, out, _) = run(&scratch.0, &["check", "--format", "concise"]);
    assert_eq!(out.lines().count(), 1, "{out}");
    assert!(out.starts_with("a/Dockerfile:1:6 warning[latest-tag]"), "{out}");
}

#[test]
fn a_link_in_a_module_is_a_file_of_the_module() {
    let bucket = "resource \"google_storage_bucket_iam_member\" \"b\" {\n  bucket = \"b\"\n  role = \"roles/storage.admin\"\n  \
                  member = var.who\n}\n";
    let shared = "terraform {\n  required_providers {\n    google = {\n      source = \"hashicorp/google\"\n      version = \
                  \"~> 7.0\"\n    }\n  }\n}\nvariable \"who\" {\n  default = \"allUsers\"\n}\n";
    let own = format!("terraform {{\n  backend \"gcs\" {{}}\n}}\n{bucket}");
    let scratch = Scratch::with(&[("common/shared.tf", shared), ("common/b.tf", bucket), ("a/main.tf", &own)]);
    for name in ["a", "b", "c"] {
        std::fs::create_dir_all(scratch.0.join(name)).expect("a folder");
        symlink("../common/shared.tf", scratch.0.join(name).join("shared.tf")).expect("a link");
    }
    symlink("../common/b.tf", scratch.0.join("b/b.tf")).expect("a link");
    symlink("../common/b.tf", scratch.0.join("c/b.tf")).expect("a link");
    let (_, out, err) = run(&scratch.0, &["check", "--format", "concise"]);
    let rules: Vec<&str> = out.lines().filter_map(|line| line.split(']').next()).collect();
    // The shared file is told once.
    assert_eq!(rules, ["a/main.tf:7:12 error[bucket-public", "common/b.tf:4:12 error[bucket-public"], "{out}{err}");
}

#[test]
fn one_file_that_cannot_be_written_loses_no_other() {
    let launch = "FROM alpine:3.23\nUSER 1\nENTRYPOINT python -m app\n";
    let scratch = Scratch::with(&[("a/Dockerfile", launch), ("b/Dockerfile", launch), ("c/Dockerfile", launch)]);
    let mut permissions = std::fs::metadata(scratch.0.join("b/Dockerfile")).expect("a file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(scratch.0.join("b/Dockerfile"), permissions).expect("own file");
    for (option, is_changed) in [("--add-ignores=why", "ignore"), ("--fix", "exec")] {
        let (code, out, err) = run(&scratch.0, &["check", option, "--format", "concise"]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("2 fixed in 2 files") || err.contains("2 silenced in 2 files"), "{option}: {err}");
        assert!(err.contains("`b/Dockerfile` can't be written: it is read-only"), "{err}");
        assert!(out.starts_with("b/Dockerfile:3:1 warning[shell-form-entrypoint]"), "{out}");
        for (path, is_written) in [("a/Dockerfile", true), ("b/Dockerfile", false), ("c/Dockerfile", true)] {
            assert_eq!(scratch.read(path).contains(is_changed), is_written, "{option} {path}");
            if is_written {
                scratch.write(path, launch.as_bytes());
            }
        }
    }
}

#[test]
fn an_ignore_list_is_a_regular_file_of_bounded_size() {
    let image = "FROM python:latest\nUSER 1\n";
    let scratch = Scratch::with(&[("repo/Dockerfile", image), ("patterns", "Dockerfile\n")]);
    let (repo, list) = (scratch.0.join("repo"), scratch.0.join("repo/.gitignore"));
    let many = "Dockerfile\n".repeat(100_000);
    type Make<'a> = &'a dyn Fn();
    let link: Make<'_> = &|| symlink("../patterns", &list).expect("a link");
    let endless: Make<'_> = &|| symlink("/dev/zero", &list).expect("a link");
    let waiting: Make<'_> = &|| pipe(&list);
    let large: Make<'_> = &|| std::fs::write(&list, &many).expect("a file");
    let reasons = [
        (link, "is a symbolic link"),
        (endless, "is a symbolic link"),
        (waiting, "is not a regular file"),
        (large, "MiB are too much"),
    ];
    for (make, reason) in reasons {
        make();
        let (code, out, err) = run(&repo, &["check", "--format", "concise"]);
        assert_eq!((code, out.lines().count()), (1, 1), "{out}{err}");
        let noted: Vec<&str> =
            err.lines().filter(|line| line.starts_with("note: .gitignore: not analysed: ")).collect();
        assert!(noted.len() == 1 && noted[0].contains(reason), "{err}");
        let (code, _, err) = run(&repo, &["check", "--exit-zero", "--fail-on-unread"]);
        assert_eq!(code, 1, "{err}");
        std::fs::remove_file(&list).expect("it was made");
    }
    assert_eq!(run(&repo, &["check", "--exit-zero", "--fail-on-unread"]).0, 0);
    // Without a repository nobody knows whether the file is tracked.
    std::fs::write(&list, "Dockerfile\n").expect("a file");
    let (code, out, err) = run(&repo, &["check", "--format", "concise"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("note: Dockerfile: not analysed: a `.gitignore` leaves it out"), "{err}");
}

#[test]
fn configuration_and_baseline_are_regular_files_of_the_repository() {
    let scratch = beside();
    let repo = scratch.0.join("repo");
    let own = repo.join("seaworthy-baseline.json");
    let check = |reason: &str| {
        let (code, _, err) = run(&repo, &["check"]);
        assert!(code == 2 && err.contains(reason), "{code}: {err}");
    };
    symlink("../key", &own).expect("a link");
    check("it lies outside of the repository");
    std::fs::remove_file(&own).expect("it was made");
    symlink("/dev/zero", &own).expect("a link");
    check("it lies outside of the repository");
    std::fs::remove_file(&own).expect("it was made");
    pipe(&own);
    check("it is not a regular file");
    std::fs::remove_file(&own).expect("it was made");
    pipe(&repo.join("policy.toml"));
    scratch.write("repo/seaworthy.toml", b"extend = \"policy.toml\"\n");
    check("`policy.toml` can't be read: it is not a regular file");
    scratch.write("repo/seaworthy.toml", b"baseline = \"up/key\"\n");
    symlink("..", repo.join("up")).expect("a link");
    check("it lies outside of the repository");
    std::fs::remove_file(repo.join("seaworthy.toml")).expect("it was made");
    pipe(&repo.join("seaworthy.toml"));
    // It is no file, so it is not a configuration.
    assert_eq!(run(&repo, &["check"]).0, 1);
}

#[test]
fn no_file_of_the_deployment_is_hidden_in_silence() {
    let bad = "FROM python:latest\nUSER 1\n";
    let scratch = Scratch::with(&[("out.txt", bad)]);
    let repo = scratch.0.join("repo");
    std::fs::create_dir(&repo).expect("a folder");
    let check = |text: &str| {
        let (code, out, err) = run(&repo, &["check", "--format", "concise"]);
        assert!(code == 1 && out.lines().count() == 1 && out.contains(text), "{code}: {out}{err}");
    };
    let file = repo.join("Dockerfile");
    let write = |bytes: &[u8]| std::fs::write(&file, bytes).expect("a file");
    write(format!("{bad}# \0\n").as_bytes());
    check("Dockerfile:1:6 warning[latest-tag]");
    write(format!("{bad}#{}", "x".repeat(4 << 20)).as_bytes());
    check("Dockerfile:1:1 warning[unreadable-file] this file can't be checked: 5 MiB are too much");
    write(format!("{bad}#{}", "\0".repeat(100)).as_bytes());
    check("Dockerfile:1:1 warning[unreadable-file] this file can't be checked: it contains bytes with the value zero");
    write(&bad.encode_utf16().flat_map(|unit| [0xff, 0xfe].into_iter().chain(unit.to_le_bytes())).collect::<Vec<u8>>());
    check("Dockerfile:1:1 warning[unreadable-file] this file can't be checked: it is text in UTF-16");
    std::fs::remove_file(&file).expect("it was made");
    symlink("../out.txt", &file).expect("a link");
    check("Dockerfile:1:1 warning[unreadable-file] this file can't be checked: it is a symbolic link that leads out");
    std::fs::remove_file(&file).expect("it was made");
    // What can't have a place is a note, which a gate can fail on.
    symlink("nowhere", &file).expect("a link");
    let (code, _, err) = run(&repo, &["check"]);
    assert!(code == 0 && err.contains("note: Dockerfile: not analysed: it is a symbolic link to nothing"), "{err}");
    assert_eq!(run(&repo, &["check", "--fail-on-unread"]).0, 1);
    std::fs::remove_file(&file).expect("it was made");
    let odd = std::os::unix::ffi::OsStrExt::from_bytes(b"caf\xe9");
    std::fs::create_dir(repo.join::<&std::ffi::OsStr>(odd)).expect("a folder");
    assert_eq!(run(&repo, &["check"]).0, 0);
    assert_eq!(run(&repo, &["check", "--fail-on-unread"]).0, 1);
}

#[test]
fn of_two_ignore_lists_the_nearer_one_is_named_in_every_run() {
    let build = "timeout: 10s\nsteps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, app]\n";
    let image = "FROM alpine:3.23\nUSER a\nCOPY main.py secret.txt /x/\nCMD [\"a\"]\n";
    let scratch = Scratch::with(&[
        (".gitignore", "secret.txt\n"),
        ("app/.gitignore", "# c\n\nsecret.txt\n"),
        ("app/main.py", ""),
        ("app/Dockerfile", image),
        ("cloudbuild.yaml", build),
    ]);
    for _ in 0..8 {
        let (_, out, err) = run(&scratch.0, &["check", "--select", "copy-source-missing", "--format", "concise"]);
        assert!(out.contains("`app/.gitignore` keeps it out of the repository"), "{out}{err}");
    }
}
