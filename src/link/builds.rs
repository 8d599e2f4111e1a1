//! The builds of Dockerfiles, with their contexts.

use super::compose;
use crate::model::{Build, BuildFile, Command, Facts, Home, ImageBuild, Invocation, JobStep, Setting, Target, Text};
use crate::source::{Notation, Presence, Sources, Tree, folder_of, join};
use crate::span::{SourceId, Span};
use std::collections::HashMap;
use std::sync::Arc;

/// The builds that one file requests with commands or for the services of Compose. They depend on the paths and notations of the sources, not on their texts.
pub(crate) fn builds(facts: &Facts, sources: &Sources) -> Vec<Arc<Build>> {
    let mut builds: Vec<Arc<Build>> =
        facts.compose_files.iter().flat_map(|file| compose::builds(file, sources)).collect();
    // The first step of each pipeline with an unknown image, which may add files.
    let unsettled: HashMap<SourceId, usize> = facts
        .pipelines
        .iter()
        .map(|pipeline| {
            let first = pipeline.steps.iter().position(|step| !is_harmless(step));
            (pipeline.source, first.unwrap_or(usize::MAX))
        })
        .collect();
    // What the commands above have done.
    let (mut place, mut writes, mut moved) = (None, false, Moved::Stays);
    let mut step = None;
    let mut job = Job::default();
    for command in &facts.commands {
        let here = match command.home {
            Home::Workflow(source, job, _) => (source, Some(job)),
            Home::Target(source, target, _) => (source, Some(target)),
            _ => (command.source(), None),
        };
        if place.replace(here) != Some(here) {
            (writes, moved) = (false, Moved::Stays);
            job = Job::of(command, facts);
        }
        // Each step of a workflow starts in the folder that it names, and each line of a target in that of its file.
        if matches!(command.home, Home::Workflow(..) | Home::Target(..))
            && step.replace(command.home) != Some(command.home)
        {
            moved = Moved::Stays;
        }
        let mut has_new_files = writes;
        writes |= command.writes_files() || may_write(command);
        moved = moved.after(command);
        let Invocation::BuildImage(request) = &command.invocation else { continue };
        if matches!(command.home, Home::Run(..)) {
            continue;
        }
        let is_settled = match command.home {
            Home::Step(source, step) => !has_new_files && unsettled.get(&source).is_none_or(|first| step <= *first),
            Home::Workflow(_, _, step) => {
                let is_own = facts.workflows.iter().all(|workflow| !workflow.is_called());
                let builds_commit = job.steps.get(step).is_some_and(JobStep::builds_from_commit);
                has_new_files = !builds_commit && (has_new_files || job.first_adding < step);
                is_own && (builds_commit || !has_new_files && job.first_checkout < step)
            }
            _ => false,
        };
        let mut build = resolve(request, command, &moved, facts, sources, is_settled);
        build.has_new_files = has_new_files;
        if let Home::Workflow(_, _, step) = command.home {
            build.key = job.keys.get(step).copied().flatten();
        }
        // Targets that run before may have written what is copied.
        build.is_guessed |= facts.target_of(command).is_some_and(|target| target.follows_others);
        build.has_moved = moved == Moved::Somewhere;
        if build.has_moved {
            // The folder that paths are relative to is unknown.
            build.context = None;
            if matches!(build.file, BuildFile::Missing(_)) {
                build.file = BuildFile::Unknown;
            }
        }
        builds.push(Arc::new(build));
    }
    builds
}

/// What a shell has done to its folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Moved {
    Stays,
    /// A line of a target has changed to a folder within its own.
    Into(String),
    /// The folder that paths are relative to is unknown.
    Somewhere,
}

impl Moved {
    /// The folder after a command.
    pub(super) fn after(self, command: &Command) -> Self {
        if command.inside.is_some() || !matches!(command.invocation, Invocation::ChangeFolder) {
            return self;
        }
        // Each line of a target is short and has a shell of its own; a script may change back, in a function or a branch.
        let words = command.bare();
        let folder = words.get(1).and_then(Text::known).filter(|_| words.len() == 2 && words[0].raw() == "cd");
        let is_within = |folder: &&str| !folder.starts_with(['/', '~', '-']);
        match (self, folder.filter(is_within)) {
            (Self::Stays, Some(folder)) if matches!(command.home, Home::Target(..)) => Self::Into(folder.to_owned()),
            _ => Self::Somewhere,
        }
    }

    /// The same folder within another one.
    pub(super) fn within(&self, folder: &str) -> Option<String> {
        match self {
            Self::Stays => Some(folder.to_owned()),
            Self::Into(inner) => join(folder, inner),
            Self::Somewhere => None,
        }
    }
}

