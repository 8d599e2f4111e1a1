//! Parsers: from a text to a tree whose nodes have spans.
//!
//! A parser here never fails: it returns what it understood and a list of [`Problem`]s. Nothing in this folder knows
//! about Google Cloud, rules or other files; `read` turns trees into facts about a deployment.

pub mod dockerfile;
mod endings;
pub mod expression;
pub mod hcl;
pub mod ignorefile;
pub mod just;
pub mod make;
pub mod markdown;
pub mod shell;
pub mod yaml;

use crate::span::Span;

/// A part of a text that breaks the rules of its notation, or that our parser does not support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// The message for the user.
    pub message: String,
    /// Whether the text or our parser is at fault.
    pub fault: Fault,
}

/// Whether the text is wrong or our parser is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The notation's own tool rejects the text too.
    Text,
    /// The bytes are not UTF-8, which the notation's own tool requires.
    Encoding,
    /// The text may be valid; our parser does not support it.
    Parser,
}

impl Problem {
    /// The text breaks its notation's rules.
    pub fn invalid(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), fault: Fault::Text }
    }

    /// The bytes are not UTF-8, which the notation's own tool requires.
    pub fn not_utf8(span: Span) -> Self {
        Self { span, message: "is not UTF-8".to_owned(), fault: Fault::Encoding }
    }

    /// Our parser does not support a text that may well be valid.
    pub fn beyond_us(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), fault: Fault::Parser }
    }
}
