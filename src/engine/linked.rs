//! Linked results that are kept between runs.

use super::part::{are_same, is_same};
use crate::config::Cascade;
use crate::link::{self, Contexts, Copies, Deployed, IgnoreFiles};
use crate::model::{Build, BuildFile, Environment, Facts, FileFacts, Project, Surface, Workload};
use crate::source::{Notation, PerSource, Sources, Tree};
use crate::span::SourceId;
use std::collections::HashMap;
use std::sync::Arc;

/// The linked results of the previous run. Some are found by the pointer of their facts; the facts are kept with them, so
/// that no other facts can get the same pointer.
#[derive(Debug, Clone, Default)]
pub(super) struct Linked {
    files: Arc<PerSource<FileFacts>>,
    shape: Shape,
    /// Whether paths have changed since the last run.
    is_reshaped: bool,
    /// The environments of the last run that differ from what paths say: they decide where rules speak.
    aside: Vec<SourceId>,
    is_repurposed: bool,
    deployed: Deployed,
    cascade: Cascade,
    builds: HashMap<usize, Requested>,
    ignored: Arc<IgnoreFiles>,
    lists: Vec<(SourceId, Arc<str>)>,
    is_submitted: bool,
    copies: HashMap<SourceId, LookedUp>,
    opened: HashMap<usize, (Arc<Workload>, Arc<Workload>)>,
    /// By the pointer of the facts of a document.
    documents: HashMap<usize, Opened>,
}

/// The builds that a file requests.
#[derive(Debug, Clone)]
struct Requested {
    facts: Arc<Facts>,
    builds: Arc<[Arc<Build>]>,
}

/// A document that deploys something which the deployment has as well.
#[derive(Debug, Clone)]
struct Opened {
    facts: Arc<Facts>,
    /// The indices of the workloads that are described elsewhere.
    shared: Vec<usize>,
    /// The facts with these workloads left open.
    opened: Arc<Facts>,
}

/// The copies of a Dockerfile, with the inputs of the lookup.
#[derive(Debug, Clone)]
struct LookedUp {
    facts: Arc<Facts>,
    builds: Vec<Arc<Build>>,
    copies: Arc<Copies>,
}

/// The paths and notations of the sources, and the paths of the checkout. Together with ignore lists, they decide the
/// results of looking up builds and copies.
#[derive(Debug, Clone, Default)]
struct Shape {
    sources: Vec<(SourceId, Arc<str>, Notation)>,
    tree: Tree,
}

impl Shape {
    fn is_of(&self, sources: &Sources) -> bool {
        self.tree.is_same(&sources.tree)
            && self.sources.len() == sources.count()
            && self.sources.iter().zip(sources.iter()).all(|((id, path, notation), (other, source))| {
                *id == other && *notation == source.notation && is_same(path, &source.path)
            })
    }
}

impl Linked {
    /// The facts about every source as a whole; `make` computes them if paths, surfaces or the configuration have
    /// changed.
    pub(super) fn files(
        &mut self,
        sources: &Sources,
        cascade: &Cascade,
        deployed: &Deployed,
        surface: impl Fn(SourceId) -> Option<crate::model::Surface>,
        make: impl Fn(SourceId) -> FileFacts,
    ) -> Arc<PerSource<FileFacts>> {
        let has_shape = self.shape.is_of(sources);
        if !has_shape {
            let notations = sources.iter().map(|(id, source)| (id, source.path.clone(), source.notation));
            self.shape = Shape { sources: notations.collect(), tree: sources.tree.clone() };
        }
        self.is_reshaped = !has_shape;
        let is_same = has_shape
            && self.cascade.is_same(cascade)
            && self.deployed == *deployed
            && sources.iter().all(|(id, _)| self.files[id].surface == surface(id));
        if !is_same {
            self.files = Arc::new(PerSource::of(sources, |id, _| make(id)));
            self.cascade = cascade.clone();
        }
        self.is_repurposed = self.deployed != *deployed;
        if self.is_repurposed {
            self.deployed.clone_from(deployed);
        }
        self.files.clone()
    }

