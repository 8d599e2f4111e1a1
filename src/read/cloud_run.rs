//! Cloud Run manifests: `serving.knative.dev/v1` Service and `run.googleapis.com` Job and WorkerPool.
//!
//! Fields and levels of annotations: <https://cloud.google.com/run/docs/reference/yaml/v1> and the discovery document
//! of the run v1 API.

use super::aliases::Items;
use crate::budget::Budget;
use crate::model::attribute::{self, Attribute, Type, steps};
use crate::model::{
    Container, EnvValue, EnvVariable, Facts, Held, Image, Probe, ProbeKind, Setting, Settings, Text, Value, ValueKind,
    Why, Workload, WorkloadKind, Written,
};
use crate::source::{Fragment, HOLE, Room};
use crate::span::Span;
use crate::syntax::yaml::Node;
use std::sync::Arc;

/// The kind of workload that a document describes. `apiVersion` decides too: a `v1` Service belongs to Kubernetes.
pub(crate) fn kind_of(root: Node<'_>) -> Option<WorkloadKind> {
    let version = root.get("apiVersion")?.text()?;
    let kind = root.get("kind")?.text()?;
    match (version.split('/').next()?, kind) {
        ("serving.knative.dev", "Service") => Some(WorkloadKind::Service),
        ("run.googleapis.com", "Job") => Some(WorkloadKind::Job),
        ("run.googleapis.com", "WorkerPool") => Some(WorkloadKind::WorkerPool),
        _ => None,
    }
}

/// Reads a document that describes a workload of this kind.
pub(crate) fn read(kind: WorkloadKind, root: Node<'_>) -> Facts {
    let metadata = root.get("metadata").unwrap_or(root);
    let mut template = root.descend(&["spec", "template"]).unwrap_or(root);
    if kind == WorkloadKind::Job {
        template = template.descend(&["spec", "template"]).unwrap_or(template);
    }
    let spec = template.get("spec").unwrap_or(template);
    let head = root.entry("kind").map_or(root.span(), |entry| entry.span());
    let containers_entry = spec.entry("containers");
    let nodes: Vec<_> = containers_entry.as_ref().map(|entry| entry.value.items().collect()).unwrap_or_default();
    let here = containers_entry.as_ref().map_or(head, |entry| entry.key.span());
    let has_one = nodes.len() == 1;
    let mut items = Items::of(containers_entry.as_ref().map(|entry| entry.value), root);
    let containers: Vec<_> = nodes.iter().map(|node| container(*node, kind, has_one, &items.next(*node).0)).collect();
    let place = containers.first().map_or(here, |container| container.span);
    let mut settings = Settings::new(place, None);
    let task = if kind == WorkloadKind::Job { "spec.template.spec.template.spec" } else { "spec.template.spec" };
    let absolute = |path: &str| path.replace("{task}", task);
    settings.fill(kind, |row| row.manifest.iter().copied(), |row, path| Some(row.hold(at(root, &absolute(path))?)));
    // Only rules about services insert these settings.
    let inserted = Attribute::of::<Workload>(kind).filter(|row| row.is_inserted && kind == WorkloadKind::Service);
    for row in inserted {
        let path = absolute(row.manifest[0]);
        let room = root.room(&steps(&path).collect::<Vec<_>>());
        // The value of an annotation is a quoted string.
        let room = if path.ends_with(']') { room.map(|room| room.around("\"", "\"")) } else { room };
        settings.give_room(row, room);
    }
    let workload = Workload {
        kind,
        written: Written::Manifest,
        name: text(metadata, "name", head),
        span: place,
        lists_containers: true,
        containers,
        settings,
    };
    Facts { workloads: vec![Arc::new(workload)], ..Facts::default() }
}

/// The scalar at a key, with placeholders of templating tools as unknown parts.
fn text(node: Node<'_>, key: &str, at: Span) -> Setting<Text> {
    match node.get(key).filter(|value| !value.is_null()) {
        Some(value) => scalar(value).map_or(Setting::Absent(at), Text::setting),
        None => Setting::Absent(at),
    }
}

/// A text as a Known setting, even if parts of it are unknown.
fn whole(text: Text) -> Setting<Text> {
    let place = text.place();
    Setting::Known(text, place)
}

fn scalar(node: Node<'_>) -> Option<Text> {
    Some(unfilled(&node.fragment()?))
}

