//! References to container images, and the Dockerfiles that build them.

use super::setting::{Setting, Why};
use super::text::Text;
use crate::known::docker::OF_THE_SHELL;
use crate::known::images;
use crate::known::registries::OWNERS_ON_GCR;
use crate::source::HOLE;
use crate::span::{SourceId, Span};
use serde::Serialize;

/// A reference to an image: `host/path/name:tag@digest`.
#[derive(Debug, Clone, Serialize)]
pub struct Image {
    /// The whole reference.
    pub text: Text,
    /// The registry, if one is named: a first part with `.` or `:`, or `localhost` (distribution reference grammar).
    pub host: Option<String>,
    /// The name after the registry, without tag and digest; unknown parts are a [`HOLE`].
    pub name: String,
    /// Its tag or digest.
    pub pin: Pin,
}

/// The tag or digest of an image reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Pin {
    /// A digest, which can't be moved.
    Digest,
    /// A tag, which its owner may move.
    Tag(String),
    /// An explicit tag `latest`.
    Latest,
    /// Neither tag nor digest: `latest` by default.
    Missing,
    /// Unknown, because an unknown part of the reference may contain it.
    Unknown,
}

impl Image {
    /// Parses a reference.
    pub fn of(text: Text) -> Self {
        let raw = text.raw().trim().to_owned();
        let (rest, digest) = match raw.split_once('@') {
            Some((rest, _)) => (rest, true),
            None => (raw.as_str(), false),
        };
        let last = rest.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match rest[last..].find(':') {
            Some(colon) => (&rest[..last + colon], Some(&rest[last + colon + 1..])),
            None => (rest, None),
        };
        let pin = match tag {
            _ if digest => Pin::Digest,
            Some("latest") => Pin::Latest,
            Some(tag) if tag.is_empty() || tag.contains(HOLE) => Pin::Unknown,
            Some(tag) => Pin::Tag(tag.to_owned()),
            None if rest[last..].contains(HOLE) => Pin::Unknown,
            None => Pin::Missing,
        };
        let (host, name) = match path.split_once('/') {
            Some((host, name)) if host.contains(['.', ':']) || host == "localhost" => (Some(host.to_owned()), name),
            _ => (None, path),
        };
        Self { host, name: name.to_owned(), pin, text: text.clone() }
    }

    /// A reference as a setting, which is Known if any part of it is known.
    pub fn setting(text: Text) -> Setting<Self> {
        match text.why() {
            Some(why) if text.raw().chars().all(|c| c == HOLE) => Setting::Unknown(text.span(), why.clone()),
            _ => {
                let place = text.place();
                Setting::Known(Self::of(text), place)
            }
        }
    }

    /// The reference for messages, without a digest.
    pub fn shown(&self) -> String {
        let shown = self.text.shown();
        match shown.split_once('@') {
            Some((rest, _)) => rest.to_owned(),
            None => shown,
        }
    }

