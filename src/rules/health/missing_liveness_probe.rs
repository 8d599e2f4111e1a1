//! Services without a liveness probe.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::Setting;
use crate::model::attribute::{LIVENESS_PROBE, STARTUP_PROBE};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        for container in service.containers.iter().filter(|container| container.is_ingress) {
            match container.settings.get(LIVENESS_PROBE) {
                Setting::Absent(here) => {
                    let message = format!(
                        "{} has no liveness probe: an instance that hangs keeps getting requests",
                        service.label()
                    );
                    let finding = cx.flag(here, message);
                    finding.cause = Some(Context::lacks(service));
                    finding.help = Some(
                        "add a liveness probe on an HTTP path that responds as long as the process works".to_owned(),
                    );
                    // A path that does not respond would have instances restarted over and over, so only the path of
                    // the startup probe will do.
                    let path = container.settings.get(STARTUP_PROBE).known().and_then(|(probe, _)| probe.own_path());
                    finding.fix = container.settings.room(LIVENESS_PROBE).zip(path).map(|(room, path)| {
                        let edit = Edit::fill(room, &path);
                        Fix::risky("use the path of the startup probe", vec![edit])
                    });
                }
                Setting::Unknown(here, why) => cx.unknown(here, &why),
                Setting::Known(..) => {}
            }
        }
    }
}
