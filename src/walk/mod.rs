//! Reads sources from disk and writes files: the only module that uses the file system.

mod candidate;
mod configuration;
mod day;
mod file;
mod history;
mod ignored;

pub use configuration::{Choice, configuration, root_of, top, way};
pub use day::today;
pub use file::{Draft, Place, create, write};
pub use history::{Repository, Trouble};

use crate::source::{Notation, Presence, Source, Sources, Tree, Unread, UnreadReason, join};
use candidate::{Candidate, Outcome};
use ignore::WalkBuilder;
use ignored::Ignored;
use rayon::prelude::*;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

/// Folders that are never entered, because they contain vendored code or the state of a tool.
const CLOSED: &[&str] = &[".git", ".terraform", "node_modules", "vendor"];

/// The files to read.
#[derive(Debug)]
pub struct Request {
    /// The folder that paths are relative to; nothing outside of it is read.
    pub root: PathBuf,
    /// Files named individually; they are read regardless of their names.
    pub named: Vec<PathBuf>,
}

/// Reads a checkout: every path into the tree, every file with a supported name into a source.
pub fn read(request: &Request) -> Sources {
    let root = &request.root;
    let (entries, ignored) = walk(root);
    let mut tree = Tree::default();
    let mut candidates: Vec<(String, bool)> = Vec::new();
    let mut unread = Vec::new();
    let mut links = Vec::new();
    let mut left_out = Vec::new();
    for Entry { path, kind } in entries {
        match kind {
            Kind::File => candidates.push((path, true)),
            Kind::Folder if path.ends_with("Dockerfile") && Notation::by_name(&path) == Notation::Dockerfile => {
                unread.push(Unread { path: path.into(), reason: UnreadReason::NotAFile });
            }
            Kind::Folder => {}
            Kind::Closed => tree.close(&path),
            Kind::Link => {
                tree.close(&path);
                links.push(path);
            }
            Kind::Ignored => left_out.push(path),
            Kind::Special if Notation::by_name(&path) != Notation::Other => {
                unread.push(Unread { path: path.into(), reason: UnreadReason::NotAFile });
            }
            Kind::Special => {}
            Kind::Refused(reason) => {
                unread.push(Unread { path: path.into(), reason: UnreadReason::Refused(reason) });
            }
        }
    }
    unread.extend(ignored);
    // Git ignores no file that it tracks, and a sparse checkout has files that are not on disk.
    match history::tracked(root, &left_out) {
        Some(tracked) => {
            candidates.extend(tracked.ignored.into_iter().map(|path| (path, true)));
            tracked.links.iter().for_each(|path| tree.close(path));
            links.extend(tracked.links);
            candidates.extend(tracked.absent.into_iter().map(|path| (path, false)));
        }
        None => {
            let left_out = left_out.into_iter().filter(|path| Notation::is_read_by_name(path));
            unread.extend(left_out.map(|path| Unread { path: path.into(), reason: UnreadReason::Ignored }));
        }
    }
    tree.extend(candidates.iter().map(|(path, _)| path.as_str()));
    let read = |(path, is_on_disk): &(String, bool)| {
        if *is_on_disk { candidate::load(path, &root.join(path), false) } else { None }
    };
    let mut outcomes: Vec<Outcome> = candidates.par_iter().filter_map(read).collect();
    if let (false, Ok(root)) = (links.is_empty(), root.canonicalize()) {
        outcomes.extend(links.iter().filter_map(|path| linked(&root, path, &tree)));
    }
    for named in &request.named {
        match relative(root, named) {
            Some(path) if !path.is_empty() => outcomes.extend(candidate::load(&path, named, true)),
            _ => {}
        }
    }
    gathered(outcomes, tree, unread)
}

/// An entry of a folder.
struct Entry {
    path: String,
    kind: Kind,
}

enum Kind {
    File,
    Folder,
    /// A folder that is not entered.
    Closed,
    Link,
    /// A file or folder that a `.gitignore` leaves out.
    Ignored,
    /// A pipe, a socket or a device.
    Special,
    /// It can't be read, for this reason.
    Refused(String),
}

