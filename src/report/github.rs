//! Workflow commands, which GitHub shows beside the changed lines of a pull request
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).

use super::gathered::gathered;
use crate::engine::Report;
use crate::finding::Severity;
use crate::source::Sources;
use crate::visible::visible;
use std::io::{self, Write};

/// The number of annotations of one level that GitHub shows for a step; further ones appear only in its log
/// (<https://docs.github.com/en/rest/checks/runs>, and measured by other linters).
const MOST_SHOWN: usize = 10;

/// Writes one command per finding, the most severe first.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    let mut all = gathered(&report.findings);
    all.sort_by_key(|each| std::cmp::Reverse(each.severity()));
    for each in &all {
        let finding = each.first();
        let source = sources.get(finding.span.source);
        let (start, end) = (source.position(finding.span.start), source.position(finding.span.end));
        let command = match each.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let text = [vec![each.message()], each.help(sources)].concat().join("\n");
        // GitHub accepts columns only if a finding starts and ends on the same line.
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
            property(&each.rules()),
            data(&text)
        )?;
    }
    let hidden: usize = Severity::ALL
        .into_iter()
        .map(|severity| all.iter().filter(|each| each.severity() == severity).count().saturating_sub(MOST_SHOWN))
        .sum();
    if hidden > 0 {
        writeln!(out, "{hidden} of these are shown only here: GitHub annotates {MOST_SHOWN} of a kind for each step")?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    // Line breaks are part of a message with a help; the runner shows every other character as it is.
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
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
