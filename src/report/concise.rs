//! One line per finding: `path:line:column severity[rule] message`.

use super::visible::visible;
use crate::engine::Report;
use crate::source::Sources;
use std::io::{self, Write};

/// Writes the findings.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    for finding in &report.findings {
        let source = sources.get(finding.span.source);
        let at = source.position(finding.span.start);
        let (path, rule) = (visible(&source.path), finding.rule);
        writeln!(out, "{path}:{}:{} {}[{rule}] {}", at.line, at.column, finding.severity, visible(&finding.message))?;
    }
    Ok(())
}
