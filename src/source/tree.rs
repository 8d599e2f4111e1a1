//! Every path of the checkout, whether its text was read or not.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// The kind of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    File,
    /// A folder that was not walked (`node_modules`, a link): its content is unknown.
    Closed,
}

/// The files of the checkout by path, sorted, without those that version control ignores.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Shared, because each run keeps the tree of its sources.
    entries: Arc<BTreeMap<Box<str>, Entry>>,
}

/// Whether something exists at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// There is a file.
    File,
    /// There is a folder with at least one file.
    Folder,
    /// There is nothing.
    Missing,
    /// The path is in a folder that was not walked.
    Unknown,
}

impl Tree {
    /// Adds files.
    pub fn extend<'a>(&mut self, files: impl IntoIterator<Item = &'a str>) {
        for path in files {
            if !self.entries.contains_key(path) {
                Arc::make_mut(&mut self.entries).insert(path.into(), Entry::File);
            }
        }
    }

    /// Adds a folder whose content is not listed; `""` is the root.
    pub fn close(&mut self, folder: &str) {
        Arc::make_mut(&mut self.entries).insert(folder.into(), Entry::Closed);
    }

    /// Whether both share one list in memory; two trees that don't may still be equal.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries)
    }

    /// Every file, in path order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, entry)| **entry == Entry::File).map(|(path, _)| &**path)
    }

    /// The files below a folder (`""` is the root), in path order.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = prefix.clone();
        self.entries
            .range::<str, _>((Bound::Included(from.as_str()), Bound::Unbounded))
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .filter(|(_, entry)| **entry == Entry::File)
            .map(|(path, _)| &**path)
    }

    /// Whether something exists at a path that is relative to the root and has no `.` or `..`.
    pub fn presence(&self, path: &str) -> Presence {
        if path.is_empty() {
            return Presence::Folder;
        }
        match self.entries.get(path) {
            Some(Entry::File) => return Presence::File,
            Some(Entry::Closed) => return Presence::Unknown,
            None => {}
        }
        if self.entries.get("") == Some(&Entry::Closed) {
            return Presence::Unknown;
        }
        let mut parent = path;
        while let Some((above, _)) = parent.rsplit_once('/') {
            if self.entries.get(above) == Some(&Entry::Closed) {
                return Presence::Unknown;
            }
            parent = above;
        }
        let prefix = format!("{path}/");
        let next = self.entries.range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded)).next();
        if next.is_some_and(|(next, _)| next.starts_with(&prefix)) { Presence::Folder } else { Presence::Missing }
    }

    /// Whether any folder inside `folder` was not walked.
    pub fn has_closed_below(&self, folder: &str) -> bool {
        self.entries.iter().any(|(path, entry)| {
            *entry == Entry::Closed
                && (folder.is_empty()
                    || path.is_empty()
                    || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
        })
    }
}

/// Joins a relative path to a folder, resolving `.` and `..`; `None` if it leaves the root.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a path; `""` for a file at the root.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_a_folder_missing_or_unknown() {
        let mut tree = Tree::default();
        tree.extend(["a/b.txt", "a-b", "c/d/e"]);
        tree.close("c/node_modules");
        assert_eq!(tree.presence("a/b.txt"), Presence::File);
        assert_eq!(tree.presence("a"), Presence::Folder);
        assert_eq!(tree.presence("c/d"), Presence::Folder);
        assert_eq!(tree.presence("b"), Presence::Missing);
        assert_eq!(tree.presence("c/node_modules/x/y"), Presence::Unknown);
        assert_eq!(tree.presence(""), Presence::Folder);
        let mut closed = Tree::default();
        closed.extend(["a/b"]);
        closed.close("");
        assert_eq!((closed.presence("a/b"), closed.presence("c")), (Presence::File, Presence::Unknown));
        assert!(closed.has_closed_below("a"));
        assert_eq!(tree.below("a").collect::<Vec<_>>(), ["a/b.txt"]);
        assert!(tree.has_closed_below("c") && !tree.has_closed_below("a"));
    }

    #[test]
    fn a_joined_path_never_leaves_the_root() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("", "./x//y/").as_deref(), Some("x/y"));
        assert_eq!(join("a", "../../etc"), None);
        assert_eq!(folder_of("a/b/c"), "a/b");
        assert_eq!(folder_of("c"), "");
    }
}
