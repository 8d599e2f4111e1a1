//! Cloud Run services, jobs, worker pools and functions, from every notation.

pub mod attribute;
mod runtime;
mod settings;

pub use runtime::{RuntimeEnd, runtime_end};
pub use settings::{Held, Key, Settings, Typed, seconds};

use super::image::Image;
use super::setting::{Setting, Why};
use super::text::Text;
use crate::source::Room;
use crate::span::Span;
use serde::Serialize;

/// A Cloud Run service, job, worker pool or function.
#[derive(Debug, Clone, Serialize)]
pub struct Workload {
    /// Service, job, worker pool or function.
    pub kind: WorkloadKind,
    /// Its notation.
    pub written: Written,
    /// Its name.
    pub name: Setting<Text>,
    /// The span of findings about the whole workload.
    pub span: Span,
    /// Its containers, in order.
    pub containers: Vec<Container>,
    /// Whether `containers` is complete.
    pub lists_containers: bool,
    /// Its other settings.
    pub settings: Settings<Self>,
}

/// The kinds of workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum WorkloadKind {
    /// A service, which answers requests.
    Service,
    /// A job, which runs to its end.
    Job,
    /// A worker pool, which runs for ever without requests.
    WorkerPool,
    /// A function, which answers requests or events, and is built from its source.
    Function,
    /// The pods of a controller of Kubernetes.
    Pods,
}

/// The notation of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Written {
    /// A Cloud Run manifest.
    Manifest,
    /// A `gcloud run` or `gcloud functions` command: its verb, such as `deploy` or `services update`.
    Command(String),
    /// A Terraform resource: its address.
    Terraform(String),
    /// An object of Kubernetes: its kind.
    Kubernetes(String),
}

/// Whether a service can be called by anyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Exposure {
    /// A setting gives `allUsers` the right to invoke it, or switches the check off.
    Public(Opening),
    /// A setting requires credentials of callers.
    Private,
}

/// The setting that makes a service callable without credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Opening {
    /// `--allow-unauthenticated` of `gcloud run deploy`.
    AllowUnauthenticated,
    /// `--no-invoker-iam-check` of `gcloud run deploy`.
    NoInvokerCheck,
    /// The annotation `run.googleapis.com/invoker-iam-disabled` of a manifest.
    Annotation,
    /// The argument `invoker_iam_disabled` of a Terraform resource.
    Argument,
}

impl Opening {
    /// Its name as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllowUnauthenticated => "--allow-unauthenticated",
            Self::NoInvokerCheck => "--no-invoker-iam-check",
            Self::Annotation => "run.googleapis.com/invoker-iam-disabled",
            Self::Argument => "invoker_iam_disabled",
        }
    }

    /// The replacement that closes the service again; `None` for an annotation.
    pub fn opposite(self) -> Option<&'static str> {
        match self {
            Self::AllowUnauthenticated => Some("--no-allow-unauthenticated"),
            Self::NoInvokerCheck => Some("--invoker-iam-check"),
            Self::Annotation => None,
            Self::Argument => Some("false"),
        }
    }
}

/// A container of a workload.
#[derive(Debug, Clone, Serialize)]
pub struct Container {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The span of findings about it.
    pub span: Span,
    /// Its image.
    pub image: Setting<Image>,
    /// Environment variables.
    pub env: Vec<EnvVariable>,
    /// Where unknown environment variables may be set, and why they are unknown.
    pub open_env: Vec<(Span, Why)>,
    /// Whether it gets the requests.
    pub is_ingress: bool,
    /// Its other settings.
    pub settings: Settings<Self>,
}

/// An environment variable.
#[derive(Debug, Clone, Serialize)]
pub struct EnvVariable {
    /// Its name.
    pub name: String,
    /// The entry.
    pub span: Span,
    /// Its value.
    pub value: EnvValue,
    /// Where a reference to a secret would replace the value; its content is the name of the secret.
    #[serde(skip)]
    pub secret_room: Option<Room>,
}

/// The value of an environment variable.
#[derive(Debug, Clone, Serialize)]
pub enum EnvValue {
    /// A text that is written out.
    Plain(Text),
    /// A version of a secret of Secret Manager.
    Secret {
        /// The secret.
        secret: Setting<Text>,
        /// The version.
        version: Setting<Text>,
    },
    /// The value is unknown.
    Unknown,
}

/// A health check.
#[derive(Debug, Clone, Serialize)]
pub struct Probe {
    /// Its bytes.
    pub span: Span,
    /// The kind of its request.
    pub kind: ProbeKind,
    /// Its times, thresholds, port and path.
    pub settings: Settings<Self>,
}

