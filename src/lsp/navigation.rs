//! Definitions, links and symbols.

use super::diagnostics::range;
use super::folder::{Folder, Outcome};
use super::hover::{contains, docker_variable, rule_at, terraform_name, word_at};
use super::worker::Worker;
use crate::model::{Base, BuildFile, Copied, Setting};
use crate::source::{Notation, folder_of, join};
use crate::span::{SourceId, Span};
use gen_lsp_types::{
    BaseSymbolInformation, DocumentLink, DocumentSymbol, Location, SymbolInformation, SymbolKind, Uri,
};
use serde_json::{Value, json};

/// The definition of the name at a place.
pub(super) fn definition(worker: &Worker, index: usize, path: &str, at: usize) -> Option<Vec<Location>> {
    let folder = &worker.folders()[index];
    let outcome = folder.last()?;
    let id = outcome.sources.find(path)?;
    let text = &folder.document(path)?.text;
    let span = joined(outcome, id, at)
        .or_else(|| match outcome.sources.get(id).notation {
            Notation::Terraform | Notation::TerraformVars => terraform(folder, outcome, id, text, at),
            Notation::Dockerfile => {
                stage(outcome, id, text, at).or_else(|| Some(docker_variable(outcome, id, text, at)?.0.name_span))
            }
            Notation::Yaml => substitution(outcome, id, at),
            _ => None,
        })
        .filter(|span| span.source != id || !span.range().contains(&at) || span.range().is_empty())?;
    Some(vec![location(worker, folder, outcome, span)?])
}

fn location(worker: &Worker, folder: &Folder, outcome: &Outcome, span: Span) -> Option<Location> {
    let uri = worker.address(folder, &outcome.sources.get(span.source).path)?;
    Some(Location { uri, range: range(outcome, span, &worker.client) })
}

/// The references of a source to files, as resolved in the model: the span of the name and the start of the file.
fn files(outcome: &Outcome, id: SourceId) -> Vec<(Span, Span)> {
    let project = &outcome.analysis.project;
    let builds = project.builds.iter().filter_map(|build| match build.file {
        BuildFile::Found(file) => Some((build.file_span, Span::new(file, 0, 0))),
        _ => None,
    });
    let calls = project.modules.iter().flat_map(|module| {
        module.calls.iter().filter_map(|call| {
            let (source, place) = call.source.known().filter(|(source, _)| source.starts_with('.'))?;
            let folder = join(&module.folder, source)?;
            let callee = project.modules.iter().find(|module| module.folder == folder)?;
            Some((place.span, Span::new(entrance(outcome, &callee.sources)?, 0, 0)))
        })
    });
    builds.chain(calls).filter(|(from, _)| from.source == id).collect()
}

/// The file of a module to open first: `main.tf`, or else its first file.
fn entrance(outcome: &Outcome, sources: &[SourceId]) -> Option<SourceId> {
    let is_main = |id: &&SourceId| outcome.sources.get(**id).path.rsplit('/').next() == Some("main.tf");
    sources.iter().find(is_main).or(sources.first()).copied()
}

fn joined(outcome: &Outcome, id: SourceId, at: usize) -> Option<Span> {
    files(outcome, id).into_iter().find(|(from, _)| contains(*from, at)).map(|(_, to)| to)
}

/// The stage that a `FROM` or a `--from=` names.
fn stage(outcome: &Outcome, id: SourceId, text: &str, at: usize) -> Option<Span> {
    let file = outcome.analysis.project.dockerfile(id)?;
    let word = word_at(text, at, |c| !c.is_whitespace() && c != '=' && c != ',')?;
    for stage in &file.stages {
        if let Base::Stage(index) = stage.base
            && contains(stage.span, at)
        {
            let base = file.stages.get(index)?;
            let is_name = base.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(&text[word.clone()]));
            return is_name.then_some(base.span);
        }
        for copy in stage.copies.iter().filter(|copy| contains(copy.span, at)) {
            if let Copied::Stage(index) = copy.from
                && text[..word.start].ends_with("--from=")
            {
                return file.stages.get(index).map(|stage| stage.span);
            }
        }
    }
    None
}

fn terraform(folder: &Folder, outcome: &Outcome, id: SourceId, text: &str, at: usize) -> Option<Span> {
    let source = outcome.sources.get(id);
    let (name, _) = terraform_name(source.notation, text, at)?;
    let here = folder_of(&source.path);
    let definition = folder.look_up(here, &name)?;
    // `module.x.y` is the output `y` of the module; if that is not found, the call of the module is the closest
    // definition.
    Some(definition.span)
}

fn substitution(outcome: &Outcome, id: SourceId, at: usize) -> Option<Span> {
    let mut pipelines = outcome.analysis.project.pipelines.iter().filter(|pipeline| pipeline.source == id);
    pipelines.find_map(|pipeline| {
        let used = pipeline.uses.iter().find(|used| contains(used.span, at))?;
        pipeline.substitutions.iter().find(|substitution| substitution.name == used.name).map(|found| found.span)
    })
}

