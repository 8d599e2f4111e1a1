//! The builds of Dockerfiles, with their contexts.

use crate::known::docker;
use crate::model::{Build, BuildFile, Command, Facts, Home, Pipeline, Setting, Text};
use crate::source::{HOLE, Notation, Presence, Sources, Tree, folder_of, join};
use crate::span::SourceId;
use std::collections::HashMap;
use std::sync::Arc;

/// Commands that may add files to the workspace, so that no file is known to be missing after them.
const BRINGS_FILES: &[&str] =
    &["wget", "tar", "unzip", "cp", "mv", "rsync", "tee", "touch", "envsubst", "ln", "gcs-fetcher"];

/// Whether a command may add files to the workspace.
fn brings_files(command: &Command) -> bool {
    let says = |words: &[&str]| command.words.iter().any(|word| words.contains(&word.raw()));
    command.runs(BRINGS_FILES)
        || command.runs(&["git"]) && says(&["clone", "checkout", "pull", "submodule", "fetch", "sparse-checkout"])
        || command.runs(&["gsutil", "gcloud"]) && says(&["cp", "rsync"])
        || command.runs(&["curl"]) && command.words.iter().any(|word| is_output_flag(word.raw()))
        || command.runs(&["sed"]) && command.words.iter().any(|word| word.raw().starts_with("-i"))
}

/// `-o`, `-O`, `-fsSLo`, `--output`, `--remote-name`.
fn is_output_flag(raw: &str) -> bool {
    raw.starts_with("--output")
        || raw.starts_with("--remote-name")
        || raw.starts_with('-') && !raw.starts_with("--") && raw.to_ascii_lowercase().ends_with('o')
}

/// The builds among the commands of one file. They depend on the paths and notations of the sources, not on their texts.
pub(crate) fn builds(facts: &Facts, sources: &Sources) -> Vec<Arc<Build>> {
    let (commands, pipelines) = (&facts.commands, &facts.pipelines);
    let mut builds = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let Some(request) = request(command) else { continue };
        if matches!(command.home, Home::Run(..)) {
            continue;
        }
        let before = || commands[..index].iter().rev().take_while(|other| other.source() == command.source());
        let has_new_files = before().any(|command| brings_files(command));
        let has_moved = before().any(|other| other.inside.is_none() && other.runs(&["cd", "pushd"]));
        let is_settled = match command.home {
            Home::Step(source, step) => {
                // An earlier step with an unknown image may have added files.
                let earlier = pipelines
                    .iter()
                    .find(|pipeline| pipeline.source == source)
                    .map_or(&[][..], |pipeline| &pipeline.steps[..step]);
                !has_new_files && earlier.iter().all(is_harmless)
            }
            _ => false,
        };
        let mut build = resolve(request, command, pipelines, sources, is_settled);
        build.has_new_files = has_new_files;
        build.has_moved = has_moved;
        if has_moved {
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

struct Request {
    file: Option<Text>,
    context: Option<Text>,
    target: Option<Text>,
    arguments: Vec<(Text, Option<Text>)>,
    tags: Vec<Text>,
    /// Whether the arguments are unclear, such as an expansion that may become several words.
    is_open: bool,
}

/// The build that a command requests.
fn request(command: &Command) -> Option<Request> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(Text::raw).collect();
    let program = raw.first()?.rsplit('/').next()?;
    let start = match (program, raw.get(1).copied(), raw.get(2).copied()) {
        ("docker" | "podman" | "buildah" | "nerdctl", Some("build" | "bud"), _) => 2,
        ("docker", Some("buildx"), Some("build")) | ("docker", Some("image"), Some("build")) => 3,
        ("kaniko", ..) => return Some(kaniko(words)),
        _ => return None,
    };
    let mut request = Request {
        file: None,
        context: None,
        target: None,
        arguments: Vec::new(),
        tags: Vec::new(),
        is_open: start >= words.len(),
    };
    let offset = command.words.len() - words.len();
    let mut at = start;
    while let Some(word) = words.get(at) {
        at += 1;
        let raw = word.raw();
        if !raw.starts_with('-') || raw == "-" {
            // An unquoted expansion may contain flags as well as the context.
            let splits = command.splits.get(offset + at - 1).copied().unwrap_or(false);
            request.is_open |= splits && raw.starts_with(HOLE);
            request.context = Some(word.clone());
            continue;
        }
        let (flag, value) = match raw.find('=') {
            Some(equals) if raw.starts_with('-') => (&raw[..equals], Some(word.slice(equals + 1..raw.len()))),
            _ => (raw, None),
        };
        // `-tNAME` and `-fFILE` are one word.
        let (flag, value) = match (flag, value) {
            (flag, None)
                if flag.len() > 2 && (flag.starts_with("-t") || flag.starts_with("-f")) && !flag.starts_with("--") =>
            {
                (&flag[..2], Some(word.slice(2..raw.len())))
            }
            pair => pair,
        };
        if !docker::BUILD_FLAGS_WITH_VALUE.contains(flag) {
            continue;
        }
        let value = match value {
            Some(value) => value,
            None => {
                at += 1;
                match words.get(at - 1) {
                    Some(value) => value.clone(),
                    None => break,
                }
            }
        };
        match flag {
            "--file" | "-f" => request.file = Some(value),
            "--tag" | "-t" => request.tags.push(value),
            "--target" => request.target = Some(value),
            "--build-arg" => request.arguments.push(match value.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (value, None),
            }),
            _ => {}
        }
    }
    Some(request)
}

