//! The settings of one configuration file, every value with its place in the file.

use crate::catalogue::Profile;
use crate::finding::{RuleId, Severity};
use crate::model::Environment;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One file's settings.
#[derive(Debug, Default)]
pub struct Layer {
    /// The file, relative to the top of the repository.
    pub file: Arc<str>,
    /// Its text, for excerpts.
    pub text: Arc<str>,
    /// Whether its folder is the root of runs in it.
    pub is_root: Option<Said<bool>>,
    /// Files it extends, lowest precedence first.
    pub extend: Vec<Said<String>>,
    /// The profile for rules without a level of their own.
    pub profile: Option<Said<Profile>>,
    /// The lowest severity that makes a run fail.
    pub fail_on: Option<Said<FailOn>>,
    /// The path of the baseline, relative to the folder of the file.
    pub baseline: Option<Said<String>>,
    /// Files that are not checked.
    pub exclude: Vec<Said<Pattern>>,
    /// The environment of files; if several patterns match, the last one wins.
    pub environments: Vec<(Environment, Said<Pattern>)>,
    /// Settings of rules.
    pub rules: BTreeMap<RuleId, RuleSetting>,
    /// Settings of rules for some paths; if several overrides match, the last one wins.
    pub overrides: Vec<Override>,
    /// Restrictions on comments, baselines and other files.
    pub locks: Locks,
}

/// A value and the place that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub at: At,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The file, relative to the top of the repository.
    pub file: Arc<str>,
    /// The byte range.
    pub range: Range<usize>,
    /// The line, from 1.
    pub line: usize,
}

/// The lowest severity that makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// This severity and every higher one.
    AtLeast(Severity),
    /// No finding makes a run fail.
    Never,
}

/// Whether a rule runs, and its severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It does not run.
    Off,
    /// It runs in every profile, with the severity of its page.
    On,
    /// It runs in every profile, with this severity.
    At(Severity),
}

/// The settings of one rule.
#[derive(Debug, Clone, Default)]
pub struct RuleSetting {
    /// Whether it runs.
    pub level: Option<Said<Level>>,
    /// Its options.
    pub options: BTreeMap<String, Said<f64>>,
}

/// Settings for some paths.
#[derive(Debug, Clone)]
pub struct Override {
    /// The paths.
    pub paths: Vec<Said<Pattern>>,
    /// The profile for rules without a level of their own.
    pub profile: Option<Said<Profile>>,
    /// Settings of rules there.
    pub rules: BTreeMap<RuleId, RuleSetting>,
}

/// Restrictions that comments, baselines and files that extend this one can't override.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    /// Rules that can't be silenced, switched off or lowered in severity.
    pub unignorable: BTreeMap<RuleId, At>,
    /// An ignore comment must give a reason.
    pub require_reason: Option<At>,
    /// An ignore comment must expire within this many days.
    pub max_expiry_days: Option<Said<u32>>,
}

/// A pattern of paths, with the meaning it has in a `.gitignore`: `legacy/` is a folder and all below it, `*.tf` is a
/// name at any depth, `/infra/*.tf` is anchored at the folder of the configuration file.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    matcher: Gitignore,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Why the pattern is invalid.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.starts_with('!') {
            return Err("a pattern can't begin with `!`".to_owned());
        }
        if text.trim().is_empty() || text.starts_with('#') {
            return Err("a pattern can't be empty".to_owned());
        }
        let mut builder = GitignoreBuilder::new("");
        let bare = |error: ignore::Error| match error {
            ignore::Error::Glob { err, .. } => err,
            other => other.to_string(),
        };
        // A leading `./` is shell notation for the same path.
        builder.add_line(None, text.strip_prefix("./").unwrap_or(text)).map_err(bare)?;
        Ok(Self { text: text.to_owned(), matcher: builder.build().map_err(bare)? })
    }

    /// Whether it matches a path, relative to the folder of the configuration file.
    pub fn matches(&self, path: &str) -> bool {
        !path.is_empty() && self.matcher.matched_path_or_any_parents(path, false).is_ignore()
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl FailOn {
    /// Its name in options and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtLeast(severity) => severity.name(),
            Self::Never => "never",
        }
    }

    /// Parses a name.
    pub fn of_name(name: &str) -> Option<Self> {
        if name == "never" { Some(Self::Never) } else { Severity::of_name(name).map(Self::AtLeast) }
    }

    /// Whether a finding of a severity makes a run fail.
    pub fn is_reached(self, severity: Severity) -> bool {
        matches!(self, Self::AtLeast(least) if severity >= least)
    }
}

impl Level {
    /// The names of all levels, for messages and the schema.
    pub const NAMES: [&str; 5] = ["off", "on", "info", "warning", "error"];

    /// Its name in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::At(severity) => severity.name(),
        }
    }

    /// Parses a name.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "on" => Some(Self::On),
            name => Severity::of_name(name).map(Self::At),
        }
    }
}

impl Locks {
    /// Merges other locks into these; the stricter one wins.
    pub(super) fn and(&mut self, other: &Self) {
        for (rule, at) in &other.unignorable {
            self.unignorable.entry(*rule).or_insert_with(|| at.clone());
        }
        self.require_reason = self.require_reason.take().or_else(|| other.require_reason.clone());
        self.max_expiry_days = match (self.max_expiry_days.take(), &other.max_expiry_days) {
            (Some(own), Some(other)) if own.value <= other.value => Some(own),
            (own, None) => own,
            (_, Some(other)) => Some(other.clone()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_mean_what_they_mean_in_a_gitignore() {
        let matches = |pattern: &str, path: &str| Pattern::new(pattern).expect("a pattern").matches(path);
        assert!(matches("legacy/", "legacy/a/Dockerfile") && matches("legacy", "legacy/Dockerfile"));
        assert!(matches("legacy/**", "legacy/a/Dockerfile") && !matches("legacy/**", "old/legacy.tf"));
        assert!(matches("*.tf", "infra/prod/main.tf") && !matches("/*.tf", "infra/main.tf"));
        assert!(matches("./infra/*.tf", "infra/main.tf") && !matches("/infra/*.tf", "a/infra/main.tf"));
        assert!(matches("/Dockerfile", "Dockerfile") && !matches("/Dockerfile", "a/Dockerfile"));
        for bad in ["!a", "", "a{b", "[z-a]", "#"] {
            assert!(Pattern::new(bad).is_err(), "{bad}");
        }
    }
}
