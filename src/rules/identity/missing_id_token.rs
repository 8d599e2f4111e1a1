//! Sign-ins that get no token.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix, Label};
use crate::model::{Access, Setting, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    for workflow in &cx.project.workflows {
        for job in &workflow.jobs {
            let federates = job.steps.iter().find(|step| {
                step.uses("google-github-actions/auth") && step.input("workload_identity_provider").is_some()
            });
            let Some(step) = federates else { continue };
            let permissions = workflow.permissions_of(job);
            let allows = match permissions {
                Setting::Known(permissions, _) => permissions.of("id-token") == Access::Write,
                // The token of a run never has it by default.
                Setting::Absent(_) => false,
                Setting::Unknown(span, why) => {
                    cx.unknown(*span, why);
                    continue;
                }
            };
            if allows {
                continue;
            }
            // The permissions of the caller count there.
            if workflow.is_called() && permissions.is_absent() {
                cx.unknown(step.span, &Why::Other("the caller of the workflow sets the permissions".into()));
                continue;
            }
            let message =
                format!("{} gets no token to sign in with: its permissions lack `id-token: write`", job.label());
            let finding = cx.flag(step.span, message);
            finding.subject = Some(job.id.clone());
            finding.cause = Some(Cause::same("`id-token: write`", job.label()));
            finding.help =
                Some("add `id-token: write` to the `permissions` of the job, beside `contents: read`".to_owned());
            if let Setting::Known(known, place) = permissions {
                finding.related.push(Label { span: place.span, message: "these are its permissions".to_owned() });
                finding.fix =
                    known.room.as_ref().map(|room| Fix::safe("add `id-token: write`", vec![Edit::fill(room, "write")]));
            }
        }
    }
}
