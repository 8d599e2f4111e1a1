//! Build steps that run in an image without a version.

use super::latest_tag::with_version;
use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Pin, UsedAs};
use crate::source::HOLE;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let own = project.own_images();
    for used in project.image_uses().into_iter().filter(|used| used.used_as == UsedAs::Step) {
        let image = used.image;
        if let Some(why) = used.unknown_pin() {
            cx.unknown(used.place.span, &why);
        }
        let repository = image.repository();
        let is_open = matches!(image.pin, Pin::Missing | Pin::Latest);
        // Google keeps its builders and its command line working, and a project controls its own images.
        let is_google = image.is_cloud_builder()
            || repository.contains("cloudsdktool/")
            || repository.starts_with("gcr.io/google.com/");
        let is_own = (repository.contains(HOLE) && image.host.is_some()) || own.holds(image);
        // A step in a distribution only uses its shell.
        let is_shell = matches!(image.hub_name(), Some("alpine" | "ubuntu" | "debian" | "busybox" | "bash"));
        let is_exempt = is_google || is_own || is_shell;
        if is_exempt || !is_open {
            continue;
        }
        let fix = with_version(image);
        let finding = cx.flag(
            used.place,
            format!("{} runs in `{}`, which can change from build to build", used.owner, image.text.shown()),
        );
        finding.fix = fix;
        finding.subject = Some(repository.clone());
        finding.cause = Some(Cause::same(repository, String::new()));
        finding.help = Some("name a version in the tag, so that the same commit builds the same way".to_owned());
    }
}
