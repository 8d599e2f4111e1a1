//! Plans of Terraform that everyone who can read the repository can download.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{Command, Text};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in &project.workflows {
        for (index, job) in workflow.jobs.iter().enumerate() {
            let plans: Vec<(&Command, &Text)> = project
                .commands_of(workflow, index)
                .filter_map(|command| Some((command, command.terraform()?.plan.as_ref()?)))
                .collect();
            if plans.is_empty() {
                continue;
            }
            for step in job.steps.iter().filter(|step| step.uses("actions/upload-artifact")) {
                let Some(path) = step.input("path") else { continue };
                if let Some(why) = path.why() {
                    cx.unknown(path.span(), why);
                    continue;
                }
                let names =
                    |plan: &Text| plan.known().is_some_and(|plan| path.raw().lines().any(|line| is_of(line, plan)));
                let Some((command, plan)) = plans.iter().find(|(_, plan)| names(plan)) else { continue };
                let message = format!(
                    "the plan `{}` is uploaded as an artifact, with every value in it as plain text",
                    plan.shown()
                );
                let finding = cx.flag(path.place(), message);
                finding.help = Some(
                    "keep it in a bucket that only the deployer reads, or plan again in the job that applies: whoever can read \
                     the repository can download its artifacts"
                        .to_owned(),
                );
                finding.related.push(Label { span: command.span, message: "this command writes the plan".to_owned() });
            }
        }
    }
}

/// Whether a path of an upload is that of a plan: the same file name, whatever the folder.
fn is_of(path: &str, plan: &str) -> bool {
    fn name(path: &str) -> &str {
        path.trim().rsplit('/').next().unwrap_or_default()
    }
    name(path) == name(plan)
}
