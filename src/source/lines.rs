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
pub struct Lines(Vec<u32>);

impl Lines {
    /// Finds the line starts of `text`.
    pub fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self(starts)
    }

    /// Line and column of a byte offset. An offset after the text is moved to its end, an offset inside a character to
    /// the start of the character.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.0.partition_point(|&start| start as usize <= offset);
        let start = self.0[line - 1] as usize;
        // Editors do not show a byte order mark as a column.
        let before = text[start..offset].trim_start_matches('\u{feff}');
        Position { line: line as u32, column: before.chars().count() as u32 + 1 }
    }

    /// Byte range of a line (counted from 1) without its line end.
    pub fn range(&self, text: &str, line: u32) -> std::ops::Range<usize> {
        let index = (line.max(1) as usize - 1).min(self.0.len() - 1);
        let start = self.0[index] as usize;
        let end = self.0.get(index + 1).map_or(text.len(), |&next| next as usize);
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
