//! Container registries.

use super::Words;

/// First parts of names on `gcr.io` that belong to Google or to other projects. Their images were moved to Artifact
/// Registry and keep their names (<https://cloud.google.com/artifact-registry/docs/transition/transition-from-gcr>).
pub(crate) static OWNERS_ON_GCR: Words = Words::new(
    "
    cloud-builders google.com google-containers google_containers distroless cloudrun google-samples buildpacks
    kaniko-project cloud-sql-connectors cloudsql-docker google-appengine cloud-marketplace k8s-skaffold
    gke-release endpoints-release knative-releases tekton-releases istio-release k8s-staging kubebuilder
    stackdriver-agents google_appengine go-containerregistry projectsigstore datadoghq cloud-spanner-emulator
    cloud-tagging-10302018 flame-public cloud-builders-community-test k8s-prow",
);
