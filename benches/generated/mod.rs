//! Repositories for benchmarks.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A repository of `services` services, each with five files.
pub(crate) fn repository(folder: &Path, services: usize) -> PathBuf {
    for number in 0..services {
        let home = folder.join(format!("services/s{number}"));
        fs::create_dir_all(&home).expect("a folder");
        let write = |name: &str, text: &str| fs::write(home.join(name), text).expect("a file");
        write(
            "Dockerfile",
            "FROM python:3.13-slim AS build\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /app /app\nCOPY . .\nCMD exec gunicorn --bind :$PORT main:app\n",
        );
        write("requirements.txt", "flask==3.1.0\ngunicorn\n");
        write(
            "cloudbuild.yaml",
            "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, 'europe-docker.pkg.dev/$PROJECT_ID/r/s:$SHORT_SHA', .]\n- name: gcr.io/google.com/cloudsdktool/cloud-sdk\n  entrypoint: gcloud\n  args: [run, deploy, s, --image, 'europe-docker.pkg.dev/$PROJECT_ID/r/s:$SHORT_SHA', --region=europe-west1]\n",
        );
        write(
            "service.yaml",
            "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: s\nspec:\n  template:\n    spec:\n      containers:\n      - image: europe-docker.pkg.dev/p/r/s:1\n        resources:\n          limits: {cpu: '1', memory: 512Mi}\n",
        );
        let mut terraform = String::from(
            "variable \"region\" {\n  default = \"europe-west1\"\n}\nlocals {\n  name = \"s-${var.region}\"\n}\n",
        );
        for resource in 0..8 {
            let _ = write!(
                terraform,
                "resource \"google_storage_bucket\" \"b{resource}\" {{\n  name     = \"${{local.name}}-{resource}\"\n  location = upper(var.region)\n  labels   = merge({{ a = 1 }}, {{ b = local.name }})\n}}\n"
            );
        }
        write("main.tf", &terraform);
    }
    folder.to_path_buf()
}