/// The kind of request that a probe makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ProbeKind {
    /// A request over HTTP.
    Http,
    /// A connection.
    Tcp,
    /// The gRPC health protocol.
    Grpc,
    /// A command in the container.
    Exec,
    /// The kind is not written, or is unknown.
    Unknown,
}

impl Workload {
    /// The highest number of instances: that of a revision, else that of the service, else the fixed number.
    pub fn most_instances(&self) -> Setting<f64> {
        self.settings
            .get(attribute::MAX_INSTANCES)
            .or(self.settings.get(attribute::SERVICE_MAX_INSTANCES))
            .or(self.settings.get(attribute::MANUAL_INSTANCES))
    }

    /// Whether it can be called without credentials; Absent if no setting decides it.
    pub fn exposure(&self) -> Setting<Exposure> {
        let is_command = matches!(self.written, Written::Command(_));
        let switched_off = match &self.written {
            Written::Manifest | Written::Kubernetes(_) => Opening::Annotation,
            Written::Command(_) => Opening::NoInvokerCheck,
            Written::Terraform(_) => Opening::Argument,
        };
        let of = |is_open, opening| if is_open { Exposure::Public(opening) } else { Exposure::Private };
        let allowed = self.settings.get(attribute::ALLOW_UNAUTHENTICATED);
        let allowed = allowed.map(|is_open| of(is_open, Opening::AllowUnauthenticated));
        let unchecked = self.settings.get(attribute::INVOKER_CHECK_DISABLED).map(|is_open| of(is_open, switched_off));
        match (allowed, unchecked) {
            (_, Setting::Known(Exposure::Public(opening), place)) => Setting::Known(Exposure::Public(opening), place),
            (Setting::Known(exposure, place), _) => Setting::Known(exposure, place),
            // Only gcloud has `--allow-unauthenticated`.
            (allowed, unchecked) => {
                if is_command {
                    allowed.or(unchecked)
                } else {
                    unchecked
                }
            }
        }
    }

    /// Whether requests from the internet reach it only through a load balancer, or not at all.
    pub fn is_behind_balancer(&self) -> bool {
        let ingress = self.settings.get(attribute::INGRESS);
        ingress.known().is_some_and(|(ingress, _)| ingress.raw().to_ascii_lowercase().contains("internal"))
    }

    /// Whether a binding names it, by its name or by its address in Terraform.
    pub fn is_named(&self, target: &str) -> bool {
        let by_address = matches!(&self.written, Written::Terraform(address) if address == target);
        by_address || self.name.known().is_some_and(|(name, _)| name.raw() == target)
    }

    /// Whether variables are about sites that may call it, or about users that sign in.
    pub fn checks_callers(&self) -> bool {
        const WORDS: &[&str] = &[
            "auth",
            "cors",
            "csrf",
            "oauth",
            "jwt",
            "session",
            "nextauth",
            "auth0",
            "clerk",
            "origins",
            "allowedorigins",
            "login",
        ];
        let mut names = self.containers.iter().flat_map(|container| &container.env).map(|variable| &variable.name);
        names.any(|name| name.to_ascii_lowercase().split(['_', '-']).any(|word| WORDS.contains(&word)))
    }

    /// Its kind and name for messages: ``service `api` ``.
    pub fn label(&self) -> String {
        let kind = match &self.written {
            Written::Kubernetes(kind) => kind,
            _ => self.kind.name(),
        };
        match &self.name {
            Setting::Known(name, _) => format!("{kind} `{}`", name.shown()),
            _ => match &self.written {
                Written::Terraform(address) => format!("{} `{address}`", self.kind.name()),
                _ => format!("this {kind}"),
            },
        }
    }

    /// A container's name for messages: the label of the workload, with the name of the container if there are several.
    pub fn container_label(&self, container: &Container) -> String {
        match &container.name {
            Some(name) if self.containers.len() > 1 => format!("container `{name}` of {}", self.label()),
            _ => self.label(),
        }
    }

    /// The container that gets the requests, or else the first one.
    pub fn ingress_container(&self) -> Option<&Container> {
        self.containers.iter().find(|container| container.is_ingress).or(self.containers.first())
    }
}

impl Probe {
    /// The path that it requests over HTTP, if it uses the port of its container and the path needs no quotes.
    pub fn own_path(&self) -> Option<String> {
        let Setting::Known(path, _) = self.settings.get(attribute::PROBE_PATH) else { return None };
        let path = path.known()?;
        let is_plain = path.starts_with('/') && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
        (is_plain && self.settings.get(attribute::PROBE_PORT).is_absent()).then(|| path.to_owned())
    }
}

impl WorkloadKind {
    /// Its name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Job => "job",
            Self::WorkerPool => "worker pool",
            Self::Function => "function",
            Self::Pods => "workload",
        }
    }
}
