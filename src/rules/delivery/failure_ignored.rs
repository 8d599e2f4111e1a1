//! Failures that a workflow goes past, although it deploys.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Command, Job, JobStep, Setting, Workflow};
use crate::span::Span;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in &project.workflows {
        if (0..workflow.jobs.len()).all(|job| project.deployment(workflow, job).is_none()) {
            continue;
        }
        for (index, job) in workflow.jobs.iter().enumerate() {
            let matters: Vec<(&JobStep, &'static str)> = project
                .commands_of(workflow, index)
                .filter_map(|command| Some((project.job_step(command)?, matter(command)?)))
                .collect();
            let what = matters.first().map(|(_, what)| *what);
            judge(cx, job.span, &job.tolerates_failure, what, &job.label(), || false);
            // A step that goes past every failure is told once.
            let is_told = |command: &&Command| {
                project.job_step(command).is_some_and(|step| matches!(step.tolerates_failure, Setting::Known(true, _)))
            };
            let forgiven = project.commands_of(workflow, index).filter(|command| command.is_forgiven);
            for command in forgiven.filter(|command| !is_told(command)) {
                let Some(what) = matter(command) else { continue };
                let label = project.home(command);
                let finding = cx.flag(
                    command.span,
                    format!("{label} ignores a failure of {what}, and the workflow deploys all the same"),
                );
                finding.help = Some("let the step fail: remove what stands behind `||`".to_owned());
                finding.subject = Some(format!("{label} {what}"));
            }
            for step in &job.steps {
                let what = matters.iter().find(|(of, _)| of.span == step.span).map(|(_, what)| *what);
                judge(cx, step.span, &step.tolerates_failure, what, &step.label(), || asks_later(workflow, job, step));
            }
        }
    }
}

fn judge(
    cx: &mut Context<'_>,
    here: Span,
    tolerates: &Setting<bool>,
    what: Option<&'static str>,
    label: &str,
    asks_later: impl Fn() -> bool,
) {
    let Some(what) = what else { return };
    match tolerates {
        Setting::Known(true, place) => {
            if asks_later() {
                return;
            }
            let span = place.span;
            let finding = cx.flag(
                place.clone(),
                format!("{label} ignores a failure of {what}, and the workflow deploys all the same"),
            );
            finding.help = Some("remove `continue-on-error`".to_owned());
            finding.subject = Some(format!("{label} {what}"));
            finding.fix = Some(Fix::risky("stop at a failure", vec![Edit::replace(span, "continue-on-error: false")]));
        }
        Setting::Unknown(_, why) => cx.unknown(here, why),
        Setting::Known(false, _) | Setting::Absent(_) => {}
    }
}

/// The part of a deployment that a command is.
fn matter(command: &Command) -> Option<&'static str> {
    if command.tests() {
        return Some("the tests");
    }
    if command.terraform().is_some_and(|call| call.verb == "destroy") {
        return None;
    }
    if command.deploys() {
        return Some("the deployment");
    }
    let verb = command.terraform()?.verb.as_str();
    match verb {
        "plan" => Some("the plan"),
        "validate" => Some("the validation"),
        _ => None,
    }
}

/// Whether anything asks for the outcome of a step.
fn asks_later(workflow: &Workflow, job: &Job, step: &JobStep) -> bool {
    let Some(id) = &step.id else { return false };
    let asks = |text: &str| text.contains(&format!("steps.{id}.outcome"));
    let written = job.steps.iter().flat_map(|step| step.condition.iter().chain(step.texts()));
    let mut written = written.chain(workflow.jobs.iter().filter_map(|job| job.condition.as_ref()));
    let contexts = job.steps.iter().flat_map(|step| &step.expressions).flat_map(|expression| &expression.contexts);
    written.any(|text| asks(text.raw()) || text.variables().any(asks)) || contexts.into_iter().any(|name| asks(name))
}
