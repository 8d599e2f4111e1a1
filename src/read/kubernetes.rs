//! Objects of Kubernetes: controllers of pods, autoscalers, and the images that Kustomize and Skaffold replace.
//!
//! Fields: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/>.

use super::aliases::Items;
use super::cloud_run::{container, unfilled};
use crate::known::kubernetes;
use crate::model::{
    DisruptionBudget, Facts, Image, Named, NamedValue, PodContainer, PodOwner, RemovedVersion, Scaler, Setting,
    Settings, Text, Why, Workload, WorkloadKind, Written,
};
use crate::span::Span;
use crate::syntax::yaml::{Document, Entry, Node};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The objects whose pods are read, each with the path to the template of its pods.
const OWNERS: &[(&str, &str, &[&str])] = &[
    ("apps", "Deployment", &["spec", "template"]),
    ("apps", "StatefulSet", &["spec", "template"]),
    ("apps", "DaemonSet", &["spec", "template"]),
    ("apps", "ReplicaSet", &["spec", "template"]),
    ("batch", "Job", &["spec", "template"]),
    ("batch", "CronJob", &["spec", "jobTemplate", "spec", "template"]),
    ("v1", "Pod", &[]),
];

/// Whether these documents are the installation of somebody else's product, which brings definitions of its own.
pub(crate) fn is_vendored(documents: &[Document]) -> bool {
    documents
        .iter()
        .any(|document| document.root().get("kind").and_then(|kind| kind.text()) == Some("CustomResourceDefinition"))
}

/// The facts of an object; `None` if it is no object that is read.
pub(crate) fn read(root: Node<'_>, path: &str) -> Option<Facts> {
    let (read, removed) = (object(root, path), removed_version(root));
    if read.is_none() && removed.is_none() {
        return None;
    }
    let mut facts = read.unwrap_or_default();
    facts.removed_versions.extend(removed);
    Some(facts)
}

/// An object in a version that clusters no longer serve, or in an unknown one.
fn removed_version(root: Node<'_>) -> Option<RemovedVersion> {
    let written = root.get("apiVersion")?;
    let kind = root.get("kind")?.text()?;
    let removed = kubernetes::find(written.text()?, kind);
    if removed.is_none() && known(written).is_some() {
        return None;
    }
    Some(RemovedVersion {
        span: written.span(),
        version: removed.map(|removed| removed.version),
        kind: kind.to_owned(),
        name: root.descend(&["metadata", "name"]).and_then(known),
        since: removed.map_or("", |removed| removed.since),
        instead: removed.and_then(|removed| removed.instead),
        is_same: removed.is_some_and(|removed| removed.is_same),
    })
}

