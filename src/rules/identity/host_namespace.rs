//! Pods that share a namespace with their node.

use crate::catalogue::Context;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    for owner in cx.project.pod_owners.iter().filter(|owner| !owner.is_of_nodes()) {
        for (key, setting) in &owner.host_namespaces {
            let place = match setting {
                Setting::Known(true, place) => place.clone(),
                Setting::Unknown(here, why) => {
                    cx.unknown(*here, why);
                    continue;
                }
                Setting::Known(false, _) | Setting::Absent(_) => continue,
            };
            let what = match *key {
                "hostNetwork" => "the network of its node, and reaches what listens there",
                "hostPID" => "the processes of its node, and can read their memory and variables",
                _ => "the shared memory of its node",
            };
            let message = format!("{} uses {what} with `{key}`", owner.label());
            cx.flag(place, message).help = Some("remove it; a pod reaches others through a Service".to_owned());
        }
    }
}
