//! Base images without a version.

use super::latest_tag::with_version;
use crate::catalogue::Context;
use crate::model::{Image, Pin, UsedAs};

pub(super) fn check(cx: &mut Context<'_>) {
    for used in cx.project.image_uses().into_iter().filter(|used| used.used_as == UsedAs::Base) {
        let (image, owner) = (used.image, &used.owner);
        let name = image.text.shown();
        match &image.pin {
            _ if needs_no_tag(image) => {}
            Pin::Missing => {
                let fix = with_version(image);
                let finding = cx.flag(used.place, format!("{owner} is built on `{name}` without a version"));
                finding.fix = fix;
                finding.subject = Some(image.repository());
                finding.help = Some(
                    "name a version, as in `python:3.13-slim`: without one, the build uses the current `latest`"
                        .to_owned(),
                );
            }
            Pin::Tag(tag) if !names_version(image, tag) => {
                let fix = with_version(image);
                let finding = cx.flag(used.place, format!("{owner} is built on `{name}`, whose tag names no version"));
                finding.fix = fix;
                finding.subject = Some(image.repository());
                finding.help =
                    Some(format!("add a version to the tag: `{tag}` moves from one major version to the next"));
            }
            Pin::Unknown => {
                if let Some(why) = image.text.why() {
                    cx.unknown(image.text.span(), why);
                }
            }
            Pin::Tag(_) | Pin::Latest | Pin::Digest => {}
        }
    }
}

/// Whether a tag names a version: it contains a digit, or is a code name of Debian or Ubuntu.
fn names_version(image: &Image, tag: &str) -> bool {
    const CODE_NAMES: &[&str] = &[
        "buster", "bullseye", "bookworm", "trixie", "forky", "stretch", "xenial", "bionic", "focal", "jammy", "noble",
        "resolute", "oracular", "plucky", "questing", "jessie", "wheezy", "trusty",
    ];
    let by_code_name = tag.split(['-', '.']).any(|part| CODE_NAMES.contains(&part));
    tag.contains(|c: char| c.is_ascii_digit())
        || (by_code_name && matches!(image.hub_name(), Some("debian" | "ubuntu" | "buildpack-deps")))
}

/// Images that carry their version in their names (`gcr.io/distroless/static-debian12`, `marketplace.gcr.io/google/debian12`)
/// or, like Cloud Build's builders, have no version tags at all.
fn needs_no_tag(image: &Image) -> bool {
    let repository = image.repository();
    let is_of_marketplace = matches!(image.host.as_deref(), Some("marketplace.gcr.io" | "launcher.gcr.io"));
    repository.starts_with("gcr.io/distroless/")
        || repository.starts_with("gcr.io/cloud-builders/")
        || is_of_marketplace && repository.ends_with(|c: char| c.is_ascii_digit())
}
