//! Results that are kept between runs over nearly the same sources, so that an edit costs only what it changes.
//!
//! Every result is kept with all its inputs, and is reused only if they are unchanged. A run with a memory therefore
//! gives the same report as a run without one.

use super::found::Found;
use super::linked::Linked;
use super::part::is_same;
use super::{Failure, guarded};
use crate::link::Given;
use crate::model::{Definition, Facts, Surface};
use crate::read;
use crate::read::runner::Passed;
use crate::read::surface::{Parsed, Tree, parse};
use crate::read::terraform::{self, Callers};
use crate::source::{Notation, PerSource, Source, Sources};
use crate::span::SourceId;
use crate::suppress::fingerprint::Places;
use crate::syntax::Problem;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// The results of the previous run. An empty memory fits any sources.
#[derive(Debug, Clone)]
pub struct Memory {
    pub(super) parsed: PerSource<Kept>,
    dockerfiles: PerSource<Resolved>,
    modules: HashMap<String, Module>,
    /// The last run over all modules.
    all: Option<All>,
    /// Linked results.
    pub(super) linked: Linked,
    /// Findings.
    pub(super) found: Found,
    /// Places in files, for fingerprints.
    pub(super) places: Places,
    /// What has failed in this run or in one whose results are kept.
    pub(super) failures: BTreeSet<Failure>,
    /// Whether another run will follow; otherwise findings are not kept.
    pub(super) is_used_again: bool,
}

/// The inputs of a run over all modules, and the facts in the order of the folders, each with its problems.
#[derive(Debug, Clone)]
struct All {
    trees: Vec<Arc<Tree>>,
    paths: crate::source::Tree,
    given: Given,
    made: Vec<Arc<Made>>,
}

/// A parsed source, with its inputs.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    path: Arc<str>,
    text: Arc<str>,
    notation: Notation,
    damage: Option<Range<u32>>,
    /// The variables of task runners that calls in any source set, for a file of a task runner.
    given: Passed,
    /// Those that its own calls set, as it is read by itself.
    passed: Passed,
    pub(super) parsed: Parsed,
}

impl Kept {
    fn is_of(&self, source: &Source) -> bool {
        is_same(&self.text, &source.text)
            && is_same(&self.path, &source.path)
            && self.notation == source.notation
            && self.damage == source.damage
    }
}

/// The facts and problems of a Dockerfile or a Terraform module.
pub(super) type Made = (Arc<Facts>, Vec<Problem>);

/// A Dockerfile that was read with the arguments that its builds set.
#[derive(Debug, Clone)]
struct Resolved {
    tree: Arc<Tree>,
    set: Vec<String>,
    read: Arc<Made>,
}

/// A module, with its inputs.
#[derive(Debug, Clone)]
struct Module {
    trees: Vec<(SourceId, Arc<Tree>, bool)>,
    callers: Callers,
    around: terraform::Around,
    made: Arc<Made>,
}

/// A Terraform folder of this run; `module` is `None` until it is read.
struct Folder<'a> {
    path: &'a str,
    files: &'a [terraform::File<'a>],
    around: terraform::Around,
    module: Option<Module>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { is_used_again: true, ..Self::for_one_run() }
    }
}

impl Memory {
    /// A memory for a single run: it keeps no findings.
    pub(super) fn for_one_run() -> Self {
        Self {
            parsed: PerSource::default(),
            dockerfiles: PerSource::default(),
            modules: HashMap::new(),
            all: None,
            linked: Linked::default(),
            found: Found::default(),
            places: Places::default(),
            failures: BTreeSet::new(),
            is_used_again: false,
        }
    }

    /// The definition of a Terraform name (`var.x`, `local.x`, `module.x`, `type.name`) in a folder, as of the last
    /// run.
    pub fn look_up(&self, sources: &Sources, folder: &str, name: &str) -> Option<Definition> {
        let module = self.modules.get(folder)?;
        let files: Vec<terraform::File<'_>> = module
            .trees
            .iter()
            .filter_map(|(id, tree, is_values)| {
                let Tree::Hcl(body) = &**tree else { return None };
                let path = &sources.get(*id).path;
                Some(terraform::File { source: *id, path, body, is_values: *is_values })
            })
            .collect();
        let parts: Vec<&str> = name.split('.').collect();
        let is_library = module.made.0.modules.iter().any(|module| module.is_library);
        terraform::look_up(folder, &files, &module.callers, is_library, &parts)
    }

