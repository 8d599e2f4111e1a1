//! The language server, driven as by an editor.

mod support;
#[path = "support/editor.rs"]
mod editor;

use editor::{Editor, address, edited, of_command_line, of_server, rules, usual};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use support::{Scratch, repositories, run};

/// An editor whose server publishes findings for the whole folder.
fn whole(folder: &Path) -> Editor {
    let params = json!({"capabilities": usual(), "initializationOptions": {"scope": "workspace"}});
    Editor::with(folder, params, false)
}

#[test]
fn server_and_command_line_report_the_same_findings() {
    for folder in repositories() {
        let expected = of_command_line(&folder);
        let mut editor = whole(&folder);
        editor.until(&format!("the findings of {}", folder.display()), |editor| of_server(editor) == expected);
        // The findings are the same if the texts come from buffers.
        let paths: Vec<String> = editor.published.keys().cloned().collect();
        for uri in paths {
            let path = uri.strip_prefix(&format!("{}/", address(&editor.root))).expect("below").to_owned();
            editor.open_file(&path);
            editor.diagnostics(&path);
        }
        assert_eq!(of_server(&editor), expected);
        assert_eq!(editor.leave(), 0);
    }
}

/// Run it with `SEAWORTHY_TEST_REPOSITORIES=/a:/b cargo test --test lsp -- --ignored`.
#[test]
#[ignore = "needs checkouts of other people's repositories"]
fn server_and_command_line_report_the_same_findings_in_named_repositories() {
    let named = std::env::var("SEAWORTHY_TEST_REPOSITORIES").expect("SEAWORTHY_TEST_REPOSITORIES names folders");
    for folder in named.split(':').map(Path::new) {
        let expected = of_command_line(folder);
        let mut editor = whole(folder);
        editor.until(&format!("the findings of {}", folder.display()), |editor| of_server(editor) == expected);
    }
}

#[test]
fn comments_configuration_and_baseline_apply_as_on_the_command_line() {
    let scratch = Scratch::with(&[("api/Dockerfile", "FROM node:latest\nUSER node\nCMD [\"node\"]\n")]);
    let (code, _, err) = run(&scratch.0, &["baseline", "write"]);
    assert_eq!(code, 0, "{err}");
    for (path, text) in [
        ("seaworthy.toml", "exclude = [\"old/\"]\n[rules]\nshell-form-entrypoint = \"error\"\nroot-user = \"off\"\n"),
        ("Dockerfile", "# seaworthy: ignore[latest-tag] -- on purpose\nFROM node:latest\nCMD node a.js\n"),
        ("old/Dockerfile", "FROM node:latest\nCMD node a.js\n"),
        ("web/Dockerfile", "# seaworthy: ignore[latest-tag]\nFROM node:24.1.0\nUSER node\nCMD node b.js\n"),
    ] {
        scratch.write(path, text.as_bytes());
    }
    let expected = of_command_line(&scratch.0);
    assert_eq!(expected.len(), 3, "{expected:?}");
    let mut editor = whole(&scratch.0);
    editor.until("the same findings", |editor| of_server(editor) == expected);
    editor.open_file("web/Dockerfile");
    let stale = editor.diagnostics("web/Dockerfile");
    let stale = stale.iter().find(|diagnostic| diagnostic["code"] == "stale-ignore").expect("it does nothing");
    assert_eq!(stale["tags"], json!([1]));
    // No link before the project has an address.
    assert_eq!(stale["codeDescription"].is_null(), seaworthy::HOME.is_none());
}

