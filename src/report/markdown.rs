//! Markdown for a comment on a pull request.

use super::gathered::{Gathered, gathered};
use crate::engine::Report;
use crate::finding::Severity;
use crate::source::Sources;
use crate::visible::markdown;
use std::io::{self, Write};

/// The maximum length of the text in bytes: GitHub accepts comments of 65,536 characters
/// (<https://github.com/orgs/community/discussions/27190>), and others may add text around it.
const LONGEST: usize = 60_000;

/// Writes the findings, most severe first, as many as fit into a comment.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut text = format!("### seaworthy: {}\n", markdown(&super::counts(report)));
    let all = gathered(&report.findings);
    let mut left = all.len();
    for severity in Severity::ALL.into_iter().rev() {
        let findings: Vec<&Gathered<'_>> = all.iter().filter(|each| each.severity() == severity).collect();
        if findings.is_empty() {
            continue;
        }
        let title = match severity {
            Severity::Error => "Errors",
            Severity::Warning => "Warnings",
            Severity::Info => "Good to know",
        };
        // Errors, which stop a merge, are expanded; the rest is collapsed.
        let is_open = if severity == Severity::Error { " open" } else { "" };
        text.push_str(&format!("\n<details{is_open}>\n<summary>{title} ({})</summary>\n\n", findings.len()));
        text.push_str("| where | rule | what |\n|---|---|---|\n");
        for finding in findings {
            let row = row(finding, sources);
            if text.len() + row.len() > LONGEST {
                break;
            }
            text.push_str(&row);
            left -= 1;
        }
        text.push_str("\n</details>\n");
    }
    if left > 0 {
        text.push_str(&format!("\n{left} more are not shown here: a comment would be too long.\n"));
    }
    out.write_all(text.as_bytes())
}

fn row(each: &Gathered<'_>, sources: &Sources) -> String {
    let finding = each.first();
    let at = sources.start(finding.span);
    let path = &sources.get(finding.span.source).path;
    let mut rules: Vec<String> = Vec::new();
    for part in &each.parts {
        let rule = match super::page_of(part) {
            Some(url) => format!("[{}]({url})", part.rule),
            None => format!("`{}`", part.rule),
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    let rule = rules.join("<br>");
    let mut what = markdown(&each.message());
    for line in each.help(sources) {
        what.push_str(&format!("<br>{}", markdown(&line)));
    }
    format!("| {} | {rule} | {what} |\n", markdown(&format!("{path}:{}", at.line)))
}
