//! Containers with all rights of their node.

use crate::catalogue::Context;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    // Agents of nodes, such as drivers and collectors, are made for this.
    for owner in cx.project.pod_owners.iter().filter(|owner| !owner.is_of_nodes()) {
        for container in &owner.containers {
            match &container.privileged {
                Setting::Known(true, place) => {
                    let label = owner.container_label(container);
                    let message =
                        format!("{label} is privileged: whoever takes it over has the node and every pod on it");
                    cx.flag(place.clone(), message).help = Some(
                        "remove it, and add only the capabilities that the program needs with `capabilities.add`"
                            .to_owned(),
                    );
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(false, _) | Setting::Absent(_) => {}
            }
        }
    }
}