#[test]
fn unsaved_buffers_affect_the_findings_of_other_files() {
    let scratch = Scratch::with(&[
        ("Dockerfile", "FROM node:24.1.0\nUSER node\nCMD [\"node\", \"a.js\"]\n"),
        (
            "cloudbuild.yaml",
            "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -f, Dockerfile, .]\ntimeout: 60s\n",
        ),
    ]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("cloudbuild.yaml");
    assert_eq!(editor.rules("cloudbuild.yaml"), [] as [&str; 0]);
    // The Dockerfile is deleted while the pipeline refers to it.
    std::fs::remove_file(scratch.0.join("Dockerfile")).expect("it was there");
    editor.watched("Dockerfile", 3);
    editor.until("the pipeline misses it", |editor| !editor.last("cloudbuild.yaml").is_empty());
    let rule = rules(&editor.last("cloudbuild.yaml")).remove(0);
    // An open buffer replaces the missing file.
    editor.open("Dockerfile", "dockerfile", "FROM node:latest\nUSER node\n");
    editor.until("the pipeline finds it", |editor| !editor.says("cloudbuild.yaml", &rule));
    assert_eq!(editor.rules("Dockerfile"), ["latest-tag"]);
    // Once the buffer is closed, the file is missing again and has no diagnostics.
    editor.close("Dockerfile");
    editor.until("the pipeline misses it again", |editor| editor.says("cloudbuild.yaml", &rule));
    editor.until("no diagnostics of the closed file", |editor| editor.last("Dockerfile").is_empty());
}

#[test]
fn a_finding_shows_where_its_value_was_set() {
    let scratch = Scratch::with(&[
        (
            "main.tf",
            "variable \"max\" {\n  default = 5000\n}\nresource \"google_cloud_run_v2_service\" \"api\" {\n  name     = \"api\"\n  location = \"europe-west1\"\n  template {\n    scaling {\n      max_instance_count = var.max\n    }\n    containers {\n      image = \"gcr.io/p/a:1\"\n    }\n  }\n}\n",
        ),
        ("terraform.tfvars", "max = 7000\n"),
    ]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("main.tf");
    let diagnostics = editor.diagnostics("main.tf");
    let finding = diagnostics.iter().find(|diagnostic| diagnostic["code"] == "missing-max-instances");
    let related = &finding.expect("7000 is too much")["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], editor.uri("terraform.tfvars"));
    // A change in one file updates the diagnostics of the other.
    editor.open("terraform.tfvars", "terraform-vars", "max = 70\n");
    editor.until("70 is fine", |editor| !editor.says("main.tf", "missing-max-instances"));
    let text = scratch.read("main.tf");
    let hover = editor.at("textDocument/hover", "main.tf", &text, "var.max");
    let said = hover["contents"]["value"].as_str().expect("words");
    assert_eq!(said, "`var.max` = `70`, set in terraform.tfvars:1");
    let place = editor.at("textDocument/definition", "main.tf", &text, "var.max");
    assert_eq!(place[0]["range"]["start"], json!({"line": 0, "character": 9}));
    // The hover of the service shows its settings, and the defaults of Cloud Run for the others.
    let hover = editor.at("textDocument/hover", "main.tf", &text, "\"google_cloud_run_v2_service\"");
    let said = hover["contents"]["value"].as_str().expect("words");
    assert!(said.contains("| max instances | 70 | terraform.tfvars:1 |"), "{said}");
    assert!(said.contains("| memory | 512 MiB | default |"), "{said}");
}

#[test]
fn columns_use_the_negotiated_encoding() {
    let text = "FROM node:24.1.0 AS 🙂é\r\nUSER node\r\nCMD node \"🙂\" é\r\n";
    for (encoding, end) in [("utf-8", 18), ("utf-16", 15), ("utf-32", 14)] {
        let scratch = Scratch::with(&[("Dockerfile", text)]);
        let mut capabilities = usual();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut editor = Editor::start(&scratch.0, capabilities);
        assert_eq!(editor.capabilities["positionEncoding"], encoding);
        editor.open_file("Dockerfile");
        let diagnostics = editor.diagnostics("Dockerfile");
        let finding = diagnostics.iter().find(|found| found["code"] == "shell-form-entrypoint").expect("shell form");
        assert_eq!(finding["range"]["end"], json!({"line": 2, "character": end}), "{encoding}");
    }
    let editor = Editor::start(&std::env::temp_dir().join(""), json!({}));
    assert_eq!(editor.capabilities["positionEncoding"], "utf-16", "the default encoding");
}

#[test]
fn a_client_without_capabilities_that_refuses_requests_is_served() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n"), ("cloudbuild.yaml", "steps: []\n")]);
    for (capabilities, refuses) in [(json!({}), true), (usual(), true)] {
        let is_bare = capabilities == json!({});
        let mut editor = Editor::with(&scratch.0, json!({"capabilities": capabilities}), refuses);
        editor.open_file("Dockerfile");
        assert_eq!(editor.rules("Dockerfile"), ["latest-tag"]);
        assert_eq!(editor.asked.len(), usize::from(!is_bare), "{:?}", editor.asked);
        // The client does not watch files, so the server checks for changes on save.
        scratch.write("seaworthy.toml", b"[rules]\nlatest-tag = \"off\"\n");
        editor.save("Dockerfile");
        editor.until("the configuration applies", |editor| editor.last("Dockerfile").is_empty());
        std::fs::remove_file(scratch.0.join("seaworthy.toml")).expect("it was there");
        // A client without code action literals supports only commands.
        if is_bare {
            assert_eq!(editor.actions("Dockerfile", Value::Null), [] as [Value; 0], "it supports only commands");
        }
        assert_eq!(editor.leave(), 0);
    }
}

#[test]
fn a_client_that_pulls_diagnostics_gets_none_published() {
    let scratch = Scratch::with(&[
        (
            "main.tf",
            "variable \"max\" {}\nresource \"google_cloud_run_v2_service\" \"api\" {\n  name     = \"api\"\n  location = \"europe-west1\"\n  template {\n    scaling {\n      max_instance_count = var.max\n    }\n    containers {\n      image = \"gcr.io/p/a:1\"\n    }\n  }\n}\n",
        ),
        ("terraform.tfvars", "max = 7\n"),
    ]);
    let mut capabilities = usual();
    capabilities["textDocument"]["diagnostic"] = json!({"dynamicRegistration": false});
    capabilities["workspace"]["diagnostics"] = json!({"refreshSupport": true});
    let mut editor = Editor::start(&scratch.0, capabilities);
    assert_eq!(editor.capabilities["diagnosticProvider"]["interFileDependencies"], true);
    let pull = |editor: &mut Editor, path: &str, before: Value| {
        let mut params = json!({"textDocument": {"uri": editor.uri(path)}});
        if !before.is_null() {
            params["previousResultId"] = before;
        }
        editor.request("textDocument/diagnostic", params).expect("a report")
    };
    editor.open_file("main.tf");
    editor.open_file("terraform.tfvars");
    let first = pull(&mut editor, "main.tf", Value::Null);
    assert_eq!(first["kind"], "full");
    let is_capped = |report: &Value| {
        !rules(report["items"].as_array().expect("items")).contains(&"missing-max-instances".to_owned())
    };
    assert!(is_capped(&first));
    assert_eq!(pull(&mut editor, "main.tf", first["resultId"].clone())["kind"], "unchanged");
    pull(&mut editor, "terraform.tfvars", Value::Null);
    // A change in one file affects the diagnostics of the other, so the client is asked to refresh.
    editor.write("terraform.tfvars", "max = 7000\n");
    editor.until("a refresh", |editor| editor.asked.iter().any(|(method, _)| method == "workspace/diagnostic/refresh"));
    let second = pull(&mut editor, "main.tf", first["resultId"].clone());
    assert!(second["kind"] == "full" && !is_capped(&second), "{second}");
    assert_eq!(editor.published.len(), 0, "a client that pulls gets no published diagnostics");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn fixes_are_equal_to_those_of_the_command_line() {
    let cases = [
        ("Dockerfile", "# é🙂\r\nFROM node:24.1.0\r\nUSER node\r\nCMD node a.js\r\n", "shell-form-entrypoint"),
        (
            "Dockerfile",
            "FROM debian:12.5\nRUN apt-get update && apt-get install -y curl\nUSER nobody\n",
            "apt-cache-left",
        ),
        (
            "service.yaml",
            "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - image: gcr.io/p/api@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
            "missing-max-instances",
        ),
        (
            "main.tf",
            "resource \"google_storage_bucket\" \"b\" {\n  name     = \"b\"\n  location = \"EU\"\n}\n",
            "bucket-no-uniform-access",
        ),
    ];
    let mut tried = 0;
    for (path, text, rule) in cases {
        let scratch = Scratch::with(&[(path, text)]);
        let mut editor = Editor::start(&scratch.0, usual());
        editor.open_file(path);
        editor.diagnostics(path);
        let actions = editor.actions(path, json!(["quickfix"]));
        let is_it = |action: &&Value| action["diagnostics"][0]["code"] == rule && action["edit"].is_object();
        let Some(action) = actions.iter().find(is_it) else { panic!("no fix for {rule}: {actions:?}") };
        let change = &action["edit"]["documentChanges"][0];
        assert_eq!(change["textDocument"]["version"], 1);
        let fixed = edited(text, change["edits"].as_array().expect("edits"));
        let is_safe = action["isPreferred"] == true;
        let mut arguments = vec!["check", "--fix", "--select", rule, "--exit-zero"];
        arguments.extend((!is_safe).then_some("--unsafe-fixes"));
        run(&scratch.0, &arguments);
        assert_eq!(fixed, scratch.read(path), "{rule}");
        assert_ne!(fixed, text);
        tried += 1;
    }
    assert_eq!(tried, cases.len());
}

#[test]
fn fix_all_is_equal_to_the_diff_of_the_command_line() {
    for folder in repositories() {
        let mut editor = whole(&folder);
        let expected = of_command_line(&folder);
        editor.until("the findings", |editor| of_server(editor) == expected);
        let paths: BTreeSet<String> =
            expected.iter().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect();
        for path in paths {
            let text = std::fs::read_to_string(folder.join(&path)).expect("a text");
            editor.open_file(&path);
            let actions = editor.actions(&path, json!(["source.fixAll"]));
            let fixed = match actions.as_slice() {
                [] => text.clone(),
                [action] => {
                    assert_eq!((&action["kind"], &action["edit"]), (&json!("source.fixAll.seaworthy"), &Value::Null));
                    let resolved = editor.request("codeAction/resolve", action.clone()).expect("an edit");
                    edited(&text, resolved["edit"]["documentChanges"][0]["edits"].as_array().expect("edits"))
                }
                more => panic!("{more:?}"),
            };
            let (_, diff, _) = run(&folder, &["check", "--root", ".", "--diff", &path]);
            let expected = if diff.is_empty() { text.clone() } else { patched(&text, &diff) };
            assert_eq!(fixed, expected, "{path} of {}", folder.display());
        }
    }
}

/// A text after a unified diff is applied.
fn patched(text: &str, diff: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut at, mut new) = (0, String::new());
    for line in diff.split_inclusive('\n').skip(2) {
        let rest = line.get(1..).unwrap_or_default();
        match line.chars().next() {
            Some('@') => {
                let start: usize = line[4..].split([',', ' ']).next().and_then(|n| n.parse().ok()).expect("a number");
                new.extend(lines[at..start - 1].iter().copied());
                at = start - 1;
            }
            Some('+') => new.push_str(rest),
            Some('-') => at += 1,
            Some(' ') => {
                new.push_str(rest);
                at += 1;
            }
            _ => {}
        }
    }
    new.extend(lines[at..].iter().copied());
    new
}

#[test]
fn a_code_action_inserts_an_ignore_comment() {
    let text = "FROM node:latest\nUSER node\nCMD node a.js\n";
    let scratch = Scratch::with(&[("Dockerfile", text)]);
    for resolves in [true, false] {
        let mut capabilities = usual();
        if !resolves {
            capabilities["textDocument"]["codeAction"]["resolveSupport"] = Value::Null;
            capabilities["workspace"]["workspaceEdit"] = Value::Null;
        }
        let mut editor = Editor::start(&scratch.0, capabilities);
        editor.open_file("Dockerfile");
        editor.diagnostics("Dockerfile");
        let actions = editor.actions("Dockerfile", Value::Null);
        let wanted = "Silence `latest-tag` here, with a reason";
        let action = actions.iter().find(|action| action["title"] == wanted).expect("an offer").clone();
        assert_eq!((&action["isPreferred"], action["edit"].is_null()), (&json!(false), resolves));
        let (action, edits) = if resolves {
            let action = editor.request("codeAction/resolve", action).expect("an edit");
            let edits = action["edit"]["documentChanges"][0]["edits"].clone();
            (action, edits)
        } else {
            let edits = action["edit"]["changes"][editor.uri("Dockerfile")].clone();
            (action, edits)
        };
        let silenced = edited(text, edits.as_array().expect("edits"));
        assert_eq!(silenced, format!("# seaworthy: ignore[latest-tag] -- TODO: say why\n{text}"));
        editor.write("Dockerfile", &silenced);
        assert_eq!(editor.rules("Dockerfile"), ["shell-form-entrypoint"]);
        // An action for the previous text is rejected.
        if resolves {
            assert_eq!(editor.request("codeAction/resolve", action), Err(-32801));
        }
    }
}

#[test]
fn no_code_action_silences_a_locked_rule() {
    let text = "FROM node:latest\nUSER node\nCMD node a.js\n";
    let lock = "[suppressions]\nunignorable = [\"latest-tag\"]\n";
    let scratch = Scratch::with(&[("Dockerfile", text), ("seaworthy.toml", lock)]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("Dockerfile");
    assert_eq!(editor.rules("Dockerfile"), ["latest-tag", "shell-form-entrypoint"]);
    let actions = editor.actions("Dockerfile", Value::Null);
    let silences: Vec<&str> = actions
        .iter()
        .filter_map(|action| action["title"].as_str().filter(|title| title.starts_with("Silence")))
        .collect();
    assert_eq!(silences, ["Silence `shell-form-entrypoint` here, with a reason"]);
}

#[test]
fn definitions_hovers_links_symbols_and_completions_are_found() {
    let dockerfile = "ARG TAG=24.1.0\nFROM node:$TAG AS build\nUSER node\n# seaworthy: ignore[latest-tag, root-user] -- why\nFROM node:24.1.0\nCOPY --from=build /a /b\nUSER node\n";
    let pipeline = "steps:\n  - name: gcr.io/cloud-builders/docker\n    id: image\n    args: [build, -f, api/Dockerfile, -t, 'gcr.io/$PROJECT_ID/api:$_TAG', api]\nsubstitutions:\n  _TAG: v1\ntimeout: 60s\n";
    let service = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  template:\n    spec:\n      containers:\n        - image: gcr.io/p/api:1\n";
    let scratch = Scratch::with(&[
        ("api/Dockerfile", dockerfile),
        ("cloudbuild.yaml", pipeline),
        ("service.yaml", service),
        (
            "infra/main.tf",
            "module \"net\" {\n  source = \"./net\"\n}\nresource \"google_storage_bucket\" \"b\" {\n  name = local.n\n}\nlocals {\n  n = \"x\"\n}\n",
        ),
        ("infra/net/main.tf", "locals {\n  a = 1\n}\n"),
    ]);
    let mut editor = Editor::start(&scratch.0, usual());
    for path in ["api/Dockerfile", "cloudbuild.yaml", "service.yaml", "infra/main.tf"] {
        editor.open_file(path);
    }
    let target = |found: &Value| (found[0]["uri"].clone(), found[0]["range"]["start"]["line"].clone());
    let place = |editor: &Editor, path: &str, line: u32| (json!(editor.uri(path)), json!(line));

    let found = editor.at("textDocument/definition", "cloudbuild.yaml", pipeline, "api/Dockerfile");
    assert_eq!(target(&found), place(&editor, "api/Dockerfile", 0));
    let found = editor.at("textDocument/definition", "cloudbuild.yaml", pipeline, "$_TAG");
    assert_eq!(target(&found), place(&editor, "cloudbuild.yaml", 5));
    let found = editor.at("textDocument/definition", "api/Dockerfile", dockerfile, "build /a");
    assert_eq!(target(&found), place(&editor, "api/Dockerfile", 1));
    let found = editor.at("textDocument/definition", "api/Dockerfile", dockerfile, "TAG AS");
    assert_eq!(target(&found), place(&editor, "api/Dockerfile", 0));
    let main = scratch.read("infra/main.tf");
    let found = editor.at("textDocument/definition", "infra/main.tf", &main, "./net");
    assert_eq!(target(&found), place(&editor, "infra/net/main.tf", 0));
    let found = editor.at("textDocument/definition", "infra/main.tf", &main, "local.n");
    assert_eq!(target(&found), place(&editor, "infra/main.tf", 7));

    let hover = editor.at("textDocument/hover", "api/Dockerfile", dockerfile, "root-user");
    assert!(hover["contents"]["value"].as_str().is_some_and(|page| page.starts_with("**`root-user`**")), "{hover}");
    let hover = editor.at("textDocument/hover", "api/Dockerfile", dockerfile, "TAG AS");
    assert_eq!(hover["contents"]["value"], "`TAG` = `24.1.0`, set in api/Dockerfile:1");
    let hover = editor.at("textDocument/hover", "cloudbuild.yaml", pipeline, "_TAG'");
    let said = hover["contents"]["value"].as_str().expect("words");
    assert!(
        said.starts_with("`_TAG` = `v1` by default, set in cloudbuild.yaml:6\n\n---\n\n**`deprecated-registry`**"),
        "{said}"
    );
    let hover = editor.at("textDocument/hover", "service.yaml", service, "shop");
    let said = hover["contents"]["value"].as_str().expect("words");
    assert!(said.contains("**Service `shop`**") && said.contains("| timeout | 300 s | default |"), "{said}");

    let uri = json!({"textDocument": {"uri": editor.uri("cloudbuild.yaml")}});
    let links = editor.request("textDocument/documentLink", uri).expect("links");
    assert_eq!(links[0]["target"], editor.uri("api/Dockerfile"));
    let uri = json!({"textDocument": {"uri": editor.uri("api/Dockerfile")}});
    let links = editor.request("textDocument/documentLink", uri.clone()).expect("links");
    // The pages of the two rules that the comment names, once the project has an address.
    assert_eq!(links.as_array().map(Vec::len), Some(if seaworthy::HOME.is_some() { 2 } else { 0 }));

    let names = |value: &Value| -> Vec<String> {
        value
            .as_array()
            .expect("a list")
            .iter()
            .map(|symbol| symbol["name"].as_str().unwrap_or("-").to_owned())
            .collect()
    };
    let outline = editor.request("textDocument/documentSymbol", uri).expect("an outline");
    assert_eq!(names(&outline), ["build", "api/Dockerfile, stage 1"]);
    let slice = |text: &str, range: &Value| {
        let offset = |end: &str| {
            let number = |key: &str| range[end][key].as_u64().expect("a number") as usize;
            // The texts are ASCII, so that a character is a byte.
            text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>() + number("character")
        };
        text[offset("start")..offset("end")].to_owned()
    };
    let parts = |editor: &mut Editor, path: &str, text: &str| -> Vec<[String; 3]> {
        let uri = json!({"textDocument": {"uri": editor.uri(path)}});
        let outline = editor.request("textDocument/documentSymbol", uri).expect("an outline");
        let one = |symbol: &Value| {
            let name = symbol["name"].as_str().expect("a name").to_owned();
            [name, slice(text, &symbol["selectionRange"]), slice(text, &symbol["range"])]
        };
        outline.as_array().expect("a list").iter().map(one).collect()
    };
    let from = "FROM node:$TAG AS build";
    let last = "FROM node:24.1.0";
    assert_eq!(
        parts(&mut editor, "api/Dockerfile", dockerfile),
        [
            ["build", from, &format!("{from}\nUSER node")],
            ["api/Dockerfile, stage 1", last, &format!("{last}\nCOPY --from=build /a /b\nUSER node")],
        ]
    );
    let (step, tag) = (
        "name: gcr.io/cloud-builders/docker\n    id: image\n    args: [build, -f, api/Dockerfile, -t, 'gcr.io/$PROJECT_ID/api:$_TAG', api]",
        "gcr.io/$PROJECT_ID/api:$_TAG",
    );
    assert_eq!(
        parts(&mut editor, "cloudbuild.yaml", pipeline),
        [
            ["cloudbuild.yaml", "steps", &format!("steps:\n  - {step}")],
            ["image", "gcr.io/cloud-builders/docker", step],
            ["gcr.io/…/api:v1", tag, tag],
        ]
    );
    assert_eq!(parts(&mut editor, "service.yaml", service), [["shop", "shop", "shop"]]);
    let header = "resource \"google_storage_bucket\" \"b\"";
    let bucket = format!("{header} {{\n  name = local.n\n}}");
    assert_eq!(parts(&mut editor, "infra/main.tf", &main), [["google_storage_bucket.b", header, &bucket]]);
    let all = editor.request("workspace/symbol", json!({"query": ""})).expect("symbols");
    for name in ["shop", "image", "google_storage_bucket.b", "cloudbuild.yaml", "build"] {
        assert!(names(&all).contains(&name.to_owned()), "{name} in {all}");
    }
    let some = editor.request("workspace/symbol", json!({"query": "GSB"})).expect("symbols");
    assert_eq!(names(&some), ["google_storage_bucket.b"]);
    assert_eq!(slice(&main, &some[0]["location"]["range"]), bucket);

    let text = "# seaworthy: ignore[]\nFROM a:1\n";
    editor.write("api/Dockerfile", text);
    let offered = editor.at("textDocument/completion", "api/Dockerfile", text, "]");
    let labels: Vec<&str> =
        offered.as_array().expect("a list").iter().filter_map(|item| item["label"].as_str()).collect();
    assert!(labels.contains(&"root-user"), "{labels:?}");
    // The client opens the page, if it has an address.
    let shown = json!({"command": "seaworthy.showPage", "arguments": ["root-user"]});
    assert_eq!(editor.request("workspace/executeCommand", shown), Ok(Value::Null));
    if seaworthy::HOME.is_some() {
        editor.until("the page", |editor| editor.asked.iter().any(|(method, _)| method == "window/showDocument"));
    }
}

#[test]
fn an_unsaved_configuration_is_checked_and_applies() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n"), ("seaworthy.toml", "")]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("Dockerfile");
    editor.open_file("seaworthy.toml");
    assert_eq!(editor.rules("Dockerfile"), ["latest-tag"]);
    editor.write("seaworthy.toml", "[rules]\nlatest-tag = \"off\"\n");
    editor.until("the configuration applies before it is saved", |editor| editor.last("Dockerfile").is_empty());
    // An incomplete line is invalid TOML: it is reported, and the last valid configuration stays in effect.
    editor.write("seaworthy.toml", "[rules]\nlatest-tag = \"off\"\nroot-us");
    let said = editor.diagnostics("seaworthy.toml");
    assert_eq!((said.len(), &said[0]["severity"]), (1, &json!(1)), "{said:?}");
    assert_eq!(said[0]["range"]["start"]["line"], 2);
    assert!(editor.last("Dockerfile").is_empty());
    editor.write("seaworthy.toml", "[rules]\nlatest-tga = \"off\"\n");
    editor.until("the new configuration applies", |editor| editor.says("Dockerfile", "latest-tag"));
    let said = editor.diagnostics("seaworthy.toml");
    assert!(
        said[0]["message"].as_str().is_some_and(|message| message.contains("did you mean `latest-tag`?")),
        "{said:?}"
    );
}

#[test]
fn documents_without_a_file_or_a_workspace_are_checked_alone() {
    let scratch = Scratch::with(&[
        ("loose/Dockerfile", "FROM node:latest\nCOPY a /a\nUSER node\n"),
        ("repository/.git/HEAD", ""),
        ("repository/infra/main.tf", ""),
        ("repository/Dockerfile", "FROM node:latest\nCOPY a /a\nUSER node\n"),
        ("empty/x", ""),
    ]);
    let mut editor = Editor::start(&scratch.0.join("empty"), usual());
    editor.open_at("untitled:Untitled-1", "dockerfile", "FROM node:latest\nCOPY a /a\nUSER node\n");
    editor.open_at("untitled:Untitled-2", "plaintext", "FROM node:latest\n");
    editor.until("an untitled document", |editor| editor.published.contains_key("untitled:Untitled-1"));
    let of = |editor: &Editor, uri: &str| rules(editor.published[uri]["diagnostics"].as_array().expect("a list"));
    assert_eq!(of(&editor, "untitled:Untitled-1"), ["latest-tag"], "the copied files are unknown");
    editor.root = scratch.0.canonicalize().expect("it is there");
    editor.open_file("loose/Dockerfile");
    assert_eq!(editor.rules("loose/Dockerfile"), ["latest-tag"]);
    // In a repository, all files are checked.
    editor.open_file("repository/Dockerfile");
    assert_eq!(editor.rules("repository/Dockerfile"), ["latest-tag", "copy-source-missing"]);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn workspace_folders_can_be_added_and_removed() {
    let bad = "FROM node:latest\nUSER node\n";
    let scratch = Scratch::with(&[
        ("a/Dockerfile", bad),
        ("b/Dockerfile", bad),
        ("b/seaworthy.toml", "[rules]\nlatest-tag = \"off\"\n"),
    ]);
    let root = scratch.0.canonicalize().expect("it is there");
    let folder = |name: &str| json!({"uri": address(&root.join(name)), "name": name});
    let params = json!({"capabilities": usual(), "workspaceFolders": [folder("a")]});
    let mut editor = Editor::with(&scratch.0, params, false);
    editor.open_file("a/Dockerfile");
    editor.open_file("b/Dockerfile");
    assert_eq!(editor.rules("a/Dockerfile"), ["latest-tag"]);
    assert_eq!(editor.rules("b/Dockerfile"), ["latest-tag"], "outside of every folder");
    let event = json!({"added": [folder("b")], "removed": []});
    editor.tell("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    editor.until("the folder and its configuration", |editor| editor.last("b/Dockerfile").is_empty());
    assert!(editor.says("a/Dockerfile", "latest-tag"));
    let event = json!({"added": [], "removed": [folder("b")]});
    editor.tell("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    editor.until("the folder is gone", |editor| editor.says("b/Dockerfile", "latest-tag"));
}

#[test]
fn an_open_file_that_is_ignored_is_not_checked() {
    let scratch = Scratch::with(&[
        (".gitignore", "ignored/\n"),
        ("ignored/Dockerfile", "FROM node:latest\nUSER node\n"),
        ("Dockerfile", "FROM node:latest\nUSER node\n"),
    ]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("ignored/Dockerfile");
    editor.open_file("Dockerfile");
    assert_eq!(editor.rules("Dockerfile"), ["latest-tag"]);
    editor.until("the ignored one", |editor| editor.published.contains_key(&editor.uri("ignored/Dockerfile")));
    editor.watched("other", 1);
    editor.write("Dockerfile", "FROM node:24.1.0\nUSER node\n");
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0]);
    assert!(editor.last("ignored/Dockerfile").is_empty(), "the command line does not check it either");
}

#[test]
fn invalid_requests_are_answered_and_invalid_notifications_ignored() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n")]);
    let mut editor = Editor::start(&scratch.0, usual());
    assert_eq!(editor.request("textDocument/nonsense", json!({})), Err(-32601));
    assert_eq!(editor.request("textDocument/hover", json!({"textDocument": 3})), Err(-32602));
    assert_eq!(editor.request("initialize", json!({"capabilities": {}})), Err(-32600));
    for (method, params) in [
        (
            "textDocument/didChange",
            json!({"textDocument": {"uri": "file:///nowhere", "version": 1}, "contentChanges": []}),
        ),
        ("textDocument/didOpen", json!({"textDocument": {"uri": 1}})),
        ("textDocument/didClose", json!({"textDocument": {"uri": "::::"}})),
        ("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": "x", "type": 9}]})),
        ("$/setTrace", json!({"value": "verbose"})),
        ("nonsense", Value::Null),
    ] {
        editor.tell(method, params);
    }
    editor.open_file("Dockerfile");
    assert_eq!(editor.rules("Dockerfile"), ["latest-tag"]);
    let uri = editor.uri("Dockerfile");
    let far = json!({"line": 4_000_000_000_u32, "character": 4_000_000_000_u32});
    let hover = editor.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": far}));
    assert_eq!(hover, Ok(Value::Null));
    // Positions beyond the end and reversed ranges are clamped.
    let range = json!({"start": far, "end": {"line": 0, "character": 5}});
    editor.change("Dockerfile", json!([{"range": range, "text": "alpine:3.22\nUSER nobody\n"}]));
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0]);
    // A change with an old version is ignored, and that is reported.
    let late = json!({"textDocument": {"uri": uri, "version": 1}, "contentChanges": [
        {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}, "text": ""}]});
    editor.tell("textDocument/didChange", late);
    editor.until("a message", |editor| editor.told.iter().any(|(_, told)| told.to_string().contains("version 1")));
    editor.change("Dockerfile", json!([{"range": {"start": far, "end": far}, "text": "CMD node\n"}]));
    assert_eq!(editor.rules("Dockerfile"), ["shell-form-entrypoint"]);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn large_and_binary_texts_are_not_checked() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n")]);
    let mut editor = Editor::start(&scratch.0, usual());
    let large = format!("FROM node:latest\n{}", "# a line of a large file\n".repeat(450_000));
    editor.open("Dockerfile", "dockerfile", &large);
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0], "10 MB are too large for a Dockerfile");
    let begin = json!({"start": {"line": 0, "character": 0}, "end": {"line": 440_000, "character": 0}});
    editor.change("Dockerfile", json!([{"range": begin, "text": "FROM node:latest\nUSER node\n"}]));
    assert_eq!(editor.rules("Dockerfile"), ["latest-tag"]);
    editor.write("Dockerfile", "FROM node:latest\0\n");
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0]);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_cancelled_request_is_answered_once() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\nUSER node\n")]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("Dockerfile");
    let params = json!({"query": ""});
    let ids: Vec<_> = (0..50).map(|_| editor.ask("workspace/symbol", params.clone())).collect();
    for id in &ids {
        let number: i32 = id.to_string().parse().expect("a number");
        editor.tell("$/cancelRequest", json!({"id": number}));
    }
    let answers: Vec<Result<Value, i32>> = ids.iter().map(|id| editor.answer(id)).collect();
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(-32800))), "{answers:?}");
    // No request is answered twice: the next response belongs to the next request.
    assert!(editor.request("workspace/symbol", params).is_ok());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn the_server_exits_with_1_if_the_client_disconnects_without_exit() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM node:latest\n")]);
    let editor = Editor::start(&scratch.0, usual());
    assert_eq!(editor.vanish(), 1);
    let mut editor = Editor::start(&scratch.0, usual());
    assert_eq!(editor.request("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(editor.request("textDocument/hover", json!({})), Err(-32600), "a request after the shutdown");
    assert_eq!(editor.vanish(), 1);
}

const BAD: &str = "FROM node:latest\nUSER node\n";
const GOOD: &str = "FROM node:24.1.0\nUSER node\n";

#[test]
fn a_request_right_after_an_edit_does_not_suppress_its_diagnostics() {
    let scratch = Scratch::with(&[("Dockerfile", GOOD)]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("Dockerfile");
    let uri = json!({"textDocument": {"uri": editor.uri("Dockerfile")}});
    editor.request("textDocument/documentSymbol", uri.clone()).expect("an outline right after the document is opened");
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0]);
    for round in 0..40 {
        editor.write("Dockerfile", if round % 2 == 0 { BAD } else { GOOD });
        editor.request("textDocument/documentSymbol", uri.clone()).expect("an outline");
        assert_eq!(editor.rules("Dockerfile").len(), 1 - round % 2, "round {round}");
    }
}