    /// Parses the sources that have changed.
    pub(super) fn parse(&mut self, sources: &Sources) {
        self.parse_with(sources, &|id, source| parse(id, source, &Passed::default()));
        self.parse_called(sources);
    }

    /// Reads files of task runners again if calls in other files set variables of them, or no longer do.
    fn parse_called(&mut self, sources: &Sources) {
        let mut given = Passed::default();
        sources.iter().for_each(|(id, _)| given.extend(&self.parsed[id].passed));
        for (id, source) in sources.iter() {
            let kept = &self.parsed[id];
            if kept.parsed.surface != Some(Surface::TaskRunner) || kept.given == given {
                continue;
            }
            let (parsed, failure) = or_nothing(|| reading(&source.path), || parse(id, source, &given));
            self.failures.extend(failure);
            if let Some(kept) = self.parsed.slot(id) {
                (kept.parsed, kept.given) = (parsed, given.clone());
            }
        }
    }

    fn parse_with(&mut self, sources: &Sources, parse: &(dyn Fn(SourceId, &Source) -> Parsed + Sync)) {
        self.parsed.retain_of(sources);
        let is_new = |(id, source): &(SourceId, &Source)| self.parsed.get(*id).is_none_or(|kept| !kept.is_of(source));
        let changed: Vec<(SourceId, &Source)> = sources.iter().filter(is_new).collect();
        let parsed: Vec<(SourceId, Kept, Option<Failure>)> = changed
            .into_par_iter()
            .map(|(id, source)| {
                let (parsed, failure) = or_nothing(|| reading(&source.path), || parse(id, source));
                let kept = Kept {
                    path: source.path.clone(),
                    text: source.text.clone(),
                    notation: source.notation,
                    damage: source.damage.clone(),
                    given: Passed::default(),
                    passed: parsed.passed.clone(),
                    parsed,
                };
                (id, kept, failure)
            })
            .collect();
        for (id, kept, failure) in parsed {
            *self.parsed.slot(id) = Some(kept);
            self.failures.extend(failure);
        }
    }

    /// Reads Dockerfiles with the arguments that builds set; `set` has their names.
    pub(super) fn dockerfiles(
        &mut self,
        files: &[(SourceId, Arc<Tree>)],
        set: &HashMap<SourceId, Vec<String>>,
        sources: &Sources,
    ) -> Vec<Arc<Made>> {
        self.dockerfiles.retain_of(sources);
        let none = Vec::new();
        let set = |id: &SourceId| set.get(id).unwrap_or(&none);
        let is_new = |(id, tree): &&(SourceId, Arc<Tree>)| {
            let kept = self.dockerfiles.get(*id);
            kept.is_none_or(|kept| !Arc::ptr_eq(&kept.tree, tree) || kept.set != *set(id))
        };
        let changed: Vec<&(SourceId, Arc<Tree>)> = files.iter().filter(is_new).collect();
        let read: Vec<(SourceId, Resolved, Option<Failure>)> = changed
            .into_par_iter()
            .map(|(id, tree)| {
                let make = || match &**tree {
                    Tree::Dockerfile(file, is_complete) => {
                        let (mut facts, problems) = read::dockerfile::read(*id, file, *is_complete, set(id));
                        read::command::interpret(&mut facts);
                        Arc::new((Arc::new(facts), problems))
                    }
                    Tree::Hcl(_) => Arc::default(),
                };
                let (made, failure) = or_nothing(|| reading(&sources.get(*id).path), make);
                (*id, Resolved { tree: tree.clone(), set: set(id).clone(), read: made }, failure)
            })
            .collect();
        for (id, resolved, failure) in read {
            *self.dockerfiles.slot(id) = Some(resolved);
            self.failures.extend(failure);
        }
        files.iter().map(|(id, _)| self.dockerfiles[*id].read.clone()).collect()
    }