/// What an object says about images, pods and their number.
fn object(root: Node<'_>, path: &str) -> Option<Facts> {
    let mut facts = Facts::default();
    let version = root.get("apiVersion").and_then(|version| version.text()).unwrap_or_default();
    let kind = root.get("kind").and_then(|kind| kind.text()).unwrap_or_default();
    let group = version.split('/').next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or(path);
    if kind == "Kustomization" || name.starts_with("kustomization.y") {
        facts.replaced_images = replaced(root.get("images"), "name");
        facts.scalers = scaled(root);
        return Some(facts);
    }
    if group == "skaffold" {
        facts.replaced_images = replaced(root.descend(&["build", "artifacts"]), "image");
        return Some(facts);
    }
    if kind == "Secret" && group == "v1" {
        facts.named_values = secrets(root);
        return Some(facts);
    }
    if kind == "HorizontalPodAutoscaler" {
        let target = root.descend(&["spec", "scaleTargetRef"])?;
        let text = |key: &str| target.get(key).and_then(known);
        let (kind, target) = (text("kind"), text("name"));
        facts.scalers.push(Scaler { span: head(root), is_autoscaler: true, kind, target });
        return Some(facts);
    }
    if kind == "PodDisruptionBudget" {
        let selector = root.descend(&["spec", "selector"]);
        let is_whole = selector.is_some_and(|selector| selector.get("matchExpressions").is_none());
        let labels = selector.and_then(|selector| selector.get("matchLabels")).map(labels);
        let selects = labels.filter(|_| is_whole).flatten();
        facts.disruption_budgets.push(DisruptionBudget { selects });
        return Some(facts);
    }
    let (_, _, template) = OWNERS.iter().find(|(of, owner, _)| *of == group && *owner == kind)?;
    // A patch of Kustomize says only what it changes.
    let is_patch = group == "apps" && root.descend(&["spec", "selector"]).is_none();
    let pods = root.descend(template).and_then(|template| template.get("spec"));
    let (Some(pods), Some(list)) = (pods, pods.and_then(|pods| pods.get("containers"))) else {
        facts.scalers.extend(patch(root, kind));
        return Some(facts);
    };
    if is_patch || list.items().any(|container| container.get("image").is_none()) {
        facts.scalers.extend(patch(root, kind));
        return Some(facts);
    }
    let mut items = Items::of(Some(list), root);
    let mut containers: Vec<_> =
        list.items().map(|node| container(node, WorkloadKind::Pods, false, &items.next(node).0)).collect();
    // A reference names a key of the secret, which only the team knows.
    containers.iter_mut().flat_map(|container| &mut container.env).for_each(|variable| variable.secret_room = None);
    let span = head(root);
    let name = root.descend(&["metadata", "name"]).and_then(|name| name.fragment()).map(|name| unfilled(&name));
    let first = pods.get("initContainers").into_iter().flat_map(|list| list.items());
    let all = list.items().map(|node| (node, false)).chain(first.map(|node| (node, true)));
    facts.pod_owners.push(Arc::new(PodOwner {
        kind: kind.to_owned(),
        name: name.as_ref().and_then(Text::known).map(str::to_owned),
        span,
        replicas: number(root.descend(&["spec"])?, "replicas"),
        may_have_several: may_have_several(root, pods),
        host_namespaces: ["hostNetwork", "hostPID", "hostIPC"]
            .into_iter()
            .map(|key| (key, switch(pods, key, span)))
            .collect(),
        labels: root
            .descend(template)
            .and_then(|template| template.descend(&["metadata", "labels"]))
            .and_then(labels)
            .unwrap_or_default(),
        containers: all.map(|(node, is_first)| of_pod(node, pods, is_first)).collect(),
    }));
    facts.workloads.push(Arc::new(Workload {
        kind: WorkloadKind::Pods,
        written: Written::Kubernetes(kind.to_owned()),
        name: name.map_or(Setting::Absent(span), Text::setting),
        span,
        containers,
        lists_containers: true,
        settings: Settings::new(span, Some(Why::Other("Kubernetes has no such setting".into()))),
    }));
    Some(facts)
}

/// What a patch of an object says about its number of replicas.
fn patch(root: Node<'_>, kind: &str) -> Option<Scaler> {
    let span = root.get("spec")?.entry("replicas")?.span();
    let target = root.descend(&["metadata", "name"]).and_then(known);
    Some(Scaler { span, is_autoscaler: false, kind: Some(kind.to_owned()), target })
}

/// The numbers of replicas that a file of Kustomize sets, itself or by a patch in it.
fn scaled(root: Node<'_>) -> Vec<Scaler> {
    let items = |key: &str| root.get(key).into_iter().flat_map(|list| list.items()).collect::<Vec<_>>();
    let scaler = |span, kind, target| Scaler { span, is_autoscaler: false, kind, target };
    let counted = items("replicas");
    let counted = counted.iter().map(|item| scaler(item.span(), None, item.get("name").and_then(known)));
    let mut patches = items("patches");
    patches.extend(items("patchesJson6902"));
    patches.extend(items("patchesStrategicMerge"));
    let text = |item: &Node<'_>| item.get("patch").unwrap_or(*item).text().unwrap_or_default().to_owned();
    let patched = patches.iter().filter(|item| text(item).contains("replicas")).map(|item| {
        let target = |key: &str| item.descend(&["target", key]).and_then(known);
        scaler(item.span(), target("kind"), target("name"))
    });
    counted.chain(patched).collect()
}

/// The entries of a `Secret`; those that SOPS has encrypted are none.
fn secrets(root: Node<'_>) -> Vec<NamedValue> {
    let entries = |key: &str| root.get(key).map(|map| map.entries()).unwrap_or_default();
    let named = |entry: &Entry<'_>, value: Text| {
        let name = entry.key.text()?.to_owned();
        let span = entry.key.span().to(entry.value.span());
        Some(NamedValue { name, value, span, kind: Named::ClusterSecret, is_sensitive: false })
    };
    if root.get("sops").is_some() {
        return Vec::new();
    }
    let plain = entries("stringData");
    let plain = plain.iter().filter_map(|entry| named(entry, unfilled(&entry.value.fragment()?)));
    let encoded = entries("data");
    let encoded = encoded.iter().filter_map(|entry| {
        let decoded = data_encoding::BASE64.decode(entry.value.text()?.trim().as_bytes()).ok()?;
        let decoded = String::from_utf8(decoded).ok()?;
        named(entry, Text::standing_for(decoded.trim_end(), entry.value.span()))
    });
    plain.chain(encoded).collect()
}

