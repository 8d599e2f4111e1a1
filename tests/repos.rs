//! Whole repositories and edge cases beside their expected reports.
//!
//! `UPDATE_EXPECT=1 cargo test --test repos` writes the reports; they are to be read as a senior engineer's review.

mod support;

use expect_test::expect_file;
use seaworthy::report::concise;
use seaworthy::rule::Profile;
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

#[test]
fn repositories_report_what_stands_beside_them() {
    let folder = fixtures("repos");
    let mut seen = 0;
    for name in names(&folder).into_iter().filter(|name| folder.join(name).is_dir()) {
        let (_, out, err) =
            run(&folder.join(&name), &["check", "--format", "concise", "--profile", "strict", "--show-unknown"]);
        expect_file![folder.join(format!("{name}.txt"))].assert_eq(&format!("{out}{err}"));
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn the_full_report_reads_well() {
    let folder = fixtures("repos");
    let (code, out, err) = run(&folder.join("panelin"), &["check"]);
    assert_eq!(code, 1);
    expect_file![folder.join("panelin.full.txt")].assert_eq(&format!("{out}{err}"));
}

#[test]
fn shipshape_is_silent_under_every_profile() {
    for profile in ["recommended", "strict"] {
        let (code, out, _) = run(
            &fixtures("repos").join("shipshape"),
            &["check", "--format", "concise", "--profile", profile, "--fail-on", "info"],
        );
        assert_eq!((code, out.as_str()), (0, ""), "{profile}");
    }
}

#[test]
fn every_rule_speaks_somewhere_in_the_repositories() {
    let folder = fixtures("repos");
    let reports: String = names(&folder)
        .iter()
        .filter(|name| name.ends_with(".txt"))
        .map(|name| fs::read_to_string(folder.join(name)).expect("UTF-8"))
        .collect();
    for rule in seaworthy::rules::ALL.iter().filter(|rule| rule.id != "unreadable-file") {
        assert!(reports.contains(&format!("[{}] ", rule.id)), "no fixture shows {}", rule.id);
    }
}

/// One edge case: files that stand together, and what the program says about them.
#[derive(Default)]
struct Case {
    files: Vec<(String, String)>,
    output: Option<std::ops::Range<usize>>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = vec![Case::default()];
    let mut open: Option<(String, String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        match &open {
            None if line.starts_with("```") => {
                let ticks: String = line.chars().take_while(|c| *c == '`').collect();
                open = Some((ticks.clone(), line[ticks.len()..].trim().to_owned(), at));
            }
            None => {
                let is_done = cases.last().is_some_and(|case| case.output.is_some());
                if is_done && !line.trim().is_empty() {
                    cases.push(Case::default());
                }
            }
            Some((ticks, info, from)) if line.trim_end() == ticks => {
                let case = cases.last_mut().expect("there is always one");
                match info.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"')) {
                    Some((title, _)) => case.files.push((title.to_owned(), text[*from..start].to_owned())),
                    None if info == "output" => case.output = Some(*from..start),
                    None => panic!("a fence that is neither file nor output: {info}"),
                }
                open = None;
            }
            Some(_) => {}
        }
    }
    cases.retain(|case| !case.files.is_empty());
    cases
}

#[test]
fn edge_cases_say_what_stands_below_them() {
    let folder = fixtures("cases");
    for name in names(&folder) {
        let text = fs::read_to_string(folder.join(&name)).expect("UTF-8");
        let mut rewritten = text.clone();
        for case in cases(&text).into_iter().rev() {
            let range = case.output.unwrap_or_else(|| panic!("{name}: a case without output: {:?}", case.files[0]));
            let sources = Sources::from_texts(case.files);
            let report = lint(&sources, &Config { profile: Some(Profile::Strict), ..Config::default() });
            let mut out = Vec::new();
            concise::write(&mut out, &report, &sources).expect("writing to memory");
            rewritten.replace_range(range, &String::from_utf8(out).expect("UTF-8"));
        }
        expect_file![folder.join(&name)].assert_eq(&rewritten);
    }
}
