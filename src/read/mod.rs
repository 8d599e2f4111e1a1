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
pub(crate) mod surface;
pub(crate) mod terraform;
mod variables;

use crate::model::Facts;
use std::sync::Arc;

/// Adds the facts that follow from commands: what they deploy, grant, open, install and hand over.
pub(crate) fn add_facts_of_commands(facts: &mut Facts) {
    for command in &facts.commands {
        if let Some(line) = gcloud::parse(command) {
            facts.workloads.extend(gcloud::workload(&line).map(Arc::new));
        }
        facts.named_values.extend(gcloud::passwords(command));
        facts.grants.extend(gcloud::grant(command));
        facts.firewalls.extend(gcloud::firewall(command));
        facts.installations.extend(packages::installation(command));
    }
}
