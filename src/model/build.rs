//! Cloud Build pipelines, and builds of Dockerfiles.

use super::image::Image;
use super::setting::Setting;
use super::text::Text;
use crate::source::Room;
use crate::span::{SourceId, Span};
use serde::Serialize;

/// A Cloud Build configuration.
#[derive(Debug, Clone, Serialize)]
pub struct Pipeline {
    /// Its source.
    pub source: SourceId,
    /// The key `steps`.
    pub steps_key: Span,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// The timeout of the whole build, in seconds.
    pub timeout: Setting<f64>,
    /// Where a missing timeout would be inserted.
    #[serde(skip)]
    pub timeout_room: Option<Room>,
    /// The service account that it runs as.
    pub service_account: Setting<Text>,
    /// User-defined substitutions with their defaults.
    pub substitutions: Vec<Substitution>,
    /// Where substitutions are used.
    pub uses: Vec<SubstitutionUse>,
    /// The key `substitutions`, if there is one.
    pub substitutions_key: Option<Span>,
    /// Keys that Cloud Build does not know.
    pub unknown_fields: Vec<UnknownField>,
    /// Images it pushes (`images:`).
    pub images: Vec<Text>,
}

/// One step of a build.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its index, from 0.
    pub index: usize,
    /// The image that it runs in.
    pub image: Setting<Image>,
    /// Its id.
    pub id: Option<String>,
    /// The entry point that replaces that of the image.
    pub entrypoint: Option<Text>,
    /// Arguments.
    pub arguments: Vec<Text>,
    /// The folder that it runs in, relative to the workspace.
    pub folder: Setting<Text>,
    /// The whole step.
    pub span: Span,
}

/// A substitution with its default.
#[derive(Debug, Clone, Serialize)]
pub struct Substitution {
    /// Its name.
    pub name: String,
    /// The span of the name.
    pub span: Span,
    /// The default.
    pub value: Text,
}

/// A place where a substitution is used.
#[derive(Debug, Clone, Serialize)]
pub struct SubstitutionUse {
    /// Its name.
    pub name: String,
    /// The span of `$_NAME` or `${_NAME}`.
    pub span: Span,
    /// Whether it has its own default (`${_NAME:-x}`).
    pub has_default: bool,
    /// Whether it is a built-in substitution that Cloud Build or a trigger sets.
    pub is_built_in: bool,
}

/// A key that Cloud Build rejects.
#[derive(Debug, Clone, Serialize)]
pub struct UnknownField {
    /// As written.
    pub name: String,
    /// The span of the key.
    pub span: Span,
    /// The owner of the key, for messages: `a build step`, `options`, ...
    pub owner: &'static str,
    /// Whether it is a placeholder that is replaced before Cloud Build reads the file.
    pub is_placeholder: bool,
    /// The field that was probably intended.
    pub suggestion: Option<Suggestion>,
}

/// The probably intended field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Suggestion {
    /// A field of the same message with a similar name.
    Rename(String),
    /// The field exists in another message: the owner, such as `a build step`.
    Move(String),
}

/// A build of an image from a Dockerfile.
#[derive(Debug, Clone, Serialize)]
pub struct Build {
    /// The whole statement.
    pub span: Span,
    /// The Dockerfile, relative to the root of the checkout.
    pub file: BuildFile,
    /// The span that names the Dockerfile or, if none is named, the context.
    pub file_span: Span,
    /// The path of the Dockerfile as written, if it is written out.
    pub file_text: Option<Text>,
    /// The context folder relative to the root; `None` if it is unknown.
    pub context: Option<String>,
    /// The stage to build.
    pub target: Setting<Text>,
    /// Build arguments with their values; an argument without a value takes it from the environment.
    pub arguments: Vec<(Text, Option<Text>)>,
    /// The image references it is tagged with.
    pub tags: Vec<Text>,
    /// Whether an earlier command may have created files in the workspace.
    pub has_new_files: bool,
    /// The step of the same job that has written the key of a service account into the root of the checkout.
    pub key: Option<Span>,
    /// Whether an earlier command changed the working directory, so that its paths are relative to some folder of the
    /// checkout.
    pub has_moved: bool,
    /// Whether it is a build step that works on a fresh checkout: no earlier step can have added a file.
    pub is_fresh: bool,
    /// Whether it runs in a folder below the root, as is guessed because the Dockerfile lies there. What is uploaded
    /// from that folder may hold files that were put there before.
    pub is_guessed: bool,
}

impl Build {
    /// The source of its Dockerfile, if it is one of this run.
    pub fn found(&self) -> Option<SourceId> {
        match self.file {
            BuildFile::Found(source) => Some(source),
            BuildFile::Missing(_) | BuildFile::Unknown => None,
        }
    }
}

/// The Dockerfile of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum BuildFile {
    /// A source of this run.
    Found(SourceId),
    /// There is no file at this path.
    Missing(String),
    /// The path is unknown.
    Unknown,
}

/// A source of a `COPY` or `ADD` that is in no build context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingSource {
    /// The span of the source.
    pub span: Span,
    /// The instruction.
    pub copy: Span,
    /// As written.
    pub shown: String,
    /// The context folder it was looked for in, for messages: `the repository root`, `` `api/` ``.
    pub context: String,
    /// The build that sets the context, if there is one.
    pub build: Option<Span>,
    /// The ignore pattern that excludes the file, and the name of the ignore file; `None` if the file does not exist.
    pub ignored: Option<(Span, String)>,
    /// The path of the only similar file in the context, if there is one.
    pub meant: Option<String>,
}

/// A file that a stage starts with and that its image does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingStart {
    /// The index of the stage.
    pub stage: usize,
    /// The word that names it.
    pub place: Span,
    /// As written: `server.js`, `main:app`.
    pub word: String,
    /// The path that it is looked for at.
    pub path: String,
    /// The ignore pattern that excludes it from the build context, and the name of the ignore file.
    pub excluded: Option<(Span, String)>,
    /// Whether nothing else may bring it.
    pub is_certain: bool,
}

/// A `COPY` of a whole build context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WideCopy {
    /// The instruction.
    pub span: Span,
    /// The Dockerfile.
    pub source: SourceId,
    /// The stage.
    pub stage: usize,
    /// Whether an ignore file filters the context; `None` if the context is unknown.
    pub is_filtered: Option<bool>,
    /// The context that no ignore file filters, if there is one.
    pub context: Option<String>,
    /// Files with secrets that it copies into the image.
    pub secrets: Vec<String>,
    /// The step of a workflow that writes the key of a service account to where it is copied from.
    pub key: Option<Span>,
}
