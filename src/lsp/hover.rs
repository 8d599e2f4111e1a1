//! Hovers: the page of a finding or rule, the value of a name, the settings of a service.

use super::encoding::Index;
use super::folder::Outcome;
use super::place::{Named, Place};
use super::prose::{capital, plain};
use super::snapshot::Snapshot;
use crate::catalogue::Rule;
use crate::model::attribute::{self, Attribute, Holds, Type};
use crate::model::{
    Held, Origin, Pipeline, Probe, ProbeKind, Setting, Settings, SubstitutionUse, Text, Value, ValueKind, Variable,
    Why, Workload, WorkloadKind, format_number, names_secret,
};
use crate::rules;
use crate::source::HOLE;
use crate::span::Span;
use crate::visible::{markdown, visible};
use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};
use std::ops::Range;

/// The hover at a place.
pub(super) fn at(snapshot: &Snapshot<'_>, here: &Place<'_>) -> Option<Hover> {
    let client = snapshot.client;
    let shown = |said: &Said| {
        let value = if client.reads_markdown { said.text.clone() } else { plain(&said.text) };
        let kind = if client.reads_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        let range = Index::of(here.text).range(here.text, said.range.clone(), client.encoding);
        Hover { contents: Contents::MarkupContent(MarkupContent { kind, value }), range: Some(range) }
    };
    if let Some((rule, range)) = here.rule() {
        return Some(shown(&Said { text: page(rule), range }));
    }
    let mut said: Vec<Said> = Vec::new();
    said.extend(here.named(snapshot).and_then(|named| value(snapshot, here.path, &named)));
    said.extend(
        here.workload(snapshot)
            .map(|(workload, span)| Said { text: settings(snapshot.outcome, workload), range: span.range() }),
    );
    // Editors show the message of a finding already, so its page comes last.
    said.extend(
        here.finding(snapshot)
            .and_then(|finding| Some(Said { text: page(rules::find(&finding.rule)?), range: finding.span.range() })),
    );
    let mut parts = said.into_iter();
    let mut first = parts.next()?;
    for part in parts {
        first.text.push_str("\n\n---\n\n");
        first.text.push_str(&part.text);
        if part.range.len() < first.range.len() {
            first.range = part.range;
        }
    }
    Some(shown(&first))
}

/// The content of a hover in Markdown, and its range.
struct Said {
    text: String,
    range: Range<usize>,
}

/// The page of a rule up to its examples.
fn page(rule: &Rule) -> String {
    let page = rule.page();
    let body = rule.body().split("\n## ").next().unwrap_or_default().trim();
    let more = match rule.url() {
        Some(url) => format!("[The whole page]({url})"),
        None => format!("The whole page: `seaworthy explain {}`", rule.id),
    };
    format!(
        "**`{}`**: {} ({}, {})\n\n{body}\n\n{more}",
        rule.id,
        page.front.summary,
        page.front.severity,
        page.front.profile.name(),
    )
}

/// The value of a name.
fn value(snapshot: &Snapshot<'_>, path: &str, named: &Named<'_>) -> Option<Said> {
    match named {
        Named::Terraform(name, range) => terraform(snapshot, path, name, range.clone()),
        Named::Variable(variable, range) => variable_value(snapshot.outcome, variable, range.clone()),
        Named::Substitution(pipeline, used) => Some(substitution(snapshot.outcome, pipeline, used)),
    }
}

fn terraform(snapshot: &Snapshot<'_>, path: &str, name: &str, range: Range<usize>) -> Option<Said> {
    let value = snapshot.definition(path, name)?.value?;
    let shown = name.split('.').take(2).collect::<Vec<_>>().join(".");
    let text = match &value.kind {
        ValueKind::Unknown(why) => format!("`{shown}` is not known: {}", markdown(&why.to_string())),
        _ => match value.trail.as_deref().and_then(<[Origin]>::first) {
            Some(origin) => {
                format!("`{shown}` = `{}`, set in {}", hidden(name, show(&value)), place(snapshot.outcome, origin.span))
            }
            None => format!("`{shown}` = `{}`", hidden(name, show(&value))),
        },
    };
    Some(Said { text, range })
}

/// A value in Terraform syntax, on one line and shortened.
fn show(value: &Value) -> String {
    let text = match &value.kind {
        ValueKind::Null => "null".to_owned(),
        ValueKind::Bool(value) => value.to_string(),
        ValueKind::Number(number) => format_number(*number),
        ValueKind::Text(text) => format!("\"{}\"", text.shown()),
        ValueKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        ValueKind::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key} = {}", show(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        ValueKind::Unknown(_) => "…".to_owned(),
    };
    glance(&text)
}

/// A value, masked if its name suggests a secret: a screen may be shared.
fn hidden(name: &str, value: String) -> String {
    if names_secret(name) { "…".to_owned() } else { value }
}

/// A text on one line, shortened.
fn glance(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = text.replace(['\n', '\r'], " ").replace('`', "'");
    let line = visible(&line);
    if line.chars().count() <= LONGEST {
        line.into_owned()
    } else {
        line.chars().take(LONGEST).chain(['…']).collect()
    }
}

