//! Cloud Run manifests: `serving.knative.dev/v1` Service and `run.googleapis.com` Job and WorkerPool.
//!
//! Fields and levels of annotations: <https://cloud.google.com/run/docs/reference/yaml/v1> and the run v1 API discovery.

use crate::model::{
    Attribute, Container, EnvValue, EnvVariable, Exposure, Facts, Image, Opening, Probe, ProbeKind, Setting, Text, Why,
    Workload, WorkloadKind, Written,
};
use crate::source::{Fragment, HOLE, Room};
use crate::span::Span;
use crate::syntax::yaml::Node;
use std::sync::Arc;

/// Which workload a document describes; decided by `apiVersion`, for a core `v1` Service is another thing.
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

/// Reads a document of a kind.
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
    let containers: Vec<_> = nodes.iter().map(|node| container(*node, kind, has_one)).collect();
    let annotation = |name: &str| annotation(metadata, name).or(annotation_of(template, name));
    let place = containers.first().map_or(here, |container| container.span);
    let absent_at = |setting: Setting<f64>| match setting {
        Setting::Absent(_) => Setting::Absent(place),
        setting => setting,
    };
    let max_instances = annotation("autoscaling.knative.dev/maxScale")
        .or(annotation("autoscaling.knative.dev/max-scale"))
        .or(annotation("run.googleapis.com/maxScale"))
        .or(annotation("run.googleapis.com/manualInstanceCount"));
    let public = match annotation("run.googleapis.com/invoker-iam-disabled") {
        Setting::Known(text, place) => match text.raw() {
            "true" => Setting::Known(Exposure::Public(Opening::Annotation), place),
            _ => Setting::Known(Exposure::Private, place),
        },
        setting => setting.map(|_| Exposure::Private),
    };
    let workload = Workload {
        kind,
        written: Written::Manifest,
        name: text(metadata, "name", head),
        span: place,
        lists_containers: true,
        containers,
        max_instances: absent_at(number_of(max_instances)),
        concurrency: absent_at(number(spec, "containerConcurrency", place)),
        timeout: absent_at(number(spec, "timeoutSeconds", place)),
        service_account: match text(spec, "serviceAccountName", place) {
            // An empty or placeholder value is filled in by whoever deploys.
            Setting::Known(text, place) if text.raw().is_empty() => {
                Setting::Unknown(place.span, Why::Other("is filled in when it is deployed".into()))
            }
            setting => setting,
        },
        ingress: match annotation("run.googleapis.com/ingress") {
            Setting::Absent(_) => Setting::Absent(place),
            setting => setting,
        },
        public: match public {
            Setting::Absent(_) => Setting::Absent(head),
            public => public,
        },
        rooms: rooms(kind, template),
    };
    Facts { workloads: vec![Arc::new(workload)], ..Facts::default() }
}

/// The scalar under a key, placeholders of templating tools as unknown parts.
fn text(node: Node<'_>, key: &str, at: Span) -> Setting<Text> {
    match node.get(key).filter(|value| !value.is_null()) {
        Some(value) => scalar(value).map_or(Setting::Absent(at), Text::setting),
        None => Setting::Absent(at),
    }
}

/// A text with its unknown parts as something known.
fn whole(text: Text) -> Setting<Text> {
    let place = text.place();
    Setting::Known(text, place)
}

fn scalar(node: Node<'_>) -> Option<Text> {
    Some(unfilled(&node.fragment()?))
}

/// A text in which `${VAR}`, `$VAR`, `{{ x }}`, `%VAR%`, `<VAR>` and upper-case placeholder words are unknown: manifests are
/// filled in by `sed`, `envsubst`, Cloud Deploy or Terraform's `templatefile`.
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

fn number(node: Node<'_>, key: &str, at: Span) -> Setting<f64> {
    number_of(text(node, key, at))
}

fn number_of(setting: Setting<Text>) -> Setting<f64> {
    match setting {
        Setting::Known(text, place) => match text.raw().trim().trim_end_matches('s').parse() {
            Ok(number) => Setting::Known(number, place),
            Err(_) => Setting::Unknown(place.span, Why::Other("is not a number".into())),
        },
        Setting::Unknown(span, why) => Setting::Unknown(span, why),
        Setting::Absent(span) => Setting::Absent(span),
    }
}

fn annotation(metadata: Node<'_>, name: &str) -> Setting<Text> {
    match metadata.get("annotations") {
        Some(annotations) if annotations.is_mapping() => text(annotations, name, annotations.span().head()),
        // `annotations: ${...}` or a template's include.
        Some(annotations) if !annotations.is_null() => Setting::Unknown(annotations.span(), Why::Computed),
        _ => Setting::Absent(metadata.span().head()),
    }
}