    /// The facts about every source as a whole, with Dockerfiles for development marked as such.
    pub(super) fn with_set_aside(&mut self, project: &Project) -> Arc<PerSource<FileFacts>> {
        let mut aside = project.development_dockerfiles();
        aside.retain(|id| project.file(*id).evidence.is_none());
        self.is_repurposed |= aside != self.aside;
        self.aside = aside;
        let mut files = project.files.clone();
        if !self.aside.is_empty() {
            let files = Arc::make_mut(&mut files);
            for id in &self.aside {
                let Some(file) = files.slot(*id) else { continue };
                file.environment = Environment::Development;
                file.evidence = Some("only compose files for development build it".to_owned());
            }
        }
        files
    }

    /// Whether files of the last run are now for another environment.
    pub(super) fn has_new_purposes(&self) -> bool {
        self.is_repurposed
    }

    /// Takes builds for undecided whose Dockerfile may be somewhere else: git ignores that of a Compose file, so that it is made
    /// or cloned on the machine; or a script submits a folder that has a file of this name.
    pub(super) fn forgive(&self, project: &mut Project) {
        let tree = project.tree.clone();
        let is_elsewhere = |path: &str| {
            let name = format!("/{}", path.rsplit('/').next().unwrap_or(path));
            tree.files().any(|file| file.ends_with(&name))
        };
        let is_submitted = self.is_submitted;
        for build in &mut project.builds {
            let BuildFile::Missing(path) = &build.file else { continue };
            let surface = project.files[build.span.source].surface;
            let is_made = surface == Some(Surface::Compose) && self.ignored.may_ignore(path);
            let is_moved = surface == Some(Surface::CloudBuild) && is_submitted && is_elsewhere(path);
            if is_made || is_moved {
                Arc::make_mut(build).file = BuildFile::Unknown;
            }
        }
    }

    /// Whether the last call of `files` found other paths than the one before.
    pub(super) fn has_new_paths(&self) -> bool {
        self.is_reshaped
    }

    /// The builds that each file requests.
    pub(super) fn builds(&mut self, facts: &[Arc<Facts>], sources: &Sources) -> Vec<Arc<[Arc<Build>]>> {
        let none: Arc<[Arc<Build>]> = Arc::default();
        let mut known = std::mem::take(&mut self.builds);
        facts
            .iter()
            .map(|facts| {
                if facts.commands.is_empty() && facts.compose_files.is_empty() {
                    return none.clone();
                }
                let address = Arc::as_ptr(facts) as usize;
                let kept = known.remove(&address).filter(|asked| Arc::ptr_eq(&asked.facts, facts));
                let asked = match kept {
                    Some(asked) if !self.is_reshaped => asked,
                    // New paths can change only the Dockerfile and the context of a build.
                    Some(asked) => {
                        let found = link::builds(facts, sources);
                        let is_same = |(a, b): (&Arc<Build>, &Arc<Build>)| a.file == b.file && a.context == b.context;
                        let are_same =
                            found.len() == asked.builds.len() && found.iter().zip(&*asked.builds).all(is_same);
                        if are_same { asked } else { Requested { builds: found.into(), ..asked } }
                    }
                    None => Requested { facts: facts.clone(), builds: link::builds(facts, sources).into() },
                };
                let builds = asked.builds.clone();
                self.builds.insert(address, asked);
                builds
            })
            .collect()
    }

    /// Prepares the lookup of copies: known results are dropped if ignore lists have changed.
    pub(super) fn settle_lists(&mut self, sources: &Sources, is_submitted: bool) {
        let lists = sources.iter().filter(|(_, source)| source.notation == Notation::Ignore);
        let lists: Vec<(SourceId, Arc<str>)> = lists.map(|(id, source)| (id, source.text.clone())).collect();
        let is_same = self.is_submitted == is_submitted
            && self.lists.len() == lists.len()
            && self.lists.iter().zip(&lists).all(|(a, b)| a.0 == b.0 && is_same(&a.1, &b.1));
        if !is_same {
            self.copies.clear();
            self.ignored = Arc::new(IgnoreFiles::read(sources));
            self.is_submitted = is_submitted;
            self.lists = lists;
        }
    }

