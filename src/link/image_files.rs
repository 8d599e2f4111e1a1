//! Finds the file of the checkout that stands at a path of an image while one of its commands runs.

use super::copies::IgnoreFiles;
use crate::model::{Base, Bind, Copied, Copy, Dockerfile, Image, Stage, Text};
use crate::source::{HOLE, Presence, Tree, join};
use crate::span::Span;
use crate::syntax::ignorefile::Verdict;

/// A file at a path of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// The file of the checkout at this path, and the word of the `COPY` that names it, if one does.
    File(String, Option<Span>),
    /// The checkout has this file, and an ignore list leaves it out of the build context.
    Excluded(String, Span, String),
    /// Nothing puts a file there.
    Absent,
    /// Something may put a file there.
    Unknown,
}

/// A Dockerfile with one of its build contexts.
#[derive(Clone, Copy)]
pub(super) struct ImageFiles<'a> {
    pub(super) file: &'a Dockerfile,
    /// Its path.
    pub(super) path: &'a str,
    pub(super) context: &'a str,
    pub(super) tree: &'a Tree,
    pub(super) ignored: &'a IgnoreFiles,
    /// Whether `.gcloudignore` filters the checkout before the build.
    pub(super) is_submitted: bool,
}

/// How many stages a look-up goes through.
const MOST_STAGES: usize = 8;

/// How many copies, and how many changes of the working directory, it goes through.
const MOST_CHANGES: usize = 200;

