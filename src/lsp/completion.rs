//! Completion: names of rules in comments that silence, and keys and values in configuration files.

use super::encoding::Index;
use super::place::{Place, word_at};
use super::prose::plain;
use super::snapshot::Snapshot;
use crate::catalogue::Rule;
use crate::config::{self, NAMES};
use crate::rules;
use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, Documentation, MarkupContent, MarkupKind, TextEdit,
};
use serde_json::Value;
use std::ops::Range;

/// The completions at a place.
pub(super) fn at(snapshot: &Snapshot<'_>, here: &Place<'_>) -> Vec<CompletionItem> {
    let (text, at, client) = (here.text, here.at, snapshot.client);
    let name = here.path.rsplit('/').next().unwrap_or(here.path);
    let offers = if NAMES.contains(&name) { in_configuration(text, at) } else { in_comment(text, at) };
    let lines = Index::of(text);
    let item = |offer: Offer| {
        let range = lines.range(text, offer.range, client.encoding);
        CompletionItem {
            label: offer.label.clone(),
            kind: Some(offer.kind),
            documentation: (!offer.doc.is_empty()).then(|| documentation(&offer.doc, client.completes_markdown)),
            text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text: offer.text })),
            ..CompletionItem::default()
        }
    };
    offers.into_iter().map(item).collect()
}

/// The documentation as Markdown if the client renders it, otherwise as plain text.
fn documentation(text: &str, reads_markdown: bool) -> Documentation {
    if reads_markdown {
        Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: text.to_owned() })
    } else {
        Documentation::String(plain(text))
    }
}

