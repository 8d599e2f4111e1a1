//! What `.gitignore` files leave out.
//!
//! They are read here and not by the walker, which opens whatever has that name. As Git does, a link of that name is not
//! followed (<https://git-scm.com/docs/gitignore#_notes>).

use super::file::{self, Refusal};
use super::{lock, relative};
use crate::source::{Unread, UnreadReason};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The largest `.gitignore` that is used, in bytes. Those that list what is *not* left out reach some 100 kB.
const LARGEST: u64 = 512 * 1024;

/// The patterns for the entries of a folder.
#[derive(Debug)]
struct Patterns {
    /// Those of the folder itself.
    own: Gitignore,
    /// Those of the folder above, unless this one is a repository of its own.
    above: Option<Arc<Patterns>>,
}

impl Patterns {
    /// Whether an entry is left out; the nearest file that says something about it decides.
    fn leave_out(&self, path: &Path, is_folder: bool) -> bool {
        let mut next = Some(self);
        while let Some(patterns) = next {
            match patterns.own.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => next = patterns.above.as_deref(),
            }
        }
        false
    }
}

/// The patterns of every visited folder that has some.
#[derive(Debug)]
pub(super) struct Ignored<'a> {
    root: &'a Path,
    folders: Mutex<HashMap<PathBuf, Arc<Patterns>>>,
    unusable: Mutex<Vec<Unread>>,
}

impl<'a> Ignored<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, folders: Mutex::default(), unusable: Mutex::default() }
    }

    /// The view of one thread.
    pub(super) fn view(&self) -> View<'_> {
        View { all: self, folder: PathBuf::new(), patterns: None }
    }

    /// The `.gitignore` files that are not used, and why.
    pub(super) fn unusable(self) -> Vec<Unread> {
        self.unusable.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the patterns for the entries of a folder.
    fn enter(&self, folder: &Path, above: Option<Arc<Patterns>>) {
        let own = self.patterns(&folder.join(".gitignore"));
        // Patterns count up to the top of a repository.
        let above = above.filter(|_| std::fs::symlink_metadata(folder.join(".git")).is_err());
        let patterns = match own {
            Some(own) => Some(Arc::new(Patterns { own, above })),
            None => above,
        };
        if let Some(patterns) = patterns {
            lock(&self.folders).insert(folder.to_owned(), patterns);
        }
    }

    fn patterns(&self, path: &Path) -> Option<Gitignore> {
        let reason = match file::read(path, LARGEST) {
            Ok(bytes) => {
                let mut builder = GitignoreBuilder::new(path.parent()?);
                let text = String::from_utf8_lossy(&bytes);
                for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
                    // Git takes no notice of a pattern that is not valid, either.
                    let _ = builder.add_line(None, line);
                }
                return builder.build().ok().filter(|patterns| !patterns.is_empty());
            }
            Err(Refusal::System(error)) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(Refusal::System(error)) => UnreadReason::Refused(error.to_string()),
            Err(Refusal::Link) => UnreadReason::IgnoreListLink,
            Err(Refusal::NotAFile) => UnreadReason::NotAFile,
            Err(Refusal::TooLarge(size)) => UnreadReason::TooLarge(size),
        };
        let unread = Unread { path: relative(self.root, path)?.into(), reason };
        lock(&self.unusable).push(unread);
        None
    }
}

/// The patterns as one thread sees them.
#[derive(Debug)]
pub(super) struct View<'a> {
    all: &'a Ignored<'a>,
    /// The folder that was asked about last; the entries of a folder come together.
    folder: PathBuf,
    patterns: Option<Arc<Patterns>>,
}

impl View<'_> {
    /// Whether an entry is left out. The folder that it is in must have been asked about before; a folder that is not
    /// left out is ready for its entries afterwards.
    pub(super) fn leaves_out(&mut self, path: &Path, is_folder: bool) -> bool {
        if path == self.all.root {
            self.all.enter(path, None);
            return false;
        }
        let folder = path.parent().unwrap_or(path);
        if folder.as_os_str() != self.folder.as_os_str() {
            let folders = lock(&self.all.folders);
            self.patterns = folders.get(folder).cloned();
            drop(folders);
            self.folder = folder.to_owned();
        }
        let is_left_out = self.patterns.as_ref().is_some_and(|patterns| patterns.leave_out(path, is_folder));
        if is_folder && !is_left_out {
            self.all.enter(path, self.patterns.clone());
        }
        is_left_out
    }
}
