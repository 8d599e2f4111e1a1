//! Jobs that deploy from pull requests.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{Command, Job, Setting, Trigger, Why};
use crate::source::HOLE;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in &project.workflows {
        let of_pulls = |trigger: &&Trigger| matches!(&*trigger.name, "pull_request" | "pull_request_target");
        let Some(trigger) = workflow.triggers.iter().find(of_pulls) else { continue };
        // What is closed may have been merged.
        if !trigger.types.is_empty() && trigger.types.iter().all(|kind| kind.raw() == "closed") {
            continue;
        }
        for (index, job) in workflow.jobs.iter().enumerate() {
            let Some(command) = project.deployment(workflow, index) else { continue };
            if is_preview(cx, command, job) {
                continue;
            }
            let step = project.job_step(command);
            let needed = job.needs.iter().filter_map(|name| workflow.jobs.iter().find(|job| job.id == *name));
            let conditions = needed.chain([job]).filter_map(|job| job.condition.as_ref());
            let mut conditions = conditions.chain(step.and_then(|step| step.condition.as_ref()));
            if conditions.next().is_some() {
                cx.unknown(command.span, &Why::Other("a condition says when it runs".into()));
                continue;
            }
            let message = format!("{} deploys every pull request, before anyone has reviewed it", job.label());
            let finding = cx.flag(command.span, message);
            finding.subject = Some(job.id.clone());
            let where_to = if workflow.triggers.len() == 1 {
                "on `push` to the main branch"
            } else {
                "only on `push`: add `if: github.event_name == 'push'`"
            };
            finding.help = Some(format!("deploy {where_to}, or deploy pull requests to a preview of their own"));
            finding.related.push(Label { span: trigger.span, message: "pull requests start the workflow".to_owned() });
        }
    }
}

/// Whether a deployment is a preview: by its name, its flags or its environment; records what is not known.
fn is_preview(cx: &mut Context<'_>, command: &Command, job: &Job) -> bool {
    const WORDS: &[&str] =
        &["preview", "dev", "development", "staging", "stage", "test", "sandbox", "qa", "pr", "review"];
    let names = |text: &str| {
        let is_one = |part: &str| WORDS.contains(&part.to_ascii_lowercase().as_str());
        !text.contains('/') && text.split(['-', '_', '.', '=', ':']).any(is_one)
    };
    if command.is_preview() || names(&job.id) {
        return true;
    }
    match &job.environment {
        Setting::Known(name, _) if names(name.raw()) => return true,
        Setting::Unknown(span, why) => {
            cx.unknown(*span, why);
            return true;
        }
        _ => {}
    }
    let unknown =
        command.words.iter().find(|word| word.raw().contains(HOLE) && !word.raw().contains(['/', ':', '=', '@']));
    if let Some((word, why)) = unknown.and_then(|word| Some((word, word.why()?))) {
        cx.unknown(word.span(), why);
        return true;
    }
    command.words.iter().any(|word| names(word.raw()))
}
