//! Problems of configuration files.

use super::layer::{At, Level};
use crate::finding::RuleId;
use std::fmt;

/// A problem at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place.
    pub at: At,
    /// The kind of problem.
    pub trouble: Trouble,
}

/// The kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Invalid TOML, with the message of the parser.
    #[error("invalid TOML: {0}")]
    Syntax(String),
    /// An unknown key.
    #[error("unknown setting `{key}`{}", within(.table))]
    UnknownKey {
        /// The key.
        key: String,
        /// The table that contains it; empty at the top level.
        table: String,
        /// The known keys of that table.
        known: Vec<&'static str>,
        /// The known key with the most similar name.
        nearest: Option<&'static str>,
    },
    /// An unknown rule.
    #[error("unknown rule `{rule}`")]
    UnknownRule {
        /// The name as written.
        rule: String,
        /// The rule with the most similar name.
        nearest: Option<&'static str>,
    },
    /// An unknown option of a rule.
    #[error("rule `{rule}` has no option `{option}`")]
    UnknownOption {
        /// The rule.
        rule: RuleId,
        /// The name as written.
        option: String,
        /// The known options.
        has: Vec<String>,
    },
    /// A value of the wrong type.
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        /// The key.
        key: String,
        /// The expected type.
        expected: &'static str,
        /// The actual type.
        found: &'static str,
    },
    /// A string that is not one of the allowed values.
    #[error("`{key}` can't be `{value}`")]
    UnknownValue {
        /// The key.
        key: String,
        /// The value as written.
        value: String,
        /// The allowed values.
        allowed: Vec<&'static str>,
        /// The allowed value with the most similar name.
        nearest: Option<&'static str>,
    },
    /// A number out of range.
    #[error("`{key}` can't be {value}: it must be a whole number from 0 to 4294967295")]
    BadNumber {
        /// The key.
        key: String,
        /// The value as written.
        value: String,
    },
    /// An invalid pattern.
    #[error("invalid pattern `{pattern}`: {reason}")]
    BadPattern {
        /// The pattern as written.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// A pattern that no file matches.
    #[error("the pattern `{0}` matches no file")]
    IdlePattern(String),
    /// A table of overrides without paths.
    #[error("this override has no `paths`, so it applies to no file")]
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
    #[error("`{0}` is outside of the repository")]
    Outside(String),
    /// A file that extends itself, directly or through others.
    #[error("`{0}` extends itself")]
    Circle(String),
    /// More files than one configuration file may extend, directly or through others.
    #[error("this extends more than {0} files, itself and through others")]
    TooManyExtended(usize),
    /// More patterns than a file may have.
    #[error("this file has more than {0} patterns")]
    TooManyPatterns(usize),
    /// Two configuration files in one folder; the second is not used.
    #[error("`{0}` is not used because there is a `seaworthy.toml` in the same folder")]
    TwoFiles(String),
    /// A level that a lock forbids.
    #[error("rule `{rule}` is locked and can't be `{level}` here")]
    Locked {
        /// The rule.
        rule: RuleId,
        /// The level as written.
        level: &'static str,
        /// The place of the lock: file and line.
        lock: String,
    },
}

fn within(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!(" of `{table}`") }
}

impl Problem {
    /// Whether it is an error: a setting can't be applied, so no run is possible. Other problems are warnings, so that a
    /// file that was written for a newer release still works.
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
            | Trouble::TooManyExtended(_)
            | Trouble::TooManyPatterns(_)
            | Trouble::Locked { .. } => true,
        }
    }

    /// How to solve it.
    pub fn help(&self) -> Option<String> {
        let meant = |name: &str| format!("did you mean `{name}`?");
        match &self.trouble {
            Trouble::UnknownKey { nearest: Some(nearest), .. } => Some(meant(nearest)),
            Trouble::UnknownKey { known, .. } => Some(format!("known settings: {}", one_of(known))),
            Trouble::UnknownRule { nearest, .. } => {
                Some(nearest.map_or_else(|| "`seaworthy rules` lists all rules".to_owned(), meant))
            }
            Trouble::UnknownOption { has, .. } if has.is_empty() => {
                Some(format!("its only setting is `severity`: {}", one_of(&Level::NAMES)))
            }
            Trouble::UnknownOption { has, .. } => Some(format!("known options: `{}`", has.join("`, `"))),
            Trouble::UnknownValue { nearest: Some(nearest), .. } => Some(meant(nearest)),
            Trouble::UnknownValue { allowed, .. } => Some(format!("allowed values: {}", one_of(allowed))),
            Trouble::IdlePattern(_) => Some("remove it, or write it relative to the folder of this file".to_owned()),
            Trouble::NoPaths => Some("add `paths`, such as `paths = [\"legacy/\"]`".to_owned()),
            Trouble::Outside(_) => Some("copy the file into the repository, and name the copy".to_owned()),
            Trouble::TooManyExtended(_) => Some("join the files, or extend fewer of them".to_owned()),
            Trouble::TooManyPatterns(_) => Some("name folders instead of the files in them".to_owned()),
            Trouble::Locked { lock, .. } => {
                Some(format!("remove this setting, because {lock} makes the rule unignorable"))
            }
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
