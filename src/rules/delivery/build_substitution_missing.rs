//! Substitutions that nothing gives a value to.

use crate::finding::{Edit, Fix, Severity};
use crate::model::{Pipeline, SubstitutionUse};
use crate::rule::Context;

/// Set by Cloud Build (<https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values>).
const BUILT_IN: &[&str] = &[
    "PROJECT_ID",
    "PROJECT_NUMBER",
    "BUILD_ID",
    "LOCATION",
    "TRIGGER_NAME",
    "COMMIT_SHA",
    "REVISION_ID",
    "SHORT_SHA",
    "REPO_NAME",
    "REPO_FULL_NAME",
    "BRANCH_NAME",
    "TAG_NAME",
    "REF_NAME",
    "TRIGGER_BUILD_CONFIG_PATH",
    "SERVICE_ACCOUNT_EMAIL",
    "SERVICE_ACCOUNT",
];
/// Set by triggers on pull requests.
const BY_TRIGGER: &[&str] = &["_HEAD_BRANCH", "_BASE_BRANCH", "_HEAD_REPO_URL", "_PR_NUMBER"];

pub(super) fn check(cx: &mut Context<'_>) {
    for pipeline in &cx.project.pipelines {
        let mut told: Vec<&str> = Vec::new();
        for used in &pipeline.uses {
            let name = used.name.as_str();
            if !told.contains(&name) && is_missing(cx, pipeline, used) {
                told.push(name);
                flag(cx, pipeline, used);
            }
        }
    }
}

fn is_missing(cx: &Context<'_>, pipeline: &Pipeline, used: &SubstitutionUse) -> bool {
    let name = used.name.as_str();
    let is_defined = pipeline.substitutions.iter().any(|entry| entry.name == name);
    let is_set = if name.starts_with('_') {
        BY_TRIGGER.contains(&name) || cx.project.given_substitutions.contains(name)
    } else {
        BUILT_IN.contains(&name)
    };
    !is_defined && !is_set && !used.has_default
}

fn flag(cx: &mut Context<'_>, pipeline: &Pipeline, used: &SubstitutionUse) {
    let name = &used.name;
    if !name.starts_with('_') {
        let finding =
            cx.flag(used.span, format!("`${name}` is no substitution of Cloud Build, which rejects the whole build"));
        finding.severity = Severity::Error;
        finding.help =
            Some(format!("write `$${name}` for a variable of the shell, or `$_{name}` for a substitution of your own"));
        // Both signs stand at the start of the use.
        finding.fix = Some(Fix::risky(format!("write `$${name}`"), vec![Edit::replace(used.span.head(), "$")]));
        return;
    }
    let finding = cx.flag(used.span, format!("nothing in this repository gives `${name}` a value"));
    finding.help = Some(match pipeline.substitutions_key {
        Some(_) => format!("add `{name}` with a default to `substitutions`, unless the trigger sets it"),
        None => format!("add `substitutions` with a default for `{name}`, unless the trigger sets it"),
    });
}