    /// Host and name, joined.
    pub fn repository(&self) -> String {
        match &self.host {
            Some(host) => format!("{host}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The name on Docker Hub, without `library/`; `None` if the registry is neither Docker Hub nor a mirror of it.
    pub fn hub_name(&self) -> Option<&str> {
        let name = match self.host.as_deref() {
            None | Some("docker.io" | "index.docker.io" | "registry-1.docker.io") => &self.name,
            Some("mirror.gcr.io" | "public.ecr.aws") => self.name.strip_prefix("docker/").unwrap_or(&self.name),
            Some(_) => return None,
        };
        Some(name.strip_prefix("library/").unwrap_or(name))
    }

    /// Whether it is one of the builders that Cloud Build provides, in Container Registry or under its newer name.
    pub fn is_cloud_builder(&self) -> bool {
        let is_kept =
            matches!(self.host.as_deref(), Some(host) if host == "gcr.io" || host.ends_with("docker.pkg.dev"));
        is_kept && self.name.starts_with("cloud-builders/")
    }

    /// A tag with a version that pointed to the same official image when seaworthy was released, if one is known.
    pub fn versioned_tag(&self) -> Option<&'static str> {
        let (name, tag) = (self.hub_name()?, self.tag().unwrap_or("latest"));
        images::versioned_tag(name, tag)
    }

    /// The span of the tag with its colon, or the empty span where it would be inserted.
    pub fn tag_span(&self) -> Span {
        let raw = self.text.raw();
        let name = raw.rfind('/').map_or(0, |at| at + 1);
        let colon = raw[name..].find(':').map_or(raw.len(), |at| name + at);
        if colon == raw.len() { self.text.span().tail() } else { self.text.slice(colon..raw.len()).span() }
    }

    /// Whether host and name are wholly known.
    pub fn is_named(&self) -> bool {
        !self.name.is_empty()
            && !self.name.contains(HOLE)
            && !self.host.as_ref().is_some_and(|host| host.contains(HOLE))
    }

    /// Whether it is an image of Windows, by the names that Microsoft gives to its images and tags.
    pub fn is_of_windows(&self) -> bool {
        ["windows", "nanoserver", "servercore", "ltsc20"].iter().any(|part| self.text.raw().contains(part))
    }

    /// Whether the image, as published, starts its process as root; `None` if that is unknown.
    ///
    /// Only the images in `image_users.tsv` are known.
    pub fn starts_as_root(&self) -> Option<bool> {
        let repository = self.hub_name().map_or_else(|| self.repository(), str::to_owned);
        let tag = match &self.pin {
            Pin::Tag(tag) => tag.as_str(),
            Pin::Latest | Pin::Missing => "latest",
            // A digest alone does not show the variant of the image, but a tag before it does.
            Pin::Digest => {
                self.text.raw().split('@').next().and_then(|rest| rest.rsplit_once(':')).map_or("", |(_, tag)| tag)
            }
            Pin::Unknown => "",
        };
        for images::ImageUser { name, tags, user } in images::users() {
            let is_it = match name.strip_suffix('*') {
                Some(prefix) => repository.starts_with(prefix),
                None => repository == *name,
            };
            if is_it && (*tags == "*" || tags.split(',').any(|part| tag.contains(part))) {
                // Without a tag, only a row for all tags applies.
                return (!tag.is_empty() || *tags == "*").then_some(*user == "root");
            }
        }
        None
    }

    /// The tag, if one is written.
    pub fn tag(&self) -> Option<&str> {
        match &self.pin {
            Pin::Tag(tag) => Some(tag),
            Pin::Latest => Some("latest"),
            _ => None,
        }
    }
}

/// Whether the first part of a name on `gcr.io` belongs to Google or to another well-known project.
pub fn is_of_others(first: &str) -> bool {
    OWNERS_ON_GCR.contains(first)
}

/// A Dockerfile.
#[derive(Debug, Clone, Serialize)]
pub struct Dockerfile {
    /// Its source.
    pub source: SourceId,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// Whether the whole file was parsed.
    pub is_complete: bool,
    /// Arguments before the first `FROM`.
    pub arguments: Vec<Variable>,
}

/// One stage of a Dockerfile.
#[derive(Debug, Clone, Serialize)]
pub struct Stage {
    /// Its index, from 0.
    pub index: usize,
    /// Whether it is the only stage of its file.
    pub is_only: bool,
    /// Its name (`AS name`), in lower case.
    pub name: Option<String>,
    /// Its base.
    pub base: Base,
    /// The `FROM` instruction.
    pub span: Span,
    /// The last `USER` in it.
    pub user: Option<User>,
    /// The last `ENTRYPOINT`.
    pub entrypoint: Option<Launch>,
    /// The last `CMD`.
    pub command: Option<Launch>,
    /// `EXPOSE`d ports as written.
    pub ports: Vec<Text>,
    /// `ARG`s.
    pub arguments: Vec<Variable>,
    /// `ENV` variables.
    pub environment: Vec<Variable>,
    /// `COPY` and `ADD` instructions.
    pub copies: Vec<Copy>,
    /// `RUN` instructions.
    pub runs: Vec<Run>,
    /// `WORKDIR`s.
    pub folders: Vec<Text>,
    /// The last instruction of the stage.
    pub end: Span,
}

/// The base of a stage.
#[derive(Debug, Clone, Serialize)]
pub enum Base {
    /// An image from a registry.
    Image(Image),
    /// An earlier stage, by index.
    Stage(usize),
    /// `scratch`, the empty image.
    Scratch,
    /// A named build context, or an image that is known only when the build runs.
    Unknown(Why),
}

/// A `USER` instruction.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// The user as written, including the group.
    pub name: Text,
    /// The instruction.
    pub span: Span,
}

/// A `CMD` or `ENTRYPOINT`.
#[derive(Debug, Clone, Serialize)]
pub struct Launch {
    /// The instruction.
    pub span: Span,
    /// Whether it has exec form: a list of arguments, started without a shell.
    pub is_exec: bool,
    /// Its words: the list, or the words of the first command of the line.
    pub words: Vec<Text>,
    /// The line, in shell form.
    pub line: Option<Text>,
    /// 1 for a list of arguments and for a line that is one simple command; at least 2 for any other line.
    pub commands: usize,
    /// Whether the shell of a `SHELL` instruction runs it.
    pub has_own_shell: bool,
}

/// A variable with its value.
#[derive(Debug, Clone, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The span of the name.
    pub name_span: Span,
    /// Its value.
    pub value: Setting<Text>,
    /// The instruction that contains it.
    pub span: Span,
}

