//! Declarative checks: a page with one CEL expression about one type of Terraform resource.
//!
//! The expression is true if there is no finding. `resource` is the resource, with its attributes and nested blocks as
//! members. With `each: a.b` on the page, the expression is evaluated for every block `b` in every block `a`, as
//! `each`. `has(resource.a.b)` is true if the member is written. Every path of the expression is resolved before
//! it runs, and if one is Unknown the rule is silent: an Unknown must never look absent to CEL, whose `||` and `&&`
//! absorb errors.

use super::context::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Resource, ResourceBlock, Setting, Value, ValueKind, Why};
use crate::span::Span;
use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::objects::{Key, Map};
use cel::{Env, Program};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// The compiled check of a declarative page.
#[derive(Debug)]
pub struct Policy {
    /// The Terraform resource type to check.
    pub resource: String,
    /// The path of the nested blocks to check one by one, instead of the whole resource.
    pub each: Option<String>,
    /// The attribute that a finding points at, relative to `each` if there is one, otherwise to the resource.
    pub at: Option<String>,
    /// The message of a finding; `{resource}` is replaced with the address.
    pub message: String,
    /// The help of a finding.
    pub help: Option<String>,
    /// The value that a fix writes at `at`.
    pub fix_value: Option<String>,
    /// Whether the fix leaves the meaning of everything else unchanged.
    pub fix_is_safe: bool,
    program: Program,
    paths: Vec<Path>,
}

/// A member that an expression reads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path {
    root: Root,
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Resource,
    Each,
}

/// The standard functions of CEL: setting them up costs more than any one expression.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

impl Policy {
    /// Compiles an expression; the page adds the other fields.
    ///
    /// # Errors
    /// The reason why the expression can't be used.
    pub(super) fn compile(assert: &str, resource: String, each: Option<String>) -> Result<Self, String> {
        let program = Program::compile(assert).map_err(|error| error.to_string())?;
        let mut paths = Vec::new();
        collect(program.expression(), &mut paths)?;
        if each.is_none() && paths.iter().any(|path| path.root == Root::Each) {
            return Err("the expression reads `each`, but the page has no `each`".to_owned());
        }
        let (at, message, help, fix_value, fix_is_safe) = (None, String::new(), None, None, false);
        Ok(Self { resource, each, at, message, help, fix_value, fix_is_safe, program, paths })
    }

    /// Whether there is no finding. Only `false` is a finding, because an evaluation error proves nothing.
    fn holds(&self, settings: &[(&Path, Setting<Value>)]) -> bool {
        let mut environment = cel::Context::with_env(STANDARD.clone());
        let of =
            |root: Root| settings.iter().filter(move |(path, _)| path.root == root).map(|(path, s)| (&*path.path, s));
        environment.add_variable_from_value("resource", tree(&of(Root::Resource).collect::<Vec<_>>()));
        if self.each.is_some() {
            environment.add_variable_from_value("each", tree(&of(Root::Each).collect::<Vec<_>>()));
        }
        !matches!(self.program.execute(&environment), Ok(cel::Value::Bool(false)))
    }
}

/// Runs the check of a page on every resource of its type.
pub fn check(policy: &Policy, cx: &mut Context<'_>) {
    // For most resources, every path is Absent; the result of this case is computed once.
    let mut of_nothing = None;
    let project = cx.project;
    for resource in project.resources_of(&policy.resource).filter(|resource| !resource.is_made_by_google()) {
        let (blocks, open) = match &policy.each {
            Some(path) if resource.leaves(path) => (Vec::new(), vec![resource.block.header]),
            Some(path) => resource.block.every(path),
            None => (vec![&resource.block], Vec::new()),
        };
        for span in open {
            cx.unknown(span, &Why::Other("a `dynamic` block or someone else may write it".into()));
        }
        for block in blocks {
            let settings: Vec<_> = policy
                .paths
                .iter()
                .map(|path| match path.root {
                    Root::Resource => (path, asked(resource, &path.path)),
                    Root::Each => (path, block.get(&path.path)),
                })
                .collect();
            if let Some((span, why)) = settings.iter().find_map(|(_, setting)| unknown(setting)) {
                cx.unknown(span, &why);
                continue;
            }
            let is_silent = settings.iter().all(|(_, setting)| setting.is_absent());
            let is_well = match (is_silent, of_nothing) {
                (true, Some(known)) => known,
                _ => policy.holds(&settings),
            };
            if is_silent {
                of_nothing = Some(is_well);
            }
            if !is_well {
                flag(policy, resource, block, cx);
            }
        }
    }
}

/// What a resource says about a path, unless `ignore_changes` leaves it to someone else.
fn asked(resource: &Resource, path: &str) -> Setting<Value> {
    if resource.leaves(path) {
        let why = Why::Other("`ignore_changes` leaves it to someone else".into());
        return Setting::Unknown(resource.block.header, why);
    }
    resource.block.get(path)
}

fn unknown(setting: &Setting<Value>) -> Option<(Span, Why)> {
    match setting {
        Setting::Unknown(span, why) => Some((*span, why.clone())),
        Setting::Known(value, place) => value.why().map(|why| (place.span, why.clone())),
        Setting::Absent(_) => None,
    }
}

