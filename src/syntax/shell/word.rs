//! One word of a shell command: its text after quote removal, with a hole for every expansion.

use crate::source::Fragment;
use crate::span::Span;

/// A word.
#[derive(Debug, Clone)]
pub struct Word {
    /// The text after quote removal, with a [`HOLE`](crate::source::HOLE) for each expansion.
    pub fragment: Fragment,
    /// The expansions in the holes, in order.
    pub holes: Vec<Hole>,
    /// The word's bytes, quotes included.
    pub range: Span,
    /// Whether any part of the word is quoted.
    pub quoted: bool,
}

/// An expansion in a word.
#[derive(Debug, Clone)]
pub struct Hole {
    /// The kind of expansion.
    pub kind: HoleKind,
    /// Whether it is in double quotes, so that it can't become several words.
    pub quoted: bool,
    /// Its bytes.
    pub span: Span,
}

/// The expansions of the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoleKind {
    /// `$name`, `${name}`.
    Variable(String),
    /// `${name:-default}`, `${name-default}`, `${name:=default}`: the default as written.
    WithDefault(String, String),
    /// `${name[@]}`, `${name[*]}`: every element of an array.
    Elements(String),
    /// Any other operation on the named variable.
    Operation(String),
    /// `$(...)`, `` `...` ``, `<(...)`.
    Command,
    /// Arithmetic, positional and special parameters, and other values that the text does not determine.
    Unknowable,
}

impl Word {
    /// The word's bytes, quotes included.
    pub fn span(&self) -> Span {
        self.range
    }

    /// The text, if nothing in it depends on an expansion.
    pub fn literal(&self) -> Option<&str> {
        self.holes.is_empty().then(|| self.fragment.text())
    }
}

/// The expansion `${...}`, given the text between the braces.
pub(super) fn braces(inner: &str) -> HoleKind {
    let name_length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (name, rest) = inner.split_at(name_length);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        // `${1:-default}` still has a known default.
        return match rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-')) {
            Some(default) if !name.is_empty() => HoleKind::WithDefault(name.to_owned(), default.to_owned()),
            _ => HoleKind::Unknowable,
        };
    }
    let name = name.to_owned();
    if rest.is_empty() {
        return HoleKind::Variable(name);
    }
    for operator in [":-", "-", ":=", "="] {
        if let Some(default) = rest.strip_prefix(operator) {
            return HoleKind::WithDefault(name, default.to_owned());
        }
    }
    // `${name:?message}` is the variable or an error.
    if rest.starts_with(":?") || rest.starts_with('?') {
        return HoleKind::Variable(name);
    }
    if rest == "[@]" || rest == "[*]" {
        return HoleKind::Elements(name);
    }
    HoleKind::Operation(name)
}
