//! One line per finding: `path:line:column severity[rule] message`.

use super::colour;
use super::terminal::{Order, Style};
use crate::engine::Report;
use crate::source::Sources;
use crate::visible::visible;
use std::io::{self, Write};

/// Writes the findings.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources, style: Style) -> io::Result<()> {
    let mut findings: Vec<_> = report.findings.iter().collect();
    if style.order == Order::Severity {
        findings.sort_by_key(|finding| finding.severity);
    }
    for finding in findings {
        let source = sources.get(finding.span.source);
        let at = source.position(finding.span.start);
        let place = colour::strong(&format!("{}:{}:{}", visible(&source.path), at.line, at.column), style);
        let (severity, rule) = (colour::severity(finding.severity, style), finding.rule);
        writeln!(out, "{place} {severity}[{rule}] {}", visible(&finding.message))?;
    }
    Ok(())
}
