//! `seaworthy rules`.

use super::{Error, RulesFormat, streams};
use crate::catalogue::Rule;
use crate::rules;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(format: RulesFormat) -> Result<ExitCode, Error> {
    streams::print(|out| match format {
        RulesFormat::Table => table(out, &rules::ALL),
        RulesFormat::Json => {
            let rules: Vec<Value> = rules::ALL.iter().map(|rule| object(rule)).collect();
            writeln!(out, "{:#}", json!({"schema": 1, "rules": rules}))
        }
    })
}

/// Writes rules, one on each line.
pub(super) fn table(out: &mut dyn Write, rules: &[&Rule]) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for rule in rules {
        let front = &rule.page().front;
        let (severity, profile) = (front.severity.name(), front.profile.name());
        writeln!(out, "{:<13} {:<width$} {severity:<8} {profile:<12} {}", rule.concern, rule.id, front.summary)?;
    }
    Ok(())
}

/// A rule with its metadata.
pub(super) fn object(rule: &Rule) -> Value {
    let front = &rule.page().front;
    json!({
        "id": rule.id,
        "category": rule.concern,
        "summary": front.summary,
        "severity": front.severity.name(),
        "profile": front.profile.name(),
        "environments": front.environments,
        "surfaces": front.surfaces,
        "fix": front.fix.name(),
        "since": front.since,
        "covers": front.covers,
        "references": front.references,
        "url": rule.url(),
    })
}