#[test]
fn resolving_an_action_does_not_change_later_answers() {
    let main = "resource \"google_cloud_run_v2_service\" \"api\" {\n  name     = \"api\"\n  location = \"europe-west1\"\n  template {\n    scaling {\n      max_instance_count = var.max\n    }\n    containers {\n      image = \"gcr.io/p/a:latest\"\n    }\n  }\n}\nvariable \"max\" {\n  default = 10\n}\n";
    let scratch = Scratch::with(&[("main.tf", main)]);
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("main.tf");
    let before = editor.at("textDocument/definition", "main.tf", main, "var.max");
    assert_eq!(before[0]["range"]["start"]["line"], 12);
    let silences: Vec<Value> =
        editor.actions("main.tf", Value::Null).into_iter().filter(|action| action["data"].is_object()).collect();
    assert!(!silences.is_empty());
    for action in silences {
        editor.request("codeAction/resolve", action).expect("an edit");
        assert_eq!(editor.at("textDocument/definition", "main.tf", main, "var.max"), before);
    }
    // An action that already has its edit is returned unchanged; an action that the server never offered is rejected.
    let fix =
        editor.actions("main.tf", Value::Null).into_iter().find(|action| action["data"].is_null()).expect("a page");
    assert_eq!(editor.request("codeAction/resolve", fix.clone()), Ok(fix));
    let uri = editor.uri("main.tf");
    let wrong = json!({"title": "x", "data": {"uri": uri, "version": 1, "fingerprint": 5}});
    assert_eq!(editor.request("codeAction/resolve", wrong), Err(-32801));
}

