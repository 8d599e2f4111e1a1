//! Converts `resource` blocks: evaluates attributes, and expands `count`, `for_each` and `dynamic` if they are known.

use super::evaluate::{Bindings, Context};
use crate::model::{Named, NamedValue, Origin, Resource, ResourceBlock, Value, ValueKind, Why};
use crate::span::Span;
use crate::syntax::hcl::{Block, ExprKind, Step};

/// The most instances of a `dynamic` block that are expanded.
const MOST_INSTANCES: usize = 100;
/// The most instances of a resource that are expanded; with more, values that depend on the instance are unknown.
const MOST_FOLLOWED: usize = 20;

/// Reads a `resource` or `data` block: one resource for each instance if `count` or `for_each` is known, otherwise one
/// for all of them.
pub(super) fn read(folder: &str, block: &Block, context: &Context<'_>) -> Vec<Resource> {
    let (Some(kind), Some(name)) = (block.label(0), block.label(1)) else { return Vec::new() };
    let ignored_changes: Vec<String> =
        block.body.blocks("lifecycle").filter_map(|block| block.body.get("ignore_changes")).flat_map(paths).collect();
    let instances = instances(block, context);
    let is_many = ["count", "for_each"].iter().any(|key| block.body.get(key).is_some());
    let resource = |bound: Option<(&str, Value)>| Resource {
        kind: kind.to_owned(),
        name: name.to_owned(),
        folder: folder.to_owned(),
        block: {
            let mut bindings: Bindings = bound.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            content(block.header, block.span, block, context, &mut bindings)
        },
        is_many,
        ignored_changes: ignored_changes.clone(),
    };
    instances.into_iter().map(resource).collect()
}

/// The value of `each` or `count` in each instance of a block; a single `None` if it has neither, or if they are
/// unknown.
fn instances(block: &Block, context: &Context<'_>) -> Vec<Option<(&'static str, Value)>> {
    let object = |span: Span, entries: Vec<(Box<str>, Value)>| Value::new(ValueKind::Object(entries.into()), span);
    if let Some(expr) = block.body.get("count") {
        let value = context.evaluate(expr);
        return match value.kind {
            ValueKind::Number(count) if (0.0..=MOST_FOLLOWED as f64).contains(&count) => {
                let index = |index: u32| of_instance(Value::new(ValueKind::Number(f64::from(index)), value.span));
                let count = count as u32;
                (0..count).map(|at| Some(("count", object(value.span, vec![("index".into(), index(at))])))).collect()
            }
            _ => vec![None],
        };
    }
    let Some(expr) = block.body.get("for_each") else { return vec![None] };
    let over = context.evaluate(expr);
    let each = |key: Value, value: Value| {
        let span = value.span;
        let (key, value) = (of_instance(key), of_instance(value));
        Some(("each", object(span, vec![("key".into(), key), ("value".into(), value)])))
    };
    match &over.kind {
        ValueKind::List(items) if items.len() <= MOST_FOLLOWED => {
            items.iter().map(|item| each(item.clone(), item.clone())).collect()
        }
        ValueKind::Object(entries) if entries.len() <= MOST_FOLLOWED => {
            entries.iter().map(|(key, value)| each(key_of(key, value), value.clone())).collect()
        }
        _ => vec![None],
    }
}

/// The value of one instance, with the place that it comes from.
fn of_instance(value: Value) -> Value {
    let origin = Origin { span: value.span, what: "one of its instances comes from here".into() };
    let trail = std::iter::once(origin).chain(value.trail.iter().flat_map(|trail| trail.iter().cloned())).collect();
    Value { trail: Some(trail), ..value }
}

/// The key of an entry as a value. It has the span of the entry's value, because the spans of keys are not kept.
fn key_of(key: &str, value: &Value) -> Value {
    Value::new(ValueKind::Text(crate::model::Text::standing_for(key, value.span)), value.span)
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
            Some(ValueKind::Object(entries)) => {
                Some(entries.iter().map(|(key, value)| (key_of(key, value), value.clone())).collect())
            }
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

/// Literal texts of attributes, for the search for secrets; what `ignore_changes` leaves to someone else is only a
/// placeholder.
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
                    is_sensitive: false,
                });
            }
        }
        block.blocks.iter().for_each(|(_, block)| visit(block, out));
    }
    let mut found = Vec::new();
    visit(&resource.block, &mut found);
    out.extend(found.into_iter().filter(|named| !resource.leaves(&named.name)));
}

/// Literal texts that a module call passes, for the search for secrets.
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
                is_sensitive: false,
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
