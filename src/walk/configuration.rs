//! Finds and reads configuration files: those below the root of a run, and those above it up to the top of the
//! repository.

use crate::config::{self, Cascade, NAMES, Problem};
use crate::source::{Tree, folder_of};
use std::path::{Path, PathBuf};

/// Which configuration files to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The nearest file at or above each path.
    Nearest,
    /// This file for every path, as if it were in the root.
    File(PathBuf),
    /// No file.
    Nothing,
}

/// The top of the repository that contains a folder: the nearest folder at or above it with a `.git`, or the folder
/// itself.
pub fn top(root: &Path) -> &Path {
    root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root)
}

/// The root of a run that starts in a folder: the nearest folder at or above it with a `.git` or with a configuration
/// that says `root = true`, or the folder itself.
pub fn root_of(start: &Path) -> &Path {
    let says_so = |path: PathBuf| super::text(&path, None).is_ok_and(|text| config::is_root(&text));
    let is_root = |folder: &&Path| {
        folder.join(".git").exists()
            || NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file()).is_some_and(says_so)
    };
    start.ancestors().find(is_root).unwrap_or(start)
}

/// The path from the top of the repository to the root of a run, with `/`.
pub fn way(top: &Path, root: &Path) -> String {
    super::relative(top, root).unwrap_or_default()
}

/// Reads the configuration of a run and returns its problems. `open` returns texts that replace files on disk.
pub fn configuration(
    root: &Path,
    tree: &Tree,
    choice: &Choice,
    open: &dyn Fn(&Path) -> Option<String>,
) -> (Cascade, Vec<Problem>) {
    let top = top(root);
    let way = way(top, root);
    let found = match choice {
        Choice::Nothing => Vec::new(),
        Choice::File(file) => {
            let shown = super::relative(top, file).unwrap_or_else(|| file.to_string_lossy().into_owned());
            vec![config::Found { folder: way.clone(), path: shown }]
        }
        Choice::Nearest => {
            let above = root.ancestors().take_while(|folder| folder.starts_with(top)).skip(1);
            let above = above.flat_map(|folder| NAMES.iter().map(move |name| folder.join(name)));
            let above = above.filter(|path| path.is_file()).filter_map(|path| super::relative(top, &path));
            let below = tree.files().filter(|path| NAMES.contains(&path.rsplit('/').next().unwrap_or(path)));
            let below = below.filter_map(|path| crate::source::join(&way, path));
            let found = |path: String| config::Found { folder: folder_of(&path).to_owned(), path };
            above.chain(below).map(found).collect()
        }
    };
    let fetch = |path: &str| open(&top.join(path)).map_or_else(|| fetch(top, choice, path), Ok);
    let (cascade, mut problems) = config::load(&found, &way, &fetch);
    problems.extend(cascade.idle_patterns(tree));
    (cascade, problems)
}

fn fetch(top: &Path, choice: &Choice, path: &str) -> Result<String, String> {
    // A symbolic link must not lead out of the repository, unless the user named the configuration file.
    let root = (!matches!(choice, Choice::File(_))).then_some(top);
    super::text(&top.join(path), root).map_err(|error| error.to_string())
}
