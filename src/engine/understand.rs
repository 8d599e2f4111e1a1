//! From sources to the project: parse, read, link.

use super::linked::{Used, by_dockerfile};
use super::memory::Memory;
use super::part::Part;
use super::{Config, Note, Phase};
use crate::link;
use crate::model::{Build, Comment, Environment, Facts, FileFacts, Project, Surface};
use crate::read::surface::Tree;
use crate::source::Sources;
use crate::span::SourceId;
use crate::syntax::Problem;
use std::sync::Arc;

/// Parses, reads and links. Returns the project and its parts.
pub(super) fn understand(
    sources: &Sources,
    config: &Config,
    memory: &mut Memory,
    observe: &dyn Fn(Phase),
) -> (Project, Vec<Part>, Trouble) {
    observe(Phase::Parse);
    memory.parse(sources);
    let parsed = &memory.parsed;
    let stated = |path: &str| configured_environment(config, path);
    let composed =
        sources.iter().map(|(id, _)| parsed[id].parsed.facts.clone()).filter(|facts| concerns_compose(facts));
    let composed: Vec<Arc<Facts>> = composed.collect();
    let deployed =
        link::deployed(&composed, sources, &|path| stated(path).unwrap_or_else(|| Environment::of_path(path).0));
    let files = memory.linked.files(
        sources,
        &config.cascade,
        &deployed,
        |id| parsed[id].parsed.surface,
        |id| {
            let path = sources.get(id).path.clone();
            let surface = parsed[id].parsed.surface;
            let (environment, evidence) = match stated(&path) {
                Some(environment) => (environment, Some("configuration".to_owned())),
                None if surface == Some(Surface::Compose) => link::compose_environment(&path, id, &deployed),
                None => match Environment::of_path(&path) {
                    (environment, _) if surface == Some(Surface::Markdown) && !environment.is_set_aside() => {
                        (Environment::Documentation, Some("a document".to_owned()))
                    }
                    told => told,
                },
            };
            FileFacts { path, surface, environment, evidence }
        },
    );
    let mut trouble = Trouble::default();
    let mut project = Project { files, tree: sources.tree.clone(), ..Project::default() };
    let mut facts = Facts::default();
    let mut first: Vec<Arc<Facts>> = Vec::new();
    let mut bodies: Vec<(SourceId, Arc<Tree>)> = Vec::new();
    let mut unresolved: Vec<(SourceId, Arc<Tree>)> = Vec::new();
    for (id, source) in sources.iter() {
        let parsed = &parsed[id].parsed;
        trouble.problems.extend(parsed.problems.iter().map(|problem| (id, problem.clone())));
        trouble.notes.extend(parsed.note.clone().map(|message| Note { path: source.path.clone(), message }));
        trouble.comments.extend(parsed.comments.iter().cloned());
        project.documents.extend_from_slice(&parsed.documents);
        if !parsed.facts.is_empty() {
            facts.merge(&parsed.facts);
            first.push(parsed.facts.clone());
        }
        match &parsed.tree {
            Some(tree) if matches!(**tree, Tree::Hcl(_)) => bodies.push((id, tree.clone())),
            Some(tree) => unresolved.push((id, tree.clone())),
            None => {}
        }
    }
    observe(Phase::Link);
    let all: Vec<Arc<Facts>> = first.iter().chain(&project.documents).cloned().collect();
    let mut asked = memory.linked.builds(&all, sources);
    let asked_in_documents = asked.split_off(first.len());
    project.builds = asked.iter().flat_map(|builds| builds.iter().cloned()).collect();
    project.files = memory.linked.with_set_aside(&project);
    let given = link::given_variables(&first, sources);
    let mut parts: Vec<Part> =
        first.into_iter().zip(asked).map(|(facts, builds)| Part::File { facts, builds }).collect();
    // Second reading: Dockerfiles with the arguments of their builds, Terraform modules with their callers.
    let counted: Vec<Arc<Build>> = project.counted_builds().cloned().collect();
    let read = memory.dockerfiles(&unresolved, &link::overridden(&counted), sources);
    let mut by_file = by_dockerfile(&counted);
    let mut dockerfiles: Vec<Used> = Vec::new();
    for ((id, ..), read) in unresolved.iter().zip(&read) {
        let (of_file, problems) = &**read;
        trouble.problems.extend(problems.iter().map(|problem| (*id, problem.clone())));
        facts.merge(of_file);
        parts.push(Part::File { facts: of_file.clone(), builds: Arc::default() });
        let builds = by_file.remove(id).unwrap_or_default();
        dockerfiles.push(Used { source: *id, facts: of_file.clone(), builds });
    }
    for module in memory.modules(&bodies, given, sources) {
        let (of_module, problems) = &*module;
        trouble.problems.extend(problems.iter().map(|problem| (problem.span.source, problem.clone())));
        facts.merge(of_module);
        parts.push(Part::File { facts: of_module.clone(), builds: Arc::default() });
    }
    memory.linked.open(&mut facts.workloads);
    project.documents = memory.linked.open_documents(&project.documents, &facts.workloads);
    let documents = project.documents.iter().cloned().zip(asked_in_documents);
    parts.extend(documents.map(|(facts, builds)| Part::Document { facts, builds }));
    project.facts = Arc::new(facts);
    parts.extend(project.workloads.iter().cloned().map(Part::Workload));
    memory.linked.settle_lists(sources, link::submits(&project.commands));
    memory.linked.forgive(&mut project);
    let copies = memory.linked.copies(&dockerfiles, sources);
    for (Used { facts, builds, .. }, copies) in dockerfiles.into_iter().zip(copies) {
        project.missing_sources.extend_from_slice(&copies.missing);
        project.wide_copies.extend_from_slice(&copies.wide);
        project.manifest_files.extend_from_slice(&copies.installs);
        project.missing_starts.extend_from_slice(&copies.starts);
        project.script_uses.extend_from_slice(&copies.scripts);
        parts.push(Part::Image { facts, builds, copies });
    }
    project.given_substitutions = link::given_substitutions(&project, sources);
    (project, parts, trouble)
}

/// Whether facts tell which Compose files are deployed.
fn concerns_compose(facts: &Facts) -> bool {
    !facts.compose_files.is_empty() || !facts.compose_calls.is_empty()
}

/// The environment that the configuration sets for a path.
fn configured_environment(config: &Config, path: &str) -> Option<Environment> {
    if config.cascade.is_empty() {
        return None;
    }
    config.cascade.view(path).environment().map(|(environment, _)| environment)
}

/// Problems, notes and comments of all sources.
#[derive(Default)]
pub(super) struct Trouble {
    pub(super) problems: Vec<(SourceId, Problem)>,
    pub(super) notes: Vec<Note>,
    pub(super) comments: Vec<Comment>,
}
