//! One deployment across files: who builds which Dockerfile, what a `COPY` finds, who owns a service.

mod builds;
mod compose;
mod copies;
mod image_files;
mod installs;
mod starts;
mod variables;

pub(crate) use builds::{builds, overridden};
pub(crate) use compose::{Deployed, deployed, environment as compose_environment};
pub(crate) use copies::{Contexts, Copies, IgnoreFiles};
pub(crate) use variables::{Given, given_variables};

use crate::model::{Command, Invocation, Project, Why, Workload, Written};
use crate::source::{Notation, Sources};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The deploy commands, by index, whose service a manifest or Terraform describes as well.
pub(crate) fn described_elsewhere(workloads: &[Arc<Workload>]) -> Vec<usize> {
    let is_command = |workload: &Workload| matches!(workload.written, Written::Command(_));
    let described: HashSet<(&str, &str)> =
        workloads.iter().filter(|workload| !is_command(workload)).filter_map(|workload| name_of(workload)).collect();
    let is_described = |workload: &Workload| match name_of(workload) {
        Some(name) => described.contains(&name),
        // The name may well be that of one that is described.
        None => described.iter().any(|(kind, _)| *kind == workload.kind.name()),
    };
    let indexed = workloads.iter().enumerate();
    indexed.filter(|(_, each)| is_command(each) && is_described(each)).map(|(index, _)| index).collect()
}

/// The kinds and names of workloads, as far as they are known.
pub(crate) fn names_of(workloads: &[Arc<Workload>]) -> HashSet<(&'static str, &str)> {
    workloads.iter().filter_map(|workload| name_of(workload)).collect()
}

fn name_of(workload: &Workload) -> Option<(&'static str, &str)> {
    Some((workload.kind.name(), workload.name.known()?.0.raw()))
}

/// The deploy commands, by index, whose workload has one of these names.
pub(crate) fn named(workloads: &[Arc<Workload>], names: &HashSet<(&str, &str)>) -> Vec<usize> {
    let is_one = |workload: &Workload| {
        matches!(workload.written, Written::Command(_)) && name_of(workload).is_some_and(|name| names.contains(&name))
    };
    workloads.iter().enumerate().filter(|(_, workload)| is_one(workload)).map(|(index, _)| index).collect()
}

/// For each deploy command, by index, those with the same name that set something which it leaves out: an installation and
/// the updates after it.
pub(crate) fn completed(workloads: &[Arc<Workload>]) -> Vec<(usize, Vec<usize>)> {
    let is_command = |workload: &Workload| matches!(workload.written, Written::Command(_));
    let mut by_name: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (index, workload) in workloads.iter().enumerate().filter(|(_, workload)| is_command(workload)) {
        if let Some(name) = name_of(workload) {
            by_name.entry(name).or_default().push(index);
        }
    }
    let several = by_name.into_values().filter(|same| (2..=MOST_COMMANDS).contains(&same.len()));
    let others = several.flat_map(|same| {
        let of = same.clone();
        of.into_iter().map(move |index| (index, same.iter().copied().filter(|other| *other != index).collect()))
    });
    let mut others: Vec<(usize, Vec<usize>)> = others.collect();
    others.sort();
    others
}

/// How many commands for one service are compared with each other.
const MOST_COMMANDS: usize = 20;

/// A deploy command with the settings Unknown that it leaves out and that others set for the same service; `None` if there
/// are none.
pub(crate) fn completed_by<'a>(workload: &Workload, others: impl Iterator<Item = &'a Workload>) -> Option<Workload> {
    let why = Why::Other("another command sets it for this service".into());
    let mut workload = workload.clone();
    let mut has_any = false;
    for other in others {
        has_any |= workload.settings.leave_to(&other.settings, &why);
        for (container, of) in workload.containers.iter_mut().zip(&other.containers) {
            has_any |= container.settings.leave_to(&of.settings, &why);
        }
    }
    has_any.then_some(workload)
}

/// A deploy command whose service another file describes as well: what it does not set may be set there.
pub(crate) fn left_open(workload: &Workload) -> Workload {
    let why = Why::Other("another file describes this service".into());
    let mut workload = workload.clone();
    workload.settings.leave_open(&why);
    workload.containers.iter_mut().for_each(|container| container.settings.leave_open(&why));
    workload
}

/// The substitutions, among those that pipelines use without defining them, that anything else in the repository names:
/// a trigger, a script, a workflow, a runbook.
pub(crate) fn given_substitutions(project: &Project, sources: &Sources) -> HashSet<String> {
    let needed: HashSet<&str> = project
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
    let mut given = HashSet::new();
    if needed.is_empty() {
        return given;
    }
    let pipelines: HashSet<_> = project.pipelines.iter().map(|pipeline| pipeline.source).collect();
    let mut take = |text: &str| given.extend(names(text).filter(|name| needed.contains(name)).map(str::to_owned));
    for (id, source) in sources.iter().filter(|(_, source)| source.notation != Notation::Ignore) {
        if !pipelines.contains(&id) {
            take(&source.text);
            continue;
        }
        // In a pipeline's own text, a use does not give a value; a comment that says `--substitutions` does.
        let commented = source.text.lines().filter_map(|line| line.split_once("--substitutions"));
        commented.for_each(|(_, given)| take(given));
    }
    given
}

/// The words of a text that begin with an underscore.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    memchr::memchr_iter(b'_', bytes).filter_map(move |at| {
        let begins = !at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(is_of_word);
        let length = bytes[at..].iter().take_while(|byte| is_of_word(byte)).take(LONGEST_NAME + 1).count();
        if begins && length <= LONGEST_NAME { text.get(at..at + length) } else { None }
    })
}

/// The longest name of a substitution that is looked for, in bytes.
const LONGEST_NAME: usize = 256;

/// Whether any command sends the checkout to Cloud Build from where it runs.
pub(crate) fn submits(commands: &[Arc<Command>]) -> bool {
    commands.iter().any(|command| matches!(command.invocation, Invocation::SubmitBuild))
}
