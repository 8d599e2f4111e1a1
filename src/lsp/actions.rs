//! Code actions for findings: fixes, comments that silence, and links to pages.

use super::diagnostics::of_finding;
use super::folder::Outcome;
use super::prose::capital;
use super::snapshot::Snapshot;
use crate::catalogue::HOME;
use crate::engine::{Memory, repair};
use crate::finding::{Finding, Fix};
use crate::span::SourceId;
use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, Command, DocumentChange, Edit,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ops::Range;

/// The command that opens the page of a rule.
pub(super) const SHOW_PAGE: &str = "seaworthy.showPage";

/// The kind of the action that applies every safe fix.
pub(super) const FIX_ALL: &str = "source.fixAll.seaworthy";

/// The placeholder for the reason of an inserted comment.
const REASON: &str = "TODO: say why";

/// Replacements of byte ranges, by source.
type Edits = HashMap<SourceId, Vec<(Range<usize>, String)>>;

/// Actions for a range of a document.
pub(super) fn offer(
    snapshot: &Snapshot<'_>,
    memory: &Memory,
    path: &str,
    params: &CodeActionParams,
) -> Vec<CodeAction> {
    let only: Option<Vec<String>> =
        params.context.only.as_ref().map(|kinds| kinds.iter().map(ToString::to_string).collect());
    let wants = |kind: &str| {
        only.as_ref().is_none_or(|only| {
            only.iter().any(|wanted| {
                wanted.is_empty()
                    || kind == wanted
                    || kind.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
            })
        })
    };
    let mut actions = Vec::new();
    if !snapshot.client.takes_actions {
        return actions;
    }
    // A client that does not ask for edits later gets them at once.
    let finished = |action: CodeAction| {
        if snapshot.client.resolves_edits { Some(action) } else { resolve(snapshot, memory, path, action) }
    };
    if wants("quickfix") {
        actions.extend(quick(snapshot, path, params, &finished));
    }
    // Source actions are of no use in a list for one place, so they are only offered when requested.
    let is_asked = only.as_ref().is_some_and(|only| only.iter().any(|kind| kind.starts_with("source")));
    if is_asked && wants(FIX_ALL) && has_safe_fix(snapshot.outcome, path) {
        let address = params.text_document.uri.0.clone();
        let version = snapshot.folder.document(path).map(|document| document.version);
        let action = CodeAction {
            title: "Apply every safe fix of seaworthy".to_owned(),
            kind: Some(CodeActionKind::from(FIX_ALL.to_owned())),
            data: Some(json!({"uri": address, "version": version, "all": true})),
            ..CodeAction::default()
        };
        actions.extend(finished(action));
    }
    actions
}

fn has_safe_fix(outcome: &Outcome, path: &str) -> bool {
    let id = outcome.sources.find(path);
    // A fix that edits another file is not part of the safe fixes of this one.
    let is_here = |fix: &Fix| fix.is_safe && fix.edits.iter().all(|edit| Some(edit.span.source) == id);
    outcome
        .analysis
        .report
        .findings
        .iter()
        .any(|finding| finding.fix.as_ref().is_some_and(is_here) && may_change(outcome, finding))
}

/// Actions for the findings in a range.
fn quick(
    snapshot: &Snapshot<'_>,
    path: &str,
    params: &CodeActionParams,
    finished: &dyn Fn(CodeAction) -> Option<CodeAction>,
) -> Vec<CodeAction> {
    let Snapshot { client, outcome, folder, .. } = *snapshot;
    let asked = params.range;
    let mut actions = Vec::new();
    let mut silences = Vec::new();
    let mut pages: Vec<CodeAction> = Vec::new();
    let Some(id) = outcome.sources.find(path) else { return actions };
    let version = folder.document(path).map(|document| document.version);
    for finding in outcome.analysis.report.findings.iter().filter(|finding| finding.span.source == id) {
        let place = snapshot.range(finding.span);
        if place.end < asked.start || asked.end < place.start {
            continue;
        }
        let diagnostic = of_finding(snapshot, finding);
        let base = CodeAction {
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic]),
            ..CodeAction::default()
        };
        if let Some(fix) = finding.fix.as_ref().filter(|_| may_change(outcome, finding)) {
            let hint = if fix.is_safe { "" } else { " (look at what it changes)" };
            actions.push(CodeAction {
                title: format!("{}{hint}", capital(&fix.title)),
                is_preferred: Some(fix.is_safe),
                edit: Some(of_fix(snapshot, fix)),
                ..base.clone()
            });
        }
        if repair::may_be_silenced(finding, outcome.sources.get(id), snapshot.folder.config()) {
            silences.push(CodeAction {
                title: format!("Silence `{}` here, with a reason", finding.rule),
                is_preferred: Some(false),
                data: Some(json!({
                    "uri": params.text_document.uri.0, "version": version, "fingerprint": finding.fingerprint,
                })),
                ..base.clone()
            });
        }
        if HOME.is_some() && client.shows_documents && !pages.iter().any(|page| page.title.contains(&*finding.rule)) {
            let title = format!("Open the page of `{}`", finding.rule);
            pages.push(CodeAction {
                title: title.clone(),
                is_preferred: Some(false),
                command: Some(Command {
                    title,
                    command: SHOW_PAGE.to_owned(),
                    arguments: Some(vec![finding.rule.as_str().into()]),
                    ..Command::default()
                }),
                ..base
            });
        }
    }
    actions.extend(silences.into_iter().filter_map(finished));
    actions.extend(pages);
    actions
}