    /// Looks up the copies of each Dockerfile.
    pub(super) fn copies(&mut self, dockerfiles: &[Used], sources: &Sources) -> Vec<Arc<Copies>> {
        let ignored = self.ignored.clone();
        let contexts = Contexts::new(&ignored, sources, self.is_submitted);
        let mut known = std::mem::take(&mut self.copies);
        dockerfiles
            .iter()
            .map(|Used { source: id, facts, builds }| {
                let kept =
                    known.remove(id).filter(|kept| Arc::ptr_eq(&kept.facts, facts) && are_same(&kept.builds, builds));
                let found = match kept {
                    Some(kept) if !self.is_reshaped => kept,
                    kept => {
                        let copies = facts.dockerfiles.first().map(|file| contexts.copies(facts, file, builds));
                        let copies = copies.unwrap_or_default();
                        let kept = kept.map(|kept| kept.copies).filter(|kept| **kept == copies);
                        let copies = kept.unwrap_or_else(|| Arc::new(copies));
                        LookedUp { facts: facts.clone(), builds: builds.clone(), copies }
                    }
                };
                let copies = found.copies.clone();
                self.copies.insert(*id, found);
                copies
            })
            .collect()
    }

    /// The facts of documents, with the settings that their commands leave out Unknown, if the deployment has the same
    /// workload.
    pub(super) fn open_documents(&mut self, documents: &[Arc<Facts>], deployed: &[Arc<Workload>]) -> Vec<Arc<Facts>> {
        let mut known = std::mem::take(&mut self.documents);
        let names = link::names_of(deployed);
        let opened = documents.iter().map(|facts| {
            let shared = link::named(&facts.workloads, &names);
            if shared.is_empty() {
                return facts.clone();
            }
            let address = Arc::as_ptr(facts) as usize;
            let is_same = |kept: &Opened| Arc::ptr_eq(&kept.facts, facts) && kept.shared == shared;
            let kept = known.remove(&address).filter(is_same).unwrap_or_else(|| {
                let mut opened = (**facts).clone();
                for index in &shared {
                    opened.workloads[*index] = Arc::new(link::left_open(&opened.workloads[*index]));
                }
                Opened { facts: facts.clone(), shared, opened: Arc::new(opened) }
            });
            let result = kept.opened.clone();
            self.documents.insert(address, kept);
            result
        });
        opened.collect()
    }

    /// Makes the settings that deploy commands leave out Unknown, if another file describes the same service, or another
    /// command sets them.
    pub(super) fn open(&mut self, workloads: &mut [Arc<Workload>]) {
        let mut known = std::mem::take(&mut self.opened);
        let described = link::described_elsewhere(workloads);
        let completed = link::completed(workloads).into_iter().filter(|(index, _)| !described.contains(index));
        let whole = completed.filter_map(|(index, others)| {
            let others = others.iter().map(|other| &*workloads[*other]);
            Some((index, link::completed_by(&workloads[index], others)?))
        });
        for (index, workload) in whole.collect::<Vec<_>>() {
            workloads[index] = Arc::new(workload);
        }
        for index in described {
            let workload = &mut workloads[index];
            let address = Arc::as_ptr(workload) as usize;
            let kept =
                known.remove(&address).unwrap_or_else(|| (workload.clone(), Arc::new(link::left_open(workload))));
            *workload = kept.1.clone();
            self.opened.insert(address, kept);
        }
    }
}

/// A Dockerfile with the builds that use it.
pub(super) struct Used {
    pub(super) source: SourceId,
    pub(super) facts: Arc<Facts>,
    pub(super) builds: Vec<Arc<Build>>,
}

/// The builds that use each Dockerfile.
pub(super) fn by_dockerfile(builds: &[Arc<Build>]) -> HashMap<SourceId, Vec<Arc<Build>>> {
    let mut by_file: HashMap<SourceId, Vec<Arc<Build>>> = HashMap::new();
    for build in builds {
        if let BuildFile::Found(file) = build.file {
            by_file.entry(file).or_default().push(build.clone());
        }
    }
    by_file
}
