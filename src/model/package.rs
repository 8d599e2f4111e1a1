//! Packages that are installed without a version.

use super::command::Command;
use super::text::Text;
use crate::span::{SourceId, Span};
use serde::Serialize;

/// A command that installs packages without naming a version.
#[derive(Debug, Clone, Serialize)]
pub struct Installation {
    /// The kind of packages.
    pub kind: PackageKind,
    /// The packages without a version.
    pub open: Vec<Text>,
    /// Words with unknown parts, which may be packages with or without a version. Either list has at least one word.
    pub unknown: Vec<Text>,
    /// The command.
    pub command: Command,
}

/// Kinds of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PackageKind {
    /// Packages of a distribution: `apt-get`, `apk`, `dnf`.
    System,
    /// Packages of a language: `pip`, `npm`, `gem`, `go`.
    Language,
}

impl Installation {
    /// The packages without a version for messages: up to three names, and the number of others.
    pub fn listed(&self) -> String {
        listed(&self.open.iter().map(Text::shown).collect::<Vec<_>>())
    }
}

/// Names for messages: up to three, and the number of others.
pub fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A list of Python packages.
#[derive(Debug, Clone, Serialize)]
pub struct Requirements {
    /// Its source.
    pub source: SourceId,
    /// Entries that accept more than one version.
    pub unpinned: Vec<Unpinned>,
    /// Whether its name marks it as a list of constraints, or of packages for linters or documentation.
    pub is_input: bool,
}

/// A package that accepts more than one version.
#[derive(Debug, Clone, Serialize)]
pub struct Unpinned {
    /// Its name.
    pub name: String,
    /// The entry.
    pub span: Span,
}