    /// Reads Terraform modules, in the order of their folders.
    pub(super) fn modules(
        &mut self,
        bodies: &[(SourceId, Arc<Tree>)],
        given: Given,
        sources: &Sources,
    ) -> Vec<Arc<Made>> {
        let is_same = |All { trees, paths, given: before, .. }: &&All| {
            *before == given
                && trees.len() == bodies.len()
                && trees.iter().zip(bodies).all(|(kept, (_, tree))| Arc::ptr_eq(kept, tree))
                && paths.is_same(&sources.tree)
        };
        if let Some(all) = self.all.as_ref().filter(is_same) {
            return all.made.clone();
        }
        let trees: HashMap<SourceId, &Arc<Tree>> = bodies.iter().map(|(id, tree)| (*id, tree)).collect();
        let files = bodies.iter().filter_map(|(id, tree)| {
            let Tree::Hcl(body) = &**tree else { return None };
            let source = sources.get(*id);
            let is_values = source.notation == Notation::TerraformVars || source.path.ends_with(".tfvars.json");
            Some(terraform::File { source: *id, path: &source.path, body, is_values })
        });
        let folders: BTreeMap<String, Vec<terraform::File<'_>>> = terraform::by_folder(files);
        let mut callers = terraform::callers(&folders);
        for folder in folders.keys() {
            let here = given.folders.get(folder).into_iter().flatten().chain(&given.anywhere).cloned();
            let mut here = here.peekable();
            if here.peek().is_some() {
                callers.entry(folder.clone()).or_default().passed.extend(here);
            }
        }
        let nobody = Callers::default();
        let folders: Vec<_> = folders.iter().filter(|(_, files)| files.iter().any(|file| !file.is_values)).collect();
        let has_same_paths = self.all.as_ref().is_some_and(|all| all.paths.is_same(&sources.tree));
        let mut known = std::mem::take(&mut self.modules);
        let mut read: Vec<Folder<'_>> = folders
            .into_iter()
            .map(|(folder, files)| {
                let kept = known.remove(folder);
                let around = match &kept {
                    Some(kept) if has_same_paths => kept.around,
                    _ => terraform::Around::of(folder, &sources.tree),
                };
                let is_same = |kept: &Module| {
                    let are_files = kept.trees.len() == files.len()
                        && kept.trees.iter().zip(files).all(|((id, tree, is_values), file)| {
                            *id == file.source && Arc::ptr_eq(tree, trees[id]) && *is_values == file.is_values
                        });
                    are_files && kept.callers == *callers.get(folder).unwrap_or(&nobody) && kept.around == around
                };
                let kept = kept.filter(is_same);
                Folder { path: folder, files, around, module: kept }
            })
            .collect();
        let new = read.par_iter_mut().filter(|folder| folder.module.is_none());
        let failures: Vec<Failure> = new
            .filter_map(|folder| {
                let Folder { path, files, around, .. } = *folder;
                let callers = callers.get(path).unwrap_or(&nobody);
                let named = || reading(files.first().map_or(path, |file| file.path));
                let ((facts, problems), failure) = or_nothing(named, || terraform::read(path, files, callers, around));
                let made = Arc::new((Arc::new(facts), problems));
                let of = |file: &terraform::File<'_>| (file.source, trees[&file.source].clone(), file.is_values);
                let trees = files.iter().map(of).collect();
                folder.module = Some(Module { trees, callers: callers.clone(), around, made });
                failure
            })
            .collect();
        self.failures.extend(failures);
        let read: Vec<(String, Module)> =
            read.into_iter().filter_map(|folder| Some((folder.path.to_owned(), folder.module?))).collect();
        let made: Vec<_> = read.iter().map(|(_, module)| module.made.clone()).collect();
        self.modules = read.into_iter().collect();
        let trees = bodies.iter().map(|(_, tree)| tree.clone()).collect();
        self.all = Some(All { trees, paths: sources.tree.clone(), given, made: made.clone() });
        made
    }
}

/// What fails if a file can't be read because of a bug.
fn reading(path: &str) -> String {
    format!("reading `{path}`")
}

/// The result of an action, or nothing and the failure.
fn or_nothing<T: Default>(what: impl FnOnce() -> String, action: impl FnOnce() -> T) -> (T, Option<Failure>) {
    match guarded(what, action) {
        Ok(value) => (value, None),
        Err(failure) => (T::default(), Some(failure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_on_which_a_reader_panics_is_named_and_the_others_are_read() {
        let sources = Sources::from_texts([("a/Dockerfile", "FROM a"), ("b/Dockerfile", "FROM b")]);
        let mut memory = Memory::for_one_run();
        memory.parse_with(&sources, &|id, source| {
            assert!(!source.path.starts_with("a/"), "a bug");
            parse(id, source, &Passed::default())
        });
        let failed: Vec<&str> = memory.failures.iter().map(|failure| failure.what.as_str()).collect();
        assert_eq!(failed, ["reading `a/Dockerfile`"]);
        let is_read = |path| memory.parsed[sources.find(path).expect("it was given")].parsed.tree.is_some();
        assert!(!is_read("a/Dockerfile") && is_read("b/Dockerfile"));
    }
}
