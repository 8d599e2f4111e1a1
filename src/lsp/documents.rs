//! The open documents, in the state that the client has.

use super::encoding::{Encoding, Index};
use gen_lsp_types::{TextDocumentContentChangeEvent as Change, Uri};
use std::path::PathBuf;
use std::sync::Arc;

/// An open document.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// The version, counted by the client.
    pub(super) version: i32,
    /// The language id of the client.
    pub(super) language: String,
    /// Its text.
    pub(super) text: Arc<str>,
}

impl Document {
    /// Applies changes in order. An outdated version is an error unless its first change replaces the whole text.
    ///
    /// # Errors
    /// Why the changes can't be applied.
    pub(super) fn change(&mut self, version: i32, changes: Vec<Change>, encoding: Encoding) -> Result<(), String> {
        let is_whole = matches!(changes.as_slice(), [Change::TextDocumentContentChangeWholeDocument(_), ..]);
        if version < self.version && !is_whole {
            return Err(format!("a change of version {version} came after version {}", self.version));
        }
        let mut text = self.text.to_string();
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(part) => {
                    let range = Index::of(&text).bytes(&text, part.range, encoding);
                    text.replace_range(range, &part.text);
                }
                Change::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
            }
        }
        self.version = version;
        self.text = text.into();
        Ok(())
    }
}

/// The place of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Home {
    /// The root of its folder.
    pub(super) root: PathBuf,
    /// Its path, relative to that root.
    pub(super) path: String,
    /// Its address as the client spells it.
    pub(super) address: Uri,
    /// The absolute path of its file, if it has one.
    pub(super) full: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use gen_lsp_types::{
        Position, Range, TextDocumentContentChangePartial as Part, TextDocumentContentChangeWholeDocument as Whole,
    };

    fn part(from: (u32, u32), to: (u32, u32), text: &str) -> Change {
        let at = |(line, character)| Position { line, character };
        let range = Range { start: at(from), end: at(to) };
        Change::TextDocumentContentChangePartial(Part { range, text: text.to_owned(), ..Part::default() })
    }

    fn whole(text: &str) -> Change {
        Change::TextDocumentContentChangeWholeDocument(Whole { text: text.to_owned() })
    }

    #[test]
    fn changes_build_on_each_other_and_older_ones_are_left_out() {
        let mut document = Document { version: 1, language: String::new(), text: "FROM a\n".into() };
        let changes = vec![part((0, 5), (0, 6), "🙂b"), part((0, 7), (0, 8), "c"), part((1, 0), (9, 9), "USER x\n")];
        document.change(2, changes, Encoding::Utf16).expect("in order");
        assert_eq!(&*document.text, "FROM 🙂c\nUSER x\n");
        document.change(1, vec![part((0, 0), (0, 4), "")], Encoding::Utf16).expect_err("out of order");
        assert_eq!((&*document.text, document.version), ("FROM 🙂c\nUSER x\n", 2));
        document.change(1, vec![whole("x")], Encoding::Utf16).expect("the whole text needs no order");
        assert_eq!(&*document.text, "x");
    }
}
