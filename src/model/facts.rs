//! The facts of files, before they are linked.

use super::build::Pipeline;
use super::command::{Command, Rejection};
use super::credential::{Credential, NamedValue};
use super::firewall::Firewall;
use super::grant::Grant;
use super::image::Dockerfile;
use super::package::{Installation, Requirements};
use super::resource::{Module, Resource};
use super::workload::Workload;
use serde::Serialize;
use std::sync::Arc;

/// The facts of one file, one Terraform module or a whole run. Every reader returns this type, and [`Facts::merge`]
/// joins two of them; large facts are shared.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Facts {
    /// Dockerfiles.
    pub dockerfiles: Vec<Arc<Dockerfile>>,
    /// Cloud Build configurations.
    pub pipelines: Vec<Arc<Pipeline>>,
    /// Cloud Run services, jobs and worker pools.
    pub workloads: Vec<Arc<Workload>>,
    /// Shell commands of scripts, `RUN` instructions and build steps.
    pub commands: Vec<Arc<Command>>,
    /// Commands that their own program rejects, or may reject.
    pub rejections: Vec<Rejection>,
    /// Commands that install packages without a version.
    pub installations: Vec<Installation>,
    /// Terraform resources.
    pub resources: Vec<Arc<Resource>>,
    /// Terraform modules.
    pub modules: Vec<Arc<Module>>,
    /// IAM bindings.
    pub grants: Vec<Grant>,
    /// Firewall rules for incoming traffic.
    pub firewalls: Vec<Firewall>,
    /// Credentials recognised by their form.
    pub credentials: Vec<Credential>,
    /// Values whose names may mark them as secrets.
    pub named_values: Vec<NamedValue>,
    /// Dependency manifests.
    pub requirements: Vec<Requirements>,
}

impl Facts {
    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        // Destructured, so that a new kind of fact is a compile error here until it is checked.
        let Self {
            dockerfiles,
            pipelines,
            workloads,
            commands,
            rejections,
            installations,
            resources,
            modules,
            grants,
            firewalls,
            credentials,
            named_values,
            requirements,
        } = self;
        dockerfiles.is_empty()
            && pipelines.is_empty()
            && workloads.is_empty()
            && commands.is_empty()
            && rejections.is_empty()
            && installations.is_empty()
            && resources.is_empty()
            && modules.is_empty()
            && grants.is_empty()
            && firewalls.is_empty()
            && credentials.is_empty()
            && named_values.is_empty()
            && requirements.is_empty()
    }

    /// Appends other facts.
    pub fn merge(&mut self, other: &Self) {
        // Destructured, so that a new kind of fact is a compile error here until it is merged.
        let Self {
            dockerfiles,
            pipelines,
            workloads,
            commands,
            rejections,
            installations,
            resources,
            modules,
            grants,
            firewalls,
            credentials,
            named_values,
            requirements,
        } = other;
        self.dockerfiles.extend_from_slice(dockerfiles);
        self.pipelines.extend_from_slice(pipelines);
        self.workloads.extend_from_slice(workloads);
        self.commands.extend_from_slice(commands);
        self.rejections.extend_from_slice(rejections);
        self.installations.extend_from_slice(installations);
        self.resources.extend_from_slice(resources);
        self.modules.extend_from_slice(modules);
        self.grants.extend_from_slice(grants);
        self.firewalls.extend_from_slice(firewalls);
        self.credentials.extend_from_slice(credentials);
        self.named_values.extend_from_slice(named_values);
        self.requirements.extend_from_slice(requirements);
    }
}
