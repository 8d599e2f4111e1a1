//! Containers that start with a file which their image does not have.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for missing in &project.missing_starts {
        let Some(file) = project.dockerfile(missing.place.source) else { continue };
        let Some(stage) = project.final_stages(file).into_iter().find(|stage| stage.index == missing.stage) else {
            continue;
        };
        if !missing.is_certain {
            let why = format!("`{}` may be part of the base image or of another stage", missing.path);
            cx.unknown(missing.place, &Why::Other(why.into()));
            continue;
        }
        let finding = cx.flag(
            missing.place,
            format!("{} starts with `{}`, and nothing copies `{}` into it", stage.label(), missing.word, missing.path),
        );
        finding.subject = Some(missing.word.clone());
        finding.help = Some("copy the file, or start the program where the image has it".to_owned());
        if let Some((span, list)) = &missing.excluded {
            finding
                .related
                .push(Label { span: *span, message: format!("`{list}` leaves it out of the build context") });
        }
    }
}
