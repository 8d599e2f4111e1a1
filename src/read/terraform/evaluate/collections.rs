//! Objects, `for` expressions, and the way from a value to its parts.

use super::{Context, Evaluation, referred, unknown_like};
use crate::budget::Exhausted;
use crate::model::{Text, Value, ValueKind, Why};
use crate::span::Span;
use crate::syntax::hcl::{Expr, ExprKind, For, Step};
use std::collections::HashMap;

type Entries = Vec<(Box<str>, Value)>;

impl Context<'_> {
    pub(super) fn object(
        &self,
        entries: &[(Expr, Expr)],
        at: Span,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Value, Exhausted> {
        let mut object: Entries = Vec::new();
        for (key, value) in entries {
            let key = self.value(key, evaluation);
            let value = self.value(value, evaluation);
            match name_of(&key, evaluation)? {
                Some(key) => object.push((key, value)),
                // An unknown key may be any key.
                None => return Ok(unknown_like(&key, at)),
            }
        }
        Ok(Value::new(ValueKind::Object(object.into()), at))
    }

    pub(super) fn traversal(
        &self,
        base: &Expr,
        steps: &[Step],
        at: Span,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Value, Exhausted> {
        if let ExprKind::Variable(root) = &base.kind
            && evaluation.bound(root).is_none()
        {
            let first = steps.first().and_then(|step| match step {
                Step::Attribute(name) => Some(&*name.text),
                _ => None,
            });
            return match (&**root, first) {
                ("var" | "local", Some(name)) => {
                    let value = referred(self.named(root, name, at, evaluation), evaluation.budget)?;
                    self.walk(value, &steps[1..], at, evaluation)
                }
                ("path", Some("module" | "root")) => {
                    Ok(Value::new(ValueKind::Text(Text::standing_for(self.folder, at)), at))
                }
                ("path", Some(_)) => Ok(Value::unknown(at, Why::Computed)),
                ("each" | "count" | "terraform" | "self", Some(name)) => {
                    Ok(Value::unknown(at, Why::Variable(format!("{root}.{name}").into())))
                }
                _ => Ok(Value::unknown(at, Why::Reference(address(root, steps).into()))),
            };
        }
        let value = self.value(base, evaluation);
        self.walk(value, steps, at, evaluation)
    }

    fn walk(
        &self,
        mut value: Value,
        steps: &[Step],
        at: Span,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Value, Exhausted> {
        for (index, step) in steps.iter().enumerate() {
            evaluation.budget.charge(1, 0)?;
            if matches!(value.kind, ValueKind::Unknown(_)) {
                return Ok(value);
            }
            let trail = value.trail.clone();
            let inner = match step {
                Step::Attribute(name) => value.get(&name.text).cloned(),
                Step::Index(key) => {
                    let key = self.value(key, evaluation);
                    match (&key.kind, key.number()) {
                        (ValueKind::Unknown(why), _) => return Ok(Value::unknown(at, why.clone())),
                        (_, Some(number)) if value.list().is_some() => {
                            value.list().and_then(|items| items.get(number as usize)).cloned()
                        }
                        _ => match name_of(&key, evaluation)? {
                            Some(key) => value.get(&key).cloned(),
                            None => return Ok(unknown_like(&key, at)),
                        },
                    }
                }
                Step::Splat(_) => {
                    let items = match &value.kind {
                        ValueKind::List(items) => &items[..],
                        ValueKind::Null => &[],
                        _ => std::slice::from_ref(&value),
                    };
                    evaluation.budget.charge(items.len(), size_of_val(items))?;
                    let rest = &steps[index + 1..];
                    let walked: Result<Vec<_>, _> =
                        items.iter().map(|item| self.walk(item.clone(), rest, at, evaluation)).collect();
                    return Ok(Value::new(ValueKind::List(walked?.into()), at));
                }
            };
            match inner {
                Some(inner) => {
                    let trail = inner.trail.clone().or(trail);
                    value = referred(inner, evaluation.budget)?.with_trail(trail);
                }
                None => return Ok(Value::unknown(at, Why::NoSuchPart)),
            }
        }
        Ok(value)
    }

    pub(super) fn for_each(
        &self,
        expression: &For,
        at: Span,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Value, Exhausted> {
        let collection = self.value(&expression.collection, evaluation);
        let mut produced = Produced { list: Vec::new(), object: Vec::new(), groups: Groups::default() };
        let open = evaluation.bindings.len();
        let kind = match &collection.kind {
            ValueKind::List(items) => self.each_of(expression, evaluation, &mut produced, || {
                let key = |index: usize, span| Value::new(ValueKind::Number(index as f64), span);
                items.iter().enumerate().map(move |(index, item)| (key(index, item.span), item.clone()))
            }),
            ValueKind::Object(entries) => self.each_of(expression, evaluation, &mut produced, || {
                let key = |key: &str, span| Value::new(ValueKind::Text(Text::standing_for(key, span)), span);
                entries.iter().map(move |(name, value)| (key(name, value.span), value.clone()))
            }),
            _ => return Ok(unknown_like(&collection, at)),
        };
        evaluation.bindings.truncate(open);
        Ok(match kind? {
            Some(why) => Value::unknown(at, why),
            None => Value::new(produced.kind(expression, at), at).with_trail(collection.trail),
        })
    }

    /// Evaluates the body of a `for` for each key and value; `Some` if the result is unknown.
    fn each_of<I: Iterator<Item = (Value, Value)>>(
        &self,
        expression: &For,
        evaluation: &mut Evaluation<'_>,
        produced: &mut Produced,
        entries: impl FnOnce() -> I,
    ) -> Result<Option<Why>, Exhausted> {
        let open = evaluation.bindings.len();
        for (key, value) in entries() {
            evaluation.budget.charge(1, size_of::<Value>())?;
            evaluation.bindings.truncate(open);
            if let Some(name) = &expression.key_name {
                evaluation.bindings.push((name.to_string(), key));
            }
            evaluation.bindings.push((expression.value_name.to_string(), value));
            match expression.condition.as_ref().map(|condition| self.value(condition, evaluation).bool()) {
                Some(None) => return Ok(Some(Why::Computed)),
                Some(Some(false)) => continue,
                None | Some(Some(true)) => {}
            }
            let key = expression.key.as_ref().map(|key| self.value(key, evaluation));
            let value = self.value(&expression.value, evaluation);
            match key {
                None => produced.list.push(value),
                Some(key) => match name_of(&key, evaluation)? {
                    Some(key) if expression.groups => produced.groups.push(key, value),
                    Some(key) => produced.object.push((key, value)),
                    None => return Ok(Some(Why::Computed)),
                },
            }
        }
        Ok(None)
    }
}

/// The results of a `for` expression so far.
struct Produced {
    list: Vec<Value>,
    object: Entries,
    groups: Groups,
}

/// The values of `{for ... : key => value...}` by key, in the order of the keys.
#[derive(Default)]
struct Groups {
    places: HashMap<Box<str>, usize>,
    values: Vec<(Box<str>, Vec<Value>)>,
}

impl Groups {
    fn push(&mut self, key: Box<str>, value: Value) {
        let place = *self.places.entry(key.clone()).or_insert(self.values.len());
        match self.values.get_mut(place) {
            Some((_, group)) => group.push(value),
            None => self.values.push((key, vec![value])),
        }
    }
}

impl Produced {
    fn kind(self, expression: &For, at: Span) -> ValueKind {
        let list = |items: Vec<Value>| ValueKind::List(items.into());
        if !expression.is_object {
            list(self.list)
        } else if expression.groups {
            let groups = self.groups.values.into_iter();
            ValueKind::Object(groups.map(|(key, group)| (key, Value::new(list(group), at))).collect())
        } else {
            ValueKind::Object(self.object.into())
        }
    }
}

/// A value as the key of an object, if it is wholly known; its copy is paid for.
fn name_of(value: &Value, evaluation: &Evaluation<'_>) -> Result<Option<Box<str>>, Exhausted> {
    evaluation.budget.charge(1, size_of::<Value>())?;
    let text = super::text_of(value, evaluation.budget)?;
    Ok(text.and_then(|text| text.known().map(Into::into)))
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
