//! One deployment across files: who builds which Dockerfile, what a `COPY` finds, who owns a service.

mod builds;
mod copies;

pub(crate) use builds::{builds, overridden};
pub(crate) use copies::{IgnoreFiles, missing_sources, wide_copies};

use crate::model::{Command, Project, Setting, Why, Workload, Written};
use crate::source::{Notation, Sources};
use std::collections::HashSet;
use std::sync::Arc;

/// Makes the absent settings of a deploy command Unknown if a manifest or Terraform describes the same service.
pub(crate) fn settle_owners(workloads: &mut [Arc<Workload>]) {
    let described: HashSet<String> = workloads
        .iter()
        .filter(|workload| !matches!(workload.written, Written::Command(_)))
        .filter_map(|workload| Some(workload.name.known()?.0.shown()))
        .collect();
    for workload in workloads.iter_mut().filter(|workload| matches!(workload.written, Written::Command(_))) {
        let is_described = match &workload.name {
            Setting::Known(name, _) => described.contains(&name.shown()),
            // The name may well be that of the one that is described.
            _ => !described.is_empty(),
        };
        if is_described {
            leave_open(Arc::make_mut(workload), &Why::Other("another file describes this service".into()));
        }
    }
}

fn leave_open(workload: &mut Workload, why: &Why) {
    workload.settings.leave_open(why);
    workload.containers.iter_mut().for_each(|container| container.settings.leave_open(why));
}

/// The substitutions, among those that pipelines use without defining them, that anything else in the repository names:
/// a trigger, a script, a workflow, a runbook.
pub(crate) fn given_substitutions(project: &Project, sources: &Sources) -> HashSet<String> {
    let mut needed: Vec<&str> = project
        .pipelines
        .iter()
        .flat_map(|pipeline| {
            let defined: HashSet<&str> = pipeline.substitutions.iter().map(|entry| entry.name.as_str()).collect();
            pipeline
                .uses
                .iter()
                .map(|used| used.name.as_str())
                .filter(move |name| name.starts_with('_') && !defined.contains(name))
        })
        .collect();
    needed.sort_unstable();
    needed.dedup();
    let mut given = HashSet::new();
    if needed.is_empty() {
        return given;
    }
    let pipelines: HashSet<_> = project.pipelines.iter().map(|pipeline| pipeline.source).collect();
    for (id, source) in sources.iter() {
        if source.notation == Notation::Ignore {
            continue;
        }
        for name in &needed {
            let mentions = memchr::memmem::find_iter(source.text.as_bytes(), name.as_bytes()).any(|at| {
                let after = source.text.as_bytes().get(at + name.len()).copied().unwrap_or(b' ');
                let before = at.checked_sub(1).map_or(b' ', |at| source.text.as_bytes()[at]);
                let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let is_word = !goes_on(after) && !goes_on(before);
                // In a pipeline's own text, a use does not give a value; a comment that says `--substitutions` does.
                let line = source.text[..at].rfind('\n').map_or(0, |line| line + 1);
                is_word && (!pipelines.contains(&id) || source.text[line..at].contains("--substitutions"))
            });
            if mentions {
                given.insert((*name).to_owned());
            }
        }
    }
    given
}

/// Whether any command sends the checkout to Cloud Build from where it runs.
pub(crate) fn submits(commands: &[Arc<Command>]) -> bool {
    commands.iter().any(|command| {
        let words = command.bare();
        let raw: Vec<&str> = words.iter().take(6).map(|word| word.raw()).collect();
        raw.first() == Some(&"gcloud") && raw.contains(&"builds") && raw.contains(&"submit")
    })
}
