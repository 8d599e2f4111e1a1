//! Services of Compose files: what runs on one machine, as `docker compose up` starts it.

use super::image::Image;
use super::setting::Setting;
use super::text::Text;
use crate::known::purposes::TASKS;
use crate::known::stores;
use crate::source::Room;
use crate::span::{SourceId, Span};
use serde::Serialize;
use std::collections::HashMap;

/// A Compose file (<https://github.com/compose-spec/compose-spec/blob/main/spec.md>).
#[derive(Debug, Clone, Serialize)]
pub struct ComposeFile {
    /// Its source.
    pub source: SourceId,
    /// Its services, in order.
    pub services: Vec<ComposeService>,
    /// Paths of other Compose files that it includes.
    pub includes: Vec<Text>,
    /// Whether it is for Swarm (`docker stack deploy`), which restarts tasks without being told to and ignores
    /// `container_name`.
    pub is_stack: bool,
    /// Whether a service has neither an image nor a build of its own: such a file is merged onto another one.
    pub is_partial: bool,
    /// The places of services in the list, by name.
    #[serde(skip)]
    pub places: HashMap<String, usize>,
}

/// A service of a Compose file. A setting that a merge key (`<<`) or `extends` in the same file
/// brings is its own.
#[derive(Debug, Clone, Serialize)]
pub struct ComposeService {
    /// Its name.
    pub name: String,
    /// The key with its name.
    pub span: Span,
    /// The image that it runs, or the name that its build gets.
    pub image: Setting<Image>,
    /// How its image is built, if it is built here.
    pub build: Option<ComposeBuild>,
    /// The fixed name of its container.
    pub container_name: Setting<Text>,
    /// The number of its containers (`deploy.replicas` or `scale`).
    pub replicas: Setting<f64>,
    /// When it is started again (`restart` or `deploy.restart_policy`).
    pub restart: Setting<Text>,
    /// The most memory that it may use (`deploy.resources.limits.memory` or `mem_limit`).
    pub memory: Setting<Text>,
    /// Whether it has a health check of its own; `healthcheck: {disable: true}` is none.
    pub health: Setting<bool>,
    /// Ports of the machine that lead to it.
    pub ports: Vec<PublishedPort>,
    /// Whether this file replaces the ports that other files publish (`!override`, `!reset`).
    pub replaces_ports: bool,
    /// Services that are started before it.
    pub dependencies: Vec<Dependency>,
    /// Whether another service of the file waits for its end.
    pub is_awaited: bool,
    /// Whether it is started only when it is asked for (`profiles`), as tools and one-off tasks are.
    pub is_optional: bool,
    /// Where a missing restart policy would be inserted.
    #[serde(skip)]
    pub restart_room: Option<Room>,
}

/// The build of a service.
#[derive(Debug, Clone, Serialize)]
pub struct ComposeBuild {
    /// The key `build`.
    pub span: Span,
    /// The context as written; `None` is the folder of the project.
    pub context: Option<Text>,
    /// The Dockerfile as written, relative to the context.
    pub dockerfile: Option<Text>,
    /// Whether the Dockerfile is written in the Compose file itself.
    pub is_inline: bool,
    /// The stage to build.
    pub target: Option<Text>,
    /// Build arguments with their values; an argument without a value takes it from the environment.
    pub arguments: Vec<(Text, Option<Text>)>,
}

/// A port of the machine that leads to a container.
#[derive(Debug, Clone, Serialize)]
pub struct PublishedPort {
    /// The entry.
    pub span: Span,
    /// Where requests are accepted: an address, or Absent for every address.
    pub address: Setting<Text>,
    /// The first port of the container.
    pub target: Setting<f64>,
    /// The first port of the machine; Absent for one that Docker chooses.
    pub published: Setting<f64>,
    /// How many ports of the container the entry names.
    pub targets: u32,
    /// How many ports of the machine there are to choose from.
    pub choices: u32,
    /// Where the address would be inserted; its content is the address.
    #[serde(skip)]
    pub address_room: Option<Room>,
}

