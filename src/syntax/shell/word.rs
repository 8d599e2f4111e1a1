//! One word of a shell command: its text with the quotes resolved, and holes where the shell would put a value.

use crate::source::Fragment;
use crate::span::Span;

/// A word.
#[derive(Debug, Clone)]
pub struct Word {
    /// The text after quote removal, with a [`HOLE`](crate::source::HOLE) for each expansion, mapped to the bytes of the host.
    pub fragment: Fragment,
    /// What belongs into the holes, in order.
    pub holes: Vec<Hole>,
    /// The word's bytes, quotes included.
    pub range: Span,
    /// Whether any part of the word is quoted.
    pub quoted: bool,
}

/// A place where the shell puts a value.
#[derive(Debug, Clone)]
pub struct Hole {
    /// Which value.
    pub kind: HoleKind,
    /// Whether it stands in double quotes, so that it can't become several words.
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
    /// Arithmetic, positional and special parameters, and what else the text does not tell.
    Unknowable,
}

impl Word {
    /// The word's bytes, quotes included.
    pub fn span(&self) -> Span {
        self.range
    }

    /// The text, where nothing in it depends on an expansion.
    pub fn literal(&self) -> Option<&str> {
        self.holes.is_empty().then(|| self.fragment.text())
    }
}

/// What `${...}` asks for, given the text between the braces.
pub(super) fn braces(inner: &str) -> HoleKind {
    let name_length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (name, rest) = inner.split_at(name_length);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        // `${1:-default}` still names its default.
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
