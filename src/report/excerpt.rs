//! The lines of a source around some places, as they may be shown: secrets are blotted out, hidden characters are made
//! visible, and long lines are cut around the places.
//!
//! Only these lines are read, so that a report costs as much as it shows, however long a file or a line is.

use super::secrets::{BLOT, Secrets};
use crate::source::Source;
use crate::span::SourceId;
use crate::visible::picture;
use std::collections::BTreeMap;
use std::ops::Range;

/// The length in bytes from which on a line is cut.
const LONGEST: usize = 400;

/// The number of bytes that are shown before and after a place on a long line.
const AROUND: usize = 80;

/// The number of places for which a long line is shown; further ones are at its cuts.
const MOST_PLACES: usize = 8;

/// What is shown for the part of a line that is left out.
const CUT: &str = "…";

/// Lines of a source.
#[derive(Debug, Clone, Default)]
pub(super) struct Excerpt {
    /// The lines as they are shown, each with a line break unless it is the last one of the source.
    pub(super) text: String,
    /// Where each begins.
    pub(super) lines: Vec<Line>,
}

/// A line of an excerpt.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its number in the source, from 1.
    pub(super) number: usize,
    /// Its offset in the excerpt.
    pub(super) start: usize,
}

/// A begin or an end of a place, to be found again in the excerpt.
#[derive(Debug, Clone, Copy)]
struct Mark {
    offset: usize,
    place: usize,
    is_end: bool,
}

impl Excerpt {
    /// The lines of some places and one line around each, and where the places are in the excerpt. Of a place with
    /// several lines only the first counts.
    pub(super) fn of(
        id: SourceId,
        source: &Source,
        secrets: &Secrets,
        places: &[Range<usize>],
    ) -> (Self, Vec<Range<usize>>) {
        let (text, lines) = (&*source.text, source.lines());
        let last = lines.count();
        let mut wanted: BTreeMap<usize, Vec<Mark>> = BTreeMap::new();
        for (place, range) in places.iter().enumerate() {
            let number = source.position(range.start as u32).line as usize;
            for around in number.saturating_sub(1).max(1)..=(number + 1).min(last) {
                wanted.entry(around).or_default();
            }
            let line = lines.range(text, number as u32);
            let start = text.floor_char_boundary(range.start).clamp(line.start, line.end);
            let end = text.floor_char_boundary(range.end).clamp(start, line.end);
            let marks = wanted.entry(number).or_default();
            marks.push(Mark { offset: start, place, is_end: false });
            marks.push(Mark { offset: end, place, is_end: true });
        }
        let mut excerpt = Self::default();
        let mut found = vec![0..0; places.len()];
        for (number, mut marks) in wanted {
            excerpt.lines.push(Line { number, start: excerpt.text.len() });
            let mut line = lines.range(text, number as u32);
            if line.start == 0 {
                // A byte order mark is no part of what an editor shows.
                line.start = source.mark_length();
            }
            let kept = kept(text, line.clone(), &marks);
            marks.sort_by_key(|mark| (mark.offset, mark.is_end));
            let mut writer = Writer { excerpt: &mut excerpt.text, marks: &marks, found: &mut found };
            let mut at = line.start;
            for part in kept {
                writer.replace(at..part.start, CUT);
                at = part.start;
                for secret in secrets.within(id, part.clone()) {
                    writer.copy(text, at..secret.start);
                    writer.replace(secret.clone(), BLOT);
                    at = secret.end;
                }
                writer.copy(text, at..part.end);
                at = part.end;
            }
            writer.replace(at..line.end, CUT);
            writer.reach(usize::MAX);
            if number < last {
                excerpt.text.push('\n');
            }
        }
        (excerpt, found)
    }
}

/// The parts of a line that are shown, in order.
fn kept(text: &str, line: Range<usize>, marks: &[Mark]) -> Vec<Range<usize>> {
    if line.len() <= LONGEST {
        return vec![line];
    }
    let mut offsets: Vec<usize> = marks.iter().take(2 * MOST_PLACES).map(|mark| mark.offset).collect();
    if offsets.is_empty() {
        offsets.push(line.start);
    }
    offsets.sort_unstable();
    let mut parts: Vec<Range<usize>> = Vec::new();
    for offset in offsets {
        let start = text.floor_char_boundary(offset.saturating_sub(AROUND)).max(line.start);
        let end = text.floor_char_boundary((offset + AROUND).min(line.end)).max(start);
        match parts.last_mut().filter(|last| start <= last.end) {
            Some(last) => last.end = last.end.max(end),
            None => parts.push(start..end),
        }
    }
    parts
}

/// Writes a line, and notes where its marks come to be.
struct Writer<'a> {
    excerpt: &'a mut String,
    /// The marks that were not reached yet.
    marks: &'a [Mark],
    found: &'a mut [Range<usize>],
}

impl Writer<'_> {
    /// Puts the marks up to an offset at the end of what is written.
    fn reach(&mut self, offset: usize) {
        while let Some((mark, rest)) = self.marks.split_first().filter(|(mark, _)| mark.offset <= offset) {
            let found = &mut self.found[mark.place];
            if mark.is_end {
                found.end = self.excerpt.len()
            } else {
                *found = self.excerpt.len()..self.excerpt.len()
            }
            self.marks = rest;
        }
    }

    /// Writes a part of the source with its hidden characters made visible. A tab stays: it is shown as blanks.
    fn copy(&mut self, text: &str, range: Range<usize>) {
        for (at, c) in text[range.clone()].char_indices() {
            self.reach(range.start + at);
            self.excerpt.push(if c == '\t' { c } else { picture(c) });
        }
    }

    /// Writes something else in place of a part of the source. A place that begins inside of it begins before it.
    fn replace(&mut self, range: Range<usize>, by: &str) {
        if range.is_empty() {
            return;
        }
        self.reach(range.start);
        let begins = self.marks.iter().take_while(|mark| mark.offset < range.end).filter(|mark| !mark.is_end);
        for mark in begins {
            self.found[mark.place] = self.excerpt.len()..self.excerpt.len();
        }
        self.excerpt.push_str(by);
        let within = self.marks.iter().take_while(|mark| mark.offset < range.end).count();
        for mark in self.marks[..within].iter().filter(|mark| mark.is_end) {
            self.found[mark.place].end = self.excerpt.len();
        }
        self.marks = &self.marks[within..];
    }
}