/// A possible completion.
#[derive(Debug)]
struct Offer {
    label: String,
    text: String,
    doc: String,
    kind: CompletionItemKind,
    /// The range it replaces.
    range: Range<usize>,
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// The range of the word around a place; empty if there is no word.
fn word(text: &str, at: usize) -> Range<usize> {
    word_at(text, at, is_part).unwrap_or(at..at)
}

/// Completions after `seaworthy:` in a comment.
fn in_comment(text: &str, at: usize) -> Vec<Offer> {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let Some(mark) = text[line..at].find("seaworthy:") else { return Vec::new() };
    let is_comment = text[line..line + mark].contains(['#', '/']);
    let said = &text[line + mark + "seaworthy:".len()..at];
    if !is_comment {
        return Vec::new();
    }
    let range = word(text, at);
    match said.rfind('[') {
        // After the list follows the reason, which is free text.
        Some(open) if said[open..].contains(']') => Vec::new(),
        Some(_) => rules(&range),
        None if said.trim_start().chars().all(is_part) => {
            let kinds = [
                ("ignore", "For the line that the comment stands on or above."),
                ("ignore-stage", "For a stage of a Dockerfile."),
                ("ignore-file", "For the whole file."),
            ];
            let offer = |(kind, doc): (&str, &str)| Offer {
                label: kind.to_owned(),
                text: if text[range.end..].starts_with('[') { kind.to_owned() } else { format!("{kind}[") },
                doc: doc.to_owned(),
                kind: CompletionItemKind::Keyword,
                range: range.clone(),
            };
            kinds.into_iter().map(offer).collect()
        }
        None => Vec::new(),
    }
}

fn rules(range: &Range<usize>) -> Vec<Offer> {
    let offer = |rule: &Rule| Offer {
        label: rule.id.to_string(),
        text: rule.id.to_string(),
        doc: rule.page().front.summary.clone(),
        kind: CompletionItemKind::EnumMember,
        range: range.clone(),
    };
    rules::ALL.iter().copied().map(offer).collect()
}

/// The keys and values that the schema of configuration files allows at a place.
fn in_configuration(text: &str, at: usize) -> Vec<Offer> {
    let schema = config::schema();
    let (mut path, is_value) = place(text, at);
    let range = word(text, at);
    if !is_value {
        // The last key is still being typed; the editor filters by it.
        path.pop();
    }
    let Some(node) = path.iter().try_fold(&schema, |node, key| step(&schema, node, key)) else { return Vec::new() };
    if is_value { values(&schema, node, text, &range) } else { keys(&schema, node, &range) }
}

/// The keys that lead to a place, and whether the place is a value; if not, the last key is the one being typed.
fn place(text: &str, at: usize) -> (Vec<String>, bool) {
    let keys = |dotted: &str| -> Vec<String> {
        dotted.split('.').map(|key| key.trim().trim_matches(['"', '\'']).to_owned()).collect()
    };
    let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut path: Vec<String> = Vec::new();
    let typed = &text[line_start..at];
    // The key of an array over several lines, while it is open.
    let mut list: Option<String> = None;
    for line in text[..line_start].lines() {
        if list.is_some() {
            list = list.filter(|_| !line.contains(']'));
            continue;
        }
        if let Some((key, value)) = line.split_once('=')
            && value.contains('[')
            && !value.contains(']')
        {
            list = Some(key.to_owned());
            continue;
        }
        let header = line.trim().strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((header, _)) = header.filter(|_| !line.trim_start().starts_with("[\"")) {
            path = keys(header.trim_start_matches('['));
        }
    }
    if let Some(header) = typed.trim_start().strip_prefix('[').filter(|_| list.is_none()) {
        return (keys(header.trim_start_matches('[')), false);
    }
    if let Some(key) = list.filter(|_| !typed.contains(']')) {
        path.extend(keys(&key));
        return (path, true);
    }
    let Some((key, value)) = typed.split_once('=') else {
        path.extend(keys(typed));
        return (path, false);
    };
    path.extend(keys(key));
    // An inline table.
    if let Some(inner) = value.trim_start().strip_prefix('{') {
        let entry = inner.rsplit(',').next().unwrap_or(inner);
        let Some((key, _)) = entry.split_once('=') else {
            path.extend(keys(entry));
            return (path, false);
        };
        path.extend(keys(key));
    }
    (path, true)
}

/// The schema of a key in a node.
fn step<'a>(schema: &'a Value, node: &'a Value, key: &str) -> Option<&'a Value> {
    variants(schema, node).into_iter().find_map(|node| node.pointer("/properties")?.get(key))
}

/// A node, the nodes it refers to, and its alternatives.
fn variants<'a>(schema: &'a Value, node: &'a Value) -> Vec<&'a Value> {
    let mut found = vec![node];
    let mut next = 0;
    while let Some(node) = found.get(next).copied() {
        next += 1;
        let target = node.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        found.extend(target.and_then(|target| schema.pointer(target)));
        found.extend(node.get("oneOf").and_then(Value::as_array).into_iter().flatten());
        found.extend(node.get("items"));
    }
    found
}

fn keys(schema: &Value, node: &Value, range: &Range<usize>) -> Vec<Offer> {
    let tables = variants(schema, node);
    let properties = tables.into_iter().filter_map(|node| node.get("properties")?.as_object()).flatten();
    let offer = |(key, about): (&String, &Value)| Offer {
        label: key.clone(),
        text: key.clone(),
        doc: about.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        kind: CompletionItemKind::Property,
        range: range.clone(),
    };
    properties.map(offer).collect()
}

fn values(schema: &Value, node: &Value, text: &str, range: &Range<usize>) -> Vec<Offer> {
    let is_quoted = text[..range.start].ends_with(['"', '\'']);
    let doc = node.get("description").and_then(Value::as_str).unwrap_or_default();
    let nodes = variants(schema, node);
    let mut offers = Vec::new();
    for value in nodes.iter().filter_map(|node| node.get("enum")?.as_array()).flatten().filter_map(Value::as_str) {
        offers.push(Offer {
            label: value.to_owned(),
            text: if is_quoted { value.to_owned() } else { format!("\"{value}\"") },
            doc: rules::find(value).map_or_else(|| doc.to_owned(), |rule| rule.page().front.summary.clone()),
            kind: CompletionItemKind::EnumMember,
            range: range.clone(),
        });
    }
    let is_truth = nodes.iter().any(|node| node.get("type").is_some_and(|kind| kind == "boolean"));
    for value in ["true", "false"].into_iter().filter(|_| is_truth) {
        offers.push(Offer {
            label: value.to_owned(),
            text: value.to_owned(),
            doc: doc.to_owned(),
            kind: CompletionItemKind::Value,
            range: range.clone(),
        });
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels at the `|` of a text.
    fn offered(text: &str, offers: impl Fn(&str, usize) -> Vec<Offer>) -> Vec<String> {
        let at = text.find('|').expect("a place");
        offers(&text.replacen('|', "", 1), at).into_iter().map(|offer| offer.label).collect()
    }

    #[test]
    fn comments_offer_kinds_and_rules() {
        assert_eq!(offered("# seaworthy: ig|", in_comment), ["ignore", "ignore-stage", "ignore-file"]);
        let rules = offered("# seaworthy: ignore[latest-tag, ro|", in_comment);
        assert!(rules.iter().any(|rule| rule == "root-user") && rules.len() == rules::ALL.len());
        assert!(offered("# seaworthy: ignore[latest-tag] -- be|", in_comment).is_empty());
        assert!(offered("seaworthy: ignore[|", in_comment).is_empty(), "no comment");
    }

    #[test]
    fn configuration_offers_what_the_schema_has() {
        let has = |text: &str, wanted: &str| {
            let offered = offered(text, in_configuration);
            assert!(offered.iter().any(|label| label == wanted), "{text}: {offered:?}");
        };
        has("pro|", "profile");
        has("profile = |", "recommended");
        has("profile = \"s|\"", "strict");
        has("[ru|", "rules");
        has("[rules]\nroot|", "root-user");
        has("[rules]\nroot-user = \"|\"", "off");
        has("[rules]\nmissing-max-instances = { m|", "max");
        has("[rules.missing-max-instances]\n|", "max");
        has("[rules.missing-max-instances]\nseverity = |", "error");
        has("[[overrides]]\npa|", "paths");
        has("[[overrides]]\npaths = [\"a\"]\n[overrides.rules]\nroot|", "root-user");
        has("[suppressions]\nunignorable = [\"|\"]", "root-user");
        has("[suppressions]\nunignorable = [\n  \"latest-tag\",\n  \"|\"\n]", "root-user");
        has("[suppressions]\nunignorable = [\n  \"latest-tag\",\n]\n|", "require-reason");
        has("[suppressions]\nrequire-reason = |", "true");
        assert!(offered("[nonsense]\n|", in_configuration).is_empty());
    }
}
