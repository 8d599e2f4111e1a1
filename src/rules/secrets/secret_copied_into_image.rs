//! Files with secrets that a Dockerfile copies by name.

use crate::catalogue::Context;
use crate::model::{Copied, file_holds_secrets};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in &project.dockerfiles {
        for stage in project.shipped_stages(file) {
            for copy in stage.copies.iter().filter(|copy| matches!(copy.from, Copied::Context)) {
                for (source, why) in copy.sources.iter().filter_map(|source| Some((source, source.why()?))) {
                    cx.unknown(source.span(), why);
                }
                for source in copy.sources.iter().filter(|source| source.known().is_some_and(file_holds_secrets)) {
                    let message = format!(
                        "{} copies `{}` into the image, where everyone who can pull the image can read it",
                        stage.label(),
                        source.shown()
                    );
                    cx.flag(source.place(), message).help =
                        Some("read it from Secret Manager when the service starts, or mount it in the one `RUN` that needs it (`--mount=type=secret`)".to_owned());
                }
            }
        }
    }
}
