//! Workflow commands, which GitHub shows beside the changed lines of a pull request
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).

use crate::engine::Report;
use crate::finding::Severity;
use crate::source::Sources;
use std::io::{self, Write};

/// Writes one command per finding.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    for finding in &report.findings {
        let source = sources.get(finding.span.source);
        let (start, end) = (source.position(finding.span.start), source.position(finding.span.end));
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let text = match &finding.help {
            Some(help) => format!("{}\n{help}", finding.message),
            None => finding.message.clone(),
        };
        // A column is only shown where a finding begins and ends on one line.
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column)
        } else {
            String::new()
        };
        writeln!(
            out,
            "::{command} file={},line={},endLine={}{columns},title={}::{}",
            property(&source.path),
            start.line,
            end.line,
            finding.rule,
            data(&text)
        )?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_would_end_a_value_is_escaped() {
        assert_eq!(super::property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
        assert_eq!(super::data("a,b:c"), "a,b:c");
    }
}
