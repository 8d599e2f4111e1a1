//! Functions of lists and objects.

use super::numbers::numbers;
use super::{Call, Outcome, Stop};
use crate::model::{Text, Value, ValueKind, format_number};
use crate::read::terraform::equality::equal;
use std::collections::{HashMap, HashSet};

/// The most numbers that `range` may make, as in Terraform.
const LONGEST_RANGE: f64 = 1024.0;

impl Call<'_> {
    pub(super) fn of_collections(self) -> Outcome {
        match self.name {
            "coalesce" => self.first(|value| match &value.kind {
                ValueKind::Null => Some(false),
                ValueKind::Text(text) if text.raw().is_empty() => Some(false),
                ValueKind::Unknown(_) => None,
                _ => Some(true),
            }),
            "coalescelist" => self.first(|value| value.list().map(|items| !items.is_empty())),
            "lookup" => {
                let key = self.known_text(1)?;
                let map = self.argument(0)?;
                match &map.kind {
                    ValueKind::Object(_) => map.get(key.raw()).or(self.values.get(2)).cloned().ok_or(Stop::Unsupported),
                    _ => Err(Stop::Unsupported),
                }
            }
            "merge" => self.merge(),
            "concat" => {
                let mut all = Vec::new();
                self.concatenate(&mut all)?;
                self.list(all)
            }
            "flatten" => {
                let mut all = Vec::new();
                self.flatten(self.argument(0)?, &mut all)?;
                self.list(all)
            }
            "compact" => {
                let mut kept = Vec::new();
                for item in self.items(0)? {
                    self.pay_for(1)?;
                    match &item.kind {
                        ValueKind::Null => {}
                        ValueKind::Unknown(_) => return Err(Stop::Unsupported),
                        ValueKind::Text(text) if text.raw().is_empty() => {}
                        _ => kept.push(item.clone()),
                    }
                }
                self.list(kept)
            }
            "toset" | "distinct" => self.list(self.distinct(self.items(0)?)?),
            "tolist" | "tomap" | "sort" | "nonsensitive" | "sensitive" | "setunion" if self.values.len() == 1 => {
                Ok(self.argument(0)?.clone())
            }
            "setunion" => {
                let mut all = Vec::new();
                self.concatenate(&mut all)?;
                self.list(self.distinct(&all)?)
            }
            "length" => match &self.argument(0)?.kind {
                ValueKind::List(items) => self.number(items.len() as f64),
                ValueKind::Object(entries) => self.number(entries.len() as f64),
                ValueKind::Text(text) => self.number(text.known().ok_or(Stop::Unsupported)?.chars().count() as f64),
                _ => Err(Stop::Unsupported),
            },
            "keys" => {
                let text = |key: &str, span| Value::new(ValueKind::Text(Text::standing_for(key, span)), span);
                self.list(self.sorted()?.into_iter().map(|(key, value)| text(key, value.span)).collect())
            }
            "values" => self.list(self.sorted()?.into_iter().map(|(_, value)| value.clone()).collect()),
            "element" => {
                let (items, index) = (self.items(0)?, self.number_at(1)? as usize);
                let index = index.checked_rem(items.len()).ok_or(Stop::Unsupported)?;
                Ok(items[index].clone())
            }
            "one" => match self.items(0)? {
                [] => self.plain(ValueKind::Null),
                [item] => Ok(item.clone()),
                _ => Err(Stop::Unsupported),
            },
            "slice" => {
                let (from, to) = (self.number_at(1)? as usize, self.number_at(2)? as usize);
                let items = self.items(0)?.get(from..to).ok_or(Stop::Unsupported)?;
                self.pay_for(items.len())?;
                self.list(items.to_vec())
            }
            "reverse" => {
                let items = self.items(0)?;
                self.pay_for(items.len())?;
                self.list(items.iter().rev().cloned().collect())
            }
            "contains" => {
                let needle = self.argument(1)?;
                self.decided(self.items(0)?, true, |item| Ok(equal(item, needle, self.budget)?))
            }
            "alltrue" => self.decided(self.items(0)?, false, |item| Ok(item.bool())),
            "anytrue" => self.decided(self.items(0)?, true, |item| Ok(item.bool())),
            "index" => {
                let needle = self.argument(1)?;
                for (index, item) in self.items(0)?.iter().enumerate() {
                    if equal(item, needle, self.budget)? == Some(true) {
                        return self.number(index as f64);
                    }
                }
                Err(Stop::Unsupported)
            }
            "zipmap" => {
                let mut entries: Vec<(Box<str>, Value)> = Vec::new();
                for (key, value) in self.items(0)?.iter().zip(self.items(1)?) {
                    let key = key.text().ok_or(Stop::Unsupported)?;
                    self.budget.charge(1, size_of::<Value>() + key.len())?;
                    entries.push((key.into(), value.clone()));
                }
                self.plain(ValueKind::Object(entries.into()))
            }
            _ => self.range(),
        }
    }

    /// The first argument of which something is so; Unknown if that can't be said of one before it.
    fn first(self, is_it: impl Fn(&Value) -> Option<bool>) -> Outcome {
        for value in self.values {
            match is_it(value) {
                Some(true) => return Ok(value.clone()),
                Some(false) => {}
                None => return Err(Stop::Unsupported),
            }
        }
        Err(Stop::Unsupported)
    }

    /// `decisive` if one of the items is; its opposite if all are known and none is.
    fn decided(self, items: &[Value], decisive: bool, of: impl Fn(&Value) -> Result<Option<bool>, Stop>) -> Outcome {
        let mut is_unsure = false;
        for item in items {
            self.budget.charge(1, 0)?;
            match of(item)? {
                Some(value) if value == decisive => return self.boolean(decisive),
                Some(_) => {}
                None => is_unsure = true,
            }
        }
        if is_unsure { Err(Stop::Unsupported) } else { self.boolean(!decisive) }
    }

    fn merge(self) -> Outcome {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut merged: Vec<(Box<str>, Value)> = Vec::new();
        for value in self.values {
            match &value.kind {
                ValueKind::Null => {}
                ValueKind::Object(entries) => {
                    for (key, value) in entries.iter() {
                        self.budget.charge(1, size_of::<Value>() + key.len())?;
                        let place = *places.entry(key).or_insert(merged.len());
                        match merged.get_mut(place) {
                            Some(entry) => entry.1 = value.clone(),
                            None => merged.push((key.clone(), value.clone())),
                        }
                    }
                }
                _ => return Err(Stop::Unsupported),
            }
        }
        self.plain(ValueKind::Object(merged.into()))
    }

    fn concatenate(self, all: &mut Vec<Value>) -> Result<(), Stop> {
        for index in 0..self.values.len() {
            let items = self.items(index)?;
            self.pay_for(items.len())?;
            all.extend(items.iter().cloned());
        }
        Ok(())
    }

    fn flatten(self, value: &Value, out: &mut Vec<Value>) -> Result<(), Stop> {
        self.budget.charge(1, 0)?;
        match &value.kind {
            ValueKind::List(items) => items.iter().try_for_each(|item| self.flatten(item, out)),
            // An unknown item may be a list of any length.
            ValueKind::Unknown(_) => Err(Stop::Unsupported),
            _ => {
                self.pay_for(1)?;
                out.push(value.clone());
                Ok(())
            }
        }
    }

    /// The items without those that certainly equal an earlier one.
    fn distinct(self, items: &[Value]) -> Result<Vec<Value>, Stop> {
        let mut kept: Vec<Value> = Vec::new();
        let mut simple: HashSet<(bool, String)> = HashSet::new();
        // Only lists and objects are compared one by one.
        let mut composed: Vec<&Value> = Vec::new();
        for item in items {
            self.pay_for(1)?;
            let is_new = match &item.kind {
                ValueKind::Unknown(_) => true,
                ValueKind::Text(text) => match text.known() {
                    Some(text) => {
                        self.budget.charge(text.len() / 64, text.len())?;
                        simple.insert((true, text.to_owned()))
                    }
                    None => true,
                },
                ValueKind::Number(number) => simple.insert((true, format_number(*number))),
                ValueKind::Null => simple.insert((false, "null".to_owned())),
                ValueKind::Bool(value) => simple.insert((false, value.to_string())),
                ValueKind::List(_) | ValueKind::Object(_) => {
                    let mut is_new = true;
                    for other in &composed {
                        is_new = is_new && equal(item, other, self.budget)? != Some(true);
                    }
                    if is_new {
                        composed.push(item);
                    }
                    is_new
                }
            };
            if is_new {
                kept.push(item.clone());
            }
        }
        Ok(kept)
    }

    /// The entries of an object by key.
    fn sorted(&self) -> Result<Vec<(&str, &Value)>, Stop> {
        let ValueKind::Object(entries) = &self.argument(0)?.kind else { return Err(Stop::Unsupported) };
        self.budget.charge(4 * entries.len(), entries.len() * size_of::<Value>())?;
        self.budget.charge(0, entries.iter().map(|(key, _)| key.len()).sum())?;
        let mut entries: Vec<_> = entries.iter().map(|(key, value)| (&**key, value)).collect();
        entries.sort_by_key(|(key, _)| *key);
        Ok(entries)
    }

    fn range(self) -> Outcome {
        let (from, to, step) = match numbers(self.values)?.as_slice() {
            [to] => (0.0, *to, 1.0),
            [from, to] => (*from, *to, 1.0),
            [from, to, step] => (*from, *to, *step),
            _ => return Err(Stop::Unsupported),
        };
        let count = ((to - from) / step).ceil();
        if !(0.0..=LONGEST_RANGE).contains(&count) {
            return Err(Stop::Unsupported);
        }
        self.pay_for(count as usize)?;
        let at = |index: usize| Value::new(ValueKind::Number(from + step * index as f64), self.at);
        self.list((0..count as usize).map(at).collect())
    }
}