fn flag(policy: &Policy, resource: &Resource, block: &ResourceBlock, cx: &mut Context<'_>) {
    let message = policy.message.replace("{resource}", &resource.address());
    let target = policy.at.as_deref().map(|path| block.get(path));
    let edit = |value: &String| match &target {
        // A value that came through a variable can't be fixed where it is used.
        Some(Setting::Known(_, place)) => place.trail.is_none().then(|| Edit::replace(place.span, value.clone())),
        Some(Setting::Absent(_)) => Some(Edit::fill(&block.room(policy.at.as_deref()?)?, value)),
        _ => None,
    };
    let edit = policy.fix_value.as_ref().and_then(edit);
    let place = match target {
        Some(Setting::Known(_, place)) => place,
        _ => block.header.into(),
    };
    let finding = cx.flag(place, message);
    finding.help = policy.help.clone();
    let folder = if resource.folder.is_empty() { "the root" } else { &resource.folder };
    finding.cause = Some(Cause::same(format!("{} in {folder}", resource.kind), format!("`{}`", resource.name)));
    finding.fix = edit.map(|edit| {
        let at = policy.at.as_deref().unwrap_or_default();
        let title = format!("set `{at}` to `{}`", policy.fix_value.as_deref().unwrap_or_default());
        Fix { title, is_safe: policy.fix_is_safe, edits: vec![edit] }
    });
}

/// Gathers every `resource.a.b` and `each.a.b` that an expression reads.
fn collect(expr: &IdedExpr, out: &mut Vec<Path>) -> Result<(), String> {
    if let Some((root, path)) = chain(expr) {
        if path.is_empty() {
            return Err("`resource` and `each` are read by member: `resource.name`".to_owned());
        }
        let path = Path { root, path };
        if !out.contains(&path) {
            out.push(path);
        }
        return Ok(());
    }
    let entry = |entry: &EntryExpr, out: &mut Vec<Path>| match entry {
        EntryExpr::StructField(field) => collect(&field.value, out),
        EntryExpr::MapEntry(entry) => collect(&entry.key, out).and_then(|()| collect(&entry.value, out)),
    };
    match &expr.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        Expr::Select(select) => collect(&select.operand, out),
        Expr::Call(call) => call.target.iter().map(|t| &**t).chain(&call.args).try_for_each(|part| collect(part, out)),
        Expr::List(list) => list.elements.iter().try_for_each(|element| collect(element, out)),
        Expr::Map(map) => map.entries.iter().try_for_each(|e| entry(&e.expr, out)),
        Expr::Struct(object) => object.entries.iter().try_for_each(|e| entry(&e.expr, out)),
        Expr::Comprehension(loops) => {
            [&loops.iter_range, &loops.accu_init, &loops.loop_cond, &loops.loop_step, &loops.result]
                .into_iter()
                .try_for_each(|part| collect(part, out))
        }
    }
}

/// The path of `resource.a.b` or `has(resource.a.b)`.
fn chain(expr: &IdedExpr) -> Option<(Root, String)> {
    match &expr.expr {
        Expr::Ident(name) if name == "resource" => Some((Root::Resource, String::new())),
        Expr::Ident(name) if name == "each" => Some((Root::Each, String::new())),
        Expr::Select(select) => {
            let (root, path) = chain(&select.operand)?;
            Some((root, if path.is_empty() { select.field.clone() } else { format!("{path}.{}", select.field) }))
        }
        _ => None,
    }
}

#[derive(Default)]
struct Node {
    value: Option<cel::Value>,
    is_block: bool,
    children: HashMap<String, Node>,
}

/// The resolved settings as nested maps, without absent ones.
///
/// `has(resource.a.b)` is an error in CEL if there is no `a`. So the parent blocks of every path are in the map, unless
/// the expression also reads the block itself and it is absent.
fn tree(settings: &[(&str, &Setting<Value>)]) -> cel::Value {
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

/// A value as a CEL value; the texts `true` and `false` become booleans, as in Terraform.
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

    fn paths(source: &str) -> Result<Vec<String>, String> {
        let policy = Policy::compile(source, "google_x".to_owned(), Some("a".to_owned()))?;
        Ok(policy.paths.into_iter().map(|path| format!("{:?}:{}", path.root, path.path)).collect())
    }

    #[test]
    fn paths_come_from_the_parsed_expression() {
        assert_eq!(
            paths("!has(resource.a.b) || resource.a.c == 'resource.d' || resource.name.startsWith('y') || other.resource.z")
                .expect("compiles"),
            ["Resource:a.b", "Resource:a.c", "Resource:name"]
        );
        assert_eq!(
            paths("resource.list.all(item, item.x != each.y) && resource.labels['team'] in [each.z]")
                .expect("compiles"),
            ["Resource:list", "Each:y", "Resource:labels", "Each:z"]
        );
        assert!(paths("size(resource) > 0").is_err());
        assert!(paths("resource.a ==").is_err());
    }
}
