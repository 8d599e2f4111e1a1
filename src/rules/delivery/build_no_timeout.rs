//! Cloud Build pipelines without a timeout.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    for pipeline in &cx.project.pipelines {
        match &pipeline.timeout {
            Setting::Absent(here) => {
                let finding =
                    cx.flag(*here, "this build sets no `timeout`, so it can run for the default of 60 minutes");
                finding.help =
                    Some("add a `timeout` a little above what the build takes, such as `timeout: 1200s`".to_owned());
                finding.fix = pipeline.timeout_room.as_ref().map(|room| {
                    Fix::risky("write the default of 60 minutes explicitly", vec![Edit::fill(room, "3600s")])
                });
            }
            Setting::Unknown(here, why) => cx.unknown(*here, why),
            Setting::Known(..) => {}
        }
    }
}
