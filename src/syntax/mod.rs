//! Notations: from a text to a tree whose every node knows its bytes.
//!
//! A parser here never fails: it returns what it understood and a list of [`Problem`]s. Nothing in this folder knows of
//! Google Cloud, of rules, or of other files; what a tree says about a deployment is the business of `read`.

pub mod dockerfile;
pub mod hcl;
pub mod ignorefile;
pub mod shell;
pub mod yaml;

use crate::span::Span;

/// Something in a text that its notation does not allow, or that our parser does not follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What, in words for the user.
    pub message: String,
    /// Whose fault it is.
    pub fault: Fault,
}

/// Whether the text is wrong or our reading of it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The notation's own tool rejects the text too.
    Text,
    /// The bytes are not UTF-8, which the notation's own tool requires.
    Encoding,
    /// The text may be fine; our parser does not follow it.
    Parser,
}

impl Problem {
    /// The text breaks its notation's rules.
    pub fn invalid(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), fault: Fault::Text }
    }

    /// The bytes are not the UTF-8 that the notation's own tool requires.
    pub fn not_utf8(span: Span) -> Self {
        Self { span, message: "is not UTF-8".to_owned(), fault: Fault::Encoding }
    }

    /// Our parser gives up on a text that may well be valid.
    pub fn beyond_us(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), fault: Fault::Parser }
    }
}