/// What the steps of a job do to its checkout.
#[derive(Default)]
struct Job<'a> {
    steps: &'a [JobStep],
    /// The first step that may add files.
    first_adding: usize,
    /// The first step that checks out this repository.
    first_checkout: usize,
    /// For each step that builds from the files of the checkout, the one before it that has written a key there.
    keys: Vec<Option<Span>>,
}

impl<'a> Job<'a> {
    /// The job that a command belongs to; empty for a command of anything but a workflow.
    fn of(command: &Command, facts: &'a Facts) -> Self {
        let steps = facts.job_of(command).map_or(&[][..], |(_, job)| &job.steps);
        let first = |is_it: &dyn Fn(&JobStep) -> bool| steps.iter().position(is_it).unwrap_or(usize::MAX);
        let mut key = None;
        let keys = steps.iter().map(|step| {
            let before = key.filter(|_| !step.builds_from_commit());
            if step.uses("actions/checkout") {
                // What is checked out replaces what was there.
                key = None;
            } else if writes_key(step) {
                key = Some(step.span);
            }
            before
        });
        let keys = keys.collect();
        let first_checkout = first(&|step| step.uses("actions/checkout"));
        Self { steps, first_adding: first(&|step| !step.adds_no_files()), first_checkout, keys }
    }
}

/// Whether a step writes the key of a service account into the checkout, as `google-github-actions/auth` does under the
/// name `gha-creds-<random>.json` (<https://github.com/google-github-actions/auth#prerequisites>).
fn writes_key(step: &JobStep) -> bool {
    step.uses("google-github-actions/auth")
        && step.input("credentials_json").is_some()
        && step.input("create_credentials_file").is_none_or(|said| said.raw() != "false")
}

/// Whether a command of a workflow or a target may write files: any but those that are known to leave them alone.
fn may_write(command: &Command) -> bool {
    const HARMLESS: &[&str] = &[
        "docker",
        "gcloud",
        "echo",
        "printf",
        "export",
        "set",
        "cd",
        "test",
        "[",
        "[[",
        "true",
        "exit",
        "sleep",
        "terraform",
    ];
    matches!(command.home, Home::Workflow(..) | Home::Target(..))
        && !HARMLESS.contains(&command.program_name())
        && !matches!(command.invocation, Invocation::BuildImage(_))
}

/// The names of the arguments that builds set, for each Dockerfile.
pub(crate) fn overridden(builds: &[Arc<Build>]) -> HashMap<SourceId, Vec<String>> {
    let mut all: HashMap<SourceId, Vec<String>> = HashMap::new();
    for build in builds {
        if let BuildFile::Found(source) = build.file {
            let names = build.arguments.iter().filter_map(|(name, _)| name.known().map(str::to_owned));
            all.entry(source).or_default().extend(names);
        }
    }
    all
}

/// Whether the image of a step adds no files to the workspace by itself.
fn is_harmless(step: &crate::model::Step) -> bool {
    let Setting::Known(image, _) = &step.image else { return false };
    ["docker", "gcloud", "executor", "cloud-sdk"].contains(&image.repository().rsplit('/').next().unwrap_or_default())
}

fn resolve(
    request: &ImageBuild,
    command: &Command,
    moved: &Moved,
    facts: &Facts,
    sources: &Sources,
    is_settled: bool,
) -> Build {
    let target = match &request.target {
        Some(target) => target.clone().setting(),
        None => Setting::Absent(command.span),
    };
    let file_span = request.file.as_ref().map_or(command.span, Text::span);
    let mut build = Build {
        span: command.span,
        file: BuildFile::Unknown,
        file_span: request.file.as_ref().or(request.context.as_ref()).map_or(file_span, Text::span),
        file_text: request.file.clone().filter(|text| text.trail().is_empty() && text.why().is_none()),
        context: None,
        target,
        arguments: request.arguments.clone(),
        tags: request.tags.clone(),
        has_new_files: false,
        key: None,
        has_moved: false,
        is_fresh: is_settled,
        is_guessed: false,
    };
    if request.is_open {
        return build;
    }
    let known = |text: &Option<Text>| text.as_ref().map(|text| text.known().map(str::to_owned));
    let context = known(&request.context).flatten().filter(|context| !context.contains("://") && *context != "-");
    // A Dockerfile that is named is known even if the context is not.
    let file = match (known(&request.file), &context) {
        // `-f -` reads the Dockerfile from standard input.
        (Some(Some(file)), _) if file != "-" => Some(file),
        (None, Some(_)) => None,
        _ => return build,
    };
    let strip = |path: &str| {
        path.strip_prefix("/workspace/").or(path.strip_prefix("dir:///workspace")).unwrap_or(path).to_owned()
    };
    // A trigger may set a substitution to something other than its default.
    let is_default = |text: &Option<Text>| {
        matches!(command.home, Home::Step(..)) && text.as_ref().is_some_and(|text| !text.trail().is_empty())
    };
    for (workspace, is_root) in workspaces(command, facts, sources) {
        let workspace = moved.within(&workspace).unwrap_or(workspace);
        let folder = context.as_ref().and_then(|context| join(&workspace, &strip(context)));
        let path = match (&file, &folder) {
            (Some(file), _) => join(&workspace, &strip(file)),
            (None, Some(folder)) => join(folder, "Dockerfile"),
            (None, None) => None,
        };
        let Some(path) = path else { continue };
        if let Some(id) = sources.find(&path).filter(|id| sources.get(*id).notation == Notation::Dockerfile) {
            build.file = BuildFile::Found(id);
            build.context = folder;
            build.is_guessed = !is_root || is_default(&request.context);
            return build;
        }
        let is_missing = sources.tree.presence(&path) == Presence::Missing
            && !may_be_submodule(&sources.tree, &path)
            && !is_default(&request.file)
            && !is_default(&request.context);
        if is_missing && is_settled && build.file == BuildFile::Unknown {
            build.file = BuildFile::Missing(path);
        } else if !is_missing {
            build.file = BuildFile::Unknown;
            return build;
        }
    }
    build
}

