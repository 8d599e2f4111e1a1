//! All facts of one run, joined.

use super::build::{Build, MissingSource, WideCopy};
use super::command::{Command, Home};
use super::environment::{Environment, Surface};
use super::facts::Facts;
use super::image::{Base, Copied, Dockerfile, Image, Pin, Stage};
use super::resource::Resource;
use super::setting::{Place, Setting, Why};
use super::workload::{Workload, WorkloadKind};
use crate::source::{PerSource, Tree};
use crate::span::SourceId;
use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

/// One deployment, across all files of a run.
#[derive(Debug, Default)]
pub struct Project {
    /// The facts of every source as a whole.
    pub files: Arc<PerSource<FileFacts>>,
    /// Every path of the checkout.
    pub tree: Tree,
    /// What all files say.
    pub facts: Arc<Facts>,
    /// Builds of images from Dockerfiles.
    pub builds: Vec<Arc<Build>>,
    /// Sources of `COPY` and `ADD` that no build context holds.
    pub missing_sources: Vec<MissingSource>,
    /// `COPY .` instructions with what lets them take too much.
    pub wide_copies: Vec<WideCopy>,
    /// Names of Cloud Build substitutions that anything in the repository gives a value to.
    pub given_substitutions: HashSet<String>,
}

/// What is known of one source as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its path.
    pub path: Arc<str>,
    /// Which of our surfaces it belongs to.
    pub surface: Option<Surface>,
    /// What it is for.
    pub environment: Environment,
    /// The evidence for it: a folder or a file name of the path, or the configuration.
    pub evidence: Option<String>,
}

/// A project is asked for its facts directly.
impl Deref for Project {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Project {
    /// The facts of a source as a whole.
    pub fn file(&self, source: SourceId) -> &FileFacts {
        &self.files[source]
    }

    /// The Dockerfile of a source.
    pub fn dockerfile(&self, source: SourceId) -> Option<&Dockerfile> {
        // Dockerfiles are in path order.
        let path = &self.files.get(source)?.path;
        let found = self.dockerfiles.binary_search_by(|file| self.file(file.source).path.cmp(path));
        found.ok().map(|index| &*self.dockerfiles[index])
    }

    /// The services.
    pub fn services(&self) -> impl Iterator<Item = &Workload> {
        self.workloads.iter().map(|workload| &**workload).filter(|workload| workload.kind == WorkloadKind::Service)
    }

    /// Terraform resources of a type.
    pub fn resources_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().map(|resource| &**resource).filter(move |resource| resource.kind == kind)
    }

    /// The stages of a Dockerfile whose content ends in an image that is kept: the final stage of each target that is
    /// built, or of the file, with the stages below it.
    pub fn shipped_stages<'a>(&'a self, file: &'a Dockerfile) -> Vec<&'a Stage> {
        let mut shipped: Vec<&Stage> = Vec::new();
        for stage in self.final_stages(file) {
            for stage in file.lineage(stage) {
                if !shipped.iter().any(|other| other.index == stage.index) {
                    shipped.push(stage);
                }
            }
        }
        shipped
    }

    /// The stages that builds of a Dockerfile end with; none where that can't be told.
    pub fn final_stages<'a>(&'a self, file: &'a Dockerfile) -> Vec<&'a Stage> {
        let builds: Vec<_> = self.builds_of(file.source).collect();
        let mut stages: Vec<&Stage> = Vec::new();
        for build in &builds {
            let stage = match &build.target {
                Setting::Known(target, _) => target.known().and_then(|target| file.final_stage(Some(target))),
                Setting::Absent(_) => file.final_stage(None),
                Setting::Unknown(..) => None,
            };
            if let Some(stage) = stage.filter(|stage| !stages.iter().any(|other| other.index == stage.index)) {
                stages.push(stage);
            }
        }
        if builds.is_empty() {
            stages.extend(file.final_stage(None));
        }
        stages
    }

    /// The builds that use a Dockerfile.
    pub fn builds_of(&self, source: SourceId) -> impl Iterator<Item = &Build> {
        self.builds
            .iter()
            .map(|build| &**build)
            .filter(move |build| build.file == super::build::BuildFile::Found(source))
    }

    /// A name for messages of the place a command stands in, its environment given.
    pub fn home(&self, command: &Command) -> String {
        match command.home {
            Home::Script(_) => "this script".to_owned(),
            Home::Run(source, stage, _) => match self.dockerfile(source).and_then(|file| file.stages.get(stage)) {
                Some(stage) => stage.label(),
                None => "this stage".to_owned(),
            },
            Home::Step(source, step) => {
                let step = self
                    .pipelines
                    .iter()
                    .find(|pipeline| pipeline.source == source)
                    .and_then(|pipeline| pipeline.steps.get(step));
                step.map_or_else(|| "this build step".to_owned(), super::build::Step::label)
            }
        }
    }
}

/// A reference to an image, and what for.
#[derive(Debug)]
pub struct ImageUse<'a> {
    /// The image.
    pub image: &'a Image,
    /// Where the reference stands and how it came there.
    pub place: Place,
    /// What it is used as.
    pub used_as: UsedAs,
    /// A name for messages of what uses it.
    pub owner: String,
}

impl ImageUse<'_> {
    /// Why the tag or digest of the image can't be told, if it can't.
    pub fn unknown_pin(&self) -> Option<Why> {
        (self.image.pin == Pin::Unknown).then(|| self.image.text.reasons().last().cloned().unwrap_or(Why::Computed))
    }
}

/// What an image is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedAs {
    /// A stage is built on it.
    Base,
    /// Files are copied from it.
    CopySource,
    /// A build step runs in it.
    Step,
    /// A container runs it.
    Container,
}

impl Project {
    /// Every reference to an image.
    pub fn image_uses(&self) -> Vec<ImageUse<'_>> {
        let mut uses = Vec::new();
        for file in &self.dockerfiles {
            for stage in &file.stages {
                if let Base::Image(image) = &stage.base {
                    uses.push(ImageUse {
                        image,
                        place: image.text.place(),
                        used_as: UsedAs::Base,
                        owner: stage.label(),
                    });
                }
                for copy in &stage.copies {
                    if let Copied::Image(image) = &copy.from {
                        uses.push(ImageUse {
                            image,
                            place: image.text.place(),
                            used_as: UsedAs::CopySource,
                            owner: stage.label(),
                        });
                    }
                }
            }
        }
        for step in self.pipelines.iter().flat_map(|pipeline| &pipeline.steps) {
            if let Setting::Known(image, place) = &step.image {
                uses.push(ImageUse { image, place: place.clone(), used_as: UsedAs::Step, owner: step.label() });
            }
        }
        for workload in &self.workloads {
            for container in &workload.containers {
                if let Setting::Known(image, place) = &container.image {
                    uses.push(ImageUse {
                        image,
                        place: place.clone(),
                        used_as: UsedAs::Container,
                        owner: workload.label(),
                    });
                }
            }
        }
        uses
    }
}

impl Stage {
    /// Its name for messages: ``stage `builder` ``.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("stage `{name}`"),
            None if self.is_only => "this image".to_owned(),
            None => format!("stage {}", self.index),
        }
    }
}

impl super::build::Step {
    /// Its name for messages: ``step `deploy` ``.
    pub fn label(&self) -> String {
        match &self.id {
            Some(id) => format!("step `{id}`"),
            None => format!("step {}", self.index),
        }
    }
}