/// `terraform.tfvars:3`.
fn place(outcome: &Outcome, span: Span) -> String {
    let source = outcome.sources.get(span.source);
    markdown(&format!("{}:{}", source.path, source.position(span.start).line))
}

fn variable_value(outcome: &Outcome, variable: &Variable, range: Range<usize>) -> Option<Said> {
    let name = &variable.name;
    let text = match &variable.value {
        Setting::Known(value, _) => {
            let value = hidden(name, glance(&value.shown()));
            format!("`{name}` = `{value}`, set in {}", place(outcome, variable.name_span))
        }
        Setting::Unknown(_, why) => format!("`{name}` is not known: {}", markdown(&why.to_string())),
        Setting::Absent(_) => return None,
    };
    Some(Said { text, range })
}

fn substitution(outcome: &Outcome, pipeline: &Pipeline, used: &SubstitutionUse) -> Said {
    let name = &used.name;
    let text = match pipeline.substitutions.iter().find(|substitution| substitution.name == *name) {
        Some(substitution) => {
            let value = hidden(name, glance(&substitution.value.shown()));
            format!("`{name}` = `{value}` by default, set in {}", place(outcome, substitution.span))
        }
        None if used.is_built_in => format!("`{name}` is given by Cloud Build"),
        None => format!("`{name}` has no default here"),
    };
    Said { text, range: used.span.range() }
}

/// A table of the settings of a workload: what it writes, and the defaults of the most important ones that it doesn't.
fn settings(outcome: &Outcome, workload: &Workload) -> String {
    let mut table =
        format!("**{}**\n\n| setting | value | from |\n|---|---|---|\n", capital(&markdown(&workload.label())));
    let mut row = |name: &str, (value, from): (String, String)| {
        table.push_str(&format!("| {name} | {} | {from} |\n", value.replace('|', "\\|")));
    };
    for (attribute, cells) in cells(outcome, &workload.settings, workload.kind, true) {
        row(attribute.name, cells);
    }
    for container in &workload.containers {
        let of = |name: &str| match (&container.name, workload.containers.len()) {
            (Some(container), 2..) => format!("{name} of `{container}`"),
            _ => name.to_owned(),
        };
        let image = cell(outcome, &container.image, |image| format!("`{}`", glance(&image.shown())));
        row(&of("image"), image.unwrap_or_else(|| ("none".to_owned(), "default".to_owned())));
        for (attribute, cells) in cells(outcome, &container.settings, workload.kind, container.is_ingress) {
            row(&of(attribute.name), cells);
        }
    }
    table
}

/// The rows of a holder. The defaults of ports and health checks concern only the container that gets the requests.
fn cells<H: Holds>(
    outcome: &Outcome,
    settings: &Settings<H>,
    kind: WorkloadKind,
    gets_requests: bool,
) -> Vec<(&'static Attribute, (String, String))> {
    let mut rows = Vec::new();
    for attribute in Attribute::of::<H>(kind) {
        let is_of_requests = attribute.value == Type::Probe || std::ptr::eq(attribute, attribute::PORT.attribute());
        let has_default = attribute.is_overview && (gets_requests && kind == WorkloadKind::Service || !is_of_requests);
        let cells = match settings.held(attribute) {
            Held::Number(setting) => cell(outcome, &setting, |number| attribute.quantity(*number)),
            Held::Flag(setting) => cell(outcome, &setting, bool::to_string),
            Held::Text(setting) => cell(outcome, &setting, |text| format!("`{}`", glance(&text.shown()))),
            Held::List(setting) => cell(outcome, &setting, |items| {
                let items: Vec<String> = items.iter().map(Text::shown).collect();
                format!("`{}`", glance(&items.join(", ")))
            }),
            Held::Probe(setting) => cell(outcome, &setting, |probe| asks(probe)),
        };
        match cells {
            // What an update leaves as it is would fill the table with rows that say nothing.
            Some(cells) if settings.writes_row(attribute) || has_default => rows.push((attribute, cells)),
            None if has_default => rows.push((attribute, (attribute.shown_default(), "default".to_owned()))),
            _ => {}
        }
    }
    rows
}

/// How a health check asks.
fn asks(probe: &Probe) -> String {
    let asks = match probe.kind {
        ProbeKind::Http => "HTTP",
        ProbeKind::Tcp => "TCP",
        ProbeKind::Grpc => "gRPC",
        ProbeKind::Exec => "a command",
        ProbeKind::Unknown => "set",
    };
    match probe.settings.get(attribute::PROBE_PATH) {
        Setting::Known(path, _) => format!("{asks} `{}`", glance(&path.shown())),
        _ => asks.to_owned(),
    }
}

/// The cells of a setting, `None` if it is not set.
fn cell<T>(outcome: &Outcome, setting: &Setting<T>, show: impl Fn(&T) -> String) -> Option<(String, String)> {
    match setting {
        Setting::Known(value, at) => {
            let from = at.trail.as_deref().and_then(<[Origin]>::first).map_or(at.span, |origin| origin.span);
            Some((show(value), place(outcome, from)))
        }
        Setting::Unknown(_, why) => Some(("not known".to_owned(), glance(&reason(why)))),
        Setting::Absent(_) => None,
    }
}

fn reason(why: &Why) -> String {
    why.to_string().replace(HOLE, "…")
}
