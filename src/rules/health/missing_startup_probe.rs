//! Services without a startup probe of their own.

use crate::model::Setting;
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        for container in service.containers.iter().filter(|container| container.is_ingress) {
            match &container.startup {
                Setting::Absent(here) => {
                    let message = format!("{} has no startup probe, so an open port counts as ready", service.label());
                    cx.flag(*here, message).help =
                        Some("add one that asks an HTTP path which answers once the service can work, with up to 240 seconds to get there".to_owned());
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(..) => {}
            }
        }
    }
}
