//! What stays known across edits: a baseline is made of one state of a repository and applied to the next.

use seaworthy::catalogue::Profile;
use seaworthy::source::Sources;
use seaworthy::suppress::{Baseline, By};
use seaworthy::{Config, lint};

/// The file, the text to replace (empty: the file is renamed or new), and the text in its place.
type Edit<'a> = (&'a str, &'a str, &'a str);

const FILES: &[(&str, &str)] = &[
    (
        "api/Dockerfile",
        "FROM python:3.7-alpine AS build\nRUN pip install flask gunicorn\nRUN apk add --update curl=8.1.0\nFROM python:3.7-alpine\nARG MODE=fast\nRUN apt-get update && apt-get install -y git=2.1\nCOPY --from=build /app /app\nCOPY . .\nCMD python main.py --workers 2\n",
    ),
    ("api/requirements.txt", "flask>=2.0\nrequests\n"),
    (
        "deploy/service.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    run.googleapis.com/ingress: all\nspec:\n  template:\n    spec:\n      containers:\n        - image: europe-docker.pkg.dev/p/r/web:1.0.0\n          env:\n            - name: MODE\n              value: fast\n",
    ),
    (
        "cloudbuild.yaml",
        "steps:\n  - name: gcr.io/cloud-builders/docker:20.10\n    id: build\n    args: [build, -t, 'gcr.io/$PROJECT_ID/api:v1', api]\n  - name: python:3.11-slim\n    id: test\n    entrypoint: pip\n    args: [install, pytest]\nimages: ['gcr.io/$PROJECT_ID/api:v1']\n",
    ),
    (
        "deploy.sh",
        "#!/bin/sh\nset -e\ngcloud run deploy jobs --image europe-docker.pkg.dev/p/r/jobs:1 --region us-central1 --allow-unauthenticated\ngcloud projects add-iam-policy-binding p --member user:a@x.dev --role roles/owner\n",
    ),
    (
        "infra/main.tf",
        "terraform {\n  required_providers {\n    google = {\n      source  = \"hashicorp/google\"\n      version = \">= 5.0\"\n    }\n  }\n}\nprovider \"google\" {\n  project = \"p\"\n  region  = \"europe-west1\"\n}\nresource \"google_storage_bucket\" \"logs\" {\n  name     = \"p-logs\"\n  location = \"EU\"\n}\nresource \"google_sql_database_instance\" \"main\" {\n  database_version = \"POSTGRES_15\"\n  settings {\n    tier = \"db-f1-micro\"\n    ip_configuration {\n      ipv4_enabled = true\n    }\n  }\n}\n",
    ),
];

