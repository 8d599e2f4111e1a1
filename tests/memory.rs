//! A run with a memory gives the same report as a run without one, whatever was changed before it.

mod support;

use seaworthy::catalogue::Profile;
use seaworthy::config::{self, Cascade, Found};
use seaworthy::engine::{Memory, analyse};
use seaworthy::finding::RuleId;
use seaworthy::report::json;
use seaworthy::source::{Notation, Source, Sources, Tree, Unread, UnreadReason};
use seaworthy::suppress::{Baseline, By};
use seaworthy::{Config, Report, lint};
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
    (
        "docker-compose.yml",
        "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n    environment: {POSTGRES_PASSWORD: abc123def456}\n  \
web:\n    build: {context: 0, target: a}\n    depends_on: [db]\n",
    ),
    (
        "0/compose.prod.yaml",
        "services:\n  web:\n    build: {context: ., dockerfile: Dockerfile.web}\n    container_name: a\n    scale: 2\n",
    ),
    ("0/Dockerfile.web", "FROM node:22\n"),
    (
        "0/Makefile",
        "TAG ?= latest\nTOKEN = abc123def456\nbuild:\n\tdocker build -t web --build-arg TOKEN=$(TOKEN) .\ndeploy: build\n\tgcloud run deploy web --image=web:$(TAG)\n",
    ),
    (
        "justfile",
        "i := 'gcr.io/a/web'\ndeploy tag:\n  docker build -t {{i}} 0\n  gcloud run deploy web --image={{i}}\n",
    ),
    (
        "Taskfile.yml",
        "version: '3'\nvars: {R: eu}\ntasks:\n  up: {dir: '0', cmds: [docker compose up -d, 'gcloud run deploy web --region={{.R}}']}\n",
    ),
    ("up.sh", "ssh a@b 'docker compose up -d'\n"),
    ("0/requirements.txt", "flask\nrequests>=2\n"),
    (
        "0/k8s.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {}\n  template:\n    spec:\n      containers:\n      - image: gcr.io/a/web:latest\n---\nkind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nimages:\n- name: gcr.io/a/web\nreplicas:\n- name: web\n",
    ),
    (
        "0/README.md",
        "```sh\ngcloud run deploy web --image=gcr.io/PROJECT/web --max-instances=3 --allow-unauthenticated\ndocker build -t gcr.io/a/web 0\n```\n\n```dockerfile\nFROM node:latest\n```\n",
    ),
    ("0/.env", "DB_PASSWORD=Tr0ub4dor-7\n"),
    ("0/terraform.tfvars", "name = \"x\"\nmax = 5000\n"),
    ("0/.terraform.lock.hcl", ""),
    ("0/package.json", "{\"scripts\": {\"a\": \"b\"}, \"dependencies\": {\"express\": \"^5.1.0\"}}"),
    ("0/package-lock.json", "{\"packages\": {\"node_modules/express\": {\"version\": \"4.0.0\"}}}"),
    ("0/pyproject.toml", "[project]\nname = \"x\"\ndependencies = [\"flask>=3\"]\n"),
    ("0/uv.lock", "[[package]]\nname = \"flask\"\n"),
    (
        "0/node.Dockerfile",
        "FROM node:16\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci && npm run build\nCMD [\"npm\", \"start\"]\n",
    ),
    ("0/python.Dockerfile", "FROM python:3.8\nCOPY . .\nRUN uv sync\n"),
    ("zz/.dockerignore", "**\n"),
    ("Dockerfile", "FROM a AS b\nRUN apt-get update && apt-get install -y curl\nFROM b\n"),
    ("main.tf", "this is { not Terraform"),
    ("service.yaml", "a: [b\n"),
];

