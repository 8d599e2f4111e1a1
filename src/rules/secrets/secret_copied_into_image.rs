//! Files with secrets that a Dockerfile copies by name.

use crate::model::Copied;
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in &project.dockerfiles {
        for stage in project.shipped_stages(file) {
            for copy in stage.copies.iter().filter(|copy| matches!(copy.from, Copied::Context)) {
                for source in copy.sources.iter().filter(|source| source.known().is_some_and(holds_secret)) {
                    let message = format!(
                        "{} copies `{}` into the image, where everyone who can pull it can read it",
                        stage.label(),
                        source.shown()
                    );
                    cx.flag(source.place(), message).help =
                        Some("read it from Secret Manager when the service starts, or mount it in the one `RUN` that needs it (`--mount=type=secret`)".to_owned());
                }
            }
        }
    }
}

fn holds_secret(path: &str) -> bool {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if ["example", "sample", "template", "dist", "test", "schema", "public"].iter().any(|word| name.contains(word)) {
        return false;
    }
    let is_env = name == ".env" || (name.starts_with(".env.") && !name.contains('*'));
    let is_named = matches!(
        name.as_str(),
        "id_rsa"
            | "id_ed25519"
            | ".npmrc"
            | ".pypirc"
            | ".netrc"
            | ".ssh"
            | "credentials.json"
            | "application_default_credentials.json"
    );
    let is_key = name.ends_with(".json")
        && ["service-account", "service_account", "serviceaccount", "sa-key", "sa_key", "gcp-key"]
            .iter()
            .any(|word| name.contains(word));
    is_env
        || is_named
        || is_key
        || name.ends_with(".p12")
        || name.ends_with(".pfx")
        || (name.ends_with(".pem") && name.contains("key"))
}
