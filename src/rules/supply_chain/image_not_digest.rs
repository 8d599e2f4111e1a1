//! Base and build images that are pinned only by a tag.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Base, ImageUse, Pin, UsedAs};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for stage in project.dockerfiles.iter().flat_map(|file| &file.stages) {
        if let Base::Unknown(why) = &stage.base {
            cx.unknown(stage.span, why);
        }
    }
    let is_run = |used: &ImageUse<'_>| matches!(used.used_as, UsedAs::Container | UsedAs::Service);
    for used in project.image_uses().into_iter().filter(|used| !is_run(used)) {
        if let Some(why) = used.unknown_pin() {
            cx.unknown(used.place.span, &why);
        }
        let repository = used.image.repository();
        let is_builder = used.image.is_cloud_builder();
        let is_tagged = matches!(used.image.pin, Pin::Tag(_))
            || (repository.starts_with("gcr.io/distroless/") && used.image.pin == Pin::Missing);
        if is_builder || !is_tagged || !used.image.is_named() {
            continue;
        }
        let message =
            format!("{} uses `{}` by tag, which the owner of the image can move", used.owner, used.image.text.shown());
        let finding = cx.flag(used.place, message);
        finding.help = Some("add the digest after the tag, as in `python:3.13-slim@sha256:...`".to_owned());
        finding.subject = Some(repository.clone());
        finding.cause = Some(Cause::same(repository, String::new()));
    }
}
