//! The values of variables and locals.

use super::{Context, equal};
use crate::model::{Origin, Value, ValueKind, Why};
use crate::span::Span;

impl Context<'_> {
    pub(super) fn variable(&self, name: &str, at: Span) -> Value {
        let shown = format!("var.{name}");
        self.remember(&shown, at, || {
            let Some(variable) = self.variables.get(name) else {
                return Value::unknown(at, Why::Variable(shown.as_str().into()));
            };
            if variable.is_passed {
                return Value::unknown(at, Why::Other(format!("callers of the module set `{shown}`").into()));
            }
            if let Some((expr, name_span, _)) = variable.given.iter().rev().find(|(_, _, is_loaded)| *is_loaded) {
                return self.came_from(self.evaluate(expr), *name_span, format!("`{name}` is set here"));
            }
            // Files that Terraform does not load by itself are used only if all of them agree on the value.
            if let Some((first, name_span, _)) = variable.given.first() {
                let value = self.evaluate(first);
                let agree =
                    variable.given[1..].iter().all(|(other, ..)| equal(&value, &self.evaluate(other)) == Some(true));
                return if agree {
                    self.came_from(value, *name_span, format!("`{name}` is set here"))
                } else {
                    Value::unknown(at, Why::Other(format!("files of variable values differ about `{shown}`").into()))
                };
            }
            match variable.default {
                Some(default) => {
                    let value = self.evaluate(default);
                    if variable.is_published || (matches!(value.kind, ValueKind::Null) && variable.is_library) {
                        return Value::unknown(
                            at,
                            Why::Other(format!("callers of the module decide about `{shown}`").into()),
                        );
                    }
                    self.came_from(value, variable.name, format!("`{shown}` has this default"))
                }
                None => Value::unknown(at, Why::Variable(shown.as_str().into())),
            }
        })
    }

    pub(super) fn local(&self, name: &str, at: Span) -> Value {
        let shown = format!("local.{name}");
        self.remember(&shown, at, || match self.locals.get(name) {
            Some((expr, name_span)) => {
                self.came_from(self.evaluate(expr), *name_span, format!("`{shown}` is set here"))
            }
            None => Value::unknown(at, Why::Variable(shown.as_str().into())),
        })
    }

    pub(super) fn came_from(&self, mut value: Value, at: Span, what: String) -> Value {
        let mut trail = vec![Origin { span: at, what: what.into() }];
        trail.extend(value.trail.as_deref().unwrap_or_default().iter().take(8).cloned());
        value.trail = Some(trail.into());
        value
    }

    pub(super) fn remember(&self, name: &str, at: Span, work: impl FnOnce() -> Value) -> Value {
        if let Some(value) = self.memory.borrow().get(name) {
            return value.clone();
        }
        if !self.open.borrow_mut().insert(name.to_owned()) {
            return Value::unknown(at, Why::Other(format!("`{name}` refers to itself").into()));
        }
        let value = work();
        self.open.borrow_mut().remove(name);
        self.memory.borrow_mut().insert(name.to_owned(), value.clone());
        value
    }
}
