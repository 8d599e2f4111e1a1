//! Tests of rule pages: every example is run, and every `output` and `fixed` fence must be the program's output.
//!
//! `UPDATE_EXPECT=1 cargo test --test pages` writes the fences; review is `git diff`.

mod support;

use expect_test::expect_file;
use seaworthy::catalogue::{Check, Fence, Offers, Page, Profile, Rule, Safety, fences};
use seaworthy::engine::repair;
use seaworthy::model::{Environment, Surface};
use seaworthy::report::concise;
use seaworthy::report::terminal::Style;
use seaworthy::source::{Source, Sources, Tree};
use seaworthy::{Config, Report, lint, rules};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The files of an example, and the output that the page shows for them.
#[derive(Debug, Default, Clone)]
struct Example {
    files: Vec<Fence>,
    output: Option<Fence>,
    fixed: Vec<Fence>,
    section: String,
    words: String,
}

fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for fence in fences(text) {
        let is_executed = matches!(fence.section.as_str(), "Bad" | "Good");
        match fence.language() {
            "output" | "fixed" => {
                assert_eq!(fence.section, "Bad", "a fence `{}` that no test runs", fence.info);
                let last = examples.last_mut().filter(|last| last.section == fence.section);
                let example = last.unwrap_or_else(|| panic!("a fence `{}` that follows no file", fence.info));
                if fence.language() == "fixed" {
                    example.fixed.push(fence);
                } else {
                    assert!(example.output.is_none(), "an example with two outputs");
                    example.output = Some(fence);
                }
            }
            _ if !is_executed => {
                assert_eq!(fence.title(), None, "an example that no test runs, in the section `{}`", fence.section);
            }
            _ => {
                let title =
                    fence.title().unwrap_or_else(|| panic!("a fence of a file has a title: {}", fence.info)).to_owned();
                let goes_on = examples.last().is_some_and(|last| {
                    last.section == fence.section
                        && last.output.is_none()
                        && fence.words.trim().is_empty()
                        && last.files.iter().all(|file| file.title() != Some(&title))
                });
                if !goes_on {
                    examples.push(Example {
                        section: fence.section.clone(),
                        words: fence.words.clone(),
                        ..Example::default()
                    });
                }
                examples.last_mut().expect("one was just pushed").files.push(fence);
            }
        }
    }
    examples
}

fn sources(text: &str, example: &Example) -> Sources {
    let files = example.files.iter().map(|fence| {
        let (path, content) = (fence.title().expect("checked above"), &text[fence.content.clone()]);
        if fence.info.contains(" latin1") {
            Source::from_bytes(path, content.chars().map(|c| c as u8).collect())
        } else {
            Source::new(path, content)
        }
    });
    Sources::new(files.collect(), Tree::default(), Vec::new())
}

fn run(rule: &Rule, sources: &Sources) -> Report {
    if rule.id == "stale-ignore" {
        // An ignore is known to be stale only if the rules that it names run.
        let mut report = lint(sources, &Config { today: Some("2026-11-21".to_owned()), ..Config::default() });
        report.findings.retain(|finding| finding.rule == rule.id);
        return report;
    }
    lint(sources, &Config { profile: Some(Profile::Strict), select: vec![rule.id], ..Config::default() })
}

fn shown(report: &Report, sources: &Sources) -> String {
    let mut out = Vec::new();
    concise::write(&mut out, report, sources, Style::PLAIN).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn path(rule: &Rule) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules").join(rule.concern).join(format!("{}.md", rule.id))
}

/// The page with every `output` and `fixed` fence replaced by the program's output.
fn rewritten(rule: &Rule) -> String {
    let text = std::fs::read_to_string(path(rule)).expect("the page is there");
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for example in examples(&text).iter().filter(|example| example.section == "Bad") {
        let sources = sources(&text, example);
        let report = run(rule, &sources);
        assert!(
            !report.findings.is_empty(),
            "{}: a Bad example without a finding:\n{}",
            rule.id,
            &text[example.files[0].content.clone()]
        );
        let output = shown(&report, &sources);
        let mut end = example.files.last().expect("an example has files").end;
        let mut tail = String::new();
        match &example.output {
            Some(fence) => {
                edits.push((fence.content.clone(), output));
                end = fence.end;
            }
            None => tail.push_str(&format!("\n```output\n{output}```\n")),
        }
        let fixes: Vec<_> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        let mut unmade: Vec<&Fence> = example.fixed.iter().collect();
        for (path, content) in repair::apply(&sources, &fixes).texts {
            match unmade.iter().position(|fence| fence.title() == Some(&path)) {
                Some(index) => edits.push((unmade.remove(index).content.clone(), content)),
                None => {
                    // Markdown has fences of its own.
                    let fence = if content.contains("```") { "````" } else { "```" };
                    tail.push_str(&format!("\n{fence}fixed title=\"{path}\"\n{content}{fence}\n"));
                }
            }
        }
        let unmade: Vec<&str> = unmade.iter().map(|fence| fence.info.as_str()).collect();
        assert_eq!(unmade, [] as [&str; 0], "{}: no fix writes this text", rule.id);
        edits.push((end..end, tail));
    }
    let mut rewritten = text;
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    for (range, content) in edits.into_iter().rev() {
        rewritten.replace_range(range, &content);
    }
    rewritten
}

