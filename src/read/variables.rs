//! Variables in texts: the `$name` and `${name...}` of Dockerfiles, Cloud Build and shells.

use crate::model::{Origin, Place, Setting, Text, Why};
use crate::source::{Fragment, HOLE};
use crate::span::Span;
use rpds::HashTrieMapSync;

/// The value of a variable.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// This text, and the place where it is set.
    Known(Text, Option<Span>),
    /// A value that can't be determined.
    Unknown(Why),
    /// Not set anywhere.
    Unset,
}

impl Meaning {
    /// That a variable is set to a text at a place; a text of which nothing is known says nothing.
    pub(super) fn of(text: Text, at: Span) -> Self {
        match text.raw() == HOLE.encode_utf8(&mut [0; 4]) {
            true => Self::Unknown(text.why().cloned().unwrap_or(Why::Computed)),
            false => Self::Known(text, Some(at)),
        }
    }
}

/// The variables that are set at a point in a text. Copies share what they have in common, because every stage, step and
/// instruction starts with one.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    entries: HashTrieMapSync<String, Meaning>,
}

impl Scope {
    pub(super) fn set(&mut self, name: &str, meaning: Meaning) {
        self.entries.insert_mut(name.to_owned(), meaning);
    }

    pub(super) fn get(&self, name: &str) -> Meaning {
        self.entries.get(name).cloned().unwrap_or(Meaning::Unset)
    }

    /// Copies the variables of another scope into this one.
    pub(super) fn extend(&mut self, other: &Self) {
        if self.entries.is_empty() {
            self.entries = other.entries.clone();
            return;
        }
        other.entries.iter().for_each(|(name, meaning)| self.set(name, meaning.clone()));
    }

    /// Sets a name to a setting that was read from the text.
    pub(super) fn define(&mut self, name: &str, value: &Setting<Text>, at: Span) {
        let meaning = match value {
            Setting::Known(text, _) => Meaning::Known(text.clone(), Some(at)),
            Setting::Unknown(_, why) => Meaning::Unknown(why.clone()),
            Setting::Absent(_) => Meaning::Unknown(Why::Variable(name.into())),
        };
        self.set(name, meaning);
    }
}

/// The longest text with variables resolved, in bytes; each variable may double the length of the one before.
const LONGEST: usize = 64 * 1024;
/// The most places in the trail of a value.
const LONGEST_TRAIL: usize = 8;

/// Builds a text from kept ranges of a fragment and from values.
pub(super) struct Assembly<'a> {
    builder: crate::source::Builder<'a>,
    holes: Vec<Why>,
    trail: Vec<Origin>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(host: &'a Fragment) -> Self {
        Self { builder: host.builder(), holes: Vec::new(), trail: Vec::new() }
    }

    pub(super) fn keep(&mut self, range: std::ops::Range<usize>) {
        self.builder.keep(range);
    }

    pub(super) fn replace(&mut self, range: std::ops::Range<usize>, text: &str) {
        self.builder.replace(range, text);
    }

    /// Writes the value of a variable in place of `range`.
    pub(super) fn put(&mut self, range: std::ops::Range<usize>, name: &str, meaning: &Meaning) {
        match meaning {
            Meaning::Known(text, _) if self.builder.len() + text.raw().len() > LONGEST => {
                self.hole(range, Why::Other("is too long to be a setting".into()));
            }
            Meaning::Known(text, at) => {
                self.builder.replace(range, text.raw());
                self.holes.extend(text.reasons().iter().cloned());
                if let Some(at) = at {
                    self.trail.push(Origin { span: *at, what: format!("`{name}` is set here").into() });
                }
                self.trail.extend(text.trail().iter().cloned());
                self.trail.truncate(LONGEST_TRAIL);
            }
            Meaning::Unknown(why) => self.hole(range, why.clone()),
            Meaning::Unset => self.hole(range, Why::Variable(name.into())),
        }
    }

    pub(super) fn hole(&mut self, range: std::ops::Range<usize>, why: Why) {
        self.builder.replace(range, HOLE.encode_utf8(&mut [0; 4]));
        self.holes.push(why);
    }

    pub(super) fn finish(self) -> Text {
        Text::new(self.builder.finish(), self.holes, self.trail)
    }
}

