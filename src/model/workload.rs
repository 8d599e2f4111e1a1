//! Cloud Run services, jobs and worker pools, however they were written.

use super::image::Image;
use super::setting::Setting;
use super::text::Text;
use crate::source::Room;
use crate::span::Span;

/// A Cloud Run service, job or worker pool.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Which of the three.
    pub kind: WorkloadKind,
    /// How it was written.
    pub written: Written,
    /// Its name.
    pub name: Setting<Text>,
    /// Where a finding about the whole of it points.
    pub span: Span,
    /// Its containers; the first takes the requests.
    pub containers: Vec<Container>,
    /// Whether all containers are listed.
    pub lists_containers: bool,
    /// The highest number of instances, revision or service level, or the fixed number of manual scaling.
    pub max_instances: Setting<f64>,
    /// Requests an instance takes at once.
    pub concurrency: Setting<f64>,
    /// Longest request or task, in seconds.
    pub timeout: Setting<f64>,
    /// The identity it runs as; parts of its address may be unknown.
    pub service_account: Setting<Text>,
    /// From where it accepts requests: `all`, `internal`, `internal-and-cloud-load-balancing`.
    pub ingress: Setting<Text>,
    /// What makes it callable without credentials, where something does.
    pub public: Setting<Exposure>,
    /// How what is not set would be written.
    pub rooms: Vec<(Attribute, Room)>,
}

/// What a workload or a container may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// The highest number of instances.
    MaxInstances,
    /// Requests an instance takes at once.
    Concurrency,
    /// Longest request, in seconds.
    Timeout,
    /// The memory limit, beside a CPU limit of 1, which is the default of both.
    Memory,
    /// The port of a startup probe over TCP with the times that Cloud Run has for it anyway.
    StartupPort,
    /// The path of a liveness probe over HTTP.
    LivenessPath,
}

/// The three kinds of workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkloadKind {
    /// Answers requests.
    Service,
    /// Runs to its end.
    Job,
    /// Runs for ever without requests.
    WorkerPool,
}

/// How a workload was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A Cloud Run manifest.
    Manifest,
    /// A `gcloud run` command: its verb, such as `deploy` or `services update`.
    Command(String),
    /// A Terraform resource: its address.
    Terraform(String),
}

/// What makes a service callable by anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// A statement gives `allUsers` the right to invoke it, or switches the check off.
    Public(Opening),
    /// A statement says that callers need credentials.
    Private,
}

/// The statement that makes a service callable without credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllowUnauthenticated => "--allow-unauthenticated",
            Self::NoInvokerCheck => "--no-invoker-iam-check",
            Self::Annotation => "run.googleapis.com/invoker-iam-disabled",
            Self::Argument => "invoker_iam_disabled",
        }
    }

    /// The text that closes the service again, to be written in its place; an annotation has a value of its own.
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
#[derive(Debug, Clone)]
pub struct Container {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Where a finding about it points.
    pub span: Span,
    /// Its image.
    pub image: Setting<Image>,
    /// Environment variables.
    pub env: Vec<EnvVariable>,
    /// CPU limit.
    pub cpu: Setting<Text>,
    /// Memory limit.
    pub memory: Setting<Text>,
    /// Startup probe.
    pub startup: Setting<Probe>,
    /// Liveness probe.
    pub liveness: Setting<Probe>,
    /// The port it listens on, where it says so.
    pub port: Setting<f64>,
    /// Whether it takes the requests.
    pub is_ingress: bool,
    /// Whether the image's entry point is replaced.
    pub replaces_command: bool,
    /// How what is not set would be written.
    pub rooms: Vec<(Attribute, Room)>,
}

/// An environment variable.
#[derive(Debug, Clone)]
pub struct EnvVariable {
    /// Its name.
    pub name: String,
    /// The entry.
    pub span: Span,
    /// Where its value comes from.
    pub value: EnvValue,
    /// How a reference to a secret would be written in the place of the value: the name of the secret.
    pub secret_room: Option<Room>,
}

/// Where an environment variable takes its value.
#[derive(Debug, Clone)]
pub enum EnvValue {
    /// It is written out.
    Plain(Text),
    /// A secret of Secret Manager, in a version.
    Secret {
        /// The secret.
        secret: Setting<Text>,
        /// The version.
        version: Setting<Text>,
    },
    /// Can't be told.
    Unknown,
}

/// A health check. Times in seconds.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Its bytes.
    pub span: Span,
    /// How it asks.
    pub kind: ProbeKind,
    /// Wait before the first check; 0 by default.
    pub initial_delay: Setting<f64>,
    /// Patience with one check; 1 by default.
    pub timeout: Setting<f64>,
    /// Time between checks; 10 by default.
    pub period: Setting<f64>,
    /// Failures in a row that count; 3 by default.
    pub failure_threshold: Setting<f64>,
    /// The port it asks, where it says so.
    pub port: Setting<f64>,
    /// The path it asks over HTTP on the container's own port, where that is known.
    pub path: Option<String>,
}

/// How a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeKind {
    /// A request over HTTP.
    Http,
    /// A connection.
    Tcp,
    /// The gRPC health protocol.
    Grpc,
    /// A command in the container.
    Exec,
    /// It doesn't say, or can't be told.
    Unknown,
}

impl Workload {
    /// How an attribute that is not set would be written.
    pub fn room(&self, attribute: Attribute) -> Option<&Room> {
        self.rooms.iter().find(|(other, _)| *other == attribute).map(|(_, room)| room)
    }

    /// Its kind and name for messages: ``service `api` ``.
    pub fn label(&self) -> String {
        match &self.name {
            Setting::Known(name, _) => format!("{} `{}`", self.kind.name(), name.shown()),
            _ => match &self.written {
                Written::Terraform(address) => format!("{} `{address}`", self.kind.name()),
                _ => format!("this {}", self.kind.name()),
            },
        }
    }

    /// A container's name for messages: the workload's own where there is one container.
    pub fn container_label(&self, container: &Container) -> String {
        match &container.name {
            Some(name) if self.containers.len() > 1 => format!("container `{name}` of {}", self.label()),
            _ => self.label(),
        }
    }

    /// The container that takes the requests, or the only one.
    pub fn ingress_container(&self) -> Option<&Container> {
        self.containers.iter().find(|container| container.is_ingress).or(self.containers.first())
    }
}

impl Container {
    /// How an attribute that is not set would be written.
    pub fn room(&self, attribute: Attribute) -> Option<&Room> {
        self.rooms.iter().find(|(other, _)| *other == attribute).map(|(_, room)| room)
    }
}

impl WorkloadKind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Job => "job",
            Self::WorkerPool => "worker pool",
        }
    }
}
