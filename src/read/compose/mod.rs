//! Compose files: services with their images, builds, ports and policies.
//!
//! Keys: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>. Merge keys, anchors and `x-` extensions are YAML's
//! own; `extends` in the same file is followed here. What another file adds (`extends` with a file, a file that is merged
//! onto another) is Unknown.

mod calls;
mod interpolation;
mod ports;

pub(crate) use calls::{calls, names_deployment, remote_calls};

use super::aliases::TOO_MUCH;
use super::variables::expression;
use crate::budget::{Budget, Shares};
use crate::model::{
    ComposeBuild, ComposeFile, ComposeService, Dependency, Facts, Image, Named, NamedValue, Setting, Text, Why,
};
use crate::span::{SourceId, Span};
use crate::syntax::Problem;
use crate::syntax::yaml::{Entry, Node};
use interpolation::{Default, interpolate};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Whether the name of a file is one that Compose reads by default, or is meant for it: `compose.yaml`,
/// `docker-compose.prod.yml`, `db.compose.yml`, `docker-stack.yml`.
pub(crate) fn is_named_so(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else { return false };
    let starts =
        |word: &str| stem.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    starts("compose") || starts("docker-compose") || starts("docker-stack") || stem.ends_with(".compose")
}

/// Whether a document is a Compose file: `services` is a mapping of mappings, each with an image, a build or `extends`. If
/// the name of the file says so, they may leave that to the file that they are merged onto.
pub(crate) fn is_one(root: Node<'_>, path: &str) -> bool {
    // Manifests of Kubernetes, GitHub's workflows and descriptions of APIs have services of their own.
    if ["apiVersion", "jobs", "openapi", "swagger"].iter().any(|key| root.get(key).is_some()) {
        return false;
    }
    let is_named_so = is_named_so(path);
    let Some(services) = root.get("services").filter(Node::is_mapping) else {
        return is_named_so && root.get("include").is_some_and(|include| include.is_sequence());
    };
    let mut entries = services.own_entries().filter(|entry| entry.key.text() != Some("<<")).peekable();
    let is_service = |node: Node<'_>| ["image", "build", "extends"].iter().any(|key| node.get(key).is_some());
    let is_empty = entries.peek().is_none();
    !is_empty && entries.all(|entry| entry.value.is_mapping() && (is_named_so || is_service(entry.value)))
}

/// Reads a document that [`is_one`] knows.
pub(crate) fn read(source: SourceId, path: &str, root: Node<'_>) -> (Facts, Vec<Problem>) {
    let size = root.span().range().len();
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let entries = root.get("services").map(|services| services.entries()).unwrap_or_default();
    let by_name = entries.iter().filter_map(|entry| Some((entry.key.text()?, entry.value))).collect();
    let mut reader =
        Reader { facts: Facts::default(), problems: Vec::new(), repeated: Shares::among(1, size).of(size), by_name };
    let mut services: Vec<ComposeService> = entries.into_iter().filter_map(|entry| reader.service(entry)).collect();
    let awaited: HashSet<String> = services
        .iter()
        .flat_map(|service| &service.dependencies)
        .filter(|other| other.condition.known().is_some_and(|(text, _)| text.raw() == "service_completed_successfully"))
        .map(|other| other.name.clone())
        .collect();
    services.iter_mut().for_each(|service| service.is_awaited = awaited.contains(&service.name));
    let places = services.iter().enumerate().map(|(place, service)| (service.name.clone(), place)).collect();
    let is_partial = services.iter().any(|service| matches!(service.restart, Setting::Unknown(_, Why::Partial)));
    let is_stack = name.split(['-', '_', '.']).any(|part| matches!(part, "stack" | "swarm"))
        || reader.by_name.values().any(|service| is_for_swarm(*service));
    let file = ComposeFile { source, services, includes: includes(root), is_stack, is_partial, places };
    reader.facts.compose_files.push(Arc::new(file));
    (reader.facts, reader.problems)
}

/// Whether a service has settings that only a swarm follows
/// (<https://github.com/compose-spec/compose-spec/blob/main/deploy.md>).
fn is_for_swarm(service: Node<'_>) -> bool {
    let keys = ["placement", "update_config", "rollback_config", "endpoint_mode", "mode"];
    service.get("deploy").is_some_and(|deploy| keys.iter().any(|key| deploy.get(key).is_some()))
}

