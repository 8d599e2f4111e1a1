//! Containers that serve, and get requests before they are ready.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Image, PodContainer, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let own = project.own_images();
    for owner in project.pod_owners.iter().filter(|owner| matches!(owner.kind.as_str(), "Deployment" | "StatefulSet")) {
        let containers = || owner.containers.iter().filter(|container| !container.is_first);
        // Databases and helpers of others come up in a way of their own.
        let serves = |container: &&PodContainer| {
            let is_kept = |image: &Image| {
                image.host.as_deref().is_some_and(|host| host.ends_with("gcr.io") || host.ends_with("pkg.dev"))
            };
            let is_own = |image: &Image| is_kept(image) || own.holds(image) || project.built_from(image).is_some();
            container.has_ports && container.image.as_ref().is_some_and(is_own)
        };
        for container in containers().filter(serves) {
            match &container.readiness {
                Setting::Absent(here) => {
                    let label = owner.container_label(container);
                    let finding =
                        cx.flag(*here, format!("{label} gets requests before it is ready: it has no `readinessProbe`"));
                    finding.help =
                        Some("add a `readinessProbe` that answers as soon as the program can serve".to_owned());
                    finding.cause = Some(Cause::same("readiness of containers", label));
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(..) => {}
            }
        }
    }
}
