//! Terraform: modules and their resources after evaluation.
//!
//! A module is a folder. Its variables have their defaults or the values of `*.tfvars`; values from callers, from the
//! command line or from the cloud are unknown. The input is already parsed; nothing here reads a file.

mod cloud_functions;
mod cloud_run;
mod equality;
mod evaluate;
mod firewall;
mod functions;
mod iam;
mod look_up;
mod resource;

pub(crate) use evaluate::Context;
pub(crate) use look_up::look_up;

use crate::model::{Facts, Module, ModuleCall, Requirement, Setting, Value};
use crate::source::{Tree, folder_of, join};
use crate::span::{SourceId, Span};
use crate::syntax::Problem;
use crate::syntax::hcl::{Block, Body, Expr};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// One parsed file of a module.
pub(crate) struct File<'a> {
    pub(crate) source: SourceId,
    pub(crate) path: &'a str,
    pub(crate) body: &'a Body,
    /// Whether it contains variable values (`*.tfvars`) instead of configuration.
    pub(crate) is_values: bool,
}

/// The calls of a module from other folders.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Callers {
    /// Whether a `module` block calls it.
    pub(crate) is_called: bool,
    /// The arguments that calls pass.
    pub(crate) passed: HashSet<String>,
}

/// Facts about a module from the paths of the checkout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Around {
    /// Whether `.terraform.lock.hcl` is in its folder.
    has_lock: bool,
    /// Whether Terragrunt or another wrapper generates its backend and providers.
    is_generated: bool,
}

impl Around {
    pub(crate) fn of(folder: &str, tree: &Tree) -> Self {
        Self { has_lock: has_lock(folder, tree), is_generated: is_generated(folder, tree) }
    }

    /// For a part of a module: its backend, providers and lock file are elsewhere.
    pub(crate) fn elsewhere() -> Self {
        Self { has_lock: true, is_generated: true }
    }
}

/// The files of every module, by folder.
pub(crate) fn by_folder<'a>(files: impl IntoIterator<Item = File<'a>>) -> BTreeMap<String, Vec<File<'a>>> {
    let mut folders: BTreeMap<String, Vec<File<'a>>> = BTreeMap::new();
    for file in files {
        folders.entry(folder_of(file.path).to_owned()).or_default().push(file);
    }
    // A folder that contains only values (`envs/prod.tfvars`) belongs to the nearest module above it.
    let homeless: Vec<String> = folders
        .iter()
        .filter(|(_, files)| files.iter().all(|file| file.is_values))
        .map(|(folder, _)| folder.clone())
        .collect();
    for folder in homeless {
        let mut above = folder_of(&folder).to_owned();
        loop {
            let has_module = folders.get(&above).is_some_and(|files| files.iter().any(|file| !file.is_values));
            if has_module {
                let files = folders.remove(&folder).unwrap_or_default();
                folders.entry(above).or_default().extend(files);
                break;
            }
            if above.is_empty() {
                break;
            }
            above = folder_of(&above).to_owned();
        }
    }
    folders
}

/// The callers of each folder, over all modules.
pub(crate) fn callers(folders: &BTreeMap<String, Vec<File<'_>>>) -> HashMap<String, Callers> {
    let mut callers: HashMap<String, Callers> = HashMap::new();
    for (folder, files) in folders {
        for call in files.iter().flat_map(|file| file.body.blocks("module")) {
            let Some(source) = call.body.get("source").and_then(literal) else { continue };
            if !source.starts_with('.') {
                continue;
            }
            let Some(target) = join(folder, source) else { continue };
            let callers = callers.entry(target).or_default();
            callers.is_called = true;
            callers.passed.extend(call.body.attributes.iter().map(|attribute| attribute.name.text.to_string()));
        }
    }
    callers
}

fn literal(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        crate::syntax::hcl::ExprKind::String(text) => Some(text),
        _ => None,
    }
}

