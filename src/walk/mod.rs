//! Reads sources from disk and writes files: the only module that uses the file system.

mod configuration;
mod day;
mod history;

pub use configuration::{Choice, configuration, root_of, top, way};
pub use day::today;
pub use history::{Repository, Trouble};

use crate::source::{LARGEST_FILE, Notation, Source, Sources, Tree, Unread, UnreadReason, join};
use ignore::WalkBuilder;
use rayon::prelude::*;
use std::io::{Read, Write};
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
    let mut tree = Tree::default();
    let mut candidates: Vec<(String, PathBuf)> = Vec::new();
    let mut unread = Vec::new();
    let entries: Mutex<Vec<Entry>> = Mutex::default();
    let closed: Mutex<Vec<String>> = Mutex::default();
    let root = &request.root;
    let filter_root = root.clone();
    let walker = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .ignore(false)
        .follow_links(false)
        .threads(std::thread::available_parallelism().map_or(2, usize::from).min(8))
        .build_parallel();
    walker.run(|| {
        let (entries, closed, root) = (&entries, &closed, &filter_root);
        let mut found = Batch { entries: Vec::new(), to: entries };
        Box::new(move |entry| {
            match entry {
                Ok(entry) => {
                    let Some(path) = relative(root, entry.path()) else {
                        let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_string_lossy();
                        found.entries.push(Entry::refused(&path, "its name is not UTF-8"));
                        return ignore::WalkState::Skip;
                    };
                    let kind = entry.file_type();
                    let is_folder = kind.is_some_and(|kind| kind.is_dir());
                    if is_folder && entry.file_name().to_str().is_some_and(|name| CLOSED.contains(&name)) {
                        lock(closed).push(path);
                        return ignore::WalkState::Skip;
                    }
                    if kind.is_some_and(|kind| kind.is_symlink()) {
                        lock(closed).push(path);
                    } else if !path.is_empty() {
                        let is_file = kind.is_some_and(|kind| kind.is_file());
                        found.entries.push(Entry { path, full: entry.into_path(), is_folder, is_file });
                    }
                }
                Err(error) => {
                    if let Some(path) = blamed(&error).and_then(|path| relative(root, path)) {
                        let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                        found.entries.push(Entry::refused(&path, &reason));
                    }
                }
            }
            ignore::WalkState::Continue
        })
    });
    for folder in closed.into_inner().unwrap_or_default() {
        tree.close(&folder);
    }
    for entry in entries.into_inner().unwrap_or_default() {
        if let Some((path, reason)) = entry.path.split_once('\0') {
            unread.push(Unread { path: path.into(), reason: UnreadReason::Refused(reason.to_owned()) });
        } else if entry.is_file {
            tree.extend([entry.path.as_str()]);
            candidates.push((entry.path, entry.full));
        } else if (!entry.is_folder
            || Notation::by_name(&entry.path) == Notation::Dockerfile && entry.path.ends_with("Dockerfile"))
            && Notation::by_name(&entry.path) != Notation::Other
        {
            unread.push(Unread { path: entry.path.into(), reason: UnreadReason::NotAFile });
        }
    }
    let mut outcomes: Vec<Outcome> = candidates.par_iter().filter_map(|(path, full)| load(path, full, false)).collect();
    for named in &request.named {
        match relative(root, named) {
            Some(path) if !path.is_empty() => outcomes.extend(load(&path, named, true)),
            _ => {}
        }
    }
    gathered(outcomes, tree, unread)
}

/// Sources from the outcomes of reading files.
fn gathered(outcomes: Vec<Outcome>, tree: Tree, mut unread: Vec<Unread>) -> Sources {
    let mut files = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Source(source) => files.push(*source),
            Outcome::Unread(problem) => {
                if matches!(problem.reason, UnreadReason::Refused(_)) {
                    // An empty source, so that a finding has a place.
                    files.push(Source::new(problem.path.clone(), ""));
                }
                unread.push(problem);
            }
        }
    }
    unread.sort_by(|a, b| a.path.cmp(&b.path));
    Sources::new(files, tree, unread)
}

struct Entry {
    path: String,
    full: PathBuf,
    is_folder: bool,
    is_file: bool,
}

impl Entry {
    /// An entry that could not be read, with the reason after a zero byte, which no path contains.
    fn refused(path: &str, reason: &str) -> Self {
        Self { path: format!("{path}\0{reason}"), full: PathBuf::new(), is_folder: false, is_file: false }
    }
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

enum Outcome {
    Source(Box<Source>),
    Unread(Unread),
}

/// A file that may be supported, by its name or because it was named explicitly.
struct Candidate<'a> {
    path: &'a str,
    notation: Notation,
    /// Whether it may be a script without an extension; its first line decides.
    may_be_script: bool,
    is_named: bool,
}

