//! The value of a YAML scalar, mapped to the file byte by byte: block scalars, folded lines and escapes.

use crate::source::{Builder, Fragment};
use granit_parser::ScalarStyle;
use std::ops::Range;

/// The scalar at `range`, which the parser resolved to `text`, as a fragment of `host`.
///
/// The scalar is decoded a second time, now with positions. If the result differs from the parser's, the fragment has
/// the parser's text and maps as a whole to the bytes of the scalar.
pub(super) fn fragment(host: &Fragment, range: Range<usize>, text: &str, style: ScalarStyle) -> Fragment {
    let mut builder = host.builder();
    let raw = &host.text()[range.clone()];
    match style {
        ScalarStyle::Plain => lines(&mut builder, raw, range.start, text, |line| line.trim_start_matches([' ', '\t'])),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let line_start = host.text()[..range.start].rfind('\n').map_or(0, |at| at + 1);
            let indent = range.start - line_start;
            lines(&mut builder, raw, range.start, text, |line| {
                let spaces = line.len() - line.trim_start_matches(' ').len();
                &line[spaces.min(indent)..]
            });
        }
        ScalarStyle::SingleQuoted => quoted(&mut builder, raw, range.start, '\''),
        ScalarStyle::DoubleQuoted => quoted(&mut builder, raw, range.start, '"'),
    }
    let decoded = builder.finish();
    if decoded.text() == text { decoded } else { Fragment::standing_for(text, host.span(range)) }
}

/// The lines of a plain or block scalar: each without its indentation, joined by whatever is between them in the
/// resolved text.
fn lines(builder: &mut Builder, raw: &str, start: usize, text: &str, strip: impl Fn(&str) -> &str) {
    let mut rest = text;
    let mut at = 0;
    let mut first = true;
    for line in raw.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        let content = if first { bare } else { strip(bare) };
        let content_start = at + (bare.len() - content.len());
        at += line.len();
        first = false;
        // Plain scalars lose the blanks before a line break, block scalars keep them.
        let kept = [content, content.trim_end_matches([' ', '\t'])].into_iter().find(|kept| rest.starts_with(kept));
        let Some(kept) = kept else { return };
        let from = start + content_start;
        builder.keep(from..from + kept.len());
        rest = &rest[kept.len()..];
        let joint = if let Some(after) = rest.strip_prefix('\n') {
            rest = after;
            "\n"
        } else if let Some(after) = rest.strip_prefix(' ') {
            rest = after;
            " "
        } else {
            continue;
        };
        builder.replace(from + kept.len()..start + at, joint);
    }
    // The final newline of a block scalar may be missing in the trimmed range.
    if rest == "\n" {
        builder.replace(start + raw.len()..start + raw.len(), "\n");
    }
}

/// A quoted scalar: doubled quotes, backslash escapes and folded lines.
fn quoted(builder: &mut Builder, raw: &str, start: usize, quote: char) {
    let inner = raw.strip_prefix(quote).and_then(|raw| raw.strip_suffix(quote)).unwrap_or_default();
    let base = start + quote.len_utf8();
    let mut at = 0;
    while let Some(character) = inner[at..].chars().next() {
        let rest = &inner[at..];
        let length = match character {
            '\'' if quote == '\'' && rest.starts_with("''") => {
                builder.replace(base + at..base + at + 2, "'");
                2
            }
            '\\' if quote == '"' => {
                let (length, value) = escape(rest);
                builder.replace(base + at..base + at + length, &value);
                length
            }
            _ => match fold(rest) {
                Some((length, joint)) => {
                    builder.replace(base + at..base + at + length, &joint);
                    length
                }
                None => {
                    builder.keep(base + at..base + at + character.len_utf8());
                    character.len_utf8()
                }
            },
        };
        at += length;
    }
}

/// Blanks and line breaks inside quotes: a single line break becomes a space; of several, all but the first are kept.
fn fold(rest: &str) -> Option<(usize, String)> {
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let breaks = rest[..blank].matches('\n').count();
    (breaks > 0).then(|| (blank, if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) }))
}

