//! Deployments with one pod.

use crate::catalogue::Context;
use crate::model::{PodOwner, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let is_asked = |owner: &&PodOwner| owner.kind == "Deployment" && owner.may_have_several;
    for owner in project.pod_owners.iter().map(|owner| &**owner).filter(is_asked) {
        if project.scalers.iter().any(|scaler| scaler.may_scale(owner)) {
            continue;
        }
        let (here, says) = match &owner.replicas {
            Setting::Known(count, place) if *count == 1.0 => (place.span, "has one replica"),
            Setting::Absent(_) => (owner.span, "sets no `replicas` and has one"),
            Setting::Unknown(here, why) => {
                cx.unknown(*here, why);
                continue;
            }
            Setting::Known(..) => continue,
        };
        let message = format!("{} {says}: it is down whenever its node is drained, upgraded or lost", owner.label());
        cx.flag(here, message).help =
            Some("run at least two, or say with the strategy `Recreate` that it must run once".to_owned());
    }
}
