//! Packages that are installed in whatever version there is.

use super::command::Command;
use super::text::Text;

/// A command that installs packages without naming a version.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Whose packages they are.
    pub kind: PackageKind,
    /// The packages without a version; never empty.
    pub open: Vec<Text>,
    /// The command.
    pub command: Command,
}

/// Whose packages are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    /// The distribution's: `apt-get`, `apk`.
    System,
    /// A language's: `pip`, `npm`, `gem`, `go`.
    Language,
}

impl Installation {
    /// The open packages for a message: three by name, and how many more.
    pub fn listed(&self) -> String {
        listed(&self.open.iter().map(Text::shown).collect::<Vec<_>>())
    }
}

/// Names for a message: three of them, and how many more.
pub fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
