//! Build contexts that are copied whole, without an ignore file.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Project, Why};
use std::collections::HashSet;

/// A folder below the root with fewer files is copied quickly.
const MANY_FILES: usize = 50;

pub(super) fn check(cx: &mut Context<'_>) {
    let mut told = HashSet::new();
    let project = cx.project;
    for copy in &project.wide_copies {
        if copy.is_filtered.is_none() {
            cx.unknown(copy.span, &Why::Other("the build context is known only when the build runs".into()));
        }
        let Some(context) = &copy.context else { continue };
        if copy.is_filtered == Some(false) && is_worth_filtering(project, context) && told.insert(copy.source) {
            let finding =
                cx.flag(copy.span, "this copies the whole build context, and no `.dockerignore` excludes anything");
            let (what, git) = if context.is_empty() { ("the root", "`.git`, ") } else { (context.as_str(), "") };
            finding.cause = Some(Cause::same(what, String::new()));
            finding.help = Some(format!(
                "add a `.dockerignore` with at least {git}packages installed locally, build output, and environment files that the image does not need"
            ));
        }
    }
}

/// Whether a context holds what an image should not: the root has the history, other folders may have packages that were
/// installed locally, or environment files, or simply many files.
fn is_worth_filtering(project: &Project, context: &str) -> bool {
    let mut files = project.tree.below(context);
    let name = |file: &str| file.rsplit('/').next().unwrap_or(file).to_owned();
    context.is_empty()
        || project.tree.below(context).count() >= MANY_FILES
        || files.any(|file| name(file) == "package.json" || name(file).starts_with(".env"))
}
