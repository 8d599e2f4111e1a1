//! Text embedded in a source, with a map back to the host's bytes.

use super::Source;
use crate::span::{SourceId, Span};
use std::ops::Range;
use std::sync::Arc;

/// A placeholder in a text for an unknown part. Configuration never contains the object replacement character.
pub const HOLE: char = '\u{fffc}';

/// Text embedded in a source, with the bytes of the source that each of its bytes came from.
///
/// Line continuations, stripped indentation, `$$` and quote escapes make the text differ from the host. The map covers
/// every piece of it, and a fragment of a fragment maps straight to the file.
#[derive(Debug, Clone)]
pub struct Fragment {
    source: SourceId,
    text: Arc<str>,
    pieces: Arc<[Piece]>,
}

/// A run of bytes with one origin. If both lengths are equal, the bytes correspond one to one; otherwise the whole
/// piece maps to the whole range of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    at: u32,
    length: u32,
    host: u32,
    host_length: u32,
}

impl Piece {
    fn is_exact(&self) -> bool {
        self.length == self.host_length
    }

    fn start_of(&self, at: u32) -> u32 {
        if self.is_exact() { self.host + (at - self.at) } else { self.host }
    }

    fn end_of(&self, at: u32) -> u32 {
        if self.is_exact() { self.host + (at - self.at) } else { self.host + self.host_length }
    }
}

impl Fragment {
    /// The whole text of a source, without its byte order mark.
    pub fn whole(id: SourceId, source: &Source) -> Self {
        let mark = source.mark_length();
        let text = if mark == 0 { source.text.clone() } else { source.text[mark..].into() };
        let length = text.len() as u32;
        let piece = Piece { at: 0, length, host: mark as u32, host_length: length };
        Self { source: id, text, pieces: Arc::new([piece]) }
    }

    /// The text to parse.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The source of the text.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The bytes of the host that a range of the text came from.
    pub fn span(&self, range: Range<usize>) -> Span {
        let (start, end) = (range.start as u32, (range.end as u32).max(range.start as u32));
        let from = self.host_start(start);
        let to = if start == end { from } else { self.host_end(end).max(from) };
        Span::new(self.source, from, to)
    }

    /// The whole text as a span.
    pub fn full_span(&self) -> Span {
        self.span(0..self.text.len())
    }

    fn host_start(&self, at: u32) -> u32 {
        let next = self.pieces.partition_point(|piece| piece.at <= at);
        // An offset between two pieces belongs to the later one; at the very end, to the last one.
        match self.pieces.get(next.wrapping_sub(1)) {
            Some(piece) if at < piece.at + piece.length || next == self.pieces.len() => {
                if at <= piece.at + piece.length {
                    piece.start_of(at).max(piece.host)
                } else {
                    piece.host + piece.host_length
                }
            }
            Some(piece) => piece.host + piece.host_length,
            None => self.pieces.first().map_or(0, |piece| piece.host),
        }
    }

    fn host_end(&self, at: u32) -> u32 {
        let next = self.pieces.partition_point(|piece| piece.at < at);
        match self.pieces.get(next.wrapping_sub(1)) {
            Some(piece) => piece.end_of(at.min(piece.at + piece.length)),
            None => self.pieces.first().map_or(0, |piece| piece.host),
        }
    }

    /// Part of the text, as a fragment of its own.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut builder = self.builder();
        builder.keep(range);
        builder.finish()
    }

    /// This text, a line break, and another text of the same source.
    pub fn followed_by(&self, other: &Self) -> Self {
        let mut builder = self.builder();
        builder.keep(0..self.text.len());
        builder.append("\n", other.host_start(0), 0);
        for piece in other.pieces.iter() {
            let text = &other.text[piece.at as usize..(piece.at + piece.length) as usize];
            builder.append(text, piece.host, piece.host_length);
        }
        builder.finish()
    }

    /// Begins a fragment that is made of pieces of this one.
    pub fn builder(&self) -> Builder<'_> {
        Builder { host: self, text: String::new(), pieces: Vec::new(), start: None }
    }

    /// Text that maps as a whole to the bytes at `span`, for values that a notation computed.
    pub fn standing_for(text: &str, span: Span) -> Self {
        let piece = Piece { at: 0, length: text.len() as u32, host: span.start, host_length: span.end - span.start };
        Self { source: span.source, text: text.into(), pieces: Arc::new([piece]) }
    }
}

/// Builds a fragment from ranges of its host.
#[derive(Debug)]
pub struct Builder<'a> {
    host: &'a Fragment,
    text: String,
    pieces: Vec<Piece>,
    /// The offset in the source where the first kept range begins, even if that range is empty.
    start: Option<u32>,
}

