//! The list of surfaces: how the text of each notation is parsed, and which reader turns its tree into facts.
//!
//! A source is read in two passes. This is the first one, which needs no other source. It keeps the trees of
//! Dockerfiles and Terraform for the second one, because their facts also depend on their builds and callers.

use crate::model::{Comment, Facts, Surface};
use crate::read;
use crate::read::runner::Passed;
use crate::source::{Fragment, Notation, Source};
use crate::span::{SourceId, Span};
use crate::syntax::{self, Problem, hcl, ignorefile};
use std::sync::Arc;

/// A tree that is read in the second pass.
#[derive(Debug)]
pub(crate) enum Tree {
    Hcl(hcl::Body),
    Dockerfile(syntax::dockerfile::File, bool),
}

/// The result of the first pass over one source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    pub(crate) surface: Option<Surface>,
    pub(crate) tree: Option<Arc<Tree>>,
    pub(crate) facts: Arc<Facts>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) note: Option<String>,
    pub(crate) comments: Vec<Comment>,
    /// The facts of the blocks of a document. They are kept apart, because a document deploys nothing.
    pub(crate) documents: Vec<Arc<Facts>>,
    /// The variables that calls of task runners set.
    pub(crate) passed: Passed,
}

/// Parses and reads one source. `given` are the variables of task runners that calls in other sources set.
pub(crate) fn parse(id: SourceId, source: &Source, given: &Passed) -> Parsed {
    let mut parsed = Parsed::default();
    let mut facts = Facts::default();
    let mut documents = None;
    let mut blocks = Vec::new();
    let fragment = Fragment::whole(id, source);
    match source.notation {
        Notation::Dockerfile => {
            parsed.surface = Some(Surface::Dockerfile);
            let (file, problems) = syntax::dockerfile::parse(&fragment);
            parsed.tree = Some(Arc::new(Tree::Dockerfile(file, problems.is_empty())));
            parsed.problems = problems;
        }
        Notation::Terraform | Notation::TerraformVars => {
            parsed.surface = Some(Surface::Terraform);
            let (body, problems) = hcl::parse(&fragment);
            parsed.tree = Some(Arc::new(Tree::Hcl(body)));
            parsed.problems = problems;
        }
        Notation::TerraformJson => {
            parsed.surface = Some(Surface::Terraform);
            let (body, problems) = hcl::parse_json(&fragment);
            parsed.tree = Some(Arc::new(Tree::Hcl(body)));
            parsed.problems = problems;
        }
        Notation::Shell => {
            parsed.surface = Some(Surface::Shell);
            let (read, problems) = read::shell::script(&fragment);
            facts.commands = read.commands.into_iter().map(Arc::new).collect();
            facts.named_values = read.named_values;
            facts.compose_calls = read::compose::calls(&fragment);
            parsed.problems = problems;
        }
        Notation::Make | Notation::Just => {
            parsed.surface = Some(Surface::TaskRunner);
            let read =
                if source.notation == Notation::Make { read::runner::make::read } else { read::runner::just::read };
            (facts, parsed.problems) = read(&fragment, given);
        }
        Notation::EnvFile => {
            parsed.surface = Some(Surface::EnvFile);
            facts.named_values = read::env_file::read(&fragment);
        }
        Notation::Requirements => {
            parsed.surface = Some(Surface::Dependencies);
            facts.requirements.push(read::requirements::read(id, &source.path, &fragment));
        }
        Notation::Manifest => {
            let (manifest, problems) = read::manifest::read(id, &source.path, &fragment);
            parsed.surface = (manifest.is_some() || !problems.is_empty()).then_some(Surface::Dependencies);
            facts.manifests.extend(manifest.map(Arc::new));
            parsed.problems = problems;
        }
        Notation::Lock => {
            facts.locks.extend(read::lock::read(id, &source.path, &source.text).map(Arc::new));
        }
        Notation::Yaml => documents = yaml(id, source, &fragment, given, &mut parsed, &mut facts),
        Notation::Ignore => parsed.problems = ignorefile::limits(&fragment, ignorefile::Dialect::of(&source.path)),
        Notation::Prose => blocks = document(id, source, &fragment, &mut parsed),
        Notation::TerraformLock | Notation::Other => {}
    }
    read::command::interpret(&mut facts);
    if parsed.surface.is_some() {
        let tree = match (parsed.tree.as_deref(), &documents) {
            (Some(Tree::Dockerfile(file, _)), _) => read::comments::Tree::Dockerfile(file),
            (Some(Tree::Hcl(body)), _) => read::comments::Tree::Hcl(body),
            (None, Some(documents)) => read::comments::Tree::Yaml(documents),
            (None, None) if source.notation == Notation::Prose => read::comments::Tree::Markdown(&blocks),
            (None, None) if matches!(source.notation, Notation::Make | Notation::Just) => read::comments::Tree::Recipes,
            (None, None) => read::comments::Tree::Plain,
        };
        parsed.comments = read::comments::find(source, &fragment, &tree);
        if source.notation != Notation::Prose {
            facts.credentials = read::credentials::find(id, source);
        }
        if let Some(damage) = &source.damage {
            damaged(id, source, damage, &mut parsed);
        }
    }
    parsed.passed = read::runner::passed_on(&facts);
    parsed.facts = Arc::new(facts);
    parsed
}

/// Whether a file is one of Kustomize, by its name.
fn is_kustomization(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with("kustomization.y"))
}

