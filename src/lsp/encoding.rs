//! Converts between positions of the protocol and byte offsets.
//!
//! A line ends with `\n`, `\r\n` or `\r`, unlike in [`crate::source::Lines`], and characters are counted in the unit
//! that client and server agree on
//! (<https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position>).

use crate::source::Characters;
use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// The unit in which characters are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first supported encoding that a client offers. The default is UTF-16, which every client supports.
    pub(super) fn choose(offered: &[String]) -> Self {
        let known = |name: &String| match name.as_str() {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        };
        offered.iter().find_map(known).unwrap_or(Self::Utf16)
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn length(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// The offsets of the lines of a text, with line ends as in the protocol.
#[derive(Debug)]
pub(super) struct Index {
    starts: Vec<usize>,
    characters: Characters,
}

impl Index {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Self { starts, characters: Characters::of(text) }
    }

    /// The number of units before an offset.
    fn before(&self, text: &str, offset: usize, encoding: Encoding) -> usize {
        let count = || self.characters.before(text, offset);
        match encoding {
            Encoding::Utf8 => offset,
            Encoding::Utf16 => count().utf16() as usize,
            Encoding::Utf32 => count().all as usize,
        }
    }

    /// The range of a line without its line end.
    fn line(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let start = self.starts[line];
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        start..start + text[start..end].trim_end_matches(['\n', '\r']).len()
    }

    /// The offset of a position. A position past the end of a line is moved to that end, one past the last line to the
    /// end of the text, and one inside of a character to its start.
    pub(super) fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        if line >= self.starts.len() {
            return text.len();
        }
        let line = self.line(text, line);
        let mut left = position.character as usize;
        for (at, c) in text[line.clone()].char_indices() {
            let length = encoding.length(c);
            if left < length {
                return line.start + at;
            }
            left -= length;
        }
        line.end
    }

    /// The position of an offset; an offset inside of a character is moved to its start.
    pub(super) fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let offset = text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let character = self.before(text, offset, encoding) - self.before(text, self.starts[line], encoding);
        Position { line: line as u32, character: character as u32 }
    }

    pub(super) fn range(&self, text: &str, range: std::ops::Range<usize>, encoding: Encoding) -> Range {
        Range { start: self.position(text, range.start, encoding), end: self.position(text, range.end, encoding) }
    }

    /// The byte range of a range; start and end may be out of bounds or swapped.
    pub(super) fn bytes(&self, text: &str, range: Range, encoding: Encoding) -> std::ops::Range<usize> {
        let (start, end) = (self.offset(text, range.start, encoding), self.offset(text, range.end, encoding));
        start.min(end)..start.max(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn positions_on_long_lines_are_those_that_counting_gives() {
        for text in [format!("a\n{}", "é🙂x".repeat(900)), "🙂".repeat(1024)] {
            let index = Index::of(&text);
            let start = text.find('\n').map_or(0, |end| end + 1);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (offset, _) in text.char_indices().chain([(text.len(), ' ')]).filter(|(offset, _)| *offset >= start)
                {
                    let counted: usize = text[start..offset].chars().map(|c| encoding.length(c)).sum();
                    let position = index.position(&text, offset, encoding);
                    assert_eq!(position, at((start > 0).into(), counted as u32), "{offset}");
                    assert_eq!(index.offset(&text, position, encoding), offset);
                }
            }
        }
    }

    #[test]
    fn positions_and_offsets_agree_in_every_encoding() {
        let text = "a🙂é\r\nb\rc\n\nd";
        let index = Index::of(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (offset, c) in text.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                let position = index.position(text, offset, encoding);
                assert_eq!(index.offset(text, position, encoding), offset, "{c:?} in {encoding:?}");
            }
        }
        assert_eq!(index.position(text, 5, Encoding::Utf16), at(0, 3));
        assert_eq!(index.position(text, 5, Encoding::Utf8), at(0, 5));
        assert_eq!(index.position(text, 5, Encoding::Utf32), at(0, 2));
        assert_eq!(index.position(text, text.len(), Encoding::Utf16), at(4, 1));
    }

    #[test]
    fn impossible_positions_have_an_offset() {
        let text = "a🙂\r\nb";
        let index = Index::of(text);
        assert_eq!(index.offset(text, at(0, 2), Encoding::Utf16), 1, "inside of a surrogate pair");
        assert_eq!(index.offset(text, at(0, 99), Encoding::Utf16), 5, "behind the line");
        assert_eq!(index.offset(text, at(9, 0), Encoding::Utf16), text.len(), "behind the text");
        assert_eq!(index.offset(text, at(u32::MAX, u32::MAX), Encoding::Utf8), text.len());
        let backwards = Range { start: at(1, 1), end: at(0, 0) };
        assert_eq!(index.bytes(text, backwards, Encoding::Utf16), 0..text.len());
        assert_eq!(Index::of("").offset("", at(0, 0), Encoding::Utf16), 0);
    }

    #[test]
    fn the_clients_first_choice_counts() {
        let offered =
            |names: &[&str]| Encoding::choose(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(offered(&[]), Encoding::Utf16);
        assert_eq!(offered(&["utf-8", "utf-16"]), Encoding::Utf8);
        assert_eq!(offered(&["utf-7", "utf-32"]), Encoding::Utf32);
    }
}
