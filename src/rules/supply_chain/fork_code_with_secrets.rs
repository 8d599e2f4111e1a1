//! Workflows that run the code of a fork with secrets.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{Access, Job, JobStep, Setting, Why, Workflow};
use crate::span::Span;

/// Events on a pull request or an issue whose jobs get secrets, although strangers cause them.
const EVENTS: &[&str] = &["pull_request_target", "issue_comment", "workflow_run"];

pub(super) fn check(cx: &mut Context<'_>) {
    for workflow in &cx.project.workflows {
        let Some(trigger) = workflow.triggers.iter().find(|trigger| EVENTS.contains(&trigger.name.as_str())) else {
            continue;
        };
        for job in &workflow.jobs {
            let Some((at, span)) = checkout(job) else { continue };
            let Some(stolen) = stake(workflow, job) else { continue };
            let runs = |step: &&JobStep| {
                step.script.is_some() || step.action.as_ref().is_some_and(|action| runs_code(&action.name))
            };
            let Some(step) = job.steps[at + 1..].iter().find(runs) else { continue };
            let conditions = job.condition.iter().chain(&step.condition).chain(&job.steps[at].condition);
            if conditions.into_iter().any(|condition| restricts(condition.raw())) {
                let why = Why::Other("a condition says who may cause it".into());
                cx.unknown(span, &why);
                continue;
            }
            let message = format!(
                "{} checks out the code of a pull request and runs it with {stolen}, so anyone who opens one can take that",
                job.label()
            );
            let finding = cx.flag(span, message);
            finding.help = Some(
                "run the code of pull requests only under `pull_request`, without secrets; what needs secrets belongs in a \
                 workflow that checks out the base branch"
                    .to_owned(),
            );
            finding.related.push(Label {
                span: trigger.span,
                message: format!("`{}` gives secrets to runs that strangers cause", trigger.name),
            });
            finding.related.push(Label { span: step.span, message: "this step runs the code".to_owned() });
        }
    }
}

/// The step that checks out the head of a pull request, and the input that says so.
fn checkout(job: &Job) -> Option<(usize, Span)> {
    let is_head = |name: &str| {
        let of_pull = name.starts_with("github.event.pull_request.head.");
        of_pull || name == "github.head_ref" || name.starts_with("github.event.workflow_run.head_")
    };
    job.steps.iter().enumerate().filter(|(_, step)| step.uses("actions/checkout")).find_map(|(at, step)| {
        let reference = step
            .input("ref")
            .filter(|reference| reference.variables().any(is_head) || reference.raw().starts_with("refs/pull/"));
        let repository = step.input("repository").filter(|repository| repository.variables().any(is_head));
        Some((at, reference.or(repository)?.span()))
    })
}

/// Whether an action runs code of the checkout.
fn runs_code(action: &str) -> bool {
    action.starts_with("./") || action == "docker/build-push-action"
}

/// What the code can take.
fn stake(workflow: &Workflow, job: &Job) -> Option<String> {
    if job.identity().is_some() {
        return Some("an identity on Google Cloud".to_owned());
    }
    if let Some(secret) = job.secret() {
        return Some(format!("`{secret}`"));
    }
    match workflow.permissions_of(job) {
        Setting::Known(permissions, _) if permissions.of("contents") == Access::Write => {
            Some("a token that may write to the repository".to_owned())
        }
        _ => None,
    }
}

/// Whether a condition may limit who causes a run.
fn restricts(condition: &str) -> bool {
    ["author_association", "head.repo", "label", "actor", "sender", "user.login", "permission", "outputs."]
        .iter()
        .any(|word| condition.contains(word))
}
