//! Terraform's JSON syntax, parsed into the same tree as the native syntax.
//!
//! JSON is parsed with the YAML parser, because that has spans. At the top level, the name of a key decides whether it
//! holds blocks (<https://developer.hashicorp.com/terraform/language/syntax/json>). Below it, an object or a list of
//! objects may be a block or a value, so the tree has both.

use super::{Attribute, Block, Body, Expr, ExprKind, Ident};
use crate::source::Fragment;
use crate::syntax::{Problem, yaml};

/// Top-level keys and the number of labels their blocks have.
const BLOCKS: &[(&str, usize)] = &[
    ("resource", 2),
    ("data", 2),
    ("variable", 1),
    ("output", 1),
    ("provider", 1),
    ("module", 1),
    ("locals", 0),
    ("terraform", 0),
];

pub(super) fn parse(fragment: &Fragment) -> (Body, Vec<Problem>) {
    let (documents, mut problems) = yaml::parse(fragment);
    let mut body = Body::default();
    let Some(document) = documents.first() else { return (body, problems) };
    // Only YAML has aliases, and a few of them may stand for more objects than any memory holds.
    if let Some(alias) = document.alias() {
        problems.push(Problem::invalid(alias, "JSON has no aliases"));
        return (body, problems);
    }
    for entry in document.root().own_entries() {
        let name = ident(entry.key);
        match BLOCKS.iter().find(|(kind, _)| *kind == &*name.text) {
            Some((_, labels)) => blocks(&name, entry.value, *labels, &mut Vec::new(), &mut body.blocks),
            None => body.attributes.push(attribute(name, entry.value)),
        }
    }
    (body, problems)
}

/// Descends through one object per label to the blocks.
fn blocks(kind: &Ident, node: yaml::Node, depth: usize, labels: &mut Vec<Ident>, into: &mut Vec<Block>) {
    if node.is_sequence() {
        for item in node.items() {
            blocks(kind, item, depth, labels, into);
        }
    } else if depth > 0 {
        for entry in node.own_entries() {
            labels.push(ident(entry.key));
            blocks(kind, entry.value, depth - 1, labels, into);
            labels.pop();
        }
    } else if node.is_mapping() {
        let header = labels.last().map_or(kind.span, |label| label.span);
        into.push(Block {
            kind: kind.clone(),
            labels: labels.clone(),
            body: content(node, 0),
            inside: None,
            header,
            span: node.span(),
        });
    }
}

/// The deepest nesting that is read; no configuration reaches it.
const DEEPEST: usize = 32;
/// The deepest nesting of blocks. What is in a block is also read as a value of each block around it, so its cost grows
/// with this number.
const DEEPEST_BLOCK: usize = 10;

fn content(node: yaml::Node, depth: usize) -> Body {
    let mut body = Body::default();
    for entry in node.own_entries() {
        let name = ident(entry.key);
        if depth < DEEPEST_BLOCK {
            let objects = std::iter::once(entry.value).filter(yaml::Node::is_mapping);
            let listed = entry.value.items().filter(yaml::Node::is_mapping);
            for object in objects.chain(listed) {
                let inner = content(object, depth + 1);
                let (header, span) = (name.span, object.span());
                body.blocks.push(Block {
                    kind: name.clone(),
                    labels: Vec::new(),
                    body: inner,
                    inside: None,
                    header,
                    span,
                });
            }
        }
        body.attributes.push(attribute(name, entry.value));
    }
    body
}

fn attribute(name: Ident, node: yaml::Node) -> Attribute {
    let value = value(node, 0);
    let span = name.span.to(value.span);
    Attribute { name, value, span }
}

fn value(node: yaml::Node, depth: usize) -> Expr {
    let kind = if depth >= DEEPEST && (node.is_mapping() || node.is_sequence()) {
        ExprKind::Beyond
    } else if node.is_mapping() {
        let entries = node.own_entries().map(|entry| {
            let key =
                Expr { span: entry.key.span(), kind: ExprKind::String(entry.key.text().unwrap_or_default().into()) };
            (key, value(entry.value, depth + 1))
        });
        ExprKind::Object(entries.collect())
    } else if node.is_sequence() {
        ExprKind::Tuple(node.items().map(|item| value(item, depth + 1)).collect())
    } else {
        scalar(node)
    };
    Expr { span: node.span(), kind }
}

fn scalar(node: yaml::Node) -> ExprKind {
    let text = node.text().unwrap_or_default();
    if node.is_plain() {
        return match text {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            number => number.parse().map_or_else(|_| ExprKind::String(number.into()), ExprKind::Number),
        };
    }
    if (text.contains("${") || text.contains("%{"))
        && let Some(template) = node.fragment().as_ref().and_then(super::parse_template)
    {
        return template.kind;
    }
    ExprKind::String(text.into())
}

fn ident(node: yaml::Node) -> Ident {
    Ident { text: node.text().unwrap_or_default().into(), span: node.span() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    #[test]
    fn json_reads_like_the_native_syntax() {
        let text = r#"{"variable": {"a": {"default": "x"}},
 "resource": {"google_storage_bucket": {"b": {"name": "n-${var.a}", "versioning": {"enabled": true}, "n": 3}}}}"#;
        let (body, problems) = parse(&Fragment::whole(SourceId(0), &Source::new("main.tf.json", text)));
        assert_eq!(problems, []);
        let bucket = &body.blocks[1];
        assert_eq!((bucket.label(0), bucket.label(1)), (Some("google_storage_bucket"), Some("b")));
        assert!(
            matches!(bucket.body.get("name").map(|name| &name.kind), Some(ExprKind::Template(parts)) if parts.len() == 2)
        );
        let versioning = bucket.body.blocks("versioning").next().expect("a block");
        assert!(matches!(versioning.body.get("enabled").map(|on| &on.kind), Some(ExprKind::Bool(true))));
        assert_eq!(&text[bucket.header.range()], "\"b\"");
    }
}