const SETTINGS: &[&str] = &[
    "",
    "[environments]\ntest = [\"0/\", \"Dockerfile\"]\n",
    "[environments]\nproduction = [\"*\"]\n",
    "[rules]\nlatest-tag = \"off\"\n[[overrides]]\npaths = [\"copy/\"]\nprofile = \"strict\"\nrules = { latest-tag = \"on\" }\n",
    "[rules]\nlatest-tag = \"error\"\nroot-user = \"off\"\n",
    "[rules.missing-max-instances]\nmax = 3\n",
    "[[overrides]]\npaths = [\"0/**\"]\nrules = { unpinned-base-image = \"error\" }\n",
];

/// The configuration of a root with this `seaworthy.toml`; none if the text is empty.
fn cascade(text: &str) -> Cascade {
    let found = [Found { folder: String::new(), path: "seaworthy.toml".to_owned() }];
    let found = if text.is_empty() { &found[..0] } else { &found[..] };
    let (cascade, problems) = config::load(found, "", &|_| Ok(text.to_owned()));
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
    cascade
}

fn config(random: &mut Random) -> Config {
    let cascade = cascade(SETTINGS[random.below(SETTINGS.len())]);
    let profile = [None, Some(Profile::Strict), Some(Profile::Recommended)][random.below(3)];
    let named = |is_named: bool| if is_named { vec![RuleId::of("latest-tag")] } else { Vec::new() };
    let (select, ignore) = (named(random.below(6) == 0), named(random.below(6) == 0));
    let today = [None, Some("2026-11-21".to_owned())][random.below(2)].clone();
    Config { cascade, profile, select, ignore, today, has_ignores: random.below(5) > 0, ..Config::default() }
}

/// Inserts a text at a random offset of another, and sometimes cuts off the rest.
fn edited(random: &mut Random, text: &str) -> String {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let rest = if random.below(4) == 0 { "" } else { &text[at..] };
    if random.below(3) == 0
        && let Some(next) = text[at..].chars().next()
    {
        // Another character of the same length, so that no offset changes.
        let other = ["x", "1", "#", " ", "\""][random.below(5)].repeat(next.len_utf8());
        return format!("{}{other}{}", &text[..at], &text[at + next.len_utf8()..]);
    }
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
        match (random.below(16), path) {
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
            // A path that is not read may satisfy a `COPY`.
            (7, Some(path)) => sources.tree.extend([format!("{path}.txt").as_str(), "src/app.py"]),
            (8, Some(path)) => {
                let mut bytes = text(&path).as_bytes().to_vec();
                let at = random.below(bytes.len() + 1);
                bytes.insert(at, 0xe9);
                sources.put(Source::from_bytes(path, bytes));
            }
            (9, Some(path)) => {
                let mut source = Source::new(path.as_str(), text(&path));
                source.notation =
                    [Notation::Dockerfile, Notation::Yaml, Notation::Shell, Notation::Other][random.below(4)];
                sources.put(source);
            }
            (_, Some(path)) => {
                let text = edited(&mut random, &text(&path));
                sources.put(Source::new(path, text));
            }
            (_, None) => sources = original.clone(),
        }
        let kept = analyse(&sources, &settings, &mut memory).report;
        let fresh = lint(&sources, &settings);
        assert_eq!(shown(&kept, &sources), shown(&fresh, &sources), "{repository}, step {step}");
    }
}

fn shown(report: &Report, sources: &Sources) -> String {
    serde_json::to_string_pretty(&json::document(report, sources, true)).expect("JSON")
}

#[test]
fn a_memory_never_changes_the_report() {
    for folder in repositories() {
        session(&folder, 120);
    }
}

/// The inputs of a run.
#[derive(Clone)]
struct Run {
    sources: Sources,
    config: Config,
}

/// Checks that a change of the inputs, and its reversal, give the reports of fresh runs, which must differ: a change
/// that matters in no report proves nothing.
fn notices(what: &str, files: &[(&str, &str)], change: impl Fn(&mut Run)) {
    let settings = Config { profile: Some(Profile::Strict), ..Config::default() };
    notices_after(what, &Run { sources: Sources::from_texts(files.iter().copied()), config: settings }, change);
}

