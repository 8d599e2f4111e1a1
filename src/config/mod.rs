//! What a team asks for: `seaworthy.toml`, and what several of them mean together.
//!
//! [`read`] turns one file into a [`Layer`]; a [`Cascade`] holds those of a checkout, each with the layers it extends, and
//! answers for a path which rules run there, how much they matter and which numbers they are given. Nothing here touches a
//! disk: whoever loads a cascade hands in a function that reads.

mod cascade;
mod layer;
mod load;
mod problem;
mod read;
mod schema;

pub use cascade::{Cascade, Decision, View};
pub use layer::{At, FailOn, Layer, Level, Locks, Override, Pattern, RuleSetting, Said};
pub use load::{Found, load};
pub use problem::{Problem, Trouble};
pub use schema::schema;

/// The names a configuration file may have; where a folder has both, the first counts.
pub const NAMES: [&str; 2] = ["seaworthy.toml", ".seaworthy.toml"];

/// The baseline that is used where none is named, at the top of the repository.
pub const BASELINE: &str = "seaworthy-baseline.json";
