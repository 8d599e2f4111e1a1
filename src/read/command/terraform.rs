//! Terraform and OpenTofu: `terraform -chdir=infra apply -var project=shop`.
//!
//! <https://developer.hashicorp.com/terraform/cli/commands>

use crate::model::{Command, TerraformCall};

/// Flags of `plan` and `apply` that take a value, in their own word or behind `=`.
const WITH_VALUE: &[&str] = &[
    "var",
    "var-file",
    "out",
    "state",
    "state-out",
    "backup",
    "target",
    "replace",
    "parallelism",
    "lock-timeout",
    "backend-config",
];

/// The call that a command makes.
pub(super) fn call(command: &Command) -> Option<TerraformCall> {
    if !matches!(command.program_name(), "terraform" | "tofu") {
        return None;
    }
    let mut call = TerraformCall::default();
    let mut words = command.bare().iter().skip(1);
    while let Some(word) = words.next() {
        let raw = word.raw();
        let Some(flag) = raw.strip_prefix('-') else {
            if call.verb.is_empty() {
                call.verb = raw.to_owned();
            } else {
                call.operands.push(word.clone());
            }
            continue;
        };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let start = raw.len() - flag.len();
        let (name, value) = match flag.find('=') {
            Some(equals) => (&flag[..equals], Some(word.slice(start + equals + 1..raw.len()))),
            None if WITH_VALUE.contains(&flag) => (flag, words.next().cloned()),
            None => (flag, None),
        };
        match (name, value) {
            ("chdir", Some(folder)) => call.folder = Some(folder),
            ("var", Some(value)) => call.variables.push(match value.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (value, None),
            }),
            ("var-file", Some(file)) => call.files.push(file),
            ("out", Some(file)) => call.plan = Some(file),
            ("auto-approve", value) => call.is_approved = value.as_ref().is_none_or(|value| value.raw() != "false"),
            _ => {}
        }
    }
    call.is_open = command.splits.iter().any(|splits| *splits);
    Some(call)
}