/// Whether a missing path may be part of a submodule that is not checked out: a folder above it is missing as well.
pub(super) fn may_be_submodule(tree: &Tree, path: &str) -> bool {
    let mut above = path.match_indices('/').map(|(end, _)| &path[..end]);
    tree.presence(".gitmodules") == Presence::File && above.any(|folder| tree.presence(folder) == Presence::Missing)
}

/// The folders that a command may run in, relative to the root; empty if they are unknown.
pub(super) fn folders(command: &Command, facts: &Facts, sources: &Sources) -> Vec<String> {
    workspaces(command, facts, sources).into_iter().map(|(folder, _)| folder).collect()
}

/// The folders that a command may run in, and whether the root of the checkout is taken as where it starts. A build step
/// runs in the workspace: for a trigger, that is the root of the checkout; for `gcloud builds submit`, it is the given
/// folder, usually that of the configuration or one above it.
fn workspaces(command: &Command, facts: &Facts, sources: &Sources) -> Vec<(String, bool)> {
    if matches!(command.home, Home::Workflow(..)) {
        return workspace_of_job(command, facts);
    }
    let mut home = folder_of(&sources.get(command.source()).path);
    if let Some(target) = facts.target_of(command) {
        return workspaces_of_target(target, home);
    }
    let mut folders = vec![(String::new(), true)];
    while !home.is_empty() {
        folders.push((home.to_owned(), false));
        home = folder_of(home);
    }
    let Home::Step(source, step) = command.home else { return folders };
    let step =
        facts.pipelines.iter().find(|pipeline| pipeline.source == source).and_then(|pipeline| pipeline.steps.get(step));
    match step.map(|step| &step.folder) {
        Some(Setting::Known(folder, _)) => {
            let folder = folder.raw().trim_start_matches("/workspace").trim_start_matches('/').to_owned();
            folders.iter().filter_map(|(base, is_root)| Some((join(base, &folder)?, *is_root))).collect()
        }
        Some(Setting::Unknown(..)) => Vec::new(),
        _ => folders,
    }
}

/// The folders that a target may run in: that of its file, or one above it that includes the file.
fn workspaces_of_target(target: &Target, home: &str) -> Vec<(String, bool)> {
    let above = std::iter::successors(Some(home), |folder| (!folder.is_empty()).then(|| folder_of(folder)));
    let within = |folder: &str| match &target.folder {
        Setting::Known(inner, _) => join(folder, inner.raw()),
        Setting::Unknown(..) => None,
        Setting::Absent(_) => Some(folder.to_owned()),
    };
    above.filter_map(|folder| Some((within(folder)?, folder == home))).collect()
}

/// The folder that a step of a workflow runs in. The checkout of another repository, or into a folder, moves the root.
fn workspace_of_job(command: &Command, facts: &Facts) -> Vec<(String, bool)> {
    if facts.job_of(command).is_some_and(|(_, job)| job.moves_root) {
        return Vec::new();
    }
    // What another repository calls works on the files of that one.
    let is_root = facts.workflows.iter().all(|workflow| !workflow.is_called());
    match facts.job_step(command).map(|step| &step.folder) {
        _ if command.is_of_action => vec![(String::new(), is_root)],
        Some(Setting::Known(folder, _)) => join("", folder.raw()).map(|folder| (folder, is_root)).into_iter().collect(),
        Some(Setting::Unknown(..)) => Vec::new(),
        _ => vec![(String::new(), is_root)],
    }
}
