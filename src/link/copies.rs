//! Resolves the sources of `COPY` against the build context, the ignore lists and the checkout.

use super::builds::may_be_submodule;
use super::installs::Finder;
use crate::known::docker;
use crate::model::{
    Build, Copied, Copy, Dockerfile, Facts, MissingSource, MissingStart, ResolvedInstall, ScriptUse, Text, WideCopy,
    file_holds_secrets,
};
use crate::source::{Fragment, HOLE, Notation, Presence, Sources, Tree, folder_of, join};
use crate::span::Span;
use crate::syntax::ignorefile::{Dialect, IgnoreList, Verdict};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The ignore lists of a run, by path, so that every run finds them in the same order.
#[derive(Debug, Default)]
pub(crate) struct IgnoreFiles(BTreeMap<String, IgnoreList>);

impl IgnoreFiles {
    pub(crate) fn read(sources: &Sources) -> Self {
        let mut lists = BTreeMap::new();
        for (id, source) in sources.iter().filter(|(_, source)| source.notation == Notation::Ignore) {
            let list = IgnoreList::parse(&Fragment::whole(id, source), Dialect::of(&source.path));
            lists.insert(source.path.to_string(), list);
        }
        Self(lists)
    }

    /// The list that filters the context of a build: that of the Dockerfile, otherwise that of the context.
    fn of_context(&self, dockerfile: &str, context: &str) -> Option<(String, &IgnoreList)> {
        let own = format!("{dockerfile}.dockerignore");
        let shared = join(context, ".dockerignore")?;
        [own, shared].into_iter().find_map(|path| self.0.get(&path).map(|list| (path.clone(), list)))
    }

    /// Whether a context is filtered at all.
    pub(crate) fn has(&self, dockerfile: &str, context: &str) -> bool {
        self.of_context(dockerfile, context).is_some()
    }

    /// Whether a path of a context is certainly part of the build.
    pub(crate) fn lets_in(&self, dockerfile: &str, context: &str, path: &str) -> bool {
        self.of_context(dockerfile, context).is_none_or(|(_, list)| list.verdict(path) == Verdict::Kept)
    }

    /// The `.gitignore` files above a path: the name of each, its patterns, and the path from its folder.
    fn git_lists<'p>(&self, path: &'p str) -> impl Iterator<Item = (&String, &IgnoreList, &'p str)> {
        // The nearest one first: paths below a folder come behind those of the folder itself.
        let lists = self.0.iter().rev().filter(|(list, _)| list.ends_with(".gitignore"));
        lists.filter_map(move |(list, patterns)| {
            let folder = folder_of(list);
            let inner = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
            Some((list, patterns, inner))
        })
    }

    /// What the ignore list of a build says about a file of its context, and the name of the list.
    pub(super) fn in_context(&self, dockerfile: &str, context: &str, file: &str) -> Option<(Verdict, String)> {
        let (name, list) = self.of_context(dockerfile, context)?;
        let prefix = if context.is_empty() { 0 } else { context.len() + 1 };
        Some((list.verdict(file.get(prefix..)?), name))
    }

    /// What the `.gitignore` files say about a path, and the name of the one that excludes it.
    pub(super) fn git(&self, path: &str) -> (Verdict, String) {
        let mut verdict = (Verdict::Kept, String::new());
        for (list, patterns, inner) in self.git_lists(path) {
            match patterns.verdict(inner) {
                Verdict::Excluded(span) => return (Verdict::Excluded(span), list.clone()),
                Verdict::Unknown => verdict.0 = Verdict::Unknown,
                Verdict::Kept => {}
            }
        }
        verdict
    }

    /// Whether a `.gitignore` has a pattern for something in a folder that the checkout does not have: it is made on
    /// the way, or only files that git ignores are in it.
    fn hides_below(&self, path: &str) -> bool {
        self.git_lists(path).any(|(_, patterns, inner)| patterns.names_below(inner))
    }

    /// Whether git may ignore a path that is not in the checkout.
    pub(crate) fn may_ignore(&self, path: &str) -> bool {
        self.hides_below(path) || self.git(path).0 != Verdict::Kept
    }

    pub(super) fn gcloud(&self, path: &str) -> Option<(Span, String)> {
        match self.0.get(".gcloudignore")?.verdict(path) {
            Verdict::Excluded(span) => Some((span, ".gcloudignore".to_owned())),
            Verdict::Kept | Verdict::Unknown => None,
        }
    }
}

