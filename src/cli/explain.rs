//! `seaworthy explain`: the pages of the rules that a name stands for.

use super::names::Named;
use super::{Error, ExplainFormat, When, no_such_rule, page, rules, streams, style};
use crate::catalogue::{Rule, RuleOption};
use crate::report::terminal::Style;
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(name: &str, format: ExplainFormat) -> Result<ExitCode, Error> {
    let named = Named::of(name).ok_or_else(|| no_such_rule(name))?;
    let style = style(When::Auto, streams::out_is_terminal());
    let mut out = streams::out_in(style);
    streams::delivered(write(&mut out, &named, format, style).and_then(|()| out.flush()))?;
    Ok(ExitCode::SUCCESS)
}

fn write(out: &mut dyn Write, named: &Named, format: ExplainFormat, style: Style) -> io::Result<()> {
    match (format, named) {
        (ExplainFormat::Json, _) => {
            let rules: Vec<Value> = named.rules().iter().map(|rule| object(rule)).collect();
            writeln!(out, "{:#}", json!({"schema": 1, "rules": rules}))?;
        }
        (ExplainFormat::Markdown, _) => {
            for (index, rule) in named.rules().iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                markdown(out, rule)?;
            }
        }
        (ExplainFormat::Text, Named::Group(group)) => rules::table(out, group)?,
        (ExplainFormat::Text, Named::Rule(rule)) => page::write(out, rule, style)?,
        (ExplainFormat::Text, Named::Peer(id, answering)) => {
            writeln!(out, "{id} is answered by {}", list(answering))?;
            for rule in answering {
                writeln!(out)?;
                page::write(out, rule, style)?;
            }
        }
    }
    Ok(())
}

/// The ids of rules in a sentence: `a`, `a and b`, `a, b and c`.
fn list(rules: &[&Rule]) -> String {
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    match ids.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => ids.concat(),
    }
}

/// A rule as in `seaworthy rules --format json`, with its options and the Markdown of its page.
fn object(rule: &Rule) -> Value {
    let option = |(name, option): (&String, &RuleOption)| {
        // Integer is the only type of options so far; a default of 100 must not appear as 100.0.
        (name.clone(), json!({"type": option.kind, "default": option.default as i64, "doc": option.doc}))
    };
    let mut object = rules::object(rule);
    object["options"] = Value::Object(rule.page().front.options.iter().map(option).collect::<Map<_, _>>());
    object["body"] = rule.body().trim().into();
    object
}

/// Writes a page as Markdown, with the settings of the front matter as a list.
fn markdown(out: &mut dyn Write, rule: &Rule) -> io::Result<()> {
    writeln!(out, "# {}\n\n{}\n", rule.id, rule.page().front.summary)?;
    for (name, value) in page::settings(rule) {
        writeln!(out, "- {name}: {value}")?;
    }
    writeln!(out, "\n{}", rule.body().trim())?;
    let references = &rule.page().front.references;
    if !references.is_empty() {
        writeln!(out, "\n## References\n")?;
    }
    references.iter().try_for_each(|reference| writeln!(out, "- {reference}"))
}
