//! Services that are never asked again once they run.

use crate::model::Setting;
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        for container in service.containers.iter().filter(|container| container.is_ingress) {
            match &container.liveness {
                Setting::Absent(here) => {
                    let message = format!(
                        "{} has no liveness probe: an instance that hangs keeps getting requests",
                        service.label()
                    );
                    cx.flag(*here, message).help =
                        Some("add one that asks an HTTP path which answers as long as the process works".to_owned());
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(..) => {}
            }
        }
    }
}
