//! Generates the index of rules and the tables that are made from it, and compares them with the files.
//!
//! `UPDATE_EXPECT=1 cargo test --test index` writes the files; a plain `cargo test` fails if a rule lacks a page
//! or a check.

use expect_test::expect_file;
use seaworthy::model::attribute::{ATTRIBUTES, Attribute, Holder, Type};
use seaworthy::model::{Environment, WorkloadKind};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const CONCERNS: &[&str] = &[
    "supply-chain",
    "identity",
    "secrets",
    "health",
    "capacity",
    "network",
    "data",
    "delivery",
    "observability",
    "image",
    "terraform",
];
/// Rules about files as a whole; the engine checks them.
const RESERVED: &[&str] = &["syntax-error", "unreadable-file", "stale-ignore"];

struct Entry {
    concern: String,
    id: String,
    page: String,
    has_check: bool,
}

fn entries() -> Vec<Entry> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: BTreeMap<(usize, String), (Option<String>, bool)> = BTreeMap::new();
    for (place, concern) in CONCERNS.iter().enumerate() {
        for file in list(&root.join("rules").join(concern)) {
            let id =
                file.strip_suffix(".md").unwrap_or_else(|| panic!("rules/{concern}/{file} is not a page")).to_owned();
            let page = fs::read_to_string(root.join("rules").join(concern).join(&file)).expect("the page is there");
            found.entry((place, id)).or_default().0 = Some(page);
        }
        for file in list(&root.join("src/rules").join(concern.replace('-', "_"))) {
            if file == "mod.rs" {
                continue;
            }
            let id = file
                .strip_suffix(".rs")
                .unwrap_or_else(|| panic!("src/rules/{concern}/{file} is not a check"))
                .replace('_', "-");
            found.entry((place, id)).or_default().1 = true;
        }
    }
    found
        .into_iter()
        .map(|((place, id), (page, has_check))| {
            let concern = CONCERNS[place].to_owned();
            let page = page.unwrap_or_else(|| panic!("the rule `{id}` has no page: write rules/{concern}/{id}.md"));
            let is_declarative = page.contains("\nassert: ");
            assert!(
                has_check != (is_declarative || RESERVED.contains(&id.as_str())),
                "the rule `{id}` needs exactly one check: src/rules/{}/{}.rs, or `assert:` in its page",
                concern.replace('-', "_"),
                id.replace('-', "_")
            );
            Entry { concern, id, page, has_check }
        })
        .collect()
}

fn list(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_folder_of_rules_is_a_concern() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, concern_of) in
        [("rules", (|name: &str| name.to_owned()) as fn(&str) -> String), ("src/rules", |name| name.replace('_', "-"))]
    {
        for name in list(&root.join(folder)).iter().filter(|name| *name != "mod.rs") {
            assert!(
                CONCERNS.contains(&concern_of(name).as_str()),
                "{folder}/{name} is not the folder of a concern, so its rules would not run: add it to CONCERNS"
            );
        }
    }
}

#[test]
fn the_index_lists_every_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = entries();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let concerns: Vec<&str> =
        CONCERNS.iter().copied().filter(|concern| entries.iter().any(|entry| entry.concern == *concern)).collect();
    for concern in &concerns {
        let of_concern: Vec<&Entry> = entries.iter().filter(|entry| entry.concern == *concern).collect();
        files.push((
            root.join(format!("src/rules/{}/mod.rs", concern.replace('-', "_"))),
            index_of(concern, &of_concern),
        ));
    }
    files.push((root.join("src/rules/mod.rs"), index(&concerns)));
    let is_changed = files.iter().any(|(path, text)| fs::read_to_string(path).unwrap_or_default() != *text);
    for (path, text) in &files {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of a concern");
        expect_file![path].assert_eq(text);
    }
    // The new index must be compiled before the tables and the pages can be made from it.
    const AGAIN: &str = "SEAWORTHY_INDEX_IS_WRITTEN";
    if is_changed && std::env::var_os("UPDATE_EXPECT").is_some() && std::env::var_os(AGAIN).is_none() {
        let status = std::process::Command::new(env!("CARGO"))
            .args(["test", "--test", "index", "--test", "pages"])
            .env(AGAIN, "1")
            .current_dir(root)
            .status();
        assert!(status.is_ok_and(|status| status.success()), "the new index does not compile, or a page is wrong");
    }
}