/// A text in which `${VAR}`, `$VAR`, `{{ x }}`, `%VAR%`, `<VAR>`, `@@VAR@@` and upper-case placeholder words are
/// unknown: manifests are filled in by `sed`, `envsubst`, Cloud Deploy or Terraform's `templatefile`.
pub(super) fn unfilled(fragment: &Fragment) -> Text {
    let text = fragment.text();
    let looks_plain = !text.contains(['$', '{', '%', '<', '@', '_']) && !text.contains("PLACEHOLDER");
    if looks_plain {
        return Text::of(fragment.clone());
    }
    let mut builder = fragment.builder();
    let mut holes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = placeholder(
            rest,
            at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric() && text.as_bytes()[at - 1] != b'_',
        );
        if length > 0 {
            builder.replace(at..at + length, HOLE.encode_utf8(&mut [0; 4]));
            holes.push(Why::Variable(rest[..length].into()));
            at += length;
        } else {
            let next = at + rest.chars().next().map_or(1, char::len_utf8);
            builder.keep(at..next);
            at = next;
        }
    }
    Text::new(builder.finish(), holes, Vec::new())
}

fn placeholder(rest: &str, at_word: bool) -> usize {
    let closed = |open: &str, close: &str| {
        rest.strip_prefix(open).and_then(|inner| inner.find(close)).map(|end| open.len() + end + close.len())
    };
    if let Some(length) = closed("${", "}").or(closed("{{", "}}")).or(closed("<", ">")).or(closed("@@", "@@")) {
        return length;
    }
    if let Some(name) = rest.strip_prefix('$') {
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        if end > 0 && !name.starts_with(|c: char| c.is_ascii_digit()) {
            return 1 + end;
        }
    }
    if let Some(name) = rest.strip_prefix('%')
        && let Some(end) =
            name.find('%').filter(|end| *end > 1 && name[..*end].bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
    {
        return end + 2;
    }
    if at_word {
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
        let word = &rest[..end];
        let goes_on = rest[end..].starts_with(|c: char| c.is_ascii_lowercase());
        if !goes_on
            && word.len() > 4
            && (word.contains('_') && word.starts_with(|c: char| c.is_ascii_uppercase())
                || word.ends_with("PLACEHOLDER"))
        {
            return end;
        }
    }
    0
}

/// The value at a path of keys; `None` if it is not set. The path continues in the first item of a list.
fn at(root: Node<'_>, path: &str) -> Option<Setting<Value>> {
    let mut node = root;
    for key in steps(path) {
        if node.is_sequence() {
            node = node.items().next()?;
        }
        match node.get(key).filter(|value| !value.is_null()) {
            Some(value) => node = value,
            None if node.is_mapping() || node.is_null() => return None,
            // `annotations: ${...}`, or the output of a template.
            None => return Some(Setting::Unknown(node.span(), Why::Computed)),
        }
    }
    Some(value(node).setting())
}

/// A scalar or a list of scalars as a value.
fn value(node: Node<'_>) -> Value {
    if node.is_sequence() {
        // No setting is a list of lists, and aliases could make such a list as long as they like.
        let item = |item: Node<'_>| {
            if item.is_sequence() { Value::unknown(item.span(), Why::Computed) } else { value(item) }
        };
        let items: Vec<Value> = node.items().map(item).collect();
        return Value::new(ValueKind::List(items.into()), node.span());
    }
    match scalar(node) {
        // The deployment fills in an empty value.
        Some(text) if text.raw().is_empty() => {
            Value::unknown(text.span(), Why::Other("is filled in when it is deployed".into()))
        }
        Some(text) => Value::new(ValueKind::Text(text.clone()), text.span()),
        None => Value::unknown(node.span(), Why::Computed),
    }
}

/// What a variable costs, in bytes.
const VARIABLE: usize = 512;