/// Whether a file is a source of a compiled program.
fn is_compiled(file: &str) -> bool {
    let names = ["go.mod", "Cargo.toml", "CMakeLists.txt", "Makefile", "main.go", "BUILD.bazel"];
    names.contains(&file.rsplit('/').next().unwrap_or(file)) || file.ends_with(".go")
}

/// The results of looking up the `COPY` and `ADD` sources of a Dockerfile in its build contexts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Copies {
    /// The sources of `COPY` and `ADD` that their builds can't find.
    pub(crate) missing: Vec<MissingSource>,
    /// Every `COPY` or `ADD` of a whole context.
    pub(crate) wide: Vec<WideCopy>,
    /// The commands that install what a manifest lists.
    pub(crate) installs: Vec<ResolvedInstall>,
    /// The scripts of a `package.json` that it runs.
    pub(crate) scripts: Vec<ScriptUse>,
    /// The files that its stages start with and don't have.
    pub(crate) starts: Vec<MissingStart>,
}

/// Looks up sources of copies in build contexts. Results depend on the paths of the checkout and on ignore lists, not on
/// other texts.
pub(crate) struct Contexts<'a> {
    ignored: &'a IgnoreFiles,
    sources: &'a Sources,
    /// Whether any command submits the checkout to Cloud Build, which leaves out the files in `.gcloudignore`.
    is_submitted: bool,
    /// The answers of [`Looks::is_elsewhere`] so far.
    elsewhere: RefCell<HashMap<String, bool>>,
    /// The files by the parts of their paths: names of folders and of the file.
    parts: OnceCell<HashMap<Box<str>, Vec<Arc<str>>>>,
    /// Whether the checkout has sources of compiled programs.
    compiles: OnceCell<bool>,
    /// The files whose names suggest secrets.
    secrets: OnceCell<Tree>,
}

impl<'a> Contexts<'a> {
    pub(crate) fn new(ignored: &'a IgnoreFiles, sources: &'a Sources, is_submitted: bool) -> Self {
        let (elsewhere, parts, compiles, secrets) = Default::default();
        Self { ignored, sources, is_submitted, elsewhere, parts, compiles, secrets }
    }

    /// The files with this name, or in a folder of this name.
    fn files_with(&self, part: &str) -> &[Arc<str>] {
        let parts = self.parts.get_or_init(|| {
            let mut parts: HashMap<Box<str>, Vec<Arc<str>>> = HashMap::new();
            for file in self.sources.tree.files().map(Arc::<str>::from) {
                for part in file.split('/') {
                    match parts.get_mut(part) {
                        Some(files) => files.push(file.clone()),
                        None => drop(parts.insert(part.into(), vec![file.clone()])),
                    }
                }
            }
            parts
        });
        parts.get(part).map_or(&[], Vec::as_slice)
    }

    /// The copies of a Dockerfile with these builds.
    pub(crate) fn copies(&self, facts: &Facts, file: &Dockerfile, builds: &[Arc<Build>]) -> Copies {
        let path = self.sources.get(file.source).path.to_string();
        let contexts = contexts(&path, builds, &|folder| self.holds_sources(file, folder));
        let missing = contexts.as_ref().map(|contexts| self.missing(file, &path, contexts)).unwrap_or_default();
        let (folders, is_settled) = folders_of(&path, builds, contexts.as_deref());
        let (tree, ignored, is_submitted) = (&self.sources.tree, self.ignored, self.is_submitted);
        let text = &*self.sources.get(file.source).text;
        let installing = facts.manifest_installs.iter().map(|install| install.command.span).collect();
        let finder = Finder { facts, file, path: &path, tree, ignored, is_submitted, text, installing, is_settled };
        let (installs, scripts) = (finder.installs(&folders), finder.scripts(&folders));
        let starts = finder.missing_starts(&folders);
        Copies { missing, wide: self.wide(file, &path, contexts, builds), installs, scripts, starts }
    }

