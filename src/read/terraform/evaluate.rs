//! Evaluates expressions, as far as one module determines their values.

mod collections;
mod names;
mod operators;

use super::{Callers, File, functions};
use crate::budget::{Budget, Exhausted, Shares};
use crate::model::{Environment, Named, NamedValue, Origin, Text, Value, ValueKind, Why};
use crate::source::{Fragment, HOLE};
use crate::span::Span;
use crate::syntax::Problem;
use crate::syntax::hcl::{Body, Expr, ExprKind, Part};
use names::Name;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The names that the expressions of a module can refer to.
pub(crate) struct Context<'a> {
    folder: &'a str,
    variables: BTreeMap<&'a str, Variable<'a>>,
    locals: HashMap<&'a str, (&'a Expr, Span)>,
    /// Values of variables and locals that are already evaluated, Unknown ones included.
    memory: RefCell<HashMap<Name<'a>, Value>>,
    /// The budget of a resource, a local value and so on.
    shares: Shares,
    /// What was too costly to evaluate.
    exhausted: RefCell<Vec<Problem>>,
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

/// The evaluation of one resource, local value or other thing that has a budget.
pub(super) struct Evaluation<'b> {
    /// Values of the names that `for`, `dynamic`, `for_each` and `count` bind, innermost last.
    pub(super) bindings: Vec<(String, Value)>,
    /// What it may cost.
    pub(super) budget: &'b Budget,
    depth: usize,
    /// Whether it is of a variable or local, whose own references were evaluated before.
    is_of_name: bool,
}

impl<'b> Evaluation<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self { bindings: Vec::new(), budget, depth: 0, is_of_name: false }
    }

    fn bound(&self, name: &str) -> Option<&Value> {
        self.bindings.iter().rev().find(|(bound, _)| bound == name).map(|(_, value)| value)
    }
}

/// The deepest nesting of expressions. The parser stops earlier in all notations.
const DEEPEST: usize = 100;
/// The largest value, in bytes if nothing were shared, and the deepest nesting of lists in it. They bound the work of
/// everything that walks a value from top to bottom.
const LARGEST: usize = 8 << 20;
const DEEPEST_VALUE: usize = 64;
/// The most places that the trail of a composed text names.
const LONGEST_TRAIL: usize = 8;

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
        let users = files.iter().map(|file| users(file.body)).sum();
        let size = files.iter().map(|file| size(file.body)).sum();
        Self {
            folder,
            variables,
            locals,
            memory: RefCell::default(),
            shares: Shares::among(users, size),
            exhausted: RefCell::default(),
        }
    }

    /// The value of an expression that is evaluated for itself.
    pub(crate) fn evaluate(&self, expr: &Expr) -> Value {
        let budget = self.budget(expr.span);
        let value = self.value(expr, &mut Evaluation::new(&budget));
        self.settle(&budget, expr.span, || "has a value that takes too long to work out".to_owned());
        value
    }

    /// The budget of something that is written at a place.
    pub(super) fn budget(&self, at: Span) -> Budget {
        self.shares.of(at.range().len())
    }

    /// Notes that a budget ran out, if it did; the message continues "line 3 ".
    pub(super) fn settle(&self, budget: &Budget, at: Span, message: impl FnOnce() -> String) {
        if budget.is_exhausted() {
            self.exhausted.borrow_mut().push(Problem::beyond_us(at, message()));
        }
    }

    /// What was too costly to evaluate.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.exhausted.into_inner()
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
                if let ExprKind::String(text) = &expr.kind {
                    values.push(NamedValue {
                        name: (*name).to_owned(),
                        value: literal(text, expr.span),
                        span: expr.span,
                        kind: Named::TerraformVariable,
                        is_sensitive: variable.is_sensitive,
                    });
                }
            }
        }
        values
    }

    /// The value of an expression; Unknown if the budget runs out, or if it is beyond any.
    pub(super) fn value(&self, expr: &Expr, evaluation: &mut Evaluation<'_>) -> Value {
        let at = expr.span;
        let budget = evaluation.budget;
        let result = if evaluation.depth < DEEPEST {
            evaluation.depth += 1;
            let result = budget.charge(1, 0).and_then(|()| self.try_value(expr, evaluation));
            evaluation.depth -= 1;
            result
        } else {
            Err(budget.exhaust())
        };
        match result {
            Ok(mut value) if value.bytes() <= LARGEST && value.depth() <= DEEPEST_VALUE => {
                value.span = at;
                value
            }
            Ok(_) => {
                budget.exhaust();
                too_costly(at)
            }
            Err(Exhausted) => too_costly(at),
        }
    }

    fn try_value(&self, expr: &Expr, evaluation: &mut Evaluation<'_>) -> Result<Value, Exhausted> {
        let at = expr.span;
        let plain = |kind| Ok(Value::new(kind, at));
        match &expr.kind {
            ExprKind::Null => plain(ValueKind::Null),
            ExprKind::Bool(value) => plain(ValueKind::Bool(*value)),
            ExprKind::Number(number) => plain(ValueKind::Number(*number)),
            ExprKind::String(text) => {
                evaluation.budget.charge(text.len() / 64, text.len())?;
                plain(ValueKind::Text(literal(text, at)))
            }
            ExprKind::Template(parts) => self.template(parts, at, evaluation),
            ExprKind::Tuple(items) => {
                evaluation.budget.charge(0, items.len() * size_of::<Value>())?;
                let items: Vec<_> = items.iter().map(|item| self.value(item, evaluation)).collect();
                plain(ValueKind::List(items.into()))
            }
            ExprKind::Object(entries) => self.object(entries, at, evaluation),
            ExprKind::Variable(name) => match evaluation.bound(name) {
                Some(value) => referred(value.clone(), evaluation.budget),
                None => Ok(Value::unknown(at, Why::Reference((&**name).into()))),
            },
            ExprKind::Traversal(base, steps) => self.traversal(base, steps, at, evaluation),
            ExprKind::Call { name, arguments, expands_last } => {
                functions::call(self, name, arguments, *expands_last, at, evaluation)
            }
            ExprKind::Conditional(parts) => self.conditional(parts, at, evaluation),
            ExprKind::Not(inner) => {
                let value = self.value(inner, evaluation);
                Ok(match value.bool() {
                    Some(on) => Value::new(ValueKind::Bool(!on), at),
                    None => unknown_like(&value, at),
                })
            }
            ExprKind::Negate(inner) => {
                let value = self.value(inner, evaluation);
                Ok(match value.number() {
                    Some(number) => Value::new(ValueKind::Number(-number), at),
                    None => unknown_like(&value, at),
                })
            }
            ExprKind::Binary(operator, operands) => self.binary(*operator, operands, at, evaluation),
            ExprKind::For(expression) => self.for_each(expression, at, evaluation),
            ExprKind::Beyond => Ok(Value::unknown(at, Why::Other("is nested too deeply to be read".into()))),
        }
    }

    fn template(&self, parts: &[Part], at: Span, evaluation: &mut Evaluation<'_>) -> Result<Value, Exhausted> {
        let budget = evaluation.budget;
        let mut text = String::new();
        let mut holes = Vec::new();
        let mut trail: Vec<Origin> = Vec::new();
        for part in parts {
            match part {
                Part::Literal(literal, _) => {
                    budget.charge(literal.len() / 64, literal.len())?;
                    text.push_str(literal);
                }
                Part::Value(expr) => {
                    let value = self.value(expr, evaluation);
                    // `"${x}"` is `x` itself, whatever its type.
                    if parts.len() == 1 {
                        return Ok(value);
                    }
                    let set_at = value.trail.as_deref().unwrap_or_default().iter();
                    trail.extend(set_at.take(LONGEST_TRAIL - trail.len()).cloned());
                    append(&value, &mut text, &mut holes, budget)?;
                }
                Part::Directive(_) => {
                    text.push(HOLE);
                    holes.push(Why::Computed);
                }
            }
        }
        let fragment = Fragment::standing_for(&text, at);
        let shared: Option<Arc<[Origin]>> = (!trail.is_empty()).then(|| trail.clone().into());
        Ok(Value::new(ValueKind::Text(Text::new(fragment, holes, trail)), at).with_trail(shared))
    }
}

