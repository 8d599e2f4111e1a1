//! Fixed numbers of replicas beside an autoscaler.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for owner in &project.pod_owners {
        let autoscaler = project.scalers.iter().find(|scaler| scaler.is_autoscaler && scaler.scales(owner));
        let Some(autoscaler) = autoscaler else { continue };
        match &owner.replicas {
            // With 0, the autoscaler is switched off on purpose.
            Setting::Known(count, place) if *count > 0.0 => {
                let replicas = if *count == 1.0 { "replica" } else { "replicas" };
                let message = format!(
                    "every time that {} is applied, its autoscaler is overruled and it has {count} {replicas} again",
                    owner.label()
                );
                let finding = cx.flag(place.clone(), message);
                finding.help = Some("remove `replicas`; the autoscaler sets it".to_owned());
                finding.related.push(Label { span: autoscaler.span, message: "the autoscaler".to_owned() });
            }
            Setting::Unknown(here, why) => cx.unknown(*here, why),
            Setting::Known(..) | Setting::Absent(_) => {}
        }
    }
}