/// The index of one concern.
fn index_of(concern: &str, entries: &[&Entry]) -> String {
    let mut text = format!("//! The rules of the concern `{concern}`, written by `tests/index.rs`.\n\n");
    for entry in entries.iter().filter(|entry| entry.has_check) {
        let _ = writeln!(text, "mod {};", entry.id.replace('-', "_"));
    }
    if entries.iter().any(|entry| entry.has_check) {
        text.push('\n');
    }
    let _ = write!(
        text,
        "use crate::catalogue::{{Check, Rule}};\n\npub(super) static RULES: [Rule; {}] = [\n",
        entries.len()
    );
    for entry in entries {
        let check = if entry.has_check {
            format!("Check::Function({}::check)", entry.id.replace('-', "_"))
        } else if RESERVED.contains(&entry.id.as_str()) {
            "Check::Engine".to_owned()
        } else {
            "Check::Page".to_owned()
        };
        let id = &entry.id;
        let page = format!("include_str!(\"../../../rules/{concern}/{id}.md\")");
        let arguments = [format!("\"{id}\""), format!("\"{concern}\""), page, check];
        // As `cargo fmt` writes it: on one line if that fits, a single rule without a line of its own.
        let line = format!("    Rule::built_in({}),", arguments.join(", "));
        if let [_] = entries {
            let head = text.trim_end().len();
            text.truncate(head);
            let _ = writeln!(text, "Rule::built_in(\n    {},\n)];", arguments.join(",\n    "));
            return text;
        }
        if line.len() <= 120 {
            let _ = writeln!(text, "{line}");
        } else {
            let _ = writeln!(text, "    Rule::built_in(\n        {},\n    ),", arguments.join(",\n        "));
        }
    }
    text.push_str("];\n");
    text
}

/// The index of all concerns.
fn index(concerns: &[&str]) -> String {
    let modules: Vec<String> = concerns.iter().map(|concern| concern.replace('-', "_")).collect();
    let mut sorted = modules.clone();
    sorted.sort();
    let mut text = String::from(
        "//! The index of rules, written by `tests/index.rs` from the folders beside it and from `rules/`.\n//!\n\
         //! One rule is one page in `rules/<concern>/` and one function in `src/rules/<concern>/`, or only a page with an\n\
         //! expression. A check sees the model and its own page; never a tree, a path on disk or a configuration.\n\n",
    );
    sorted.iter().for_each(|module| {
        let _ = writeln!(text, "mod {module};");
    });
    text.push_str(
        "\nuse crate::catalogue::Rule;\nuse crate::spelling;\nuse std::sync::LazyLock;\n\n\
         /// Every rule, by concern and name.\n\
         pub static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| CONCERNS.iter().copied().flatten().collect());\n\n\
         static CONCERNS: &[&[Rule]] = &[\n",
    );
    modules.iter().for_each(|module| {
        let _ = writeln!(text, "    &{module}::RULES,");
    });
    text.push_str(
        "];\n\n/// The rule with this name.\npub fn find(id: &str) -> Option<&'static Rule> {\n    \
         ALL.iter().copied().find(|rule| *rule.id == *id)\n}\n\n\
         /// The rule with the most similar name, for a name that is unknown.\n\
         pub fn nearest(name: &str) -> Option<&'static str> {\n    \
         spelling::nearest(name, ALL.iter().map(|rule| rule.id.as_str()))\n}\n",
    );
    text
}

/// The column of the tool that a rule id belongs to.
fn tool_of(id: &str) -> usize {
    let digits = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit());
    if id.strip_prefix("DL").or(id.strip_prefix("SC")).is_some_and(digits) {
        0
    } else if id.starts_with("CKV") {
        1
    } else if ["GCP-", "DS-", "AVD-"].iter().any(|prefix| id.strip_prefix(prefix).is_some_and(digits)) {
        2
    } else if id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
        3
    } else {
        4
    }
}