impl Builder<'_> {
    /// Copies a range of the host unchanged.
    pub fn keep(&mut self, range: Range<usize>) {
        let host = self.host;
        let (start, end) = (range.start as u32, range.end as u32);
        self.start.get_or_insert_with(|| host.host_start(start));
        let first = host.pieces.partition_point(|piece| piece.at + piece.length <= start);
        for piece in host.pieces[first..].iter().take_while(|piece| piece.at < end) {
            let from = start.max(piece.at);
            let to = end.min(piece.at + piece.length);
            if from >= to {
                continue;
            }
            let (host_from, host_to) = (piece.start_of(from), piece.end_of(to));
            self.append(&host.text[from as usize..to as usize], host_from, host_to - host_from);
        }
    }

    /// Writes `text` where the host has `range`.
    pub fn replace(&mut self, range: Range<usize>, text: &str) {
        let span = self.host.span(range);
        self.append(text, span.start, span.end - span.start);
    }

    /// Length of the text so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether the text is still empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The finished fragment.
    pub fn finish(mut self) -> Fragment {
        if self.pieces.is_empty() {
            let host = self.start.unwrap_or_else(|| self.host.host_start(0));
            self.pieces.push(Piece { at: 0, length: 0, host, host_length: 0 });
        }
        Fragment { source: self.host.source, text: self.text.into(), pieces: self.pieces.into() }
    }

    fn append(&mut self, text: &str, host: u32, host_length: u32) {
        let piece = Piece { at: self.text.len() as u32, length: text.len() as u32, host, host_length };
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if last.is_exact() && piece.is_exact() && last.host + last.host_length == host => {
                last.length += piece.length;
                last.host_length += piece.host_length;
            }
            _ if piece.length == 0 => {}
            _ => self.pieces.push(piece),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Fragment {
        Fragment::whole(SourceId(0), &Source::new("x", text))
    }

    fn range(fragment: &Fragment, of: &str) -> Range<usize> {
        let start = fragment.text().find(of).expect("text is there");
        fragment.span(start..start + of.len()).range()
    }

    #[test]
    fn the_map_is_exact_around_dropped_bytes() {
        let host = whole("apt-get \\\n  install curl");
        let mut builder = host.builder();
        builder.keep(0..8);
        builder.keep(10..host.text().len());
        let fragment = builder.finish();
        assert_eq!(fragment.text(), "apt-get   install curl");
        assert_eq!(range(&fragment, "apt-get"), 0..7);
        assert_eq!(range(&fragment, "curl"), 20..24);
        assert_eq!(range(&fragment, "get   install"), 4..19);
    }

    #[test]
    fn replaced_text_maps_to_the_whole_range() {
        let host = whole("echo $$HOME now");
        let mut builder = host.builder();
        builder.keep(0..5);
        builder.replace(5..7, "$");
        builder.keep(7..15);
        let fragment = builder.finish();
        assert_eq!(fragment.text(), "echo $HOME now");
        assert_eq!(range(&fragment, "$"), 5..7);
        assert_eq!(range(&fragment, "HOME"), 7..11);
        assert_eq!(range(&fragment, "$HOME"), 5..11);
        assert_eq!(range(&fragment, "now"), 12..15);
    }

    #[test]
    fn a_fragment_of_a_fragment_maps_to_the_file() {
        let host = whole("--\u{feff}aXXbcYYd");
        let mut builder = host.builder();
        builder.keep(5..6);
        builder.keep(8..10);
        builder.keep(12..13);
        let middle = builder.finish();
        assert_eq!(middle.text(), "abcd");
        let inner = middle.slice(1..4);
        assert_eq!(inner.text(), "bcd");
        assert_eq!(range(&inner, "bc"), 8..10);
        assert_eq!(range(&inner, "cd"), 9..13);
        assert_eq!(inner.full_span().range(), 8..13);
    }

    #[test]
    fn offsets_include_the_byte_order_mark_that_the_text_omits() {
        let host = whole("\u{feff}FROM a");
        assert_eq!(host.text(), "FROM a");
        assert_eq!(host.span(0..4).range(), 3..7);
        assert_eq!(host.span(6..6).range(), 9..9);
    }

    #[test]
    fn an_empty_fragment_has_a_span() {
        let host = whole("abc");
        let fragment = host.slice(2..2);
        assert_eq!(fragment.text(), "");
        assert_eq!(fragment.full_span().range(), 2..2);
    }
}
