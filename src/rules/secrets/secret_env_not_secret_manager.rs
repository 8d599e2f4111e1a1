//! Secrets in plain environment variables of a workload.

use crate::catalogue::Context;
use crate::finding::Severity;
use crate::finding::{Edit, Fix};
use crate::model::{EnvValue, Text, Why, is_literal_secret, names_secret};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workload in &project.workloads {
        for (span, why) in workload.containers.iter().flat_map(|container| &container.open_env) {
            cx.unknown(*span, why);
        }
        for variable in workload.containers.iter().flat_map(|container| &container.env) {
            let EnvValue::Plain(value) = &variable.value else { continue };
            let is_read = reads_a_secret(value);
            if !is_read && (!names_secret(&variable.name) || names_a_secret_resource(value)) {
                continue;
            }
            // `secret-literal` already reports the credential.
            if project.credentials.iter().any(|credential| value.span().contains(credential.span)) {
                continue;
            }
            let is_literal = value.known().is_some();
            if is_literal && !value.known().is_some_and(is_literal_secret) {
                continue;
            }
            let message =
                format!("{} gets the secret `{}` as a plain environment variable", workload.label(), variable.name);
            let finding = cx.flag(value.place(), message);
            finding.is_secret = is_literal;
            finding.fix = variable.secret_room.as_ref().map(|room| {
                let secret = variable.name.to_ascii_lowercase().replace('_', "-");
                Fix::risky(format!("reference the secret `{secret}`"), vec![Edit::fill(room, &secret)])
            });
            finding.help = Some("store it in Secret Manager and reference it from here: everyone who can view the service can read plain variables".to_owned());
            if !is_literal {
                // The value is not in the repository; only the way it is passed is wrong.
                finding.severity = Severity::Warning;
            }
        }
    }
}

/// Whether a value is or holds a secret that Terraform reads or makes, whatever its name.
fn reads_a_secret(value: &Text) -> bool {
    let is_read = |address: &str| {
        address.contains("google_secret_manager_secret_version") && address.ends_with(".secret_data")
            || address.starts_with("random_password.") && address.ends_with(".result")
    };
    value.reasons().iter().any(|why| matches!(why, Why::Reference(address) if is_read(address)))
}

/// Whether a value is the id or the name of a secret, not its content.
fn names_a_secret_resource(value: &Text) -> bool {
    value.reasons().iter().any(|why| match why {
        Why::Reference(address) => {
            address.contains("google_secret_manager_secret.")
                || address.ends_with(".secret_id")
                || address.ends_with(".id")
                || address.ends_with(".name")
        }
        _ => false,
    })
}
