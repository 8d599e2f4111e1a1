//! The Reviewdog Diagnostic Format (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>).

use crate::catalogue::HOME;
use crate::engine::Report;
use crate::finding::{Edit, Finding, Severity};
use crate::rules;
use crate::source::{Source, Sources};
use crate::span::Span;
use serde_json::{Value, json};

/// The report.
pub fn document(report: &Report, sources: &Sources) -> Value {
    json!({
        "source": with_url(json!({"name": "seaworthy"}), HOME),
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
        "code": with_url(json!({"value": finding.rule}), rules::find(&finding.rule).and_then(|rule| rule.url()).as_deref()),
    });
    // A suggestion replaces one range in the same file; a fix with several edits can't be expressed.
    if let Some([edit]) = finding.fix.as_ref().map(|fix| &fix.edits[..])
        && edit.span.source == finding.span.source
    {
        value["suggestions"] = json!([suggestion(source, edit)]);
    }
    value
}

/// An object with an address, if there is one.
fn with_url(mut object: Value, url: Option<&str>) -> Value {
    if let Some(url) = url {
        object["url"] = json!(url);
    }
    object
}

fn suggestion(source: &Source, edit: &Edit) -> Value {
    json!({"range": range(source, edit.span), "text": edit.content})
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
