//! All facts of one run, joined.

use super::build::{Build, BuildFile, MissingSource, MissingStart, WideCopy};
use super::command::{Command, Home};
use super::compose::{ComposeAction, ComposeCall, ComposeFile, ComposeService, Descriptions};
use super::credential::{NamedValue, is_literal_secret, looks_random, names_secret};
use super::environment::{Environment, Surface};
use super::facts::Facts;
use super::image::{Base, Copied, Dockerfile, Image, Pin, Stage};
use super::manifest::{Manifest, ManifestInstall, ResolvedInstall, ScriptUse};
use super::resource::Resource;
use super::setting::{Place, Setting, Why};
use super::target::Target;
use super::text::Text;
use super::workflow::{JobStep, Workflow};
use super::workload::{Workload, WorkloadKind};
use crate::source::{HOLE, PerSource, Presence, Tree, folder_of};
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
    /// The facts of all files.
    pub facts: Arc<Facts>,
    /// What documents show: the facts of the commands of each, and of each of their other blocks. They are no part of
    /// the deployment.
    pub documents: Vec<Arc<Facts>>,
    /// Builds of images from Dockerfiles.
    pub builds: Vec<Arc<Build>>,
    /// Sources of `COPY` and `ADD` that are in no build context.
    pub missing_sources: Vec<MissingSource>,
    /// `COPY` instructions that copy a whole build context.
    pub wide_copies: Vec<WideCopy>,
    /// Commands of Dockerfiles that install what a manifest lists, with the files that they find.
    pub manifest_files: Vec<ResolvedInstall>,
    /// Files that stages start with and that their images do not have, each with the source of the Dockerfile.
    pub missing_starts: Vec<MissingStart>,
    /// Scripts of a `package.json` that Dockerfiles run.
    pub script_uses: Vec<ScriptUse>,
    /// Names of Cloud Build substitutions that are given a value somewhere in the repository.
    pub given_substitutions: HashSet<String>,
}

/// The facts of one source as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its path.
    pub path: Arc<str>,
    /// Its surface, if it has one.
    pub surface: Option<Surface>,
    /// Its environment.
    pub environment: Environment,
    /// The evidence for it: a folder or a file name of the path, or the configuration.
    pub evidence: Option<String>,
}

