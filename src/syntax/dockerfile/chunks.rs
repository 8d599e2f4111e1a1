//! Cuts a Dockerfile into logical lines, one instruction each, without parsing them.

use super::{here, words};
use crate::syntax::endings::Endings;
use std::ops::Range;

/// One instruction.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Its lines, with continuation lines and without here-documents.
    pub(super) lines: Range<usize>,
    /// Its here-documents, in order.
    pub(super) documents: Vec<Document>,
    /// A here-document that no line ends: the word that begins it, and the missing line.
    pub(super) endless: Option<(Range<usize>, String)>,
    /// The end of its last line, here-documents included.
    pub(super) end: usize,
}

/// A here-document.
#[derive(Debug)]
pub(super) struct Document {
    /// The word that begins it.
    pub(super) word: Range<usize>,
    /// Its lines, without the last one.
    pub(super) body: Range<usize>,
}

/// The instructions, without comments between them.
pub(super) fn split(text: &str, escape: char) -> impl Iterator<Item = Chunk> + '_ {
    let mut lines = Lines { text, at: 0 };
    let mut endings = None;
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let trimmed = text[line.clone()].trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let start = line.start + text[line.clone()].len() - text[line.clone()].trim_start().len();
            let mut end = line.end;
            let mut open = continues(&text[line], escape);
            while open {
                let Some(line) = lines.next() else { break };
                let trimmed = text[line.clone()].trim();
                end = line.end;
                if !trimmed.is_empty() && !trimmed.starts_with('#') {
                    open = continues(&text[line], escape);
                }
            }
            let mut chunk = Chunk { lines: start..end, documents: Vec::new(), endless: None, end };
            if !text[start..end].contains("<<") {
                return Some(chunk);
            }
            let joined = Joined::of(text, start..end, escape);
            for document in here::beginnings(&joined.text) {
                let word = joined.at(document.range.start)..joined.at(document.range.end - 1) + 1;
                let endings = endings.get_or_insert_with(|| Endings::of(text));
                let Some(last) = endings.find(&document.name, document.strips_tabs, lines.at) else {
                    chunk.endless = Some((word, document.name));
                    break;
                };
                chunk.documents.push(Document { word, body: lines.at..last.start });
                lines.at = last.end;
                chunk.end = last.end;
            }
            return Some(chunk);
        }
    })
}

/// The lines of an instruction, joined, with the place of each in the text.
#[derive(Default)]
struct Joined {
    text: String,
    /// Offsets in the joined line, with the offsets in the text that they come from.
    pieces: Vec<(usize, usize)>,
}

impl Joined {
    fn of(text: &str, lines: Range<usize>, escape: char) -> Self {
        let mut joined = Self::default();
        for piece in words::pieces(text, lines, escape) {
            joined.pieces.push((joined.text.len(), piece.start));
            joined.text.push_str(&text[piece]);
        }
        joined
    }

    /// The offset in the text of a byte of the joined line.
    fn at(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(joined, _)| *joined <= offset);
        let (joined, place) = self.pieces[piece - 1];
        place + offset - joined
    }
}

fn continues(line: &str, escape: char) -> bool {
    line.trim_end().ends_with(escape)
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let length = self.text[start..].find('\n').map_or(self.text.len() - start, |at| at + 1);
        self.at = start + length;
        Some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn logical_lines() {
        let text = "FROM a\n\n# c\nRUN x \\\n# c\n\n y\nRUN <<A <<-B\n USER\nA\n\tB\nENV z\nRUN echo <<NEVER\nCMD q";
        let chunks: Vec<_> = split(text, '\\').map(|chunk| text[chunk.lines].split_whitespace().next()).collect();
        assert_eq!(chunks, [Some("FROM"), Some("RUN"), Some("RUN"), Some("ENV"), Some("RUN"), Some("CMD")]);
    }

    #[test]
    fn a_here_document_may_begin_on_a_continuation_line() {
        let text = "RUN a && \\\n  # why\n  cat <<EOF > /x\nUSER b\nEOF\nCMD q\n";
        let chunks: Vec<_> = split(text, '\\').collect();
        assert_eq!(chunks.len(), 2);
        let document = &chunks[0].documents[0];
        assert_eq!((&text[document.word.clone()], &text[document.body.clone()]), ("<<EOF", "USER b\n"));
        assert!(text[..chunks[0].end].ends_with("EOF\n"));
    }

    #[test]
    fn a_document_without_its_last_line_hides_nothing() {
        let text = "RUN cat <<EOF\nUSER b\n";
        let chunks: Vec<_> = split(text, '\\').collect();
        assert_eq!(chunks.len(), 2);
        assert_eq!(chunks[0].endless, Some((8..13, "EOF".to_owned())));
    }
}
