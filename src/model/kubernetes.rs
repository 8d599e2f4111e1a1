//! Objects of Kubernetes, as far as rules ask about them. Images and variables are in [`super::Workload`].

use super::image::Image;
use super::setting::Setting;
use crate::span::Span;
use serde::Serialize;
use std::collections::BTreeMap;

/// A controller of pods, or a pod.
#[derive(Debug, Clone, Serialize)]
pub struct PodOwner {
    /// Its kind: `Deployment`, `CronJob`, `Pod`.
    pub kind: String,
    /// Its name, if it is written out.
    pub name: Option<String>,
    /// The span of findings about the whole object.
    pub span: Span,
    /// The number of its pods.
    pub replicas: Setting<f64>,
    /// Whether a new pod may run beside an old one: neither its strategy nor a volume forbids it.
    pub may_have_several: bool,
    /// Namespaces of the node that its pods may use: `hostNetwork`, `hostPID`, `hostIPC`.
    pub host_namespaces: Vec<(&'static str, Setting<bool>)>,
    /// The labels of its pods, as far as they are written out.
    pub labels: BTreeMap<String, String>,
    /// Its containers, also those that run first.
    pub containers: Vec<PodContainer>,
}

/// A container of a pod.
#[derive(Debug, Clone, Serialize)]
pub struct PodContainer {
    /// Its name, if it is written out.
    pub name: Option<String>,
    /// The span of findings about it.
    pub span: Span,
    /// Whether it has all rights of the node.
    pub privileged: Setting<bool>,
    /// Its image, if it is known.
    pub image: Option<Image>,
    /// Whether it may not start as root: `runAsNonRoot` of its own, or else of the pod.
    pub must_not_be_root: Setting<bool>,
    /// The user that it starts as: `runAsUser` of its own, or else of the pod.
    pub user: Setting<f64>,
    /// Whether it names ports.
    pub has_ports: bool,
    /// Its check for readiness, if it has one; Unknown if its keys are not written out.
    pub readiness: Setting<()>,
    /// Whether its memory is requested or limited.
    pub has_memory: Setting<bool>,
    /// Whether it runs to its end before the others start.
    pub is_first: bool,
}

/// An object in a version that clusters no longer serve, or in an unknown one.
#[derive(Debug, Clone, Serialize)]
pub struct RemovedVersion {
    /// The version as written.
    pub span: Span,
    /// The version; `None` if it is unknown.
    pub version: Option<&'static str>,
    /// The kind of the object.
    pub kind: String,
    /// The name of the object, if it is written out.
    pub name: Option<String>,
    /// The release of Kubernetes without it.
    pub since: &'static str,
    /// The version to use instead; `None` if there is none.
    pub instead: Option<&'static str>,
    /// Whether only the version changes, and no field.
    pub is_same: bool,
}

/// A limit on the pods that may be away at once, `PodDisruptionBudget`.
#[derive(Debug, Clone, Serialize)]
pub struct DisruptionBudget {
    /// The labels that it selects pods by; `None` if that is unknown.
    pub selects: Option<BTreeMap<String, String>>,
}

impl DisruptionBudget {
    /// Whether it may be for the pods of an owner.
    pub fn may_select(&self, owner: &PodOwner) -> bool {
        self.selects.as_ref().is_none_or(|selects| {
            selects.iter().all(|(key, value)| owner.labels.get(key).is_none_or(|label| label == value))
        })
    }
}

/// What sets the number of replicas of an object beside its manifest.
#[derive(Debug, Clone, Serialize)]
pub struct Scaler {
    /// Its bytes.
    pub span: Span,
    /// Whether it is a `HorizontalPodAutoscaler`, and no patch of Kustomize.
    pub is_autoscaler: bool,
    /// The kind of the object; `None` if it may be any.
    pub kind: Option<String>,
    /// The name of the object; `None` if it may be any.
    pub target: Option<String>,
}

impl PodOwner {
    /// Its kind and name for messages: ``Deployment `api` ``.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("{} `{name}`", self.kind),
            None => format!("this {}", self.kind),
        }
    }

    /// A container's name for messages.
    pub fn container_label(&self, container: &PodContainer) -> String {
        match &container.name {
            Some(name) => format!("container `{name}` of {}", self.label()),
            None => format!("a container of {}", self.label()),
        }
    }

    /// Whether it runs once on every node, as agents do that belong to the node.
    pub fn is_of_nodes(&self) -> bool {
        self.kind == "DaemonSet"
    }
}

impl Scaler {
    /// Whether it certainly scales an object.
    pub fn scales(&self, owner: &PodOwner) -> bool {
        self.target.is_some() && self.target == owner.name && self.may_scale(owner)
    }

    /// Whether it may scale an object.
    pub fn may_scale(&self, owner: &PodOwner) -> bool {
        let is_name = match (&self.target, &owner.name) {
            (Some(target), Some(name)) => target == name,
            _ => true,
        };
        is_name && self.kind.as_ref().is_none_or(|kind| *kind == owner.kind)
    }
}
