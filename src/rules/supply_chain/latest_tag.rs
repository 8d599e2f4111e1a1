//! Images with the tag `latest`, written or by default.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Image, ImageUse, Pin, UsedAs};

pub(super) fn check(cx: &mut Context<'_>) {
    for used in cx.project.image_uses() {
        if let Some(why) = used.unknown_pin().filter(|_| used.used_as != UsedAs::Step) {
            cx.unknown(used.place.span, &why);
        }
        let (name, owner) = (used.image.text.shown(), used.owner.as_str());
        let is_implicit = used.image.pin == Pin::Missing && used.used_as != UsedAs::Base;
        if used.used_as == UsedAs::Step || is_sample(&used) || !(used.image.pin == Pin::Latest || is_implicit) {
            continue;
        }
        let verb = match used.used_as {
            UsedAs::Base => "is built on",
            UsedAs::CopySource => "copies from",
            UsedAs::Container | UsedAs::Service | UsedAs::Step => "runs",
        };
        let tail = if is_implicit { " without a tag, which means `latest`" } else { ", a tag that moves" };
        let help = if used.used_as == UsedAs::Container {
            "deploy the tag or digest that the build has just pushed, such as the commit hash"
        } else {
            "name the version you tested with: `latest` can change without a commit"
        };
        let fix = with_version(used.image);
        let finding = cx.flag(used.place, format!("{owner} {verb} `{name}`{tail}"));
        finding.help = Some(help.to_owned());
        finding.fix = fix;
        finding.subject = Some(used.image.repository());
        finding.cause = Some(Cause::same(used.image.repository(), String::new()));
    }
}

/// A fix that replaces the tag of an official image with the version it pointed to when seaworthy was released.
pub(super) fn with_version(image: &Image) -> Option<Fix> {
    let tag = image.versioned_tag().filter(|_| image.text.trail().is_empty() && image.text.why().is_none())?;
    let edit = Edit::replace(image.tag_span(), format!(":{tag}"));
    Some(Fix::risky(
        format!("write `{tag}`, which was current when this version of seaworthy was released"),
        vec![edit],
    ))
}

/// Whether it is one of Google's sample images, which are placeholders until the first deployment.
fn is_sample(used: &ImageUse<'_>) -> bool {
    let repository = used.image.repository();
    repository.starts_with("gcr.io/cloudrun/") || repository.contains("-docker.pkg.dev/cloudrun/")
}
