//! Hovers: the page of a finding or rule, the value of a name, the settings of a service.

use super::folder::{Folder, Outcome};
use super::worker::Worker;
use crate::catalogue::Rule;
use crate::config::NAMES;
use crate::model::attribute::{self, Attribute, Default, Holds, Type};
use crate::model::{
    Held, Origin, Probe, ProbeKind, Setting, Settings, Text, Value, ValueKind, Variable, Why, Workload, WorkloadKind,
    format_number, names_secret,
};
use crate::rules;
use crate::source::{HOLE, Notation, folder_of};
use crate::span::{SourceId, Span};
use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};
use std::ops::Range;

/// The hover at a place.
pub(super) fn at(worker: &Worker, index: usize, path: &str, at: usize) -> Option<Hover> {
    let folder = &worker.folders()[index];
    let outcome = folder.last()?;
    let text = &folder.document(path)?.text;
    let encoding = worker.client.encoding;
    let shown = |said: &Said| {
        let value = if worker.client.reads_markdown { said.text.clone() } else { plain(&said.text) };
        let kind = if worker.client.reads_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        let range = super::encoding::Index::of(text).range(text, said.range.clone(), encoding);
        Hover { contents: Contents::MarkupContent(MarkupContent { kind, value }), range: Some(range) }
    };
    if let Some((rule, range)) = rule_at(path, text, at) {
        return Some(shown(&Said { text: page(rule), range }));
    }
    let id = outcome.sources.find(path)?;
    let mut said: Vec<Said> = Vec::new();
    said.extend(value_at(folder, outcome, id, text, at));
    said.extend(workload_at(outcome, id, at));
    // Editors show the message of a finding already, so its page comes last.
    said.extend(finding_at(outcome, id, at));
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

/// Removes Markdown markup from a text of this server: a link becomes its text and address, rows of tables stay as they
/// are.
pub(super) fn plain(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with("|---") && *line != "---") {
        let mut line = line.replace("**", "").replace('`', "");
        while let Some((before, rest)) = line.split_once('[')
            && let Some((words, rest)) = rest.split_once("](")
            && let Some((address, after)) = rest.split_once(')')
        {
            line = format!("{before}{words}: {address}{after}");
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// The content of a hover in Markdown, and its range.
struct Said {
    text: String,
    range: Range<usize>,
}

/// The rule that is named at a place: in a comment that silences, or in a configuration file.
pub(super) fn rule_at(path: &str, text: &str, at: usize) -> Option<(&'static Rule, Range<usize>)> {
    let word = word_at(text, at, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
    let rule = rules::find(&text[word.clone()])?;
    let line = text[..word.start].rfind('\n').map_or(0, |end| end + 1);
    let name = path.rsplit('/').next().unwrap_or(path);
    (NAMES.contains(&name) || text[line..word.start].contains("seaworthy:")).then_some((rule, word))
}

/// The word that contains a place or ends there.
pub(super) fn word_at(text: &str, at: usize, is_part: impl Fn(char) -> bool) -> Option<Range<usize>> {
    let start = text[..at].char_indices().rev().take_while(|(_, c)| is_part(*c)).last().map_or(at, |(start, _)| start);
    let end = at + text[at..].chars().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    (start < end).then_some(start..end)
}

/// The page of a rule up to its examples.
fn page(rule: &Rule) -> String {
    let page = rule.page();
    let body = rule.body().split("\n## ").next().unwrap_or_default().trim();
    format!(
        "**`{}`**: {} ({}, {})\n\n{body}\n\n[The whole page]({})",
        rule.id,
        page.front.summary,
        page.front.severity,
        page.front.profile.name(),
        rule.url()
    )
}

/// Whether a span contains a place or ends there, as a cursor after a word does.
pub(super) fn contains(span: Span, at: usize) -> bool {
    let range = span.range();
    range.contains(&at) || range.end == at
}

fn finding_at(outcome: &Outcome, id: SourceId, at: usize) -> Option<Said> {
    let findings = &outcome.analysis.report.findings;
    let here = findings.iter().filter(|finding| finding.span.source == id && contains(finding.span, at));
    let finding = here.min_by_key(|finding| finding.span.range().len())?;
    Some(Said { text: page(rules::find(&finding.rule)?), range: finding.span.range() })
}

/// The value at a place: of a variable, an argument or a substitution.
fn value_at(folder: &Folder, outcome: &Outcome, id: SourceId, text: &str, at: usize) -> Option<Said> {
    let source = outcome.sources.get(id);
    match source.notation {
        Notation::Terraform | Notation::TerraformVars => terraform(folder, outcome, id, text, at),
        Notation::Dockerfile => dockerfile(outcome, id, text, at),
        Notation::Yaml => substitution(outcome, id, at),
        _ => None,
    }
}

/// The Terraform name at a place, in the form that can be looked up: `var.x`, `module.x`, `google_x.y`.
pub(super) fn terraform_name(notation: Notation, text: &str, at: usize) -> Option<(String, Range<usize>)> {
    let word = word_at(text, at, |c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))?;
    let name = text[word.clone()].trim_end_matches('.');
    if notation == Notation::TerraformVars {
        let line = text[..word.start].rfind('\n').map_or(0, |end| end + 1);
        let is_name = text[line..word.start].trim().is_empty() && !name.contains('.');
        return is_name.then(|| (format!("var.{name}"), word));
    }
    // A `variable` block names its variable without `var.`.
    let line = text[..word.start].rfind('\n').map_or(0, |end| end + 1);
    if text[line..word.start].trim_start().starts_with("variable \"") {
        return Some((format!("var.{name}"), word));
    }
    name.contains('.').then(|| (name.to_owned(), word))
}

fn terraform(folder: &Folder, outcome: &Outcome, id: SourceId, text: &str, at: usize) -> Option<Said> {
    let source = outcome.sources.get(id);
    let (name, range) = terraform_name(source.notation, text, at)?;
    let definition = folder.look_up(folder_of(&source.path), &name)?;
    let value = definition.value?;
    let shown = name.split('.').take(2).collect::<Vec<_>>().join(".");
    let text = match &value.kind {
        ValueKind::Unknown(why) => format!("`{shown}` is not known: {why}"),
        _ => match value.trail.as_deref().and_then(<[Origin]>::first) {
            Some(origin) => {
                format!("`{shown}` = `{}`, set in {}", hidden(&name, show(&value)), place(outcome, origin.span))
            }
            None => format!("`{shown}` = `{}`", hidden(&name, show(&value))),
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
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).chain(['…']).collect() }
}

/// `terraform.tfvars:3`.
fn place(outcome: &Outcome, span: Span) -> String {
    let source = outcome.sources.get(span.source);
    format!("{}:{}", source.path, source.position(span.start).line)
}

/// The Dockerfile variable that is used at a place.
pub(super) fn docker_variable<'a>(
    outcome: &'a Outcome,
    id: SourceId,
    text: &str,
    at: usize,
) -> Option<(&'a Variable, Range<usize>)> {
    let word = word_at(text, at, |c| c.is_alphanumeric() || c == '_')?;
    let before = &text[..word.start];
    if !before.ends_with('$') && !before.ends_with("${") {
        return None;
    }
    let file = outcome.analysis.project.dockerfile(id)?;
    let stage = file.stages.iter().rev().find(|stage| stage.span.start as usize <= at);
    let of_stage = stage.into_iter().flat_map(|stage| stage.environment.iter().chain(&stage.arguments));
    // A FROM sees only the arguments above all stages, and a stage that repeats an ARG without a value inherits that
    // value.
    let named = |variable: &&Variable| {
        variable.name == text[word.clone()] && (variable.span.start as usize) < at && !variable.value.is_absent()
    };
    let variable = of_stage.filter(named).max_by_key(|variable| variable.span.start);
    Some((variable.or_else(|| file.arguments.iter().rev().find(named))?, word))
}

fn dockerfile(outcome: &Outcome, id: SourceId, text: &str, at: usize) -> Option<Said> {
    let (variable, range) = docker_variable(outcome, id, text, at)?;
    let name = &variable.name;
    let text = match &variable.value {
        Setting::Known(value, _) => {
            let value = hidden(name, glance(&value.shown()));
            format!("`{name}` = `{value}`, set in {}", place(outcome, variable.name_span))
        }
        Setting::Unknown(_, why) => format!("`{name}` is not known: {why}"),
        Setting::Absent(_) => return None,
    };
    Some(Said { text, range })
}

fn substitution(outcome: &Outcome, id: SourceId, at: usize) -> Option<Said> {
    let pipelines = outcome.analysis.project.pipelines.iter().filter(|pipeline| pipeline.source == id);
    pipelines.into_iter().find_map(|pipeline| {
        let used = pipeline.uses.iter().find(|used| contains(used.span, at))?;
        let name = &used.name;
        let text = match pipeline.substitutions.iter().find(|substitution| substitution.name == *name) {
            Some(substitution) => {
                let value = hidden(name, glance(&substitution.value.shown()));
                format!("`{name}` = `{value}` by default, set in {}", place(outcome, substitution.span))
            }
            None if used.is_built_in => format!("`{name}` is given by Cloud Build"),
            None => format!("`{name}` has no default here"),
        };
        Some(Said { text, range: used.span.range() })
    })
}

/// The settings of the workload whose name or span contains a place.
fn workload_at(outcome: &Outcome, id: SourceId, at: usize) -> Option<Said> {
    let is_here = |span: Span| span.source == id && contains(span, at);
    let workload = outcome.analysis.project.workloads.iter().find(|workload| {
        is_here(workload.span) || workload.name.known().is_some_and(|(_, place)| is_here(place.span))
    })?;
    let named = workload.name.known().map(|(_, place)| place.span).filter(|span| is_here(*span));
    Some(Said { text: settings(outcome, workload), range: named.unwrap_or(workload.span).range() })
}

/// A table of the settings of a workload: what it writes, and the defaults of the most important ones that it doesn't.
fn settings(outcome: &Outcome, workload: &Workload) -> String {
    let mut table = format!("**{}**\n\n| setting | value | from |\n|---|---|---|\n", capital(&workload.label()));
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
        let is_of_requests = attribute.value == Type::Probe || attribute.name == attribute::PORT.attribute().name;
        let has_default = attribute.is_overview && (gets_requests && kind == WorkloadKind::Service || !is_of_requests);
        let cells = match settings.held(attribute) {
            Held::Number(setting) => cell(outcome, &setting, |number| quantity(attribute, *number)),
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
            None if has_default => rows.push((attribute, (default(attribute), "default".to_owned()))),
            _ => {}
        }
    }
    rows
}

/// A number with its unit.
fn quantity(attribute: &Attribute, number: f64) -> String {
    const MIB: f64 = 1_048_576.0;
    match attribute.value {
        Type::Seconds => format!("{} s", format_number(number)),
        Type::Bytes => format!("{} MiB", format_number((number / MIB * 10.0).round() / 10.0)),
        _ => format_number(number),
    }
}

/// The default of an attribute in words.
fn default(attribute: &Attribute) -> String {
    match attribute.default {
        Default::Number(number) => quantity(attribute, number),
        Default::Flag(is_on) => is_on.to_string(),
        Default::Text(text) => format!("`{text}`"),
        Default::Described(words) => words.to_owned(),
        Default::Nothing => "none".to_owned(),
    }
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

/// A text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