/// The facts can be read directly from the project.
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
        // Dockerfiles are sorted by path.
        let path = &self.files.get(source)?.path;
        let found = self.dockerfiles.binary_search_by(|file| self.file(file.source).path.cmp(path));
        found.ok().map(|index| &*self.dockerfiles[index])
    }

    /// The services.
    pub fn services(&self) -> impl Iterator<Item = &Workload> {
        self.workloads.iter().map(|workload| &**workload).filter(|workload| workload.kind == WorkloadKind::Service)
    }

    /// The services and functions: what can be called by its address.
    pub fn callable(&self) -> impl Iterator<Item = &Workload> {
        let workloads = self.workloads.iter().map(|workload| &**workload);
        workloads.filter(|workload| matches!(workload.kind, WorkloadKind::Service | WorkloadKind::Function))
    }

    /// Terraform resources of a type.
    pub fn resources_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().map(|resource| &**resource).filter(move |resource| resource.kind == kind)
    }

    /// The stages of a Dockerfile whose content becomes part of an image: its final stages, and the stages that they
    /// are based on.
    pub fn shipped_stages<'a>(&'a self, file: &'a Dockerfile) -> Vec<&'a Stage> {
        let mut shipped: Vec<&Stage> = Vec::new();
        let mut is_shipped = vec![false; file.stages.len()];
        for stage in self.final_stages(file) {
            // What a shipped stage is based on is shipped already.
            let new = file.lineage(stage).take_while(|stage| !std::mem::replace(&mut is_shipped[stage.index], true));
            shipped.extend(new);
        }
        shipped
    }

    /// The stages that builds of a Dockerfile end with; the last stage if nothing builds it. Builds with an unknown
    /// target are left out.
    pub fn final_stages<'a>(&'a self, file: &'a Dockerfile) -> Vec<&'a Stage> {
        // A developer's machine may build another stage than the one that is deployed.
        let builds: Vec<_> = self.builds_of(file.source).filter(|build| !self.is_for_development(build)).collect();
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

    /// The references under which pipelines and builds push images.
    pub fn pushed_images(&self) -> impl Iterator<Item = &Text> {
        let images = self.pipelines.iter().flat_map(|pipeline| &pipeline.images);
        images.chain(self.builds.iter().flat_map(|build| &build.tags))
    }

    /// Where this repository keeps its own images: where it pushes to, and where its services take theirs from.
    pub fn own_images(&self) -> OwnImages {
        let pushed = self.pushed_images().map(|text| Image::of(text.clone()));
        let run = self.run_images().cloned();
        let mut own = OwnImages { kept: HashSet::new(), local: HashSet::new() };
        for image in pushed.chain(run) {
            match Kept::of(&image) {
                Some(kept) => own.kept.insert(kept),
                None => image.host.is_none() && own.local.insert(image.name),
            };
        }
        own
    }

    /// The images that workloads run.
    fn run_images(&self) -> impl Iterator<Item = &Image> {
        let containers = self.workloads.iter().flat_map(|workload| &workload.containers);
        containers.filter_map(|container| Some(container.image.known()?.0))
    }

    /// Whether a `RUN` of a stage adds a user.
    pub fn makes_user(&self, stage: &Stage) -> bool {
        self.commands.iter().any(|command| {
            matches!(command.home, Home::Run(source, index, _) if source == stage.span.source && index == stage.index)
                && matches!(command.program_name(), "useradd" | "adduser")
        })
    }

    /// The user that the image of a stage starts as.
    pub fn user_of(&self, file: &Dockerfile, stage: &Stage) -> ImageUser {
        for ancestor in file.lineage(stage) {
            if let Some(user) = &ancestor.user {
                let name = user.name.known().map(|name| name.split(':').next().unwrap_or(name));
                return match name {
                    Some("root" | "0") => ImageUser::Root,
                    Some(name) if name.parse::<u32>().is_ok() => ImageUser::Number,
                    Some(name) => ImageUser::Name(name.to_owned()),
                    None => ImageUser::Unknown,
                };
            }
            match &ancestor.base {
                Base::Stage(_) => {}
                Base::Scratch => return ImageUser::Root,
                Base::Image(image) if image.starts_as_root() == Some(true) => return ImageUser::Root,
                Base::Image(_) | Base::Unknown(_) => return ImageUser::Unknown,
            }
        }
        ImageUser::Unknown
    }

    /// The Dockerfile and the stage that an image is built from, if exactly one is known.
    pub fn built_from(&self, image: &Image) -> Option<(&Dockerfile, &Stage)> {
        let is_it = |tag: &Text| image.is_named() && Image::of(tag.clone()).repository() == image.repository();
        let mut found: Option<(&Dockerfile, &Stage)> = None;
        for build in self.builds.iter().filter(|build| build.tags.iter().any(is_it)) {
            let file = self.dockerfile(build.found()?)?;
            let stage = match &build.target {
                Setting::Known(target, _) => file.final_stage(Some(target.known()?))?,
                Setting::Absent(_) => file.final_stage(None)?,
                Setting::Unknown(..) => return None,
            };
            match found {
                Some((other, of)) if other.source != file.source || of.index != stage.index => return None,
                _ => found = Some((file, stage)),
            }
        }
        found
    }

    /// Whether a file of variables was read and has no secret among them, as one with the settings of developers.
    pub fn holds_only_settings(&self, path: &str) -> bool {
        let Some(source) = self.files.find(|file| *file.path == *path) else { return false };
        let is_secret = |named: &&NamedValue| {
            let value = named.value.known().unwrap_or_default();
            named.span.source == source && names_secret(&named.name) && is_literal_secret(value) && looks_random(value)
        };
        self.file(source).surface == Some(Surface::EnvFile)
            && !self.named_values.iter().any(|named| is_secret(&named))
            && !self.credentials.iter().any(|credential| credential.span.source == source)
    }

    /// Whether the image of a Dockerfile is a tool of builds: it is built here, build steps run in it, and no workload
    /// does.
    pub fn is_tool(&self, file: &Dockerfile) -> bool {
        let tags: Vec<String> = self
            .builds_of(file.source)
            .flat_map(|build| &build.tags)
            .map(|tag| Image::of(tag.clone()).repository())
            .collect();
        let steps = || self.pipelines.iter().flat_map(|pipeline| &pipeline.steps);
        let is_step =
            |tag: &String| steps().any(|step| step.image.known().is_some_and(|(image, _)| image.repository() == *tag));
        tags.iter().any(is_step) && !self.run_images().any(|image| tags.contains(&image.repository()))
    }

    /// Whether anything installs a list of packages: it lies at the root, beside a Dockerfile or beside the program of a
    /// function, or a command or a `COPY` names it. Other lists are for scripts that people run by hand.
    pub fn is_installed(&self, path: &str) -> bool {
        let Some((folder, name)) = path.rsplit_once('/') else { return true };
        let ends_so = |named: &str| {
            let named = named.trim_start_matches("./");
            named.contains('/') && (path == named || path.strip_suffix(named).is_some_and(|rest| rest.ends_with('/')))
        };
        let lies_beside = |source: SourceId| folder_of(&self.file(source).path) == folder;
        self.dockerfiles.iter().any(|file| lies_beside(file.source))
            || folder.contains("function") && self.tree.presence(&format!("{folder}/main.py")) == Presence::File
            || self.commands.iter().any(|command| {
                let is_near = !matches!(command.home, Home::Run(..)) && lies_beside(command.source());
                command.words.iter().any(|word| ends_so(word.raw()) || (is_near && word.raw() == name))
            })
            || self
                .dockerfiles
                .iter()
                .flat_map(|file| &file.stages)
                .flat_map(|stage| &stage.copies)
                .any(|copy| copy.sources.iter().any(|source| ends_so(source.raw())))
    }

    /// The manifest at a path.
    pub fn manifest_at(&self, path: &str) -> Option<&Manifest> {
        self.manifests.iter().map(|manifest| &**manifest).find(|manifest| *self.file(manifest.source).path == *path)
    }

    /// The commands that install what a manifest lists, if it leaves any choice, each with the files that it finds.
    pub fn installs(&self) -> impl Iterator<Item = (&ManifestInstall, &ResolvedInstall)> {
        self.manifest_files.iter().filter_map(|found| {
            let install = self.manifest_installs.iter().find(|install| install.command.span == found.command)?;
            self.manifest_at(&found.manifest)?.leaves_choice().then_some((&**install, found))
        })
    }

    /// The scripts that Dockerfiles run and that their manifest does not have, each with the path of the manifest and
    /// the manifest.
    pub fn missing_scripts(&self) -> impl Iterator<Item = (&ScriptUse, &str, &Manifest)> {
        let used = self.script_uses.iter().filter_map(|used| {
            let path = used.manifest.as_deref()?;
            Some((used, path, self.manifest_at(path)?))
        });
        used.filter(|(used, _, manifest)| !manifest.scripts.contains(&used.name))
    }

    /// The builds that use a Dockerfile; those of Compose files for development only if there are no others.
    pub fn builds_of(&self, source: SourceId) -> impl Iterator<Item = &Build> {
        let is_of = move |build: &&Build| build.file == BuildFile::Found(source);
        let all = || self.builds.iter().map(|build| &**build).filter(is_of);
        let are_all_for_development = all().all(|build| self.is_for_development(build));
        all().filter(move |build| are_all_for_development || !self.is_for_development(build))
    }

    /// The services of Compose files, each with its file.
    pub fn compose_services(&self) -> impl Iterator<Item = (&ComposeFile, &ComposeService)> {
        self.compose_files.iter().flat_map(|file| file.services.iter().map(|service| (&**file, service)))
    }

    /// The services of Compose files that run on one machine, and in no swarm or on Cloud Run, each with its file.
    pub fn services_of_machines(&self) -> impl Iterator<Item = (&ComposeFile, &ComposeService)> {
        let deploys = |call: &&ComposeCall| call.does == ComposeAction::Deploy;
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let deployed = self.compose_calls.iter().filter(deploys).flat_map(|call| &call.files);
        let elsewhere: HashSet<String> = deployed.map(|file| name(file)).collect();
        let is_here =
            move |file: &&ComposeFile| !file.is_stack && !elsewhere.contains(&name(&self.file(file.source).path));
        let files = self.compose_files.iter().map(|file| &**file).filter(is_here);
        files.flat_map(|file| file.services.iter().map(move |service| (file, service)))
    }

    /// The descriptions of services in all Compose files.
    pub fn descriptions(&self) -> Descriptions<'_> {
        let mut all = Descriptions::default();
        for (file, service) in self.compose_services() {
            let folder = folder_of(&self.file(file.source).path);
            all.0.entry((folder, service.name.as_str())).or_default().push(service);
        }
        all
    }

    /// The folder of the file of a service.
    pub fn folder_of_service(&self, service: &ComposeService) -> &str {
        folder_of(&self.file(service.span.source).path)
    }

    /// The builds that tell how Dockerfiles are built: those of Compose files for development only for Dockerfiles that
    /// nothing else builds.
    pub fn counted_builds(&self) -> impl Iterator<Item = &Arc<Build>> {
        let is_other = |build: &&Arc<Build>| !self.is_for_development(build);
        let built: HashSet<SourceId> = self.builds.iter().filter(is_other).filter_map(|build| build.found()).collect();
        self.builds.iter().filter(move |build| {
            !self.is_for_development(build) || build.found().is_none_or(|file| !built.contains(&file))
        })
    }

    /// Dockerfiles for development: only Compose files for development build them, and something else builds one of the
    /// same folder whose name says that it is for production. Any other neighbour may be that of another service.
    pub fn development_dockerfiles(&self) -> Vec<SourceId> {
        let mut others: HashSet<&str> = HashSet::new();
        let (mut built, mut for_development) = (HashSet::new(), Vec::new());
        for build in &self.builds {
            let Some(file) = build.found() else { continue };
            if self.is_for_development(build) {
                for_development.push(file);
            } else {
                built.insert(file);
                let FileFacts { path, environment, evidence, .. } = self.file(file);
                if *environment == Environment::Production && evidence.is_some() {
                    others.insert(folder_of(path));
                }
            }
        }
        for_development.retain(|file| !built.contains(file) && others.contains(folder_of(&self.file(*file).path)));
        for_development
    }

    /// Whether a build belongs to a file for development, tests or examples.
    pub fn is_for_development(&self, build: &Build) -> bool {
        self.file(build.span.source).environment.is_set_aside()
    }

    /// The commands of a job.
    pub fn commands_of<'a>(&'a self, workflow: &Workflow, job: usize) -> impl Iterator<Item = &'a Command> {
        let source = workflow.source;
        let is_here = move |command: &&Command| matches!(command.home, Home::Workflow(of, index, _) if of == source && index == job);
        self.commands.iter().map(|command| &**command).filter(is_here)
    }

    /// The first command of a job that deploys.
    pub fn deployment<'a>(&'a self, workflow: &Workflow, job: usize) -> Option<&'a Command> {
        self.commands_of(workflow, job).find(|command| command.deploys())
    }

    /// Whether a command may be part of a deployment: any but that of a job or a target that does not act on Google Cloud.
    pub fn is_of_deployment(&self, command: &Command) -> bool {
        self.target_of(command).is_none_or(|target| target.deploys)
            && self.job_of(command).is_none_or(|(workflow, job)| workflow.is_action || job.identity().is_some())
    }

    /// A name for messages of the script, target, stage or step that contains a command.
    pub fn home(&self, command: &Command) -> String {
        match command.home {
            Home::Script(_) => "this script".to_owned(),
            Home::Document(_) => "this document".to_owned(),
            Home::Target(..) => self.target_of(command).map_or_else(|| "this target".to_owned(), Target::label),
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
            Home::Workflow(..) => self.job_step(command).map_or_else(|| "this step".to_owned(), JobStep::label),
        }
    }
}

