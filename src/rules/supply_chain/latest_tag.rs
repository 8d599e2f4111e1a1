//! Images at `latest`, written out or by default.

use crate::model::{ImageUse, Pin, UsedAs};
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for used in cx.project.image_uses() {
        let (name, owner) = (used.image.text.shown(), used.owner.as_str());
        let is_implicit = used.image.pin == Pin::Missing && used.used_as != UsedAs::Base;
        if used.used_as == UsedAs::Step || is_sample(&used) || !(used.image.pin == Pin::Latest || is_implicit) {
            continue;
        }
        let verb = match used.used_as {
            UsedAs::Base => "is built on",
            UsedAs::CopySource => "copies from",
            UsedAs::Container | UsedAs::Step => "runs",
        };
        let tail = if is_implicit { " without a tag, which means `latest`" } else { "" };
        let help = if used.used_as == UsedAs::Container {
            "deploy the tag or digest that the build has just pushed, such as the commit's"
        } else {
            "name the version you tested with: `latest` changes under you, and no commit shows it"
        };
        cx.flag(used.place, format!("{owner} {verb} `{name}`{tail}")).help = Some(help.to_owned());
    }
}

/// Google's sample images stand in until the first deployment.
fn is_sample(used: &ImageUse<'_>) -> bool {
    let repository = used.image.repository();
    repository.starts_with("gcr.io/cloudrun/") || repository.contains("-docker.pkg.dev/cloudrun/")
}