#[test]
fn outputs_on_pages_are_those_of_the_program() {
    for rule in rules::ALL.iter() {
        expect_file![path(rule)].assert_eq(&rewritten(rule));
    }
}

#[test]
fn good_examples_have_no_findings() {
    for rule in rules::ALL.iter() {
        for example in examples(&rule.text).iter().filter(|example| example.section == "Good") {
            let sources = sources(&rule.text, example);
            let report = run(rule, &sources);
            assert_eq!(
                shown(&report, &sources),
                "",
                "{}: a Good example with findings:\n{}",
                rule.id,
                &rule.text[example.files[0].content.clone()]
            );
        }
    }
}

#[test]
fn every_surface_has_a_bad_and_a_good_example() {
    for rule in rules::ALL.iter() {
        let page = rule.page();
        let mut bad = BTreeSet::new();
        let mut good = BTreeSet::new();
        for example in examples(&rule.text) {
            let sources = sources(&rule.text, &example);
            let report = run(rule, &sources);
            if example.section == "Bad" {
                bad.extend(report.findings.iter().filter_map(|finding| report.sources[finding.span.source].surface));
            } else {
                good.extend(report.files.iter().filter_map(|file| file.surface));
            }
        }
        for surface in Surface::ALL {
            let (id, works) = (rule.id, page.works_on(surface));
            assert_eq!(works, bad.contains(&surface), "{id}: `surfaces` and the Bad examples disagree about {surface}");
            assert!(!works || good.contains(&surface), "{id}: no Good example on {surface}");
        }
    }
}

/// A page has Good examples that are introduced as unknown, and each of them leaves a question undecided, because the
/// lack of a finding alone proves nothing.
#[test]
fn every_page_has_an_undecided_example() {
    let mut wanting = Vec::new();
    for rule in rules::ALL.iter().filter(|rule| !matches!(rule.check, Check::Engine)) {
        let examples = examples(&rule.text);
        let is_marked =
            |example: &&Example| example.section == "Good" && example.words.to_lowercase().contains("unknown");
        let marked: Vec<&Example> = examples.iter().filter(is_marked).collect();
        let is_open = |example: &Example| {
            run(rule, &sources(&rule.text, example)).undecided.iter().any(|open| open.rule == rule.id)
        };
        if marked.is_empty() || !marked.into_iter().all(is_open) {
            wanting.push(rule.id);
        }
    }
    assert!(
        wanting.is_empty(),
        "rules without a Good example that is introduced as unknown, or with one that leaves nothing undecided: {wanting:?}"
    );
}

#[test]
fn fixes_remove_their_findings_and_cause_no_new_ones() {
    for rule in rules::ALL.iter() {
        let page = rule.page();
        let mut has_fix = false;
        for example in examples(&rule.text).iter().filter(|example| example.section == "Bad") {
            let before = sources(&rule.text, example);
            let report = run(rule, &before);
            let fixes: Vec<_> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
            has_fix |= !fixes.is_empty();
            if page.front.fix == Offers::Always {
                assert_eq!(fixes.len(), report.findings.len(), "{}: a finding without a fix", rule.id);
            }
            if fixes.is_empty() {
                continue;
            }
            let changed = repair::apply(&before, &fixes).texts;
            let texts = before.iter().map(|(_, source)| {
                let text = changed.get(&*source.path).cloned().unwrap_or_else(|| source.text.to_string());
                (source.path.to_string(), text)
            });
            let after = Sources::from_texts(texts.collect::<Vec<_>>());
            let again = run(rule, &after);
            // Fixed findings are gone and nothing is new; a fix may remove other findings as well.
            let left: Vec<&str> = report
                .findings
                .iter()
                .filter(|finding| finding.fix.is_none())
                .map(|finding| &*finding.message)
                .collect();
            for finding in &again.findings {
                assert!(left.contains(&&*finding.message), "{}: {}", rule.id, shown(&again, &after));
            }
            assert!(again.findings.len() <= left.len(), "{}: {}", rule.id, shown(&again, &after));
            assert!(
                again.findings.iter().all(|finding| finding.fix.is_none()),
                "{}: a fixed finding still has a fix",
                rule.id
            );
            let broken =
                rules::find("syntax-error").map(|rule| run(rule, &after)).map_or(0, |report| report.findings.len());
            assert_eq!(broken, 0, "{}: a fix breaks the file", rule.id);
        }
        assert_eq!(
            has_fix,
            page.front.fix != Offers::Never,
            "{}: `fix` in the front matter and the examples disagree",
            rule.id
        );
    }
}

#[test]
fn fixes_are_as_safe_as_the_page_declares() {
    for rule in rules::ALL.iter() {
        let mut seen = BTreeSet::new();
        for example in examples(&rule.text) {
            let report = run(rule, &sources(&rule.text, &example));
            seen.extend(report.findings.iter().filter_map(|finding| finding.fix.as_ref()).map(|fix| fix.is_safe));
        }
        let declared: &[bool] = match rule.page().front.safety {
            None => &[],
            Some(Safety::Safe) => &[true],
            Some(Safety::Unsafe) => &[false],
            Some(Safety::Mixed) => &[false, true],
        };
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), declared, "{}: safe or not", rule.id);
    }
}