fn annotation_of(owner: Node<'_>, name: &str) -> Setting<Text> {
    match owner.get("metadata") {
        Some(metadata) => annotation(metadata, name),
        None => Setting::Absent(owner.span().head()),
    }
}

fn container(node: Node<'_>, kind: WorkloadKind, is_only: bool) -> Container {
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
    let limit = |name: &str| match node.descend(&["resources", "limits"]) {
        Some(limits) => text(limits, name, here),
        None => Setting::Absent(here),
    };
    let ports = node.get("ports");
    let port = match ports.and_then(|ports| ports.items().next()) {
        Some(port) => number(port, "containerPort", here),
        None => Setting::Absent(here),
    };
    let env = node.get("env").into_iter().flat_map(|env| env.items()).filter_map(variable).collect();
    Container {
        name: node.get("name").and_then(|node| node.text()).map(str::to_owned),
        span: here,
        image,
        env,
        cpu: limit("cpu"),
        memory: limit("memory"),
        startup: probe(node, "startupProbe", here),
        liveness: probe(node, "livenessProbe", here),
        port,
        is_ingress: kind == WorkloadKind::Service && (is_only || ports.is_some()),
        replaces_command: node.get("command").is_some(),
        rooms: container_rooms(node),
    }
}

/// How settings of a revision would be written, from its template.
fn rooms(kind: WorkloadKind, template: Node<'_>) -> Vec<(Attribute, Room)> {
    if kind != WorkloadKind::Service {
        return Vec::new();
    }
    let annotation = template.room(&["metadata", "annotations", "autoscaling.knative.dev/maxScale"]);
    // An annotation is a text.
    let annotation = annotation.map(|room| (Attribute::MaxInstances, room.around("\"", "\"")));
    let of_spec = |attribute, key: &str| template.room(&["spec", key]).map(|room| (attribute, room));
    [annotation, of_spec(Attribute::Concurrency, "containerConcurrency"), of_spec(Attribute::Timeout, "timeoutSeconds")]
        .into_iter()
        .flatten()
        .collect()
}

fn container_rooms(node: Node<'_>) -> Vec<(Attribute, Room)> {
    let memory = node.room(&["resources", "limits", "cpu"]).map(|room| {
        let line = room.line.clone();
        (Attribute::Memory, room.around(&format!("\"1\"{line}memory: "), ""))
    });
    let startup = node.room(&["startupProbe", "timeoutSeconds"]).map(|room| {
        let line = room.line.clone();
        let times = format!("240{line}periodSeconds: 240{line}failureThreshold: 1{line}tcpSocket:{line}  port: ");
        (Attribute::StartupPort, room.around(&times, ""))
    });
    let liveness = node.room(&["livenessProbe", "httpGet", "path"]).map(|room| (Attribute::LivenessPath, room));
    [memory, startup, liveness].into_iter().flatten().collect()
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
        // The key is the version.
        let after = format!("{line}    key: '1'");
        Some(Room { at: entry.span(), before, after, line })
    });
    Some(EnvVariable { name, span: node.span(), value, secret_room })
}

fn probe(node: Node<'_>, key: &str, here: Span) -> Setting<Probe> {
    let Some(entry) = node.entry(key) else { return Setting::Absent(here) };
    if entry.value.is_null() {
        return Setting::Absent(here);
    }
    if !entry.value.is_mapping() {
        return Setting::Unknown(entry.span(), Why::Computed);
    }
    let probe = entry.value;
    let kinds = [
        ("httpGet", ProbeKind::Http),
        ("tcpSocket", ProbeKind::Tcp),
        ("grpc", ProbeKind::Grpc),
        ("exec", ProbeKind::Exec),
    ];
    let found = kinds.iter().find(|(name, _)| probe.get(name).is_some());
    let at = entry.key.span();
    let port = match found.and_then(|(name, _)| probe.get(name)) {
        Some(handler) => number(handler, "port", at),
        None => Setting::Absent(at),
    };
    let read = Probe {
        span: entry.span(),
        kind: found.map_or(ProbeKind::Unknown, |(_, kind)| *kind),
        initial_delay: number(probe, "initialDelaySeconds", at),
        timeout: number(probe, "timeoutSeconds", at),
        period: number(probe, "periodSeconds", at),
        failure_threshold: number(probe, "failureThreshold", at),
        path: probe
            .get("httpGet")
            .filter(|_| port.is_absent())
            .and_then(|handler| handler.get("path"))
            .filter(|path| path.is_plain())
            .and_then(|path| scalar(path)?.known().map(str::to_owned)),
        port,
    };
    Setting::Known(read, at.into())
}