fn sources(files: &[(String, String)]) -> Sources {
    Sources::from_texts(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn config() -> Config {
    Config { profile: Some(Profile::Strict), ..Config::default() }
}

/// The findings that are new after some edits.
fn new_after(edits: &[Edit<'_>]) -> Vec<String> {
    let before: Vec<(String, String)> =
        FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let old = sources(&before);
    let report = lint(&old, &config());
    assert!(report.findings.len() > 30, "{} findings", report.findings.len());
    let known = Baseline::of(report.findings.iter().map(|finding| &**finding), &old, "");
    let mut after = before;
    for (path, from, to) in edits {
        match after.iter_mut().find(|(name, _)| name == path) {
            Some((name, _)) if from.is_empty() => *name = (*to).to_owned(),
            Some((_, text)) => {
                assert!(text.contains(from), "{path} has no {from:?}");
                *text = text.replace(from, to);
            }
            None => after.push(((*path).to_owned(), (*to).to_owned())),
        }
    }
    let new = sources(&after);
    let mut config = config();
    config.baselines.push((By::Baseline, known));
    let report = lint(&new, &config);
    report.findings.iter().map(|finding| format!("{}: {}", finding.rule, finding.message)).collect()
}

#[test]
fn edits_that_change_no_fault_report_nothing_new() {
    let edits: &[(&str, &[Edit<'_>])] = &[
        ("a base image is bumped", &[("api/Dockerfile", "python:3.7-alpine", "python:3.13-alpine")]),
        ("one of two stages is bumped", &[("api/Dockerfile", "FROM python:3.7-alpine\n", "FROM python:3.8-alpine\n")]),
        ("a pinned package is bumped", &[("api/Dockerfile", "curl=8.1.0", "curl=8.9.1")]),
        ("another pinned package is bumped", &[("api/Dockerfile", "git=2.1", "git=2.45")]),
        ("an argument of the process is changed", &[("api/Dockerfile", "--workers 2", "--workers 8")]),
        ("a flag is added to the process", &[("api/Dockerfile", "--workers 2", "--workers 2 --reload")]),
        ("packages are installed in another order", &[("api/Dockerfile", "flask gunicorn", "gunicorn flask")]),
        ("a flag of pip is added", &[("api/Dockerfile", "pip install", "pip install --no-cache-dir")]),
        (
            "a comment is added on top",
            &[("api/Dockerfile", "FROM python:3.7-alpine AS", "# The API.\n\nFROM python:3.7-alpine AS")],
        ),
        ("an instruction is added", &[("api/Dockerfile", "ARG MODE=fast\n", "ARG MODE=fast\nENV A=1\nWORKDIR /app\n")]),
        ("an argument gets another default", &[("api/Dockerfile", "MODE=fast", "MODE=slow")]),
        ("a lower bound is raised", &[("api/requirements.txt", "flask>=2.0", "flask>=3.1")]),
        (
            "the order of requirements changes",
            &[("api/requirements.txt", "flask>=2.0\nrequests\n", "requests\nflask>=2.0\n")],
        ),
        ("a pinned requirement is added", &[("api/requirements.txt", "requests\n", "requests\nrich==13.7.1\n")]),
        ("the image of a service is bumped", &[("deploy/service.yaml", "web:1.0.0", "web:1.0.1")]),
        (
            "the image of a service moves to a digest",
            &[(
                "deploy/service.yaml",
                "web:1.0.0",
                "web@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
            )],
        ),
        (
            "a variable is added",
            &[(
                "deploy/service.yaml",
                "          env:\n",
                "          env:\n            - name: LEVEL\n              value: info\n",
            )],
        ),
        (
            "a label is added to a service",
            &[("deploy/service.yaml", "  name: web\n", "  name: web\n  labels:\n    team: shop\n")],
        ),
        ("the image of a step is bumped", &[("cloudbuild.yaml", "docker:20.10", "docker:24.0")]),
        ("the image of another step is bumped", &[("cloudbuild.yaml", "python:3.11-slim", "python:3.13-slim")]),
        (
            "a step is added in front",
            &[("cloudbuild.yaml", "steps:\n", "steps:\n  - name: gcr.io/cloud-builders/git\n    args: [fetch]\n")],
        ),
        ("the tag of what is built is changed", &[("cloudbuild.yaml", "api:v1", "api:v2")]),
        ("a command gets another region", &[("deploy.sh", "us-central1", "us-east1")]),
        ("a command gets another image", &[("deploy.sh", "jobs:1", "jobs:2")]),
        ("a command gets a flag", &[("deploy.sh", "--allow-unauthenticated", "--quiet --allow-unauthenticated")]),
        (
            "a command is written over several lines",
            &[("deploy.sh", " --region us-central1 --allow", " \\\n  --region us-central1 \\\n  --allow")],
        ),
        ("a command is added in front", &[("deploy.sh", "set -e\n", "set -e\ngcloud config set project p\n")]),
        ("a lower bound of a provider is raised", &[("infra/main.tf", ">= 5.0", ">= 6.10")]),
        ("a region is changed", &[("infra/main.tf", "europe-west1", "europe-west4")]),
        ("a database is upgraded", &[("infra/main.tf", "POSTGRES_15", "POSTGRES_17")]),
        (
            "a resource is added in front",
            &[(
                "infra/main.tf",
                "resource \"google_storage_bucket\"",
                "resource \"google_project_service\" \"run\" {\n  service = \"run.googleapis.com\"\n}\nresource \"google_storage_bucket\"",
            )],
        ),
        (
            "a block is formatted",
            &[(
                "infra/main.tf",
                "  name     = \"p-logs\"\n  location = \"EU\"",
                "  name          = \"p-logs\"\n  location      = \"EU\"\n  force_destroy = false",
            )],
        ),
        ("a file is renamed", &[("deploy.sh", "", "release.sh")]),
        ("a folder is renamed", &[("deploy/service.yaml", "", "run/service.yaml")]),
    ];
    assert!(edits.len() >= 30);
    for (name, edit) in edits {
        assert_eq!(new_after(edit), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn edits_that_bring_a_fault_are_reported() {
    let edits: &[(&str, &str, &[Edit<'_>])] = &[
        (
            "another image without a version",
            "unpinned-base-image",
            &[("api/Dockerfile", "FROM python:3.7-alpine\n", "FROM node\n")],
        ),
        (
            "the same image, now latest",
            "latest-tag",
            &[("api/Dockerfile", "FROM python:3.7-alpine\n", "FROM python:latest\n")],
        ),
        (
            "one more package without a version",
            "unpinned-language-deps",
            &[("api/Dockerfile", "flask gunicorn", "flask gunicorn uvicorn")],
        ),
        (
            "one more open requirement",
            "unpinned-language-deps",
            &[("api/requirements.txt", "requests\n", "requests\nrich\n")],
        ),
        (
            "a second public command",
            "public-unauthenticated",
            &[(
                "deploy.sh",
                "set -e\n",
                "set -e\ngcloud run deploy admin --image europe-docker.pkg.dev/p/r/admin:1 --region us-central1 --allow-unauthenticated\n",
            )],
        ),
        (
            "a service that becomes public",
            "public-unauthenticated",
            &[(
                "public.sh",
                "",
                "gcloud run services add-iam-policy-binding orders --member allUsers --role roles/run.invoker\n",
            )],
        ),
        ("another role", "overbroad-iam", &[("deploy.sh", "roles/owner", "roles/editor")]),
        (
            "one more grant",
            "overbroad-iam",
            &[(
                "deploy.sh",
                "set -e\n",
                "set -e\ngcloud projects add-iam-policy-binding p --member user:b@x.dev --role roles/owner\n",
            )],
        ),
        (
            "one more bucket",
            "bucket-no-uniform-access",
            &[(
                "infra/main.tf",
                "resource \"google_sql",
                "resource \"google_storage_bucket\" \"new\" {\n  name     = \"n\"\n  location = \"EU\"\n}\nresource \"google_sql",
            )],
        ),
        (
            "a database that the internet reaches",
            "sql-public-ip",
            &[(
                "infra/main.tf",
                "      ipv4_enabled = true\n",
                "      ipv4_enabled = true\n      authorized_networks {\n        value = \"0.0.0.0/0\"\n      }\n",
            )],
        ),
        (
            "one more service",
            "missing-liveness-probe",
            &[(
                "deploy/other.yaml",
                "",
                "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: other\nspec:\n  template:\n    spec:\n      containers:\n        - image: europe-docker.pkg.dev/p/r/other:1\n",
            )],
        ),
        (
            "a secret",
            "secret-env-not-secret-manager",
            &[(
                "deploy/service.yaml",
                "            - name: MODE\n              value: fast\n",
                "            - name: DB_PASSWORD\n              value: hT7-kk2-Lq9-zz1\n",
            )],
        ),
    ];
    assert!(edits.len() >= 10);
    for (name, rule, edit) in edits {
        let new = new_after(edit);
        assert!(new.iter().any(|found| found.starts_with(&format!("{rule}:"))), "{name}: {new:?}");
    }
}
