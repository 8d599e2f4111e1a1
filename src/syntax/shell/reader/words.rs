//! Words: quotes, escapes and expansions.

use super::{FARTHEST_BRACES, FARTHEST_SHORT, Reader, arithmetic_length, matching};
use crate::source::{Builder, HOLE};
use crate::syntax::Problem;
use crate::syntax::shell::DEEPEST;
use crate::syntax::shell::word::{Hole, HoleKind, Word, braces};

impl Reader<'_> {
    /// Reads one word, up to a blank or an operator outside quotes.
    pub(super) fn word(&mut self, closing: Option<char>) -> Word {
        let start = self.at;
        let mut builder = self.fragment.builder();
        let mut holes = Vec::new();
        let mut quoted = false;
        while let Some(character) = self.peek() {
            let at = self.at;
            match character {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | ')' => break,
                '\r' if self.looking_at("\r\n") || self.rest().len() == 1 => break,
                '`' if closing == Some('`') => break,
                '<' | '>' if self.rest()[1..].starts_with('(') => {
                    self.at += 2;
                    self.nested(')');
                    builder.replace(at..self.at, HOLE.encode_utf8(&mut [0; 4]));
                    holes.push(self.hole(HoleKind::Command, false, at));
                }
                '<' | '>' => break,
                '(' => {
                    // Only extended patterns (`@(a|b)`) have a parenthesis inside a word.
                    match matching(self.rest(), FARTHEST_SHORT) {
                        Some(length) if at > start && !self.rest()[..length].contains('\n') => {
                            builder.keep(at..at + length);
                            self.at += length;
                        }
                        _ => break,
                    }
                }
                '\\' => {
                    if self.looking_at("\\\n") {
                        self.at += 2;
                        continue;
                    }
                    if self.looking_at("\\\r\n") {
                        self.at += 3;
                        continue;
                    }
                    quoted = true;
                    self.at += 1;
                    if let Some(next) = self.peek() {
                        builder.replace(at..self.at + next.len_utf8(), next.encode_utf8(&mut [0; 4]));
                        self.at += next.len_utf8();
                    }
                }
                '\'' => {
                    quoted = true;
                    match self.rest()[1..].find('\'') {
                        Some(length) => {
                            builder.keep(at + 1..at + 1 + length);
                            self.at += length + 2;
                        }
                        None => self.unclosed(at, &mut builder),
                    }
                }
                '"' => {
                    quoted = true;
                    self.at += 1;
                    self.double_quoted(at, &mut builder, &mut holes, closing);
                }
                '$' if self.looking_at("$'") => {
                    quoted = true;
                    self.ansi_quoted(&mut builder);
                }
                '$' if self.looking_at("$\"") => {
                    quoted = true;
                    self.at += 2;
                    self.double_quoted(at, &mut builder, &mut holes, closing);
                }
                '$' | '`' => self.expansion(false, &mut builder, &mut holes),
                other => {
                    let plain = self.rest().find(|c: char| {
                        c.is_whitespace()
                            || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>' | '\\' | '\'' | '"' | '$' | '`')
                    });
                    let length = plain.unwrap_or(self.rest().len()).max(other.len_utf8());
                    builder.keep(at..at + length);
                    self.at += length;
                }
            }
        }
        let range = self.fragment.span(start..self.at);
        let fragment = if start == self.at { self.fragment.slice(start..start) } else { builder.finish() };
        Word { fragment, holes, range, quoted }
    }

    pub(super) fn hole(&self, kind: HoleKind, quoted: bool, start: usize) -> Hole {
        Hole { kind, quoted, span: self.fragment.span(start..self.at) }
    }

    /// A quote that is never closed ends with its line, so that one mistake does not hide the rest of the script.
    pub(super) fn unclosed(&mut self, at: usize, builder: &mut Builder) {
        if self.problems.is_empty() {
            let problem = Problem::beyond_us(self.fragment.span(at..at + 1), "this quote is never closed");
            self.problems.push(problem);
        }
        let line_end = self.rest().find('\n').map_or(self.text.len(), |end| self.at + end);
        builder.keep((at + 1).min(line_end)..line_end);
        self.at = line_end;
    }

    pub(super) fn double_quoted(
        &mut self,
        open: usize,
        builder: &mut Builder,
        holes: &mut Vec<Hole>,
        closing: Option<char>,
    ) {
        loop {
            let at = self.at;
            match self.peek() {
                None => {
                    if self.problems.is_empty() {
                        let span = self.fragment.span(open..open + 1);
                        self.problems.push(Problem::beyond_us(span, "this quote is never closed"));
                    }
                    return;
                }
                Some('"') => {
                    self.at += 1;
                    return;
                }
                Some('`') if closing == Some('`') => return,
                Some('\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => self.at += 1,
                        Some(next @ ('$' | '`' | '"' | '\\')) => {
                            self.at += 1;
                            builder.replace(at..self.at, next.encode_utf8(&mut [0; 4]));
                        }
                        _ => builder.keep(at..self.at),
                    }
                }
                Some('$' | '`') => self.expansion(true, builder, holes),
                Some(_) => {
                    let plain = self.rest().find(['"', '\\', '$', '`']).unwrap_or(self.rest().len());
                    builder.keep(at..at + plain);
                    self.at += plain;
                }
            }
        }
    }

    /// `$'...'`
    pub(super) fn ansi_quoted(&mut self, builder: &mut Builder) {
        self.at += 2;
        while let Some(character) = self.peek() {
            let at = self.at;
            self.at += character.len_utf8();
            match character {
                '\'' => return,
                '\\' => {
                    let Some(next) = self.peek() else { return };
                    self.at += next.len_utf8();
                    let value = match next {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    };
                    builder.replace(at..self.at, value.encode_utf8(&mut [0; 4]));
                }
                _ => builder.keep(at..self.at),
            }
        }
    }

    /// `$name`, `${...}`, `$(...)`, `$((...))` or `` `...` ``; a single `$` is literal.
    pub(super) fn expansion(&mut self, quoted: bool, builder: &mut Builder, holes: &mut Vec<Hole>) {
        let at = self.at;
        let rest = &self.rest()[1..];
        let kind = if self.looking_at("`") {
            self.at += 1;
            self.nested('`');
            HoleKind::Command
        } else if let Some(length) = arithmetic_length(rest) {
            self.at += 1 + length;
            HoleKind::Unknowable
        } else if rest.starts_with('(') {
            self.at += 2;
            self.nested(')');
            HoleKind::Command
        } else if rest.starts_with("{{") {
            // A placeholder of a template language: `${{ ... }}`.
            let near = &rest.as_bytes()[..rest.len().min(FARTHEST_BRACES)];
            self.at += 1 + memchr::memmem::find(near, b"}}").map_or(2, |end| end + 2);
            HoleKind::Unknowable
        } else if rest.starts_with('{') {
            match matching(rest, FARTHEST_BRACES) {
                Some(length) => {
                    self.at += 1 + length;
                    braces(&rest[1..length - 1])
                }
                None => {
                    self.at += 2;
                    HoleKind::Unknowable
                }
            }
        } else {
            let name = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            let first = rest.chars().next().unwrap_or(' ');
            if name > 0 && !first.is_ascii_digit() {
                self.at += 1 + name;
                HoleKind::Variable(rest[..name].to_owned())
            } else if first.is_ascii_digit() || matches!(first, '@' | '*' | '#' | '?' | '$' | '!' | '-') {
                self.at += 2;
                HoleKind::Unknowable
            } else {
                builder.keep(at..at + 1);
                self.at += 1;
                return;
            }
        };
        builder.replace(at..self.at, HOLE.encode_utf8(&mut [0; 4]));
        holes.push(self.hole(kind, quoted, at));
    }

    /// Reads the commands inside a word, up to and including the closing character.
    pub(super) fn nested(&mut self, closing: char) {
        if self.depth >= DEEPEST {
            if self.problems.is_empty() {
                let span = self.fragment.span(self.at..self.at);
                self.problems.push(Problem::beyond_us(span, "nests too deeply to be followed"));
            }
            self.at = self.text.len();
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        self.list(Some(closing));
        self.pending = pending;
        if self.peek() == Some(closing) {
            self.at += 1;
        }
    }
}