fn notices_after(what: &str, before: &Run, change: impl Fn(&mut Run)) {
    let mut after = before.clone();
    change(&mut after);
    let fresh = |run: &Run| shown(&lint(&run.sources, &run.config), &run.sources);
    assert!(fresh(before) != fresh(&after), "{what}: the reports are the same");
    for order in [[before, &after, before], [&after, before, &after]] {
        let mut memory = Memory::default();
        for (step, run) in order.into_iter().enumerate() {
            let kept = shown(&analyse(&run.sources, &run.config, &mut memory).report, &run.sources);
            assert_eq!(kept, fresh(run), "{what}, step {step}");
        }
    }
}

/// A change that replaces a part of a text by another.
fn edit(path: &'static str, from: &'static str, to: &'static str) -> impl Fn(&mut Run) {
    move |run| {
        let id = run.sources.find(path).expect("the file is there");
        let text = run.sources.get(id).text.clone();
        assert!(text.contains(from), "{path} has no {from:?}");
        run.sources.put(Source::new(path, text.replacen(from, to, 1)));
    }
}

/// A change that adds a file or replaces its text.
fn put(path: &'static str, text: &'static str) -> impl Fn(&mut Run) {
    move |run| run.sources.put(Source::new(path, text))
}

/// A change that adds a path whose file is not read.
fn path(path: &'static str) -> impl Fn(&mut Run) {
    move |run| run.sources.tree.extend([path])
}

fn configured(text: &'static str) -> impl Fn(&mut Run) {
    move |run| run.config.cascade = cascade(text)
}

const DOCKERFILE: &str = "FROM node:latest\nRUN apt-get update && apt-get install -y curl\nCMD [\"node\", \"a.js\"]\n";
const SERVICE: &str = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    \
                       spec:\n      timeoutSeconds: 300\n      containers:\n        - image: a.pkg.dev/b/c/d:1\n";
const BUILD: &str = "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -f, api/Dockerfile, api]\n";

#[test]
fn a_memory_notices_every_setting_of_a_run() {
    let files = &[("Dockerfile", DOCKERFILE), ("b/Dockerfile", DOCKERFILE), ("main.sh", "curl -k https://x.y | sh\n")];
    notices("profile", files, |run| run.config.profile = Some(Profile::Recommended));
    notices("no profile", files, |run| run.config.profile = None);
    notices("select", files, |run| run.config.select = vec![RuleId::of("latest-tag")]);
    notices("ignore", files, |run| run.config.ignore = vec![RuleId::of("latest-tag")]);
    notices("severity", files, configured("[rules]\nlatest-tag = \"error\"\n"));
    notices("off", files, configured("[rules]\nlatest-tag = \"off\"\n"));
    notices("an override", files, configured("[[overrides]]\npaths = [\"b/\"]\nrules = { root-user = \"info\" }\n"));
    notices("environments", files, configured("[environments]\ntest = [\"b/\"]\n"));
    let service = &[("service.yaml", SERVICE)];
    notices("an option", service, configured("[rules]\nmissing-max-instances = { severity = \"error\" }\n"));
    let limited = SERVICE.replace(
        "    spec:\n",
        "    metadata:\n      annotations:\n        autoscaling.knative.dev/maxScale: \"50\"\n    spec:\n",
    );
    notices("an option", &[("service.yaml", &limited)], configured("[rules]\nmissing-max-instances = { max = 10 }\n"));
    let ignored = &[("Dockerfile", "# seaworthy: ignore[latest-tag] until=2027-01-31 -- why\nFROM node:latest\n")];
    notices("no ignores", ignored, |run| run.config.has_ignores = false);
    notices("the date", ignored, |run| run.config.today = Some("2027-02-01".to_owned()));
    notices("a lock", ignored, configured("[suppressions]\nunignorable = [\"latest-tag\"]\n"));
    notices("a baseline", files, |run| {
        let report = lint(&run.sources, &run.config);
        let known = Baseline::of(report.findings.iter().map(|finding| &**finding), &run.sources, "");
        run.config.baselines = vec![(By::Baseline, known)];
    });
    notices("the root", files, |run| run.config.cascade = config::load(&[], "services", &|_| Ok(String::new())).0);
}

