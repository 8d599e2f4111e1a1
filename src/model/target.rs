//! Targets of task runners.

use super::setting::Setting;
use super::text::Text;
use crate::span::{SourceId, Span};
use serde::Serialize;
use std::sync::Arc;

/// The targets of one file of a task runner.
#[derive(Debug, Clone, Serialize)]
pub struct Targets {
    /// The file.
    pub source: SourceId,
    /// Its targets that have commands and are not for development.
    pub list: Vec<Target>,
}

/// A target of a Makefile, a task of a Taskfile or a recipe of a justfile.
#[derive(Debug, Clone, Serialize)]
pub struct Target {
    /// The kind of file.
    pub kind: TargetKind,
    /// The name as written.
    pub name: String,
    /// The bytes of the name.
    pub span: Span,
    /// The folder that its commands run in, relative to that of the file.
    pub folder: Setting<Text>,
    /// The names of the environment variables that the file sets for its commands.
    pub environment: Arc<[String]>,
    /// Whether other targets run before it, which may have written files.
    pub follows_others: bool,
    /// Whether a command of it builds, deploys or configures what runs on Google Cloud.
    pub deploys: bool,
}

/// What the notation of a file calls its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TargetKind {
    /// A target of a Makefile.
    Target,
    /// A task of a Taskfile.
    Task,
    /// A recipe of a justfile.
    Recipe,
}

impl Target {
    /// Its name for messages.
    pub fn label(&self) -> String {
        let kind = match self.kind {
            TargetKind::Target => "target",
            TargetKind::Task => "task",
            TargetKind::Recipe => "recipe",
        };
        format!("{kind} `{}`", self.name)
    }
}
