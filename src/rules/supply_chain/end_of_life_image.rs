//! Images of releases that get no security updates any more.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Base, Copied, Dockerfile, Ended, Image, Stage};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in &project.dockerfiles {
        let shipped = project.shipped_stages(file);
        for stage in &file.stages {
            let Base::Image(image) = &stage.base else { continue };
            if !image.tells_release() && image.ended().is_none() {
                continue;
            }
            let is_shipped = shipped.iter().any(|shipped| shipped.index == stage.index);
            if is_shipped && image.text.why().is_some() {
                cx.unknown(image.text.span(), image.text.why().expect("it was asked just now"));
            }
            let Some(ended) = image.ended() else { continue };
            if is_shipped || ended.is_compiled_in && gives_files(file, stage, &shipped) {
                flag(cx, stage, image, &ended);
            }
        }
    }
}

/// Whether a shipped stage copies files from this one.
fn gives_files(file: &Dockerfile, stage: &Stage, shipped: &[&Stage]) -> bool {
    let copies = shipped.iter().flat_map(|shipped| &shipped.copies);
    let origins = copies.filter_map(|copy| match copy.from {
        Copied::Stage(index) => file.stages.get(index),
        _ => None,
    });
    origins.into_iter().flat_map(|origin| file.lineage(origin)).any(|origin| origin.index == stage.index)
}

fn flag(cx: &mut Context<'_>, stage: &Stage, image: &Image, ended: &Ended) {
    let Ended { release, day, .. } = ended;
    let message = format!("{} is built on {release}, without security updates since {day}", stage.label());
    let finding = cx.flag(image.text.place(), message);
    finding.subject = Some(image.repository());
    finding.cause = Some(Cause::same(release.clone(), String::new()));
    finding.help = Some("move to a release that is supported, and test the image with it".to_owned());
}
