//! Converts `resource` blocks: evaluates attributes, and expands `count`, `for_each` and `dynamic` if they are known.

use super::evaluate::{Context, Evaluation, constant};
use crate::budget::{Budget, Exhausted};
use crate::model::{Named, NamedValue, Origin, Resource, ResourceBlock, Value, ValueKind, Why};
use crate::span::Span;
use crate::syntax::hcl::{Block, Expr, ExprKind, Step};

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
    let budget = context.budget(block.span);
    let instances = instances(block, context, &budget);
    let is_many = ["count", "for_each"].iter().any(|key| block.body.get(key).is_some());
    let resource = |bound: Option<(&str, Value)>| Resource {
        kind: kind.to_owned(),
        name: name.to_owned(),
        folder: folder.to_owned(),
        block: {
            let mut evaluation = Evaluation::new(&budget);
            evaluation.bindings.extend(bound.map(|(name, value)| (name.to_owned(), value)));
            content(block.header, block.span, block, context, &mut evaluation)
        },
        is_many,
        ignored_changes: ignored_changes.clone(),
    };
    let resources = instances.into_iter().map(resource).collect();
    context.settle(&budget, block.header, || format!("has values that take too long to work out, in `{kind}.{name}`"));
    resources
}

/// The value of `each` or `count` in each instance of a block; a single `None` if it has neither, or if they are
/// unknown.
fn instances(block: &Block, context: &Context<'_>, budget: &Budget) -> Vec<Option<(&'static str, Value)>> {
    let object = |span: Span, entries: Vec<(Box<str>, Value)>| Value::new(ValueKind::Object(entries.into()), span);
    if let Some(expr) = block.body.get("count") {
        let value = context.value(expr, &mut Evaluation::new(budget));
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
    let over = context.value(expr, &mut Evaluation::new(budget));
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
    value.with_trail(Some(trail))
}

/// The key of an entry as a value. It has the span of the entry's value, because the spans of keys are not kept.
fn key_of(key: &str, value: &Value) -> Value {
    Value::new(ValueKind::Text(crate::model::Text::standing_for(key, value.span)), value.span)
}

fn paths(expr: &Expr) -> Vec<String> {
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

/// What is kept until the end of the run costs more than what is gone with the module.
const PRICE_OF_KEEPING: usize = 8;

fn content(
    header: Span,
    span: Span,
    block: &Block,
    context: &Context<'_>,
    evaluation: &mut Evaluation<'_>,
) -> ResourceBlock {
    let body = &block.body;
    let attributes = body
        .attributes
        .iter()
        .map(|attribute| {
            (attribute.name.text.clone(), attribute.name.span, kept(&attribute.value, context, evaluation))
        })
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
            let inner = content(block.header, block.span, block, context, evaluation);
            read.blocks.push((block.kind.text.clone(), inner));
            continue;
        }
        let Some(kind) = block.label(0) else { continue };
        let Some(inner) = block.body.blocks("content").next() else { continue };
        match unrolled(kind, block, inner, context, evaluation) {
            Some(blocks) => read.blocks.extend(blocks.into_iter().map(|block| (kind.into(), block))),
            None => read.dynamic.push((kind.into(), block.header)),
        }
    }
    read
}

/// The value of an attribute. Literals are known even if the budget has run out: they cost nothing but their own text.
fn kept(expr: &Expr, context: &Context<'_>, evaluation: &mut Evaluation<'_>) -> Value {
    if let Some(value) = constant(expr) {
        return value;
    }
    let value = context.value(expr, evaluation);
    match evaluation.budget.charge(1, value.bytes().saturating_mul(PRICE_OF_KEEPING)) {
        Ok(()) => value,
        Err(Exhausted) => Value::unknown(expr.span, Why::Other("takes too long to work out".into())),
    }
}

/// The blocks that a `dynamic` block generates; `None` if that is unknown, or too much.
fn unrolled(
    kind: &str,
    block: &Block,
    inner: &Block,
    context: &Context<'_>,
    evaluation: &mut Evaluation<'_>,
) -> Option<Vec<ResourceBlock>> {
    let iterator = match block.body.get("iterator").map(|expr| &expr.kind) {
        Some(ExprKind::Variable(name)) => name.to_string(),
        _ => kind.to_owned(),
    };
    let over = context.value(block.body.get("for_each")?, evaluation);
    let instances: Vec<(Value, Value)> = match &over.kind {
        ValueKind::List(items) if items.len() <= MOST_INSTANCES => {
            items.iter().map(|item| (item.clone(), item.clone())).collect()
        }
        ValueKind::Object(entries) if entries.len() <= MOST_INSTANCES => {
            entries.iter().map(|(key, value)| (key_of(key, value), value.clone())).collect()
        }
        ValueKind::Null => Vec::new(),
        _ => return None,
    };
    let mut blocks = Vec::new();
    for (key, value) in instances {
        // Blocks in blocks multiply, and so does the text in them.
        evaluation.budget.charge(1, inner.span.range().len() + size_of::<ResourceBlock>()).ok()?;
        let at = value.span;
        let bound = ValueKind::Object(vec![("key".into(), key), ("value".into(), value)].into());
        evaluation.bindings.push((iterator.clone(), Value::new(bound, at)));
        blocks.push(content(block.header, inner.span, inner, context, evaluation));
        evaluation.bindings.pop();
        if evaluation.budget.is_exhausted() {
            return None;
        }
    }
    Some(blocks)
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
pub(super) fn arguments(call: &Block, out: &mut Vec<NamedValue>) {
    for attribute in &call.body.attributes {
        if let (ExprKind::String(_), Some(value)) =
            (&attribute.value.kind, constant(&attribute.value).and_then(|value| value.as_text()))
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