/// The paths of files that a document includes.
fn includes(root: Node<'_>) -> Vec<Text> {
    let mut paths = Vec::new();
    for item in root.get("include").into_iter().flat_map(|list| list.items()) {
        let path = if item.is_mapping() { item.get("path") } else { Some(item) };
        let all = path.into_iter().chain(path.into_iter().flat_map(|list| list.items()));
        paths.extend(all.filter_map(|path| Some(interpolate(&path.fragment()?, Default::Open))));
    }
    paths
}

/// How many services one service may extend, one after the other.
const MOST_EXTENDED: usize = 16;

struct Reader<'a> {
    facts: Facts,
    problems: Vec<Problem>,
    /// Pays for what aliases and `extends` repeat.
    repeated: Budget,
    by_name: HashMap<&'a str, Node<'a>>,
}

/// A service and those of the same file that it extends: the nearest one comes first.
struct Layers<'a> {
    nodes: Vec<Node<'a>>,
    /// Why settings that are not here may be elsewhere.
    open: Option<Why>,
}

impl<'a> Layers<'a> {
    fn get(&self, key: &str) -> Option<Node<'a>> {
        self.nodes.iter().find_map(|node| node.get(key))
    }

    fn descend(&self, path: &[&str]) -> Option<Node<'a>> {
        self.nodes.iter().find_map(|node| node.descend(path))
    }

    fn text(&self, path: &[&str], span: Span, default: Default) -> Setting<Text> {
        match self.descend(path).filter(|node| !node.is_null()).and_then(|node| node.fragment()) {
            Some(fragment) => interpolate(&fragment, default).setting(),
            None => Setting::Absent(span).absent_is(&self.open),
        }
    }
}

impl<'a> Reader<'a> {
    fn service(&mut self, entry: Entry<'a>) -> Option<ComposeService> {
        let (span, node) = (entry.key.span(), entry.value);
        let name = entry.key.text()?.to_owned();
        let layers = self.layers(node);
        let weight = layers.nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(node.weight()));
        let own = node.span().range().len();
        let more = usize::try_from(weight).unwrap_or(usize::MAX).saturating_sub(own);
        if more > 0 && self.repeated.charge(more, more.saturating_mul(16)).is_err() {
            self.problems.push(Problem::beyond_us(span, TOO_MUCH));
            return None;
        }
        self.environment(node);
        let image = match layers.get("image").filter(|image| !image.is_null()).and_then(|image| image.fragment()) {
            Some(fragment) => Image::setting(interpolate(&fragment, default_of_image(fragment.text()))),
            None => Setting::Absent(span).absent_is(&layers.open),
        };
        let build = layers.nodes.iter().find_map(|node| node.entry("build")).filter(|build| !build.value.is_null());
        let has_policy = layers.descend(&["deploy", "restart_policy"]).map(|policy| policy.span());
        let restart = match (layers.text(&["restart"], span, Default::Open), has_policy) {
            (Setting::Absent(_) | Setting::Unknown(_, Why::Partial), Some(policy)) => {
                let condition = layers.descend(&["deploy", "restart_policy", "condition"]);
                let condition = condition.and_then(|condition| condition.text()).unwrap_or("any");
                Setting::Known(Text::standing_for(condition, policy), policy.into())
            }
            (restart, _) => restart,
        };
        let limit = layers.text(&["deploy", "resources", "limits", "memory"], span, Default::Open);
        let entries = layers.nodes.iter().filter_map(|node| node.entry("ports")).collect::<Vec<_>>();
        Some(ComposeService {
            container_name: layers.text(&["container_name"], span, Default::Open),
            replicas: number(layers.text(&["deploy", "replicas"], span, Default::Open)).or(number(layers.text(
                &["scale"],
                span,
                Default::Open,
            ))),
            restart,
            memory: match limit {
                Setting::Known(..) => limit,
                other => match layers.text(&["mem_limit"], span, Default::Open) {
                    Setting::Absent(_) => other,
                    written => written,
                },
            },
            health: match layers.get("healthcheck") {
                Some(check) => {
                    let is_disabled = check.get("disable").and_then(|disable| disable.text()) == Some("true");
                    Setting::Known(!is_disabled, check.span().into())
                }
                None => Setting::Absent(span).absent_is(&layers.open),
            },
            ports: entries.iter().flat_map(|entry| entry.value.items()).filter_map(ports::published).collect(),
            replaces_ports: entries.iter().any(|entry| matches!(entry.tag(), "!override" | "!reset")),
            dependencies: dependencies(&layers),
            is_awaited: false,
            is_optional: layers.get("profiles").is_some_and(|profiles| profiles.items().len() > 0),
            restart_room: node.room(&["restart"]),
            image,
            build: build.and_then(self::build),
            name,
            span,
        })
    }

    /// A service with those that it extends.
    fn layers(&self, node: Node<'a>) -> Layers<'a> {
        let mut nodes = vec![node];
        let mut open = None;
        let mut next = node.get("extends");
        while let Some(extends) = next.take() {
            let service = if extends.is_mapping() { extends.get("service") } else { Some(extends) };
            let file = extends.get("file");
            let found = service.and_then(|service| service.text()).and_then(|name| self.by_name.get(name)).copied();
            match (file, found) {
                (None, Some(found)) if nodes.len() <= MOST_EXTENDED => {
                    nodes.push(found);
                    next = found.get("extends");
                }
                _ => open = Some(Why::Partial),
            }
        }
        let layers = Layers { nodes, open };
        let is_whole = ["image", "build"].iter().any(|key| layers.get(key).is_some());
        let open = layers.open.clone().or_else(|| (!is_whole).then_some(Why::Partial));
        Layers { open, ..layers }
    }

    /// The variables that a service itself sets; those that it inherits are read where they are written.
    fn environment(&mut self, node: Node<'a>) {
        let Some(environment) = node.get("environment") else { return };
        let mut add = |name: &str, value: Text, span: Span| {
            let kind = Named::ComposeEnv;
            self.facts.named_values.push(NamedValue { name: name.to_owned(), value, span, kind, is_sensitive: false });
        };
        for entry in environment.entries() {
            if let (Some(name), Some(value)) = (entry.key.text(), entry.value.fragment()) {
                add(name, interpolate(&value, Default::Open), entry.span());
            }
        }
        for item in environment.items() {
            let Some(text) = item.fragment().map(|item| interpolate(&item, Default::Open)) else { continue };
            if let Some((name, value)) = text.split_once('=') {
                add(name.raw(), value, item.span());
            }
        }
    }
}

