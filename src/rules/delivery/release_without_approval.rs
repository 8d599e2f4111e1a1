//! Last targets of delivery pipelines that nobody has to approve.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for pipeline in &project.delivery_pipelines {
        let Some(last) = pipeline.last_target() else { continue };
        let targets = project.delivery_targets.iter().filter(|target| target.name.as_deref() == Some(last));
        for target in targets {
            let place = match &target.approval {
                Setting::Known(true, _) => continue,
                Setting::Known(false, place) => place.clone(),
                Setting::Absent(here) => (*here).into(),
                Setting::Unknown(here, why) => {
                    cx.unknown(*here, why);
                    continue;
                }
            };
            let message = format!("a release is promoted to the last target `{last}` without anybody's approval");
            let finding = cx.flag(place, message);
            finding.help = Some("set `requireApproval: true` on this target".to_owned());
            finding.subject = Some(last.to_owned());
            finding.related.push(Label { span: pipeline.span, message: "the last stage of this pipeline".to_owned() });
        }
    }
}
