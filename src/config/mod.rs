//! The configuration: `seaworthy.toml`, and how several such files combine.
//!
//! [`read`] parses one file into a [`Layer`]. A [`Cascade`] holds the layers of a checkout and answers for a path which
//! rules run there, with which severity and which options. Nothing here reads the disk: the caller passes in a function
//! that reads files.

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
pub use read::is_root;
pub use schema::schema;

/// The names a configuration file may have; if a folder has both, the first is used.
pub const NAMES: [&str; 2] = ["seaworthy.toml", ".seaworthy.toml"];

/// The default baseline, at the top of the repository.
pub const BASELINE: &str = "seaworthy-baseline.json";
