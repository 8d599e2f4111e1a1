//! Base images without a version.

use super::latest_tag::with_version;
use crate::catalogue::Context;
use crate::finding::{Cause, Severity};
use crate::model::{Image, Pin, Project, UsedAs};
use crate::source::HOLE;
use std::collections::HashSet;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let own = own_places(project);
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
        if place_of(image).is_some_and(|place| own.contains(&place)) {
            finding.severity = Severity::Info;
        }
    }
}

/// The registries and projects in which this repository keeps images: `gcr.io/shop`, `europe-docker.pkg.dev/shop`.
fn own_places(project: &Project) -> HashSet<String> {
    let pushed = project.pushed_images().filter_map(|text| place_of(&Image::of(text.clone())));
    let containers = project.workloads.iter().flat_map(|workload| &workload.containers);
    let run = containers.filter_map(|container| place_of(container.image.known()?.0));
    pushed.chain(run).collect()
}

/// The registry and the project of an image, in a registry of Google Cloud.
fn place_of(image: &Image) -> Option<String> {
    let host = image.host.as_deref().filter(|host| host.ends_with("gcr.io") || host.ends_with("pkg.dev"))?;
    let first = image.name.split('/').next().filter(|first| !first.contains(HOLE))?;
    Some(format!("{host}/{first}"))
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
