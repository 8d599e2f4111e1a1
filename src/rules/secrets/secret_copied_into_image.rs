//! Files with secrets that a Dockerfile copies by name.

use crate::catalogue::Context;
use crate::finding::Severity;
use crate::model::{Copied, file_holds_secrets, file_may_hold_token};

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
                    let holds_secrets = file_holds_secrets(path);
                    if !holds_secrets && !file_may_hold_token(path) {
                        continue;
                    }
                    let shown = source.shown();
                    let message = if holds_secrets {
                        format!("this copies `{shown}` into the image, where everyone who can pull it can read it")
                    } else {
                        format!("this copies `{shown}` into the image, with any token in it")
                    };
                    let finding = cx.flag(source.place(), message);
                    finding.help = Some("read it from Secret Manager when the service starts, or mount it in the one `RUN` that needs it (`--mount=type=secret`)".to_owned());
                    if !holds_secrets {
                        finding.severity = Severity::Warning;
                    }
                }
            }
        }
    }
}