#[test]
fn a_memory_notices_that_other_rules_run_and_that_environments_differ() {
    let off = "[rules]\nlatest-tag = \"off\"\nroot-user = \"off\"\n[[overrides]]\npaths = [\"b/\"]\nrules = { latest-tag = \"on\", root-user = \"on\" }\n";
    let with = |text: &str| Run {
        sources: Sources::from_texts([("a/Dockerfile", DOCKERFILE)]),
        config: Config { cascade: cascade(text), ..Config::default() },
    };
    notices_after("a rule that runs only for the new file", &with(off), put("b/Dockerfile", DOCKERFILE));
    notices_after("an extended selection", &with(off), |run| {
        run.config.extend_select = vec![RuleId::of("latest-tag")];
    });
    let production = with("[environments]\nproduction = [\"a/\"]\n");
    notices_after("an environment", &production, configured("[environments]\nexample = [\"a/\"]\n"));
    notices_after("no configuration", &with("[environments]\nexample = [\"a/\"]\n"), configured(""));
}

#[test]
fn a_memory_notices_edits_that_change_no_offset() {
    let every = |path: &'static str, text: &str, from: &'static str, to: &'static str| {
        assert_eq!(from.len(), to.len());
        notices(path, &[(path, text)], edit(path, from, to));
    };
    every("Dockerfile", DOCKERFILE, "latest", "24.1.0");
    every("service.yaml", SERVICE, "timeoutSeconds", "xxmeoutSeconds");
    every("service.yaml", SERVICE, "kind: Service", "kind: Servine");
    every("service.yaml", SERVICE, "serving.knative.dev/v1", "serving.knative.xxx/v1");
    every("cloudbuild.yaml", "steps:\n  - name: ubuntu\n    wait_for: ['-']\n", "wait_for", "waitFory");
    every("main.tf", "resource \"google_sql_database_instance\" \"a\" {\n  settings {}\n}\n", "\"a\"", "\"b\"");
    every("variables.tf.json", "{\"resource\": {\"google_storage_bucket\": {\"b\": {}}}}", "storage", "sturage");
    every("deploy.sh", "gcloud run deploy web --image=a/b:1 --region=x\n", "deploy web", "deploy api");
    every("requirements.txt", "flask>=2.0.0\n", ">=", "==");
    // The findings stay the same; their fingerprints don't, because the stage has another name.
    let stage = "FROM node:24.1.0 AS one\nRUN apt-get update && apt-get install -y curl\n";
    every("Dockerfile", stage, "one", "two");
    every("Dockerfile", "FROM node AS one\nUSER node\n", "one", "two");
    every("deploy.sh", "if one; then\n  curl https://x.y | sh\nfi\n", "one", "two");
    let comment = "# seaworthy: ignore[latest-tag] -- why\nFROM node:latest\n";
    every("Dockerfile", comment, "-- why", "-- hmm");
    every("Dockerfile", comment, "seaworthy", "xeaworthy");
}

#[test]
fn a_memory_notices_calls_of_task_runners() {
    let makefile = "TAG ?= latest\ndeploy:\n\tgcloud run deploy web --image=a/b:$(TAG)\n";
    let call = edit("ci.sh", "make deploy", "make deploy TAG=1");
    notices("a call of make", &[("Makefile", makefile), ("ci.sh", "make deploy\n")], call);
    let call = edit("ci.sh", "export X=1", "export TAG=1");
    notices("the environment of make", &[("Makefile", makefile), ("ci.sh", "export X=1\nmake deploy\n")], call);
    let justfile = "tag := 'latest'\ndeploy:\n  gcloud run deploy web --image=a/b:{{tag}}\n";
    let call = edit("ci.sh", "just deploy", "just tag=1 deploy");
    notices("a call of just", &[("justfile", justfile), ("ci.sh", "just deploy\n")], call);
}

