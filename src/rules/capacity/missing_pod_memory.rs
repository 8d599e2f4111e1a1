//! Containers of pods without any amount of memory.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{Setting, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    // Autopilot gives every container a default.
    let is_autopilot = project.resources_of("google_container_cluster").any(|cluster| {
        cluster.block.get("enable_autopilot").known().is_some_and(|(value, _)| value.bool() != Some(false))
    });
    // A job runs once and ends; a node that runs out of memory because of it is rare.
    for owner in project.pod_owners.iter().filter(|owner| owner.kind != "Job") {
        for container in owner.containers.iter().filter(|container| !container.is_first) {
            match &container.has_memory {
                Setting::Absent(here) if is_autopilot => {
                    cx.unknown(*here, &Why::Other("a cluster in Autopilot mode gives it a default".into()));
                }
                Setting::Absent(here) => {
                    let label = owner.container_label(container);
                    let message = format!("{label} neither requests memory nor limits it");
                    let finding = cx.flag(*here, message);
                    finding.help = Some(
                        "set `resources.requests.memory` to what it needs, and `resources.limits.memory` to the same"
                            .to_owned(),
                    );
                    finding.cause = Some(Cause::same("memory of containers", label));
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(..) => {}
            }
        }
    }
}
