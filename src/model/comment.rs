//! Comments that address a linter.

use crate::span::Span;

/// A comment with a keyword of a linter, and the spans that it may apply to.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The text after the comment mark, trimmed.
    pub text: String,
    /// The span of the text.
    pub body: Span,
    /// The comment, including its mark.
    pub span: Span,
    /// The span to remove with it: its whole line, or the comment with the blanks before it.
    pub removal: Span,
    /// Where it applies: `line` or, if that begins one, the whole instruction, block, entry or resource.
    pub target: Span,
    /// The line it is on or, if it has a line to itself, the next line of code.
    pub line: Span,
    /// The outermost Terraform block that contains it.
    pub block: Option<Span>,
    /// The Dockerfile stage that contains it, from its `FROM` to its end.
    pub stage: Option<Span>,
}