#[test]
fn the_table_of_rules_of_other_tools_is_current() {
    let mut text = String::from(
        "# Coming from another tool\n\n<!-- Written by tests/index.rs from the pages of the rules. -->\n\n\
         A comment for another tool also silences the rule of seaworthy in the same row, if\n\
         [silencing.md](silencing.md) lists its form. The ids in this table also select rules, as in\n\
         `seaworthy check --select DL3007` ([configuration.md](configuration.md#rules-on-the-command-line)), and\n\
         `seaworthy explain DL3007` shows the page of our rule. Rules that are not listed here have no equivalent.\n\n\
         | our rule | hadolint, ShellCheck | checkov | trivy, tfsec | KICS | others |\n|---|---|---|---|---|---|\n",
    );
    for rule in seaworthy::rules::ALL.iter() {
        let covers = &rule.page().front.covers;
        if covers.is_empty() {
            continue;
        }
        let mut columns = [const { Vec::new() }; 5];
        covers.iter().for_each(|id| columns[tool_of(id)].push(format!("`{id}`")));
        let cells: Vec<String> = columns.iter().map(|ids: &Vec<String>| ids.join(", ")).collect();
        let _ = writeln!(text, "| [`{}`](../rules/{}/{}.md) | {} |", rule.id, rule.concern, rule.id, cells.join(" | "));
    }
    expect_file!["../docs/migrate.md"].assert_eq(&text);
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    expect_file!["../docs/seaworthy.schema.json"].assert_eq(&format!("{:#}\n", seaworthy::config::schema()));
}

fn attribute_row(row: &Attribute) -> String {
    let kinds: Vec<&str> = row.kinds.iter().map(|kind| kind.name()).collect();
    let kinds = if row.kinds.len() == 3 { "all".to_owned() } else { kinds.join(", ") };
    let words: Vec<String> = row.words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let accepted = match (row.range, row.value) {
        (Some((least, most)), _) => format!("{} to {}", row.quantity(least), row.quantity(most)),
        (None, _) if !words.is_empty() => words.join(", "),
        (None, Type::Flag) => "true, false".to_owned(),
        (None, Type::List) => "a list".to_owned(),
        (None, Type::Probe) => "a health check".to_owned(),
        (None, Type::Text) => "a text".to_owned(),
        (None, _) => "a number".to_owned(),
    };
    let places = |places: &mut dyn Iterator<Item = &'static str>| {
        places.map(|place| format!("`{place}`")).collect::<Vec<_>>().join("<br>")
    };
    let cells = [
        format!("**{}**<br>{}", row.name, row.doc.trim()),
        kinds,
        row.shown_default(),
        accepted,
        places(&mut row.manifest.iter().copied()),
        places(&mut row.flags.iter().copied()),
        places(&mut row.terraform.iter().copied()),
        places(&mut row.terraform_v1.iter().copied()),
    ];
    format!("| {} |\n", cells.join(" | "))
}

#[test]
fn the_table_of_attributes_is_current() {
    let mut text = String::from(
        "# What a Cloud Run service, job or worker pool can be given\n\n\
         <!-- Written by tests/index.rs from src/model/workload/attribute/table.rs. -->\n\n\
         Everything that seaworthy reads about a workload, and where: in a manifest, as a flag of gcloud, and in\n\
         Terraform. Of several places the first one that is set counts. `{task}` is the `spec` or block that lists the\n\
         containers: `spec.template.spec` in the manifest of a service, `template` in Terraform, one `template` deeper for\n\
         a job, and `template.spec` for `google_cloud_run_service`, which also has the annotations of the manifest. A name\n\
         in brackets is the last key. Images, names and environment variables are read as well.\n",
    );
    let holders = [
        (Holder::Workload, "The whole service, job or worker pool"),
        (Holder::Container, "Each container (paths begin at the container)"),
        (Holder::Probe, "Each health check (paths begin at the check; flags are keys of its flag)"),
    ];
    for (holder, title) in holders {
        let _ = write!(
            text,
            "\n## {title}\n\n| attribute | kinds | default | accepted | manifest | gcloud | Terraform | \
             `google_cloud_run_service` |\n|---|---|---|---|---|---|---|---|\n"
        );
        let rows = ATTRIBUTES.iter().filter(|row| row.holder == holder && !row.kinds.is_empty());
        rows.for_each(|row| text.push_str(&attribute_row(row)));
    }
    text.push_str(
        "\n## Functions\n\n| attribute | `gcloud functions deploy` | `google_cloudfunctions2_function` | \
         `google_cloudfunctions_function` |\n|---|---|---|---|\n",
    );
    for row in ATTRIBUTES.iter().filter(|row| row.is_of(WorkloadKind::Function)) {
        let cell = |place: &str| if place.is_empty() { String::new() } else { format!("`{place}`") };
        let flags: Vec<String> = row.function.flags.iter().map(|flag| cell(flag)).collect();
        let cells = [row.name.to_owned(), flags.join("<br>"), cell(row.function.second), cell(row.function.first)];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    expect_file!["../docs/attributes.md"].assert_eq(&text);
}

/// The value of a key of the front matter, read without the program so that a broken index can't hide anything.
fn front<'a>(page: &'a str, key: &str) -> &'a str {
    let front = page.split("\n---\n").next().unwrap_or_default();
    front
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
        .unwrap_or_default()
        .split(" #")
        .next()
        .unwrap_or_default()
        // A summary that begins with a backquote is quoted in YAML.
        .trim_matches('"')
}