/// A `COPY` or `ADD`.
#[derive(Debug, Clone, Serialize)]
pub struct Copy {
    /// The instruction.
    pub span: Span,
    /// The sources to copy.
    pub sources: Vec<Text>,
    /// The destination.
    pub destination: Text,
    /// The origin of the sources.
    pub from: Copied,
    /// Whether it is an `ADD`.
    pub is_add: bool,
    /// Whether it has `--exclude`.
    pub has_exclusions: bool,
    /// Whether it keeps the folders of its sources (`--parents`).
    pub keeps_folders: bool,
}

/// The origin of the files of a `COPY`.
#[derive(Debug, Clone, Serialize)]
pub enum Copied {
    /// The build context.
    Context,
    /// Another stage, by index.
    Stage(usize),
    /// An image.
    Image(Image),
    /// A name that is known only when the build runs.
    Unknown,
}

/// A `RUN` instruction.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// The instruction.
    pub span: Span,
    /// Whether it has exec form: a list of arguments, started without a shell.
    pub is_exec: bool,
    /// Paths on which a cache or a temporary file system is mounted.
    pub mounts: Vec<String>,
    /// Files and folders that are mounted while it runs.
    pub binds: Vec<Bind>,
}

/// A bind mount of a `RUN`: <https://docs.docker.com/reference/dockerfile/#run---mounttypebind>.
#[derive(Debug, Clone, Serialize)]
pub struct Bind {
    /// The path in the build context, or in the stage that it is taken from.
    pub source: String,
    /// Where it is mounted.
    pub target: String,
    /// Whether it is taken from a stage or an image.
    pub is_from_stage: bool,
}

impl Launch {
    /// Whether a line in shell form is one program with its arguments, so that `exec` can be put in front of it: no
    /// assignment, group or shell builtin, and no list that failed to parse as exec form.
    pub fn is_one_program(&self) -> bool {
        let Some(line) = self.line.as_ref().map(Text::raw) else { return false };
        let first = line.split_whitespace().next().unwrap_or_default();
        let is_plain = first.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+'));
        self.commands == 1
            && is_plain
            && !OF_THE_SHELL.contains(first)
            && !line.contains([';', '&', '|', '(', ')', '`', '\n'])
    }

    /// Whether it names a program; an empty list resets the instruction of the base image.
    pub fn starts_something(&self) -> bool {
        !self.words.is_empty() || self.line.is_some()
    }
}

impl Dockerfile {
    /// The stage that a build ends with: the named target, or the last stage.
    pub fn final_stage(&self, target: Option<&str>) -> Option<&Stage> {
        match target {
            Some(target) => self.stages.iter().rev().find(|stage| {
                stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(target))
                    || stage.index.to_string() == target
            }),
            None => self.stages.last(),
        }
    }

    /// A stage and the stages that it is based on, the stage itself first.
    pub fn lineage<'a>(&'a self, stage: &'a Stage) -> impl Iterator<Item = &'a Stage> {
        std::iter::successors(Some(stage), |stage| match stage.base {
            Base::Stage(index) if index < stage.index => self.stages.get(index),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceId;

    fn image(text: &str) -> Image {
        Image::of(Text::standing_for(text, Span::new(SourceId(0), 0, text.len() as u32)))
    }

    #[test]
    fn references_are_split_into_registry_name_and_pin() {
        let of = |text: &str| {
            let image = image(text);
            (image.host.clone(), image.name.clone(), image.pin)
        };
        assert_eq!(of("python"), (None, "python".into(), Pin::Missing));
        assert_eq!(of("python:3.12-slim"), (None, "python".into(), Pin::Tag("3.12-slim".into())));
        assert_eq!(of("localhost:5000/a/b"), (Some("localhost:5000".into()), "a/b".into(), Pin::Missing));
        assert_eq!(of("gcr.io/p/i:latest"), (Some("gcr.io".into()), "p/i".into(), Pin::Latest));
        assert_eq!(of("a/b:1@sha256:abc"), (None, "a/b".into(), Pin::Digest));
        assert_eq!(of("\u{fffc}/app").2, Pin::Missing);
        assert_eq!(of("\u{fffc}").2, Pin::Unknown);
        assert_eq!(of("gcr.io/\u{fffc}:1-\u{fffc}").2, Pin::Unknown);
        assert_eq!(image("docker.io/library/node:22").hub_name(), Some("node"));
        assert_eq!(image("ghcr.io/a/b").hub_name(), None);
    }
}
