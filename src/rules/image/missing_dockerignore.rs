//! Build contexts that are copied whole, without an ignore file.

use crate::catalogue::Context;
use crate::model::Why;
use std::collections::HashSet;

pub(super) fn check(cx: &mut Context<'_>) {
    let mut told = HashSet::new();
    for copy in &cx.project.wide_copies {
        if copy.is_filtered.is_none() {
            cx.unknown(copy.span, &Why::Other("the build context is known only when the build runs".into()));
        }
        if copy.is_filtered == Some(false) && told.insert(copy.source) {
            let finding =
                cx.flag(copy.span, "this copies the whole build context, and no `.dockerignore` excludes anything");
            finding.help = Some("add a `.dockerignore` with at least `.git`, `.env*` and build output".to_owned());
        }
    }
}
