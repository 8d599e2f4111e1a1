//! Simple shell commands, wherever they were found.

use super::invocation::{Invocation, PackageCall, PackageManager, ProgramSource, TerraformCall};
use super::text::Text;
use crate::source::Room;
use crate::span::{SourceId, Span};
use serde::Serialize;

/// One simple command.
#[derive(Debug, Clone, Serialize)]
pub struct Command {
    /// Its words, the name of the command first; variables that the script sets are expanded.
    pub words: Vec<Text>,
    /// For each word, whether an unquoted expansion may split it into several words or remove it.
    pub splits: Vec<bool>,
    /// From the first word to the last.
    pub span: Span,
    /// The script, instruction or step that contains it.
    pub home: Home,
    /// The number of its pipeline, and its index in it.
    pub pipeline: (u32, u32),
    /// Its number among the commands of its script.
    pub number: u32,
    /// The number of the command that contains this one in a word, as a substitution.
    pub inside: Option<u32>,
    /// Whether it may be skipped.
    pub is_conditional: bool,
    /// Whether its script goes on if it fails, and does nothing about it (`|| true`).
    pub is_forgiven: bool,
    /// Whether an action of a workflow runs it, and no line of a script.
    pub is_of_action: bool,
    /// Its effect.
    pub invocation: Invocation,
    /// Where another argument would be inserted.
    #[serde(skip)]
    pub more: Option<Room>,
}

/// The place of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Home {
    /// A shell script.
    Script(SourceId),
    /// A `RUN` of a Dockerfile: source, stage index, index within the stage.
    Run(SourceId, usize, usize),
    /// A step of a Cloud Build configuration.
    Step(SourceId, usize),
    /// A step of a workflow: source, job index, index within the job.
    Workflow(SourceId, usize, usize),
    /// A line of a target of a task runner: source, index of the target, index of its shell within the target.
    Target(SourceId, usize, usize),
    /// A block of a document, which people follow by hand.
    Document(SourceId),
}

impl Command {
    /// The name of the command without its folder; `None` if it is unknown.
    pub fn name(&self) -> Option<&str> {
        let name = self.words.first()?.known()?;
        Some(name.rsplit('/').next().unwrap_or(name))
    }

    /// The words without leading programs that only start another one (`sudo`, `env A=b`, `exec`, `nohup`, ...).
    pub fn bare(&self) -> &[Text] {
        let mut words = &self.words[..];
        while let Some((first, rest)) = words.split_first() {
            let name = first.raw().rsplit('/').next().unwrap_or_default();
            match name {
                "sudo" | "exec" | "nohup" | "command" | "time" | "nice" | "builtin" | "stdbuf" | "ionice" => {
                    words = rest;
                    while words.first().is_some_and(|word| word.raw().starts_with('-')) {
                        words = &words[1..];
                    }
                }
                "env" => {
                    words = rest;
                    while words.first().is_some_and(|word| word.raw().starts_with('-') || word.raw().contains('=')) {
                        words = &words[1..];
                    }
                }
                "timeout" => words = rest.get(1..).unwrap_or_default(),
                _ => break,
            }
        }
        words
    }

    /// The name of its program without its folder, after programs that only start it; empty if it is unknown.
    pub fn program_name(&self) -> &str {
        let name = self.bare().first().and_then(|word| word.known()).unwrap_or_default();
        name.rsplit('/').next().unwrap_or(name)
    }

    /// The word that names its program.
    pub fn program(&self) -> Option<&Text> {
        self.bare().first()
    }

    /// Whether it downloads something.
    pub fn downloads(&self) -> bool {
        matches!(self.invocation, Invocation::Download { .. })
    }

    /// Whether it may create or change files of the workspace.
    pub fn writes_files(&self) -> bool {
        matches!(self.invocation, Invocation::WriteFiles | Invocation::Download { to_file: true })
    }

    /// Whether it runs a program that it gets from this source.
    pub fn runs_program_from(&self, source: ProgramSource) -> bool {
        matches!(self.invocation, Invocation::Run(from) if from == source)
    }

    /// Its call of a package manager, if it is one of this manager.
    pub fn packages_of(&self, manager: PackageManager) -> Option<&PackageCall> {
        match &self.invocation {
            Invocation::Packages(call) if call.manager == manager => Some(call),
            _ => None,
        }
    }

    /// Its call of Terraform.
    pub fn terraform(&self) -> Option<&TerraformCall> {
        match &self.invocation {
            Invocation::Terraform(call) => Some(call),
            _ => None,
        }
    }

    /// Whether it deploys something that gets no requests yet: a preview.
    pub fn is_preview(&self) -> bool {
        matches!(self.invocation, Invocation::Deploy)
            && (self.flag("--tag").is_some() || self.words.iter().any(|word| word.raw() == "--no-traffic"))
    }

    /// Whether it runs the tests of the program.
    pub fn tests(&self) -> bool {
        matches!(self.invocation, Invocation::Test)
    }

    /// Whether it signs in with the exported key of a service account.
    pub fn signs_in_with_key(&self) -> bool {
        matches!(self.invocation, Invocation::SignInWithKey)
    }

    /// Whether it changes what runs, or its infrastructure.
    pub fn deploys(&self) -> bool {
        matches!(self.invocation, Invocation::Deploy) || self.terraform().is_some_and(TerraformCall::applies)
    }

    /// For a command that compiles a program: the tools that an image keeps if the command runs there, for messages.
    pub fn leaves_tools(&self) -> Option<&'static str> {
        match &self.invocation {
            Invocation::Compile(tools) => Some(tools),
            Invocation::Packages(call) => call.leaves,
            _ => None,
        }
    }

    /// Whether it removes something at a path that contains a text.
    pub fn removes(&self, part: &str) -> bool {
        matches!(&self.invocation, Invocation::Remove(paths) if paths.iter().any(|path| path.raw().contains(part)))
    }

    /// The value of a flag, in its own word or after `=`; the first one if the flag is repeated.
    pub fn flag(&self, name: &str) -> Option<Text> {
        let words = self.bare();
        words.iter().enumerate().find_map(|(at, word)| {
            if word.raw() == name { words.get(at + 1).cloned() } else { word.strip_prefix(name)?.strip_prefix("=") }
        })
    }

    /// Its source.
    pub fn source(&self) -> SourceId {
        self.span.source
    }
}

/// A command line that its own program rejects, or may reject.
#[derive(Debug, Clone, Serialize)]
pub struct Rejection {
    /// The word that it rejects.
    pub span: Span,
    /// The command: `gcloud run deploy`.
    pub command: String,
    /// The complaint, as a part of a sentence.
    pub complaint: String,
    /// The kind of complaint.
    pub kind: RejectionKind,
}

/// Why a program rejects a command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum RejectionKind {
    /// It does not know this flag; the known flag with a similar name, if there is one. A newer release may know it.
    Flag {
        /// The name as written.
        name: Span,
        /// The known flag with a similar name.
        meant: Option<&'static str>,
    },
    /// A list whose separator is part of a value; another separator, if the list is written out.
    Separator(Option<Separator>),
    /// Anything else.
    Other,
    /// It may or may not be rejected: an expansion brings more words.
    Open,
}

/// A separator for a list, and where to write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Separator {
    /// The separator.
    pub separator: &'static str,
    /// The start of the list, where it is announced.
    pub start: Span,
    /// The commas that separate entries.
    pub commas: Vec<Span>,
}
