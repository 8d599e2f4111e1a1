//! Facts about the outside world, as tables with their sources.

pub(crate) mod cloud_build;
pub(crate) mod docker;
pub(crate) mod ends_of_life;
pub(crate) mod gcloud;
pub(crate) mod github;
pub(crate) mod images;
pub(crate) mod kubernetes;
pub(crate) mod packages;
pub(crate) mod purposes;
pub(crate) mod registries;
pub(crate) mod runtimes;
pub(crate) mod secrets;
pub(crate) mod stores;

use std::collections::HashSet;
use std::sync::OnceLock;

/// The formats of credentials: id, name, prefixes, regular expression, separated by tabs.
pub(crate) const CREDENTIALS: &str = include_str!("credentials.tsv");

/// A list of words, separated by blanks.
#[derive(Debug)]
pub(crate) struct Words {
    text: &'static str,
    set: OnceLock<HashSet<&'static str>>,
}

impl Words {
    const fn new(text: &'static str) -> Self {
        Self { text, set: OnceLock::new() }
    }

    /// Whether it contains a word.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.iter().collect()).contains(word)
    }

    /// The words, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.text.split_whitespace()
    }
}
