//! The thread that reads the disk, so that a slow disk blocks no other thread.

use crate::source::{Presence, Source, Sources};
use crate::walk::{self, Request};
use crossbeam_channel::Receiver;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A request to read something.
#[derive(Debug)]
pub(super) enum Order {
    /// Walk a whole folder, and check for the `asked` files whether the walk leaves them out.
    Walk { root: PathBuf, asked: Vec<String> },
    /// Read one file again.
    Read { root: PathBuf, path: String },
}

/// The result of reading.
#[derive(Debug)]
pub(super) enum Reading {
    /// A folder; `ignored` are the `asked` files that exist on disk but that the walk leaves out.
    Folder { root: PathBuf, sources: Sources, asked: BTreeSet<String>, ignored: HashSet<String> },
    /// A file; `source` is `None` if it is no longer a supported one.
    File { root: PathBuf, path: String, source: Option<Source> },
}

/// The maximum pause after a walk.
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Handles orders until the queue is closed or `pass`, which takes what was read, returns false. Equal orders in the queue are handled once.
pub(super) fn serve(orders: &Receiver<Order>, pass: &dyn Fn(Reading) -> bool) {
    while let Ok(first) = orders.recv() {
        let mut walks: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        let mut reads: BTreeSet<(PathBuf, String)> = BTreeSet::new();
        for order in std::iter::once(first).chain(orders.try_iter()) {
            match order {
                Order::Walk { root, asked } => walks.entry(root).or_default().extend(asked),
                Order::Read { root, path } => drop(reads.insert((root, path))),
            }
        }
        let (begin, has_walked) = (Instant::now(), !walks.is_empty());
        for (root, asked) in walks {
            reads.retain(|(other, _)| *other != root);
            let sources = walk::read(&Request { root: root.clone(), named: Vec::new() });
            let is_ignored = |path: &String| match sources.tree.presence(path) {
                Presence::File => false,
                // The walk does not enter this folder, so it leaves out the file whether or not that is saved.
                Presence::Unknown => true,
                Presence::Folder | Presence::Missing => root.join(path).is_file(),
            };
            let ignored = asked.iter().filter(|path| is_ignored(path)).cloned().collect();
            if !pass(Reading::Folder { root, sources, asked, ignored }) {
                return;
            }
        }
        for (root, path) in reads {
            let source = walk::reread(&root, &path);
            if !pass(Reading::File { root, path, source }) {
                return;
            }
        }
        if has_walked {
            // A compiler that writes thousands of files next to the checkout must not keep this thread walking: the
            // pause is three times as long as the walk, and orders queued meanwhile are handled together.
            std::thread::sleep((begin.elapsed() * 3).min(LONGEST_REST));
        }
    }
}
