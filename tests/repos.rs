//! Whole repositories and edge cases, with their expected reports.
//!
//! `UPDATE_EXPECT=1 cargo test --test repos` writes the reports; review them like those of a senior engineer.

mod support;

use expect_test::expect_file;
use seaworthy::catalogue::{Profile, fences};
use seaworthy::report::concise;
use seaworthy::report::terminal::Style;
use seaworthy::source::Sources;
use seaworthy::{Config, lint};
use std::fs;
use std::path::{Path, PathBuf};
use support::run;

fn fixtures(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(kind)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the fixtures are there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The repositories, with the report on each.
fn reports() -> Vec<(PathBuf, String)> {
    let folder = fixtures("repos");
    let repositories = names(&folder).into_iter().filter(|name| folder.join(name).is_dir());
    let report = |name: String| {
        let arguments = ["check", "--root", ".", "--format", "concise", "--profile", "strict", "--show-unknown"];
        let (_, out, err) = run(&folder.join(&name), &arguments);
        (folder.join(format!("{name}.txt")), format!("{out}{err}"))
    };
    repositories.map(report).collect()
}

#[test]
fn every_repository_has_its_expected_report() {
    let reports = reports();
    for (path, report) in &reports {
        expect_file![path].assert_eq(report);
    }
    assert_eq!(reports.len(), 10);
}

#[test]
fn every_report_belongs_to_a_repository_and_every_repository_has_one() {
    let folder = fixtures("repos");
    let names = names(&folder);
    let repositories: Vec<&str> = names.iter().map(String::as_str).filter(|name| folder.join(name).is_dir()).collect();
    for name in names.iter().filter(|name| !repositories.contains(&name.as_str())) {
        let repository = name.strip_suffix(".full.txt").or_else(|| name.strip_suffix(".txt"));
        assert!(
            repository.is_some_and(|repository| repositories.contains(&repository)),
            "fixtures/repos/{name} is the report of no repository"
        );
    }
    for repository in repositories {
        assert!(names.contains(&format!("{repository}.txt")), "fixtures/repos/{repository} has no report");
    }
}

#[test]
fn the_full_format_is_as_expected() {
    let folder = fixtures("repos");
    let (code, out, err) = run(&folder.join("panelin"), &["check", "--root", "."]);
    assert_eq!(code, 1);
    expect_file![folder.join("panelin.full.txt")].assert_eq(&format!("{out}{err}"));
}

#[test]
fn shipshape_has_no_findings_in_any_profile() {
    for profile in ["recommended", "strict"] {
        let (code, out, _) = run(
            &fixtures("repos").join("shipshape"),
            &["check", "--format", "concise", "--profile", profile, "--fail-on", "info"],
        );
        assert_eq!((code, out.as_str()), (0, ""), "{profile}");
    }
}

#[test]
fn every_rule_has_a_finding_in_some_repository() {
    // The reports are generated again, because another test may write their files at the same time.
    let reports: String = reports().into_iter().map(|(_, report)| report).collect();
    for rule in seaworthy::rules::ALL.iter().filter(|rule| rule.id != "unreadable-file") {
        assert!(reports.contains(&format!("[{}] ", rule.id)), "no fixture shows {}", rule.id);
    }
}

/// One edge case: its files, and the report on them.
#[derive(Default)]
struct Case {
    files: Vec<(String, String)>,
    output: Option<std::ops::Range<usize>>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = vec![Case::default()];
    for fence in fences(text) {
        let is_done = cases.last().is_some_and(|case| case.output.is_some());
        if is_done && !fence.words.trim().is_empty() {
            cases.push(Case::default());
        }
        let case = cases.last_mut().expect("there is always one");
        match fence.title() {
            Some(title) => case.files.push((title.to_owned(), text[fence.content].to_owned())),
            None if fence.info == "output" => case.output = Some(fence.content),
            None => panic!("a fence that is neither a file nor an output: {}", fence.info),
        }
    }
    cases.retain(|case| !case.files.is_empty());
    cases
}

#[test]
fn every_edge_case_has_its_expected_report() {
    let folder = fixtures("cases");
    for name in names(&folder) {
        let text = fs::read_to_string(folder.join(&name)).expect("UTF-8");
        let mut rewritten = text.clone();
        for case in cases(&text).into_iter().rev() {
            let range = case.output.unwrap_or_else(|| panic!("{name}: a case without output: {:?}", case.files[0]));
            let sources = Sources::from_texts(case.files);
            let report = lint(&sources, &Config { profile: Some(Profile::Strict), ..Config::default() });
            let mut out = Vec::new();
            concise::write(&mut out, &report, &sources, Style::PLAIN).expect("writing to memory");
            rewritten.replace_range(range, &String::from_utf8(out).expect("UTF-8"));
        }
        expect_file![folder.join(&name)].assert_eq(&rewritten);
    }
}
