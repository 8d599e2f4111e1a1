//! What Compose files tell others: which of them are deployed, and what their services build.

use super::builds::may_be_submodule;
use crate::model::{
    Build, BuildFile, ComposeAction, ComposeBuild, ComposeCall, ComposeFile, ComposeService, Environment, Facts,
    Setting, Text,
};
use crate::read::compose::names_deployment;
use crate::source::{Notation, Presence, Sources, folder_of, join};
use crate::span::SourceId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The names that Compose looks for (<https://docs.docker.com/compose/intro/compose-application-model/>), and the file that
/// it merges onto each of them.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("compose.yaml", &["compose.override.yaml", "compose.override.yml"]),
    ("compose.yml", &["compose.override.yml", "compose.override.yaml"]),
    ("docker-compose.yml", &["docker-compose.override.yml", "docker-compose.override.yaml"]),
    ("docker-compose.yaml", &["docker-compose.override.yaml", "docker-compose.override.yml"]),
];

/// Parts of the name of a Compose file, beside those that tell the environment of any file, that say it is deployed.
const DEPLOYED_NAMES: &[&str] = &["deploy", "release", "stack", "swarm"];

/// The most lines of one script or workflow whose files are looked for.
const MOST_CALLS: usize = 200;

/// The most files of one such line.
const MOST_FILES: usize = 20;

/// The environments that Compose files are deployed to, with the evidence.
pub(crate) type Deployed = HashMap<SourceId, (Environment, String)>;

/// The Compose files that scripts, workflows and build steps deploy. `environment` is that of a path.
pub(crate) fn deployed(files: &[Arc<Facts>], sources: &Sources, environment: &dyn Fn(&str) -> Environment) -> Deployed {
    let all = || files.iter().flat_map(|facts| &facts.compose_files);
    let paths: BTreeMap<&str, SourceId> = all().map(|file| (&*sources.get(file.source).path, file.source)).collect();
    let mut deployed = Deployed::new();
    if paths.is_empty() {
        return deployed;
    }
    let mut to_follow: Vec<SourceId> = Vec::new();
    for facts in files.iter().filter(|facts| !facts.compose_calls.is_empty()) {
        let is_of_pull_requests = facts.workflows.iter().any(|workflow| {
            let mut triggers = workflow.triggers.iter().peekable();
            triggers.peek().is_some() && triggers.all(|trigger| trigger.name.starts_with("pull_request"))
        });
        let path = facts.compose_calls.first().map_or("", |call| &sources.get(call.span.source).path);
        let environment = environment(path);
        if is_of_pull_requests || environment.is_set_aside() {
            continue;
        }
        let copied: HashSet<SourceId> = facts
            .compose_calls
            .iter()
            .filter(|call| call.does == ComposeAction::Copy)
            .flat_map(|call| &call.files)
            .take(MOST_CALLS)
            .filter_map(|file| find(file, None, &paths, &HashSet::new()))
            .collect();
        for call in facts.compose_calls.iter().filter(|call| starts_for_users(call, path)).take(MOST_CALLS) {
            for id in started(call, &paths, &copied) {
                let place = sources.start(call.span);
                let evidence = format!("`{path}` deploys it in line {}", place.line);
                let known = deployed.get(&id).is_some_and(|(known, _)| *known <= environment);
                if !known {
                    deployed.insert(id, (environment, evidence));
                    to_follow.push(id);
                }
            }
        }
    }
    for file in all() {
        let stated = stated(&sources.get(file.source).path).filter(|(environment, _)| !environment.is_set_aside());
        if let Some(stated) = stated {
            deployed.insert(file.source, stated);
            to_follow.push(file.source);
        }
    }
    // What a deployed file includes is deployed with it.
    let by_source: HashMap<SourceId, &ComposeFile> = all().map(|file| (file.source, &**file)).collect();
    while let Some(id) = to_follow.pop() {
        let (environment, path) = (deployed[&id].0, &sources.get(id).path);
        for included in by_source.get(&id).into_iter().flat_map(|file| &file.includes) {
            let other = included.known().and_then(|written| join(folder_of(path), written));
            let Some(other) = other.and_then(|other| paths.get(other.as_str()).copied()) else { continue };
            if deployed.get(&other).is_none_or(|(known, _)| *known > environment) {
                deployed.insert(other, (environment, format!("`{path}` includes it, and is deployed")));
                to_follow.push(other);
            }
        }
    }
    deployed
}

/// The environment of a Compose file, and the evidence: its path, the name of the file, or who deploys it. A file that
/// nothing deploys is for development.
pub(crate) fn environment(path: &str, id: SourceId, deployed: &Deployed) -> (Environment, Option<String>) {
    match stated(path).or_else(|| deployed.get(&id).cloned()) {
        Some((environment, evidence)) => (environment, Some(evidence)),
        None => (Environment::Development, Some("compose file that nothing deploys".to_owned())),
    }
}

