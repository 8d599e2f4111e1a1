//! Build steps that run in an image without a version.

use super::latest_tag::with_version;
use crate::catalogue::Context;
use crate::finding::Severity;
use crate::model::{Pin, UsedAs};
use crate::source::HOLE;

pub(super) fn check(cx: &mut Context<'_>) {
    for used in cx.project.image_uses().into_iter().filter(|used| used.used_as == UsedAs::Step) {
        let image = used.image;
        if let Some(why) = used.unknown_pin() {
            cx.unknown(used.place.span, &why);
        }
        let repository = image.repository();
        let is_open = matches!(image.pin, Pin::Missing | Pin::Latest);
        // Cloud Build's own builders have no version tags, and a project controls its own images.
        let is_exempt =
            repository.starts_with("gcr.io/cloud-builders/") || (repository.contains(HOLE) && image.host.is_some());
        if is_exempt || !is_open {
            continue;
        }
        let is_google = repository.contains("cloudsdktool/") || repository.starts_with("gcr.io/google.com/");
        let fix = with_version(image);
        let finding = cx.flag(
            used.place,
            format!("{} runs in `{}`, which can change from build to build", used.owner, image.text.shown()),
        );
        finding.fix = fix;
        finding.subject = Some(repository.clone());
        finding.help = Some("name a version in the tag, so that the same commit builds the same way".to_owned());
        if is_google {
            finding.severity = Severity::Info;
        }
    }
}
