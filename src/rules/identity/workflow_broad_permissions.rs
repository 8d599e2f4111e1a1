//! Tokens of deploying jobs that may do more than they need.

use crate::catalogue::Context;
use crate::model::{Access, Job, JobStep, Setting, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    for workflow in &cx.project.workflows {
        for job in workflow.jobs.iter().filter(|job| job.identity().is_some()) {
            let (permissions, place) = match workflow.permissions_of(job) {
                Setting::Known(permissions, place) => (permissions, place),
                Setting::Unknown(span, why) => {
                    cx.unknown(*span, why);
                    continue;
                }
                // The settings of the repository decide.
                Setting::Absent(_) => continue,
            };
            let label = job.label();
            if permissions.all == Some(Access::Write) {
                let finding = cx.flag(
                    place.span,
                    format!("the token of {label}, which acts on Google Cloud, may write everything"),
                );
                finding.help = Some(needed(job));
                finding.subject = Some(job.id.clone());
            } else if let Some(span) = permissions.writes("contents") {
                if !job.steps.iter().all(leaves_repository_alone) {
                    cx.unknown(span, &Why::Other("a step may write to the repository".into()));
                    continue;
                }
                let message = format!(
                    "the token of {label}, which acts on Google Cloud, may write to the repository, and no step does"
                );
                let finding = cx.flag(span, message);
                finding.help = Some("write `contents: read`".to_owned());
                finding.subject = Some(job.id.clone());
            }
        }
    }
}

/// The permissions that a deploying job needs.
fn needed(job: &Job) -> String {
    let federates = job.steps.iter().any(|step| step.input("workload_identity_provider").is_some());
    let token = if federates { " and `id-token: write`" } else { "" };
    format!("write `contents: read`{token}, and what else its steps need")
}

/// Whether a step is known not to write to the repository.
fn leaves_repository_alone(step: &JobStep) -> bool {
    match (&step.action, &step.script) {
        (Some(action), _) => {
            ["actions/checkout", "actions/setup-", "google-github-actions/", "docker/", "hashicorp/setup-"]
                .iter()
                .any(|known| action.name.starts_with(known))
        }
        // Whatever is not a plain command of these may call Git.
        (None, Some(script)) => script.raw().lines().map(str::trim).filter(|line| !line.is_empty()).all(|line| {
            ["gcloud ", "docker ", "echo ", "terraform ", "#", "-"].iter().any(|known| line.starts_with(known))
                && !line.contains(['`', ';'])
                && !["$(", "&&", "||"].iter().any(|operator| line.contains(operator))
        }),
        (None, None) => true,
    }
}
