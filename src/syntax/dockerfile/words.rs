//! The words of arguments: joined lines, and the `name=value` lists of `ENV`, `ARG` and `LABEL`.

use super::{Assignment, Word};
use crate::source::Fragment;
use std::ops::Range;

/// The text of a range as the builder sees it: a line that ends in the escape character is joined with the next;
/// comment lines and blank lines in between are dropped.
pub(super) fn logical(host: &Fragment, range: Range<usize>, escape: char) -> Fragment {
    let mut builder = host.builder();
    pieces(host.text(), range, escape).into_iter().for_each(|piece| builder.keep(piece));
    builder.finish()
}

/// The ranges of a text that make up a logical line, in order.
pub(super) fn pieces(text: &str, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    let mut continued = false;
    for line in text[range].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if continued && (trimmed.is_empty() || trimmed.starts_with('#')) {
            continue;
        }
        let bare = line.trim_end();
        continued = bare.ends_with(escape);
        if continued {
            pieces.push(start..start + bare.len() - escape.len_utf8());
        } else {
            pieces.push(start..start + line.len());
        }
    }
    pieces
}

/// The assignments of an `ENV` or `LABEL`, or of an `ARG`, which also allows `bare` names.
pub(super) fn assignments(arguments: &Fragment, escape: char, bare: bool) -> Vec<Assignment> {
    let text = arguments.text();
    let words = split(text, escape);
    let word = |range: Range<usize>| Word { text: text[range.clone()].to_owned(), span: arguments.span(range) };
    let is_legacy = !bare && words.first().is_some_and(|first| !text[first.clone()].contains('='));
    if is_legacy {
        // `ENV name the rest is the value`
        let Some(first) = words.first() else { return Vec::new() };
        let rest = &text[first.end..];
        let start = first.end + (rest.len() - rest.trim_start().len());
        let end = start + text[start..].trim_end().len();
        return vec![Assignment { name: word(first.clone()), value: Some(word(start..end)) }];
    }
    let assignment = |range: Range<usize>| match text[range.clone()].find('=') {
        Some(at) => {
            Assignment { name: word(range.start..range.start + at), value: Some(word(range.start + at + 1..range.end)) }
        }
        None => Assignment { name: word(range), value: None },
    };
    words.into_iter().map(assignment).collect()
}

/// Words separated by blanks outside quotes.
fn split(text: &str, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if start.is_none() {
            if character.is_whitespace() {
                continue;
            }
            start = Some(at);
        }
        if escaped {
            escaped = false;
        } else if character == escape && quote != Some('\'') {
            escaped = true;
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '"' | '\'') {
            quote = Some(character);
        } else if quote.is_none() && character.is_whitespace() {
            words.extend(start.take().map(|start| start..at));
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn read(text: &str, bare: bool) -> Vec<(String, Option<String>)> {
        let fragment = Fragment::whole(SourceId(0), &Source::new("x", text));
        let fragment = logical(&fragment, 0..text.len(), '\\');
        assignments(&fragment, '\\', bare).into_iter().map(|a| (a.name.text, a.value.map(|value| value.text))).collect()
    }

    fn pair(name: &str, value: &str) -> (String, Option<String>) {
        (name.into(), Some(value.into()))
    }

    #[test]
    fn env_in_both_forms() {
        assert_eq!(read("A=1 B=\"x y\" \\\n  C='q'", false), [pair("A", "1"), pair("B", "\"x y\""), pair("C", "'q'")]);
        assert_eq!(read("PATH /a b:$PATH", false), [pair("PATH", "/a b:$PATH")]);
        assert_eq!(read("A=x\\ y B=", false), [pair("A", "x\\ y"), pair("B", "")]);
    }

    #[test]
    fn args_may_have_no_value() {
        assert_eq!(read("A B=2 C", true), [("A".into(), None), pair("B", "2"), ("C".into(), None)]);
    }
}
