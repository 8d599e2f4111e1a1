//! Deploying jobs without an environment.

use crate::catalogue::Context;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in project.workflows.iter().filter(|workflow| !workflow.is_action) {
        for (index, job) in workflow.jobs.iter().enumerate() {
            if project.deployment(workflow, index).is_none() {
                continue;
            }
            match &job.environment {
                Setting::Absent(span) => {
                    let finding = cx.flag(*span, format!("{} deploys without an environment of GitHub", job.label()));
                    finding.help = Some(
                        "set `environment: production`: its rules say who approves and which branches may deploy, and its \
                         secrets are for these jobs alone"
                            .to_owned(),
                    );
                }
                Setting::Unknown(span, why) => cx.unknown(*span, why),
                Setting::Known(..) => {}
            }
        }
    }
}