#[test]
fn a_memory_notices_damage_and_another_notation() {
    let damaged =
        |path: &'static str| move |run: &mut Run| run.sources.put(Source::from_bytes(path, b"# caf\xe9\n".to_vec()));
    notices("a damaged module", &[("main.tf", "# caf?\n")], damaged("main.tf"));
    let dockerfile = b"FROM node:latest\n# caf\xe9\nUSER node\n".to_vec();
    notices("a damaged Dockerfile", &[("Dockerfile", "FROM node:latest\n# caf?\nUSER node\n")], |run| {
        run.sources.put(Source::from_bytes("Dockerfile", dockerfile.clone()));
    });
    let named = |notation: Notation| {
        move |run: &mut Run| {
            let text = run.sources.get(run.sources.find("image.build").expect("it is there")).text.clone();
            let mut source = Source::new("image.build", text);
            source.notation = notation;
            run.sources.put(source);
        }
    };
    let script = "FROM node:latest\ngcloud run deploy web --image=a/b:latest\n";
    notices("a named Dockerfile", &[("image.build", script)], named(Notation::Dockerfile));
    notices("a named script", &[("image.build", script)], named(Notation::Shell));
    let mut run = Run { sources: Sources::from_texts([("image.build", script)]), config: Config::default() };
    named(Notation::Dockerfile)(&mut run);
    notices_after("another notation", &run, named(Notation::Shell));
    notices("an unreadable file", &[("Dockerfile", DOCKERFILE)], |run| {
        run.sources.unread.push(Unread { path: "a/main.tf".into(), reason: UnreadReason::Binary });
    });
}

#[test]
fn a_memory_notices_paths_that_copies_and_builds_find() {
    let copy = "FROM node:24.1.0\nCOPY app.js server.js /\nUSER node\n";
    let files = &[("api/Dockerfile", copy), ("cloudbuild.yaml", BUILD)];
    notices("a path for a copy", files, path("api/app.js"));
    notices("a file for a copy", files, put("api/app.js", ""));
    notices("a folder that is not listed", files, |run| run.sources.tree.close("api/app.js"));
    notices("the context of a build", files, edit("cloudbuild.yaml", "Dockerfile, api]", "Dockerfile, xyz]"));
    notices("the Dockerfile of a build", &[("cloudbuild.yaml", BUILD)], put("api/Dockerfile", copy));
    notices("a build", &[("api/Dockerfile", copy), ("app.js", ""), ("server.js", "")], put("cloudbuild.yaml", BUILD));
    let found = &[("api/Dockerfile", copy), ("cloudbuild.yaml", BUILD), ("api/app.js", ""), ("api/server.js", "")];
    notices("an ignore list", found, put("api/.dockerignore", "*.js\n"));
    let listed = &[&found[..], &[("api/.dockerignore", "*.js\n")]].concat();
    notices("an edit of an ignore list", listed, edit("api/.dockerignore", "*.js", "*.ts"));
    let submitted = &[&found[..], &[(".gcloudignore", "*.js\n"), ("deploy.sh", "")]].concat();
    notices("a submission", submitted, put("deploy.sh", "gcloud builds submit --config=cloudbuild.yaml .\n"));
    // A walk after a file was deleted.
    let walked = |run: &mut Run| {
        let kept = files.iter().map(|(path, text)| Source::new(*path, *text)).collect();
        run.sources = Sources::new(kept, Tree::default(), Vec::new()).numbered_like(&run.sources);
    };
    notices("deleted files", found, walked);
}