/// Every entry below the root that no `.gitignore` leaves out, and the `.gitignore` files that can't be used.
fn walk(root: &Path) -> (Vec<Entry>, Vec<Unread>) {
    let entries: Mutex<Vec<Entry>> = Mutex::default();
    let ignored = Ignored::new(root);
    let walker = WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .threads(std::thread::available_parallelism().map_or(2, usize::from).min(8))
        .build_parallel();
    walker.run(|| {
        let mut found = Batch { entries: Vec::new(), to: &entries };
        let mut view = ignored.view();
        Box::new(move |entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    if let Some(path) = blamed(&error).and_then(|path| relative(root, path)) {
                        let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                        found.entries.push(Entry { path, kind: Kind::Refused(reason) });
                    }
                    return ignore::WalkState::Continue;
                }
            };
            let kind = entry.file_type();
            let is_folder = kind.is_some_and(|kind| kind.is_dir());
            let is_ignored = view.leaves_out(entry.path(), is_folder);
            let Some(path) = relative(root, entry.path()) else {
                if !is_ignored {
                    let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_string_lossy().into_owned();
                    found.entries.push(Entry { path, kind: Kind::Refused("its name is not UTF-8".to_owned()) });
                }
                return ignore::WalkState::Skip;
            };
            let kind = match kind {
                _ if path.is_empty() => return ignore::WalkState::Continue,
                _ if is_folder && entry.file_name().to_str().is_some_and(|name| CLOSED.contains(&name)) => Kind::Closed,
                _ if is_ignored => Kind::Ignored,
                _ if is_folder => Kind::Folder,
                Some(kind) if kind.is_symlink() => Kind::Link,
                Some(kind) if kind.is_file() => Kind::File,
                _ => Kind::Special,
            };
            let is_entered = matches!(kind, Kind::Folder);
            found.entries.push(Entry { path, kind });
            if is_folder && !is_entered { ignore::WalkState::Skip } else { ignore::WalkState::Continue }
        })
    });
    (entries.into_inner().unwrap_or_default(), ignored.unusable())
}

/// What a link with the name of a supported file leads to: a file of the checkout is read under the name of the link, unless
/// that is only a second name of it. The root has no links in its path.
fn linked(root: &Path, path: &str, tree: &Tree) -> Option<Outcome> {
    let candidate = Candidate::of(path, false).filter(|_| !path.ends_with(".gitignore"))?;
    let target = match file::resolved(root, &root.join(path)) {
        Ok(target) => target,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return candidate.unread(UnreadReason::DeadLink),
        Err(_) => return candidate.unread(UnreadReason::LinkOutside),
    };
    let own = relative(root, &target)?;
    let is_read = Notation::is_second_name(path, &own) && tree.presence(&own) == Presence::File;
    if is_read || target.is_dir() {
        return None;
    }
    Some(candidate::load(path, &target, false)?.through_link_to(own))
}

/// Sources from the outcomes of reading files.
fn gathered(outcomes: Vec<Outcome>, tree: Tree, mut unread: Vec<Unread>) -> Sources {
    let mut files = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Source(source) => files.push(*source),
            Outcome::Unread(problem) => {
                if problem.is_finding() {
                    // An empty source, so that the finding has a place.
                    files.push(Source::new(problem.path.clone(), ""));
                }
                unread.push(problem);
            }
        }
    }
    unread.sort_by(|a, b| a.path.cmp(&b.path));
    Sources::new(files, tree, unread)
}

/// The entries that one walking thread has found; they are collected when the thread ends.
struct Batch<'a> {
    entries: Vec<Entry>,
    to: &'a Mutex<Vec<Entry>>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        lock(self.to).append(&mut self.entries);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Reads a file again that [`read`] has read; `None` if it is no longer a readable file of a supported notation.
pub fn reread(root: &Path, path: &str) -> Option<Source> {
    let root = root.canonicalize().ok()?;
    let target = file::resolved(&root, &root.join(path)).ok()?;
    let own = relative(&root, &target)?;
    let is_link = own != path;
    if is_link && Notation::is_second_name(path, &own) {
        return None;
    }
    let outcome = candidate::load(path, &target, false)?;
    match if is_link { outcome.through_link_to(own) } else { outcome } {
        Outcome::Source(source) => Some(*source),
        Outcome::Unread(_) => None,
    }
}

/// A path relative to the root, with `/`; empty for the root itself, `None` outside of it.
pub fn relative(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = below
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| part.as_os_str().to_str())
        .collect();
    join("", &parts?.join("/"))
}

fn blamed(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => blamed(err),
        _ => None,
    }
}

/// The text of a file that seaworthy itself maintains or is configured by, such as a baseline. With a root, a link must
/// not lead out of it.
///
/// # Errors
/// Those of the file system; a file that is not UTF-8, not a regular file or too large is an error as well.
pub fn text(path: &Path, root: Option<&Path>) -> std::io::Result<String> {
    let real = match root {
        Some(root) => file::resolved(root, path)?,
        None => path.canonicalize()?,
    };
    let bytes = file::read(&real, file::LARGEST_OWN)?;
    String::from_utf8(bytes).map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8"))
}
