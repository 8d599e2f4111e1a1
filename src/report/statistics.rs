//! The number of findings of each rule.

use super::colour;
use super::terminal::Style;
use crate::engine::Report;
use crate::finding::RuleId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The findings of one rule.
struct Line {
    rule: RuleId,
    severity: crate::finding::Severity,
    count: usize,
    /// The number of findings with a fix; `safe` is the number with a safe fix.
    fixable: usize,
    safe: usize,
}

/// The rules with findings, most severe first, then most frequent.
fn lines(report: &Report) -> Vec<Line> {
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for finding in &report.findings {
        let new = || Line { rule: finding.rule, severity: finding.severity, count: 0, fixable: 0, safe: 0 };
        let line = lines.entry(finding.rule.as_str()).or_insert_with(new);
        line.count += 1;
        line.severity = line.severity.max(finding.severity);
        line.fixable += usize::from(finding.fix.is_some());
        line.safe += usize::from(finding.fix.as_ref().is_some_and(|fix| fix.is_safe));
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.severity), std::cmp::Reverse(line.count)));
    lines
}

/// Writes a table.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, style: Style) -> io::Result<()> {
    for Line { rule, severity, count, fixable, safe } in lines(report) {
        let fixes = match (fixable, safe) {
            (0, _) => String::new(),
            (fixable, 0) => format!("  {fixable} with `--fix --unsafe-fixes`"),
            (fixable, safe) if fixable == safe => format!("  {safe} with `--fix`"),
            (fixable, safe) => format!("  {safe} with `--fix`, {fixable} with `--unsafe-fixes`"),
        };
        let gap = " ".repeat("warning".len() - severity.name().len());
        writeln!(out, "{count:>6}  {}{gap}  {rule}{fixes}", colour::severity(severity, style))?;
    }
    Ok(())
}

/// The statistics as JSON.
pub fn document(report: &Report) -> Value {
    let lines = lines(report).into_iter().map(|line| {
        json!({
            "rule": line.rule,
            "severity": line.severity.name(),
            "count": line.count,
            "fixable": line.fixable,
            "safely_fixable": line.safe,
        })
    });
    json!({"schema": 1, "statistics": lines.collect::<Vec<_>>()})
}
