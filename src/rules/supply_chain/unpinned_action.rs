//! Actions of others that are named by a tag or a branch, in jobs that act on Google Cloud.

use crate::catalogue::Context;
use crate::finding::{Cause, Severity};
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    for job in cx.project.workflows.iter().flat_map(|workflow| &workflow.jobs) {
        if job.identity().is_none() {
            continue;
        }
        for action in job.steps.iter().filter_map(|step| step.action.as_ref()) {
            let Some(version) = action.version.as_deref().filter(|_| !action.name.starts_with("./")) else { continue };
            if is_commit(version) {
                continue;
            }
            if version.len() >= 7 && version.bytes().all(|b| b.is_ascii_hexdigit()) {
                cx.unknown(action.text.span(), &Why::Other("it may be the beginning of a commit".into()));
                continue;
            }
            let is_of_platform =
                ["actions/", "github/", "google-github-actions/"].iter().any(|owner| action.name.starts_with(owner));
            let message = format!(
                "`{}` is whatever `{version}` names today, and {} acts on Google Cloud with it",
                action.name,
                job.label()
            );
            let finding = cx.flag(action.text.place(), message);
            finding.help = Some(format!(
                "name the commit, and keep the version as a comment: `{}@<commit> # {version}`",
                action.name
            ));
            finding.cause = Some(Cause::same("actions without a commit", format!("{}@{version}", action.name)));
            if is_of_platform {
                finding.severity = Severity::Info;
            }
        }
    }
}

fn is_commit(version: &str) -> bool {
    version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit())
}
