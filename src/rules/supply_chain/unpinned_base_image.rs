//! Base images without a version.

use super::latest_tag::with_version;
use crate::catalogue::Context;
use crate::finding::{Cause, Severity};
use crate::model::{Image, Pin, UsedAs};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let own = project.own_images();
    for used in project.image_uses().into_iter().filter(|used| used.used_as == UsedAs::Base) {
        let (image, owner) = (used.image, &used.owner);
        let name = image.text.shown();
        let (fault, help) = match &image.pin {
            _ if needs_no_tag(image) => continue,
            Pin::Missing => (
                " without a version",
                "name a version, as in `python:3.13-slim`: without one, the build uses the current `latest`".to_owned(),
            ),
            Pin::Tag(tag) if !names_version(image, tag) => (
                ", whose tag names no version",
                format!("add a version to the tag: `{tag}` moves from one major version to the next"),
            ),
            Pin::Unknown => {
                if let Some(why) = image.text.why() {
                    cx.unknown(image.text.span(), why);
                }
                continue;
            }
            Pin::Tag(_) | Pin::Latest | Pin::Digest => continue,
        };
        let fix = with_version(image);
        let finding = cx.flag(used.place, format!("{owner} is built on `{name}`{fault}"));
        finding.fix = fix;
        finding.subject = Some(image.repository());
        finding.cause = Some(Cause::same(image.repository(), String::new()));
        finding.help = Some(help);
        // The team decides itself when its own image changes.
        if own.holds(image) {
            finding.severity = Severity::Info;
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
    let has_version = repository.ends_with(|c: char| c.is_ascii_digit());
    repository.starts_with("gcr.io/distroless/") && has_version
        || image.is_cloud_builder()
        || is_of_marketplace && has_version
}
