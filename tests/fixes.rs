//! Fixes on whole repositories: they terminate, break nothing, cause no new finding and change nothing else.

mod support;

use seaworthy::catalogue::Profile;
use seaworthy::engine::Memory;
use seaworthy::engine::repair;
use seaworthy::source::{Source, Sources, Tree};
use seaworthy::{Config, Report, finding::Fix, lint};
use std::collections::BTreeMap;
use std::path::Path;

/// The files below a folder, with their paths relative to it.
fn read(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let below = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.push((below, text));
            }
        }
    }
    found.sort();
    found
}

/// The fixture repositories, and the examples of every page as one repository each.
fn repositories() -> Vec<(String, Vec<(String, String)>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for entry in std::fs::read_dir(root.join("fixtures/repos")).expect("fixtures") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            all.push((path.display().to_string(), read(&path)));
        }
    }
    let pages = read(&root.join("rules")).into_iter().chain(read(&root.join("fixtures/cases")));
    for (page, text) in pages {
        let mut files: Vec<(String, String)> = Vec::new();
        let mut flush = |files: &mut Vec<(String, String)>| {
            if !files.is_empty() {
                all.push((page.clone(), std::mem::take(files)));
            }
        };
        for fence in seaworthy::catalogue::fences(&text) {
            let title = fence.title().filter(|_| fence.language() != "fixed");
            let Some(title) = title else {
                flush(&mut files);
                continue;
            };
            if files.iter().any(|(path, _)| path == title) {
                flush(&mut files);
            }
            files.push((title.to_owned(), text[fence.content.clone()].to_owned()));
        }
        flush(&mut files);
    }
    all
}

fn config() -> Config {
    Config { profile: Some(Profile::Strict), today: Some("2026-11-21".to_owned()), ..Config::default() }
}

fn told(report: &Report, sources: &Sources) -> Vec<String> {
    let one = |finding: &seaworthy::finding::Finding| {
        format!("{} {} {}", sources.get(finding.span.source).path, finding.rule, finding.message)
    };
    report.findings.iter().map(|finding| one(finding)).collect()
}

/// The sources with every fix applied, and the number of fixes. No fix breaks its file or never ends, and a second run
/// changes nothing.
fn fixed(sources: Sources, wants: &dyn Fn(&Fix) -> bool) -> (Sources, usize) {
    let done = repair::repair(&sources, &config(), &mut Memory::default(), wants, &|_| true);
    let refused: Vec<String> = done.refused.iter().map(ToString::to_string).collect();
    assert_eq!(refused, [] as [&str; 0]);
    let again = repair::repair(&done.sources, &config(), &mut Memory::default(), wants, &|_| true);
    assert_eq!(again.changed, BTreeMap::new(), "a second run changes something");
    (done.sources, done.count)
}

fn sources(files: &[(String, String)], change: &dyn Fn(&str) -> String) -> Sources {
    let files = files.iter().map(|(path, text)| Source::new(path.as_str(), change(text)));
    Sources::new(files.collect(), Tree::default(), Vec::new())
}

fn texts(sources: &Sources) -> BTreeMap<String, String> {
    sources.iter().map(|(_, source)| (source.path.to_string(), source.text.to_string())).collect()
}

#[test]
fn fixes_cause_no_syntax_error_and_no_new_finding() {
    let mut total = 0;
    for (name, files) in repositories() {
        for is_safe in [true, false] {
            let before = sources(&files, &str::to_owned);
            let report = lint(&before, &config());
            let known = told(&report, &before);
            let (after, count) = fixed(before, &|fix| fix.is_safe || !is_safe);
            total += count;
            let again = lint(&after, &config());
            for finding in told(&again, &after) {
                // A number in a message may have changed, and so may the name of a file that is built.
                let place: Vec<&str> = finding.split(' ').take(2).collect();
                // A rule that is silent because of a more specific one reports once that one is fixed.
                let stronger: &[&str] = match place[1] {
                    "ingress-all" => &["public-unauthenticated", "command-rejected"],
                    "image-not-digest" => &["latest-tag", "unpinned-base-image", "unpinned-build-step-image"],
                    // What a rejected command leaves out is decided once it is accepted.
                    _ => &["command-rejected"],
                };
                let was_there =
                    |rule: &str| known.iter().any(|other| other.starts_with(&format!("{} {rule} ", place[0])));
                assert!(was_there(place[1]) || stronger.iter().any(|rule| was_there(rule)), "{name}: new: {finding}");
            }
        }
    }
    assert!(total > 150, "only {total} fixes were applied");
}

#[test]
fn a_finding_that_a_fix_reveals_is_fixed_too() {
    let line = "gcloud run deploy orders --image europe-west1-docker.pkg.dev/shop/web/web:1.4.2 --ingress=all --allow-unauthenticated \
                --max-instances=5 --cpu=1 --memory=1Gi --timeout=60 --service-account=w@p.iam.gserviceaccount.com \
                --startup-probe=httpGet.path=/h --liveness-probe=httpGet.path=/h\n";
    let (after, count) = fixed(Sources::from_texts([("deploy.sh", line)]), &|_| true);
    assert_eq!(count, 2);
    let text = texts(&after)["deploy.sh"].clone();
    assert!(
        text.contains("--no-allow-unauthenticated") && text.contains("--ingress=internal-and-cloud-load-balancing"),
        "{text}"
    );
}

