//! Colours of texts for people.

use super::terminal::Style;
use crate::finding::Severity;
use anstyle::AnsiColor;

/// A severity, in its colour if there is colour.
pub(crate) fn severity(severity: Severity, style: Style) -> String {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    painted(severity.name(), colour.on_default().bold(), style)
}

/// A text that stands out, such as the name of a file.
pub(crate) fn strong(text: &str, style: Style) -> String {
    painted(text, anstyle::Style::new().bold(), style)
}

/// A text in a style, if there is colour.
pub(crate) fn painted(text: &str, paint: anstyle::Style, style: Style) -> String {
    if style.has_colour { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
}
