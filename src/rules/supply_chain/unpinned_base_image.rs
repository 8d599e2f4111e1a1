//! Base images without a version.

use crate::model::{Image, Pin, UsedAs};
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for used in cx.project.image_uses().into_iter().filter(|used| used.used_as == UsedAs::Base) {
        let (image, owner) = (used.image, &used.owner);
        let name = image.text.shown();
        match &image.pin {
            // Distroless images have one tag per Debian release in their names; the strict rule asks for a digest.
            // Cloud Build's builders have no version tags at all.
            _ if image.repository().starts_with("gcr.io/distroless/")
                || image.repository().starts_with("gcr.io/cloud-builders/") => {}
            Pin::Missing => {
                cx.flag(used.place, format!("{owner} is built on `{name}` without a version")).help = Some(
                    "name a version, as in `python:3.13-slim`: without one, the build takes whatever `latest` is that day".to_owned(),
                );
            }
            Pin::Tag(tag) if !names_version(image, tag) => {
                cx.flag(used.place, format!("{owner} is built on `{name}`, whose tag names no version")).help =
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

/// A tag with a number names a version; so do the code names of Debian and Ubuntu.
fn names_version(image: &Image, tag: &str) -> bool {
    const CODE_NAMES: &[&str] = &[
        "buster", "bullseye", "bookworm", "trixie", "forky", "stretch", "xenial", "bionic", "focal", "jammy", "noble",
        "resolute", "oracular", "plucky", "questing", "jessie", "wheezy", "trusty",
    ];
    let by_code_name = tag.split(['-', '.']).any(|part| CODE_NAMES.contains(&part));
    tag.contains(|c: char| c.is_ascii_digit())
        || (by_code_name && matches!(image.hub_name(), Some("debian" | "ubuntu" | "buildpack-deps")))
}