impl<'a> Candidate<'a> {
    fn of(path: &'a str, is_named: bool) -> Option<Self> {
        let notation = Notation::by_name(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        let may_be_script = notation == Notation::Other && !name.contains('.') && !path.contains(".git/");
        let is_candidate = notation != Notation::Other || may_be_script || is_named;
        is_candidate.then_some(Self { path, notation, may_be_script: may_be_script && !is_named, is_named })
    }

    fn is_wanted(&self) -> bool {
        self.notation != Notation::Other || self.is_named
    }

    fn unread(&self, reason: UnreadReason) -> Option<Outcome> {
        self.is_wanted().then(|| Outcome::Unread(Unread { path: self.path.into(), reason }))
    }

    /// The outcome for a file that is too large. It is reported only if it was named explicitly, or if its name has a
    /// notation other than prose and requirements, because large files of these are rarely of interest.
    fn too_large(&self, size: u64) -> Option<Outcome> {
        let is_told =
            self.is_named || !matches!(self.notation, Notation::Prose | Notation::Other | Notation::Requirements);
        if is_told { self.unread(UnreadReason::TooLarge(size)) } else { None }
    }

    /// The outcome for a file with this content.
    fn source(&self, bytes: Vec<u8>) -> Option<Outcome> {
        if bytes.contains(&0) {
            let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
            let reason = if is_utf16 { UnreadReason::Utf16 } else { UnreadReason::Binary };
            return if self.notation == Notation::Prose { None } else { self.unread(reason) };
        }
        if self.may_be_script && !bytes.starts_with(SCRIPT) {
            return None;
        }
        let mut source = Source::from_bytes(self.path, bytes);
        if self.is_named && source.notation == Notation::Other {
            source.notation = Notation::by_content(&source.text);
        }
        (source.notation != Notation::Other).then(|| Outcome::Source(Box::new(source)))
    }
}

/// The first bytes of a script.
const SCRIPT: &[u8] = b"#!";

/// Reads one file if it may be supported, by its name or because it was named explicitly.
fn load(path: &str, full: &Path, is_named: bool) -> Option<Outcome> {
    let candidate = Candidate::of(path, is_named)?;
    let mut file = match std::fs::File::open(full) {
        Ok(file) => file,
        Err(error) => return candidate.unread(UnreadReason::Refused(error.to_string())),
    };
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() {
        return candidate.unread(UnreadReason::NotAFile);
    }
    if metadata.len() > LARGEST_FILE {
        return candidate.too_large(metadata.len());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    if candidate.may_be_script {
        // There are many files without an extension, so only scripts are read in full.
        let mut start = [0; SCRIPT.len()];
        if file.read_exact(&mut start).is_err() || start != *SCRIPT {
            return None;
        }
        bytes.extend_from_slice(&start);
    }
    if let Err(error) = file.read_to_end(&mut bytes) {
        return Some(Outcome::Unread(Unread { path: path.into(), reason: UnreadReason::Refused(error.to_string()) }));
    }
    candidate.source(bytes)
}

/// Reads a file again that [`read`] has read; `None` if it is no longer a readable file of a supported notation.
pub fn reread(root: &Path, path: &str) -> Option<Source> {
    match load(path, &root.join(path), false)? {
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

/// The text of a file that seaworthy itself maintains, such as a baseline.
///
/// # Errors
/// Those of the file system; a file that is not UTF-8 is an error as well.
pub fn text(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

/// Writes a new file; an existing file is left unchanged.
///
/// # Errors
/// Those of the file system, `AlreadyExists` among them.
pub fn create(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::File::create_new(path)?.write_all(text.as_bytes())
}

/// Writes a file in an existing folder. An existing regular file is replaced as a whole; a pipe, a device or a new file
/// is written directly.
///
/// # Errors
/// Those of the file system.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => replace(path, text),
        _ => std::fs::write(path, text),
    }
}

/// Replaces the text of a file atomically: a reader sees either the old text or the new one. Symbolic links are
/// followed, and the file keeps its permissions.
///
/// # Errors
/// Those of the file system; the file is then unchanged.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let permissions = std::fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".seaworthy-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::write(&beside, text)
        .and_then(|()| std::fs::set_permissions(&beside, permissions))
        .and_then(|()| std::fs::rename(&beside, &path));
    if written.is_err() {
        // The unfinished temporary file is useless.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