/// The user that an image starts as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageUser {
    /// Root.
    Root,
    /// Another one, by number.
    Number,
    /// Another one, by name.
    Name(String),
    /// That is unknown.
    Unknown,
}

/// A reference to an image, and its purpose.
#[derive(Debug)]
pub struct ImageUse<'a> {
    /// The image.
    pub image: &'a Image,
    /// Where the reference is used, and where it was set.
    pub place: Place,
    /// Its purpose.
    pub used_as: UsedAs,
    /// A name for messages of the stage, step or workload that uses it.
    pub owner: String,
}

impl ImageUse<'_> {
    /// Why the tag or digest of the image is unknown, if it is.
    pub fn unknown_pin(&self) -> Option<Why> {
        (self.image.pin == Pin::Unknown).then(|| self.image.text.reasons().last().cloned().unwrap_or(Why::Computed))
    }
}

/// The purpose of a reference to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedAs {
    /// A stage is built on it.
    Base,
    /// Files are copied from it.
    CopySource,
    /// A build step runs in it.
    Step,
    /// A container of Cloud Run runs it.
    Container,
    /// A service of a Compose file runs it, which may be the image of somebody else.
    Service,
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
        let replaced: HashSet<&str> = self.replaced_images.iter().map(|name| &**name).collect();
        for workload in &self.workloads {
            // Kustomize and Skaffold write the tag that is deployed.
            let is_replaced =
                |image: &Image| workload.kind == WorkloadKind::Pods && replaced.contains(image.repository().as_str());
            for container in &workload.containers {
                if let Setting::Known(image, place) = &container.image
                    && !is_replaced(image)
                {
                    uses.push(ImageUse {
                        image,
                        place: place.clone(),
                        used_as: UsedAs::Container,
                        owner: workload.label(),
                    });
                }
            }
        }
        for service in self.compose_files.iter().flat_map(|file| &file.services) {
            // The image of a service that is built here is the name that its build gets.
            if let (Setting::Known(image, place), None) = (&service.image, &service.build) {
                let (place, owner) = (place.clone(), service.label());
                uses.push(ImageUse { image, place, used_as: UsedAs::Service, owner });
            }
        }
        uses
    }
}

