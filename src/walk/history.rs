//! Reads sources from a Git repository: those of a commit, and the staged ones. Objects are read from disk; no process
//! is started and nothing is fetched.

use super::{CLOSED, Candidate, Outcome, Request, gathered, relative, top, way};
use crate::source::{LARGEST_FILE, Sources, Tree};
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use gix::{ObjectId, index};

/// The repository that contains the root of a run.
pub struct Repository {
    repository: gix::Repository,
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
        let top = top(&request.root);
        let repository = gix::open(top).map_err(|error| Trouble::NoRepository(error.to_string()))?;
        let way = way(top, &request.root);
        let below = if way.is_empty() { way } else { format!("{way}/") };
        let named = request.named.iter().filter_map(|path| relative(&request.root, path)).collect();
        Ok(Self { repository, below, named })
    }

    /// The sources of the merge base of `HEAD` and another commit.
    ///
    /// # Errors
    /// If the name is not a commit, there is no merge base, or something can't be read.
    pub fn parted_from(&self, name: &str) -> Result<Sources, Trouble> {
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
        self.committed(tree.id)
    }

    /// The sources of `HEAD`; empty before the first commit.
    ///
    /// # Errors
    /// If something can't be read.
    pub fn head(&self) -> Result<Sources, Trouble> {
        self.committed(self.repository.head_tree_id_or_empty().map_err(unreadable)?.detach())
    }

    /// The sources as staged for the next commit.
    ///
    /// # Errors
    /// If something can't be read, or has a merge conflict.
    pub fn staged(&self) -> Result<Sources, Trouble> {
        let index = self.repository.index_or_empty().map_err(unreadable)?;
        let mut files = Vec::new();
        for entry in index.entries() {
            let Some(path) = entry.path(&index).to_str().ok().and_then(|path| path.strip_prefix(&self.below)) else {
                continue;
            };
            if entry.stage() != index::entry::Stage::Unconflicted {
                return Err(Trouble::NotMerged(path.to_owned()));
            }
            let is_file = matches!(entry.mode, index::entry::Mode::FILE | index::entry::Mode::FILE_EXECUTABLE);
            files.push(File { path: path.to_owned(), id: is_file.then_some(entry.id) });
        }
        self.sources(files)
    }

    fn committed(&self, tree: ObjectId) -> Result<Sources, Trouble> {
        let mut files = Vec::new();
        let mut open = vec![(String::new(), tree)];
        while let Some((folder, id)) = open.pop() {
            if id.is_empty_tree() {
                continue;
            }
            let tree = self.repository.find_tree(id).map_err(unreadable)?;
            for entry in tree.iter() {
                let entry = entry.map_err(unreadable)?;
                // File names that are not UTF-8 are not supported.
                let Ok(name) = entry.filename().to_str() else { continue };
                let path = format!("{folder}{name}");
                match entry.mode().kind() {
                    EntryKind::Tree if self.leads_to(&path) => open.push((format!("{path}/"), entry.object_id())),
                    EntryKind::Tree => {}
                    kind => {
                        let is_file = matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable);
                        if let Some(path) = path.strip_prefix(&self.below) {
                            files.push(File { path: path.to_owned(), id: is_file.then(|| entry.object_id()) });
                        }
                    }
                }
            }
        }
        self.sources(files)
    }

    /// Whether a folder is inside of the run's folder, or contains it.
    fn leads_to(&self, folder: &str) -> bool {
        let folder = format!("{folder}/");
        folder.starts_with(&self.below) || self.below.starts_with(&folder)
    }

    fn sources(&self, files: Vec<File>) -> Result<Sources, Trouble> {
        let mut tree = Tree::default();
        let mut outcomes: Vec<Outcome> = Vec::new();
        for File { path, id } in files {
            let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
            let is_closed = |folder: &&str| CLOSED.contains(&folder.rsplit('/').next().unwrap_or_default());
            let closed = folders.into_iter().find(is_closed).or(id.is_none().then_some(path.as_str()));
            if let Some(closed) = closed {
                tree.close(closed);
                continue;
            }
            let Some(id) = id else { continue };
            tree.extend([path.as_str()]);
            let Some(candidate) = Candidate::of(&path, self.named.contains(&path)) else { continue };
            let size = self.repository.find_header(id).map_err(unreadable)?.size();
            outcomes.extend(if size > LARGEST_FILE {
                candidate.too_large(size)
            } else {
                candidate.source(self.repository.find_object(id).map_err(unreadable)?.detach().data)
            });
        }
        Ok(gathered(outcomes, tree, Vec::new()))
    }
}

/// A file of a commit or of the index; without an id if it is a symbolic link or a submodule.
struct File {
    path: String,
    id: Option<ObjectId>,
}
