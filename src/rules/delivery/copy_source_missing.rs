//! `COPY` and `ADD` of files that are not in the build context.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Label};
use crate::model::{Build, BuildFile, Why};
use std::sync::Arc;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let is_built_somewhere = |build: &&Arc<Build>| matches!(build.file, BuildFile::Found(_)) && build.context.is_none();
    for build in project.builds.iter().filter(is_built_somewhere) {
        cx.unknown(build.span, &Why::Other("the build context is known only when the build runs".into()));
    }
    for source in &project.missing_sources {
        let (shown, context) = (&source.shown, &source.context);
        match &source.ignored {
            Some((pattern, list)) => {
                let finding =
                    cx.flag(source.span, format!("`{shown}` is not in the build context: `{list}` excludes it"));
                finding.related.push(Label { span: *pattern, message: "excluded by this pattern".to_owned() });
                finding.help = Some(format!(
                    "include it again with the line `!{}`, or don't copy it",
                    shown.trim_start_matches("./")
                ));
            }
            None => {
                let finding = cx.flag(source.span, format!("`{shown}` does not exist in {context}"));
                finding.related.extend(
                    source
                        .build
                        .map(|span| Label { span, message: "this build uses that folder as its context".to_owned() }),
                );
                finding.help = Some(match &source.meant {
                    Some(meant) => format!("name the existing file `{meant}`, or commit the missing one"),
                    None => "correct the path, which is relative to the build context, or commit the file".to_owned(),
                });
                finding.fix = source.meant.as_ref().map(|meant| {
                    Fix::risky(format!("copy `{meant}`"), vec![Edit::replace(source.span, meant.clone())])
                });
            }
        }
    }
}
