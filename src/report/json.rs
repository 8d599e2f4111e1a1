//! JSON for programs; its structure is stable, see `docs/outputs.md`.

use crate::engine::{Report, repair};
use crate::finding::{Cause, Finding, Severity};
use crate::source::Sources;
use crate::span::Span;
use crate::suppress::{By, Suppressed};
use crate::visible;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The report as JSON. Undecided questions are listed only if `shows_unknown` is set.
pub fn document(report: &Report, sources: &Sources, shows_unknown: bool) -> Value {
    let unknown: Vec<Value> = report
        .undecided
        .iter()
        .filter(|_| shows_unknown)
        .map(|open| json!({"path": path(sources, open.span), "span": span(sources, open.span), "rule": open.rule, "why": open.why}))
        .collect();
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|file| json!({"path": &*file.path, "surface": file.surface.map(|surface| surface.name()), "environment": file.environment.name(), "evidence": file.evidence}))
        .collect();
    let notes: Vec<Value> =
        report.notes.iter().map(|note| json!({"path": &*note.path, "message": note.message})).collect();
    json!({
        "schema": 1,
        "tool": {"name": "seaworthy", "version": env!("CARGO_PKG_VERSION")},
        "root": ".",
        "findings": report.findings.iter().map(|finding| one(finding, report, sources)).collect::<Vec<_>>(),
        "suppressed": report.suppressed.iter().map(|hidden| suppressed(hidden, report, sources)).collect::<Vec<_>>(),
        "files": files,
        "unknown": unknown,
        "notes": notes,
        "summary": {
            "error": report.count(Severity::Error),
            "warning": report.count(Severity::Warning),
            "info": report.count(Severity::Info),
            "suppressed": report.suppressed.len(),
            "unknown": report.undecided.len(),
            "files": report.files.len(),
        },
    })
}

/// Writes one JSON object per line for each finding, silenced ones after the others.
///
/// # Errors
/// Those of the writer.
pub fn lines(out: &mut dyn Write, report: &Report, sources: &Sources) -> io::Result<()> {
    for finding in &report.findings {
        writeln!(out, "{}", visible::json(&one(finding, report, sources).to_string()))?;
    }
    for hidden in &report.suppressed {
        writeln!(out, "{}", visible::json(&suppressed(hidden, report, sources).to_string()))?;
    }
    Ok(())
}

/// A silenced finding, with the cause and the reason.
fn suppressed(hidden: &Suppressed, report: &Report, sources: &Sources) -> Value {
    let mut value = one(&hidden.finding, report, sources);
    value["suppression"] = json!({"kind": hidden.by.kind(), "justification": hidden.reason});
    if let By::Comment(comment) = hidden.by {
        value["suppression"]["span"] = span(sources, comment);
    }
    value
}

fn one(finding: &Finding, report: &Report, sources: &Sources) -> Value {
    let facts = &report.sources[finding.span.source];
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|label| json!({"path": path(sources, label.span), "span": span(sources, label.span), "message": label.message}))
        .collect();
    let mut value = json!({
        "rule": finding.rule,
        "category": finding.concern,
        "severity": finding.severity.name(),
        "message": finding.message,
        "help": finding.help,
        "url": super::page_of(finding),
        "path": path(sources, finding.span),
        "span": span(sources, finding.span),
        "related": related,
        "surface": facts.surface.map(|surface| surface.name()),
        "environment": facts.environment.name(),
        "fingerprint": finding.fingerprint,
    });
    if let Some(cause) = &finding.cause {
        value["cause"] = cause_of(finding, cause, sources).into();
    }
    if let Some(fix) = &finding.fix {
        let edits: Vec<Value> = fix
            .edits
            .iter()
            .map(|edit| json!({"path": path(sources, edit.span), "span": span(sources, edit.span), "content": repair::content(sources, edit)}))
            .collect();
        value["fix"] = json!({"title": fix.title, "safe": fix.is_safe, "edits": edits});
    }
    value
}

/// A text that findings with one cause share, and no others of this report.
fn cause_of(finding: &Finding, cause: &Cause, sources: &Sources) -> String {
    match cause {
        Cause::Same { thing, .. } => format!("{}: {thing}", finding.rule),
        Cause::Lacks { description, name } => {
            let at = sources.start(*description);
            format!("{name}, {}:{}:{}", path(sources, *description), at.line, at.column)
        }
    }
}

fn path(sources: &Sources, span: Span) -> &str {
    &sources.get(span.source).path
}

fn span(sources: &Sources, span: Span) -> Value {
    let source = sources.get(span.source);
    let end = |offset: u32| {
        let at = source.position(offset);
        json!({"offset": offset, "line": at.line, "column": at.column})
    };
    json!({"start": end(span.start), "end": end(span.end)})
}