    fn missing(&self, file: &Dockerfile, path: &str, contexts: &[BuildContext]) -> Vec<MissingSource> {
        let mut missing: Vec<MissingSource> = Vec::new();
        let tree = &self.sources.tree;
        let looks = Looks { contexts: self, tree, dockerfile: path };
        let sources = from_context(file).flat_map(|copy| copy.sources.iter().map(|source| (copy.span, source)));
        for (copy, source) in sources {
            let Some(relative) = plain_path(source) else { continue };
            if let Some((context, reason)) = looks.for_source(&relative, contexts) {
                let is_ignored = reason.is_some();
                missing.push(MissingSource {
                    meant: (missing.len() < MOST_MEANT
                        && !is_ignored
                        && contexts.len() == 1
                        && source.trail().is_empty())
                    .then(|| meant(&relative, &context.folder, tree))
                    .flatten(),
                    span: source.span(),
                    copy,
                    shown: source.raw().to_owned(),
                    context: if context.folder.is_empty() {
                        "the repository root".to_owned()
                    } else {
                        format!("`{}/`", context.folder)
                    },
                    build: context.build,
                    ignored: reason,
                });
            }
        }
        missing
    }

    /// Whether any source of a copy is in a context.
    fn holds_sources(&self, file: &Dockerfile, context: &str) -> bool {
        from_context(file)
            .flat_map(|copy| &copy.sources)
            .filter_map(plain_path)
            .filter_map(|source| join(context, &source))
            .any(|path| matches!(self.sources.tree.presence(&path), Presence::File | Presence::Folder))
    }

    /// Every `COPY` or `ADD` of a whole context.
    fn wide(
        &self,
        file: &Dockerfile,
        path: &str,
        contexts: Option<Vec<BuildContext>>,
        builds: &[Arc<Build>],
    ) -> Vec<WideCopy> {
        let mut copies = Vec::new();
        let is_of_root = |build: &&Arc<Build>| build.context.as_deref() == Some("");
        let key = builds.iter().filter(is_of_root).find_map(|build| build.key);
        let key = key.filter(|_| self.ignored.lets_in(path, "", KEY));
        // Of guessed contexts, only the likeliest is used.
        let contexts = contexts.map(|mut contexts| {
            if contexts.iter().all(|context| context.build.is_none()) {
                contexts.truncate(1);
            }
            contexts
        });
        for stage in &file.stages {
            for copy in stage.copies.iter().filter(|copy| matches!(copy.from, Copied::Context) && !copy.has_exclusions)
            {
                if !copy.sources.iter().any(|source| matches!(source.raw(), "." | "./" | "/" | "*" | "./*")) {
                    continue;
                }
                let is_filtered = contexts
                    .as_ref()
                    .map(|contexts| contexts.iter().all(|context| self.ignored.has(path, &context.folder)));
                let context = contexts.iter().flatten().find(|context| !self.ignored.has(path, &context.folder));
                let context = context.map(|context| context.folder.clone());
                let secrets = self.secrets.get_or_init(|| {
                    let mut secrets = Tree::default();
                    secrets.extend(self.sources.tree.files().filter(|file| file_holds_secrets(file)));
                    secrets
                });
                let taken = contexts.iter().flatten().flat_map(|BuildContext { folder: context, .. }| {
                    let prefix = if context.is_empty() { 0 } else { context.len() + 1 };
                    let below = secrets.below(context);
                    below.filter(|file| self.ignored.lets_in(path, context, &file[prefix..])).collect::<Vec<_>>()
                });
                let secrets = taken.take(3).map(str::to_owned).collect();
                copies.push(WideCopy {
                    span: copy.span,
                    source: file.source,
                    stage: stage.index,
                    is_filtered,
                    context,
                    secrets,
                    key,
                });
            }
        }
        copies
    }
}

/// A name that `google-github-actions/auth` may give to the file with the credentials.
const KEY: &str = "gha-creds-0123456789abcdef.json";

/// The most missing sources of a Dockerfile for which a file is looked for that may be meant.
const MOST_MEANT: usize = 100;

