//! The most used functions of Terraform.
//!
//! Semantics: <https://developer.hashicorp.com/terraform/language/functions>. The result is Unknown if a function is
//! missing here, or if it does not support its arguments.

use super::equality::{equal, unknown_like};
use super::evaluate::{Bindings, Context};
use crate::model::{Text, Value, ValueKind, Why, format_number};
use crate::span::Span;
use crate::syntax::hcl::Expr;

/// Calls a function.
pub(super) fn call(
    context: &Context<'_>,
    name: &str,
    arguments: &[Expr],
    expands_last: bool,
    at: Span,
    bindings: &mut Bindings,
) -> Value {
    // These accept arguments that can't be evaluated, so they evaluate each argument themselves.
    match name {
        "try" => return first_that_works(context, arguments, at, bindings),
        "can" => {
            let value = arguments.first().map(|argument| context.value(argument, bindings));
            return match value {
                Some(value) if value.why().is_none() => Value::new(ValueKind::Bool(true), at),
                _ => Value::unknown(at, Why::Computed),
            };
        }
        _ => {}
    }
    let mut values: Vec<Value> = arguments.iter().map(|argument| context.value(argument, bindings)).collect();
    if expands_last && let Some(last) = values.pop() {
        match last.list() {
            Some(items) => values.extend(items.iter().cloned()),
            None => return unknown_like(&last, at),
        }
    }
    let size: usize = values.iter().map(size).sum();
    if !context.spend(size) {
        return Value::unknown(at, Why::Other("takes too long to work out".into()));
    }
    let trail = values.iter().find_map(|value| value.trail.clone());
    match apply(name, &values, at) {
        Some(mut value) => {
            value.span = at;
            value.trail = value.trail.or(trail);
            value
        }
        None => {
            let why = values.iter().find_map(Value::why).cloned();
            Value::unknown(at, why.unwrap_or_else(|| Why::Other(format!("`{name}` is not followed").into())))
        }
    }
}

fn size(value: &Value) -> usize {
    match &value.kind {
        ValueKind::List(items) => items.len(),
        ValueKind::Object(entries) => entries.len(),
        ValueKind::Text(text) => text.raw().len() / 16,
        _ => 0,
    }
}

fn first_that_works(context: &Context<'_>, arguments: &[Expr], at: Span, bindings: &mut Bindings) -> Value {
    for argument in arguments {
        let value = context.value(argument, bindings);
        match &value.kind {
            // A missing part is the error that `try` catches; any other Unknown may have a value.
            ValueKind::Unknown(Why::NoSuchPart) => {}
            _ => return value,
        }
    }
    Value::unknown(at, Why::Computed)
}