#[test]
#[cfg(unix)]
fn a_root_that_is_a_symbolic_link_is_configured() {
    let scratch = Scratch::with(&[
        ("repository/.git/HEAD", ""),
        ("repository/seaworthy.toml", "[rules]\nlatest-tag = \"off\"\n"),
        ("repository/sub/Dockerfile", BAD),
    ]);
    std::os::unix::fs::symlink(scratch.0.join("repository"), scratch.0.join("whole")).expect("a link");
    std::os::unix::fs::symlink(scratch.0.join("repository/sub"), scratch.0.join("part")).expect("a link");
    for (root, path) in [("whole", "sub/Dockerfile"), ("part", "Dockerfile")] {
        let root = scratch.0.join(root);
        let params = json!({"capabilities": usual(), "rootUri": address(&root)});
        let mut editor = Editor::with(&scratch.0, params, false);
        editor.root.clone_from(&root);
        editor.open_file(path);
        assert_eq!(editor.rules(path), [] as [&str; 0], "{}", root.display());
    }
}

#[test]
fn diagnostics_of_former_texts_and_folders_are_cleared() {
    let scratch = Scratch::with(&[("a/Dockerfile", GOOD), ("in/Dockerfile", BAD), ("seaworthy.toml", "")]);
    let root = scratch.0.canonicalize().expect("it is there");
    let folder = |name: &str| json!({"uri": address(&root.join(name)), "name": name});
    let options = json!({"scope": "workspace"});
    let folders = json!([{"uri": address(&root), "name": "all"}, folder("in"), folder("in")]);
    let params = json!({"capabilities": usual(), "workspaceFolders": folders, "initializationOptions": options});
    let mut editor = Editor::with(&scratch.0, params, false);
    editor.until("the findings of a closed file", |editor| editor.says("in/Dockerfile", "latest-tag"));
    // After a buffer is closed without saving, the file on disk is used.
    editor.open_file("a/Dockerfile");
    editor.write("a/Dockerfile", BAD);
    assert_eq!(editor.rules("a/Dockerfile"), ["latest-tag"]);
    editor.close("a/Dockerfile");
    editor.until("the file on disk applies", |editor| !editor.says("a/Dockerfile", "latest-tag"));
    // The outer folder reports nothing for files of the inner one.
    editor.open_file("in/Dockerfile");
    editor.write("in/Dockerfile", GOOD);
    editor.until("the buffer applies", |editor| !editor.says("in/Dockerfile", "latest-tag"));
    editor.open_file("a/Dockerfile");
    editor.write("a/Dockerfile", BAD);
    assert_eq!(editor.rules("a/Dockerfile"), ["latest-tag"]);
    assert!(!editor.says("in/Dockerfile", "latest-tag"));
    editor.close("in/Dockerfile");
    editor.until("the file on disk applies again", |editor| editor.says("in/Dockerfile", "latest-tag"));
    // An error in a configuration is reported even if the file is not open, and cleared once it is fixed.
    scratch.write("seaworthy.toml", b"[");
    editor.watched("seaworthy.toml", 2);
    editor.until("a diagnostic", |editor| editor.last("seaworthy.toml").len() == 1);
    editor.until("a message", |editor| editor.told.iter().any(|(method, _)| method == "window/showMessage"));
    scratch.write("seaworthy.toml", b"");
    editor.watched("seaworthy.toml", 2);
    editor.until("no diagnostic", |editor| editor.last("seaworthy.toml").is_empty());
    // When a folder is removed, so are its diagnostics.
    let event = json!({"added": [], "removed": [{"uri": address(&root), "name": "all"}, folder("in")]});
    editor.tell("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    editor.until("no diagnostics of the removed folder", |editor| editor.last("in/Dockerfile").is_empty());
}

#[test]
fn a_buffer_applies_in_every_folder_that_contains_it() {
    let pipeline =
        "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -f, in/Dockerfile, .]\ntimeout: 60s\n";
    let scratch = Scratch::with(&[("cloudbuild.yaml", pipeline), ("in/x", "")]);
    let root = scratch.0.canonicalize().expect("it is there");
    let folders = json!([{"uri": address(&root), "name": "a"}, {"uri": address(&root.join("in")), "name": "b"}]);
    let mut editor = Editor::with(&scratch.0, json!({"capabilities": usual(), "workspaceFolders": folders}), false);
    editor.open_file("cloudbuild.yaml");
    assert_eq!(editor.rules("cloudbuild.yaml").len(), 1);
    editor.open("in/Dockerfile", "dockerfile", GOOD);
    editor.until("the pipeline finds it", |editor| editor.last("cloudbuild.yaml").is_empty());
}

#[test]
fn an_invalid_baseline_is_reported_and_its_last_valid_state_applies() {
    let scratch = Scratch::with(&[("Dockerfile", BAD), ("seaworthy.toml", "baseline = \"known.json\"\n")]);
    let (code, _, err) = run(&scratch.0, &["baseline", "write"]);
    assert_eq!(code, 0, "{err}");
    let mut editor = Editor::start(&scratch.0, usual());
    editor.open_file("Dockerfile");
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0]);
    let known = scratch.read("known.json");
    editor.open("known.json", "json", "{");
    editor.until("a message", |editor| editor.told.iter().any(|(_, told)| told.to_string().contains("known.json")));
    editor.write("Dockerfile", &format!("# a comment\n{BAD}"));
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0], "the last valid baseline still applies");
    // Once the file is valid again and lacks the entry, the finding is new.
    let without: Value = serde_json::from_str(&known).expect("JSON");
    let mut without = without;
    without["findings"] = json!([]);
    editor.write("known.json", &without.to_string());
    editor.until("the finding is not known", |editor| editor.says("Dockerfile", "latest-tag"));
}