/// The only file of a context that has the name of the missing one, or a similar name in the same folder.
fn meant(path: &str, context: &str, tree: &Tree) -> Option<String> {
    let cut = if context.is_empty() { 0 } else { context.len() + 1 };
    fn name(path: &str) -> &str {
        path.rsplit('/').next().unwrap_or(path)
    }
    let mut best: Option<(usize, &str)> = None;
    let mut is_one = false;
    // What was put away is not what was meant.
    let is_put_away = |file: &&str| {
        folder_of(file)
            .split('/')
            .any(|part| matches!(part, "archive" | "archived" | "backup" | "deprecated" | "legacy" | "old"))
    };
    for file in tree.below(context).filter_map(|file| file.get(cut..)).filter(|file| !is_put_away(file)) {
        let is_named_so = name(file) == name(path);
        if !is_named_so && folder_of(file) != folder_of(path) {
            continue;
        }
        let distance = if is_named_so { 0 } else { strsim::damerau_levenshtein(name(file), name(path)) };
        if distance > 2 || distance * 4 > name(path).len() {
            continue;
        }
        match best {
            Some((least, _)) if least < distance => {}
            Some((least, _)) if least == distance => is_one = false,
            _ => (best, is_one) = (Some((distance, file)), true),
        }
    }
    best.filter(|_| is_one).map(|(_, file)| file.to_owned())
}

/// The copies of a Dockerfile that take their sources from the build context.
fn from_context(file: &Dockerfile) -> impl Iterator<Item = &Copy> {
    file.stages.iter().flat_map(|stage| &stage.copies).filter(|copy| matches!(copy.from, Copied::Context))
}

/// A source as a path in the context; `None` for patterns, URLs and unknown texts.
fn plain_path(source: &Text) -> Option<String> {
    let raw = source.raw();
    if raw.contains([HOLE, '*', '?', '[', '$', '<']) || raw.contains("://") || raw.starts_with("git@") {
        return None;
    }
    join("", raw.trim_start_matches('/')).filter(|path| !path.is_empty())
}

/// A folder that a Dockerfile is built in.
#[derive(Debug, Clone)]
struct BuildContext {
    folder: String,
    /// The build that names it; `None` if it is guessed.
    build: Option<Span>,
    /// Whether it holds what a build finds there for certain: [`Build::is_guessed`] says otherwise, and a guess is right
    /// if any guess has other sources.
    is_certain: bool,
    /// Whether the build works on a fresh checkout, [`Build::is_fresh`].
    is_fresh: bool,
}

/// The contexts of a Dockerfile, with the builds that use them. Without a known build they are guessed; `None` if a
/// build has an unknown context or adds files to it.
///
/// `holds_sources` tells whether any source of a copy is in a folder: of guesses, such a folder comes first, or else that
/// of the Dockerfile.
fn contexts(path: &str, builds: &[Arc<Build>], holds_sources: &dyn Fn(&str) -> bool) -> Option<Vec<BuildContext>> {
    let mut contexts: Vec<BuildContext> = Vec::new();
    let mut is_built = false;
    for build in builds {
        if build.has_moved && build.context.is_none() && !build.has_new_files {
            continue;
        }
        is_built = true;
        if build.has_new_files {
            return None;
        }
        let folder = build.context.clone()?;
        if !contexts.iter().any(|other| other.folder == folder) {
            let (build, is_certain, is_fresh) = (Some(build.span), !build.is_guessed, build.is_fresh);
            contexts.push(BuildContext { folder, build, is_certain, is_fresh });
        }
    }
    if !is_built {
        // The folder of the Dockerfile, and all folders above it.
        let above =
            std::iter::successors(Some(folder_of(path)), |&folder| (!folder.is_empty()).then(|| folder_of(folder)));
        let (mut folders, others): (Vec<&str>, Vec<&str>) = above.partition(|folder| holds_sources(folder));
        let is_certain = !folders.is_empty();
        folders.extend(others);
        let guess = |folder: &str| BuildContext { folder: folder.to_owned(), build: None, is_certain, is_fresh: false };
        contexts.extend(folders.into_iter().map(guess));
    }
    Some(contexts)
}

/// The folders that a Dockerfile may be built in, and whether the builds find there what the checkout has and nothing
/// else. Manifests are looked up in all of them: a step that adds files to a context leaves them as they are.
fn folders_of(path: &str, builds: &[Arc<Build>], contexts: Option<&[BuildContext]>) -> (Vec<String>, bool) {
    if let Some(contexts) = contexts {
        return (contexts.iter().map(|context| context.folder.clone()).collect(), true);
    }
    let is_settled = !builds.iter().any(|build| build.has_new_files);
    let known: BTreeSet<String> = builds.iter().filter_map(|build| build.context.clone()).collect();
    if !known.is_empty() {
        return (known.into_iter().collect(), is_settled);
    }
    let above = std::iter::successors(Some(folder_of(path)), |&folder| (!folder.is_empty()).then(|| folder_of(folder)));
    (above.map(str::to_owned).collect(), is_settled)
}

