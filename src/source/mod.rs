//! The texts of one run, and the only place that converts offsets to lines and columns.
//!
//! A [`Source`] is one file, from disk or from an editor. A [`Fragment`] is text embedded in a source (the body of a
//! `RUN`, a block scalar, an argument of `bash -c`) together with a map back to the exact bytes of its host. [`Tree`]
//! is the list of every path of the checkout, read or not. Nothing here depends on the grammar of a notation, or on
//! Google Cloud.

mod fragment;
mod glob;
mod lines;
mod notation;
mod room;
mod sources;
mod tree;

pub use fragment::{Builder, Fragment, HOLE};
pub use glob::Glob;
pub use lines::{Characters, Count, Lines, Position};
pub use notation::Notation;
pub use room::{Inside, Room, indentation, line_break};
pub use sources::{PerSource, Sources};
pub use tree::{Presence, Tree, folder_of, join};

use crate::span::Span;
use std::sync::{Arc, OnceLock};

/// The largest file that is analysed, in bytes; a larger one is only named in a note. Hand-written configuration is far
/// smaller.
pub const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// One file: its path, its text, its notation, and where its lines begin.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the root of the run, with `/`.
    pub path: Arc<str>,
    /// The text; bytes that are not UTF-8 are replaced by `?` one by one, so that offsets stay valid.
    pub text: Arc<str>,
    /// The notation of the text.
    pub notation: Notation,
    /// The first run of bytes that are not UTF-8.
    pub damage: Option<std::ops::Range<u32>>,
    /// If the path is a symbolic link to a file of the checkout, the path of that file.
    pub target: Option<Arc<str>>,
    lines: OnceLock<Lines>,
}

impl Source {
    /// A source from text that is known to be UTF-8.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let (path, text) = (path.into(), text.into());
        let notation = Notation::of(&path, &text);
        Self { path, text, notation, damage: None, target: None, lines: OnceLock::new() }
    }

    /// A source from the bytes of a file, which may be invalid UTF-8.
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

    /// The offsets where the lines of the text begin.
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// The text of a span of this source; empty if the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Length of the byte order mark at the start of the text: 3 or 0.
    pub fn mark_length(&self) -> usize {
        if self.text.starts_with('\u{feff}') { 3 } else { 0 }
    }
}

/// Replaces every byte that is not part of valid UTF-8 by `?`, and returns the first run of them.
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
    /// Why it could not be read.
    pub reason: UnreadReason,
}

impl Unread {
    /// Whether this is a finding, and not only a note: the file is one that a tool of the deployment reads by its name,
    /// or the operating system refused it.
    pub fn is_finding(&self) -> bool {
        match self.reason {
            UnreadReason::Refused(_) => true,
            // A folder may have any name, and a link may lead into a submodule that is not checked out.
            UnreadReason::NotAFile
            | UnreadReason::DeadLink
            | UnreadReason::Ignored
            | UnreadReason::IgnoreListLink
            | UnreadReason::FormerUnknown => false,
            UnreadReason::TooLarge(_) | UnreadReason::Binary | UnreadReason::Utf16 | UnreadReason::LinkOutside => {
                Notation::is_read_by_name(&self.path)
            }
        }
    }
}

/// Why a file is not analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadReason {
    /// The operating system refused it, with this message.
    Refused(String),
    /// It is larger than [`LARGEST_FILE`]; its size in bytes.
    TooLarge(u64),
    /// It contains zero bytes: a binary file.
    Binary,
    /// It begins with the byte order mark of UTF-16.
    Utf16,
    /// It has the name of a supported file, but is a folder, a socket or a device.
    NotAFile,
    /// It is a symbolic link out of the root.
    LinkOutside,
    /// It is a symbolic link to nothing.
    DeadLink,
    /// A `.gitignore` leaves it out, and there is no Git repository that could tell whether it is tracked nevertheless.
    Ignored,
    /// It is a `.gitignore` that is a symbolic link, which Git does not follow either.
    IgnoreListLink,
    /// It is a submodule, and its commit from before the change is not here.
    FormerUnknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_are_replaced_one_by_one() {
        let source = Source::from_bytes("Dockerfile", b"# caf\xe9\xff\nFROM a\n".to_vec());
        assert_eq!(&*source.text, "# caf??\nFROM a\n");
        assert_eq!(source.damage, Some(5..7));
        let cut = Source::from_bytes("x", b"ab\xe2\x82".to_vec());
        assert_eq!((&*cut.text, cut.damage.clone()), ("ab??", Some(2..4)));
    }
}
