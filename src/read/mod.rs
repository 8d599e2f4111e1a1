//! Readers: they turn Dockerfiles, pipelines, manifests, commands and Terraform modules into facts of a deployment.
//!
//! A reader turns the tree of one file into facts of the model. It resolves references within the file, uses another
//! file only if its caller passes it in, and answers Unknown for the rest.

mod aliases;
pub(crate) mod cloud_build;
pub(crate) mod cloud_deploy;
pub(crate) mod cloud_run;
pub(crate) mod command;
pub(crate) mod comments;
pub(crate) mod compose;
pub(crate) mod credentials;
pub(crate) mod dockerfile;
pub(crate) mod env_file;
pub(crate) mod kubernetes;
pub(crate) mod lock;
pub(crate) mod manifest;
pub(crate) mod markdown;
pub(crate) mod requirements;
pub(crate) mod runner;
pub(crate) mod shell;
pub(crate) mod surface;
pub(crate) mod terraform;
mod variables;
pub(crate) mod workflow;