fn kaniko(words: &[Text]) -> Request {
    let value = |name: &str| words.iter().find_map(|word| word.strip_prefix(&format!("--{name}=")));
    let arguments =
        words.iter().filter_map(|word| word.strip_prefix("--build-arg=")).map(|value| match value.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (value, None),
        });
    Request {
        file: value("dockerfile"),
        context: value("context"),
        target: value("target"),
        arguments: arguments.collect(),
        tags: words.iter().filter_map(|word| word.strip_prefix("--destination=")).collect(),
        is_open: false,
    }
}

fn resolve(
    request: Request,
    command: &Command,
    pipelines: &[Arc<Pipeline>],
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
        arguments: request.arguments,
        tags: request.tags,
        has_new_files: false,
        has_moved: false,
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
    for workspace in workspaces(command, pipelines, sources) {
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
            return build;
        }
        let is_missing = sources.tree.presence(&path) == Presence::Missing && !may_be_submodule(&sources.tree, &path);
        if is_missing && is_settled && build.file == BuildFile::Unknown {
            build.file = BuildFile::Missing(path);
        } else if !is_missing {
            build.file = BuildFile::Unknown;
            return build;
        }
    }
    build
}

/// A missing top-level folder may be a submodule.
fn may_be_submodule(tree: &Tree, path: &str) -> bool {
    let folder = path.split('/').next().unwrap_or(path);
    folder.len() < path.len()
        && tree.presence(folder) == Presence::Missing
        && tree.presence(".gitmodules") == Presence::File
}

/// The folders that a command may run in. A build step runs in the workspace: for a trigger, that is the root of the
/// checkout; for `gcloud builds submit`, it is the given folder, usually that of the configuration or one above it.
fn workspaces(command: &Command, pipelines: &[Arc<Pipeline>], sources: &Sources) -> Vec<String> {
    let mut home = folder_of(&sources.get(command.source()).path);
    let mut folders = vec![String::new()];
    while !home.is_empty() {
        folders.push(home.to_owned());
        home = folder_of(home);
    }
    let Home::Step(source, step) = command.home else { return folders };
    let step =
        pipelines.iter().find(|pipeline| pipeline.source == source).and_then(|pipeline| pipeline.steps.get(step));
    match step.map(|step| &step.folder) {
        Some(Setting::Known(folder, _)) => {
            let folder = folder.raw().trim_start_matches("/workspace").trim_start_matches('/').to_owned();
            folders.iter().filter_map(|base| join(base, &folder)).collect()
        }
        Some(Setting::Unknown(..)) => Vec::new(),
        _ => folders,
    }
}
