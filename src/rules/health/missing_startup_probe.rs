//! Services without their own startup probe.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::attribute::{PORT, STARTUP_PROBE};
use crate::model::{Setting, format_number};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        for container in service.containers.iter().filter(|container| container.is_ingress) {
            match container.settings.get(STARTUP_PROBE) {
                Setting::Absent(here) => {
                    let message =
                        format!("{} sets no startup probe, so an open port is treated as ready", service.label());
                    let finding = cx.flag(here, message);
                    finding.cause = Some(Context::lacks(service));
                    finding.help =
                        Some("add a startup probe on an HTTP path that responds once the service can handle requests, within 240 seconds".to_owned());
                    let port = container.settings.effective(PORT);
                    finding.fix = container.settings.room(STARTUP_PROBE).zip(port).map(|(room, port)| {
                        let edit = Edit::fill(room, &format_number(port));
                        Fix::risky("write the default probe explicitly", vec![edit])
                    });
                }
                Setting::Unknown(here, why) => cx.unknown(here, &why),
                Setting::Known(..) => {}
            }
        }
    }
}