/// What a default in an image tells: nothing if all of the image is one variable, because then the deployment names it.
fn default_of_image(text: &str) -> Default {
    match expression(text) {
        Some(whole) if whole.length == text.len() => Default::Open,
        _ => Default::Evidence,
    }
}

fn number(text: Setting<Text>) -> Setting<f64> {
    text.and_then(|text, place| match text.raw().trim().parse::<f64>() {
        Ok(number) => Setting::Known(number, place.clone()),
        Err(_) => Setting::Unknown(place.span, Why::Other("is no number".into())),
    })
}

fn build(entry: Entry<'_>) -> Option<ComposeBuild> {
    let (span, node) = (entry.key.span(), entry.value);
    let text = |node: Node<'_>| Some(interpolate(&node.fragment()?, Default::Open));
    let of = |key: &str| node.get(key).filter(|node| !node.is_null()).and_then(text);
    if !node.is_mapping() {
        let (dockerfile, target, arguments) = (None, None, Vec::new());
        return Some(ComposeBuild {
            span,
            context: Some(text(node)?),
            dockerfile,
            is_inline: false,
            target,
            arguments,
        });
    }
    let mut arguments: Vec<(Text, Option<Text>)> = Vec::new();
    if let Some(args) = node.get("args") {
        for entry in args.entries() {
            let value = Some(entry.value).filter(|value| !value.is_null()).and_then(text);
            arguments.extend(text(entry.key).map(|name| (name, value)));
        }
        arguments.extend(args.items().filter_map(text).map(|item| match item.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (item, None),
        }));
    }
    Some(ComposeBuild {
        span,
        context: of("context"),
        dockerfile: of("dockerfile"),
        is_inline: node.get("dockerfile_inline").is_some(),
        target: of("target"),
        arguments,
    })
}

fn dependencies(layers: &Layers<'_>) -> Vec<Dependency> {
    let Some(node) = layers.get("depends_on") else { return Vec::new() };
    let long = node.entries().into_iter().filter_map(|entry| {
        let span = entry.key.span();
        let condition = entry.value.get("condition").and_then(|condition| condition.fragment());
        let condition = condition.map_or(Setting::Absent(span), |text| interpolate(&text, Default::Open).setting());
        Some(Dependency { name: entry.key.text()?.to_owned(), span, condition })
    });
    let short = node.items().filter_map(|item| {
        let span = item.span();
        Some(Dependency { name: item.text()?.to_owned(), span, condition: Setting::Absent(span) })
    });
    long.chain(short).collect()
}
