//! The values of variables and locals.
//!
//! Each is evaluated once, with a budget of its own and after everything that it refers to. So its value does not depend
//! on who asks first, and a chain of any length takes no stack.

use super::{Context, Evaluation};
use crate::budget::{Budget, Exhausted};
use crate::model::{Origin, Value, ValueKind, Why};
use crate::read::terraform::equality::equal;
use crate::span::Span;
use crate::syntax::hcl::{Expr, ExprKind, Part, Step};
use std::collections::HashSet;
use std::fmt;

/// A name with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Name<'a> {
    Variable(&'a str),
    Local(&'a str),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Local(name) => write!(f, "local.{name}"),
        }
    }
}

impl<'a> Context<'a> {
    /// The value of `var.name` or `local.name`.
    pub(super) fn named(&self, root: &str, name: &str, at: Span, evaluation: &Evaluation<'_>) -> Value {
        let Some(name) = self.known_name(root, name) else {
            return Value::unknown(at, Why::Variable(format!("{root}.{name}").into()));
        };
        if !evaluation.is_of_name {
            self.prepare(name);
        }
        // What a name refers to is evaluated before it, so only a circle leaves something out.
        let value = self.memory.borrow().get(&name).cloned();
        value.unwrap_or_else(|| Value::unknown(at, Why::Other(format!("`{name}` refers to itself").into())))
    }

    fn known_name(&self, root: &str, name: &str) -> Option<Name<'a>> {
        match root {
            "var" => self.variables.get_key_value(name).map(|(name, _)| Name::Variable(name)),
            "local" => self.locals.get_key_value(name).map(|(name, _)| Name::Local(name)),
            _ => None,
        }
    }

    /// Evaluates a name, and everything that it refers to before it.
    fn prepare(&self, name: Name<'a>) {
        let mut pending = vec![(name, false)];
        let mut open = HashSet::new();
        while let Some((name, is_ready)) = pending.pop() {
            if is_ready {
                let value = self.work_out(name);
                open.remove(&name);
                self.memory.borrow_mut().insert(name, value);
            } else if !self.memory.borrow().contains_key(&name) && open.insert(name) {
                pending.push((name, true));
                let mut wanted = Vec::new();
                self.expressions(name).iter().for_each(|expr| self.references(expr, &mut wanted));
                let memory = self.memory.borrow();
                let is_new = |name: &Name<'a>| !memory.contains_key(name) && !open.contains(name);
                pending.extend(wanted.into_iter().filter(is_new).map(|name| (name, false)));
            }
        }
    }

    /// The expressions that the value of a name may come from.
    fn expressions(&self, name: Name<'a>) -> Vec<&'a Expr> {
        match name {
            Name::Local(name) => self.locals.get(name).map(|(expr, _)| *expr).into_iter().collect(),
            Name::Variable(name) => {
                let variable = self.variables.get(name);
                let exprs = variable.into_iter().flat_map(|variable| {
                    variable.default.into_iter().chain(variable.given.iter().map(|(expr, ..)| *expr))
                });
                exprs.collect()
            }
        }
    }

    fn references(&self, expr: &Expr, into: &mut Vec<Name<'a>>) {
        let mut all = |exprs: &mut dyn Iterator<Item = &Expr>| exprs.for_each(|expr| self.references(expr, into));
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Variable(_)
            | ExprKind::Beyond => {}
            ExprKind::Template(parts) => all(&mut parts.iter().filter_map(|part| match part {
                Part::Value(expr) => Some(expr),
                Part::Literal(..) | Part::Directive(_) => None,
            })),
            ExprKind::Tuple(items) => all(&mut items.iter()),
            ExprKind::Object(entries) => all(&mut entries.iter().flat_map(|(key, value)| [key, value])),
            ExprKind::Traversal(base, steps) => {
                all(&mut steps.iter().filter_map(|step| match step {
                    Step::Index(expr) => Some(expr),
                    Step::Attribute(_) | Step::Splat(_) => None,
                }));
                match (&base.kind, steps.first()) {
                    (ExprKind::Variable(root), Some(Step::Attribute(name))) => {
                        into.extend(self.known_name(root, &name.text));
                    }
                    _ => self.references(base, into),
                }
            }
            ExprKind::Call { arguments, .. } => all(&mut arguments.iter()),
            ExprKind::Conditional(parts) => all(&mut parts.iter()),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => all(&mut std::iter::once(&**inner)),
            ExprKind::Binary(_, operands) => all(&mut operands.iter()),
            ExprKind::For(each) => {
                let parts = [Some(&each.collection), each.key.as_ref(), Some(&each.value), each.condition.as_ref()];
                all(&mut parts.into_iter().flatten());
            }
        }
    }

    fn work_out(&self, name: Name<'a>) -> Value {
        let exprs = self.expressions(name);
        let budget = self.shares.of(exprs.iter().map(|expr| expr.span.range().len()).sum());
        let (value, at) = match name {
            Name::Variable(key) => (self.variable(key, name, &budget), self.variables[key].name),
            Name::Local(key) => {
                let (expr, at) = self.locals[key];
                (came_from(self.value_of_name(expr, &budget), at, format!("`{name}` is set here")), at)
            }
        };
        self.settle(&budget, at, || format!("gives `{name}` a value that takes too long to work out"));
        value
    }

    fn value_of_name(&self, expr: &Expr, budget: &Budget) -> Value {
        self.value(expr, &mut Evaluation { is_of_name: true, ..Evaluation::new(budget) })
    }

    fn variable(&self, key: &str, name: Name<'a>, budget: &Budget) -> Value {
        let variable = &self.variables[key];
        let at = variable.name;
        if variable.is_passed {
            return Value::unknown(
                at,
                Why::Other(format!("callers of the module or of Terraform set `{name}`").into()),
            );
        }
        if let Some((expr, name_span, _)) = variable.given.iter().rev().find(|(_, _, is_loaded)| *is_loaded) {
            return came_from(self.value_of_name(expr, budget), *name_span, format!("`{key}` is set here"));
        }
        // Files that Terraform does not load by itself are used only if all of them agree on the value.
        if let Some((first, name_span, _)) = variable.given.first() {
            let value = self.value_of_name(first, budget);
            let is_same = |other: &Expr| match equal(&value, &self.value_of_name(other, budget), budget) {
                Ok(is_same) => is_same == Some(true),
                Err(Exhausted) => false,
            };
            return if variable.given[1..].iter().all(|(other, ..)| is_same(other)) {
                came_from(value, *name_span, format!("`{key}` is set here"))
            } else {
                Value::unknown(at, Why::Other(format!("files of variable values differ about `{name}`").into()))
            };
        }
        match variable.default {
            Some(default) => {
                let value = self.value_of_name(default, budget);
                if variable.is_published || (matches!(value.kind, ValueKind::Null) && variable.is_library) {
                    return Value::unknown(
                        at,
                        Why::Other(format!("callers of the module decide about `{name}`").into()),
                    );
                }
                came_from(value, at, format!("`{name}` has this default"))
            }
            None => Value::unknown(at, Why::Variable(name.to_string().into())),
        }
    }
}

fn came_from(value: Value, at: Span, what: String) -> Value {
    let mut trail = vec![Origin { span: at, what: what.into() }];
    trail.extend(value.trail.as_deref().unwrap_or_default().iter().take(8).cloned());
    value.with_trail(Some(trail.into()))
}