#[test]
fn a_memory_notices_arguments_of_builds_and_services_of_other_files() {
    let from = "ARG BASE=node:latest\nFROM $BASE\nUSER node\n";
    let files = &[("api/Dockerfile", from), ("cloudbuild.yaml", BUILD)];
    notices("a build argument", files, edit("cloudbuild.yaml", "[build,", "[build, --build-arg, BASE=$_BASE,"));
    let with = BUILD.replace("[build,", "[build, --build-arg, BASE=$_BASE,");
    let given = &[("api/Dockerfile", from), ("cloudbuild.yaml", with.as_str())];
    notices("the name of a build argument", given, edit("cloudbuild.yaml", "BASE=$_BASE", "XASE=$_BASE"));
    let secret = &[("api/Dockerfile", "FROM node:24.1.0\nARG TOKEN\nUSER node\n"), ("cloudbuild.yaml", BUILD)];
    notices(
        "a secret build argument",
        secret,
        edit("cloudbuild.yaml", "[build,", "[build, --build-arg, TOKEN=$_TOKEN,"),
    );
    let open = BUILD.replace("Dockerfile, api]", "Dockerfile, $_FOLDER]");
    let copies = &[("api/Dockerfile", "FROM node:24.1.0\nCOPY a /\n"), ("cloudbuild.yaml", open.as_str())];
    notices("the place of a build", copies, edit("cloudbuild.yaml", "steps:", "# A comment.\nsteps:"));
    let deployed = &[("deploy.sh", "gcloud run deploy web --image=a.pkg.dev/b/c/d:1 --region=europe-west1\n")];
    notices("a service of another file", deployed, put("service.yaml", SERVICE));
    let both = &[deployed[0], ("service.yaml", SERVICE)];
    notices("the name of that service", both, edit("service.yaml", "name: web", "name: api"));
    let substitution = &[
        ("cloudbuild.yaml", "steps:\n  - name: ubuntu:$_TAG\n    args: [a]\nsubstitutions:\n  _A: a\ntimeout: 60s\n"),
        ("deploy.sh", ""),
    ];
    notices(
        "a substitution that a command gives",
        substitution,
        put("deploy.sh", "gcloud builds submit --config=cloudbuild.yaml --substitutions=_TAG=24.04 .\n"),
    );
}

#[test]
fn a_memory_notices_neighbours_of_a_module() {
    let service = "resource \"google_cloud_run_v2_service\" \"web\" {\n  name = \"web\"\n  template {\n    scaling {\n      \
                   max_instance_count = var.max\n    }\n    containers {\n      image = \"a.pkg.dev/b/c/d:1\"\n    }\n  }\n}\n\
                   provider \"google\" {}\n";
    let variable = "variable \"max\" {\n  default = 10\n}\n";
    let files = &[("infra/main.tf", service), ("infra/variables.tf", variable)];
    notices("a default of another file", files, edit("infra/variables.tf", "10", "99999"));
    notices("values", files, put("infra/terraform.tfvars", "max = 5000\n"));
    notices("values below the module", files, put("infra/envs/prod.tfvars", "max = 5000\n"));
    let valued = &[&files[..], &[("infra/terraform.tfvars", "max = 5000\n")]].concat();
    notices("an edit of values", valued, edit("infra/terraform.tfvars", "5000", "0005"));
    notices("a removed neighbour", valued, |run| run.sources.remove("infra/terraform.tfvars"));
    notices("a module beside the values", valued, |run| run.sources.remove("infra/main.tf"));
    let call = "module \"web\" {\n  source = \"./infra\"\n  max = 7\n}\n";
    notices("a caller", files, put("main.tf", call));
    let called = &[&files[..], &[("main.tf", call)]].concat();
    notices("an argument of a caller", called, edit("main.tf", "max = 7", "mix = 7"));
    notices("a lock file", files, path("infra/.terraform.lock.hcl"));
    notices("a generated backend", files, path("infra/terragrunt.hcl"));
}