impl ImageFiles<'_> {
    /// The working directory at an offset of a stage, without the slash at its start; `None` if it is unknown.
    pub(super) fn folder_at(&self, stage: &Stage, before: u32) -> Option<String> {
        let lineage: Vec<&Stage> = self.file.lineage(stage).collect();
        let first = lineage.last()?;
        if lineage.iter().map(|stage| stage.folders.len()).sum::<usize>() > MOST_CHANGES {
            return None;
        }
        let mut folder = match &first.base {
            Base::Image(image) => is_plain_base(image).then(String::new),
            Base::Scratch => Some(String::new()),
            Base::Stage(_) | Base::Unknown(_) => None,
        };
        for (is_own, stage) in lineage.iter().rev().map(|each| (each.index == stage.index, each)) {
            for change in stage.folders.iter().filter(|change| !is_own || change.span().start < before) {
                folder = change.known().and_then(|to| go(folder.as_deref(), to));
            }
        }
        folder
    }

    /// The file at a path, which has no slash at its start, before an offset of a stage.
    pub(super) fn find(&self, stage: &Stage, before: u32, path: &str) -> Spot {
        self.find_within(stage, before, path, MOST_STAGES)
    }

    fn find_within(&self, stage: &Stage, before: u32, path: &str, stages: usize) -> Spot {
        let Some(stages) = stages.checked_sub(1) else { return Spot::Unknown };
        if self.file.lineage(stage).map(|stage| stage.copies.len()).sum::<usize>() > MOST_CHANGES {
            return Spot::Unknown;
        }
        let mut last = stage;
        let mut excluded = Spot::Absent;
        for each in self.file.lineage(stage) {
            let is_own = each.index == stage.index;
            for copy in each.copies.iter().rev().filter(|copy| !is_own || copy.span.start < before) {
                match self.brought(each, copy, path, stages) {
                    Spot::Absent => {}
                    spot @ Spot::Excluded(..) => excluded = spot,
                    spot => return spot,
                }
            }
            last = each;
        }
        match &last.base {
            _ if excluded != Spot::Absent => excluded,
            Base::Image(image) if is_plain_base(image) => Spot::Absent,
            Base::Scratch => Spot::Absent,
            Base::Image(_) | Base::Stage(_) | Base::Unknown(_) => Spot::Unknown,
        }
    }

    /// The file that a mount of a `RUN` puts at a path; `Absent` if it is not below the mount.
    pub(super) fn mounted(&self, bind: &Bind, folder: &str, path: &str) -> Spot {
        let Some(below) = go(Some(folder), &bind.target).and_then(|target| below(path, &target)) else {
            return Spot::Absent;
        };
        if bind.is_from_stage || bind.source.contains(['$', HOLE]) {
            return Spot::Unknown;
        }
        match join(self.context, bind.source.trim_start_matches('/')).and_then(|source| join(&source, &below)) {
            Some(source) => self.of_context(&source, None),
            None => Spot::Unknown,
        }
    }

    /// The file that a `COPY` puts at a path; `Absent` if it puts none there.
    fn brought(&self, stage: &Stage, copy: &Copy, path: &str, stages: usize) -> Spot {
        let folder = self.folder_at(stage, copy.span.start);
        let destination = copy.destination.known().and_then(|to| go(folder.as_deref(), to));
        let Some(destination) = destination else { return Spot::Unknown };
        let Some(below) = below(path, &destination) else { return Spot::Absent };
        let into_folder = copy.sources.len() > 1 || copy.destination.raw().ends_with(['/', '.']);
        let mut excluded = Spot::Absent;
        for source in copy.sources.iter().rev() {
            let spot = match copy.from {
                _ if copy.has_exclusions => Spot::Unknown,
                Copied::Context => self.by_source(copy, source, &below, into_folder),
                Copied::Stage(index) => self.by_stage(index, source, &below, stages),
                Copied::Image(_) | Copied::Unknown => Spot::Unknown,
            };
            match spot {
                Spot::Absent => {}
                spot @ Spot::Excluded(..) => excluded = spot,
                spot => return spot,
            }
        }
        excluded
    }

    /// `below` is the path from the destination; it is empty for the destination itself.
    fn by_source(&self, copy: &Copy, source: &Text, below: &str, into_folder: bool) -> Spot {
        let raw = source.raw();
        let is_archive =
            copy.is_add && [".tar", ".gz", ".tgz", ".xz", ".bz2"].iter().any(|ending| raw.ends_with(ending));
        if raw.contains([HOLE, '$', '<']) || raw.contains("://") || raw.starts_with("git@") || is_archive {
            return Spot::Unknown;
        }
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        if raw.contains(['*', '?', '[']) {
            return self.by_pattern(raw, below, copy.keeps_folders, source.span());
        }
        let Some(written) = join("", raw.trim_start_matches('/')) else { return Spot::Absent };
        let Some(full) = join(self.context, &written) else { return Spot::Absent };
        match self.tree.presence(&full) {
            _ if copy.keeps_folders => match below.strip_prefix(&written) {
                Some(rest) if !raw.contains("./") && (rest.is_empty() || rest.starts_with('/')) => {
                    let named = rest.is_empty().then(|| source.span());
                    self.of_context(&format!("{full}{rest}"), named)
                }
                _ if raw.contains("./") => Spot::Unknown,
                _ => Spot::Absent,
            },
            Presence::Folder if below.is_empty() => Spot::Absent,
            Presence::Folder => join(&full, below).map_or(Spot::Absent, |file| self.of_context(&file, None)),
            Presence::File => {
                let is_it = if into_folder { below == name(&written) } else { below.is_empty() };
                if is_it { self.of_context(&full, Some(source.span())) } else { Spot::Absent }
            }
            // What is copied and missing is the subject of another rule.
            Presence::Missing if below.is_empty() || below == name(&written) => Spot::Unknown,
            Presence::Missing => Spot::Absent,
            Presence::Unknown => Spot::Unknown,
        }
    }

    /// A pattern such as `package*.json` puts the files that it matches into the destination, without their folders.
    fn by_pattern(&self, pattern: &str, below: &str, keeps_folders: bool, span: Span) -> Spot {
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/');
        let (folder, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
        if keeps_folders || folder.contains(['*', '?', '[']) {
            return Spot::Unknown;
        }
        let Ok(glob) = globset::Glob::new(last) else { return Spot::Unknown };
        let glob = glob.compile_matcher();
        // `COPY src/* ./` copies the content of folders, so that a file deeper down loses the first one.
        if below.is_empty() || below.contains('/') {
            return if last == "*" { Spot::Unknown } else { Spot::Absent };
        }
        if !glob.is_match(below) {
            return if last == "*" { Spot::Unknown } else { Spot::Absent };
        }
        let file = join(self.context, folder).and_then(|folder| join(&folder, below));
        file.map_or(Spot::Absent, |file| self.of_context(&file, Some(span)))
    }

    fn by_stage(&self, index: usize, source: &Text, below: &str, stages: usize) -> Spot {
        let (Some(stage), Some(source)) = (self.file.stages.get(index), source.known()) else { return Spot::Unknown };
        if source.contains(['*', '?', '[']) {
            return Spot::Unknown;
        }
        let Some(source) = go(Some(""), source) else { return Spot::Unknown };
        let in_folder = join(&source, below).map(|path| self.find_within(stage, u32::MAX, &path, stages));
        let is_file = source.rsplit('/').next() == Some(below) || below.is_empty();
        let itself = is_file.then(|| self.find_within(stage, u32::MAX, &source, stages));
        let found = [in_folder, itself].into_iter().flatten().find(|spot| matches!(spot, Spot::File(..)));
        // The word that names it is one of another stage.
        match found {
            Some(Spot::File(path, _)) => Spot::File(path, None),
            _ => Spot::Unknown,
        }
    }

    /// A file of the build context.
    fn of_context(&self, file: &str, named: Option<Span>) -> Spot {
        match self.tree.presence(file) {
            Presence::File => {}
            Presence::Unknown => return Spot::Unknown,
            Presence::Missing | Presence::Folder => return Spot::Absent,
        }
        let excluded = |span: Span, list: String| Spot::Excluded(file.to_owned(), span, list);
        match self.ignored.in_context(self.path, self.context, file) {
            Some((Verdict::Excluded(span), list)) => return excluded(span, list),
            Some((Verdict::Unknown, _)) => return Spot::Unknown,
            Some((Verdict::Kept, _)) | None => {}
        }
        match self.ignored.gcloud(file).filter(|_| self.is_submitted) {
            Some((span, list)) => excluded(span, list),
            None => Spot::File(file.to_owned(), named),
        }
    }
}

/// The folder after a change to `to`, without the slash at its start.
pub(super) fn go(folder: Option<&str>, to: &str) -> Option<String> {
    if to.contains(['$', HOLE, ':', '\\', '~']) {
        return None;
    }
    match to.strip_prefix('/') {
        Some(absolute) => join("", absolute),
        None => join(folder?, to),
    }
}

/// The path of a file from a folder that holds it; empty for the folder itself.
fn below(path: &str, folder: &str) -> Option<String> {
    if folder.is_empty() {
        return Some(path.to_owned());
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('/').map(str::to_owned) }
}

/// Whether an image is a published one that holds no program of the team, and whose working directory is the root:
/// official images of languages and distributions, and those of uv.
fn is_plain_base(image: &Image) -> bool {
    const PLAIN: &[&str] =
        &["node", "python", "ruby", "debian", "ubuntu", "alpine", "buildpack-deps", "eclipse-temurin"];
    let is_uv = image.host.as_deref() == Some("ghcr.io") && image.name.starts_with("astral-sh/uv");
    let is_plain = image.hub_name().is_some_and(|name| PLAIN.contains(&name)) || is_uv;
    is_plain && !image.tag().is_some_and(|tag| tag.contains("onbuild"))
}
