//! Checks of a change: against another commit, and of staged files.

mod support;

use std::path::Path;
use support::{Scratch, git, run};

const SERVICE: &str = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      \
annotations:\n        autoscaling.knative.dev/maxScale: \"5\"\n    spec:\n      containers:\n        - image: a.pkg.dev/b/c:1\n          \
ports:\n            - containerPort: 8080\n";

fn repository() -> Scratch {
    let folder = Scratch::with(&[
        ("Dockerfile", "FROM node:latest\nUSER node\n"),
        ("infra/service.yaml", SERVICE),
        ("a.txt", ""),
    ]);
    git(&folder.0, &["init", "--quiet"]);
    git(&folder.0, &["add", "."]);
    git(&folder.0, &["commit", "--quiet", "-m", "first"]);
    folder
}

fn found(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let (code, out, err) = run(folder, &[&["check", "--format", "concise"], arguments].concat());
    assert_ne!(code, 2, "{err}");
    out.lines().map(|line| line.split(']').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn only_findings_that_the_change_introduces_are_reported() {
    let folder = repository();
    git(&folder.0, &["checkout", "--quiet", "-b", "topic"]);
    assert_eq!(found(&folder.0, &["--diff-base", "main"]), Vec::<String>::new());
    folder.write("Dockerfile", b"# moved\nFROM node:latest\nCOPY --from=busybox:latest /bin/sh /sh\nUSER node\n");
    git(&folder.0, &["commit", "--quiet", "-am", "second"]);
    assert_eq!(found(&folder.0, &["--diff-base", "main"]), ["Dockerfile:3:13 warning[latest-tag"]);
    assert_eq!(found(&folder.0, &["--diff-base", "HEAD"]), Vec::<String>::new());
}

#[test]
fn a_finding_that_a_removed_line_causes_is_reported() {
    let folder = repository();
    let without: String =
        SERVICE.lines().filter(|line| !line.contains("maxScale")).map(|line| format!("{line}\n")).collect();
    folder.write("infra/service.yaml", without.as_bytes());
    let found = found(&folder.0, &["--diff-base", "main", "--select", "missing-max-instances"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("infra/service.yaml:"), "{found:?}");
}

#[test]
fn a_change_is_compared_with_the_merge_base() {
    let folder = repository();
    git(&folder.0, &["checkout", "--quiet", "-b", "topic"]);
    folder.write("other.Dockerfile", b"FROM python:latest\nUSER nobody\n");
    git(&folder.0, &["add", "."]);
    git(&folder.0, &["commit", "--quiet", "-m", "topic"]);
    git(&folder.0, &["checkout", "--quiet", "main"]);
    folder.write("Dockerfile", b"FROM node:24.1.0\nUSER node\n");
    git(&folder.0, &["commit", "--quiet", "-am", "repaired"]);
    git(&folder.0, &["checkout", "--quiet", "topic"]);
    // The merge base has the finding of the Dockerfile.
    assert_eq!(found(&folder.0, &["--diff-base", "main"]), ["other.Dockerfile:1:6 warning[latest-tag"]);
}

#[test]
fn entries_of_a_baseline_file_are_not_reported_as_gone() {
    let folder = repository();
    assert_eq!(run(&folder.0, &["baseline", "write"]).0, 0);
    let (code, _, err) = run(&folder.0, &["check", "--diff-base", "main"]);
    assert_eq!(code, 0);
    assert!(err.contains("in the baseline") && !err.contains("gone"), "{err}");
}

#[test]
fn a_rename_introduces_no_finding() {
    let folder = repository();
    git(&folder.0, &["mv", "Dockerfile", "web.Dockerfile"]);
    assert_eq!(found(&folder.0, &["--diff-base", "main"]), Vec::<String>::new());
    assert_eq!(found(&folder.0, &["--staged"]), Vec::<String>::new());
}

#[test]
fn staged_files_are_checked_with_their_staged_text() {
    let folder = repository();
    folder.write("Dockerfile", b"FROM node:latest\nCOPY --from=busybox:latest /bin/sh /sh\nUSER node\n");
    folder.write("new/Dockerfile", b"FROM python:latest\nUSER nobody\n");
    assert_eq!(found(&folder.0, &["--staged"]), Vec::<String>::new());
    git(&folder.0, &["add", "Dockerfile"]);
    folder.write("Dockerfile", b"FROM scratch\n");
    assert_eq!(found(&folder.0, &["--staged"]), ["Dockerfile:2:13 warning[latest-tag"]);
    git(&folder.0, &["add", "."]);
    assert_eq!(found(&folder.0, &["--staged"]), ["new/Dockerfile:1:6 warning[latest-tag"]);
}

#[test]
fn before_the_first_commit_every_finding_is_new() {
    let folder = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n")]);
    git(&folder.0, &["init", "--quiet"]);
    assert_eq!(found(&folder.0, &["--staged"]), Vec::<String>::new());
    git(&folder.0, &["add", "."]);
    assert_eq!(found(&folder.0, &["--staged"]), ["Dockerfile:1:6 warning[latest-tag"]);
}

#[test]
fn a_folder_of_the_repository_is_compared_with_itself() {
    let folder = repository();
    folder.write("infra/Dockerfile", b"FROM node:latest\nUSER node\n");
    assert_eq!(found(&folder.0.join("infra"), &["--diff-base", "main"]), ["infra/Dockerfile:1:6 warning[latest-tag"]);
    git(&folder.0, &["add", "."]);
    assert_eq!(found(&folder.0.join("infra"), &["--staged"]), ["infra/Dockerfile:1:6 warning[latest-tag"]);
}

#[test]
fn a_missing_commit_merge_base_or_repository_is_an_error() {
    let folder = repository();
    let (code, _, err) = run(&folder.0, &["check", "--diff-base", "nowhere"]);
    assert_eq!(code, 2);
    assert!(err.contains("`nowhere` is no commit of this repository"), "{err}");
    git(&folder.0, &["checkout", "--quiet", "--orphan", "other"]);
    git(&folder.0, &["commit", "--quiet", "-m", "other"]);
    let (code, _, err) = run(&folder.0, &["check", "--diff-base", "main"]);
    assert_eq!((code, err.as_str()), (2, "seaworthy: `main` and `HEAD` have no common commit here\n"));
    let bare = Scratch::with(&[("Dockerfile", "FROM scratch\n")]);
    let (code, _, err) = run(&bare.0, &["check", "--staged"]);
    assert_eq!(code, 2);
    assert!(err.contains("there is no Git repository here"), "{err}");
}

#[test]
fn the_error_in_a_shallow_clone_names_the_remedy() {
    let folder = repository();
    git(&folder.0, &["checkout", "--quiet", "-b", "topic"]);
    for number in 0..3 {
        folder.write("a.txt", format!("{number}").as_bytes());
        git(&folder.0, &["commit", "--quiet", "-am", "more"]);
    }
    git(&folder.0, &["checkout", "--quiet", "main"]);
    folder.write("a.txt", b"main");
    git(&folder.0, &["commit", "--quiet", "-am", "main"]);
    let clone = Scratch::new();
    let address = format!("file://{}", folder.0.display());
    git(&clone.0, &["clone", "--quiet", "--depth", "1", "--no-single-branch", "--branch", "topic", &address, "copy"]);
    let (code, _, err) = run(&clone.0.join("copy"), &["check", "--diff-base", "origin/main"]);
    assert_eq!(code, 2);
    assert!(err.contains("this clone is shallow, fetch more of it"), "{err}");
}

#[test]
fn packed_objects_and_work_trees_are_read() {
    let folder = repository();
    git(&folder.0, &["gc", "--quiet"]);
    git(&folder.0, &["worktree", "add", "--quiet", "tree", "-b", "topic"]);
    let tree = folder.0.join("tree");
    std::fs::write(tree.join("Dockerfile"), "FROM node:latest\nFROM python:latest\nUSER nobody\n").expect("written");
    assert_eq!(found(&tree, &["--diff-base", "main"]), ["Dockerfile:2:6 warning[latest-tag"]);
}

#[test]
fn what_a_submodule_had_before_the_change_is_not_new() {
    let (module, folder) = (repository(), repository());
    let address = module.0.display().to_string();
    git(&folder.0, &["submodule", "--quiet", "add", &address, "lib"]);
    git(&folder.0, &["commit", "--quiet", "-am", "module"]);
    folder.write("a.txt", b"x");
    git(&folder.0, &["commit", "--quiet", "-am", "more"]);
    assert_eq!(found(&folder.0, &["--diff-base", "HEAD~1"]), Vec::<String>::new());
    // A new commit of the submodule is compared with its former one.
    folder.write("lib/other/Dockerfile", b"FROM python:latest\nUSER nobody\n");
    git(&folder.0.join("lib"), &["add", "."]);
    git(&folder.0.join("lib"), &["commit", "--quiet", "-m", "other"]);
    git(&folder.0, &["commit", "--quiet", "-am", "newer module"]);
    assert_eq!(found(&folder.0, &["--diff-base", "HEAD~1"]), ["lib/other/Dockerfile:1:6 warning[latest-tag"]);
    // Without the former commit nothing is known, and nothing is called new.
    let clone = Scratch::new();
    git(&clone.0, &["clone", "--quiet", &folder.0.display().to_string(), "copy"]);
    let copy = clone.0.join("copy");
    git(&copy.join("lib"), &["init", "--quiet"]);
    std::fs::write(copy.join("lib/Dockerfile"), "FROM node:latest\nUSER node\n").expect("written");
    let (code, out, err) = run(&copy, &["check", "--format", "concise", "--diff-base", "HEAD~1"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("note: lib: not analysed: the commit of this submodule from before the change"), "{err}");
}

#[test]
fn an_announced_file_is_not_part_of_the_commit() {
    let folder = repository();
    folder.write("new/Dockerfile", b"FROM node:latest\nUSER node\n");
    git(&folder.0, &["add", "--intent-to-add", "new"]);
    assert_eq!(found(&folder.0, &["--staged"]), Vec::<String>::new());
    git(&folder.0, &["add", "new"]);
    assert_eq!(found(&folder.0, &["--staged"]), ["new/Dockerfile:1:6 warning[latest-tag"]);
}

#[test]
fn a_sparse_checkout_lacks_no_file() {
    for index in ["--sparse-index", "--no-sparse-index"] {
        let folder = Scratch::with(&[
            ("app/Dockerfile", "FROM alpine:3.23\nUSER 1\nCOPY lib/a.txt lib/gone.txt /x/\nCMD [\"a\"]\n"),
            ("lib/a.txt", "x"),
            (
                "cloudbuild.yaml",
                "timeout: 10s\nsteps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -f, app/Dockerfile, .]\n",
            ),
        ]);
        git(&folder.0, &["init", "--quiet"]);
        git(&folder.0, &["add", "."]);
        git(&folder.0, &["commit", "--quiet", "-m", "first"]);
        git(&folder.0, &["sparse-checkout", "init", "--cone", index]);
        git(&folder.0, &["sparse-checkout", "set", "app"]);
        assert!(!folder.0.join("lib").exists());
        let missing = "app/Dockerfile:3:16 error[copy-source-missing";
        assert_eq!(found(&folder.0, &[]), [missing]);
        folder.write("app/Dockerfile", format!("#\n{}", folder.read("app/Dockerfile")).as_bytes());
        git(&folder.0, &["add", "."]);
        assert_eq!(found(&folder.0, &["--staged"]), Vec::<String>::new(), "{index}");
    }
}

#[test]
fn a_partial_clone_names_the_remedy() {
    let folder = repository();
    git(&folder.0, &["config", "uploadpack.allowFilter", "true"]);
    git(&folder.0, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    folder.write("Dockerfile", b"FROM node:latest\nUSER node\n# more\n");
    git(&folder.0, &["commit", "--quiet", "-am", "more"]);
    let clone = Scratch::new();
    let address = format!("file://{}", folder.0.display());
    git(&clone.0, &["clone", "--quiet", "--filter=blob:none", &address, "copy"]);
    let copy = clone.0.join("copy");
    let (code, _, err) = run(&copy, &["check", "--diff-base", "HEAD~1"]);
    assert_eq!(code, 2);
    assert!(err.contains("fetch it with `git fetch --refetch --no-filter`"), "{err}");
    git(&copy, &["fetch", "--quiet", "--refetch", "--no-filter"]);
    assert_eq!(found(&copy, &["--diff-base", "HEAD~1"]), Vec::<String>::new());
}

#[test]
fn repositories_of_other_formats_are_read_or_named() {
    for (option, is_read) in [("--object-format=sha256", true), ("--ref-format=reftable", false)] {
        let folder = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n")]);
        git(&folder.0, &["init", "--quiet", option]);
        git(&folder.0, &["add", "."]);
        git(&folder.0, &["commit", "--quiet", "-m", "first"]);
        let (code, out, err) = run(&folder.0, &["check", "--format", "concise", "--diff-base", "HEAD"]);
        assert_eq!((code, out.as_str()), (if is_read { 0 } else { 2 }, ""), "{err}");
        assert_eq!(err.contains("keeps its references as a reftable, which is not supported"), !is_read, "{err}");
    }
}

#[test]
fn a_tracked_file_is_checked_even_if_an_ignore_list_names_it() {
    let folder = repository();
    folder.write(".gitignore", b"out/\n*.dockerfile\n");
    folder.write("out/Dockerfile", b"FROM node:latest\nUSER node\n");
    folder.write("out/made/Dockerfile", b"FROM node:latest\nUSER node\n");
    folder.write("a.dockerfile", b"FROM node:latest\nUSER node\n");
    git(&folder.0, &["add", "--force", "out/Dockerfile", "a.dockerfile"]);
    let tracked = ["a.dockerfile:1:6 warning[latest-tag", "out/Dockerfile:1:6 warning[latest-tag"];
    assert_eq!(found(&folder.0, &["a.dockerfile", "out"]), tracked);
    assert_eq!(found(&folder.0.join("out"), &["."]), tracked[1..]);
    // A work tree has an index of its own.
    git(&folder.0, &["commit", "--quiet", "-am", "forced"]);
    git(&folder.0, &["worktree", "add", "--quiet", "../tree-of-work", "-b", "topic"]);
    let tree = folder.0.with_file_name("tree-of-work");
    let listed = found(&tree, &["a.dockerfile", "out"]);
    std::fs::remove_dir_all(&tree).expect("it was made");
    assert_eq!(listed, tracked);
}
