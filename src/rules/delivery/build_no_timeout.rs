//! Pipelines without a time limit of their own.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    for pipeline in &cx.project.pipelines {
        match &pipeline.timeout {
            Setting::Absent(here) => {
                let finding = cx.flag(*here, "this build may run for 60 minutes before it is stopped");
                finding.help = Some("add `timeout: 1200s` with what it really takes, and some room".to_owned());
                finding.fix = pipeline.timeout_room.as_ref().map(|room| {
                    Fix::risky("write the default of 60 minutes explicitly", vec![Edit::fill(room, "3600s")])
                });
            }
            Setting::Unknown(here, why) => cx.unknown(*here, why),
            Setting::Known(..) => {}
        }
    }
}