/// The deployments that a law is tried on: every example of a page, the files of every edge case, and every fixture
/// repository.
fn deployments() -> Vec<(String, Sources)> {
    let mut all = Vec::new();
    for rule in rules::ALL.iter() {
        for example in examples(&rule.text) {
            all.push((format!("an example of {}", rule.id), sources(&rule.text, &example)));
        }
    }
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    for entry in std::fs::read_dir(cases).expect("the edge cases are there") {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let mut files: Vec<(String, String)> = Vec::new();
        for fence in fences(&text) {
            match fence.title() {
                Some(title) => files.push((title.to_owned(), text[fence.content.clone()].to_owned())),
                None => all.push((path.display().to_string(), Sources::from_texts(std::mem::take(&mut files)))),
            }
        }
    }
    for root in support::repositories() {
        let request = seaworthy::walk::Request { root: root.clone(), named: Vec::new() };
        all.push((root.display().to_string(), seaworthy::walk::read(&request)));
    }
    all
}

#[test]
fn findings_are_on_the_surfaces_that_the_page_lists() {
    let (mut count, mut unlisted) = (0, BTreeSet::new());
    for (name, sources) in deployments() {
        let report = lint(&sources, &Config { profile: Some(Profile::Strict), ..Config::default() });
        for finding in &report.findings {
            let page = rules::find(&finding.rule).expect("a rule").page();
            let surface = report.sources[finding.span.source].surface;
            // A `RUN` of a Dockerfile and a line of a target are shell commands.
            let works = |surface| {
                let is_shell = matches!(surface, Surface::Dockerfile | Surface::TaskRunner);
                page.works_on(surface) || is_shell && page.works_on(Surface::Shell)
            };
            if !surface.is_some_and(works) {
                let (id, path) = (finding.rule, &sources.get(finding.span.source).path);
                unlisted.insert(format!("{id} on {surface:?}, in {path} of {name}: {}", finding.message));
            }
            count += 1;
        }
    }
    assert_eq!(unlisted, BTreeSet::new());
    assert!(count > 500, "only {count} findings");
}

#[test]
fn front_matter_is_complete_and_correct() {
    for rule in rules::ALL.iter() {
        let page = Page::parse(&rule.text).unwrap_or_else(|problem| panic!("{}: {problem}", rule.id));
        let front = &page.front;
        let id = rule.id;
        assert!(!front.summary.ends_with('.') && front.summary.len() > 10, "{id}: summary");
        assert!(
            !front.environments.is_empty()
                && front.environments.iter().all(|name| Environment::of_name(name).is_some()),
            "{id}: environments"
        );
        assert!(
            !front.surfaces.is_empty() && front.surfaces.iter().all(|name| Surface::of_name(name).is_some()),
            "{id}: surfaces"
        );
        assert!(
            !front.references.is_empty() && front.references.iter().all(|url| url.starts_with("https://")),
            "{id}: references"
        );
        assert!(is_release(&front.since), "{id}: since");
        assert!(
            rule.body().contains("## Bad") && rule.body().contains("## Good") && rule.body().contains("## Limits"),
            "{id}: sections"
        );
        assert_eq!(page.policy.is_some(), matches!(rule.check, Check::Page), "{id}: assert");
        if let Some(policy) = &page.policy {
            assert!(policy.message.contains("{resource}"), "{id}: the message names the resource");
        }
    }
}

/// Whether a version is a release of this package, or the next one.
fn is_release(version: &str) -> bool {
    let numbers = |version: &str| -> Option<Vec<u32>> { version.split('.').map(|part| part.parse().ok()).collect() };
    let (Some(version), Some(mut next)) = (numbers(version), numbers(env!("CARGO_PKG_VERSION"))) else { return false };
    (next[1], next[2]) = (next[1] + 1, 0);
    version.len() == 3 && version <= next
}

#[test]
fn a_release_has_three_numbers_up_to_the_next_release() {
    assert!(is_release("0.1.0") && is_release("0.2.0"));
    assert!(!is_release("0.1") && !is_release("0.9.0") && !is_release("soon"));
}

#[test]
fn every_option_is_on_its_page_and_in_its_check() {
    for rule in rules::ALL.iter().filter(|rule| matches!(rule.check, Check::Function(_))) {
        let file = format!(
            "{}/src/rules/{}/{}.rs",
            env!("CARGO_MANIFEST_DIR"),
            rule.concern.replace('-', "_"),
            rule.id.replace('-', "_")
        );
        let code = std::fs::read_to_string(file).expect("the check is there");
        let asked: BTreeSet<&str> =
            code.split("cx.option(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let page = rule.page();
        let offered: BTreeSet<&str> = page.front.options.keys().map(String::as_str).collect();
        assert_eq!(asked, offered, "{}", rule.id);
    }
}
