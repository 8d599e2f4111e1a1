//! Substitutions that nothing gives a value to.

use crate::finding::{Edit, Fix, Severity};
use crate::model::{Pipeline, SubstitutionUse};
use crate::rule::Context;

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
    let is_given = name.starts_with('_') && cx.project.given_substitutions.contains(name);
    !(is_defined || is_given || used.is_built_in || used.has_default)
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
