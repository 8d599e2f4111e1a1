//! `seaworthy facts`: what seaworthy understands of a checkout. The output is for people and for issues; it may change with
//! every release.

use super::{ChangeArguments, Error, FactsArguments, FactsFormat, output, setup, streams};
use crate::engine::{Memory, analyse};
use crate::source::Sources;
use crate::span::{SourceId, Span};
use crate::visible::{self, visible};
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(arguments: &FactsArguments) -> Result<ExitCode, Error> {
    let setup = setup::prepare(&arguments.scope(), &ChangeArguments::default())?;
    let analysis = analyse(&setup.sources, &setup.config, &mut Memory::default());
    let report = &analysis.report;
    let silenced = report.suppressed.iter().map(|hidden| &hidden.finding);
    let secrets = report.findings.iter().chain(silenced).filter(|finding| finding.is_secret);
    let mut all = (*analysis.project.facts).clone();
    analysis.project.documents.iter().for_each(|facts| all.merge(facts));
    let named = all.named_values.iter();
    let named = named.filter(|named| named.is_sensitive || crate::model::names_secret(&named.name));
    let shown = Shown {
        sources: &setup.sources,
        secrets: secrets
            .map(|finding| finding.span)
            .chain(named.map(|named| named.value.span()))
            .chain(all.secrets(&setup.sources))
            .collect(),
    };
    let mut facts = Map::new();
    let all = serde_json::to_value(&all).map_err(io::Error::other)?;
    for (kind, items) in all.as_object().into_iter().flatten() {
        let items = items.as_array().into_iter().flatten();
        let wanted = items.filter(|item| source_of(item).is_some_and(|id| setup.wants(&setup.sources.get(id).path)));
        let items: Vec<Value> = wanted.map(|item| shown.value(item)).collect();
        if !items.is_empty() {
            facts.insert(kind.clone(), Value::Array(items));
        }
    }
    let facts = Value::Object(facts);
    let code = streams::print(|out| match arguments.format {
        FactsFormat::Json => writeln!(out, "{}", visible::json(&format!("{facts:#}"))),
        FactsFormat::Text => write_text(out, &facts, 0),
    })?;
    Ok(if output::tell_failures(&report.failures) { ExitCode::from(2) } else { code })
}

/// Turns serialized facts into what is shown: numbers of sources and spans become paths, lines and columns, and texts of
/// secrets are left out.
struct Shown<'a> {
    sources: &'a Sources,
    secrets: Vec<Span>,
}

impl Shown<'_> {
    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Object(map) => self.object(map),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            other => other.clone(),
        }
    }

    fn object(&self, map: &Map<String, Value>) -> Value {
        if let Some(id) = map.get("$source").and_then(id) {
            return self.sources.get(id).path.to_string().into();
        }
        if let Some(span) = map.get("$span").and_then(span) {
            let position = self.sources.start(span);
            let path = &self.sources.get(span.source).path;
            return format!("{path}:{}:{}", position.line, position.column).into();
        }
        if let Some(text) = map.get("$text") {
            let of = map.get("$of").and_then(|of| span(of.get("$span")?));
            return if of.is_some_and(|of| self.is_secret(of)) { "…".into() } else { text.clone() };
        }
        // The value of a name that marks a secret is left out whatever it is.
        let names_secret = map.get("name").and_then(Value::as_str).is_some_and(crate::model::names_secret);
        let members = map.iter().map(|(name, value)| {
            let value = if names_secret && name == "value" { "…".into() } else { self.value(value) };
            (name.clone(), value)
        });
        Value::Object(members.collect())
    }

    fn is_secret(&self, span: Span) -> bool {
        self.secrets.iter().any(|secret| {
            secret.source == span.source && secret.start < span.end.max(span.start + 1) && span.start < secret.end
        })
    }
}

fn id(value: &Value) -> Option<SourceId> {
    Some(SourceId(u32::try_from(value.as_u64()?).ok()?))
}

fn span(value: &Value) -> Option<Span> {
    let [source, start, end] = value.as_array()?.as_slice() else { return None };
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    Some(Span::new(id(source)?, number(start)?, number(end)?))
}

/// The source of the first place in a fact.
fn source_of(value: &Value) -> Option<SourceId> {
    match value {
        Value::Object(map) => map
            .get("$source")
            .and_then(id)
            .or_else(|| Some(map.get("$span").and_then(span)?.source))
            .or_else(|| map.values().find_map(source_of)),
        Value::Array(items) => items.iter().find_map(source_of),
        _ => None,
    }
}

/// Writes a value as an indented outline, without what is empty.
fn write_text(out: &mut impl Write, value: &Value, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (name, member) in map {
                let name = visible(name);
                match line(member) {
                    Some(text) if text.is_empty() => {}
                    Some(text) => writeln!(out, "{indent}{name}: {text}")?,
                    None => {
                        writeln!(out, "{indent}{name}:")?;
                        write_text(out, member, depth + 1)?;
                    }
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match line(item) {
                    Some(text) => writeln!(out, "{indent}- {text}")?,
                    None => {
                        let mut text = Vec::new();
                        write_text(&mut text, item, depth + 1)?;
                        let text = String::from_utf8_lossy(&text).into_owned();
                        write!(out, "{indent}- {}", text.trim_start())?;
                    }
                }
            }
        }
        other => writeln!(out, "{indent}{}", line(other).unwrap_or_default())?,
    }
    Ok(())
}

/// A value that fits on a line: anything but objects and lists of objects. Nothing is an empty text.
fn line(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(visible(&text.replace('\n', " ")).into_owned()),
        Value::Array(items) if items.is_empty() => Some(String::new()),
        Value::Array(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| if item.is_array() { None } else { line(item) }).collect();
            items.map(|items| format!("[{}]", items.join(", ")))
        }
        Value::Object(map) if map.is_empty() => Some(String::new()),
        Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}
