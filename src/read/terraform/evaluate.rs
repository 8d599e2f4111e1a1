//! Evaluates expressions, as far as one module determines their values.

mod names;

use super::equality::{equal, unknown_like};
use super::{Callers, File, functions};
use crate::model::{Environment, Named, NamedValue, Origin, Text, Value, ValueKind, Why};
use crate::source::{Fragment, HOLE};
use crate::span::Span;
use crate::syntax::hcl::{Expr, ExprKind, For, Operator, Part, Step};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The names that the expressions of a module can refer to.
pub(crate) struct Context<'a> {
    folder: &'a str,
    variables: BTreeMap<&'a str, Variable<'a>>,
    locals: HashMap<&'a str, (&'a Expr, Span)>,
    /// Values of variables and locals that are already evaluated.
    memory: RefCell<HashMap<String, Value>>,
    /// Names that are being evaluated, to detect cycles.
    open: RefCell<HashSet<String>>,
    depth: Cell<usize>,
    /// The steps that are left; at zero, results are Unknown, so that a malicious module can't stall a run.
    budget: Cell<u64>,
}

struct Variable<'a> {
    default: Option<&'a Expr>,
    name: Span,
    given: Vec<(&'a Expr, Span, bool)>,
    /// Values for other environments (`dev.tfvars`), which the module does not have in production.
    elsewhere: Vec<&'a Expr>,
    is_passed: bool,
    is_library: bool,
    is_published: bool,
    is_sensitive: bool,
}

/// Whether the path of a file says that it is for development, tests or examples.
fn is_set_aside(path: &str) -> bool {
    Environment::of_path(path).0.is_set_aside()
}

/// Values of the names that `for`, `dynamic`, `for_each` and `count` bind, innermost last.
pub(super) type Bindings = Vec<(String, Value)>;

const DEEPEST: usize = 100;
/// The longest text that may be composed of others, in bytes.
const LONGEST: usize = 1024 * 1024;
const BUDGET: u64 = 2_000_000;

impl<'a> Context<'a> {
    pub(super) fn new(folder: &'a str, files: &'a [File<'_>], callers: &Callers, is_library: bool) -> Self {
        let mut variables = BTreeMap::new();
        let mut locals = HashMap::new();
        for file in files.iter().filter(|file| !file.is_values) {
            for block in file.body.blocks("variable") {
                let Some(name) = block.label(0) else { continue };
                let variable = Variable {
                    default: block.body.get("default"),
                    name: block.labels[0].span,
                    given: Vec::new(),
                    elsewhere: Vec::new(),
                    is_passed: callers.passed.contains(name),
                    is_library,
                    is_published: !callers.is_called && is_library && super::is_in_modules(folder),
                    is_sensitive: matches!(
                        block.body.get("sensitive").map(|expr| &expr.kind),
                        Some(ExprKind::Bool(true))
                    ),
                };
                variables.insert(name, variable);
            }
            for block in file.body.blocks("locals") {
                for attribute in &block.body.attributes {
                    locals.insert(&*attribute.name.text, (&attribute.value, attribute.name.span));
                }
            }
        }
        let folder_as_path = &format!("{folder}/main.tf");
        for file in files.iter().filter(|file| file.is_values) {
            let name = file.path.rsplit('/').next().unwrap_or(file.path);
            let is_loaded = super::folder_of(file.path) == folder
                && (name.starts_with("terraform.tfvars") || name.contains(".auto.tfvars"));
            let is_elsewhere = !is_loaded && is_set_aside(file.path) && !is_set_aside(folder_as_path);
            for attribute in &file.body.attributes {
                match variables.get_mut(&*attribute.name.text) {
                    Some(variable) if is_elsewhere => variable.elsewhere.push(&attribute.value),
                    Some(variable) => variable.given.push((&attribute.value, attribute.name.span, is_loaded)),
                    None => {}
                }
            }
        }
        Self {
            folder,
            variables,
            locals,
            memory: RefCell::default(),
            open: RefCell::default(),
            depth: Cell::new(0),
            budget: Cell::new(BUDGET),
        }
    }

    /// The value of an expression.
    pub(crate) fn evaluate(&self, expr: &Expr) -> Value {
        self.value(expr, &mut Vec::new())
    }

    /// Literal values of variables, for the search for secrets.
    pub(super) fn named_values(&self) -> Vec<NamedValue> {
        let mut values = Vec::new();
        for (name, variable) in &self.variables {
            let exprs = variable
                .default
                .into_iter()
                .chain(variable.given.iter().map(|(expr, ..)| *expr))
                .chain(variable.elsewhere.iter().copied());
            for expr in exprs {
                if let ExprKind::String(_) = expr.kind
                    && let Some(value) = self.evaluate(expr).as_text()
                {
                    values.push(NamedValue {
                        name: (*name).to_owned(),
                        value,
                        span: expr.span,
                        kind: Named::TerraformVariable,
                        is_sensitive: variable.is_sensitive,
                    });
                }
            }
        }
        values
    }

    /// Takes steps off the budget; `false` if it is used up.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let left = self.budget.get().saturating_sub(steps as u64 + 1);
        self.budget.set(left);
        left > 0
    }

