//! Where the lines of a text begin.

/// A place in a text by line and column, both from 1.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, counted from 1; `\n` ends a line, and so does `\r\n`.
    pub line: u32,
    /// Column, counted from 1 in Unicode code points.
    pub column: u32,
}

/// Offsets at which the lines of a text begin.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<u32>,
    characters: Characters,
}

/// How many characters are before some offsets of a text, so that a column is found in the same time on a long line.
#[derive(Debug, Clone)]
pub struct Characters(Vec<Count>);

/// A number of characters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// Code points.
    pub all: u32,
    /// Those of four bytes, which are two units of UTF-16.
    long: u32,
}

/// The number of bytes between two offsets of which the number of characters is kept.
const BLOCK: usize = 1024;

impl Characters {
    /// Counts the characters of a text.
    pub fn of(text: &str) -> Self {
        let blocks = text.as_bytes().chunks(BLOCK).scan(Count::default(), |count, block| {
            let before = *count;
            *count = count.and(block);
            Some(before)
        });
        Self(blocks.collect())
    }

    /// The number of characters before an offset of the same text.
    pub fn before(&self, text: &str, offset: usize) -> Count {
        // The end of a text whose length is a multiple of a block has no entry.
        let block = (offset / BLOCK).min(self.0.len().saturating_sub(1));
        let count = self.0.get(block).copied().unwrap_or_default();
        count.and(&text.as_bytes()[block * BLOCK..offset])
    }
}

impl Count {
    /// Units of UTF-16.
    pub fn utf16(self) -> u32 {
        self.all + self.long
    }

    /// With the characters that begin in some bytes of UTF-8.
    fn and(self, bytes: &[u8]) -> Self {
        let count = |wanted: fn(&u8) -> bool| bytes.iter().filter(|byte| wanted(byte)).count() as u32;
        Self { all: self.all + count(|byte| (*byte as i8) >= -0x40), long: self.long + count(|byte| *byte >= 0xf0) }
    }
}

impl Lines {
    /// Finds the line starts of `text`.
    pub fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { starts, characters: Characters::of(text) }
    }

    /// The number of lines; a text that ends with a line break has an empty last one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Line and column of a byte offset. An offset after the text is moved to its end, an offset inside a character to
    /// the start of the character.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = text.floor_char_boundary(offset as usize);
        let line = self.starts.partition_point(|&start| start as usize <= offset);
        let start = self.starts[line - 1] as usize;
        // Editors do not show a byte order mark as a column.
        let marks = text[start..offset].chars().take_while(|c| *c == '\u{feff}').count() as u32;
        let before = |offset| self.characters.before(text, offset).all;
        let column = before(offset) - before(start) - marks + 1;
        Position { line: line as u32, column }
    }

    /// Byte range of a line (counted from 1) without its line end.
    pub fn range(&self, text: &str, line: u32) -> std::ops::Range<usize> {
        let index = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        let start = self.starts[index] as usize;
        let end = self.starts.get(index + 1).map_or(text.len(), |&next| next as usize);
        start..start + text[start..end].trim_end_matches(['\n', '\r']).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let position = Lines::of(text).position(text, offset);
        (position.line, position.column)
    }

    #[test]
    fn columns_are_numbered_by_code_points() {
        assert_eq!(at("a\nbc", 0), (1, 1));
        assert_eq!(at("a\nbc", 1), (1, 2));
        assert_eq!(at("a\nbc", 3), (2, 2));
        assert_eq!(at("é🙂x", 6), (1, 3));
        assert_eq!(at("é🙂x", 4), (1, 2), "an offset inside a character is moved to its start");
        assert_eq!(at("ab", 99), (1, 3));
    }

    #[test]
    fn columns_of_long_lines_are_those_that_counting_gives() {
        let text = format!("{}\n{}", "é🙂x".repeat(900), "🙂".repeat(1024));
        let second = text.find('\n').expect("a line break") + 1;
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let (line, start) = if offset < second { (1, 0) } else { (2, second) };
            assert_eq!(at(&text, offset as u32), (line, text[start..offset].chars().count() as u32 + 1), "{offset}");
        }
    }

    #[test]
    fn carriage_returns_belong_to_the_line_end() {
        let text = "ab\r\ncd\r\n";
        assert_eq!(at(text, 4), (2, 1));
        assert_eq!(Lines::of(text).range(text, 1), 0..2);
        assert_eq!(Lines::of(text).range(text, 3), 8..8);
    }

    #[test]
    fn the_byte_order_mark_has_no_column() {
        assert_eq!(at("\u{feff}FROM a", 3), (1, 1));
    }
}
