//! Comments that speak to a linter.

use crate::span::Span;

/// A comment with a word for a linter in it, and the bytes it speaks about.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The text behind the comment mark, without blanks around it.
    pub text: String,
    /// The bytes of the text.
    pub body: Span,
    /// The comment, its mark included.
    pub span: Span,
    /// What to remove with it: its whole line, or the blanks in front of it.
    pub removal: Span,
    /// The line or, where that begins one, the instruction, block, entry or resource it stands on or above.
    pub target: Span,
    /// The line it stands on or, where it has one to itself, the line that it stands above.
    pub line: Span,
    /// The outermost block of Terraform it stands in.
    pub block: Option<Span>,
    /// The stage of a Dockerfile it stands in, from its `FROM` to its end.
    pub stage: Option<Span>,
}
