//! The thread that reads the disk, so that a slow one keeps nobody waiting.

use super::worker::Job;
use crate::source::{Presence, Source, Sources};
use crate::walk::{self, Request};
use crossbeam_channel::{Receiver, Sender};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Something to read.
#[derive(Debug)]
pub(super) enum Order {
    /// A whole folder, and whether files are there of which the walk may know nothing.
    Walk { root: PathBuf, asked: Vec<String> },
    /// One file that was read before.
    Read { root: PathBuf, path: String },
}

/// What was read.
#[derive(Debug)]
pub(super) enum Reading {
    /// A folder; of the files that were asked for those that are there and are not to be read, because they are ignored.
    Folder { root: PathBuf, sources: Sources, asked: BTreeSet<String>, ignored: HashSet<String> },
    /// A file, where it is still one of ours.
    File { root: PathBuf, path: String, source: Option<Source> },
}

/// The longest time between two walks.
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Follows orders until nobody gives any. Those that have piled up are followed once.
pub(super) fn serve(orders: &Receiver<Order>, to: &Sender<Job>) {
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
                // What lies in a folder of other people's code is theirs, saved or not.
                Presence::Unknown => true,
                Presence::Folder | Presence::Missing => root.join(path).is_file(),
            };
            let ignored = asked.iter().filter(|path| is_ignored(path)).cloned().collect();
            if to.send(Job::Read(Reading::Folder { root, sources, asked, ignored })).is_err() {
                return;
            }
        }
        for (root, path) in reads {
            let source = walk::reread(&root, &path);
            if to.send(Job::Read(Reading::File { root, path, source })).is_err() {
                return;
            }
        }
        if has_walked {
            // A compiler that writes thousands of files next door must not keep us walking: most of the time goes to others,
            // and what has piled up meanwhile is done once.
            std::thread::sleep((begin.elapsed() * 3).min(LONGEST_REST));
        }
    }
}
