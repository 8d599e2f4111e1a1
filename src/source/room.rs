//! How something would be written that is not there: where, and in which words around its value.

use crate::span::Span;
use std::ops::Range;

/// Room for a value: a place, and the text in front of the value and behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Where; what stands there, mostly nothing, gives way.
    pub at: Span,
    /// What stands in front of the value: keys, flags, line breaks and indentation.
    pub before: String,
    /// What stands behind it.
    pub after: String,
    /// A line break and the blanks of the line of the last key, for values of several lines.
    pub line: String,
}

impl Room {
    /// What is to be written for a value.
    pub fn with(&self, value: &str) -> String {
        format!("{}{value}{}", self.before, self.after)
    }

    /// Room of which the value is part of a longer text.
    pub fn around(mut self, before: &str, after: &str) -> Self {
        self.before.push_str(before);
        self.after.insert_str(0, after);
        self
    }
}

/// The line break that a text uses.
pub fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The blanks that the line of an offset begins with.
pub fn indentation(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The inside of a block in braces, for what it does not hold yet.
#[derive(Debug, Clone)]
pub struct Inside {
    at: Span,
    /// The blanks in front of the block's own line.
    indent: Box<str>,
    line_break: &'static str,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `{}`.
    Empty,
    /// Lines, of which the last needs a blank line behind it: names below it would be aligned with those above it.
    Lines,
    /// No lines yet.
    NoLines,
}

impl Inside {
    /// The inside of the block that ends with the brace in front of an offset. `span` gives the bytes of a range. None where
    /// other things stand on the line of the brace.
    pub fn of(text: &str, block: Range<usize>, span: impl Fn(Range<usize>) -> Span) -> Option<Self> {
        let close = block.end.checked_sub(1).filter(|close| text[*close..].starts_with('}'))?;
        let indent = indentation(text, block.start).into();
        let line_break = line_break(text);
        let inner = &text[..close];
        if inner.trim_end_matches([' ', '\t']).ends_with('{') {
            let open = inner.trim_end_matches([' ', '\t']).len();
            return Some(Self { at: span(open..open), indent, line_break, form: Form::Empty });
        }
        let line = inner.rfind('\n')? + 1;
        let is_free = inner[line..].trim_matches([' ', '\t']).is_empty() && line > block.start;
        let above = inner[..line].trim_end();
        let form = if above.ends_with('{') { Form::NoLines } else { Form::Lines };
        is_free.then(|| Self { at: span(line..line), indent, line_break, form })
    }

    /// Room for an attribute, in blocks that are not there yet either.
    pub fn room(&self, holders: &[&str], name: &str) -> Room {
        let end = self.line_break;
        let indent = |depth: usize| format!("{}{}", self.indent, "  ".repeat(depth));
        let mut before = String::new();
        for (depth, holder) in holders.iter().enumerate() {
            before.push_str(&format!("{}{holder} {{{end}", indent(depth + 1)));
        }
        before.push_str(&format!("{}{name} = ", indent(holders.len() + 1)));
        let mut after = String::new();
        for depth in (1..=holders.len()).rev() {
            after.push_str(&format!("{end}{}}}", indent(depth)));
        }
        match self.form {
            Form::Empty => {
                before.insert_str(0, end);
                after.push_str(&format!("{end}{}", self.indent));
            }
            Form::Lines => {
                before.insert_str(0, end);
                after.push_str(end);
            }
            Form::NoLines => after.push_str(end),
        }
        Room { at: self.at, before, after, line: format!("{end}{}", indent(holders.len() + 1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Inside;
    use crate::span::{SourceId, Span};

    fn filled(text: &str, holders: &[&str]) -> Option<String> {
        let span = |range: std::ops::Range<usize>| Span::new(SourceId(0), range.start as u32, range.end as u32);
        let end = text.rfind('}').map_or(0, |at| at + 1);
        let room = Inside::of(text, 0..end, span)?.room(holders, "n");
        let mut text = text.to_owned();
        text.insert_str(room.at.start as usize, &room.with("1"));
        Some(text)
    }

    #[test]
    fn attributes_and_blocks_stand_at_the_end_of_a_block() {
        assert_eq!(filled("x {\n  long = 2\n}\n", &[]).as_deref(), Some("x {\n  long = 2\n\n  n = 1\n}\n"));
        assert_eq!(filled("x {}\n", &["y"]).as_deref(), Some("x {\n  y {\n    n = 1\n  }\n}\n"));
        assert_eq!(filled("x {\r\n}\r\n", &[]).as_deref(), Some("x {\r\n  n = 1\r\n}\r\n"));
        assert_eq!(filled("x { a = 1 }\n", &[]), None);
    }
}
