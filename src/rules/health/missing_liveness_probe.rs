//! Services that are never asked again once they run.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Attribute, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        for container in service.containers.iter().filter(|container| container.is_ingress) {
            match &container.liveness {
                Setting::Absent(here) => {
                    let message = format!(
                        "{} has no liveness probe: an instance that hangs keeps getting requests",
                        service.label()
                    );
                    let finding = cx.flag(*here, message);
                    finding.help =
                        Some("add one that asks an HTTP path which answers as long as the process works".to_owned());
                    // A path that does not answer would have the service killed over and over, so only one that is asked
                    // already will do.
                    let path = container.startup.known().and_then(|(probe, _)| probe.path.as_deref());
                    finding.fix = container.room(Attribute::LivenessPath).zip(path).map(|(room, path)| {
                        let edit = Edit::fill(room, path);
                        Fix::risky("ask what the startup probe asks", vec![edit])
                    });
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(..) => {}
            }
        }
    }
}
