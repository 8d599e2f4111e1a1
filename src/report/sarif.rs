//! SARIF 2.1.0, as GitHub code scanning and editors read it
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>,
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>).

use crate::catalogue::HOME;
use crate::engine::{Report, repair};
use crate::finding::{Finding, Fix, Severity};
use crate::rules;
use crate::source::Sources;
use crate::span::Span;
use serde_json::{Value, json};

/// The report as a SARIF log with one run.
pub fn document(report: &Report, sources: &Sources) -> Value {
    // Only rules with results are listed: GitHub accepts a limited number of rules and shows only these.
    let suppressed = || report.suppressed.iter().map(|hidden| &hidden.finding);
    let mut ids: Vec<&str> = report.findings.iter().chain(suppressed()).map(|finding| finding.rule.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    // If there are too many results, silenced ones are dropped first, then the least severe.
    let mut findings: Vec<&Finding> = report.findings.iter().map(|finding| &**finding).collect();
    let cut = (findings.len() + report.suppressed.len()).saturating_sub(MOST_RESULTS);
    if findings.len() > MOST_RESULTS {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings.truncate(MOST_RESULTS);
        findings.sort_by_key(|finding| (sources.key(finding.span), finding.rule));
    }
    let mut results: Vec<Value> = findings.iter().map(|finding| result(finding, &ids, sources)).collect();
    for hidden in report.suppressed.iter().take(MOST_RESULTS - findings.len()) {
        let mut value = result(&hidden.finding, &ids, sources);
        value["suppressions"] =
            json!([{"kind": hidden.by.kind(), "justification": hidden.reason.clone().unwrap_or_default()}]);
        results.push(value);
    }
    let driver = json!({
        "name": "seaworthy",
        "fullName": concat!("seaworthy ", env!("CARGO_PKG_VERSION")),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": ids.iter().filter_map(|id| rule(id)).collect::<Vec<_>>(),
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": super::with_address(driver, "informationUri", HOME)},
            "automationDetails": {"id": "seaworthy/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notes(report, cut),
            }],
            "results": results,
        }],
    })
}

/// The maximum number of results of a run that GitHub accepts
/// (<https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>).
const MOST_RESULTS: usize = 25_000;

/// The maximum number of related locations of a result that GitHub shows; it accepts 1,000.
const MOST_RELATED: usize = 100;

fn rule(id: &str) -> Option<Value> {
    let rule = rules::find(id)?;
    let page = rule.page();
    // GitHub ranks security findings by this number; elsewhere it has no meaning.
    let security = match page.front.severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.0",
        Severity::Info => "2.0",
    };
    let is_security = matches!(rule.concern, "identity" | "secrets" | "network" | "supply-chain");
    let mut properties = json!({"tags": [rule.concern], "precision": "high"});
    if is_security {
        properties["tags"] = json!(["security", rule.concern]);
        properties["security-severity"] = json!(security);
    }
    let why = rule.body().split("\n## ").next().unwrap_or_default().trim();
    let value = json!({
        "id": rule.id,
        "name": pascal(&rule.id),
        "shortDescription": {"text": page.front.summary},
        "fullDescription": {"text": why},
        "help": {"text": why, "markdown": rule.body().trim()},
        "defaultConfiguration": {"level": level(page.front.severity)},
        "properties": properties,
    });
    Some(super::with_address(value, "helpUri", rule.url().as_deref()))
}

/// `RootUser` for `root-user`: SARIF viewers show the name of a rule as an identifier.
fn pascal(id: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    id.split('-').filter(|part| !part.is_empty()).map(word).collect()
}

fn result(finding: &Finding, ids: &[&str], sources: &Sources) -> Value {
    let text = super::with_help(finding);
    let related: Vec<Value> = finding
        .related
        .iter()
        .take(MOST_RELATED)
        .enumerate()
        .map(|(index, label)| json!({"id": index + 1, "message": {"text": label.message}, "physicalLocation": physical(label.span, sources)}))
        .collect();
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": ids.iter().position(|id| *id == finding.rule.as_str()),
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [{"physicalLocation": physical(finding.span, sources)}],
        "partialFingerprints": {"seaworthy/v1": finding.fingerprint},
    });
    if !related.is_empty() {
        value["relatedLocations"] = json!(related);
    }
    if let Some(fix) = &finding.fix {
        value["fixes"] = json!([one_fix(fix, sources)]);
    }
    value
}

fn one_fix(fix: &Fix, sources: &Sources) -> Value {
    let changes: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            let content = repair::content(sources, edit);
            json!({
                "artifactLocation": location(edit.span, sources),
                "replacements": [{"deletedRegion": region(edit.span, sources), "insertedContent": {"text": content}}],
            })
        })
        .collect();
    json!({"description": {"text": fix.title}, "artifactChanges": changes})
}

fn notes(report: &Report, cut: usize) -> Vec<Value> {
    let note = |message: &str, path: &str| {
        json!({
            "level": "note",
            "message": {"text": message},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": encoded(path), "uriBaseId": "%SRCROOT%"}}}],
        })
    };
    let mut notes: Vec<Value> = report.notes.iter().map(|told| note(&told.message, &told.path)).collect();
    if cut > 0 {
        let text = format!("{cut} results are left out: GitHub accepts {MOST_RESULTS}");
        notes.push(json!({"level": "warning", "message": {"text": text}}));
    }
    notes
}

fn physical(span: Span, sources: &Sources) -> Value {
    json!({"artifactLocation": location(span, sources), "region": region(span, sources)})
}

fn location(span: Span, sources: &Sources) -> Value {
    json!({"uri": encoded(&sources.get(span.source).path), "uriBaseId": "%SRCROOT%"})
}

fn region(span: Span, sources: &Sources) -> Value {
    let source = sources.get(span.source);
    let (start, end) = (source.position(span.start), source.position(span.end));
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a relative URI (RFC 3986): everything except unreserved characters and `/` is percent-encoded.
fn encoded(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_become_uris() {
        assert_eq!(super::encoded("a b/é#1.yaml"), "a%20b/%C3%A9%231.yaml");
    }
}
