//! Environment variables that only another step has.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{Input, Job, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    for workflow in cx.project.workflows.iter().filter(|workflow| !workflow.is_action) {
        for job in &workflow.jobs {
            for (at, step) in job.steps.iter().enumerate() {
                let mut told: Vec<&str> = Vec::new();
                for text in step.texts() {
                    for variable in text.variables().filter_map(|name| name.strip_prefix("env.")) {
                        if variable == "*" {
                            cx.unknown(text.span(), &Why::Variable("env".into()));
                        }
                        if told.contains(&variable) {
                            continue;
                        }
                        let Some((other, set)) = set_by_another(job, at, variable) else { continue };
                        told.push(variable);
                        let message = format!("`env.{variable}` is empty here: only {other} sets it");
                        let name = format!("env.{variable}");
                        let written = step
                            .expressions
                            .iter()
                            .find(|found| found.contexts.contains(&name) && text.span().contains(found.span));
                        let finding = cx.flag(written.map_or(text.span(), |found| found.span), message);
                        finding.help = Some(format!(
                            "set `{variable}` in the `env` of the job, or let the other step write it to `$GITHUB_ENV`"
                        ));
                        finding.subject = Some(variable.to_owned());
                        finding.related.push(Label { span: set.key, message: "it is set here".to_owned() });
                    }
                }
            }
        }
    }
}

/// The only step that sets a variable, if it is another one.
fn set_by_another<'a>(job: &'a Job, at: usize, variable: &str) -> Option<(String, &'a Input)> {
    let mut setting = job.steps.iter().enumerate().filter_map(|(index, step)| {
        let set = step.env.iter().find(|entry| entry.name == variable)?;
        Some((index, step, set))
    });
    // An action may set variables for the steps after it, often those of its own `env`.
    let (index, step, set) = setting.next().filter(|(_, step, _)| step.action.is_none())?;
    let is_named = step.name.is_some() || step.id.is_some();
    let label = if is_named { step.label() } else { "another step".to_owned() };
    (index != at).then_some((label, set))
}