fn table(link: &str) -> String {
    let mut text = String::from("| rule | what it finds | severity | surfaces | fix |\n|---|---|---|---|---|\n");
    let mut concern = String::new();
    for entry in entries() {
        if entry.concern != concern {
            concern.clone_from(&entry.concern);
            let _ = writeln!(text, "| **{concern}** | | | | |");
        }
        let severity = front(&entry.page, "severity");
        let profile = if front(&entry.page, "profile") == "strict" { ", strict" } else { "" };
        let surfaces = front(&entry.page, "surfaces").trim_matches(['[', ']']);
        let _ = writeln!(
            text,
            "| [`{id}`]({link}rules/{concern}/{id}.md) | {} | {severity}{profile} | {surfaces} | {} |",
            front(&entry.page, "summary"),
            front(&entry.page, "fix"),
            id = entry.id,
        );
    }
    text
}

#[test]
fn the_table_in_the_docs_is_current() {
    let text = format!("# The rules\n\nWritten by `tests/index.rs` from the pages in `rules/`.\n\n{}", table("../"));
    expect_file!["../docs/rules.md"].assert_eq(&text);
}

/// One test for both parts, because each rewrites the whole file.
#[test]
fn the_readme_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    let with_table = between(&readme, "<!-- rules -->\n", "<!-- /rules -->", |_| table(""));
    let text = between(&with_table, "<!-- output -->\n", "<!-- /output -->", |block| {
        let command = block.lines().nth(1).and_then(|line| line.strip_prefix("$ seaworthy ")).expect("a command");
        format!("```console\n$ seaworthy {command}\n{}\n```\n", output(root, command))
    });
    expect_file!["../README.md"].assert_eq(&text);
}

/// A text with a new part between two marks.
fn between(text: &str, open: &str, close: &str, make: impl Fn(&str) -> String) -> String {
    let (before, rest) = text.split_once(open).expect("README.md marks where the part begins");
    let (part, after) = rest.split_once(close).expect("README.md marks where the part ends");
    format!("{before}{open}{}{close}{after}", make(part))
}

/// The output of the program.
fn output(root: &Path, command: &str) -> String {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_seaworthy"));
    for name in ["CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "COLUMNS"] {
        program.env_remove(name);
    }
    let output = program.current_dir(root).args(command.split(' ')).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_words_that_tell_an_environment_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let page = fs::read_to_string(&path).expect("docs/configuration.md");
    let row = |environment: &Environment| {
        let cell = |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let [any, first, top] = environment.words().map(cell);
        if *environment == Environment::Documentation {
            return format!(
                "| {environment} | Markdown, and `.txt` files with instructions, in any other folder |  |  |\n"
            );
        }
        format!("| {environment} | {any} | {first} | {top} |\n")
    };
    let rows: String = Environment::ALL.iter().map(row).collect();
    let table =
        format!("| environment | any folder | one of the first four | near the top |\n|---|---|---|---|\n{rows}");
    let text = between(&page, "<!-- purposes -->\n", "<!-- /purposes -->", |_| table.clone());
    expect_file![path].assert_eq(&text);
}
