//! Dialects: what a Dockerfile, a pipeline, a manifest, a command or a Terraform module says about a deployment.
//!
//! A reader turns the tree of one file into facts of the model. It resolves what the file itself can resolve, never looks
//! at another file except where it is handed in, and says Unknown where it stops.

pub(crate) mod cloud_build;
pub(crate) mod cloud_run;
pub(crate) mod command;
pub(crate) mod comments;
pub(crate) mod credentials;
pub(crate) mod dockerfile;
pub(crate) mod requirements;
pub(crate) mod shell;
pub(crate) mod surface;
pub(crate) mod terraform;
mod variables;
