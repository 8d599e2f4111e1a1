//! Reads an HCL text token by token, just precisely enough to find its brackets.

use std::collections::HashMap;
use std::ops::Range;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    LineEnd,
    Comment,
    /// A string, a here-document, or any other run of characters.
    Other,
}

/// The tokens of a text. Its time is linear in any text, valid or not.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// The number of open brackets.
    open: usize,
    /// The last line with each word that may end a here-document, once there was a here-document.
    ends: Option<HashMap<&'a str, usize>>,
    /// The bytes that were read in search of the ends of strings that have none.
    wasted: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: 0, ends: None, wasted: 0 }
    }

    pub(super) fn depth(&self) -> usize {
        self.open
    }

    pub(super) fn next(&mut self) -> Option<(Token, Range<usize>)> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && matches!(bytes[self.at], b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
        let start = self.at;
        let rest = &self.text[start..];
        let byte = *bytes.get(start)?;
        let (token, length) = match byte {
            b'\n' => (Token::LineEnd, 1),
            b'#' => (Token::Comment, line_length(rest)),
            b'/' if rest.starts_with("//") => (Token::Comment, line_length(rest)),
            b'/' if rest.starts_with("/*") => (Token::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            b'{' | b'[' | b'(' => {
                self.open += 1;
                (Token::Open, 1)
            }
            b'}' | b']' | b')' => {
                self.open = self.open.saturating_sub(1);
                (Token::Close, 1)
            }
            b',' => (Token::Comma, 1),
            b'"' => (Token::Other, self.string_length(rest)),
            b'<' if rest.starts_with("<<") => (Token::Other, self.heredoc_length(start)),
            _ => {
                let length = rest.find(|c: char| {
                    c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | ',' | '"' | '#' | '/' | '<')
                });
                (Token::Other, length.unwrap_or(rest.len()).max(rest.chars().next().map_or(1, char::len_utf8)))
            }
        };
        self.at += length;
        Some((token, start..self.at))
    }

    /// The length of a quoted string. Interpolations may contain more strings and go on over lines; an unclosed string
    /// ends with its line.
    fn string_length(&mut self, rest: &str) -> usize {
        // A text of many unclosed strings would otherwise be read to its end for each of them.
        let is_wasteful = self.wasted > 2 * self.text.len();
        let scope = if is_wasteful { &rest[..line_length(rest)] } else { rest };
        closed_length(scope).unwrap_or_else(|read| {
            self.wasted += read;
            line_length(rest)
        })
    }

    /// The length of a here-document including its terminator; 2, the length of `<<`, if there is none.
    fn heredoc_length(&mut self, start: usize) -> usize {
        let text = self.text;
        let rest = &text[start..];
        let after = rest[2..].strip_prefix('-').unwrap_or(&rest[2..]).trim_start_matches([' ', '\t']);
        let word = &after[..after.find(|c: char| !is_of_word(c)).unwrap_or(after.len())];
        let behind = after[word.len()..].trim_start_matches([' ', '\t', '\r']);
        if word.is_empty() || !(behind.is_empty() || behind.starts_with('\n')) {
            return 2;
        }
        let body = (text.len() - behind.len() + 1).min(text.len());
        let ends = self.ends.get_or_insert_with(|| {
            let lines = text.split_inclusive('\n').scan(0, |at, line| {
                *at += line.len();
                Some((line.trim(), *at - line.len()))
            });
            lines.filter(|(line, _)| !line.is_empty() && line.chars().all(is_of_word)).collect()
        });
        if ends.get(word).is_none_or(|last| *last < body) {
            return 2;
        }
        let mut at = body;
        for line in text[body..].split_inclusive('\n') {
            if line.trim() == word {
                return at + line.trim_end_matches(['\n', '\r']).len() - start;
            }
            at += line.len();
        }
        2
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of a quoted string at the start of a text; the number of bytes that were read if it is never closed.
fn closed_length(rest: &str) -> Result<usize, usize> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    // The interpolations open here, each with the number of its open braces.
    let mut braces: Vec<usize> = Vec::new();
    let mut in_string = true;
    while at < bytes.len() {
        match (bytes[at], in_string) {
            (b'\\', true) => at += 1,
            (b'"', true) => {
                if braces.is_empty() {
                    return Ok(at + 1);
                }
                in_string = false;
            }
            (b'$' | b'%', true) if bytes.get(at + 1) == Some(&b'{') => {
                if bytes.get(at.wrapping_sub(1)) == Some(&bytes[at]) {
                    at += 1;
                } else {
                    braces.push(1);
                    in_string = false;
                    at += 1;
                }
            }
            (b'\n', true) => return Err(at),
            (b'"', false) => in_string = true,
            (b'{', false) => *braces.last_mut().unwrap_or(&mut 0) += 1,
            (b'}', false) => {
                if let Some(count) = braces.last_mut() {
                    *count -= 1;
                    if *count == 0 {
                        braces.pop();
                        in_string = true;
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(at)
}
