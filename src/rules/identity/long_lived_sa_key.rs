//! Exported keys of service accounts.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Home, JobStep};
use crate::span::Span;

/// Inputs of actions that take the key of a service account.
const INPUTS: &[(&str, &str)] = &[
    ("google-github-actions/auth", "credentials_json"),
    ("google-github-actions/setup-gcloud", "service_account_key"),
    ("google-github-actions/deploy-cloudrun", "credentials"),
    ("google-github-actions/deploy-cloud-functions", "credentials"),
    ("google-github-actions/upload-cloud-storage", "credentials"),
    ("google-github-actions/get-secretmanager-secrets", "credentials"),
];

const HELP: &str = "use Workload Identity Federation, which needs no key: pass `workload_identity_provider` and \
                    `service_account` to `google-github-actions/auth`; then delete the key";

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in &project.workflows {
        for job in &workflow.jobs {
            for step in &job.steps {
                let Some(span) = key(step) else {
                    let user = step.input("username").filter(|_| step.uses("docker/login-action"));
                    if let Some((user, why)) = user.and_then(|user| Some((user, user.why()?))) {
                        cx.unknown(user.span(), why);
                    }
                    continue;
                };
                let message =
                    format!("{} signs in to Google Cloud with the exported key of a service account", job.label());
                let finding = cx.flag(span, message);
                finding.help = Some(HELP.to_owned());
                finding.cause = Some(Cause::same("key of a service account", job.id.clone()));
            }
        }
    }
    for command in project.commands.iter().filter(|command| command.signs_in_with_key()) {
        // A Dockerfile has no identity to federate.
        if matches!(command.home, Home::Run(..)) {
            continue;
        }
        let home = project.home(command);
        let message = format!("{home} signs in to Google Cloud with the exported key of a service account");
        let finding = cx.flag(command.span, message);
        finding.cause = Some(Cause::same("key of a service account", home));
        finding.help = Some(match command.home {
            Home::Workflow(..) => HELP.to_owned(),
            _ => "use the identity of the machine or of your own sign-in, or impersonate the account with \
                  `--impersonate-service-account`; then delete the key"
                .to_owned(),
        });
    }
}

/// Where a step takes a key.
fn key(step: &JobStep) -> Option<Span> {
    let action = step.action.as_ref()?;
    if action.name == "docker/login-action" {
        let is_key = step.input("username").is_some_and(|user| user.raw().starts_with("_json_key"));
        return step.input("username").filter(|_| is_key).map(|user| user.span());
    }
    // An input that this version ignores signs nobody in; `action-input-unknown` reports it.
    let known = action.known_inputs();
    let takes = |input: &str| known.is_empty() || known.contains(&input);
    let mut inputs = INPUTS.iter().filter(|(name, input)| *name == action.name && takes(input));
    inputs.find_map(|(_, input)| step.given(input)).map(|given| given.key)
}
