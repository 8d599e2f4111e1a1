//! GitLab's Code Quality report (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use crate::engine::Report;
use crate::finding::Severity;
use crate::source::Sources;
use serde_json::{Value, json};

/// The report. Silenced findings are left out because the format can't express them.
pub fn document(report: &Report, sources: &Sources) -> Value {
    report
        .findings
        .iter()
        .map(|finding| {
            let source = sources.get(finding.span.source);
            let line = |offset| source.position(offset).line;
            json!({
                "description": finding.message,
                "check_name": finding.rule,
                "fingerprint": finding.fingerprint,
                "severity": match finding.severity {
                    Severity::Error => "critical",
                    Severity::Warning => "major",
                    Severity::Info => "info",
                },
                "location": {
                    "path": &*source.path,
                    "lines": {"begin": line(finding.span.start), "end": line(finding.span.end)},
                },
            })
        })
        .collect()
}
