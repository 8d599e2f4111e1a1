//! Cloud Build pipelines, and who builds which Dockerfile.

use super::image::Image;
use super::setting::Setting;
use super::text::Text;
use crate::source::Room;
use crate::span::{SourceId, Span};

/// A Cloud Build configuration.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Its source.
    pub source: SourceId,
    /// The key `steps`.
    pub steps_key: Span,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// The time the whole build may take, in seconds.
    pub timeout: Setting<f64>,
    /// How a timeout would be written that is not there.
    pub timeout_room: Option<Room>,
    /// The identity it runs as.
    pub service_account: Setting<Text>,
    /// User-defined substitutions with their defaults.
    pub substitutions: Vec<Substitution>,
    /// Where substitutions are used.
    pub uses: Vec<SubstitutionUse>,
    /// `substitutions:` as a place to add one, when the key is there.
    pub substitutions_key: Option<Span>,
    /// How an entry of `substitutions` would be written; its name belongs in front of the value.
    pub substitution_room: Option<Room>,
    /// Keys that Cloud Build does not know.
    pub unknown_fields: Vec<UnknownField>,
    /// Images it pushes (`images:`).
    pub images: Vec<Text>,
}

/// One step of a build.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its number, from 0.
    pub index: usize,
    /// The image it runs in.
    pub image: Setting<Image>,
    /// Its id.
    pub id: Option<String>,
    /// The program it starts instead of the image's own.
    pub entrypoint: Option<Text>,
    /// Arguments.
    pub arguments: Vec<Text>,
    /// The folder it runs in, relative to the workspace.
    pub folder: Setting<Text>,
    /// The whole step.
    pub span: Span,
}

/// A substitution with its default.
#[derive(Debug, Clone)]
pub struct Substitution {
    /// Its name.
    pub name: String,
    /// The name's bytes.
    pub span: Span,
    /// The default.
    pub value: Text,
}

/// A place where a substitution is used.
#[derive(Debug, Clone)]
pub struct SubstitutionUse {
    /// Its name.
    pub name: String,
    /// The bytes of `$_NAME` or `${_NAME}`.
    pub span: Span,
    /// Whether it brings its own default (`${_NAME:-x}`).
    pub has_default: bool,
    /// Whether Cloud Build or a trigger sets it without being asked.
    pub is_built_in: bool,
}

/// A key that Cloud Build rejects.
#[derive(Debug, Clone)]
pub struct UnknownField {
    /// As written.
    pub name: String,
    /// The key's bytes.
    pub span: Span,
    /// Where it stands: `a build step`, `options`, ...
    pub owner: &'static str,
    /// The field that was probably intended.
    pub suggestion: Option<Suggestion>,
}

/// A field that may have been intended by one that Cloud Build rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// A field of the same message with nearly this name.
    Rename(String),
    /// The field is right, but belongs to another message: its owner in words, such as `a build step`.
    Move(String),
}

/// A build of an image from a Dockerfile.
#[derive(Debug, Clone)]
pub struct Build {
    /// The whole statement.
    pub span: Span,
    /// The Dockerfile, relative to the root of the checkout.
    pub file: BuildFile,
    /// Where the Dockerfile is named, or the context when it is not.
    pub file_span: Span,
    /// The Dockerfile as it is written, where it is written out.
    pub file_text: Option<Text>,
    /// The context folder relative to the root; none where it is not known.
    pub context: Option<String>,
    /// The stage to build.
    pub target: Setting<Text>,
    /// Build arguments with their values; those without are taken from the environment.
    pub arguments: Vec<(Text, Option<Text>)>,
    /// Images it is tagged with.
    pub tags: Vec<Text>,
    /// Whether a command before it may have put files into the workspace.
    pub has_new_files: bool,
    /// Whether a command before it has changed the folder, so that its paths count from somewhere in the checkout.
    pub has_moved: bool,
}

/// The Dockerfile of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildFile {
    /// One of the run's.
    Found(SourceId),
    /// There is no file at this path.
    Missing(String),
    /// Can't be told.
    Unknown,
}

/// A source of a `COPY` or `ADD` that no build context holds.
#[derive(Debug, Clone)]
pub struct MissingSource {
    /// The source's bytes.
    pub span: Span,
    /// As written.
    pub shown: String,
    /// The context folder it was looked for in, for messages: `the repository root`, `` `api/` ``.
    pub context: String,
    /// The build that names the context, where one does.
    pub build: Option<Span>,
    /// The pattern of an ignore list that leaves it out, and the list's name, where the file exists.
    pub ignored: Option<(Span, String)>,
    /// The path of the one file in the context that may be meant, where there is one.
    pub meant: Option<String>,
}

/// A `COPY` of a whole build context.
#[derive(Debug, Clone)]
pub struct WideCopy {
    /// The instruction.
    pub span: Span,
    /// The Dockerfile.
    pub source: SourceId,
    /// The stage.
    pub stage: usize,
    /// Whether an ignore list filters the context; none where the context is not known.
    pub is_filtered: Option<bool>,
    /// Files with secrets that get into the image with it.
    pub secrets: Vec<String>,
}
