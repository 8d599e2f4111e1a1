//! Checks that modules import only the modules before them, and that packages are used only in their files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with the modules that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("spelling", &[]),
    ("visible", &[]),
    ("span", &[]),
    ("budget", &[]),
    ("source", &["span"]),
    ("syntax", &["span", "source"]),
    ("known", &[]),
    ("model", &["span", "source", "syntax", "known"]),
    ("read", &["budget", "span", "source", "syntax", "known", "model"]),
    ("link", &["span", "source", "syntax", "known", "model", "read"]),
    ("finding", &["visible", "span", "source"]),
    ("catalogue", &["span", "model", "finding"]),
    // `source` only for the placeholder of unknown parts, the tree of paths and source ids.
    ("rules", &["spelling", "span", "source", "model", "finding", "catalogue"]),
    // `source` only for paths.
    ("config", &["spelling", "source", "model", "finding", "catalogue", "rules"]),
    ("suppress", &["span", "source", "model", "finding", "catalogue", "rules", "config"]),
    (
        "engine",
        &[
            "visible",
            "config",
            "suppress",
            "span",
            "source",
            "syntax",
            "model",
            "read",
            "link",
            "finding",
            "catalogue",
            "rules",
        ],
    ),
    (
        "report",
        &["visible", "config", "suppress", "span", "source", "finding", "catalogue", "rules", "engine", "model"],
    ),
    ("walk", &["source", "config"]),
    (
        "lsp",
        &[
            "visible",
            "span",
            "source",
            "model",
            "finding",
            "catalogue",
            "rules",
            "config",
            "suppress",
            "engine",
            "walk",
        ],
    ),
    (
        "cli",
        &[
            "visible",
            "span",
            "model",
            "config",
            "suppress",
            "spelling",
            "source",
            "finding",
            "catalogue",
            "rules",
            "engine",
            "report",
            "walk",
            "lsp",
        ],
    ),
];

/// Packages that may be used only in these files.
const CORNERS: &[(&str, &[&str])] = &[
    ("miette", &["report/terminal.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/man.rs"]),
    ("indicatif", &["cli/phases.rs"]),
    ("hcl_edit", &["syntax/hcl/"]),
    ("granit_parser", &["syntax/yaml/"]),
    ("parse_dockerfile", &["syntax/dockerfile/"]),
    ("cel", &["catalogue/policy.rs"]),
    ("github_actions_expressions", &["syntax/expression.rs"]),
    ("similar", &["cli/fix.rs", "lsp/actions.rs"]),
    // Whatever is written to a stream is guarded there; the protocol of the language server is JSON.
    ("io::stdout()", &["cli/streams.rs", "lsp/mod.rs"]),
    ("io::stderr()", &["cli/streams.rs", "lsp/mod.rs"]),
    ("gen_lsp_types", &["lsp/"]),
    ("lsp_server", &["lsp/"]),
    ("crossbeam_channel", &["lsp/"]),
    ("rpds", &["read/variables.rs", "read/workflow/contexts.rs"]),
    ("url", &["lsp/uri.rs"]),
    ("rustix", &["lsp/mod.rs", "walk/file.rs"]),
    ("tempfile", &["walk/file.rs"]),
    ("rayon", &["engine/", "walk/", "suppress/fingerprint.rs", "lsp/folder.rs"]),
    ("gix", &["walk/history.rs"]),
    ("quick_xml", &["report/xml.rs"]),
    ("textwrap", &["cli/page.rs"]),
    ("toml", &["config/read.rs", "read/manifest/python.rs"]),
    ("serde_saphyr", &["catalogue/page.rs"]),
    ("std::fs", &["walk/"]),
    ("std::env", &["cli/"]),
    ("std::net", &[]),
    ("std::process", &["cli/", "lsp/", "walk/"]),
    ("SystemTime", &["walk/day.rs"]),
    ("Instant", &["cli/", "lsp/"]),
    ("std::io", &["walk/", "cli/", "report/", "lsp/"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the source folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let name = |path: &Path| path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
    files(&root).iter().map(|path| (name(path), fs::read_to_string(path).expect("UTF-8"))).collect()
}

/// The code of a file before its unit tests, without comments.
fn code(text: &str) -> String {
    let (body, tests) = text.split_once("#[cfg(test)]\nmod tests").unwrap_or((text, ""));
    // Otherwise code after the tests would not be looked at.
    assert!(tests.lines().filter(|line| *line == "}").count() <= 1, "the tests are the last item of a file");
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn word_after<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(prefix)
        .skip(1)
        .map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default())
}

#[test]
fn modules_import_only_the_modules_they_may_use() {
    for (name, text) in sources() {
        let module = name.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let (_, allowed) =
            LAYERS.iter().find(|(layer, _)| *layer == module).unwrap_or_else(|| panic!("{module} is in no layer"));
        let text = code(&text);
        for used in word_after(&text, "crate::") {
            assert!(used == module || allowed.contains(&used), "src/{name} uses crate::{used}");
        }
        // Other ways to reach a layer.
        assert!(!text.contains("use crate as"), "src/{name} renames the crate");
        let depth = name.matches('/').count() + usize::from(!name.ends_with("/mod.rs"));
        let to_the_top = "super::".repeat(depth);
        assert!(depth == 0 || !text.contains(&to_the_top), "src/{name} reaches the top by `{to_the_top}`");
        for group in ["use std::{", "use crate::{"] {
            assert!(!text.contains(group), "src/{name} groups imports, which hides what it uses");
        }
    }
}

#[test]
fn packages_are_used_only_in_their_files() {
    for (name, text) in sources() {
        let text = code(&text);
        for (package, corners) in CORNERS {
            let uses = text.contains(&format!("{package}::"))
                || text.contains(&format!("use {package}"))
                || package.ends_with(')') && text.contains(package);
            let is_its = corners.iter().any(|corner| name.starts_with(corner));
            assert!(!uses || is_its || name == "main.rs", "src/{name} uses {package}");
        }
    }
}

#[test]
fn files_have_a_module_comment_and_a_limited_length() {
    for (name, text) in sources() {
        assert!(text.starts_with("//!"), "src/{name} does not begin with a module comment");
        assert!(!text.contains("unsafe "), "src/{name}");
        let lines = code(&text).lines().count();
        let most = match name.as_str() {
            // The length of a table depends on the number of its rows.
            _ if name.ends_with("table.rs") => 1500,
            _ if name.starts_with("rules/") && !name.ends_with("mod.rs") => 130,
            _ => 620,
        };
        assert!(lines <= most, "src/{name} has {lines} lines");
    }
}
