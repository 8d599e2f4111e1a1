//! A report for people and for programs, one file per form.

pub mod concise;
pub mod github;
pub mod json;
pub mod sarif;
pub mod terminal;

use crate::engine::Report;
use crate::finding::Severity;
use crate::ignore::By;

/// `2 errors, 1 warning`, or nothing to say.
pub fn summary(report: &Report) -> String {
    let mut parts = Vec::new();
    for (severity, one) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        parts.push(counted(report.count(severity), one, &format!("{one}s")));
    }
    parts.push(format!("{} info", report.count(Severity::Info)));
    let files = counted(report.files.len(), "file", "files");
    let mut line = format!("{} in {files}", parts.join(", "));
    for (is_meant, by) in [
        ((|by| matches!(by, By::Comment(_))) as fn(By) -> bool, "silenced by comments"),
        (|by| by == By::Baseline, "in the baseline"),
        (|by| by == By::Base, "from before the change"),
    ] {
        let count = report.suppressed.iter().filter(|hidden| is_meant(hidden.by)).count();
        if count > 0 {
            line.push_str(&format!("; {count} {by}"));
        }
    }
    let resolved = report.resolved().count();
    if resolved > 0 {
        line.push_str(&format!("; {resolved} of the baseline gone (`seaworthy baseline prune` removes them)"));
    }
    if !report.findings.is_empty() {
        line.push_str("; `seaworthy explain RULE` says more");
    }
    if !report.undecided.is_empty() {
        line.push_str(&format!(
            "; {} could not be decided (`--show-unknown` lists them)",
            counted(report.undecided.len(), "question", "questions")
        ));
    }
    line
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
