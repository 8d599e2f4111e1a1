//! seaworthy checks, before a merge, whether a repository is fit to run in production on Google Cloud.
//!
//! Files become facts with spans; rules are functions from facts to findings; the page of a rule explains it, and its
//! examples are tests. [`lint`] takes sources and returns a report; it reads neither disk nor clock nor environment.
//!
//! The modules are in reading order. Each may use only those before it, which `tests/architecture.rs` enforces.

mod spelling;
mod visible;
mod span;
mod budget;
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