struct Looks<'a> {
    contexts: &'a Contexts<'a>,
    tree: &'a Tree,
    dockerfile: &'a str,
}

type Reason = Option<(Span, String)>;

impl Looks<'_> {
    /// The context in which a source is missing, with the ignore list that excludes it, if any. `None` if the source
    /// may exist in one of the contexts.
    fn for_source<'c>(&self, source: &str, contexts: &'c [BuildContext]) -> Option<(&'c BuildContext, Reason)> {
        let mut first = None;
        for context in contexts {
            match self.in_context(source, &context.folder) {
                Ok(()) if context.build.is_none() => return None,
                Ok(()) => {}
                Err(reason) => {
                    first.get_or_insert((context, reason));
                }
            }
        }
        let (context, reason) = first?;
        match &reason {
            // What git ignores is made before a build on somebody's machine, and lacks only in a fresh checkout.
            Some((_, list)) if list.ends_with(".gitignore") && !context.is_fresh => return None,
            Some((_, list)) if !list.ends_with(".gitignore") => return Some((context, reason)),
            _ => {}
        }
        if self.is_made(source) {
            return None;
        }
        // In an uncertain context, a file of that name in any folder may be the source.
        if !context.is_certain && self.is_elsewhere(source) {
            return None;
        }
        Some((context, reason))
    }

    /// Whether any folder of the checkout contains this path, as a file or as a folder.
    fn is_elsewhere(&self, source: &str) -> bool {
        if let Some(known) = self.contexts.elsewhere.borrow().get(source) {
            return *known;
        }
        let within = format!("/{source}/");
        let rarest = source.split('/').map(|part| self.contexts.files_with(part)).min_by_key(|files| files.len());
        let is_elsewhere = rarest.unwrap_or_default().iter().any(|file| format!("/{file}/").contains(&within));
        self.contexts.elsewhere.borrow_mut().insert(source.to_owned(), is_elsewhere);
        is_elsewhere
    }

    fn in_context(&self, source: &str, context: &str) -> Result<(), Reason> {
        let Some(path) = join(context, source) else { return Ok(()) };
        match self.tree.presence(&path) {
            Presence::Unknown => Ok(()),
            Presence::Missing if may_be_submodule(self.tree, &path) || self.contexts.ignored.hides_below(&path) => {
                Ok(())
            }
            Presence::Missing => match self.contexts.ignored.git(&path) {
                (Verdict::Excluded(span), list) => Err(Some((span, list))),
                (Verdict::Kept, _) => Err(None),
                (Verdict::Unknown, _) => Ok(()),
            },
            Presence::File => {
                if let Some((list, patterns)) = self.contexts.ignored.of_context(self.dockerfile, context)
                    && let Verdict::Excluded(span) = patterns.verdict(source)
                {
                    return Err(Some((span, list)));
                }
                match self.contexts.ignored.gcloud(&path).filter(|_| self.contexts.is_submitted) {
                    Some(reason) => Err(Some(reason)),
                    None => Ok(()),
                }
            }
            Presence::Folder => {
                let Some((list, patterns)) = self.contexts.ignored.of_context(self.dockerfile, context) else {
                    return Ok(());
                };
                let prefix = if context.is_empty() { 0 } else { context.len() + 1 };
                let mut reason = None;
                for file in self.tree.below(&path) {
                    match patterns.verdict(&file[prefix..]) {
                        Verdict::Kept | Verdict::Unknown => return Ok(()),
                        Verdict::Excluded(span) => reason = Some((span, list.clone())),
                    }
                }
                if reason.is_some() { Err(reason) } else { Ok(()) }
            }
        }
    }

    /// Whether the file is probably generated before the build.
    fn is_made(&self, source: &str) -> bool {
        let name = source.rsplit('/').next().unwrap_or(source);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        if source.split('/').any(|part| docker::GENERATED_FOLDERS.contains(part))
            || extension.is_some_and(|extension| docker::GENERATED_EXTENSIONS.contains(extension))
        {
            return true;
        }
        // If the checkout has sources of a compiled program, a file without an extension is probably that program.
        extension.is_none() && *self.contexts.compiles.get_or_init(|| self.tree.files().any(is_compiled))
    }
}
