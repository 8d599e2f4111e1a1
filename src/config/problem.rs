//! What can be wrong with a configuration file.

use super::layer::{At, Level};
use crate::finding::RuleId;
use std::fmt;

/// Something wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: At,
    /// What.
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It is no TOML; the parser's words.
    #[error("this is not TOML: {0}")]
    Syntax(String),
    /// A key that means nothing.
    #[error("unknown setting `{key}`{}", within(.table))]
    UnknownKey {
        /// The key.
        key: String,
        /// The table it stands in; empty at the top.
        table: String,
        /// The keys that mean something there.
        known: Vec<&'static str>,
        /// The key that may be meant.
        nearest: Option<&'static str>,
    },
    /// A rule that there is not.
    #[error("there is no rule `{rule}`")]
    UnknownRule {
        /// As it is written.
        rule: String,
        /// The rule that may be meant.
        nearest: Option<&'static str>,
    },
    /// An option that a rule doesn't have.
    #[error("rule `{rule}` has no option `{option}`")]
    UnknownOption {
        /// The rule.
        rule: RuleId,
        /// As it is written.
        option: String,
        /// The options it has.
        has: Vec<String>,
    },
    /// A value of another type.
    #[error("`{key}` takes {expected}, not {found}")]
    WrongType {
        /// The key.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A text that is none of those that are allowed.
    #[error("`{key}` can't be `{value}`")]
    UnknownValue {
        /// The key.
        key: String,
        /// As it is written.
        value: String,
        /// What is allowed.
        allowed: Vec<&'static str>,
        /// The one that may be meant.
        nearest: Option<&'static str>,
    },
    /// A number that makes no sense.
    #[error("`{key}` can't be {value}: it takes a whole number from 0 to 4294967295")]
    BadNumber {
        /// The key.
        key: String,
        /// As it is written.
        value: String,
    },
    /// A pattern that can't be read.
    #[error("`{pattern}` is no pattern: {reason}")]
    BadPattern {
        /// As it is written.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// A pattern that no file matches.
    #[error("no file matches `{0}`")]
    IdlePattern(String),
    /// A table of overrides without paths.
    #[error("this override names no `paths`, so it changes nothing")]
    NoPaths,
    /// A file that can't be read.
    #[error("`{path}` can't be read: {reason}")]
    Unreadable {
        /// The file, relative to the top of the repository.
        path: String,
        /// Why.
        reason: String,
    },
    /// A file outside of the repository.
    #[error("`{0}` lies outside of the repository")]
    Outside(String),
    /// A file that extends itself in the end.
    #[error("`{0}` extends itself")]
    Circle(String),
    /// Two files in one folder.
    #[error("`{0}` stands beside `seaworthy.toml` and does not count")]
    TwoFiles(String),
    /// An attempt to undo a lock.
    #[error("`{rule}` can't be `{level}` here")]
    Locked {
        /// The rule.
        rule: RuleId,
        /// As it is written.
        level: &'static str,
        /// The file with the lock, and the line.
        lock: String,
    },
}

fn within(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!(" of `{table}`") }
}

impl Problem {
    /// Whether nothing can be checked with it: what it says can't be followed. Other problems are a warning, so that a file
    /// that was written for a newer release still works.
    pub fn is_error(&self) -> bool {
        match self.trouble {
            Trouble::UnknownKey { .. }
            | Trouble::UnknownRule { .. }
            | Trouble::UnknownOption { .. }
            | Trouble::IdlePattern(_)
            | Trouble::TwoFiles(_) => false,
            Trouble::Syntax(_)
            | Trouble::WrongType { .. }
            | Trouble::UnknownValue { .. }
            | Trouble::BadNumber { .. }
            | Trouble::BadPattern { .. }
            | Trouble::NoPaths
            | Trouble::Unreadable { .. }
            | Trouble::Outside(_)
            | Trouble::Circle(_)
            | Trouble::Locked { .. } => true,
        }
    }

    /// What to do.
    pub fn help(&self) -> Option<String> {
        let meant = |name: &str| format!("did you mean `{name}`?");
        match &self.trouble {
            Trouble::UnknownKey { nearest: Some(nearest), .. } => Some(meant(nearest)),
            Trouble::UnknownKey { known, .. } => Some(format!("known settings: {}", one_of(known))),
            Trouble::UnknownRule { nearest, .. } => {
                Some(nearest.map_or_else(|| "`seaworthy rules` lists them".to_owned(), meant))
            }
            Trouble::UnknownOption { has, .. } if has.is_empty() => {
                Some(format!("it takes only `severity`: {}", one_of(&Level::NAMES)))
            }
            Trouble::UnknownOption { has, .. } => Some(format!("known options: `{}`", has.join("`, `"))),
            Trouble::UnknownValue { nearest: Some(nearest), .. } => Some(meant(nearest)),
            Trouble::UnknownValue { allowed, .. } => Some(format!("it takes {}", one_of(allowed))),
            Trouble::IdlePattern(_) => Some("remove it, or write it relative to the folder of this file".to_owned()),
            Trouble::NoPaths => Some("add `paths = [\"legacy/\"]`".to_owned()),
            Trouble::Outside(_) => Some("keep a copy in the repository".to_owned()),
            Trouble::Locked { lock, .. } => Some(format!("{lock} locks it")),
            _ => None,
        }
    }
}

fn one_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.trouble)
    }
}
