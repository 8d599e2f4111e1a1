//! Build contexts that are copied whole and unfiltered.

use crate::catalogue::Context;
use crate::model::Why;
use std::collections::HashSet;

pub(super) fn check(cx: &mut Context<'_>) {
    let mut told = HashSet::new();
    for copy in &cx.project.wide_copies {
        if copy.is_filtered.is_none() {
            cx.unknown(copy.span, &Why::Other("the build context is known only when it runs".into()));
        }
        if copy.is_filtered == Some(false) && told.insert(copy.source) {
            let finding = cx.flag(
                copy.span,
                "this copies the whole build context, and no `.dockerignore` keeps anything out of it",
            );
            finding.help =
                Some("add a `.dockerignore` with at least `.git`, `.env*`, and what a build makes".to_owned());
        }
    }
}
