//! The texts of one run, and the only place where an offset becomes a line and a column.
//!
//! A [`Source`] is one file, from disk or from an editor. A [`Fragment`] is text embedded in a source (the body of a
//! `RUN`, a block scalar, an argument of `bash -c`) together with a map back to the exact bytes of its host. [`Tree`] is
//! the list of every path of the checkout, read or not. Nothing here knows a notation's grammar, nor Google Cloud.

mod fragment;
mod lines;
mod notation;
mod room;
mod tree;

pub use fragment::{Builder, Fragment, HOLE};
pub use lines::{Lines, Position};
pub use notation::Notation;
pub use room::{Inside, Room, indentation, line_break};
pub use tree::{Presence, Tree, folder_of, join};

use crate::span::{SourceId, Span};
use std::sync::{Arc, OnceLock};

/// Files above this many bytes are named in a note and not analysed. Hand-written configuration stays far below.
pub const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// One file: its path, its text, its notation, and where its lines begin.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the root of the run, with `/`.
    pub path: Arc<str>,
    /// The text; where the file was not UTF-8, every offending byte reads as `?`, so that offsets stay true.
    pub text: Arc<str>,
    /// How the text is written.
    pub notation: Notation,
    /// The first run of bytes that were not UTF-8.
    pub damage: Option<std::ops::Range<u32>>,
    lines: OnceLock<Lines>,
}

impl Source {
    /// A source from text that is known to be UTF-8.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let (path, text) = (path.into(), text.into());
        let notation = Notation::of(&path, &text);
        Self { path, text, notation, damage: None, lines: OnceLock::new() }
    }

    /// A source from the bytes of a file, whatever they are.
    pub fn from_bytes(path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(path, text),
            Err(error) => {
                let (text, damage) = mask_invalid(error.into_bytes());
                Self { damage: Some(damage), ..Self::new(path, text) }
            }
        }
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// Where the lines of the text begin.
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// The text of a span of this source; empty where the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Length of the byte order mark at the start of the text: 3 or 0.
    pub fn mark_length(&self) -> usize {
        if self.text.starts_with('\u{feff}') { 3 } else { 0 }
    }
}

/// Replaces every byte that is not part of valid UTF-8 by `?`, and tells where the first such run is.
fn mask_invalid(mut bytes: Vec<u8>) -> (String, std::ops::Range<u32>) {
    let mut damage = 0..0;
    let mut from = 0;
    while let Err(error) = std::str::from_utf8(&bytes[from..]) {
        let start = from + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |length| start + length);
        bytes[start..end].fill(b'?');
        if damage.is_empty() {
            damage = start as u32..end as u32;
        } else if damage.end as usize == start {
            damage.end = end as u32;
        }
        from = end;
    }
    (String::from_utf8(bytes).expect("every invalid sequence was overwritten with ASCII"), damage)
}

/// A file that could not become a [`Source`], and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Path relative to the root, with `/`.
    pub path: Arc<str>,
    /// What stood in the way.
    pub reason: UnreadReason,
}

/// Why a file is not analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadReason {
    /// The operating system refused; its message.
    Refused(String),
    /// Larger than [`LARGEST_FILE`]; its size in bytes.
    TooLarge(u64),
    /// Holds zero bytes: a binary file, or text in UTF-16.
    Binary,
    /// Has a name of ours, but is a folder, a socket or a device.
    NotAFile,
}

/// Every text of one run, and the list of all paths.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
    /// Every path of the checkout.
    pub tree: Tree,
    /// Files that were meant to be read and could not be.
    pub unread: Vec<Unread>,
}

impl Sources {
    /// Gathers sources in path order; of two with one path the later wins.
    pub fn new(files: Vec<Source>, mut tree: Tree, unread: Vec<Unread>) -> Self {
        let mut files: Vec<Arc<Source>> = files.into_iter().map(Arc::new).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.reverse();
        files.dedup_by(|a, b| a.path == b.path);
        files.reverse();
        tree.extend(files.iter().map(|file| file.path.as_ref()));
        Self { files, tree, unread }
    }

    /// Sources from `(path, text)` pairs, for tests, pages and library users.
    pub fn from_texts<P: Into<Arc<str>>, T: Into<Arc<str>>>(texts: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = texts.into_iter().map(|(path, text)| Source::new(path, text)).collect();
        Self::new(files, Tree::default(), Vec::new())
    }

    /// The same sources with other texts at some paths.
    pub fn with(&self, texts: &std::collections::BTreeMap<String, String>) -> Self {
        let copy = |source: &Arc<Source>| match texts.get(&*source.path) {
            Some(text) => {
                Arc::new(Source { notation: source.notation, ..Source::new(source.path.clone(), text.as_str()) })
            }
            None => source.clone(),
        };
        Self { files: self.files.iter().map(copy).collect(), tree: self.tree.clone(), unread: self.unread.clone() }
    }

    /// Leaves sources out; their paths stay in the tree. Ids of before mean nothing afterwards.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.files.retain(|file| wanted(&file.path));
        self.unread.retain(|unread| wanted(&unread.path));
    }

    /// Puts a source into its place, whatever stood there. Ids of before mean nothing afterwards.
    pub fn put(&mut self, source: Source) {
        self.tree.extend([&*source.path]);
        let source = Arc::new(source);
        match self.files.binary_search_by(|file| file.path.cmp(&source.path)) {
            Ok(at) => self.files[at] = source,
            Err(at) => self.files.insert(at, source),
        }
    }

    /// Takes a source out; its path stays in the tree. Ids of before mean nothing afterwards.
    pub fn remove(&mut self, path: &str) {
        self.retain(|other| other != path);
    }

    /// The source of an id.
    ///
    /// # Panics
    /// Where the id comes from another run.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Every source with its id, in path order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(index, file)| (SourceId(index as u32), &**file))
    }

    /// The source at a path.
    pub fn find(&self, path: &str) -> Option<SourceId> {
        self.files.binary_search_by(|file| file.path.as_ref().cmp(path)).ok().map(|index| SourceId(index as u32))
    }

    /// The text a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).slice(span)
    }

    /// Line and column where a span starts.
    pub fn start(&self, span: Span) -> Position {
        self.get(span.source).position(span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_their_place() {
        let source = Source::from_bytes("Dockerfile", b"# caf\xe9\xff\nFROM a\n".to_vec());
        assert_eq!(&*source.text, "# caf??\nFROM a\n");
        assert_eq!(source.damage, Some(5..7));
        let cut = Source::from_bytes("x", b"ab\xe2\x82".to_vec());
        assert_eq!((&*cut.text, cut.damage.clone()), ("ab??", Some(2..4)));
    }

    #[test]
    fn sources_are_found_by_path_and_the_later_wins() {
        let sources = Sources::from_texts([("b", "1"), ("a", "2"), ("b", "3")]);
        assert_eq!(sources.iter().len(), 2);
        let id = sources.find("b").expect("b was given");
        assert_eq!(&*sources.get(id).text, "3");
        assert!(sources.find("c").is_none());
    }
}
