//! From sources to the project: parse, read, link.

use super::judge::Governed;
use super::memory::Memory;
use super::{Config, Note, Phase};
use crate::link;
use crate::model::{Comment, Environment, FileFacts, Project};
use crate::read::surface::Tree;
use crate::source::{PerSource, Sources};
use crate::span::SourceId;
use crate::syntax::Problem;
use std::sync::Arc;

/// Parses, reads and links.
pub(super) fn understand(
    sources: &Sources,
    config: &Config,
    memory: &mut Memory,
    observe: &dyn Fn(Phase),
) -> (Project, Trouble) {
    observe(Phase::Parse);
    let parsed = memory.parse(sources);
    let governed = Governed::new(config, sources);
    let mut trouble = Trouble::default();
    let mut project = Project {
        files: PerSource::of(sources, |id, source| FileFacts {
            path: source.path.clone(),
            surface: parsed[id].surface,
            environment: said_environment(&governed, id).unwrap_or_else(|| Environment::of_path(&source.path)),
        }),
        tree: sources.tree.clone(),
        ..Project::default()
    };
    let mut bodies: Vec<(SourceId, Arc<Tree>)> = Vec::new();
    let mut unresolved: Vec<(SourceId, Arc<Tree>)> = Vec::new();
    for (id, source) in sources.iter() {
        let parsed = &parsed[id];
        trouble.problems.extend(parsed.problems.iter().map(|problem| (id, problem.clone())));
        trouble.notes.extend(parsed.note.clone().map(|message| Note { path: source.path.clone(), message }));
        trouble.comments.extend(parsed.comments.iter().cloned());
        project.facts.merge(&parsed.facts);
        match &parsed.tree {
            Some(tree) if matches!(**tree, Tree::Hcl(_)) => bodies.push((id, tree.clone())),
            Some(tree) => unresolved.push((id, tree.clone())),
            None => {}
        }
    }
    observe(Phase::Link);
    project.builds = link::builds(&project.facts.commands, &project.facts.pipelines, sources);
    // Second reading: Dockerfiles with the arguments of their builds, Terraform modules with their callers.
    let read = memory.dockerfiles(&unresolved, &link::overridden(&project.builds));
    for ((id, ..), read) in unresolved.iter().zip(&read) {
        let (facts, problems) = &**read;
        trouble.problems.extend(problems.iter().map(|problem| (*id, problem.clone())));
        project.facts.merge(facts);
    }
    for facts in memory.modules(&bodies, sources) {
        project.facts.merge(&facts);
    }
    link::settle_owners(&mut project.facts.workloads);
    let ignored = link::IgnoreFiles::read(sources);
    let is_submitted = link::submits(&project.commands);
    project.missing_sources =
        link::missing_sources(&project.dockerfiles, &project.builds, &ignored, sources, is_submitted);
    project.wide_copies = link::wide_copies(&project.dockerfiles, &project.builds, &ignored, sources);
    project.given_substitutions = link::given_substitutions(&project, sources);
    (project, trouble)
}

/// The environment that the configuration sets for a source.
fn said_environment(governed: &Governed<'_>, id: SourceId) -> Option<Environment> {
    if governed.config.cascade.is_empty() {
        return None;
    }
    governed.view(id).environment().map(|(environment, _)| environment)
}

/// Problems, notes and comments of all sources.
#[derive(Default)]
pub(super) struct Trouble {
    pub(super) problems: Vec<(SourceId, Problem)>,
    pub(super) notes: Vec<Note>,
    pub(super) comments: Vec<Comment>,
}
