//! Substitutions without a value.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Label, Severity};
use crate::model::{Pipeline, SubstitutionUse, Why, listed};
use crate::span::Span;
use std::collections::HashSet;

pub(super) fn check(cx: &mut Context<'_>) {
    for pipeline in &cx.project.pipelines {
        let mut missing: Vec<&SubstitutionUse> = Vec::new();
        let mut names: HashSet<&str> = HashSet::new();
        for used in pipeline.uses.iter().filter(|used| is_missing(pipeline, used)) {
            if !names.insert(&used.name) {
                continue;
            }
            if used.name.starts_with('_') && pipeline.substitutions_key.is_none() {
                cx.unknown(
                    used.span,
                    &Why::Other("a pipeline without `substitutions` gets its values from a trigger".into()),
                );
            } else if used.name.starts_with('_') && cx.project.given_substitutions.contains(&used.name) {
                cx.unknown(used.span, &Why::Other("another file mentions it, and may give it a value".into()));
            } else {
                missing.push(used);
            }
        }
        let (own, foreign): (Vec<_>, Vec<_>) = missing.into_iter().partition(|used| used.name.starts_with('_'));
        own_ones(cx, &own);
        foreign.into_iter().for_each(|used| foreign_one(cx, pipeline, used));
    }
}

fn is_missing(pipeline: &Pipeline, used: &SubstitutionUse) -> bool {
    let is_defined = pipeline.substitutions.iter().any(|entry| entry.name == used.name);
    !(is_defined || used.is_built_in || used.has_default)
}

/// Reports all user-defined substitutions of a pipeline that have no value, in one finding.
fn own_ones(cx: &mut Context<'_>, missing: &[&SubstitutionUse]) {
    let Some((first, others)) = missing.split_first() else { return };
    let names: Vec<String> = missing.iter().map(|used| format!("${}", used.name)).collect();
    let finding = cx.flag(first.span, format!("this repository defines no value for {}", listed(&names)));
    let label =
        |used: &&SubstitutionUse| Label { span: used.span, message: format!("`${}` has no value either", used.name) };
    finding.related.extend(others.iter().map(label));
    finding.help = Some("add a default to `substitutions`, unless the trigger sets it".to_owned());
}

/// Reports a name without a leading underscore that is not a built-in substitution.
fn foreign_one(cx: &mut Context<'_>, pipeline: &Pipeline, used: &SubstitutionUse) {
    let name = &used.name;
    let finding = cx.flag(
        used.span,
        format!("`${name}` is not a built-in substitution of Cloud Build, which rejects the whole build"),
    );
    finding.severity = Severity::Error;
    finding.help =
        Some(format!("write `$${name}` for a shell variable, or `$_{name}` for a user-defined substitution"));
    let own = format!("_{name}");
    if pipeline.substitutions.iter().any(|entry| entry.name == own) {
        // Behind `$` or `${`.
        let opening = if used.span.range().len() == name.len() + 1 { 1 } else { 2 };
        let at = Span::new(used.span.source, used.span.start + opening, used.span.start + opening);
        finding.fix = Some(Fix::risky(format!("write `${own}`"), vec![Edit::replace(at, "_")]));
    } else {
        // One more `$` at the start of the use.
        finding.fix = Some(Fix::risky(format!("write `$${name}`"), vec![Edit::replace(used.span.head(), "$")]));
    }
}
