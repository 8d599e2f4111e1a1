//! Dialects: what a Dockerfile, a pipeline, a manifest, a command or a Terraform module says about a deployment.
//!
//! A reader turns the tree of one file into facts of the model. It resolves what the file itself can resolve, never looks
//! at another file except where it is handed in, and says Unknown where it stops.

pub(crate) mod cloud_build;
pub(crate) mod cloud_run;
pub(crate) mod comments;
pub(crate) mod credentials;
pub(crate) mod dockerfile;
pub(crate) mod gcloud;
pub(crate) mod packages;
pub(crate) mod requirements;
pub(crate) mod shell;
pub(crate) mod terraform;
mod variables;

use std::sync::Arc;

use crate::model::{Command, Dockerfile, Firewall, Grant, Installation, NamedValue, Pipeline, Workload};

/// What one file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) dockerfile: Option<Arc<Dockerfile>>,
    pub(crate) pipelines: Vec<Arc<Pipeline>>,
    pub(crate) workloads: Vec<Arc<Workload>>,
    pub(crate) commands: Vec<Arc<Command>>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) named_values: Vec<NamedValue>,
}

/// What commands say about workloads and all else that is not themselves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) workloads: Vec<Arc<Workload>>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) firewalls: Vec<Firewall>,
    pub(crate) installations: Vec<Installation>,
    pub(crate) named_values: Vec<NamedValue>,
}

impl Told {
    /// What the commands of one file say.
    pub(crate) fn by(facts: &[Facts]) -> Self {
        let mut told = Self::default();
        for command in facts.iter().flat_map(|facts| &facts.commands) {
            if let Some(line) = gcloud::parse(command) {
                told.workloads.extend(gcloud::workload(&line).map(Arc::new));
            }
            told.named_values.extend(gcloud::passwords(command));
            told.grants.extend(gcloud::grant(command));
            told.firewalls.extend(gcloud::firewall(command));
            told.installations.extend(packages::installation(command));
        }
        told
    }
}
