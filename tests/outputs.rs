//! Every output format, with any character in paths and messages.

mod support;

use expect_test::{Expect, expect};
use seaworthy::report::Format;
use serde_json::{Value, json};
use support::{Scratch, program, run};

const BAD: &str = "FROM node:latest\nCOPY --from=build:latest /a /b\nUSER node\nCMD [\"serve\", \"server.js\"]\n";

/// A repository whose paths and texts contain characters that are special in some format.
fn nasty() -> Scratch {
    Scratch::with(&[
        ("a b/é#1%,:/Dockerfile", BAD),
        (
            "emoji/Dockerfile",
            "FROM node:24.1.0\nLABEL a=\"🚢🚢\" b=\"<&|`*_[]>\"\nENV API_KEY=\"🚢\"\nUSER node\nCMD node \"<&>\" | tee ]]>\n",
        ),
        (
            "silenced/Dockerfile",
            "# seaworthy: ignore[latest-tag] -- kept: \"as it is\" <b>\nFROM node:latest\nUSER node\n",
        ),
    ])
}

fn written(folder: &Scratch, format: Format) -> String {
    let (_, out, err) = run(&folder.0, &["check", "--quiet", "--format", format.name()]);
    assert_eq!(err, "");
    out
}

fn says(format: Format, expected: Expect) {
    let folder = Scratch::with(&[("api/Dockerfile", BAD), ("Dockerfile", "FROM scratch\n")]);
    expected.assert_eq(&written(&folder, format));
}