/// The value of an expression that consists of literals only; it depends on nothing and costs no more than its text.
pub(super) fn constant(expr: &Expr) -> Option<Value> {
    let kind = match &expr.kind {
        ExprKind::Null => ValueKind::Null,
        ExprKind::Bool(value) => ValueKind::Bool(*value),
        ExprKind::Number(number) => ValueKind::Number(*number),
        ExprKind::String(text) => ValueKind::Text(literal(text, expr.span)),
        ExprKind::Tuple(items) => ValueKind::List(items.iter().map(constant).collect::<Option<Vec<_>>>()?.into()),
        _ => return None,
    };
    Some(Value::new(kind, expr.span))
}

/// Appends a value to a text; a value that is no text leaves a hole.
pub(super) fn append(value: &Value, text: &mut String, holes: &mut Vec<Why>, budget: &Budget) -> Result<(), Exhausted> {
    match text_of(value, budget)? {
        Some(part) => {
            text.push_str(part.raw());
            holes.extend(part.reasons().iter().cloned());
        }
        None => {
            text.push(HOLE);
            holes.push(value.why().cloned().unwrap_or(Why::Computed));
        }
    }
    Ok(())
}

/// The value as a text, if it has one; its copy is paid for.
pub(super) fn text_of(value: &Value, budget: &Budget) -> Result<Option<Text>, Exhausted> {
    if let ValueKind::Text(text) = &value.kind {
        let (length, holes) = (text.raw().len(), text.reasons().len());
        budget.charge(length / 64 + holes / 16, length + holes * size_of::<Why>())?;
    }
    Ok(value.as_text())
}

/// A value that is referred to. Whatever the reference is for may look at each of its items, so they are paid for here.
fn referred(value: Value, budget: &Budget) -> Result<Value, Exhausted> {
    let width = match &value.kind {
        ValueKind::List(items) => items.len() / 16,
        ValueKind::Object(entries) => entries.len() / 16,
        ValueKind::Text(text) => text.raw().len() / 64,
        _ => 0,
    };
    budget.charge(width, 0)?;
    Ok(value)
}

/// An unknown value, with the reason of the value that it depends on.
pub(super) fn unknown_like(value: &Value, at: Span) -> Value {
    Value::unknown(at, value.why().cloned().unwrap_or(Why::Computed))
}

fn too_costly(at: Span) -> Value {
    Value::unknown(at, Why::Other("takes too long to work out".into()))
}

/// The number of things in a file that have a budget of their own, about.
fn users(body: &Body) -> usize {
    let listed = body.blocks.iter().filter(|block| matches!(&*block.kind.text, "locals" | "terraform"));
    body.attributes.len() + body.blocks.len() + listed.map(|block| users(&block.body)).sum::<usize>()
}

fn size(body: &Body) -> usize {
    let blocks = body.blocks.iter().map(|block| block.span.range().len());
    blocks.chain(body.attributes.iter().map(|attribute| attribute.span.range().len())).sum()
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