fn apply(name: &str, values: &[Value], at: Span) -> Option<Value> {
    let plain = |kind| Some(Value::new(kind, at));
    let boolean = |value: bool| plain(ValueKind::Bool(value));
    let number = |value: f64| plain(ValueKind::Number(value));
    let text = |value: String| plain(ValueKind::Text(Text::standing_for(&value, at)));
    let list = |items: Vec<Value>| plain(ValueKind::List(items.into()));
    let first = values.first();
    let text_at = |index: usize| values.get(index)?.as_text()?.known().map(str::to_owned);
    let items = || first?.list();
    match name {
        "coalesce" => {
            for value in values {
                match &value.kind {
                    ValueKind::Null => {}
                    ValueKind::Text(text) if text.raw().is_empty() => {}
                    ValueKind::Unknown(_) => return None,
                    _ => return Some(value.clone()),
                }
            }
            None
        }
        "coalescelist" => {
            for value in values {
                match value.list() {
                    Some([]) => {}
                    Some(_) => return Some(value.clone()),
                    None => return None,
                }
            }
            None
        }
        "lookup" => {
            let key = text_at(1)?;
            match &first?.kind {
                ValueKind::Object(_) => first?.get(&key).or(values.get(2)).cloned(),
                _ => None,
            }
        }
        "merge" => {
            let mut merged: Vec<(Box<str>, Value)> = Vec::new();
            for value in values {
                match &value.kind {
                    ValueKind::Null => {}
                    ValueKind::Object(entries) => {
                        for (key, value) in entries.iter() {
                            match merged.iter_mut().find(|(name, _)| name == key) {
                                Some(entry) => entry.1 = value.clone(),
                                None => merged.push((key.clone(), value.clone())),
                            }
                        }
                    }
                    _ => return None,
                }
            }
            plain(ValueKind::Object(merged.into()))
        }
        "concat" => {
            let mut all = Vec::new();
            for value in values {
                all.extend(value.list()?.iter().cloned());
            }
            list(all)
        }
        "flatten" => {
            fn flatten(value: &Value, out: &mut Vec<Value>) -> Option<()> {
                match &value.kind {
                    ValueKind::List(items) => items.iter().try_for_each(|item| flatten(item, out)),
                    // An unknown item may be a list of any length.
                    ValueKind::Unknown(_) => None,
                    _ => {
                        out.push(value.clone());
                        Some(())
                    }
                }
            }
            let mut all = Vec::new();
            flatten(first?, &mut all)?;
            list(all)
        }
        "compact" => {
            let mut kept = Vec::new();
            for item in items()? {
                match &item.kind {
                    ValueKind::Null => {}
                    ValueKind::Unknown(_) => return None,
                    ValueKind::Text(text) if text.raw().is_empty() => {}
                    _ => kept.push(item.clone()),
                }
            }
            list(kept)
        }
        "toset" | "distinct" => {
            let mut kept: Vec<Value> = Vec::new();
            for item in items()? {
                let mut is_new = true;
                for other in &kept {
                    match equal(item, other) {
                        Some(true) => is_new = false,
                        Some(false) => {}
                        None if matches!(item.kind, ValueKind::Unknown(_)) => {}
                        None => {}
                    }
                }
                if is_new {
                    kept.push(item.clone());
                }
            }
            list(kept)
        }
        "tolist" | "tomap" | "sort" | "nonsensitive" | "sensitive" | "setunion" if values.len() == 1 => {
            Some(first?.clone())
        }
        "setunion" => apply("concat", values, at).and_then(|all| apply("distinct", &[all], at)),
        "tostring" => {
            let value = first?;
            if matches!(value.kind, ValueKind::Null) {
                Some(value.clone())
            } else {
                plain(ValueKind::Text(value.as_text()?))
            }
        }
        "tonumber" => number(first?.number()?),
        "tobool" => boolean(first?.bool()?),
        "length" => match &first?.kind {
            ValueKind::List(items) => number(items.len() as f64),
            ValueKind::Object(entries) => number(entries.len() as f64),
            ValueKind::Text(text) => number(text.known()?.chars().count() as f64),
            _ => None,
        },
        "keys" => match &first?.kind {
            ValueKind::Object(entries) => {
                let mut keys: Vec<_> = entries.iter().map(|(key, value)| (key, value.span)).collect();
                keys.sort_by_key(|(key, _)| *key);
                list(
                    keys.into_iter()
                        .map(|(key, span)| Value::new(ValueKind::Text(Text::standing_for(key, span)), span))
                        .collect(),
                )
            }
            _ => None,
        },
        "values" => match &first?.kind {
            ValueKind::Object(entries) => {
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                list(entries.into_iter().map(|(_, value)| value.clone()).collect())
            }
            _ => None,
        },
        "element" => {
            let items = items()?;
            let index = values.get(1)?.number()? as usize;
            items.get(index.checked_rem(items.len())?).cloned()
        }
        "one" => match items()? {
            [] => plain(ValueKind::Null),
            [item] => Some(item.clone()),
            _ => None,
        },
        "slice" => {
            let (from, to) = (values.get(1)?.number()? as usize, values.get(2)?.number()? as usize);
            list(items()?.get(from..to)?.to_vec())
        }
        "reverse" => list(items()?.iter().rev().cloned().collect()),
        "contains" => {
            let needle = values.get(1)?;
            let mut unsure = false;
            for item in items()? {
                match equal(item, needle) {
                    Some(true) => return boolean(true),
                    Some(false) => {}
                    None => unsure = true,
                }
            }
            if unsure { None } else { boolean(false) }
        }
        "index" => {
            let needle = values.get(1)?;
            items()?.iter().position(|item| equal(item, needle) == Some(true)).and_then(|index| number(index as f64))
        }
        "alltrue" | "anytrue" => {
            let decisive = name == "anytrue";
            let mut unsure = false;
            for item in items()? {
                match item.bool() {
                    Some(value) if value == decisive => return boolean(decisive),
                    Some(_) => {}
                    None => unsure = true,
                }
            }
            if unsure { None } else { boolean(!decisive) }
        }
        "zipmap" => {
            let keys = items()?;
            let values = values.get(1)?.list()?;
            let entries: Option<Vec<_>> =
                keys.iter().zip(values).map(|(key, value)| Some((key.text()?.into(), value.clone()))).collect();
            plain(ValueKind::Object(entries?.into()))
        }
        "range" => {
            let numbers: Option<Vec<f64>> = values.iter().map(Value::number).collect();
            let (from, to, step) = match numbers?.as_slice() {
                [to] => (0.0, *to, 1.0),
                [from, to] => (*from, *to, 1.0),
                [from, to, step] => (*from, *to, *step),
                _ => return None,
            };
            let count = ((to - from) / step).ceil();
            if !(0.0..=1024.0).contains(&count) {
                return None;
            }
            list(
                (0..count as usize)
                    .map(|index| Value::new(ValueKind::Number(from + step * index as f64), at))
                    .collect(),
            )
        }
        "max" | "min" => {
            let numbers: Option<Vec<f64>> = values.iter().map(Value::number).collect();
            numbers?.into_iter().reduce(if name == "max" { f64::max } else { f64::min }).and_then(number)
        }
        "sum" => {
            let numbers: Option<Vec<f64>> = items()?.iter().map(Value::number).collect();
            number(numbers?.iter().sum())
        }
        "abs" => number(first?.number()?.abs()),
        "ceil" => number(first?.number()?.ceil()),
        "floor" => number(first?.number()?.floor()),
        "format" => formatted(values, at),
        "formatlist" => None,
        "join" => {
            let separator = text_at(0)?;
            let mut joined = String::new();
            let mut holes = Vec::new();
            for (index, item) in values.get(1)?.list()?.iter().enumerate() {
                if index > 0 {
                    joined.push_str(&separator);
                }
                let part = item.as_text()?;
                joined.push_str(part.raw());
                holes.extend(part.reasons().iter().cloned());
            }
            let fragment = crate::source::Fragment::standing_for(&joined, at);
            plain(ValueKind::Text(Text::new(fragment, holes, Vec::new())))
        }
        "split" => {
            let (separator, whole) = (text_at(0)?, text_at(1)?);
            list(
                whole
                    .split(&separator)
                    .map(|part| Value::new(ValueKind::Text(Text::standing_for(part, at)), at))
                    .collect(),
            )
        }
        "replace" => {
            let (whole, from, to) = (text_at(0)?, text_at(1)?, text_at(2)?);
            // A pattern between slashes is a regular expression.
            if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
                return None;
            }
            text(whole.replace(&from, &to))
        }
        "lower" => text(text_at(0)?.to_lowercase()),
        "upper" => text(text_at(0)?.to_uppercase()),
        "title" => {
            let mut start = true;
            text(
                text_at(0)?
                    .chars()
                    .map(|c| {
                        let upper = start;
                        start = !c.is_alphanumeric();
                        if upper { c.to_ascii_uppercase() } else { c }
                    })
                    .collect(),
            )
        }
        "trimspace" => text(text_at(0)?.trim().to_owned()),
        "chomp" => text(text_at(0)?.trim_end_matches(['\n', '\r']).to_owned()),
        "trim" => {
            let set: Vec<char> = text_at(1)?.chars().collect();
            text(text_at(0)?.trim_matches(&set[..]).to_owned())
        }
        "trimprefix" => {
            let (whole, prefix) = (text_at(0)?, text_at(1)?);
            text(whole.strip_prefix(&prefix).unwrap_or(&whole).to_owned())
        }
        "trimsuffix" => {
            let (whole, suffix) = (text_at(0)?, text_at(1)?);
            text(whole.strip_suffix(&suffix).unwrap_or(&whole).to_owned())
        }
        "substr" => {
            let (whole, from, length) = (text_at(0)?, values.get(1)?.number()?, values.get(2)?.number()?);
            let length = if length < 0.0 { usize::MAX } else { length as usize };
            if from < 0.0 {
                return None;
            }
            text(whole.chars().skip(from as usize).take(length).collect())
        }
        "startswith" => boolean(text_at(0)?.starts_with(&text_at(1)?)),
        "endswith" => boolean(text_at(0)?.ends_with(&text_at(1)?)),
        "strcontains" => boolean(text_at(0)?.contains(&text_at(1)?)),
        "basename" => text(text_at(0)?.rsplit('/').next().unwrap_or_default().to_owned()),
        "dirname" => text(text_at(0)?.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()),
        _ => None,
    }
}

/// `format` with the verbs `%s`, `%d`, `%v` and `%%`.
fn formatted(values: &[Value], at: Span) -> Option<Value> {
    let pattern = values.first()?.text()?.to_owned();
    let mut rest = values[1..].iter();
    let mut out = String::new();
    let mut holes = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '%' => out.push('%'),
            's' | 'v' => {
                let value = rest.next()?;
                match value.as_text() {
                    Some(part) => {
                        out.push_str(part.raw());
                        holes.extend(part.reasons().iter().cloned());
                    }
                    None => {
                        out.push(crate::source::HOLE);
                        holes.push(value.why().cloned().unwrap_or(Why::Computed));
                    }
                }
            }
            'd' => out.push_str(&format_number(rest.next()?.number()?)),
            _ => return None,
        }
    }
    let fragment = crate::source::Fragment::standing_for(&out, at);
    Some(Value::new(ValueKind::Text(Text::new(fragment, holes, Vec::new())), at))
}
