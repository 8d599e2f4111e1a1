//! Reads sources from a Git repository: those of a commit, and the staged ones. Objects are read from disk; no process
//! is started and nothing is fetched.

use super::{CLOSED, Candidate, Outcome, Request, gathered, relative, top, way};
use crate::source::{LARGEST_FILE, Notation, Sources, Tree, folder_of, join};
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use gix::objs::tree::EntryKind;
use gix::open::{Permissions, permissions};
use gix::{ObjectId, index};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The repository that contains the root of a run.
pub struct Repository {
    repository: gix::Repository,
    /// The top of its work tree.
    top: PathBuf,
    /// The path of the run's folder from the top, with a trailing `/`, or empty.
    below: String,
    /// Files that are read regardless of their names, relative to the folder of the run.
    named: Vec<String>,
}

/// Why sources can't be read from the repository.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no repository.
    #[error("there is no Git repository here: {0}")]
    NoRepository(String),
    /// A name that is not a commit.
    #[error("`{0}` is no commit of this repository: fetch it first, in GitHub's checkout with `fetch-depth: 0`")]
    NoCommit(String),
    /// Two commits without a merge base.
    #[error(
        "`{name}` and `HEAD` have no common commit here{}",
        if *.is_shallow { ": this clone is shallow, fetch more of it (`git fetch --unshallow`, or `fetch-depth: 0`)" } else { "" }
    )]
    NoMergeBase {
        /// The name of the other commit.
        name: String,
        /// Whether the clone is shallow.
        is_shallow: bool,
    },
    /// The index contains a merge conflict.
    #[error("`{0}` is not merged yet")]
    NotMerged(String),
    /// An object, the index or a reference can't be read.
    #[error("the Git repository can't be read: {0}")]
    Unreadable(String),
    /// An object is not here because the clone is partial.
    #[error(
        "this clone is partial (`--filter`) and lacks what is to be compared: fetch it with `git fetch --refetch --no-filter`"
    )]
    Partial,
    /// The repository has a format that is not supported.
    #[error("the Git repository {0}, which is not supported")]
    Unsupported(&'static str),
    /// A commit has too many files.
    #[error("a commit has more than {MOST_FILES} files")]
    TooLarge,
}

fn unreadable(error: impl std::fmt::Display) -> Trouble {
    Trouble::Unreadable(error.to_string())
}

impl Repository {
    /// Opens the repository that contains the root of a run.
    ///
    /// # Errors
    /// If there is no repository, or it can't be read.
    pub fn of(request: &Request) -> Result<Self, Trouble> {
        let named = request.named.iter().filter_map(|path| relative(&request.root, path)).collect();
        Ok(Self { named, ..Self::around(&request.root)? })
    }

    fn around(root: &Path) -> Result<Self, Trouble> {
        let top = top(root);
        let repository = open(top)?;
        let way = way(top, root);
        let below = if way.is_empty() { way } else { format!("{way}/") };
        Ok(Self { repository, top: top.to_owned(), below, named: Vec::new() })
    }

    /// The sources of the merge base of `HEAD` and another commit, with those of submodules that are checked out, and
    /// the submodules whose commit of that time is not here.
    ///
    /// # Errors
    /// If the name is not a commit, there is no merge base, or something can't be read.
    pub fn parted_from(&self, name: &str) -> Result<(Sources, Vec<String>), Trouble> {
        let no_commit = || Trouble::NoCommit(name.to_owned());
        let commit = self.repository.rev_parse_single(name).map_err(|_| no_commit())?;
        let commit = commit.object().map_err(unreadable)?.peel_to_commit().map_err(|_| no_commit())?.id;
        let head = self.repository.head_id().map_err(|_| Trouble::NoCommit("HEAD".to_owned()))?;
        let is_shallow = self.repository.is_shallow().map_err(unreadable)?;
        let base = match self.repository.merge_base(commit, head) {
            Err(error) if !is_shallow => return Err(unreadable(error)),
            found => found.ok().flatten(),
        };
        let base = base.ok_or_else(|| Trouble::NoMergeBase { name: name.to_owned(), is_shallow })?;
        let tree = base.object().map_err(unreadable)?.peel_to_tree().map_err(unreadable)?;
        let mut unknown = Vec::new();
        Ok((self.committed(tree.id, Some(&mut unknown))?, unknown))
    }

