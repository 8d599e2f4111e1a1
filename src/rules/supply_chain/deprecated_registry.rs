//! Images of one's own in Container Registry, which is shut down.

use crate::model::{Image, Place, Text};
use crate::rule::Context;
use crate::source::HOLE;
use crate::span::SourceId;
use std::collections::HashSet;

/// First parts of `gcr.io` names that are Google's own or a foundation's; they were moved without a change of name.
const OTHERS: &[&str] = &[
    "cloud-builders",
    "google.com",
    "google-containers",
    "google_containers",
    "distroless",
    "cloudrun",
    "google-samples",
    "buildpacks",
    "kaniko-project",
    "cloud-sql-connectors",
    "cloudsql-docker",
    "google-appengine",
    "cloud-marketplace",
    "k8s-skaffold",
    "gke-release",
    "endpoints-release",
    "knative-releases",
    "tekton-releases",
    "istio-release",
    "k8s-staging",
    "kubebuilder",
    "stackdriver-agents",
    "google_appengine",
    "go-containerregistry",
    "projectsigstore",
    "datadoghq",
    "cloud-spanner-emulator",
    "cloud-tagging-10302018",
    "flame-public",
    "cloud-builders-community-test",
    "k8s-prow",
];

pub(super) fn check(cx: &mut Context<'_>) {
    let mut uses: Vec<(Image, Place, bool)> = Vec::new();
    let project = cx.project;
    for used in project.image_uses() {
        let is_own = used.used_as == crate::model::UsedAs::Container;
        uses.push((used.image.clone(), used.place, is_own));
    }
    let pushed = project
        .pipelines
        .iter()
        .flat_map(|pipeline| &pipeline.images)
        .chain(project.builds.iter().flat_map(|build| &build.tags));
    uses.extend(pushed.map(|text: &Text| (Image::of(text.clone()), text.place(), true)));
    let mut told: HashSet<(SourceId, String)> = HashSet::new();
    for (image, place, is_pushed) in uses {
        let is_registry = matches!(image.host.as_deref(), Some("gcr.io" | "us.gcr.io" | "eu.gcr.io" | "asia.gcr.io"));
        let first = image.name.split('/').next().unwrap_or_default();
        // Of an image that is only pulled, an unknown first part is the project's own id.
        let is_own = first.contains(HOLE) || (is_pushed && !OTHERS.contains(&first));
        if !is_registry || !is_own || !told.insert((place.span.source, image.repository())) {
            continue;
        }
        let message = format!("`{}` is in Container Registry, which is shut down", image.text.shown());
        cx.flag(place, message).help = Some(
            "move it to Artifact Registry (`REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE`), or make sure that `gcr.io` names are routed there".to_owned(),
        );
    }
}