#[test]
fn configuration_outside_of_the_workspace_is_read_on_save() {
    let scratch = Scratch::with(&[
        ("work/x", ""),
        ("other/.git/HEAD", ""),
        ("other/Dockerfile", BAD),
        ("above/.git/HEAD", ""),
        ("above/seaworthy.toml", ""),
        ("above/sub/Dockerfile", BAD),
    ]);
    let mut editor = Editor::start(&scratch.0.join("work"), usual());
    editor.root = scratch.0.canonicalize().expect("it is there");
    editor.open_file("other/Dockerfile");
    assert_eq!(editor.rules("other/Dockerfile"), ["latest-tag"]);
    scratch.write("other/seaworthy.toml", b"[rules]\nlatest-tag = \"off\"\n");
    editor.save("other/Dockerfile");
    editor.until("the configuration outside of the workspace", |editor| editor.last("other/Dockerfile").is_empty());
    // A configuration above the root takes effect while it is typed.
    let mut editor = Editor::start(&scratch.0.join("above/sub"), usual());
    editor.root = scratch.0.canonicalize().expect("it is there");
    editor.open_file("above/sub/Dockerfile");
    assert_eq!(editor.rules("above/sub/Dockerfile"), ["latest-tag"]);
    editor.open("above/seaworthy.toml", "toml", "[rules]\nlatest-tag = \"off\"\n");
    editor.until("the configuration above", |editor| editor.last("above/sub/Dockerfile").is_empty());
    editor.close("above/seaworthy.toml");
    editor.until("the file on disk applies again", |editor| editor.says("above/sub/Dockerfile", "latest-tag"));
}

