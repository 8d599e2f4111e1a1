//! Versions of Kubernetes' API that clusters no longer serve.

/// A version of an object that was removed.
#[derive(Debug)]
pub(crate) struct Removed {
    /// The version: `policy/v1beta1`.
    pub(crate) version: &'static str,
    /// The kinds of objects, separated by blanks.
    pub(crate) kinds: &'static str,
    /// The release of Kubernetes without it. All of them are older than any that GKE still offers
    /// (<https://cloud.google.com/kubernetes-engine/docs/release-schedule>).
    pub(crate) since: &'static str,
    /// The version to use instead; `None` if there is none.
    pub(crate) instead: Option<&'static str>,
    /// Whether only the version changes, and no field.
    pub(crate) is_same: bool,
}

/// From <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>.
pub(crate) const REMOVED: &[Removed] = &[
    removed("extensions/v1beta1", "Deployment DaemonSet ReplicaSet", "1.16", "apps/v1", false),
    removed("extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1", true),
    removed("apps/v1beta1", "Deployment StatefulSet ReplicaSet", "1.16", "apps/v1", false),
    removed("apps/v1beta2", "Deployment StatefulSet ReplicaSet DaemonSet", "1.16", "apps/v1", false),
    removed("extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1", false),
    removed("networking.k8s.io/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1", false),
    removed("networking.k8s.io/v1beta1", "IngressClass", "1.22", "networking.k8s.io/v1", true),
    removed("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "1.22", "apiextensions.k8s.io/v1", false),
    removed(
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
        "1.22",
        "admissionregistration.k8s.io/v1",
        false,
    ),
    removed(
        "rbac.authorization.k8s.io/v1beta1",
        "ClusterRole ClusterRoleBinding Role RoleBinding",
        "1.22",
        "rbac.authorization.k8s.io/v1",
        true,
    ),
    removed("scheduling.k8s.io/v1beta1", "PriorityClass", "1.22", "scheduling.k8s.io/v1", true),
    removed("coordination.k8s.io/v1beta1", "Lease", "1.22", "coordination.k8s.io/v1", true),
    removed(
        "storage.k8s.io/v1beta1",
        "CSIDriver CSINode StorageClass VolumeAttachment",
        "1.22",
        "storage.k8s.io/v1",
        true,
    ),
    removed("batch/v1beta1", "CronJob", "1.25", "batch/v1", true),
    removed("policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1", true),
    Removed { version: "policy/v1beta1", kinds: "PodSecurityPolicy", since: "1.25", instead: None, is_same: false },
    removed("autoscaling/v2beta1", "HorizontalPodAutoscaler", "1.25", "autoscaling/v2", false),
    removed("autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26", "autoscaling/v2", true),
    removed("discovery.k8s.io/v1beta1", "EndpointSlice", "1.25", "discovery.k8s.io/v1", false),
    removed("node.k8s.io/v1beta1", "RuntimeClass", "1.25", "node.k8s.io/v1", true),
];

const fn removed(
    version: &'static str,
    kinds: &'static str,
    since: &'static str,
    instead: &'static str,
    is_same: bool,
) -> Removed {
    Removed { version, kinds, since, instead: Some(instead), is_same }
}

/// The entry of an object whose version was removed.
pub(crate) fn find(version: &str, kind: &str) -> Option<&'static Removed> {
    REMOVED.iter().find(|removed| removed.version == version && removed.kinds.split(' ').any(|each| each == kind))
}
