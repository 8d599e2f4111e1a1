//! Pipelines without a time limit of their own.

use crate::model::Setting;
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for pipeline in &cx.project.pipelines {
        match &pipeline.timeout {
            Setting::Absent(here) => {
                cx.flag(*here, "this build may run for 60 minutes before it is stopped").help =
                    Some("add `timeout: 1200s` with what it really takes, and some room".to_owned());
            }
            Setting::Unknown(here, why) => cx.unknown(*here, why),
            Setting::Known(..) => {}
        }
    }
}