/// Where a repository keeps its own images.
#[derive(Debug, Clone)]
pub struct OwnImages {
    kept: HashSet<Kept>,
    /// The names of images that stay on the machine that builds them.
    local: HashSet<String>,
}

/// The parts of the name of an image in a registry of Google Cloud.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kept {
    host: String,
    /// `None` if it is unknown, as in `gcr.io/$PROJECT_ID/web`.
    project: Option<String>,
    path: String,
}

impl Kept {
    fn of(image: &Image) -> Option<Self> {
        let host = image.host.as_deref().filter(|host| host.ends_with("gcr.io") || host.ends_with("pkg.dev"))?;
        let (project, path) = image.name.split_once('/')?;
        let project = (!project.contains(HOLE)).then(|| project.to_owned());
        Some(Self { host: host.to_owned(), project, path: path.to_owned() })
    }
}

impl OwnImages {
    /// Whether an image is one of them: it is in one of their projects or, where a project is unknown, has the name of
    /// one of them.
    pub fn holds(&self, image: &Image) -> bool {
        let Some(asked) = Kept::of(image) else { return image.host.is_none() && self.local.contains(&image.name) };
        self.kept.iter().any(|own| {
            own.host == asked.host
                && match (&own.project, &asked.project) {
                    (Some(own), Some(asked)) => own == asked,
                    _ => own.path == asked.path,
                }
        })
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
