//! The index of rules, written by `tests/index.rs` from the folders beside it and from `rules/`.
//!
//! One rule is one page in `rules/<concern>/` and one function in `src/rules/<concern>/`, or only a page with an
//! expression. A check sees the model and its own page; never a tree, a path on disk or a configuration.

mod capacity;
mod data;
mod delivery;
mod health;
mod identity;
mod image;
mod network;
mod secrets;
mod supply_chain;
mod terraform;

use crate::catalogue::Rule;
use crate::spelling;
use std::sync::LazyLock;

/// Every rule, by concern and name.
pub static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| CONCERNS.iter().copied().flatten().collect());

static CONCERNS: &[&[Rule]] = &[
    &supply_chain::RULES,
    &identity::RULES,
    &secrets::RULES,
    &health::RULES,
    &capacity::RULES,
    &network::RULES,
    &data::RULES,
    &delivery::RULES,
    &image::RULES,
    &terraform::RULES,
];

/// The rule with this name.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| *rule.id == *id)
}

/// The rule with the most similar name, for a name that is unknown.
pub fn nearest(name: &str) -> Option<&'static str> {
    spelling::nearest(name, ALL.iter().map(|rule| rule.id.as_str()))
}