/// Reads the blocks of code of a document, and the credentials anywhere in it.
fn document(id: SourceId, source: &Source, fragment: &Fragment, parsed: &mut Parsed) -> Vec<syntax::markdown::Block> {
    let blocks = read::markdown::blocks(source, fragment);
    parsed.documents = read::markdown::read(id, source, &blocks);
    if !parsed.documents.is_empty() {
        parsed.surface = Some(Surface::Markdown);
    }
    blocks
}

/// Parses and reads YAML if its text contains the words of a manifest or a pipeline.
fn yaml(
    id: SourceId,
    source: &Source,
    fragment: &Fragment,
    given: &Passed,
    parsed: &mut Parsed,
    facts: &mut Facts,
) -> Option<Vec<syntax::yaml::Document>> {
    let has = |word: &str| memchr::memmem::find(source.text.as_bytes(), word.as_bytes()).is_some();
    let is_manifest = has("serving.knative.dev") || has("run.googleapis.com");
    let may_be_pipeline = has("steps") && has("name");
    let is_workflow = read::workflow::is_read(&source.path);
    let may_be_workflow = is_workflow || source.path.contains(".github/") && has("jobs");
    let may_be_delivery = has("deploy.cloud.google.com/");
    let may_be_kubernetes = has("apiVersion")
        && [
            "containers:",
            "HorizontalPodAutoscaler",
            "PodDisruptionBudget",
            "skaffold/",
            "kind: Secret",
            "/v1beta",
            "/v2beta",
        ]
        .iter()
        .any(|word| has(word))
        || is_kustomization(&source.path);
    let is_compose = read::compose::is_named_so(&source.path);
    let may_be_compose = is_compose || source.text.starts_with("services:") || has("\nservices:");
    let may_be_taskfile = read::runner::task::is_named_so(&source.path) || has("\ntasks:") && has("cmd");
    if !is_manifest
        && !may_be_pipeline
        && !may_be_workflow
        && !may_be_delivery
        && !may_be_kubernetes
        && !may_be_compose
        && !may_be_taskfile
    {
        return None;
    }
    let (documents, problems) = syntax::yaml::parse(fragment);
    let is_vendored = may_be_kubernetes && read::kubernetes::is_vendored(&documents);
    for document in &documents {
        let root = document.root();
        if let Some(kind) = read::cloud_run::kind_of(root) {
            parsed.surface.get_or_insert(Surface::CloudRun);
            facts.merge(&read::cloud_run::read(kind, root));
        } else if let Some(kind) = read::workflow::kind_of(root, &source.path) {
            parsed.surface.get_or_insert(Surface::Workflow);
            let (read, problems) = read::workflow::read(kind, id, &source.path, root);
            facts.merge(&read);
            parsed.problems.extend(problems);
        } else if read::cloud_build::is_pipeline(root, &source.path) {
            parsed.surface.get_or_insert(Surface::CloudBuild);
            let (read, problems) = read::cloud_build::read(id, root);
            facts.merge(&read);
            parsed.problems.extend(problems);
        } else if let Some(read) = read::cloud_deploy::read(root) {
            parsed.surface.get_or_insert(Surface::CloudDeploy);
            facts.merge(&read);
        } else if may_be_kubernetes
            && !is_vendored
            && let Some(read) = read::kubernetes::read(root, &source.path)
        {
            parsed.surface.get_or_insert(Surface::Kubernetes);
            facts.merge(&read);
        } else if may_be_taskfile && read::runner::task::is_one(root, &source.path) {
            parsed.surface.get_or_insert(Surface::TaskRunner);
            let (read, problems) = read::runner::task::read(id, root, given);
            facts.merge(&read);
            parsed.problems.extend(problems);
        } else if read::compose::is_one(root, &source.path) {
            parsed.surface.get_or_insert(Surface::Compose);
            let (read, problems) = read::compose::read(id, &source.path, root);
            facts.merge(&read);
            parsed.problems.extend(problems);
        }
    }
    let name = source.path.rsplit('/').next().unwrap_or_default();
    let is_ours = parsed.surface.is_some_and(|surface| surface != Surface::Kubernetes)
        || is_workflow
        || is_compose
        || name.to_ascii_lowercase().contains("cloudbuild")
        || has("serving.knative.dev/v1");
    if problems.is_empty() || !is_ours {
        return Some(documents);
    }
    // Expressions of a workflow have braces, and GitHub fills in no template.
    if !is_workflow && ["{{", "{%", "%{", "<%"].iter().any(|mark| has(mark)) {
        parsed.note = Some("not analysed: it is a template, and not YAML before it is filled in".to_owned());
        return Some(documents);
    }
    parsed.surface.get_or_insert(match (is_workflow, is_compose, is_manifest) {
        (true, ..) => Surface::Workflow,
        (_, true, _) => Surface::Compose,
        (_, _, true) => Surface::CloudRun,
        _ => Surface::CloudBuild,
    });
    parsed.problems.extend(problems);
    Some(documents)
}

/// Reports bytes that are not UTF-8: a problem for Terraform and gcloud, which reject them; otherwise a note.
fn damaged(id: SourceId, source: &Source, damage: &std::ops::Range<u32>, parsed: &mut Parsed) {
    let span = Span::new(id, damage.start, damage.end);
    match source.notation {
        Notation::Dockerfile
        | Notation::Shell
        | Notation::Make
        | Notation::Just
        | Notation::Requirements
        | Notation::EnvFile
        | Notation::Prose => {
            let line = source.position(damage.start).line;
            parsed.note = Some(format!("is not UTF-8 from line {line} on; the bytes in question were read as `?`"));
        }
        _ => parsed.problems.push(Problem::not_utf8(span)),
    }
}
