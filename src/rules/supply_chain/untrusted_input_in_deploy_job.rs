//! Free text that becomes part of a script in a job that can act on Google Cloud.

use crate::catalogue::Context;
use crate::finding::{Label, Severity};
use crate::model::{Author, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    for workflow in &cx.project.workflows {
        for job in &workflow.jobs {
            let Some(identity) = job.identity() else { continue };
            for expression in job.steps.iter().flat_map(|step| &step.expressions) {
                let written = expression.contexts.iter().find_map(|context| Some((context, workflow.author(context)?)));
                let Some((context, author)) = written else {
                    let passed = expression.contexts.iter().find(|context| context.starts_with("inputs."));
                    // Only callers know who writes what they pass.
                    let is_called = workflow.is_called();
                    if let Some(input) = passed.filter(|_| is_called) {
                        cx.unknown(expression.span, &Why::Variable(input.as_str().into()));
                    }
                    continue;
                };
                // Runs for pull requests of forks get neither secrets nor an identity, and whoever may push a branch may as well
                // change the workflow (<https://docs.github.com/en/actions/reference/security/secure-use>).
                if author == Author::Stranger && !workflow.is_open_to_strangers() {
                    continue;
                }
                let who = match author {
                    Author::Stranger => "whoever opens a pull request or an issue",
                    Author::Committer => "whoever has a commit merged",
                    Author::Starter => "whoever starts the workflow",
                };
                let message = format!(
                    "`{context}` becomes part of a script of {}, so {who} can run commands with its identity on Google Cloud",
                    job.label()
                );
                let finding = cx.flag(expression.span, message);
                if author == Author::Stranger {
                    finding.severity = Severity::Error;
                }
                finding.help = Some(
                    "set an environment variable in the `env` of the step to it, and use the variable in the script, in \
                     double quotes: a shell does not run the text of a variable"
                        .to_owned(),
                );
                let message = "this step takes the identity".to_owned();
                finding.related.push(Label { span: identity.span, message });
            }
        }
    }
}
