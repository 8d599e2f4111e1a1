//! Definitions, links and symbols.

use super::encoding::Index;
use super::folder::Outcome;
use super::place::{Named, Place, contains, rule_at};
use super::snapshot::Snapshot;
use crate::model::{Base, BuildFile, Copied, Setting};
use crate::source::join;
use crate::span::{SourceId, Span};
use gen_lsp_types::{
    BaseSymbolInformation, DocumentLink, DocumentSymbol, Location, SymbolInformation, SymbolKind, Uri,
};
use serde_json::Value;

/// The definition of the name at a place.
pub(super) fn definition(snapshot: &Snapshot<'_>, here: &Place<'_>) -> Option<Vec<Location>> {
    let id = here.source(snapshot.outcome)?;
    let span = joined(snapshot.outcome, id, here)
        .or_else(|| stage(snapshot.outcome, id, here))
        .or_else(|| match here.named(snapshot)? {
            // `module.x.y` is the output `y` of the module; if that is not found, the call of the module is the closest
            // definition.
            Named::Terraform(name, _) => Some(snapshot.definition(here.path, &name)?.span),
            Named::Variable(variable, _) => Some(variable.name_span),
            Named::Substitution(pipeline, used) => {
                let mut given = pipeline.substitutions.iter();
                given.find(|substitution| substitution.name == used.name).map(|found| found.span)
            }
        })
        .filter(|span| span.source != id || !span.range().contains(&here.at) || span.range().is_empty())?;
    Some(vec![snapshot.location(span)?])
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

fn joined(outcome: &Outcome, id: SourceId, here: &Place<'_>) -> Option<Span> {
    files(outcome, id).into_iter().find(|(from, _)| here.is_in(id, *from)).map(|(_, to)| to)
}

/// The stage that a `FROM` or a `--from=` names.
fn stage(outcome: &Outcome, id: SourceId, here: &Place<'_>) -> Option<Span> {
    let file = outcome.analysis.project.dockerfile(id)?;
    let (text, at) = (here.text, here.at);
    let word = here.word(|c| !c.is_whitespace() && c != '=' && c != ',')?;
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

/// The links of a document: to the files it names, and to the pages of the rules that its comments name.
pub(super) fn links(snapshot: &Snapshot<'_>, path: &str, text: &str) -> Vec<DocumentLink> {
    let outcome = snapshot.outcome;
    let mut links = Vec::new();
    if let Some(id) = outcome.sources.find(path) {
        for (from, to) in files(outcome, id) {
            let target = snapshot.address(&outcome.sources.get(to.source).path);
            links.push(DocumentLink { range: snapshot.range(from), target, ..DocumentLink::default() });
        }
    }
    let index = Index::of(text);
    for (start, _) in text.match_indices("seaworthy:") {
        let line = start..text[start..].find('\n').map_or(text.len(), |length| start + length);
        let mut at = line.start;
        while let Some(open) = text[at..line.end].find(['[', ',']) {
            at += open + 1;
            let blanks = text[at..line.end].len() - text[at..line.end].trim_start().len();
            let found = rule_at(path, text, at + blanks);
            if let Some((rule, range, url)) = found.and_then(|(rule, range)| Some((rule, range, rule.url()?))) {
                links.push(DocumentLink {
                    range: index.range(text, range, snapshot.client.encoding),
                    target: Some(Uri(url)),
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
pub(super) fn outline(snapshot: &Snapshot<'_>, path: &str) -> Vec<Value> {
    let Some(id) = snapshot.outcome.sources.find(path) else { return Vec::new() };
    let here = named(snapshot.outcome).into_iter().filter(|symbol| symbol.span.source == id);
    here.filter_map(|symbol| {
        if snapshot.client.has_symbol_trees {
            let symbol = DocumentSymbol {
                name: symbol.name,
                detail: Some(symbol.detail),
                kind: symbol.kind,
                tags: None,
                #[allow(deprecated)]
                deprecated: None,
                range: snapshot.range(symbol.whole),
                selection_range: snapshot.range(symbol.span),
                children: None,
            };
            return serde_json::to_value(symbol).ok();
        }
        serde_json::to_value(information(snapshot, symbol)?).ok()
    })
    .collect()
}

fn information(snapshot: &Snapshot<'_>, symbol: Symbol) -> Option<SymbolInformation> {
    let base_symbol_information =
        BaseSymbolInformation { name: symbol.name, kind: symbol.kind, tags: None, container_name: Some(symbol.detail) };
    Some(SymbolInformation {
        #[allow(deprecated)]
        deprecated: None,
        location: snapshot.location(symbol.whole)?,
        base_symbol_information,
    })
}

/// The symbols of a folder whose name contains the letters of a query in order.
pub(super) fn symbols(snapshot: &Snapshot<'_>, query: &str) -> Vec<SymbolInformation> {
    /// The maximum: an editor filters again, and nobody reads more.
    const MOST: usize = 500;
    let is_wanted = |name: &str| {
        let mut letters = name.chars().flat_map(char::to_lowercase);
        query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
    };
    let symbols = named(snapshot.outcome).into_iter().filter(|symbol| is_wanted(&symbol.name));
    symbols.filter_map(|symbol| information(snapshot, symbol)).take(MOST).collect()
}