/// The longest expression in braces, in characters.
const LONGEST_EXPRESSION: usize = 1024;

/// A `$` expression at the start of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expression<'a> {
    /// The variable.
    pub(super) name: &'a str,
    /// The length of the whole expression, in bytes.
    pub(super) length: usize,
    /// The text between the name and the closing brace.
    pub(super) operation: &'a str,
    /// Offset of the operation in the text.
    pub(super) operation_at: usize,
}

/// Reads `$name` or `${name<operation>}`.
pub(super) fn expression(text: &str) -> Option<Expression<'_>> {
    let rest = text.strip_prefix('$')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name_of = |text: &str| {
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        (end > 0 && !text.starts_with(|c: char| c.is_ascii_digit())).then_some(end)
    };
    let Some(inner) = rest.strip_prefix('{') else {
        let end = name_of(rest)?;
        return Some(Expression { name: &rest[..end], length: 1 + end, operation: "", operation_at: 1 + end });
    };
    let end = name_of(inner)?;
    let mut depth = 1;
    // Without this limit, a text with many unclosed braces would take quadratic time.
    for (at, c) in inner.char_indices().take(LONGEST_EXPRESSION).skip(end) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '\n' => return None,
            _ => continue,
        }
        if depth == 0 {
            return Some(Expression {
                name: &inner[..end],
                length: at + 3,
                operation: &inner[end..at],
                operation_at: 2 + end,
            });
        }
    }
    None
}

/// Applies an operation to a variable. An operation that may choose another text (`-`, `=`, `+`) returns where that
/// text begins; other operations make the value unknown.
pub(super) fn apply(meaning: Meaning, operation: &str) -> Outcome {
    let is_set = !matches!(meaning, Meaning::Unset);
    let is_empty = matches!(&meaning, Meaning::Known(text, _) if text.raw().is_empty());
    if operation.is_empty() {
        return Outcome::Value(meaning);
    }
    let (operator, skip) = match operation.strip_prefix(':') {
        Some(rest) => (rest.chars().next(), 2),
        None => (operation.chars().next(), 1),
    };
    match operator {
        Some('-' | '=') if !is_set || (is_empty && skip == 2) => Outcome::Other(skip),
        Some('-' | '=' | '?') => Outcome::Value(meaning),
        Some('+') => match meaning {
            Meaning::Unset => Outcome::Nothing,
            Meaning::Unknown(why) => Outcome::Value(Meaning::Unknown(why)),
            Meaning::Known(..) if is_empty && skip == 2 => Outcome::Nothing,
            Meaning::Known(..) => Outcome::Other(skip),
        },
        _ => Outcome::Value(Meaning::Unknown(Why::Computed)),
    }
}

/// The result of an operation.
#[derive(Debug)]
pub(super) enum Outcome {
    /// This value.
    Value(Meaning),
    /// The rest of the operation, from this offset on.
    Other(usize),
    /// An empty text.
    Nothing,
}

/// A text as a setting: Unknown if any part of it is unknown.
pub(super) fn known(text: Text) -> Setting<Text> {
    let place: Place = text.place();
    match text.why() {
        Some(why) => Setting::Unknown(text.span(), why.clone()),
        None => Setting::Known(text, place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_has_a_name_and_an_operation() {
        let of = |text| expression(text).map(|e| (e.name, e.length, e.operation));
        assert_eq!(of("$A-b"), Some(("A", 2, "")));
        assert_eq!(of("${A:-x${B}y}z"), Some(("A", 12, ":-x${B}y")));
        assert_eq!(of("$1"), None);
        assert_eq!(of("${A"), None);
        assert_eq!(of("$$A"), None);
    }
}