    pub(super) fn value(&self, expr: &Expr, bindings: &mut Bindings) -> Value {
        if self.depth.get() >= DEEPEST || !self.spend(1) {
            return Value::unknown(expr.span, Why::Other("takes too long to work out".into()));
        }
        self.depth.set(self.depth.get() + 1);
        let mut value = self.value_inner(expr, bindings);
        value.span = expr.span;
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn value_inner(&self, expr: &Expr, bindings: &mut Bindings) -> Value {
        let at = expr.span;
        let plain = |kind| Value::new(kind, at);
        match &expr.kind {
            ExprKind::Null => plain(ValueKind::Null),
            ExprKind::Bool(value) => plain(ValueKind::Bool(*value)),
            ExprKind::Number(number) => plain(ValueKind::Number(*number)),
            ExprKind::String(text) => plain(ValueKind::Text(literal(text, at))),
            ExprKind::Template(parts) => self.template(parts, at, bindings),
            ExprKind::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item, bindings)).collect();
                plain(ValueKind::List(items.into()))
            }
            ExprKind::Object(entries) => self.object(entries, at, bindings),
            ExprKind::Variable(name) => match bindings.iter().rev().find(|(bound, _)| bound.as_str() == &**name) {
                Some((_, value)) => value.clone(),
                None => Value::unknown(at, Why::Reference((&**name).into())),
            },
            ExprKind::Traversal(base, steps) => self.traversal(base, steps, at, bindings),
            ExprKind::Call { name, arguments, expands_last } => {
                functions::call(self, name, arguments, *expands_last, at, bindings)
            }
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.value(condition, bindings);
                match condition.bool() {
                    Some(true) => self.value(yes, bindings),
                    Some(false) => self.value(no, bindings),
                    None => {
                        let (yes, no) = (self.value(yes, bindings), self.value(no, bindings));
                        match equal(&yes, &no) {
                            Some(true) => yes,
                            _ => Value::unknown(at, condition.why().cloned().unwrap_or(Why::Computed)),
                        }
                    }
                }
            }
            ExprKind::Not(inner) => {
                let value = self.value(inner, bindings);
                match value.bool() {
                    Some(on) => plain(ValueKind::Bool(!on)),
                    None => unknown_like(&value, at),
                }
            }
            ExprKind::Negate(inner) => {
                let value = self.value(inner, bindings);
                match value.number() {
                    Some(number) => plain(ValueKind::Number(-number)),
                    None => unknown_like(&value, at),
                }
            }
            ExprKind::Binary(operator, operands) => self.binary(*operator, operands, at, bindings),
            ExprKind::For(expression) => self.for_each(expression, at, bindings),
        }
    }

    fn template(&self, parts: &[Part], at: Span, bindings: &mut Bindings) -> Value {
        let mut text = String::new();
        let mut holes = Vec::new();
        let mut trail: Vec<Origin> = Vec::new();
        for part in parts {
            match part {
                Part::Literal(literal, _) => text.push_str(literal),
                Part::Value(expr) => {
                    let value = self.value(expr, bindings);
                    // `"${x}"` is `x` itself, whatever its type.
                    if parts.len() == 1 {
                        return value;
                    }
                    trail.extend(value.trail.as_deref().unwrap_or_default().iter().cloned());
                    match value.as_text() {
                        Some(part) => {
                            text.push_str(part.raw());
                            holes.extend(part.reasons().iter().cloned());
                        }
                        None => {
                            text.push(HOLE);
                            holes.push(value.why().cloned().unwrap_or(Why::Computed));
                        }
                    }
                }
                Part::Directive(_) => {
                    text.push(HOLE);
                    holes.push(Why::Computed);
                }
            }
        }
        if text.len() > LONGEST || !self.spend(text.len() / 16) {
            return Value::unknown(at, Why::Other("is too long to be a setting".into()));
        }
        trail.truncate(8);
        let trail: Option<Arc<[Origin]>> = (!trail.is_empty()).then(|| trail.clone().into());
        let fragment = Fragment::standing_for(&text, at);
        Value {
            kind: ValueKind::Text(Text::new(fragment, holes, trail.as_deref().unwrap_or_default().to_vec())),
            span: at,
            trail,
        }
    }

    fn object(&self, entries: &[(Expr, Expr)], at: Span, bindings: &mut Bindings) -> Value {
        let mut object: Vec<(Box<str>, Value)> = Vec::new();
        for (key, value) in entries {
            let key = self.value(key, bindings);
            let value = self.value(value, bindings);
            match key.as_text().and_then(|key| key.known().map(str::to_owned)) {
                Some(key) => object.push((key.into(), value)),
                // An unknown key may be any key.
                None => return Value::unknown(at, key.why().cloned().unwrap_or(Why::Computed)),
            }
        }
        Value::new(ValueKind::Object(object.into()), at)
    }

    fn traversal(&self, base: &Expr, steps: &[Step], at: Span, bindings: &mut Bindings) -> Value {
        let attribute = |step: &Step| match step {
            Step::Attribute(name) => Some(name.text.clone()),
            _ => None,
        };
        if let ExprKind::Variable(root) = &base.kind
            && !bindings.iter().any(|(bound, _)| bound.as_str() == &**root)
        {
            let first = steps.first().and_then(attribute);
            return match (&**root, first) {
                ("var", Some(name)) => self.walk(self.variable(&name, at), &steps[1..], at, bindings),
                ("local", Some(name)) => self.walk(self.local(&name, at), &steps[1..], at, bindings),
                ("path", Some(name)) => match &*name {
                    "module" | "root" => Value::new(ValueKind::Text(Text::standing_for(self.folder, at)), at),
                    _ => Value::unknown(at, Why::Computed),
                },
                ("each" | "count" | "terraform" | "self", Some(name)) => {
                    Value::unknown(at, Why::Variable(format!("{root}.{name}").into()))
                }
                _ => Value::unknown(at, Why::Reference(address(root, steps).into())),
            };
        }
        let value = self.value(base, bindings);
        self.walk(value, steps, at, bindings)
    }

    fn walk(&self, mut value: Value, steps: &[Step], at: Span, bindings: &mut Bindings) -> Value {
        for (index, step) in steps.iter().enumerate() {
            if matches!(value.kind, ValueKind::Unknown(_)) {
                return value;
            }
            let trail = value.trail.clone();
            let inner = match step {
                Step::Attribute(name) => value.get(&name.text).cloned(),
                Step::Index(key) => {
                    let key = self.value(key, bindings);
                    match (&key.kind, key.number()) {
                        (ValueKind::Unknown(why), _) => return Value::unknown(at, why.clone()),
                        (_, Some(number)) if value.list().is_some() => {
                            value.list().and_then(|items| items.get(number as usize)).cloned()
                        }
                        _ => match key.as_text().map(|key| key.known().map(str::to_owned)) {
                            Some(Some(key)) => value.get(&key).cloned(),
                            _ => return Value::unknown(at, key.why().cloned().unwrap_or(Why::Computed)),
                        },
                    }
                }
                Step::Splat(_) => {
                    let items = match &value.kind {
                        ValueKind::List(items) => items.to_vec(),
                        ValueKind::Null => Vec::new(),
                        _ => vec![value.clone()],
                    };
                    let rest = &steps[index + 1..];
                    let items: Vec<_> = items.into_iter().map(|item| self.walk(item, rest, at, bindings)).collect();
                    return Value::new(ValueKind::List(items.into()), at);
                }
            };
            match inner {
                Some(mut inner) => {
                    if inner.trail.is_none() {
                        inner.trail = trail;
                    }
                    value = inner;
                }
                None => return Value::unknown(at, Why::NoSuchPart),
            }
        }
        value
    }

    fn binary(&self, operator: Operator, operands: &[Expr; 2], at: Span, bindings: &mut Bindings) -> Value {
        use Operator::*;
        let left = self.value(&operands[0], bindings);
        let right = self.value(&operands[1], bindings);
        let kind = match operator {
            Equal => equal(&left, &right).map(ValueKind::Bool),
            NotEqual => equal(&left, &right).map(|same| ValueKind::Bool(!same)),
            And => match (left.bool(), right.bool()) {
                (Some(false), _) | (_, Some(false)) => Some(ValueKind::Bool(false)),
                (Some(true), Some(true)) => Some(ValueKind::Bool(true)),
                _ => None,
            },
            Or => match (left.bool(), right.bool()) {
                (Some(true), _) | (_, Some(true)) => Some(ValueKind::Bool(true)),
                (Some(false), Some(false)) => Some(ValueKind::Bool(false)),
                _ => None,
            },
            _ => left.number().zip(right.number()).map(|(left, right)| match operator {
                Less => ValueKind::Bool(left < right),
                LessOrEqual => ValueKind::Bool(left <= right),
                Greater => ValueKind::Bool(left > right),
                GreaterOrEqual => ValueKind::Bool(left >= right),
                Add => ValueKind::Number(left + right),
                Subtract => ValueKind::Number(left - right),
                Multiply => ValueKind::Number(left * right),
                Divide => ValueKind::Number(left / right),
                _ => ValueKind::Number(left % right),
            }),
        };
        match kind {
            Some(kind) => Value::new(kind, at),
            None => Value::unknown(at, left.why().or(right.why()).cloned().unwrap_or(Why::Computed)),
        }
    }

    fn for_each(&self, expression: &For, at: Span, bindings: &mut Bindings) -> Value {
        let collection = self.value(&expression.collection, bindings);
        let entries: Vec<(Value, Value)> = match &collection.kind {
            ValueKind::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (Value::new(ValueKind::Number(index as f64), item.span), item.clone()))
                .collect(),
            ValueKind::Object(entries) => entries
                .iter()
                .map(|(key, value)| {
                    (Value::new(ValueKind::Text(Text::standing_for(key, value.span)), value.span), value.clone())
                })
                .collect(),
            _ => return unknown_like(&collection, at),
        };
        let mut list = Vec::new();
        let mut object: Vec<(Box<str>, Value)> = Vec::new();
        for (key, value) in entries {
            if !self.spend(1) {
                return Value::unknown(at, Why::Other("takes too long to work out".into()));
            }
            let depth = bindings.len();
            if let Some(name) = &expression.key_name {
                bindings.push((name.to_string(), key));
            }
            bindings.push((expression.value_name.to_string(), value));
            let keep = match &expression.condition {
                Some(condition) => self.value(condition, bindings).bool(),
                None => Some(true),
            };
            let produced = (keep == Some(true)).then(|| {
                let key = expression.key.as_ref().map(|key| self.value(key, bindings));
                (key, self.value(&expression.value, bindings))
            });
            bindings.truncate(depth);
            if keep.is_none() {
                return Value::unknown(at, Why::Computed);
            }
            match produced {
                Some((None, value)) => list.push(value),
                Some((Some(key), value)) => match key.as_text().and_then(|key| key.known().map(str::to_owned)) {
                    Some(key) if expression.groups => match object.iter_mut().find(|(name, _)| **name == *key) {
                        Some((_, group)) => {
                            let mut items = group.list().unwrap_or_default().to_vec();
                            items.push(value);
                            group.kind = ValueKind::List(items.into());
                        }
                        None => object.push((key.into(), Value::new(ValueKind::List(vec![value].into()), at))),
                    },
                    Some(key) => object.push((key.into(), value)),
                    None => return Value::unknown(at, Why::Computed),
                },
                None => {}
            }
        }
        let kind = if expression.is_object { ValueKind::Object(object.into()) } else { ValueKind::List(list.into()) };
        Value { kind, span: at, trail: collection.trail }
    }
}

/// A string literal; its span excludes the quotes if the text has no escapes.
fn literal(text: &str, at: Span) -> Text {
    let span = if (at.end - at.start) as usize == text.len() + 2 {
        Span { start: at.start + 1, end: at.end - 1, ..at }
    } else {
        at
    };
    Text::standing_for(text, span)
}

/// `type.name.attribute`, without indexes and splats.
fn address(root: &str, steps: &[Step]) -> String {
    let mut address = root.to_owned();
    for step in steps {
        match step {
            Step::Attribute(name) => {
                address.push('.');
                address.push_str(&name.text);
            }
            Step::Index(_) | Step::Splat(_) => {}
        }
    }
    address
}