/// A backslash escape in a double-quoted scalar: its length in the text and its value.
fn escape(rest: &str) -> (usize, String) {
    let Some(letter) = rest[1..].chars().next() else { return (1, String::new()) };
    let numeric = |digits: usize| {
        let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        (2 + digits, code.and_then(char::from_u32).map(String::from).unwrap_or_default())
    };
    let value = match letter {
        'x' => return numeric(2),
        'u' => return numeric(4),
        'U' => return numeric(8),
        '\n' | '\r' => {
            let blank = rest[1..].len() - rest[1..].trim_start_matches([' ', '\t', '\r', '\n']).len();
            let breaks = rest[1..1 + blank].matches('\n').count();
            return (1 + blank, "\n".repeat(breaks.saturating_sub(1)));
        }
        'n' => "\n",
        't' | '\t' => "\t",
        'r' => "\r",
        '0' => "\0",
        'a' => "\u{7}",
        'b' => "\u{8}",
        'v' => "\u{b}",
        'f' => "\u{c}",
        'e' => "\u{1b}",
        'N' => "\u{85}",
        '_' => "\u{a0}",
        'L' => "\u{2028}",
        'P' => "\u{2029}",
        other => return (1 + other.len_utf8(), other.to_string()),
    };
    (1 + letter.len_utf8(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::source::{Fragment, Source};
    use crate::span::SourceId;

    /// The text of `a`, and the bytes of the host that `word` in it came from.
    fn traced(text: &str, word: &str) -> (String, String) {
        let source = Source::new("x.yaml", text);
        let (documents, problems) = super::super::parse(&Fragment::whole(SourceId(0), &source));
        assert_eq!(problems, []);
        let fragment = documents[0].root().get("a").and_then(|node| node.fragment()).expect("a scalar");
        let at = fragment.text().find(word).expect("the word is there");
        let span = fragment.span(at..at + word.len());
        (fragment.text().to_owned(), source.slice(span).to_owned())
    }

    #[test]
    fn literal_blocks() {
        let (text, bytes) = traced("a: |\n  one\n    two\n\n  three\n\nb: 1\n", "three");
        assert_eq!((text.as_str(), bytes.as_str()), ("one\n  two\n\nthree\n", "three"));
        let (_, bytes) = traced("a: |\n  one\n    two\n", "one\n  two");
        assert_eq!(bytes, "one\n    two");
        let (text, bytes) = traced("a: |-\r\n  one\r\n  two\r\n", "two");
        assert_eq!((text.as_str(), bytes.as_str()), ("one\ntwo", "two"));
        let (text, bytes) = traced("a: |2\n    one\n  two\n", "two");
        assert_eq!((text.as_str(), bytes.as_str()), ("  one\ntwo\n", "two"));
    }

    #[test]
    fn folded_blocks() {
        let (text, bytes) = traced("a: >-\n  --x=1\n  --y=2\n\n  --z\n", "--y=2");
        assert_eq!((text.as_str(), bytes.as_str()), ("--x=1 --y=2\n--z", "--y=2"));
        let (text, bytes) = traced("a: >\n  one\n    more\n  two\n", "two");
        assert_eq!((text.as_str(), bytes.as_str()), ("one\n  more\ntwo\n", "two"));
    }

    #[test]
    fn quoted_scalars() {
        let (text, bytes) = traced("a: \"x\\ty \\\"q\\\" z\"\n", "z");
        assert_eq!((text.as_str(), bytes.as_str()), ("x\ty \"q\" z", "z"));
        let (_, bytes) = traced("a: \"x\\ty \\\"q\\\" z\"\n", "\"q");
        assert_eq!(bytes, "\\\"q");
        let (text, bytes) = traced("a: 'it''s  here'\n", "here");
        assert_eq!((text.as_str(), bytes.as_str()), ("it's  here", "here"));
        let (text, bytes) = traced("a: \"one\n  two\\\n  three\"\n", "three");
        assert_eq!((text.as_str(), bytes.as_str()), ("one twothree", "three"));
    }

    #[test]
    fn plain_scalars_over_lines() {
        let (text, bytes) = traced("a: one\n  two   \n\n  three\n", "three");
        assert_eq!((text.as_str(), bytes.as_str()), ("one two\nthree", "three"));
    }
}