#[test]
fn grouped_has_one_heading_per_file() {
    says(
        Format::Grouped,
        expect![[r#"
            api/Dockerfile
              1:6 warning[latest-tag] this image is built on `node:latest`, a tag that moves
              2:13 warning[latest-tag] this image copies from `build:latest`, a tag that moves
        "#]],
    );
}

#[test]
fn gitlab_is_a_list_with_one_object_per_finding() {
    says(
        Format::Gitlab,
        expect![[r#"
            [
              {
                "check_name": "latest-tag",
                "description": "this image is built on `node:latest`, a tag that moves",
                "fingerprint": "9d1b5323eee60c3c9e088dc9e32d6dc7",
                "location": {
                  "lines": {
                    "begin": 1,
                    "end": 1
                  },
                  "path": "api/Dockerfile"
                },
                "severity": "major"
              },
              {
                "check_name": "latest-tag",
                "description": "this image copies from `build:latest`, a tag that moves",
                "fingerprint": "e4a46180424c91fccf6f4277ed13663d",
                "location": {
                  "lines": {
                    "begin": 2,
                    "end": 2
                  },
                  "path": "api/Dockerfile"
                },
                "severity": "major"
              }
            ]
        "#]],
    );
}

#[test]
fn junit_has_one_failure_per_file_and_rule() {
    says(
        Format::Junit,
        expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="seaworthy" tests="2" failures="1" errors="0">
              <testsuite name="seaworthy" tests="2" failures="1" errors="0">
                <testcase classname="api/Dockerfile" name="latest-tag">
                  <failure message="this image is built on `node:latest`, a tag that moves" type="warning">api/Dockerfile:1:6 warning: this image is built on `node:latest`, a tag that moves
            name the version you tested with: `latest` can change without a commit
            api/Dockerfile:2:13 warning: this image copies from `build:latest`, a tag that moves
            name the version you tested with: `latest` can change without a commit</failure>
                </testcase>
                <testcase classname="Dockerfile" name="seaworthy"/>
              </testsuite>
            </testsuites>
        "#]],
    );
}

#[test]
fn checkstyle_has_one_error_per_finding() {
    says(
        Format::Checkstyle,
        expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <checkstyle version="4.3">
              <file name="api/Dockerfile">
                <error line="1" column="6" severity="warning" message="this image is built on `node:latest`, a tag that moves&#10;name the version you tested with: `latest` can change without a commit" source="seaworthy.latest-tag"/>
                <error line="2" column="13" severity="warning" message="this image copies from `build:latest`, a tag that moves&#10;name the version you tested with: `latest` can change without a commit" source="seaworthy.latest-tag"/>
              </file>
            </checkstyle>
        "#]],
    );
}

#[test]
fn rdjson_has_one_diagnostic_per_finding_with_its_fix() {
    says(
        Format::Rdjson,
        expect![[r#"
            {
              "diagnostics": [
                {
                  "code": {
                    "value": "latest-tag"
                  },
                  "location": {
                    "path": "api/Dockerfile",
                    "range": {
                      "end": {
                        "column": 17,
                        "line": 1
                      },
                      "start": {
                        "column": 6,
                        "line": 1
                      }
                    }
                  },
                  "message": "this image is built on `node:latest`, a tag that moves\nname the version you tested with: `latest` can change without a commit",
                  "severity": "WARNING",
                  "suggestions": [
                    {
                      "range": {
                        "end": {
                          "column": 17,
                          "line": 1
                        },
                        "start": {
                          "column": 10,
                          "line": 1
                        }
                      },
                      "text": ":26.7"
                    }
                  ]
                },
                {
                  "code": {
                    "value": "latest-tag"
                  },
                  "location": {
                    "path": "api/Dockerfile",
                    "range": {
                      "end": {
                        "column": 25,
                        "line": 2
                      },
                      "start": {
                        "column": 13,
                        "line": 2
                      }
                    }
                  },
                  "message": "this image copies from `build:latest`, a tag that moves\nname the version you tested with: `latest` can change without a commit",
                  "severity": "WARNING"
                }
              ],
              "source": {
                "name": "seaworthy"
              }
            }
        "#]],
    );
}

#[test]
fn markdown_has_one_table_per_severity() {
    says(
        Format::Markdown,
        expect![[r#"
            ### seaworthy: 0 errors, 2 warnings, 0 info in 2 files

            <details>
            <summary>Warnings (2)</summary>

            | where | rule | what |
            |---|---|---|
            | api/Dockerfile:1 | `latest-tag` | this image is built on `node:latest`, a tag that moves<br>name the version you tested with: `latest` can change without a commit |
            | api/Dockerfile:2 | `latest-tag` | this image copies from `build:latest`, a tag that moves<br>name the version you tested with: `latest` can change without a commit |

            </details>
        "#]],
    );
}

#[test]
fn github_has_one_annotation_per_finding() {
    says(
        Format::Github,
        expect![[r#"
            ::warning file=api/Dockerfile,line=1,endLine=1,col=6,endColumn=17,title=latest-tag::this image is built on `node:latest`, a tag that moves%0Aname the version you tested with: `latest` can change without a commit
            ::warning file=api/Dockerfile,line=2,endLine=2,col=13,endColumn=25,title=latest-tag::this image copies from `build:latest`, a tag that moves%0Aname the version you tested with: `latest` can change without a commit
        "#]],
    );
}

/// One finding of each severity, the least severe first.
fn of_each_severity() -> Scratch {
    let settings = "[[overrides]]\npaths = [\"a/\"]\nrules = { latest-tag = \"info\" }\n\
                    [[overrides]]\npaths = [\"c/\"]\nrules = { latest-tag = \"error\" }\n";
    let text = "FROM node:latest\nUSER node\n";
    Scratch::with(&[
        ("seaworthy.toml", settings),
        ("a/Dockerfile", text),
        ("b/Dockerfile", text),
        ("c/Dockerfile", text),
    ])
}

/// The texts between `start` and `end`, in order.
fn between(text: &str, start: &str, end: &str) -> Vec<String> {
    text.split(start).skip(1).map(|rest| rest.split(end).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_format_names_every_severity() {
    let folder = of_each_severity();
    let values = |list: &Value, key: &str| -> Vec<String> {
        let values = list.as_array().expect("a list").iter().map(|one| one[key].as_str().expect("a text").to_owned());
        values.collect()
    };
    for format in Format::ALL {
        let out = written(&folder, format);
        let json = || serde_json::from_str::<Value>(&out).expect("JSON");
        let (severities, expected) = match format {
            Format::Json => {
                let report = json();
                let summary = &report["summary"];
                assert_eq!(
                    (&summary["error"], &summary["warning"], &summary["info"]),
                    (&1.into(), &1.into(), &1.into())
                );
                (values(&report["findings"], "severity"), ["info", "warning", "error"])
            }
            Format::Jsonl => (between(&out, "\"severity\":\"", "\""), ["info", "warning", "error"]),
            Format::Sarif => (values(&json()["runs"][0]["results"], "level"), ["note", "warning", "error"]),
            Format::Gitlab => (values(&json(), "severity"), ["info", "major", "critical"]),
            Format::Rdjson => (values(&json()["diagnostics"], "severity"), ["INFO", "WARNING", "ERROR"]),
            // The most severe comes first.
            Format::Github => {
                let kinds = out.lines().map(|line| between(line, "::", " ").swap_remove(0)).collect();
                (kinds, ["error", "warning", "notice"])
            }
            Format::Markdown => {
                (between(&out, "<summary>", "</summary>"), ["Errors (1)", "Warnings (1)", "Good to know (1)"])
            }
            Format::Junit => (between(&out, "type=\"", "\""), ["info", "warning", "error"]),
            Format::Checkstyle => (between(&out, "severity=\"", "\""), ["info", "warning", "error"]),
            Format::Concise | Format::Grouped => {
                let severities = out.lines().filter_map(|line| line.split_once('[')?.0.rsplit(' ').next());
                (severities.map(str::to_owned).collect(), ["info", "warning", "error"])
            }
            Format::Full => {
                let severities = out.lines().filter_map(|line| line.strip_suffix("[latest-tag]"));
                (severities.map(|text| text.trim().to_owned()).collect(), ["info", "warning", "error"])
            }
        };
        assert_eq!(severities, expected, "{}: {out}", format.name());
    }
}

#[test]
fn sarif_describes_rules_of_every_severity() {
    let folder = Scratch::with(&[
        ("Dockerfile", "FROM node:latest\nRUN apt-get update && apt-get install -y curl\nUSER node\nCMD node a.js\n"),
        ("cloudbuild.yaml", "steps:\n  - name: ubuntu:24.04\n    waitfor: ['-']\n"),
    ]);
    let sarif: Value = serde_json::from_str(&written(&folder, Format::Sarif)).expect("JSON");
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().expect("a list");
    let described = |id: &str| {
        let rule = rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("{id}"));
        (rule["defaultConfiguration"]["level"].clone(), rule["properties"].clone())
    };
    let properties = |tags: Value, number: Option<&str>| match number {
        Some(number) => json!({"tags": tags, "precision": "high", "security-severity": number}),
        None => json!({"tags": tags, "precision": "high"}),
    };
    assert_eq!(described("unknown-build-field"), (json!("error"), properties(json!(["delivery"]), None)));
    assert_eq!(
        described("latest-tag"),
        (json!("warning"), properties(json!(["security", "supply-chain"]), Some("5.0")))
    );
    assert_eq!(described("apt-cache-left"), (json!("note"), properties(json!(["image"]), None)));
}

#[test]
fn fixes_and_related_places_have_their_regions() {
    let text = "ARG T=latest\nFROM python:$T AS a\nFROM node:latest AS b\nUSER node\nCMD node 🚢 a.js\n";
    let folder = Scratch::with(&[("sub/Dockerfile", text)]);
    let sarif: Value = serde_json::from_str(&written(&folder, Format::Sarif)).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    let of = |rule: &str, line: u32| {
        let is_it = |result: &&Value| {
            result["ruleId"] == rule && result["locations"][0]["physicalLocation"]["region"]["startLine"] == line
        };
        results.iter().find(is_it).unwrap_or_else(|| panic!("{rule} on line {line}"))
    };
    let file = json!({"uri": "sub/Dockerfile", "uriBaseId": "%SRCROOT%"});
    let region = |line: u32, start: u32, end: u32| json!({"startLine": line, "startColumn": start, "endLine": line, "endColumn": end});
    assert_eq!(
        of("latest-tag", 3)["fixes"],
        json!([{
            "description": {"text": "write `26.7`, which was current when this version of seaworthy was released"},
            "artifactChanges": [{
                "artifactLocation": file,
                "replacements": [{"deletedRegion": region(3, 10, 17), "insertedContent": {"text": ":26.7"}}],
            }],
        }])
    );
    assert_eq!(
        of("shell-form-entrypoint", 5)["locations"],
        json!([{"physicalLocation": {"artifactLocation": file, "region": region(5, 1, 16)}}])
    );
    let replacement = &of("shell-form-entrypoint", 5)["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(*replacement, json!({"deletedRegion": region(5, 5, 5), "insertedContent": {"text": "exec "}}));
    assert_eq!(
        of("latest-tag", 2)["relatedLocations"],
        json!([{
            "id": 1, "message": {"text": "`T` is set here"},
            "physicalLocation": {"artifactLocation": file, "region": region(1, 5, 6)},
        }])
    );
    let report: Value = serde_json::from_str(&written(&folder, Format::Json)).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let at = |line: u32, column: u32, offset: u32| json!({"line": line, "column": column, "offset": offset});
    let latest: Vec<&Value> = findings.iter().filter(|finding| finding["rule"] == "latest-tag").collect();
    assert_eq!(
        latest[0]["related"],
        json!([{
            "message": "`T` is set here", "path": "sub/Dockerfile",
            "span": {"start": at(1, 5, 4), "end": at(1, 6, 5)},
        }])
    );
    assert_eq!(latest[1]["related"], json!([]));
    assert_eq!(
        latest[1]["fix"],
        json!({
            "title": "write `26.7`, which was current when this version of seaworthy was released",
            "safe": false,
            "edits": [{
                "path": "sub/Dockerfile", "content": ":26.7",
                "span": {"start": at(3, 10, 42), "end": at(3, 17, 49)},
            }],
        })
    );
    let shell = findings.iter().find(|finding| finding["rule"] == "shell-form-entrypoint").expect("it is there");
    assert_eq!(shell["fix"]["safe"], true);
}

#[test]
fn fixes_have_the_line_breaks_of_their_file() {
    let text = "FROM node:24.1.0\nCMD [\"node\", \"a.js\"]\n";
    for line_break in ["\n", "\r\n"] {
        let folder = Scratch::with(&[("Dockerfile", &text.replace('\n', line_break))]);
        let json = |format| serde_json::from_str::<Value>(&written(&folder, format)).expect("JSON");
        let (report, sarif, rdjson) = (json(Format::Json), json(Format::Sarif), json(Format::Rdjson));
        let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
        let contents = [
            &report["findings"][0]["fix"]["edits"][0]["content"],
            &change["replacements"][0]["insertedContent"]["text"],
            &rdjson["diagnostics"][0]["suggestions"][0]["text"],
        ];
        assert_eq!(contents, [&json!(format!("USER node{line_break}")); 3]);
    }
}

#[test]
fn json_has_the_environment_and_the_surface_of_every_finding() {
    let text = "FROM node:24.1.0\nENV API_TOKEN=s3cretvalue-1234\nUSER node\n";
    let folder = Scratch::with(&[
        ("dev/Dockerfile", text),
        ("examples/Dockerfile", text),
        ("prod/Dockerfile", text),
        ("staging/Dockerfile", text),
        ("tests/Dockerfile", text),
        (
            "web/deploy.sh",
            "gcloud run deploy web --image=a.pkg.dev/b/c/d:1 --set-env-vars=API_TOKEN=s3cretvalue-1234\n",
        ),
    ]);
    let report: Value = serde_json::from_str(&written(&folder, Format::Json)).expect("JSON");
    let rows = |list: &Value, key: &str| -> Vec<[String; 3]> {
        let text = |one: &Value, key: &str| one[key].as_str().unwrap_or("-").to_owned();
        let is_secret = |one: &&Value| key == "evidence" || one["category"] == "secrets";
        let rows = list.as_array().expect("a list").iter().filter(is_secret);
        rows.map(|one| [text(one, "path"), text(one, "environment"), text(one, key)]).collect()
    };
    assert_eq!(
        rows(&report["findings"], "surface"),
        [
            ["dev/Dockerfile", "development", "dockerfile"],
            ["examples/Dockerfile", "example", "dockerfile"],
            ["prod/Dockerfile", "production", "dockerfile"],
            ["staging/Dockerfile", "staging", "dockerfile"],
            ["web/deploy.sh", "production", "shell"],
        ]
    );
    assert_eq!(
        rows(&report["files"], "evidence"),
        [
            ["dev/Dockerfile", "development", "folder `dev`"],
            ["examples/Dockerfile", "example", "folder `examples`"],
            ["prod/Dockerfile", "production", "folder `prod`"],
            ["staging/Dockerfile", "staging", "folder `staging`"],
            ["tests/Dockerfile", "test", "folder `tests`"],
            ["web/deploy.sh", "production", "-"],
        ]
    );
}

#[test]
fn an_empty_run_is_written_in_every_format() {
    let folder = Scratch::with(&[("notes.txt", "nothing of ours")]);
    for format in Format::ALL {
        let (code, out, err) = run(&folder.0, &["check", "--format", format.name()]);
        assert_eq!(code, 0, "{}", format.name());
        assert!(err.starts_with("note: there are no files here of a kind"), "{err}");
        match format {
            Format::Gitlab => assert_eq!(out, "[]\n"),
            Format::Full | Format::Concise | Format::Grouped | Format::Jsonl | Format::Github => {
                assert_eq!(out, "", "{}", format.name());
            }
            // These formats have a document even without findings.
            Format::Json | Format::Sarif | Format::Rdjson => {
                let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
                let lists = [&value["findings"], &value["diagnostics"], &value["runs"][0]["results"]];
                let lists: Vec<_> = lists.into_iter().filter_map(serde_json::Value::as_array).collect();
                assert!(lists.len() == 1 && lists[0].is_empty(), "{}: {out}", format.name());
            }
            Format::Junit | Format::Checkstyle => assert!(out.starts_with("<?xml") && !out.contains("<error"), "{out}"),
            Format::Markdown => assert!(!out.is_empty() && !out.contains("| error |"), "{out}"),
        }
    }
    assert!(written(&folder, Format::Junit).contains("<testcase classname=\".\" name=\"seaworthy\"/>"));
}

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let bad = Scratch::with(&[("Dockerfile", BAD)]);
    for format in Format::ALL {
        assert_eq!(run(&bad.0, &["check", "--format", format.name()]).0, 1, "{}", format.name());
        assert_eq!(run(&bad.0, &["check", "--format", format.name(), "--fail-on", "error"]).0, 0, "{}", format.name());
        assert_eq!(run(&bad.0, &["check", "--format", format.name(), "--exit-zero"]).0, 0, "{}", format.name());
    }
}

#[test]
fn json_formats_are_valid_for_every_character() {
    let folder = nasty();
    for format in [Format::Json, Format::Sarif, Format::Gitlab, Format::Rdjson] {
        let out = written(&folder, format);
        let _: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{}: {error}", format.name()));
    }
    let lines = written(&folder, Format::Jsonl);
    let findings: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let report: Value = serde_json::from_str(&written(&folder, Format::Json)).expect("JSON");
    let both =
        [report["findings"].as_array(), report["suppressed"].as_array()].map(|list| list.expect("a list").clone());
    assert_eq!(findings, both.concat());
    assert_eq!(findings.last().expect("one")["suppression"]["justification"], "kept: \"as it is\" <b>");
}

#[test]
fn columns_of_rdjson_are_bytes() {
    let folder =
        Scratch::with(&[("Dockerfile", "FROM node:24.1.0\nUSER node\nRUN echo 🚢 && curl -s https://a.io/x | sh\n")]);
    let report: Value = serde_json::from_str(&written(&folder, Format::Rdjson)).expect("JSON");
    let found = report["diagnostics"].as_array().expect("a list");
    let one = found.iter().find(|one| one["code"]["value"] == "curl-pipe-shell").expect("one");
    // The ship is four bytes long.
    assert_eq!(one["location"]["range"]["start"]["column"], 18);
}

#[test]
fn fingerprints_of_gitlab_are_unique_and_independent_of_lines() {
    let text =
        "FROM node:latest AS a\nFROM node:latest AS b\nCOPY --from=x:latest a b\nCOPY --from=x:latest a b\nUSER node\n";
    let fingerprints = |text: &str| -> Vec<String> {
        let folder = Scratch::with(&[("Dockerfile", text)]);
        let report: Value = serde_json::from_str(&written(&folder, Format::Gitlab)).expect("JSON");
        report.as_array().expect("a list").iter().map(|one| one["fingerprint"].to_string()).collect()
    };
    let before = fingerprints(text);
    let mut unique = before.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), before.len());
    assert!(before.len() >= 4);
    assert_eq!(fingerprints(&format!("# one more line\n\n{text}")), before);
}

#[test]
fn outputs_stay_within_the_limits_of_github() {
    let mut text = String::from("FROM node:24.1.0\nUSER node\n");
    for number in 0..25_010 {
        text.push_str(&format!("COPY --from=x{number}:latest a b\n"));
    }
    // A more severe finding comes last.
    text.push_str("FROM node:24.1.0\nARG NPM_TOKEN\nRUN echo $NPM_TOKEN\nUSER node\n");
    let folder = Scratch::with(&[("Dockerfile", &text)]);
    let sarif: Value = serde_json::from_str(&written(&folder, Format::Sarif)).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), 25_000);
    assert!(results.iter().any(|result| result["level"] == "error"), "the most severe finding is kept");
    let notes = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notes.contains("results are left out: GitHub accepts 25000"), "{notes}");
    let github = written(&folder, Format::Github);
    assert!(github.starts_with("::error "), "{}", &github[..80]);
    assert!(github.ends_with("of these are shown only here: GitHub annotates 10 of a kind for each step\n"));
    let comment = written(&folder, Format::Markdown);
    assert!(comment.len() < 65_536 && comment.contains("more are not shown here"), "{}", comment.len());
}

#[test]
fn one_run_writes_several_formats() {
    let folder = Scratch::with(&[("Dockerfile", BAD)]);
    let (code, out, err) = run(
        &folder.0,
        &["check", "--format", "concise", "--output", "sarif=out.sarif", "--output", "gitlab=quality.json", "--quiet"],
    );
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(out, written(&folder, Format::Concise));
    assert_eq!(folder.read("out.sarif"), written(&folder, Format::Sarif));
    assert_eq!(folder.read("quality.json"), written(&folder, Format::Gitlab));
    let (code, out, err) = run(&folder.0, &["check", "--output", "sarif=no/such/folder.sarif"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("`no/such/folder.sarif` can't be written"), "{err}");
    for (wrong, message) in
        [("sarif", "expected FORMAT=FILE"), ("sarf=x", "did you mean `sarif`?"), ("=x", "unknown format")]
    {
        let (code, _, err) = run(&folder.0, &["check", "--output", wrong]);
        assert_eq!(code, 2);
        assert!(err.contains(message), "{err}");
    }
}

#[test]
fn the_format_of_the_command_line_wins_over_that_of_the_environment() {
    let folder = Scratch::with(&[("Dockerfile", BAD)]);
    let with = |variable: &str, value: &str, arguments: &[&str]| {
        let output = program(&folder.0).env(variable, value).args(["check", "-q"]).args(arguments).output();
        String::from_utf8(output.expect("it starts").stdout).expect("UTF-8")
    };
    let concise = written(&folder, Format::Concise);
    assert_eq!(with("SEAWORTHY_FORMAT", "concise", &[]), concise);
    assert_eq!(with("SEAWORTHY_FORMAT", "json", &["--format", "concise"]), concise);
    assert_eq!(with("CLAUDECODE", "1", &[]), concise);
    assert_eq!(with("CLAUDECODE", "1", &["--format", "full"]), written(&folder, Format::Full));
    assert_eq!(with("CLAUDECODE", "", &[]), written(&folder, Format::Full));
}

#[test]
fn statistics_have_one_line_per_rule_with_its_fixes() {
    let folder =
        Scratch::with(&[("Dockerfile", BAD), ("cloudbuild.yaml", "steps:\n  - name: ubuntu\n    waitfor: ['-']\n")]);
    let (code, out, _) = run(&folder.0, &["check", "--statistics"]);
    assert_eq!(code, 1);
    // The most severe come first, then the most frequent.
    let lines: Vec<&str> = out.lines().collect();
    let expected = [
        "     1  error    unknown-build-field  1 with `--fix`",
        "     2  warning  latest-tag  1 with `--fix --unsafe-fixes`",
    ];
    assert_eq!(lines[..2], expected, "{out}");
    let (_, out, _) = run(&folder.0, &["check", "--statistics", "--format", "json"]);
    let value: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(value["statistics"][1]["count"], 2);
}

#[test]
fn verbose_lists_phases_and_files() {
    let folder = Scratch::with(&[("Dockerfile", BAD)]);
    let (_, out, err) = run(&folder.0, &["check", "--verbose", "--format", "concise"]);
    assert_eq!(out, written(&folder, Format::Concise));
    for phase in ["walk", "parse", "link", "check", "filter", "report"] {
        assert!(err.lines().any(|line| line.starts_with(phase) && line.ends_with(" ms")), "{phase}: {err}");
    }
    assert!(err.contains("dockerfile    1 file\n"), "{err}");
}

#[test]
fn findings_with_one_cause_are_told_as_one() {
    let deploy = "gcloud run deploy web --image=europe-docker.pkg.dev/shop/app/web:1.2.3 --region=europe-west1\n";
    let build = "steps:\n  - name: gcr.io/shop/tool:1\n  - name: gcr.io/shop/other:1\nimages: [gcr.io/shop/web:1, gcr.io/shop/api:1]\n";
    let folder = Scratch::with(&[("deploy.sh", deploy), ("cloudbuild.yaml", build)]);
    let grouped = written(&folder, Format::Grouped);
    assert_eq!(
        grouped.lines().collect::<Vec<_>>(),
        [
            "cloudbuild.yaml",
            "  4:10 info[deprecated-registry] `gcr.io/shop/web:1` is a name of Container Registry, which works only where the project routes it to Artifact Registry (and 1 more)",
            "",
            "deploy.sh",
            "  1:1 warning[default-service-account, ingress-all, missing-liveness-probe, missing-max-instances, missing-resource-limits] service `web` leaves 5 settings out",
        ]
    );
    // Programs get every part, with what it shares with others.
    let report: Value = serde_json::from_str(&written(&folder, Format::Json)).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let causes: Vec<&str> = findings.iter().filter_map(|finding| finding["cause"].as_str()).collect();
    let lacks = "service `web`, deploy.sh:1:1";
    let registry = "deprecated-registry: gcr.io/shop";
    assert_eq!(causes, [registry, registry, lacks, lacks, lacks, lacks, lacks]);
    let (full, markdown) = (written(&folder, Format::Full), written(&folder, Format::Markdown));
    for text in [&full, &markdown] {
        assert!(text.contains("also cloudbuild.yaml:4"), "{text}");
        assert!(text.contains("- missing-max-instances (warning): sets no maximum number of instances"), "{text}");
    }
    assert!(markdown.starts_with("### seaworthy: 0 errors, 1 warning, 1 info (7 parts) in 2 files\n"), "{markdown}");
    let github = written(&folder, Format::Github);
    assert_eq!(github.lines().count(), 2, "{github}");
}
