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
                for source in &copy.sources {
                    let Some(path) = source.known() else { continue };
                    if !file_holds_secrets(path) {
                        continue;
                    }
                    let shown = source.shown();
                    let message =
                        format!("this copies `{shown}` into the image, where everyone who can pull it can read it");
                    let finding = cx.flag(source.place(), message);
                    finding.help = Some("read it from Secret Manager when the service starts, or mount it in the one `RUN` that needs it (`--mount=type=secret`)".to_owned());
                }
            }
        }
    }
}
