//! `COPY` and `ADD` of files that are not in the build context.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix, Label};
use crate::model::{Build, BuildFile, MissingSource, Why, listed};
use crate::span::Span;
use std::sync::Arc;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let is_built_somewhere = |build: &&Arc<Build>| matches!(build.file, BuildFile::Found(_)) && build.context.is_none();
    for build in project.builds.iter().filter(is_built_somewhere) {
        cx.unknown(build.span, &Why::Other("the build context is known only when the build runs".into()));
    }
    // The sources of one instruction that do not exist are one finding.
    let belong_together = |one: &MissingSource, next: &MissingSource| {
        one.copy == next.copy && one.context == next.context && one.ignored.is_none() && next.ignored.is_none()
    };
    for sources in project.missing_sources.chunk_by(belong_together) {
        match &sources[0].ignored {
            Some((pattern, list)) => excluded(cx, &sources[0], *pattern, list),
            None => absent(cx, sources),
        }
    }
}

/// Reports a source that an ignore list excludes.
fn excluded(cx: &mut Context<'_>, source: &MissingSource, pattern: Span, list: &str) {
    let shown = &source.shown;
    let is_git = list.ends_with(".gitignore");
    let message = if is_git {
        format!(
            "`{shown}` is not in the checkout that this image is built from: `{list}` keeps it out of the repository"
        )
    } else {
        format!("`{shown}` is not in the build context: `{list}` excludes it")
    };
    let thing = format!("{list} and {}", cx.project.file(source.span.source).path);
    let finding = cx.flag(source.span, message);
    finding.cause = Some(Cause::same(thing, format!("`{shown}`")));
    finding.related.push(Label { span: pattern, message: "excluded by this pattern".to_owned() });
    if let Some(span) = source.build.filter(|_| is_git) {
        finding.related.push(Label { span, message: "this build works on a fresh checkout".to_owned() });
    }
    finding.help = Some(if is_git {
        "make it in an earlier step of this pipeline, or commit it if it is no secret".to_owned()
    } else {
        format!("include it again with the line `!{}`, or don't copy it", shown.trim_start_matches("./"))
    });
}

/// Reports the sources of one instruction that do not exist.
fn absent(cx: &mut Context<'_>, sources: &[MissingSource]) {
    let [first, others @ ..] = sources else { return };
    let verb = if others.is_empty() { "does" } else { "do" };
    let names: Vec<String> = sources.iter().map(|source| source.shown.clone()).collect();
    let finding = cx.flag(first.span, format!("{} {verb} not exist in {}", listed(&names), first.context));
    finding.related.extend(
        first.build.map(|span| Label { span, message: "this build uses that folder as its context".to_owned() }),
    );
    let meant: Vec<String> = sources.iter().filter_map(|source| source.meant.clone()).collect();
    if meant.len() < sources.len() {
        finding.help = Some("correct the path, which is relative to the build context, or commit the file".to_owned());
        return;
    }
    finding.help = Some(format!("name the existing {}, or commit what is missing", listed(&meant)));
    let edits = sources.iter().filter_map(|source| Some(Edit::replace(source.span, source.meant.clone()?)));
    finding.fix = Some(Fix::risky(format!("copy {}", listed(&meant)), edits.collect()));
}
