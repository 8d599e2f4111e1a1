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

use crate::model::{Command, Dockerfile, Grant, NamedValue, Pipeline, Workload};

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
