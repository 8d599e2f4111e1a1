//! seaworthy tells a team, before it merges, whether a repository is fit to run in production on Google Cloud.
//!
//! Files become facts with places; rules are functions from facts to findings; a page says what each rule means and
//! proves it. [`lint`] is the whole of it: sources in, report out, without a look at disk, clock or environment.
//!
//! The modules in reading order; each may use those before it, and `tests/architecture.rs` holds them to it.

mod spelling;
mod span;
pub mod source;
pub mod syntax;
mod known;
pub mod model;
mod read;
mod link;
pub mod finding;
pub mod catalogue;
pub mod rules;
pub mod config;
pub mod suppress;
pub mod engine;
pub mod report;
pub mod walk;
pub mod lsp;
pub mod cli;

pub use catalogue::HOME;
pub use engine::{Config, Report, lint};
