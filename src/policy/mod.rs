//! Declarative checks: a page that asks one question about one kind of Terraform resource, in CEL.
//!
//! The expression holds where all is well. It speaks of `resource`, whose members are attributes and nested blocks by
//! name; `has(resource.a.b)` asks whether something is written. Every `resource.a.b` of the expression is looked up
//! before it runs: where one is unknown the rule is silent, so that an Unknown can never look absent to CEL, whose errors
//! absorb each other.

use crate::finding::{Edit, Fix};
use crate::model::{Resource, Setting, Value, ValueKind};
use crate::rule::{Context, Page};
use cel::Program;
use cel::objects::{Key, Map};
use std::collections::HashMap;
use std::sync::Arc;

/// Runs a page's expression over the resources it asks about.
///
/// # Panics
/// Where the page lacks a part or its expression does not compile, which the tests exclude.
pub fn check(page: &Page, cx: &mut Context<'_>) {
    let front = &page.front;
    let kind = front.resource.as_deref().expect("a declarative page names a resource");
    if cx.project.resources_of(kind).next().is_none() {
        return;
    }
    let source = front.assert.as_deref().expect("a declarative page asserts something");
    let program = Program::compile(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let paths = paths(source);
    let project = cx.project;
    // Setting up the standard functions costs more than any one expression.
    let base = cel::Context::default();
    let holds = |settings: &[(&str, Setting<Value>)]| {
        let mut environment = base.new_inner_scope();
        environment.add_variable_from_value("resource", tree(settings));
        // Anything but `true`, an error included, is no proof that all is well; but only `false` is one of the contrary.
        !matches!(program.execute(&environment), Ok(cel::Value::Bool(false)))
    };
    // Most resources say nothing about what is asked, and all of these get one answer.
    let mut of_nothing = None;
    for resource in project.resources_of(kind) {
        let settings: Vec<_> = paths.iter().map(|path| (path.as_str(), resource.block.get(path))).collect();
        let open = settings.iter().find_map(|(_, setting)| match setting {
            Setting::Unknown(span, why) => Some((*span, why.clone())),
            Setting::Known(value, place) => value.why().map(|why| (place.span, why.clone())),
            Setting::Absent(_) => None,
        });
        if let Some((span, why)) = open {
            cx.unknown(span, &why);
            continue;
        }
        let is_silent = settings.iter().all(|(_, setting)| setting.is_absent());
        let is_well = if is_silent { *of_nothing.get_or_insert_with(|| holds(&settings)) } else { holds(&settings) };
        if !is_well {
            flag(front, resource, cx);
        }
    }
}

fn flag(front: &crate::rule::Front, resource: &Resource, cx: &mut Context<'_>) {
    let message = front.message.as_deref().unwrap_or_default().replace("{resource}", &resource.address());
    let target = front.at.as_deref().map(|path| resource.block.get(path));
    let edit = |value: &String| match &target {
        // A value that came through a variable is not ours to overwrite.
        Some(Setting::Known(_, place)) => place.trail.is_none().then(|| Edit::replace(place.span, value.clone())),
        Some(Setting::Absent(_)) => Some(Edit::fill(&resource.block.room(front.at.as_deref()?)?, value)),
        _ => None,
    };
    let edit = front.fix_value.as_ref().and_then(edit);
    let place = match target {
        Some(Setting::Known(_, place)) => place,
        _ => resource.block.header.into(),
    };
    let finding = cx.flag(place, message);
    finding.help = front.help.clone();
    finding.fix = edit.map(|edit| {
        let at = front.at.as_deref().unwrap_or_default();
        let title = format!("set `{at}` to `{}`", front.fix_value.as_deref().unwrap_or_default());
        Fix { title, is_safe: !front.fix_is_risky, edits: vec![edit] }
    });
}

/// Every `a.b` of `resource.a.b` in an expression; a method called on one is not part of it.
fn paths(source: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, name) in source.match_indices("resource.") {
        let before = source[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
            continue;
        }
        let rest = &source[at + name.len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        let path = &rest[..end];
        let path = if rest[end..].starts_with('(') { path.rsplit_once('.').map_or("", |(path, _)| path) } else { path };
        if !path.is_empty() && !paths.contains(&path.to_owned()) {
            paths.push(path.to_owned());
        }
    }
    paths
}

#[derive(Default)]
struct Node {
    value: Option<cel::Value>,
    is_block: bool,
    children: HashMap<String, Node>,
}

/// The looked-up settings as nested maps; what is absent is not in them.
///
/// `has(resource.a.b)` is an error to CEL where there is no `a`. So the blocks on the way to every path are there, unless
/// the expression asks for one of them itself and it is not written.
fn tree(settings: &[(&str, Setting<Value>)]) -> cel::Value {
    let mut root = Node::default();
    let is_missing = |path: &str| settings.iter().any(|(other, setting)| *other == path && setting.is_absent());
    for (path, _) in settings {
        let ends = path.match_indices('.').map(|(end, _)| end);
        let blocks: Vec<&str> = ends.map(|end| &path[..end]).take_while(|block| !is_missing(block)).collect();
        if let Some(deepest) = blocks.last() {
            let mut node = &mut root;
            for part in deepest.split('.') {
                node = node.children.entry(part.to_owned()).or_default();
                node.is_block = true;
            }
        }
    }
    for (path, setting) in settings {
        let Setting::Known(value, _) = setting else { continue };
        let mut node = &mut root;
        for part in path.split('.') {
            node = node.children.entry(part.to_owned()).or_default();
        }
        node.value = Some(to_cel(value));
    }
    to_value(root)
}

fn to_value(node: Node) -> cel::Value {
    match node.value {
        Some(value) if !node.is_block => value,
        _ => map(node.children.into_iter().map(|(name, child)| (name, to_value(child)))),
    }
}

fn map(entries: impl Iterator<Item = (String, cel::Value)>) -> cel::Value {
    let map: HashMap<Key, cel::Value> = entries.map(|(name, value)| (Key::from(name), value)).collect();
    cel::Value::Map(Map { map: Arc::new(map) })
}

/// A value as CEL sees it; texts that hold a truth value or a number are what they hold, as in Terraform.
fn to_cel(value: &Value) -> cel::Value {
    match &value.kind {
        ValueKind::Null | ValueKind::Unknown(_) => cel::Value::Null,
        ValueKind::Bool(value) => cel::Value::Bool(*value),
        ValueKind::Number(number) if number.fract() == 0.0 => cel::Value::Int(*number as i64),
        ValueKind::Number(number) => cel::Value::Float(*number),
        ValueKind::Text(text) => match text.raw() {
            "true" => cel::Value::Bool(true),
            "false" => cel::Value::Bool(false),
            raw => cel::Value::from(raw),
        },
        ValueKind::List(items) => cel::Value::List(Arc::new(items.iter().map(to_cel).collect())),
        ValueKind::Object(entries) => map(entries.iter().map(|(name, value)| (name.to_string(), to_cel(value)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_an_expression() {
        assert_eq!(
            paths("!has(resource.a.b) || resource.a.c == 'x' || resource.name.startsWith('y') || other.resource.z"),
            ["a.b", "a.c", "name"]
        );
    }
}
