//! seaworthy tells a team, before it merges, whether a repository is fit to run in production on Google Cloud.
pub mod source;
pub mod span;
pub mod syntax;
pub mod model;
mod read;