pub(super) fn container(node: Node<'_>, kind: WorkloadKind, is_only: bool, budget: &Budget) -> Container {
    let image_entry = node.entry("image");
    let here = image_entry.as_ref().map_or(node.span().head(), |entry| entry.span());
    let written = node.get("image").filter(|value| !value.is_null()).and_then(scalar);
    let image = match written.map_or(Setting::Absent(here), whole) {
        Setting::Known(text, place) if text.raw().is_empty() => {
            Setting::Unknown(place.span, Why::Other("is filled in when it is deployed".into()))
        }
        // A bare word such as `app` or `web` is a name that Skaffold or Cloud Deploy replaces.
        Setting::Known(text, place) if !text.raw().contains(['/', ':', '.']) => {
            Setting::Unknown(place.span, Why::Other("is a name that the deployment fills in".into()))
        }
        Setting::Known(text, _) => Image::setting(text),
        Setting::Unknown(span, why) => Setting::Unknown(span, why),
        Setting::Absent(span) => Setting::Absent(span),
    };
    let mut settings = Settings::new(here, None);
    settings.fill(
        kind,
        |row| row.manifest.iter().copied(),
        |row, path| match row.value {
            Type::Probe => probe(node, path, kind).map(Held::Probe),
            _ => Some(row.hold(at(node, path)?)),
        },
    );
    rooms(node, &mut settings);
    let mut env = Vec::new();
    let mut open_env = Vec::new();
    for item in node.get("env").into_iter().flat_map(|env| env.items()) {
        if budget.charge(1, VARIABLE).is_err() {
            open_env.push((item.span(), Why::Other("stands for more variables than are followed".into())));
            break;
        }
        env.extend(variable(item));
    }
    Container {
        name: node.get("name").and_then(|node| node.text()).map(str::to_owned),
        span: here,
        image,
        env,
        open_env,
        is_ingress: kind == WorkloadKind::Service && (is_only || node.get("ports").is_some()),
        settings,
    }
}

/// Where the settings of a container that take more than one key would be inserted.
fn rooms(node: Node<'_>, settings: &mut Settings<Container>) {
    let memory = node.room(&["resources", "limits", "cpu"]).map(|room| {
        let line = room.line.clone();
        room.around(&format!("\"1\"{line}memory: "), "")
    });
    settings.give_room(attribute::MEMORY.attribute(), memory);
    let startup = node.room(&["startupProbe", "timeoutSeconds"]).map(|room| {
        let line = room.line.clone();
        let times = format!("240{line}periodSeconds: 240{line}failureThreshold: 1{line}tcpSocket:{line}  port: ");
        room.around(&times, "")
    });
    settings.give_room(attribute::STARTUP_PROBE.attribute(), startup);
    settings.give_room(attribute::LIVENESS_PROBE.attribute(), node.room(&["livenessProbe", "httpGet", "path"]));
}

fn variable(node: Node<'_>) -> Option<EnvVariable> {
    let name = node.get("name")?.text()?.to_owned();
    let reference = node.descend(&["valueFrom", "secretKeyRef"]);
    let value = match (reference, node.get("value")) {
        (Some(reference), _) => EnvValue::Secret {
            secret: text(reference, "name", reference.span()),
            version: text(reference, "key", reference.span()),
        },
        (None, Some(value)) => scalar(value).map_or(EnvValue::Unknown, EnvValue::Plain),
        (None, None) => EnvValue::Unknown,
    };
    let secret_room = node.entry("value").filter(|_| matches!(value, EnvValue::Plain(_))).and_then(|entry| {
        let line = node.room(&["valueFrom"])?.line;
        let before = format!("valueFrom:{line}  secretKeyRef:{line}    name: ");
        // `key` is the version of the secret.
        let after = format!("{line}    key: '1'");
        Some(Room { at: entry.span(), before, after, line })
    });
    Some(EnvVariable { name, span: node.span(), value, secret_room })
}

fn probe(node: Node<'_>, key: &str, kind: WorkloadKind) -> Option<Setting<Arc<Probe>>> {
    let entry = node.entry(key).filter(|entry| !entry.value.is_null())?;
    if !entry.value.is_mapping() {
        return Some(Setting::Unknown(entry.span(), Why::Computed));
    }
    let probe = entry.value;
    let kinds = [
        ("httpGet", ProbeKind::Http),
        ("tcpSocket", ProbeKind::Tcp),
        ("grpc", ProbeKind::Grpc),
        ("exec", ProbeKind::Exec),
    ];
    let found = kinds.iter().find(|(name, _)| probe.get(name).is_some());
    let place = entry.key.span();
    let mut settings = Settings::new(place, None);
    settings.fill(kind, |row| row.manifest.iter().copied(), |row, path| Some(row.hold(at(probe, path)?)));
    let kind = found.map_or(ProbeKind::Unknown, |(_, kind)| *kind);
    Some(Setting::Known(Arc::new(Probe { span: entry.span(), kind, settings }), place.into()))
}