/// Reads one module. The problems are values that are too costly to evaluate.
pub(crate) fn read(folder: &str, files: &[File<'_>], callers: &Callers, around: Around) -> (Facts, Vec<Problem>) {
    let blocks =
        |kind: &'static str| files.iter().filter(|file| !file.is_values).flat_map(move |file| file.body.blocks(kind));
    let has_provider = blocks("provider").next().is_some();
    let terraform: Vec<&Block> = blocks("terraform").collect();
    let backend = terraform.iter().find_map(|block| backend(block));
    let is_library = callers.is_called
        || (is_in_modules(folder) && !has_provider)
        || (!has_provider && backend.is_none() && blocks("variable").next().is_some());
    let context = Context::new(folder, files, callers, is_library);
    let mut module = Module {
        folder: folder.to_owned(),
        sources: files.iter().map(|file| file.source).collect(),
        requirements: terraform.iter().flat_map(|block| requirements(block, &context)).collect(),
        terraform_blocks: terraform.iter().map(|block| block.header).collect(),
        backend,
        providers: blocks("provider").filter_map(|block| provider(block, &context)).collect(),
        calls: blocks("module").map(|block| call(block, &context)).collect(),
        is_called: callers.is_called,
        used_providers: Vec::new(),
        has_lock: around.has_lock,
        is_library,
        is_generated: around.is_generated,
    };
    let mut resources = Vec::new();
    let mut providers = HashSet::new();
    for block in blocks("resource") {
        let kind = block.label(0).unwrap_or_default();
        let provider = kind.split('_').next().unwrap_or_default();
        if providers.insert(provider) {
            module.used_providers.push((provider.to_owned(), block.header));
        }
        resources.extend(resource::read(folder, block, &context));
    }
    let policies: Vec<_> = blocks("data")
        .filter(|block| block.label(0) == Some("google_iam_policy"))
        .flat_map(|block| resource::read(folder, block, &context))
        .collect();
    let mut grants = iam::policies(&policies, &resources);
    grants.extend(resources.iter().filter_map(iam::grant));
    let firewalls = resources.iter().filter_map(firewall::rule).collect();
    let workloads = resources
        .iter()
        .filter_map(|resource| cloud_run::workload(resource).or_else(|| cloud_functions::workload(resource)))
        .map(Arc::new)
        .collect();
    let mut named_values = context.named_values();
    for call in blocks("module") {
        resource::arguments(call, &mut named_values);
    }
    for resource in &resources {
        resource::named_values(resource, &mut named_values);
    }
    let resources = resources.into_iter().map(Arc::new).collect();
    let modules = vec![Arc::new(module)];
    let facts = Facts { modules, resources, workloads, grants, firewalls, named_values, ..Facts::default() };
    (facts, context.into_problems())
}

/// Whether a folder is named for reusable modules. If nothing in this checkout calls such a module, its variables are
/// unknown in spite of their defaults.
fn is_in_modules(folder: &str) -> bool {
    folder.split('/').any(|part| part == "modules" || part == "module")
}

fn backend(block: &Block) -> Option<(String, Span)> {
    let found = block.body.blocks("backend").next().or_else(|| block.body.blocks("cloud").next())?;
    let name = if &*found.kind.text == "cloud" { "cloud" } else { found.label(0)? };
    Some((name.to_owned(), found.header))
}

fn requirements(block: &Block, context: &Context<'_>) -> Vec<Requirement> {
    let entries = block.body.blocks("required_providers").flat_map(|required| &required.body.attributes);
    entries
        .map(|attribute| {
            let value = context.evaluate(&attribute.value);
            let version = match (&value.kind, value.get("version")) {
                // The short form `google = "~> 5.0"` of Terraform 0.12.
                (crate::model::ValueKind::Text(_), _) => text(value.clone().setting()),
                (_, Some(version)) => text(version.clone().setting()),
                _ => Setting::Absent(attribute.name.span),
            };
            Requirement {
                name: attribute.name.text.to_string(),
                source: value.get("source").and_then(Value::text).map(str::to_owned),
                version,
                span: attribute.name.span,
            }
        })
        .collect()
}

fn provider(block: &Block, context: &Context<'_>) -> Option<(String, Span, Option<Setting<Value>>)> {
    let version = block.body.get("version").map(|version| context.evaluate(version).setting());
    Some((block.label(0)?.to_owned(), block.header, version))
}

fn call(block: &Block, context: &Context<'_>) -> ModuleCall {
    let attribute = |name: &str| match block.body.get(name) {
        Some(expr) => text(context.evaluate(expr).setting()),
        None => Setting::Absent(block.header),
    };
    ModuleCall {
        name: block.label(0).unwrap_or_default().to_owned(),
        source: attribute("source"),
        version: attribute("version"),
        span: block.header,
    }
}

fn text(setting: Setting<Value>) -> Setting<String> {
    setting.and_then(|value, place| match value.text() {
        Some(text) => Setting::Known(text.to_owned(), place.clone()),
        None => Setting::Unknown(place.span, crate::model::Why::Computed),
    })
}

/// Whether the folder of the module has a `.terraform.lock.hcl`.
fn has_lock(folder: &str, tree: &Tree) -> bool {
    join(folder, ".terraform.lock.hcl").is_some_and(|path| tree.presence(&path) == crate::source::Presence::File)
}

/// Whether Terragrunt or another wrapper generates the backend and the providers of the module.
fn is_generated(folder: &str, tree: &Tree) -> bool {
    let mut folder = folder;
    loop {
        for name in ["terragrunt.hcl", "root.hcl", "terramate.tm.hcl"] {
            if join(folder, name).is_some_and(|path| tree.presence(&path) == crate::source::Presence::File) {
                return true;
            }
        }
        if folder.is_empty() {
            return false;
        }
        folder = folder_of(folder);
    }
}