    /// The sources of `HEAD`; empty before the first commit.
    ///
    /// # Errors
    /// If something can't be read.
    pub fn head(&self) -> Result<Sources, Trouble> {
        self.committed(self.repository.head_tree_id_or_empty().map_err(unreadable)?.detach(), None)
    }

    /// The sources as staged for the next commit.
    ///
    /// # Errors
    /// If something can't be read, or has a merge conflict.
    pub fn staged(&self) -> Result<Sources, Trouble> {
        let index = self.repository.index_or_empty().map_err(unreadable)?;
        let mut listing = Listing::of(self, None);
        for entry in index.entries() {
            // A path that is not UTF-8 is not supported.
            let Some(path) = entry.path(&index).to_str().ok() else { continue };
            if entry.mode == Mode::DIR {
                // What a sparse checkout leaves out may be listed as a folder, with a slash at the end.
                listing.enter(path.to_owned(), entry.id)?;
                continue;
            }
            let Some(below) = path.strip_prefix(&self.below) else { continue };
            if entry.stage() != index::entry::Stage::Unconflicted {
                return Err(Trouble::NotMerged(below.to_owned()));
            }
            // With `git add -N` a path is announced, but the commit will not have it.
            if entry.flags.contains(Flags::INTENT_TO_ADD) {
                continue;
            }
            listing.files.push(File { path: below.to_owned(), content: content_of(entry.mode, (0, entry.id)) });
        }
        listing.sources(&self.named)
    }

    fn committed(&self, tree: ObjectId, modules: Option<&mut Vec<String>>) -> Result<Sources, Trouble> {
        let mut listing = Listing::of(self, modules);
        listing.enter(String::new(), tree)?;
        listing.sources(&self.named)
    }
}

/// A repository, by its place in a [`Listing`], and an object of it.
type Blob = (usize, ObjectId);

/// What is at a path of a commit or of the index.
enum Content {
    File(Blob),
    /// A symbolic link.
    Link(Blob),
    /// A submodule that is not entered.
    Closed,
}

struct File {
    path: String,
    content: Content,
}

fn content_of(mode: Mode, blob: Blob) -> Content {
    match mode {
        Mode::FILE | Mode::FILE_EXECUTABLE => Content::File(blob),
        Mode::SYMLINK => Content::Link(blob),
        _ => Content::Closed,
    }
}

/// The files of a commit or of the index.
struct Listing<'a> {
    below: &'a str,
    top: &'a Path,
    /// The repository and those of its submodules.
    repositories: Vec<gix::Repository>,
    files: Vec<File>,
    /// If submodules are entered: those that could not be, although they are checked out.
    modules: Option<&'a mut Vec<String>>,
}

/// The maximum number of files of a commit. A tree of a few objects can have any number of them.
const MOST_FILES: usize = 2_000_000;

impl<'a> Listing<'a> {
    fn of(history: &'a Repository, modules: Option<&'a mut Vec<String>>) -> Self {
        let repositories = vec![history.repository.clone()];
        Self { below: &history.below, top: &history.top, repositories, files: Vec::new(), modules }
    }

    /// Adds everything below a folder, which is empty or ends with a slash.
    fn enter(&mut self, folder: String, tree: ObjectId) -> Result<(), Trouble> {
        let mut open = vec![(folder, 0, tree)];
        while let Some((folder, at, id)) = open.pop() {
            if id.is_empty_tree() {
                continue;
            }
            let repository = &self.repositories[at];
            let tree = repository.find_tree(id).map_err(|error| missing(repository, &error))?;
            let mut modules: Vec<(String, ObjectId)> = Vec::new();
            for entry in tree.iter() {
                let entry = entry.map_err(unreadable)?;
                // File names that are not UTF-8 are not supported.
                let Ok(name) = entry.filename().to_str() else { continue };
                let path = format!("{folder}{name}");
                let content = match entry.mode().kind() {
                    EntryKind::Tree => {
                        if self.leads_to(&path) {
                            open.push((format!("{path}/"), at, entry.object_id()));
                        }
                        continue;
                    }
                    EntryKind::Blob | EntryKind::BlobExecutable => Content::File((at, entry.object_id())),
                    EntryKind::Link => Content::Link((at, entry.object_id())),
                    EntryKind::Commit => {
                        modules.push((path, entry.object_id()));
                        continue;
                    }
                };
                if let Some(path) = path.strip_prefix(self.below) {
                    self.files.push(File { path: path.to_owned(), content });
                }
                if self.files.len() > MOST_FILES || open.len() > MOST_FILES {
                    return Err(Trouble::TooLarge);
                }
            }
            // It borrows the repositories, to which those of modules are added.
            drop(tree);
            for (path, commit) in modules {
                if let Some((at, tree)) = self.module(&path, commit) {
                    open.push((format!("{path}/"), at, tree));
                } else if let Some(path) = path.strip_prefix(self.below) {
                    self.files.push(File { path: path.to_owned(), content: Content::Closed });
                }
            }
        }
        Ok(())
    }