/// The environment that the path of a Compose file tells, with the evidence.
fn stated(path: &str) -> Option<(Environment, String)> {
    if let (environment, Some(evidence)) = Environment::of_path(path) {
        return Some((environment, evidence));
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_deployed = name.split(['-', '_', '.']).any(|part| DEPLOYED_NAMES.contains(&part));
    is_deployed.then(|| (Environment::Production, format!("file name `{name}`")))
}

/// Whether a call starts services for users: on another machine, or in a script whose name says so. Scripts and jobs also
/// start services for themselves, as a database for tests.
fn starts_for_users(call: &ComposeCall, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    match call.does {
        ComposeAction::Copy => false,
        ComposeAction::Deploy => true,
        ComposeAction::Start => {
            let is_script = !name.ends_with(".yml") && !name.ends_with(".yaml");
            call.is_remote || is_script && names_deployment(&name)
        }
    }
}

/// The files whose services a call starts.
fn started(call: &ComposeCall, paths: &BTreeMap<&str, SourceId>, copied: &HashSet<SourceId>) -> Vec<SourceId> {
    let folder = call.folder.as_deref();
    if !call.files.is_empty() {
        return call.files.iter().take(MOST_FILES).filter_map(|file| find(file, folder, paths, copied)).collect();
    }
    for (name, merged) in DEFAULTS {
        let Some(found) = find(name, folder, paths, copied) else { continue };
        let path = paths.iter().find(|(_, id)| **id == found).map_or("", |(path, _)| path);
        let beside = merged.iter().filter_map(|name| join(folder_of(path), name));
        let merged = beside.filter_map(|path| paths.get(path.as_str()).copied());
        return std::iter::once(found).chain(merged).collect();
    }
    Vec::new()
}

/// The Compose file that a script names. The folders of another machine are not those of the checkout, so what counts is
/// how a path ends: of several files, that which is copied there, that whose folder is named as well, that at the root.
fn find(
    file: &str,
    folder: Option<&str>,
    paths: &BTreeMap<&str, SourceId>,
    copied: &HashSet<SourceId>,
) -> Option<SourceId> {
    // What stands before the last expansion is unknown.
    let after = |text: &str| text.rsplit(['$', '}', '~']).next().unwrap_or_default().trim_start_matches('/').to_owned();
    let file = file.rfind('$').map_or(file.to_owned(), |_| file.rsplit('/').next().unwrap_or_default().to_owned());
    let file = join("", &after(&file)).filter(|file| !file.is_empty() && !file.contains('$'))?;
    let ends_so = |path: &str| path == file || path.strip_suffix(&*file).is_some_and(|rest| rest.ends_with('/'));
    let all: Vec<(&str, SourceId)> =
        paths.iter().filter(|(path, _)| ends_so(path)).map(|(path, id)| (*path, *id)).collect();
    if let Some((_, id)) = all.iter().find(|(_, id)| copied.contains(id)) {
        return Some(*id);
    }
    let whole = folder.map(|folder| format!("/{}/{file}", after(folder).trim_end_matches('/')));
    let lies_there = |path: &str| whole.as_ref().is_some_and(|whole| whole.ends_with(&format!("/{path}")));
    let named =
        all.iter().filter(|(path, _)| lies_there(path) && path.contains('/')).max_by_key(|(path, _)| path.len());
    let at_root = || all.iter().find(|(path, _)| *path == file);
    let only = || all.first().filter(|_| all.len() == 1);
    named.or_else(at_root).or_else(only).map(|(_, id)| *id)
}

/// The builds of the services of a Compose file. They depend on the paths and notations of the sources, not on their texts.
pub(super) fn builds<'a>(file: &'a ComposeFile, sources: &'a Sources) -> impl Iterator<Item = Arc<Build>> + 'a {
    let asked = file.services.iter().filter_map(|service| Some((service, service.build.as_ref()?)));
    asked.filter(|(_, build)| !build.is_inline).map(|(service, build)| Arc::new(resolve(service, build, file, sources)))
}

fn resolve(service: &ComposeService, asked: &ComposeBuild, file: &ComposeFile, sources: &Sources) -> Build {
    let named = asked.dockerfile.as_ref();
    let tags = service.image.known().map(|(image, _)| image.text.clone());
    let mut build = Build {
        span: asked.span,
        file: BuildFile::Unknown,
        file_span: named.or(asked.context.as_ref()).map_or(asked.span, Text::span),
        file_text: named.filter(|text| text.why().is_none()).cloned(),
        context: None,
        target: asked.target.clone().map_or(Setting::Absent(asked.span), Text::setting),
        arguments: asked.arguments.clone(),
        tags: tags.into_iter().collect(),
        has_new_files: false,
        key: None,
        has_moved: false,
        is_fresh: false,
        is_guessed: false,
    };
    let context = asked.context.as_ref().map_or(Some("."), |context| context.known());
    let dockerfile = named.map_or(Some("Dockerfile"), |file| file.known());
    let (Some(context), Some(dockerfile)) = (context, dockerfile) else { return build };
    // A repository elsewhere, or a folder of the machine.
    let is_elsewhere = |path: &str| path.contains("://") || path.starts_with(['/', '~']) || path.contains('@');
    if is_elsewhere(context) || is_elsewhere(dockerfile) {
        return build;
    }
    let own = folder_of(&sources.get(file.source).path);
    let mut missing = None;
    // Paths are relative to the folder of the first file that Compose is given, or to `--project-directory`.
    let above = std::iter::successors(Some(own), |folder| (!folder.is_empty()).then(|| folder_of(folder)));
    for base in above {
        let Some(folder) = join(base, context) else { continue };
        let Some(path) = join(&folder, dockerfile) else { continue };
        match sources.tree.presence(&path) {
            Presence::Missing if may_be_submodule(&sources.tree, &path) => return build,
            Presence::Missing if base == own => missing = Some(path),
            Presence::Missing => {}
            _ => {
                let found = sources.find(&path).filter(|id| sources.get(*id).notation == Notation::Dockerfile);
                build.file = found.map_or(BuildFile::Unknown, BuildFile::Found);
                build.context = Some(folder);
                build.is_guessed = base != own || file.is_partial;
                return build;
            }
        }
    }
    if let Some(path) = missing.filter(|_| !file.is_partial) {
        build.file = BuildFile::Missing(path);
    }
    build
}