/// Where findings about a whole object point: its kind.
fn head(root: Node<'_>) -> Span {
    root.entry("kind").map_or(root.span().head(), |entry| entry.span())
}

fn known(node: Node<'_>) -> Option<String> {
    unfilled(&node.fragment()?).known().map(str::to_owned)
}

/// The names of images that a tool replaces when it deploys.
fn replaced(list: Option<Node<'_>>, key: &str) -> Vec<Arc<str>> {
    let names = list.into_iter().flat_map(|list| list.items()).filter_map(|item| item.get(key)?.text());
    names.map(Arc::from).collect()
}

fn number(node: Node<'_>, key: &str) -> Setting<f64> {
    let Some(entry) = node.entry(key) else { return Setting::Absent(node.span().head()) };
    match entry.value.text().and_then(|text| text.parse().ok()) {
        Some(number) => Setting::Known(number, entry.span().into()),
        None => Setting::Unknown(entry.span(), Why::Computed),
    }
}

fn switch(node: Node<'_>, key: &str, here: Span) -> Setting<bool> {
    let Some(entry) = node.entry(key) else { return Setting::Absent(here) };
    match entry.value.text() {
        Some("true") => Setting::Known(true, entry.span().into()),
        Some("false") => Setting::Known(false, entry.span().into()),
        _ => Setting::Unknown(entry.span(), Why::Computed),
    }
}

/// Whether two pods may run at once. With the strategy `Recreate`, or with a claim of its own on a disk, an application is
/// made to run once.
fn may_have_several(root: Node<'_>, pods: Node<'_>) -> bool {
    let strategy = root.descend(&["spec", "strategy", "type"]).and_then(|strategy| strategy.text());
    let has_claim = pods
        .get("volumes")
        .into_iter()
        .flat_map(|volumes| volumes.items())
        .any(|volume| volume.get("persistentVolumeClaim").is_some());
    strategy != Some("Recreate") && !has_claim
}

/// Labels and their values; `None` if one of them is not written out.
fn labels(node: Node<'_>) -> Option<BTreeMap<String, String>> {
    let labels = node.entries().into_iter().map(|entry| Some((entry.key.text()?.to_owned(), known(entry.value)?)));
    labels.collect()
}

fn of_pod(node: Node<'_>, pods: Node<'_>, is_first: bool) -> PodContainer {
    let here = node.entry("image").or_else(|| node.entry("name")).map_or(node.span().head(), |entry| entry.span());
    let privileged = match node.get("securityContext") {
        Some(context) => switch(context, "privileged", here),
        None => Setting::Absent(here),
    };
    let memory = ["requests", "limits"].into_iter().find_map(|kind| node.descend(&["resources", kind, "memory"]));
    let has_memory = match (memory, node.get("resources")) {
        (Some(memory), _) => Setting::Known(true, memory.span().into()),
        // `resources: ${RESOURCES}`
        (None, Some(resources)) if !resources.is_mapping() && !resources.is_null() => {
            Setting::Unknown(resources.span(), Why::Computed)
        }
        (None, _) => Setting::Absent(here),
    };
    // The settings of a container come before those of its pod.
    let contexts = [node, pods].into_iter().filter_map(|node| node.get("securityContext"));
    let holder = contexts.clone().find(|context| context.get("runAsNonRoot").is_some());
    let must_not_be_root = holder.map_or(Setting::Absent(here), |context| switch(context, "runAsNonRoot", here));
    let holder = contexts.clone().find(|context| context.get("runAsUser").is_some());
    let user = holder.map_or(Setting::Absent(here), |context| number(context, "runAsUser"));
    let image = node.get("image").and_then(|image| image.fragment()).map(|image| Image::of(unfilled(&image)));
    // `securityContext: {{ ... }}` may hold anything.
    let is_open = |node: &Node<'_>| !node.is_mapping() && !node.is_null();
    let must_not_be_root = match contexts.clone().find(is_open) {
        Some(context) => Setting::Unknown(context.span(), Why::Computed),
        None => must_not_be_root,
    };
    PodContainer {
        name: node.get("name").and_then(known),
        span: here,
        privileged,
        image,
        must_not_be_root,
        user,
        has_ports: node.get("ports").is_some_and(|ports| ports.items().next().is_some()),
        readiness: match node.entry("readinessProbe") {
            Some(entry) if entry.value.is_mapping() => Setting::Known((), entry.span().into()),
            Some(entry) if !entry.value.is_null() => Setting::Unknown(entry.span(), Why::Computed),
            Some(_) => Setting::Absent(here),
            None => Setting::Absent(here),
        },
        has_memory,
        is_first,
    }
}
