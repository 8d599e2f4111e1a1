//! `seaworthy rules`.

use super::{Error, RulesFormat};
use crate::catalogue::Offers;
use crate::rules;
use serde_json::json;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(format: RulesFormat) -> Result<ExitCode, Error> {
    let pages: Vec<_> = rules::ALL.iter().map(|rule| (rule, rule.page())).collect();
    let mut out = io::stdout().lock();
    match format {
        RulesFormat::Table => {
            let width = pages.iter().map(|(rule, _)| rule.id.len()).max().unwrap_or_default();
            for (rule, page) in &pages {
                let profile = page.front.profile.name();
                writeln!(
                    out,
                    "{:<13} {:<width$} {:<8} {profile:<12} {}",
                    rule.concern,
                    rule.id,
                    page.front.severity.name(),
                    page.front.summary
                )?;
            }
        }
        RulesFormat::Json => {
            let rules: Vec<_> = pages
                .iter()
                .map(|(rule, page)| {
                    json!({
                        "id": rule.id,
                        "category": rule.concern,
                        "summary": page.front.summary,
                        "severity": page.front.severity.name(),
                        "profile": page.front.profile.name(),
                        "environments": page.front.environments,
                        "surfaces": page.front.surfaces,
                        "fix": match page.front.fix { Offers::Never => "never", Offers::Sometimes => "sometimes", Offers::Always => "always" },
                        "since": page.front.since,
                        "covers": page.front.covers,
                        "references": page.front.references,
                        "url": rule.url(),
                    })
                })
                .collect();
            writeln!(out, "{:#}", json!({"schema": 1, "rules": rules}))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
