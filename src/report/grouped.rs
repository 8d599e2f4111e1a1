//! Findings under their files: `  line:column severity[rule] message`.

use super::colour;
use super::gathered::gathered;
use super::terminal::Style;
use crate::engine::Report;
use crate::source::Sources;
use crate::visible::visible;
use std::io::{self, Write};

/// Writes the findings.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources, style: Style) -> io::Result<()> {
    let mut last = None;
    for each in gathered(&report.findings) {
        let finding = each.first();
        let source = sources.get(finding.span.source);
        if last != Some(finding.span.source) {
            let gap = if last.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{}", colour::strong(&visible(&source.path), style))?;
            last = Some(finding.span.source);
        }
        let at = source.position(finding.span.start);
        writeln!(
            out,
            "  {}:{} {}[{}] {}",
            at.line,
            at.column,
            colour::severity(each.severity(), style),
            each.rules(),
            visible(&each.message())
        )?;
    }
    Ok(())
}
