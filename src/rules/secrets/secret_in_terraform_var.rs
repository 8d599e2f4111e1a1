//! Secrets of a workflow on the command line of Terraform.

use crate::catalogue::Context;
use crate::model::names_secret;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for command in &project.commands {
        let Some(call) = command.terraform() else { continue };
        for (name, value) in &call.variables {
            let Some(variable) = name.known() else { continue };
            let Some(value) = value else { continue };
            // Many keep identifiers of projects in secrets.
            let secret =
                value.secrets().find(|secret| names_secret(variable) || names_secret(secret)).map(str::to_owned);
            let Some(secret) = secret else {
                if let Some(why) = value.why().filter(|_| names_secret(variable)) {
                    cx.unknown(value.span(), why);
                }
                continue;
            };
            let message = format!("`terraform {}` gets `{secret}` for `var.{variable}` on its command line", call.verb);
            let finding = cx.flag(name.span().to(value.span()), message);
            finding.help = Some(format!(
                "let Terraform read it from Secret Manager, or pass it as `TF_VAR_{variable}` in `env` and declare the \
                 variable `sensitive`: every process of the runner sees command lines, and the state keeps the value"
            ));
        }
    }
}
