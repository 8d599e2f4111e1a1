//! A run with a memory gives the same report as a run without one, whatever was changed before it.

mod support;

use seaworthy::catalogue::Profile;
use seaworthy::config::{self, Found};
use seaworthy::engine::{Memory, analyse};
use seaworthy::report::json;
use seaworthy::source::Source;
use seaworthy::{Config, lint};
use std::path::Path;
use support::{Random, repositories};

/// Texts that are added or replace files, one in each notation.
const TEXTS: &[(&str, &str)] = &[
    ("0/Dockerfile", "FROM node\nUSER root\nCOPY . .\nCMD npm start\n"),
    (
        "0/service.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      \
containers:\n        - image: a.pkg.dev/b/c:latest\n",
    ),
    (
        "0/cloudbuild.yaml",
        "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, --build-arg, TOKEN=$_TOKEN, -t, web, 0]\n",
    ),
    (
        "0/main.tf",
        "module \"x\" {\n  source = \"../infra\"\n  name = \"x\"\n}\nresource \"google_sql_database_instance\" \"a\" {\n}\n",
    ),
    ("0/deploy.sh", "gcloud run deploy web --image=web --allow-unauthenticated --set-env-vars=API_KEY=abc123def456\n"),
    ("0/requirements.txt", "flask\nrequests>=2\n"),
    ("zz/.dockerignore", "**\n"),
    ("Dockerfile", "FROM a AS b\nRUN apt-get update && apt-get install -y curl\nFROM b\n"),
    ("main.tf", "this is { not Terraform"),
    ("service.yaml", "a: [b\n"),
];

const SETTINGS: &[&str] = &[
    "",
    "[rules]\nlatest-tag = \"error\"\nroot-user = \"off\"\n",
    "[rules.missing-max-instances]\nmax = 3\n",
    "[[overrides]]\npaths = [\"0/**\"]\nrules = { unpinned-base-image = \"error\" }\n",
];

fn config(random: &mut Random) -> Config {
    let text = SETTINGS[random.below(SETTINGS.len())];
    let found = [Found { folder: String::new(), path: "seaworthy.toml".to_owned() }];
    let found = if text.is_empty() { &found[..0] } else { &found[..] };
    let (cascade, problems) = config::load(found, "", &|_| Ok(text.to_owned()));
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
    let profile = [None, Some(Profile::Strict), Some(Profile::Recommended)][random.below(3)];
    let select = if random.below(6) == 0 { vec!["latest-tag".to_owned()] } else { Vec::new() };
    Config { cascade, profile, select, has_ignores: random.below(5) > 0, ..Config::default() }
}

/// Inserts a text at a random offset of another, and sometimes cuts off the rest.
fn edited(random: &mut Random, text: &str) -> String {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let rest = if random.below(4) == 0 { "" } else { &text[at..] };
    let inserted = ["\n", "#", "\"", "latest", "USER root\n", "${var.x}", "  ", "- a\n"][random.below(8)];
    format!("{}{inserted}{rest}", &text[..at])
}

fn session(folder: &Path, steps: usize) {
    let repository = folder.file_name().expect("a fixture has a name").to_string_lossy();
    let original = seaworthy::walk::read(&seaworthy::walk::Request { root: folder.to_owned(), named: Vec::new() });
    let mut sources = original.clone();
    let mut random = Random(repository.bytes().map(u64::from).sum());
    let mut memory = Memory::default();
    let mut settings = config(&mut random);
    for step in 0..steps {
        let paths: Vec<String> = sources.iter().map(|(_, source)| source.path.to_string()).collect();
        let path = paths.get(random.below(paths.len())).cloned();
        let text = |path: &str| sources.find(path).map(|id| sources.get(id).text.clone()).unwrap_or_default();
        match (random.below(12), path) {
            (0, Some(path)) => sources.remove(&path),
            (1 | 2, _) => {
                let (path, text) = TEXTS[random.below(TEXTS.len())];
                sources.put(Source::new(path, text));
            }
            (3, _) => settings = config(&mut random),
            // A walk reads all files again; its ids may be new or those of the last walk.
            (4, _) => sources = original.clone().numbered_like(&sources),
            (5, _) => sources = original.clone(),
            (6, Some(path)) => {
                let copy = Source::new(format!("copy/{path}"), text(&path));
                sources.put(copy);
            }
            (_, Some(path)) => {
                let text = edited(&mut random, &text(&path));
                sources.put(Source::new(path, text));
            }
            (_, None) => sources = original.clone(),
        }
        let kept = analyse(&sources, &settings, &mut memory).report;
        let fresh = lint(&sources, &settings);
        let shown = |report| serde_json::to_string_pretty(&json::document(report, &sources, true)).expect("JSON");
        assert_eq!(shown(&kept), shown(&fresh), "{repository}, step {step}");
    }
}

#[test]
fn a_memory_never_changes_the_report() {
    for folder in repositories() {
        session(&folder, 120);
    }
}
