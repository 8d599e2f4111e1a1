//! The Reviewdog Diagnostic Format (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>).

use super::{page_of, with_address};
use crate::catalogue::HOME;
use crate::engine::{Report, repair};
use crate::finding::{Finding, Severity};
use crate::source::{Source, Sources};
use crate::span::Span;
use serde_json::{Value, json};

/// The report.
pub fn document(report: &Report, sources: &Sources) -> Value {
    json!({
        "source": with_address(json!({"name": "seaworthy"}), "url", HOME),
        "diagnostics": report.findings.iter().map(|finding| one(finding, sources)).collect::<Vec<_>>(),
    })
}

fn one(finding: &Finding, sources: &Sources) -> Value {
    let source = sources.get(finding.span.source);
    let mut value = json!({
        "message": super::with_help(finding),
        "location": {"path": &*source.path, "range": range(source, finding.span)},
        "severity": match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        "code": with_address(json!({"value": finding.rule}), "url", page_of(finding).as_deref()),
    });
    // A suggestion replaces one range in the same file; a fix with several edits can't be expressed.
    if let Some([edit]) = finding.fix.as_ref().map(|fix| &fix.edits[..])
        && edit.span.source == finding.span.source
    {
        value["suggestions"] = json!([{"range": range(source, edit.span), "text": repair::content(sources, edit)}]);
    }
    value
}

/// Lines and columns from 1; columns count UTF-8 bytes.
fn range(source: &Source, span: Span) -> Value {
    let end = |offset: u32| {
        let line = source.position(offset).line;
        let start = source.lines().range(&source.text, line).start;
        json!({"line": line, "column": offset as usize - start + 1})
    };
    json!({"start": end(span.start), "end": end(span.end)})
}