#[test]
fn fixes_of_one_place_are_applied_one_by_one_however_many_there_are() {
    let names: Vec<String> = (0..3 * repair::MOST_PASSES).map(|number| format!("no-such-{number}")).collect();
    let text = format!("# seaworthy: ignore[{}, latest-tag] -- why\nFROM node:latest\nUSER node\n", names.join(", "));
    let (after, count) = fixed(Sources::from_texts([("Dockerfile", text)]), &|fix| fix.is_safe);
    assert_eq!(count, names.len());
    assert!(texts(&after)["Dockerfile"].starts_with("# seaworthy: ignore[latest-tag] -- why\n"));
}

#[test]
fn an_image_is_renamed_everywhere_in_its_file() {
    let build = "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -t, gcr.io/$PROJECT_ID/app:$SHORT_SHA, .]\n  \
                 - name: gcr.io/cloud-builders/docker\n    args: ['push', 'gcr.io/$PROJECT_ID/app:$SHORT_SHA']\n  \
                 - name: gcr.io/cloud-builders/docker\n    entrypoint: bash\n    args:\n      - -c\n      - |\n        \
                 docker tag gcr.io/$PROJECT_ID/app:$SHORT_SHA gcr.io/$PROJECT_ID/app:new\n        \
                 docker build --cache-from=gcr.io/$PROJECT_ID/app:new .\ntimeout: 60s\n";
    let sources = Sources::from_texts([("cloudbuild.yaml", build), ("Dockerfile", "FROM scratch\n")]);
    let (after, _) = fixed(sources, &|fix| fix.title.contains("Artifact Registry"));
    let text = texts(&after)["cloudbuild.yaml"].clone();
    assert_eq!(text.matches("us-docker.pkg.dev/$PROJECT_ID/gcr.io/app").count(), 5, "{text}");
    assert!(!text.contains("gcr.io/$PROJECT_ID"), "{text}");
}

#[test]
fn lines_that_no_fix_touches_are_unchanged_and_in_order() {
    for (name, files) in repositories() {
        let before = sources(&files, &str::to_owned);
        let texts_before = texts(&before);
        let report = lint(&before, &config());
        let fixes: Vec<&Fix> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        let touched: Vec<(_, std::ops::Range<usize>)> =
            fixes.iter().flat_map(|fix| &fix.edits).map(|edit| (edit.span.source, edit.span.range())).collect();
        let applied = repair::apply(&before, &fixes);
        for (path, text) in &applied.texts {
            let id = before.find(path).expect("it was there");
            let mut lines = text.lines();
            let mut at = 0;
            for line in texts_before[path].split_inclusive('\n') {
                let range = at..at + line.len();
                at = range.end;
                let is_touched = touched
                    .iter()
                    .any(|(source, edit)| *source == id && edit.start <= range.end && range.start <= edit.end);
                if !is_touched {
                    let line = line.trim_end_matches('\n');
                    assert!(lines.any(|other| other == line), "{name}: {path} lost {line:?}");
                }
            }
        }
    }
}

#[test]
fn fixes_keep_line_ends_and_byte_order_marks() {
    for (name, files) in repositories() {
        let plain = texts(&fixed(sources(&files, &str::to_owned), &|_| true).0);
        let returns = fixed(sources(&files, &|text| text.replace("\r\n", "\n").replace('\n', "\r\n")), &|_| true).0;
        for (path, text) in texts(&returns) {
            assert!(!text.replace("\r\n", "").contains('\n'), "{name}: {path} has mixed line ends:\n{text:?}");
            let same = plain[&path].replace("\r\n", "\n");
            // For a shell, a carriage return is part of a word, and may be part of a pattern in an ignore list.
            if !path.ends_with(".sh") {
                assert_eq!(text.replace("\r\n", "\n"), same, "{name}: {path}");
            }
        }
        let marked =
            fixed(sources(&files, &|text| format!("\u{feff}{}", text.trim_start_matches('\u{feff}'))), &|_| true).0;
        for (path, text) in texts(&marked) {
            assert!(text.starts_with('\u{feff}') && text.matches('\u{feff}').count() == 1, "{name}: {path}");
        }
    }
}

#[test]
fn added_ignores_silence_every_finding_and_change_no_other_line() {
    for (name, files) in repositories() {
        if name.contains("stale-ignore") || name.contains("silencing") || name.contains("comments") {
            continue;
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let scratch = support::Scratch::with(&files);
        let before = support::run(&scratch.0, &["check", "--format", "json"]).1;
        let before: serde_json::Value = serde_json::from_str(&before).expect("JSON");
        let (code, _, err) =
            support::run(&scratch.0, &["check", "--add-ignores", "since before the linter", "--format", "json"]);
        assert_ne!(code, 2, "{name}: {err}");
        let (_, after, err) = support::run(&scratch.0, &["check", "--format", "json"]);
        let after: serde_json::Value = serde_json::from_str(&after).expect("JSON");
        let left: Vec<&serde_json::Value> = after["findings"].as_array().expect("a list").iter().collect();
        let may_stay = |finding: &&&serde_json::Value| {
            let (rule, path) = (finding["rule"].as_str().expect("a rule"), finding["path"].as_str().expect("a path"));
            !matches!(rule, "syntax-error" | "unreadable-file" | "stale-ignore") && !path.ends_with(".json")
                // In a file with a syntax error, some comments may not be read.
                && !before["findings"].as_array().expect("a list").iter().any(|other| other["path"] == finding["path"] && other["rule"] == "syntax-error")
        };
        let told: Vec<_> = left.iter().filter(may_stay).collect();
        assert!(told.is_empty(), "{name}: {told:#?}\n{err}");
        for (path, text) in files {
            let now = scratch.read(path);
            let kept: Vec<&str> =
                now.lines().filter(|line| !line.contains("seaworthy: ignore") || text.contains(line)).collect();
            assert_eq!(kept, text.lines().collect::<Vec<_>>(), "{name}: {path}");
        }
    }
}