    /// The tree of a commit of a submodule, from the repository of the submodule that is checked out.
    fn module(&mut self, path: &str, commit: ObjectId) -> Option<Blob> {
        let modules = self.modules.as_deref_mut().filter(|_| is_within(path, self.below))?;
        let folder = self.top.join(path);
        if !folder.join(".git").exists() {
            return None;
        }
        let found = open(&folder).ok().and_then(|module| {
            let tree = module.find_commit(commit).ok()?.tree_id().ok()?.detach();
            Some((module, tree))
        });
        let Some((module, tree)) = found else {
            modules.extend(path.strip_prefix(self.below).map(str::to_owned));
            return None;
        };
        self.repositories.push(module);
        Some((self.repositories.len() - 1, tree))
    }

    /// Whether a folder is inside of the run's folder, or contains it.
    fn leads_to(&self, folder: &str) -> bool {
        is_within(folder, self.below) || self.below.starts_with(&format!("{folder}/"))
    }

    fn sources(self, named: &[String]) -> Result<Sources, Trouble> {
        let mut tree = Tree::default();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let blobs: HashMap<&str, Blob> = self.files.iter().filter_map(File::blob).collect();
        for File { path, content } in &self.files {
            let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
            let is_closed = |folder: &&str| CLOSED.contains(&folder.rsplit('/').next().unwrap_or_default());
            if let Some(closed) = folders.into_iter().find(is_closed) {
                tree.close(closed);
                continue;
            }
            let mut link = None;
            let (at, id) = match content {
                Content::File(blob) => {
                    tree.extend([path.as_str()]);
                    *blob
                }
                Content::Link(blob) => {
                    tree.close(path);
                    match self.target(path, *blob, &blobs)? {
                        Some((target, blob)) => {
                            link = Some(target);
                            blob
                        }
                        None => continue,
                    }
                }
                Content::Closed => {
                    tree.close(path);
                    continue;
                }
            };
            let Some(candidate) = Candidate::of(path, named.contains(path)) else { continue };
            let repository = &self.repositories[at];
            let size = repository.find_header(id).map_err(|error| missing(repository, &error))?.size();
            let outcome = if size > LARGEST_FILE {
                candidate.too_large(size)
            } else {
                candidate.source(repository.find_object(id).map_err(|error| missing(repository, &error))?.detach().data)
            };
            outcomes.extend(outcome.map(|outcome| match link {
                Some(target) => outcome.through_link_to(target),
                None => outcome,
            }));
        }
        Ok(gathered(outcomes, tree, Vec::new()))
    }

    /// The file that a link with the name of a supported one leads to, unless that is only a second name of it.
    fn target(
        &self,
        path: &str,
        (at, id): Blob,
        blobs: &HashMap<&str, Blob>,
    ) -> Result<Option<(String, Blob)>, Trouble> {
        if Candidate::of(path, false).is_none() {
            return Ok(None);
        }
        let repository = &self.repositories[at];
        let link = repository.find_object(id).map_err(|error| missing(repository, &error))?;
        let target = link.data.to_str().ok().filter(|target| !target.starts_with('/'));
        let target = target.and_then(|target| join(folder_of(path), target));
        let target = target.filter(|target| !Notation::is_second_name(path, target));
        Ok(target.and_then(|target| blobs.get(target.as_str()).map(|blob| (target.clone(), *blob))))
    }
}

