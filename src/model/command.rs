//! Simple shell commands, wherever they were found.

use super::text::Text;
use crate::source::Room;
use crate::span::{SourceId, Span};

/// One simple command.
#[derive(Debug, Clone)]
pub struct Command {
    /// Its words, the command's own name first; variables that the script sets are filled in.
    pub words: Vec<Text>,
    /// For each word, whether an unquoted expansion in it may become several words or none.
    pub splits: Vec<bool>,
    /// From the first word to the last.
    pub span: Span,
    /// Where it stands.
    pub home: Home,
    /// The pipeline it is part of and its place in it.
    pub pipeline: (u32, u32),
    /// Its number among the commands of its script.
    pub number: u32,
    /// The number of the command whose word holds this one.
    pub inside: Option<u32>,
    /// Whether it may not run.
    pub is_conditional: bool,
    /// How another argument would be written behind its last.
    pub more: Option<Room>,
}

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    /// A shell script.
    Script(SourceId),
    /// A `RUN` of a Dockerfile: source, stage index, index within the stage.
    Run(SourceId, usize, usize),
    /// A step of a Cloud Build configuration.
    Step(SourceId, usize),
}

impl Command {
    /// The command's name without its folder; none where it is not known.
    pub fn name(&self) -> Option<&str> {
        let name = self.words.first()?.known()?;
        Some(name.rsplit('/').next().unwrap_or(name))
    }

    /// The words behind the name and behind what only starts another program (`sudo`, `env A=b`, `exec`, `nohup`, ...).
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

    /// Whether it runs a program of one of these names.
    pub fn runs(&self, names: &[&str]) -> bool {
        let name = self.bare().first().and_then(|word| word.known()).unwrap_or_default();
        names.contains(&name.rsplit('/').next().unwrap_or(name))
    }

    /// The value of a flag, in its own word or behind `=`; the first where it is given several times.
    pub fn flag(&self, name: &str) -> Option<Text> {
        let words = self.bare();
        words.iter().enumerate().find_map(|(at, word)| {
            if word.raw() == name { words.get(at + 1).cloned() } else { word.strip_prefix(name)?.strip_prefix("=") }
        })
    }

    /// The source it stands in.
    pub fn source(&self) -> SourceId {
        self.span.source
    }
}
