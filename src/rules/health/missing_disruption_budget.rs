//! Deployments whose pods may all go away at once.

use crate::catalogue::Context;
use crate::model::{Setting, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let serves = |kind: &str| matches!(kind, "Deployment" | "StatefulSet");
    for owner in project.pod_owners.iter().filter(|owner| serves(&owner.kind)) {
        let is_scaled = project.scalers.iter().any(|scaler| scaler.scales(owner));
        match &owner.replicas {
            Setting::Known(replicas, _) if *replicas >= 2.0 => {}
            Setting::Known(..) | Setting::Absent(_) if is_scaled => {}
            Setting::Unknown(here, why) => {
                cx.unknown(*here, why);
                continue;
            }
            Setting::Known(..) | Setting::Absent(_) => continue,
        }
        let mut budgets = project.disruption_budgets.iter().filter(|budget| budget.may_select(owner));
        if let Some(budget) = budgets.next() {
            if budget.selects.is_none() {
                cx.unknown(owner.span, &Why::Other("a budget with an unknown selector may be for its pods".into()));
            }
            continue;
        }
        let finding = cx.flag(
            owner.span,
            format!("all pods of {} may be away at once: it has no `PodDisruptionBudget`", owner.label()),
        );
        finding.help = Some("add a `PodDisruptionBudget` that selects its pods, with `maxUnavailable: 1`".to_owned());
    }
}