/// Whether all files of a fix were read in full; others may be misunderstood, and the command line does not change them
/// either.
fn may_change(outcome: &Outcome, finding: &Finding) -> bool {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let is_whole =
        |id: SourceId| outcome.sources.get(id).damage.is_none() && !outcome.analysis.report.broken.contains(&id);
    edits.map(|edit| edit.span.source).all(is_whole)
}

/// Computes the edit of an action that was offered without one; `None` if the document has changed since.
pub(super) fn resolve(
    snapshot: &Snapshot<'_>,
    memory: &Memory,
    path: &str,
    mut action: CodeAction,
) -> Option<CodeAction> {
    let data = action.data.clone()?;
    let version = snapshot.folder.document(path).map(|document| document.version);
    if data.get("version").and_then(Value::as_i64) != version.map(i64::from) {
        return None;
    }
    let fingerprint = data.get("fingerprint").and_then(Value::as_str).map(str::to_owned);
    if fingerprint.is_none() && data.get("all") != Some(&Value::Bool(true)) {
        return None;
    }
    let (sources, config, mut memory) = (&snapshot.outcome.sources, snapshot.folder.config(), memory.clone());
    let repaired = match &fingerprint {
        Some(wanted) => {
            let is_wanted = |finding: &Finding, _: &crate::source::Source| finding.fingerprint == *wanted;
            repair::add_ignores(sources, config, &mut memory, &is_wanted, REASON)
        }
        None => repair::repair(sources, config, &mut memory, &|fix| fix.is_safe, &|changed| changed == path),
    };
    let mut edits = Edits::new();
    for (path, text) in &repaired.changed {
        let id = sources.find(path)?;
        edits.entry(id).or_default().extend(differences(&sources.get(id).text, text));
    }
    if edits.is_empty() && fingerprint.is_some() {
        // No comment can silence this finding at its place.
        return None;
    }
    action.edit = Some(edit(snapshot, edits));
    Some(action)
}

/// The replacements that turn one text into another, by lines: an editor then keeps cursors and folds everywhere else.
fn differences(before: &str, after: &str) -> Vec<(Range<usize>, String)> {
    let diff = similar::TextDiff::from_lines(before, after);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let (mut at, mut is_open) = (0, false);
    for change in diff.iter_all_changes() {
        let (tag, text) = (change.tag(), change.value());
        if tag == similar::ChangeTag::Equal {
            at += text.len();
            is_open = false;
            continue;
        }
        if !is_open {
            edits.push((at..at, String::new()));
            is_open = true;
        }
        let Some((range, new)) = edits.last_mut() else { continue };
        if tag == similar::ChangeTag::Delete {
            at += text.len();
            range.end = at;
        } else {
            new.push_str(text);
        }
    }
    edits
}

fn of_fix(snapshot: &Snapshot<'_>, fix: &Fix) -> WorkspaceEdit {
    let mut edits = Edits::new();
    for (id, range, content) in repair::replacements(&snapshot.outcome.sources, fix) {
        edits.entry(id).or_default().push((range, content));
    }
    edit(snapshot, edits)
}

/// Replacements as a workspace edit, with the versions of open documents if the client supports that.
fn edit(snapshot: &Snapshot<'_>, edits: Edits) -> WorkspaceEdit {
    let Snapshot { client, outcome, folder, .. } = *snapshot;
    let mut plain: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    let mut versioned: Vec<DocumentChange> = Vec::new();
    let mut edits: Vec<_> = edits.into_iter().collect();
    edits.sort_by_key(|(id, _)| outcome.sources.rank_of(*id));
    for (id, edits) in edits {
        let source = outcome.sources.get(id);
        let Some(address) = snapshot.address(&source.path) else { continue };
        let index = outcome.index(id);
        let edits: Vec<TextEdit> = edits
            .into_iter()
            .map(|(bytes, new_text)| TextEdit { range: index.range(&source.text, bytes, client.encoding), new_text })
            .collect();
        if client.takes_versions {
            let version = folder.document(&source.path).map(|document| document.version);
            versioned.push(DocumentChange::TextDocumentEdit(TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier {
                    version,
                    text_document_identifier: TextDocumentIdentifier { uri: address },
                },
                edits: edits.into_iter().map(Edit::TextEdit).collect(),
            }));
        } else {
            plain.insert(address, edits);
        }
    }
    if client.takes_versions {
        WorkspaceEdit { document_changes: Some(versioned), ..WorkspaceEdit::default() }
    } else {
        WorkspaceEdit { changes: Some(plain), ..WorkspaceEdit::default() }
    }
}
