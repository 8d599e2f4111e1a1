//! A project's own images in Container Registry, which was shut down.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Command, Home, Image, Place, Project, Resource, Setting, is_of_others};
use crate::source::HOLE;
use crate::span::SourceId;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn check(cx: &mut Context<'_>) {
    let mut uses: Vec<(Image, Place, bool)> = Vec::new();
    let project = cx.project;
    for used in project.image_uses() {
        let is_own = used.used_as == crate::model::UsedAs::Container;
        uses.push((used.image.clone(), used.place, is_own));
    }
    uses.extend(project.pushed_images().map(|text| (Image::of(text.clone()), text.place(), true)));
    // Where Artifact Registry's own name of the repository is in use as well, the project routes the old name to it.
    let routed: HashSet<String> = uses.iter().filter_map(|(image, ..)| routes(image)).collect();
    // Terraform that manages such a repository does the same.
    let names_host = |resource: &Resource| matches!(resource.block.get("repository_id"), Setting::Known(value, _) if value.text().is_some_and(|id| id.ends_with("gcr.io")));
    let has_repository = project.resources_of("google_artifact_registry_repository").any(names_host);
    let mut told: HashSet<(SourceId, String)> = HashSet::new();
    for (image, place, is_pushed) in &uses {
        let place = place.clone();
        if let Some(why) = image.text.why().filter(|_| *is_pushed && image.text.raw().starts_with(HOLE)) {
            cx.unknown(place.span, why);
        }
        let is_registry = matches!(image.host.as_deref(), Some("gcr.io" | "us.gcr.io" | "eu.gcr.io" | "asia.gcr.io"));
        let first = image.name.split('/').next().unwrap_or_default();
        // An unknown first part is the project's own id, also in an image that is only pulled.
        let is_own = first.contains(HOLE) || (*is_pushed && !is_of_others(first));
        let is_routed =
            || has_repository || routed.contains(&format!("{first}/{}", image.host.as_deref().unwrap_or_default()));
        if !is_registry || !is_own || is_routed() || !told.insert((place.span.source, image.repository())) {
            continue;
        }
        let message = format!(
            "`{}` is a name of Container Registry, which works only where the project routes it to Artifact Registry",
            image.text.shown()
        );
        let finding = cx.flag(place, message);
        finding.subject = Some(image.repository());
        let host = image.host.as_deref().unwrap_or_default();
        finding.cause = Some(Cause::same(format!("{host}/{}", first.replace(HOLE, "*")), String::new()));
        finding.fix = moved(project, image, uses.iter().map(|(other, ..)| other));
        finding.help = Some(
            "name the image in Artifact Registry (`REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE`) when you next touch this; outside of Cloud Build, `gcloud auth configure-docker` lets Docker log in there".to_owned(),
        );
    }
}

/// The project and the host that an image of Artifact Registry proves to be routed: `shop/gcr.io` for
/// `us-docker.pkg.dev/shop/gcr.io/api`.
fn routes(image: &Image) -> Option<String> {
    image.host.as_deref()?.ends_with("-docker.pkg.dev").then_some(())?;
    let mut parts = image.name.split('/');
    let (project, repository) = (parts.next()?, parts.next()?);
    repository.ends_with("gcr.io").then(|| format!("{project}/{repository}"))
}

/// The name of the same image in the repository that Artifact Registry keeps for a host of Container Registry
/// (<https://cloud.google.com/artifact-registry/docs/transition/setup-gcr-repo>): `gcr.io/p/i` is `us-docker.pkg.dev/p/gcr.io/i`.
fn moved<'a>(project: &Project, image: &Image, uses: impl Iterator<Item = &'a Image>) -> Option<Fix> {
    let (source, repository) = (image.text.span().source, image.repository());
    let same = uses.filter(|other| other.text.span().source == source && other.repository() == repository);
    let mut all: Vec<Image> = same.cloned().collect();
    // Docker must know how to log in at the new host; in a build it does.
    let has_word = |command: &&Arc<Command>, part: &str| command.words.iter().any(|word| word.raw().contains(part));
    let pushes = |command: &&Arc<Command>| {
        matches!(command.home, Home::Script(home) | Home::Target(home, ..) if home == source)
            && command.name() == Some("docker")
            && has_word(command, "push")
    };
    let is_configured = |command: &&Arc<Command>| has_word(command, "configure-docker") && has_word(command, "pkg.dev");
    if project.commands.iter().any(|command| pushes(&command))
        && !project.commands.iter().any(|command| is_configured(&command))
    {
        return None;
    }
    // An image built under the old name can't be pushed under the new one, so commands are edited too.
    for word in project.commands.iter().filter(|command| command.source() == source).flat_map(|command| &command.words)
    {
        for (at, _) in word.raw().match_indices(&repository) {
            let end = word.raw()[at..].find([' ', '"', '\'', ',', '\n']).map_or(word.raw().len(), |length| at + length);
            let named = Image::of(word.slice(at..end));
            if named.repository() == repository {
                all.push(named);
            }
        }
    }
    let mut edits: Vec<Edit> = Vec::new();
    for named in &all {
        let (registry, part) = renamed(named)?;
        if edits.iter().all(|edit| edit.span != registry.span) {
            edits.extend([registry, part]);
        }
    }
    Some(Fix::risky("use the Artifact Registry repository for this name", edits))
}

fn renamed(image: &Image) -> Option<(Edit, Edit)> {
    let (host, location) = match image.host.as_deref()? {
        "gcr.io" => ("gcr.io", "us"),
        "us.gcr.io" => ("us.gcr.io", "us"),
        "eu.gcr.io" => ("eu.gcr.io", "europe"),
        "asia.gcr.io" => ("asia.gcr.io", "asia"),
        _ => return None,
    };
    let raw = image.text.raw();
    let project = raw.strip_prefix(host)?.strip_prefix('/')?.split('/').next()?;
    let rest = host.len() + 1 + project.len() + 1;
    // The id of a domain-scoped project (`example.com:project`) is written differently in Artifact Registry.
    if project.contains(['.', ':']) || !image.text.trail().is_empty() || raw.len() <= rest {
        return None;
    }
    let registry = Edit::replace(image.text.slice(0..host.len()).span(), format!("{location}-docker.pkg.dev"));
    let part = Edit::replace(image.text.slice(rest..raw.len()).span().head(), format!("{host}/"));
    Some((registry, part))
}
