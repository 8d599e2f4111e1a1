//! `seaworthy explain`.

use super::{Error, no_such_rule};
use crate::rules;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(name: &str) -> Result<ExitCode, Error> {
    let rule = rules::find(name).ok_or_else(|| no_such_rule(name))?;
    let page = rule.page();
    let front = &page.front;
    let mut out = io::stdout().lock();
    writeln!(out, "{} ({}, {})\n{}\n", rule.id, rule.concern, page.front.severity, front.summary)?;
    writeln!(out, "Profile       {}", front.profile.name())?;
    writeln!(out, "Environments  {}", front.environments.join(", "))?;
    writeln!(out, "Surfaces      {}", front.surfaces.join(", "))?;
    if !front.covers.is_empty() {
        writeln!(out, "Covers        {}", front.covers.join(", "))?;
    }
    for (name, option) in &front.options {
        writeln!(out, "Option        {name} = {} ({})", option.default, option.doc)?;
    }
    writeln!(out, "\n{}", rule.body().trim())?;
    if !front.references.is_empty() {
        writeln!(out, "\nReferences:")?;
    }
    for reference in &front.references {
        writeln!(out, "- {reference}")?;
    }
    Ok(ExitCode::SUCCESS)
}
