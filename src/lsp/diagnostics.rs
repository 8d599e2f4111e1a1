//! Findings and problems of configuration files as LSP diagnostics.

use super::client::Client;
use super::encoding::Index;
use super::folder::Folder;
use super::snapshot::Snapshot;
use crate::catalogue::Rule;
use crate::finding::{Finding, Severity};
use crate::rules;
use crate::suppress::comments::STALE;
use crate::visible::visible;
use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Message, Uri,
};

/// The diagnostics of a path.
pub(super) fn of(snapshot: &Snapshot<'_>, path: &str) -> Vec<Diagnostic> {
    let mut diagnostics = of_configuration(snapshot.folder, path, snapshot.client);
    let sources = &snapshot.outcome.sources;
    if let Some(id) = sources.find(path) {
        // Findings are sorted by source and place.
        let findings = &snapshot.outcome.analysis.report.findings;
        let rank = |id| sources.rank_of(id);
        let first = findings.partition_point(|finding| rank(finding.span.source) < rank(id));
        let here = findings[first..].iter().take_while(|finding| finding.span.source == id);
        diagnostics.extend(here.map(|finding| of_finding(snapshot, finding)));
    }
    diagnostics
}

/// A finding as a diagnostic.
pub(super) fn of_finding(snapshot: &Snapshot<'_>, finding: &Finding) -> Diagnostic {
    let client = snapshot.client;
    let related: Vec<DiagnosticRelatedInformation> = finding
        .related
        .iter()
        .filter_map(|label| {
            let location = snapshot.location(label.span)?;
            Some(DiagnosticRelatedInformation { location, message: label.message.clone() })
        })
        .collect();
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    let url = rules::find(&finding.rule).and_then(Rule::url).map(|url| CodeDescription { href: Uri(url) });
    Diagnostic {
        range: snapshot.range(finding.span),
        severity: Some(severity(finding.severity)),
        code: Some(Code::String(finding.rule.to_string())),
        code_description: url.filter(|_| client.takes_descriptions),
        source: Some("seaworthy".to_owned()),
        message: Message::String(message),
        tags: (client.takes_tags && finding.rule == STALE).then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: (client.takes_related && !related.is_empty()).then_some(related),
        data: None,
    }
}

/// The problems of a configuration file as diagnostics.
fn of_configuration(folder: &Folder, path: &str, client: &Client) -> Vec<Diagnostic> {
    let problems = folder.problems.iter().filter(|problem| folder.below(&problem.at.file).as_deref() == Some(path));
    problems
        .map(|problem| {
            let text = folder.text(&problem.at.file).map_or("", |text| &**text);
            let mut message = visible(&problem.to_string()).into_owned();
            if let Some(help) = problem.help() {
                message.push_str("\nhelp: ");
                message.push_str(&visible(&help));
            }
            let level = if problem.is_error() { Severity::Error } else { Severity::Warning };
            Diagnostic {
                range: Index::of(text).range(text, problem.at.range.clone(), client.encoding),
                severity: Some(severity(level)),
                source: Some("seaworthy".to_owned()),
                message: Message::String(message),
                ..Diagnostic::default()
            }
        })
        .collect()
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Info => DiagnosticSeverity::Information,
    }
}