/// The links of a document: to the files it names, and to the pages of the rules that its comments name.
pub(super) fn links(worker: &Worker, index: usize, path: &str) -> Vec<DocumentLink> {
    let folder = &worker.folders()[index];
    let (Some(outcome), Some(document)) = (folder.last(), folder.document(path)) else { return Vec::new() };
    let mut links = Vec::new();
    if let Some(id) = outcome.sources.find(path) {
        for (from, to) in files(outcome, id) {
            let target = worker.address(folder, &outcome.sources.get(to.source).path);
            links.push(DocumentLink { range: range(outcome, from, &worker.client), target, ..DocumentLink::default() });
        }
    }
    let text = &document.text;
    let index = super::encoding::Index::of(text);
    for (start, _) in text.match_indices("seaworthy:") {
        let line = start..text[start..].find('\n').map_or(text.len(), |length| start + length);
        let mut at = line.start;
        while let Some(open) = text[at..line.end].find(['[', ',']) {
            at += open + 1;
            let blanks = text[at..line.end].len() - text[at..line.end].trim_start().len();
            if let Some((rule, range)) = rule_at(path, text, at + blanks) {
                links.push(DocumentLink {
                    range: index.range(text, range, worker.client.encoding),
                    target: Some(Uri(rule.url())),
                    tooltip: Some(format!("The page of `{}`", rule.id)),
                    ..DocumentLink::default()
                });
            }
        }
    }
    links
}

/// A named element: its name, kind, place and whole span.
struct Symbol {
    name: String,
    detail: String,
    kind: SymbolKind,
    /// The span of its name, or of its start.
    span: Span,
    /// The span of the whole element.
    whole: Span,
}

/// Services, images, pipelines and resources.
fn named(outcome: &Outcome) -> Vec<Symbol> {
    let project = &outcome.analysis.project;
    let mut symbols = Vec::new();
    let mut add = |name: String, detail: &str, kind: SymbolKind, span: Span, whole: Span| {
        // The protocol requires that the selection range is inside of the whole range.
        let whole = if whole.contains(span) { whole } else { span };
        symbols.push(Symbol { name, detail: detail.to_owned(), kind, span, whole });
    };
    for workload in &project.workloads {
        let Setting::Known(name, place) = &workload.name else { continue };
        let span = if place.span.source == workload.span.source { place.span } else { workload.span };
        add(name.shown(), workload.kind.name(), SymbolKind::Class, span, workload.span);
    }
    for file in &project.dockerfiles {
        for stage in &file.stages {
            let name = stage.name.clone().unwrap_or_else(|| {
                let path = &outcome.sources.get(file.source).path;
                if stage.is_only { path.to_string() } else { format!("{path}, stage {}", stage.index) }
            });
            let detail = if stage.is_only { "image" } else { "stage" };
            add(name, detail, SymbolKind::Package, stage.span, stage.span.to(stage.end));
        }
    }
    for build in &project.builds {
        for tag in build.tags.iter().filter(|tag| !tag.raw().is_empty()) {
            add(tag.shown(), "image", SymbolKind::Package, tag.span(), tag.span());
        }
    }
    for pipeline in &project.pipelines {
        let path = outcome.sources.get(pipeline.source).path.to_string();
        let last = pipeline.steps.last().map_or(pipeline.steps_key, |step| step.span);
        add(path, "pipeline", SymbolKind::Module, pipeline.steps_key, pipeline.steps_key.to(last));
        for step in &pipeline.steps {
            let name = step.id.clone().unwrap_or_else(|| format!("step {}", step.index));
            let image = step.image.span();
            let begin = if step.span.contains(image) { image } else { step.span };
            add(name, "build step", SymbolKind::Function, begin, step.span);
        }
    }
    for resource in &project.resources {
        add(resource.address(), "resource", SymbolKind::Object, resource.block.header, resource.block.span);
    }
    let key = |span| outcome.sources.key(span);
    symbols.sort_by(|a, b| (key(a.span), &a.name).cmp(&(key(b.span), &b.name)));
    symbols.dedup_by(|a, b| a.span == b.span && a.name == b.name);
    symbols
}

/// The symbols of a document.
pub(super) fn outline(worker: &Worker, index: usize, path: &str) -> Vec<Value> {
    let folder = &worker.folders()[index];
    let Some(outcome) = folder.last() else { return Vec::new() };
    let Some(id) = outcome.sources.find(path) else { return Vec::new() };
    let here = named(outcome).into_iter().filter(|symbol| symbol.span.source == id);
    let has_trees = worker.client.has_symbol_trees;
    here.filter_map(|symbol| {
        if has_trees {
            let place = |span| range(outcome, span, &worker.client);
            let symbol = DocumentSymbol {
                name: symbol.name,
                detail: Some(symbol.detail),
                kind: symbol.kind,
                tags: None,
                #[allow(deprecated)]
                deprecated: None,
                range: place(symbol.whole),
                selection_range: place(symbol.span),
                children: None,
            };
            return serde_json::to_value(symbol).ok();
        }
        serde_json::to_value(information(worker, folder, outcome, symbol)?).ok()
    })
    .collect()
}

fn information(worker: &Worker, folder: &Folder, outcome: &Outcome, symbol: Symbol) -> Option<SymbolInformation> {
    let base_symbol_information =
        BaseSymbolInformation { name: symbol.name, kind: symbol.kind, tags: None, container_name: Some(symbol.detail) };
    Some(SymbolInformation {
        #[allow(deprecated)]
        deprecated: None,
        location: location(worker, folder, outcome, symbol.whole)?,
        base_symbol_information,
    })
}

/// The symbols of all folders whose name contains the letters of a query in order.
pub(super) fn symbols(worker: &Worker, query: &str) -> Value {
    /// The maximum for each folder: an editor filters again, and nobody reads more.
    const MOST: usize = 500;
    let is_wanted = |name: &str| {
        let mut letters = name.chars().flat_map(char::to_lowercase);
        query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
    };
    let mut found = Vec::new();
    for folder in worker.folders() {
        let Some(outcome) = folder.last() else { continue };
        let symbols = named(outcome).into_iter().filter(|symbol| is_wanted(&symbol.name));
        found.extend(symbols.filter_map(|symbol| information(worker, folder, outcome, symbol)).take(MOST));
    }
    json!(found)
}
