//! The variables of Terraform that commands and workflows set.

use super::builds::{Moved, folders};
use crate::model::{Facts, Home};
use crate::source::{Sources, join};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The names of variables that are set where Terraform is run, so that their defaults say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Given {
    /// For each folder.
    pub(crate) folders: BTreeMap<String, BTreeSet<String>>,
    /// By commands that run in an unknown folder.
    pub(crate) anywhere: BTreeSet<String>,
}

/// The variables that the commands of each file set with `-var`, or its workflow with `TF_VAR_`.
pub(crate) fn given_variables(files: &[Arc<Facts>], sources: &Sources) -> Given {
    let mut given = Given::default();
    for facts in files {
        let (mut moved, mut line) = (Moved::Stays, None);
        for command in &facts.commands {
            // Each line of a target has a shell of its own.
            if matches!(command.home, Home::Target(..)) && line.replace(command.home) != Some(command.home) {
                moved = Moved::Stays;
            }
            moved = moved.after(command);
            let Some(call) = command.terraform() else { continue };
            let mut names: BTreeSet<String> =
                call.variables.iter().filter_map(|(name, _)| name.known()).map(str::to_owned).collect();
            if let Some((workflow, job)) = facts.job_of(command) {
                let of_step = facts.job_step(command).into_iter().flat_map(|step| &step.env);
                let env = workflow.env.iter().chain(&job.env).chain(of_step);
                names.extend(env.filter_map(|entry| Some(entry.name.strip_prefix("TF_VAR_")?.to_owned())));
            }
            if let Some(target) = facts.target_of(command) {
                names.extend(
                    target.environment.iter().filter_map(|name| Some(name.strip_prefix("TF_VAR_")?.to_owned())),
                );
            }
            if names.is_empty() {
                continue;
            }
            let chosen = call.folder.as_ref().map(|folder| folder.known());
            let bases = folders(command, facts, sources);
            let bases: Vec<String> = bases.iter().filter_map(|base| moved.within(base)).collect();
            let places: Vec<String> = match chosen {
                Some(Some(folder)) => bases.iter().filter_map(|base| join(base, folder)).collect(),
                Some(None) => Vec::new(),
                None => bases,
            };
            if places.is_empty() {
                given.anywhere.extend(names);
            } else {
                places
                    .into_iter()
                    .for_each(|place| given.folders.entry(place).or_default().extend(names.iter().cloned()));
            }
        }
    }
    given
}