#[test]
fn a_file_that_becomes_a_script_is_checked() {
    let scratch = Scratch::with(&[("deploy", ""), ("Dockerfile", GOOD)]);
    let mut editor = whole(&scratch.0);
    editor.open_file("Dockerfile");
    assert_eq!(editor.rules("Dockerfile"), [] as [&str; 0]);
    scratch.write("deploy", b"#!/bin/sh\ngcloud run deploy api --image=gcr.io/p/a:latest --region=europe-west1\n");
    editor.watched("deploy", 2);
    editor.until("the script", |editor| editor.says("deploy", "latest-tag"));
    scratch.write("deploy", b"");
    editor.watched("deploy", 2);
    editor.until("no script", |editor| editor.last("deploy").is_empty());
}

#[test]
fn one_file_has_one_document_for_every_spelling_of_its_uri() {
    let scratch = Scratch::with(&[("a-b/Dockerfile", BAD)]);
    let mut editor = Editor::start(&scratch.0, usual());
    let spelled = editor.uri("a-b/Dockerfile").replace("a-b", "a%2Db");
    editor.open_at(&spelled, "dockerfile", BAD);
    editor.until("the finding", |editor| editor.published.contains_key(&spelled));
    assert_eq!(rules(editor.published[&spelled]["diagnostics"].as_array().expect("a list")), ["latest-tag"]);
    let uri = json!({"textDocument": {"uri": editor.uri("a-b/Dockerfile")}});
    let outline = editor.request("textDocument/documentSymbol", uri).expect("an outline");
    assert_eq!(outline.as_array().map(Vec::len), Some(1));
}

#[test]
fn invalid_messages_are_skipped_and_the_last_response_arrives() {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};
    let message = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
    let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
    command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for _ in 0..20 {
        let mut child = command.spawn().expect("the program starts");
        let mut to = child.stdin.take().expect("piped");
        let input = [
            message(r#"{"jsonrpc":"2.0","id":9,"method":"shutdown"}"#),
            message(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#),
            message(r#"{"jsonrpc":"2.0","id":null,"result":null}"#),
            message("{nonsense"),
            message(r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#),
            message(r#"{"jsonrpc":"2.0","method":"exit"}"#),
        ];
        to.write_all(input.concat().as_bytes()).expect("the server listens");
        let mut told = String::new();
        child.stdout.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
        assert!(told.contains("-32002") && told.contains(r#""id":1"#), "{told}");
        assert!(told.ends_with(r#"{"jsonrpc":"2.0","id":2,"result":null}"#), "{told}");
        assert!(child.wait().expect("the program ends").success());
    }
}