impl File {
    fn blob(&self) -> Option<(&str, Blob)> {
        match self.content {
            Content::File(blob) => Some((&self.path, blob)),
            Content::Link(_) | Content::Closed => None,
        }
    }
}

/// Whether a path is below a folder that ends with a slash, or is the whole.
fn is_within(path: &str, below: &str) -> bool {
    format!("{path}/").starts_with(below)
}

/// The trouble with an object. In a partial clone it may not have been fetched.
fn missing(repository: &gix::Repository, error: &impl std::fmt::Display) -> Trouble {
    let config = repository.config_snapshot();
    let is_partial = config.string("extensions.partialClone").is_some()
        || config
            .plumbing()
            .sections_by_name("remote")
            .into_iter()
            .flatten()
            .any(|remote| remote.value("promisor").is_some_and(|value| value.eq_ignore_ascii_case(b"true")));
    if is_partial { Trouble::Partial } else { Trouble::Unreadable(error.to_string()) }
}

/// Opens the repository of a folder, without the configuration of the user and the system.
fn open(top: &Path) -> Result<gix::Repository, Trouble> {
    let place = top.join(".git");
    let metadata = std::fs::metadata(&place).map_err(|error| Trouble::NoRepository(error.to_string()))?;
    if !metadata.is_dir() && !metadata.is_file() {
        return Err(Trouble::NoRepository("`.git` is neither a folder nor a file".to_owned()));
    }
    if place.join("reftable").is_dir() {
        return Err(Trouble::Unsupported("keeps its references as a reftable"));
    }
    let permissions = Permissions {
        config: permissions::Config { env: true, ..permissions::Config::isolated() },
        attributes: permissions::Attributes::isolated(),
        ..Permissions::all()
    };
    let options = gix::open::Options::default().permissions(permissions);
    gix::open_opts(top, options).map_err(|error| Trouble::NoRepository(error.to_string()))
}

/// Files that Git tracks, although a walk does not find them.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// They are on disk, but a `.gitignore` leaves them out.
    pub(super) ignored: Vec<String>,
    /// The same, but they are symbolic links.
    pub(super) links: Vec<String>,
    /// They are not on disk, because the checkout is sparse.
    pub(super) absent: Vec<String>,
}

/// The files that Git tracks although a walk does not find them; `left_out` are the entries that a `.gitignore` leaves
/// out. `None` if this is not known: there is no repository, or its index can't be read.
pub(super) fn tracked(root: &Path, left_out: &[String]) -> Option<Tracked> {
    let place = top(root).join(".git");
    // An index may be large, so it is read only where it matters. A work tree has its own, elsewhere.
    if left_out.is_empty() && !place.join("info/sparse-checkout").exists() && !place.is_file() {
        return Some(Tracked::default());
    }
    let history = Repository::around(root).ok()?;
    let Some(index) = history.repository.try_index().ok()? else { return Some(Tracked::default()) };
    let left_out: HashSet<&str> = left_out.iter().map(String::as_str).collect();
    let mut found = Tracked::default();
    let mut folders = Listing::of(&history, None);
    for entry in index.entries() {
        let Ok(full) = entry.path(&index).to_str() else { continue };
        if entry.mode == Mode::DIR {
            // Of a partial clone only what it has is known.
            let _ = folders.enter(full.to_owned(), entry.id);
            continue;
        }
        let Some(path) = full.strip_prefix(&history.below) else { continue };
        let mut parts = path.split('/');
        let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK);
        if !is_file || parts.any(|part| CLOSED.contains(&part)) {
            continue;
        }
        if entry.flags.contains(Flags::SKIP_WORKTREE) {
            found.absent.push(path.to_owned());
            continue;
        }
        let mut prefixes = path.match_indices('/').map(|(end, _)| &path[..end]).chain([path]);
        let is_left_out = !left_out.is_empty() && prefixes.any(|prefix| left_out.contains(prefix));
        let kind = if is_left_out { std::fs::symlink_metadata(root.join(path)).ok() } else { None };
        match kind {
            Some(kind) if kind.is_file() => found.ignored.push(path.to_owned()),
            Some(kind) if kind.is_symlink() => found.links.push(path.to_owned()),
            _ => {}
        }
    }
    found.absent.extend(folders.files.into_iter().map(|file| file.path));
    Some(found)
}
