//! A `resource` block to a resource: attributes evaluated, `count`, `for_each` and `dynamic` followed where they are known.

use super::evaluate::{Bindings, Context};
use crate::model::{Named, NamedValue, Resource, ResourceBlock, Value, ValueKind, Why};
use crate::span::Span;
use crate::syntax::hcl::{Block, ExprKind, Step};

/// Instances of one `dynamic` block that are followed.
const MOST_INSTANCES: usize = 100;

/// Reads a `resource` or `data` block; none where it has no instance.
pub(super) fn read(folder: &str, block: &Block, context: &Context<'_>) -> Option<Resource> {
    let kind = block.label(0)?;
    let name = block.label(1)?;
    let mut is_many = false;
    for key in ["count", "for_each"] {
        let Some(expr) = block.body.get(key) else { continue };
        is_many = true;
        let value = context.evaluate(expr);
        let is_none = match &value.kind {
            ValueKind::Number(count) => *count == 0.0,
            ValueKind::List(items) => items.is_empty(),
            ValueKind::Object(entries) => entries.is_empty(),
            _ => false,
        };
        if is_none {
            return None;
        }
    }
    let ignored_changes =
        block.body.blocks("lifecycle").filter_map(|block| block.body.get("ignore_changes")).flat_map(paths).collect();
    Some(Resource {
        kind: kind.to_owned(),
        name: name.to_owned(),
        folder: folder.to_owned(),
        block: content(block.header, block.span, block, context, &mut Vec::new()),
        is_many,
        ignored_changes,
    })
}

fn paths(expr: &crate::syntax::hcl::Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Tuple(items) => items.iter().flat_map(paths).collect(),
        ExprKind::Variable(name) => vec![name.to_string()],
        ExprKind::Traversal(base, steps) => {
            let mut path = paths(base).pop().unwrap_or_default();
            for step in steps {
                if let Step::Attribute(name) = step {
                    path.push('.');
                    path.push_str(&name.text);
                }
            }
            vec![path]
        }
        _ => Vec::new(),
    }
}

fn content(header: Span, span: Span, block: &Block, context: &Context<'_>, bindings: &mut Bindings) -> ResourceBlock {
    let body = &block.body;
    let attributes = body
        .attributes
        .iter()
        .map(|attribute| (attribute.name.text.clone(), attribute.name.span, context.value(&attribute.value, bindings)))
        .collect();
    let mut read = ResourceBlock {
        header,
        span,
        inside: block.inside.clone(),
        attributes,
        blocks: Vec::new(),
        dynamic: Vec::new(),
    };
    for block in &body.blocks {
        if &*block.kind.text != "dynamic" {
            let inner = content(block.header, block.span, block, context, bindings);
            read.blocks.push((block.kind.text.clone(), inner));
            continue;
        }
        let Some(kind) = block.label(0) else { continue };
        let Some(inner) = block.body.blocks("content").next() else { continue };
        let iterator = match block.body.get("iterator").map(|expr| &expr.kind) {
            Some(ExprKind::Variable(name)) => name.to_string(),
            _ => kind.to_owned(),
        };
        let over = block.body.get("for_each").map(|expr| context.value(expr, bindings));
        let instances: Option<Vec<(Value, Value)>> = match over.as_ref().map(|over| &over.kind) {
            Some(ValueKind::List(items)) => Some(items.iter().map(|item| (item.clone(), item.clone())).collect()),
            Some(ValueKind::Object(entries)) => Some(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let key = ValueKind::Text(crate::model::Text::standing_for(key, value.span));
                        (Value::new(key, value.span), value.clone())
                    })
                    .collect(),
            ),
            Some(ValueKind::Null) => Some(Vec::new()),
            _ => None,
        };
        match instances {
            Some(instances) if instances.len() <= MOST_INSTANCES => {
                for (key, value) in instances {
                    let at = value.span;
                    let bound = ValueKind::Object(vec![("key".into(), key), ("value".into(), value)].into());
                    bindings.push((iterator.clone(), Value::new(bound, at)));
                    let inner = content(block.header, inner.span, inner, context, bindings);
                    bindings.pop();
                    read.blocks.push((kind.into(), inner));
                }
            }
            _ => read.dynamic.push((kind.into(), block.header)),
        }
    }
    read
}

/// Literal texts of attributes whose names make them secrets.
pub(super) fn named_values(resource: &Resource, out: &mut Vec<NamedValue>) {
    fn visit(block: &ResourceBlock, out: &mut Vec<NamedValue>) {
        for (name, span, value) in &block.attributes {
            if let ValueKind::Text(text) = &value.kind
                && value.trail.is_none()
                && text.why().is_none()
            {
                out.push(NamedValue {
                    name: name.to_string(),
                    value: text.clone(),
                    span: span.to(value.span),
                    kind: Named::Attribute,
                });
            }
        }
        block.blocks.iter().for_each(|(_, block)| visit(block, out));
    }
    visit(&resource.block, out);
}

/// Literal texts that a module call passes.
pub(super) fn arguments(call: &Block, context: &Context<'_>, out: &mut Vec<NamedValue>) {
    for attribute in &call.body.attributes {
        if let (ExprKind::String(_), Some(value)) =
            (&attribute.value.kind, context.evaluate(&attribute.value).as_text())
        {
            out.push(NamedValue {
                name: attribute.name.text.to_string(),
                value,
                span: attribute.span,
                kind: Named::Attribute,
            });
        }
    }
}

/// The address of a resource that a value refers to: the first two parts of `type.name.attribute`.
pub(super) fn referenced(value: &Value) -> Option<String> {
    match value.why()? {
        Why::Reference(address) => {
            let mut parts = address.split('.');
            let (kind, name) = (parts.next()?, parts.next()?);
            if kind == "data" { Some(format!("data.{name}.{}", parts.next()?)) } else { Some(format!("{kind}.{name}")) }
        }
        _ => None,
    }
}
