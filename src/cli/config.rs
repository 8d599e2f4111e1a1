//! `seaworthy config`: the settings that apply to a path, and the line each comes from.

use super::{ConfigArguments, Error, setup, streams};
use crate::catalogue::Profile;
use crate::config::{At, Level, schema};
use crate::model::Environment;
use crate::rules;
use crate::visible::{self, visible};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

/// A setting, its value, and the place that sets it.
struct Line {
    setting: String,
    value: Value,
    from: Option<At>,
}

pub(super) fn run(arguments: &ConfigArguments) -> Result<ExitCode, Error> {
    if arguments.schema {
        return streams::print(|out| writeln!(out, "{:#}", schema()));
    }
    let (cascade, path) = setup::configured(arguments)?;
    let view = cascade.view(&path);
    let mut lines = Vec::new();
    let mut line = |setting: &str, value: Value, from: Option<&At>| {
        lines.push(Line { setting: setting.to_owned(), value, from: from.cloned() });
    };
    let profile = view.profile();
    line(
        "profile",
        json!(profile.map_or(Profile::Recommended, |said| said.value).name()),
        profile.map(|said| &said.at),
    );
    let fail_on = cascade.fail_on();
    line(
        "fail-on",
        json!(fail_on.as_ref().map_or("warning", |said| said.value.name())),
        fail_on.as_ref().map(|said| &said.at),
    );
    let (baseline, said) = cascade.baseline();
    line("baseline", json!(baseline), said.map(|said| &said.at));
    if !path.is_empty() {
        let excluded = view.excluded();
        line("excluded", json!(excluded.is_some()), excluded.map(|said| &said.at));
        let said = view.environment();
        let environment = said.map_or_else(|| Environment::of_path(&path).0, |(environment, _)| environment);
        line("environment", json!(environment.name()), said.map(|(_, pattern)| &pattern.at));
    }
    for rule in rules::ALL.iter() {
        let page = rule.page();
        let least = page.front.profile;
        let runs = view.decide(&rule.id, least, None);
        let level = match view.level(&rule.id).map(|said| said.value) {
            Some(Level::At(severity)) => severity.name(),
            _ if runs == crate::config::Decision::Off => "off",
            _ => page.front.severity.name(),
        };
        line(&format!("rules.{}.severity", rule.id), json!(level), view.level(&rule.id).map(|said| &said.at));
        for (name, option) in &page.front.options {
            let said = view.option(&rule.id, name);
            let value = said.map_or(option.default, |said| said.value);
            line(&format!("rules.{}.{name}", rule.id), json!(value as i64), said.map(|said| &said.at));
        }
    }
    if let Some(locks) = view.locks() {
        for (rule, at) in &locks.unignorable {
            line(&format!("suppressions.unignorable.{rule}"), json!(true), Some(at));
        }
        if let Some(at) = &locks.require_reason {
            line("suppressions.require-reason", json!(true), Some(at));
        }
        if let Some(days) = &locks.max_expiry_days {
            line("suppressions.max-expiry-days", json!(days.value), Some(&days.at));
        }
    }
    if arguments.json {
        let settings: Vec<Value> = lines
            .iter()
            .map(|line| {
                let from = line.from.as_ref().map(|at| json!({"path": &*at.file, "line": at.line}));
                json!({"setting": line.setting, "value": line.value, "from": from})
            })
            .collect();
        let files: Vec<&str> = view.files().collect();
        let document = json!({"schema": 1, "path": path, "files": files, "settings": settings});
        return streams::print(|out| writeln!(out, "{}", visible::json(&format!("{document:#}"))));
    }
    let files: Vec<&str> = view.files().collect();
    streams::print(|out| write_text(out, &files, &lines))
}

/// Writes the settings, each with its place as a comment.
fn write_text(out: &mut dyn Write, files: &[&str], lines: &[Line]) -> io::Result<()> {
    let files = if files.is_empty() { "no configuration file".to_owned() } else { files.join(", which extends ") };
    writeln!(out, "# {}", visible(&files))?;
    let wide = |line: &Line| line.setting.len() + line.value.to_string().len() + 3;
    let width = lines.iter().map(wide).max().unwrap_or_default();
    for line in lines {
        let text = format!("{} = {}", line.setting, line.value);
        let from = line.from.as_ref().map_or_else(|| "default".to_owned(), At::to_string);
        writeln!(out, "{text:<width$}  # {}", visible(&from))?;
    }
    Ok(())
}