/// A service that another one waits for.
#[derive(Debug, Clone, Serialize)]
pub struct Dependency {
    /// The name of the service.
    pub name: String,
    /// The span of the name.
    pub span: Span,
    /// What is waited for: `service_started`, which is the default, `service_healthy` or
    /// `service_completed_successfully`.
    pub condition: Setting<Text>,
}

/// A database, cache, queue or search engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    /// Its name for messages.
    pub name: &'static str,
    /// The ports on which it takes commands.
    pub ports: &'static [u16],
    /// Whether its image asks for a password unless it is told otherwise.
    pub has_password: bool,
}

/// A line of a script that starts the services of Compose files, or copies such a file to another machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComposeCall {
    /// The line.
    pub span: Span,
    /// What it does.
    pub does: ComposeAction,
    /// The files that it names; the default ones if there are none.
    pub files: Vec<String>,
    /// The folder that the script has changed to before, as written.
    pub folder: Option<String>,
    /// Whether it runs on another machine than its script.
    pub is_remote: bool,
}

/// What a line of a script does with Compose files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ComposeAction {
    /// It starts their services on one machine.
    Start,
    /// It deploys them to a swarm, or to Cloud Run.
    Deploy,
    /// It copies them to another machine.
    Copy,
}

/// The descriptions of services in all Compose files, by folder and name.
#[derive(Debug, Default)]
pub struct Descriptions<'a>(pub(super) HashMap<(&'a str, &'a str), Vec<&'a ComposeService>>);

impl<'a> Descriptions<'a> {
    /// The descriptions of a service in other Compose files of its folder, which may be merged with its own.
    pub fn others<'b>(
        &'b self,
        folder: &'b str,
        service: &'b ComposeService,
    ) -> impl Iterator<Item = &'a ComposeService> + use<'a, 'b> {
        let all = self.0.get(&(folder, service.name.as_str())).into_iter().flatten().copied();
        let source = service.span.source;
        all.filter(move |other| other.span.source != source)
    }
}

impl ComposeFile {
    /// The service with this name.
    pub fn service(&self, name: &str) -> Option<&ComposeService> {
        self.services.get(*self.places.get(name)?)
    }
}

impl ComposeService {
    /// Its name for messages: ``service `api` ``.
    pub fn label(&self) -> String {
        format!("service `{}`", self.name)
    }

    /// Whether it runs to its end and is not meant to be started again: it has a name of a task, is only started when it
    /// is asked for, or others of the file wait for its end.
    pub fn is_task(&self) -> bool {
        let is_word = |part: &str| TASKS.contains(&part.to_ascii_lowercase().as_str());
        self.is_optional || self.is_awaited || self.name.split(['-', '_', '.']).any(is_word)
    }

    /// The store of data that it runs, if its image is known to be one.
    pub fn store(&self) -> Option<Store> {
        let (image, _) = self.image.known().filter(|_| self.build.is_none())?;
        let (name, ports, has_password) = stores::of(&image.repository())?;
        Some(Store { name, ports, has_password })
    }
}

impl PublishedPort {
    /// Whether every network of the machine reaches it: no address is written, or that of all of them. `None` if the
    /// address is unknown.
    pub fn is_open(&self) -> Option<bool> {
        match &self.address {
            Setting::Absent(_) => Some(true),
            Setting::Known(address, _) => Some(matches!(address.raw(), "" | "0.0.0.0" | "::" | "[::]" | "*")),
            Setting::Unknown(..) => None,
        }
    }

    /// The port of the container that it publishes, if it is one of these.
    pub fn leads_to(&self, ports: &[u16]) -> Option<u16> {
        let (target, _) = self.target.known()?;
        let within = |port: &&u16| {
            let distance = f64::from(**port) - target;
            (0.0..f64::from(self.targets)).contains(&distance)
        };
        ports.iter().find(within).copied()
    }
}
