//! The lines of a text by what they say, to find the end of a here-document without reading to the end of the text for
//! each one that has none.

use std::collections::HashMap;
use std::ops::Range;

/// The lines of a text.
#[derive(Debug)]
pub(super) struct Endings<'a> {
    text: &'a str,
    /// The offsets of the lines that say something, without the end of the line.
    whole: HashMap<&'a str, Vec<usize>>,
    /// The same without tabs at the start; only of lines with such tabs.
    indented: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Endings<'a> {
    /// The lines of a text.
    pub(super) fn of(text: &'a str) -> Self {
        let mut endings = Self { text, whole: HashMap::new(), indented: HashMap::new() };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            endings.whole.entry(body).or_default().push(at);
            let stripped = body.trim_start_matches('\t');
            if stripped.len() < body.len() {
                endings.indented.entry(stripped).or_default().push(at);
            }
            at += line.len();
        }
        endings
    }

    /// The first line at or behind an offset that ends a here-document.
    pub(super) fn find(&self, name: &str, strips_tabs: bool, from: usize) -> Option<Range<usize>> {
        let first = |lines: &HashMap<&str, Vec<usize>>| {
            let lines = lines.get(name)?;
            lines.get(lines.partition_point(|line| *line < from)).copied()
        };
        let (whole, indented) = (first(&self.whole), if strips_tabs { first(&self.indented) } else { None });
        let start = whole.into_iter().chain(indented).min()?;
        let length = self.text[start..].find('\n').map_or(self.text.len() - start, |end| end + 1);
        Some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::Endings;

    #[test]
    fn the_first_line_behind_an_offset_is_found() {
        let endings = Endings::of("EOF\n\tEOF\nEOF \nEOF\r\nA");
        assert_eq!(endings.find("EOF", false, 0), Some(0..4));
        assert_eq!(endings.find("EOF", false, 1), Some(14..19));
        assert_eq!(endings.find("EOF", true, 1), Some(4..9));
        assert_eq!(endings.find("A", false, 0), Some(19..20));
        assert_eq!(endings.find("A", false, 20), None);
        assert_eq!(endings.find("B", true, 0), None);
    }
}
