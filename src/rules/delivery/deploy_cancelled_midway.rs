//! Deployments that the next push cancels.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Label, Severity};
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in &project.workflows {
        for (index, job) in workflow.jobs.iter().enumerate() {
            let Some(concurrency) = job.concurrency.as_ref().or(workflow.concurrency.as_ref()) else { continue };
            let deployments: Vec<_> = project
                .commands_of(workflow, index)
                .filter(|command| command.deploys() && !command.is_preview())
                .collect();
            let Some(first) = deployments.first() else { continue };
            let place = match &concurrency.cancels {
                Setting::Known(true, place) => place.clone(),
                Setting::Unknown(span, why) => {
                    cx.unknown(*span, why);
                    continue;
                }
                Setting::Known(false, _) | Setting::Absent(_) => continue,
            };
            let applies = deployments.iter().any(|command| command.terraform().is_some());
            let what = if applies { "an apply of Terraform" } else { "a deployment" };
            let span = place.span;
            let finding = cx.flag(place, format!("the next run cancels {} in the middle of {what}", job.label()));
            finding.subject = Some(job.id.clone());
            finding.help = Some(if applies {
                "set `cancel-in-progress: false`, so that runs wait for each other: what is cancelled leaves resources half \
                 made, and may leave the state locked"
                    .to_owned()
            } else {
                "set `cancel-in-progress: false`, so that runs wait for each other: what is cancelled may leave some services \
                 new and others old"
                    .to_owned()
            });
            // One new revision is there or not.
            if !applies && deployments.len() == 1 {
                finding.severity = Severity::Info;
            }
            finding.related.push(Label { span: first.span, message: "this is what may be cancelled".to_owned() });
            finding.fix = Some(Fix::risky(
                "let runs wait for each other",
                vec![Edit::replace(span, "cancel-in-progress: false")],
            ));
        }
    }
}
