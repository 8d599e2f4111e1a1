//! Where a missing setting would be inserted, and the text before and after its value.

use crate::span::Span;
use std::ops::Range;

/// A place for a value, with the text before and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The span that the text replaces; usually empty.
    pub at: Span,
    /// The text before the value: keys, flags, line breaks and indentation.
    pub before: String,
    /// The text after the value.
    pub after: String,
    /// A line break and the indentation of the last key, for values of several lines.
    pub line: String,
}

impl Room {
    /// The text to insert for a value.
    pub fn with(&self, value: &str) -> String {
        format!("{}{value}{}", self.before, self.after)
    }

    /// The same place, with more text directly before and after the value.
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

/// The blanks at the start of the line of an offset.
pub fn indentation(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The inside of a block in braces, where attributes and blocks can be inserted.
#[derive(Debug, Clone)]
pub struct Inside {
    at: Span,
    /// The indentation of the line where the block begins.
    indent: Box<str>,
    line_break: &'static str,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `{}`.
    Empty,
    /// Several lines. A blank line separates the inserted name, because `terraform fmt` aligns the names of adjacent
    /// lines.
    Lines,
    /// Nothing between the lines of the two braces.
    NoLines,
}

impl Inside {
    /// The inside of a block, which must end with `}`. `span` turns a range of the text into a span. `None` if there is
    /// anything else before the brace on its line.
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

    /// The place for an attribute, with the enclosing blocks (`holders`) that are missing as well.
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
    fn attributes_and_blocks_are_inserted_at_the_end_of_a_block() {
        assert_eq!(filled("x {\n  long = 2\n}\n", &[]).as_deref(), Some("x {\n  long = 2\n\n  n = 1\n}\n"));
        assert_eq!(filled("x {}\n", &["y"]).as_deref(), Some("x {\n  y {\n    n = 1\n  }\n}\n"));
        assert_eq!(filled("x {\r\n}\r\n", &[]).as_deref(), Some("x {\r\n  n = 1\r\n}\r\n"));
        assert_eq!(filled("x { a = 1 }\n", &[]), None);
    }
}
