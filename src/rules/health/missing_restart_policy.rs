//! Services of a Compose file that stay down after a crash or a restart of the machine.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let described = project.descriptions();
    // A swarm starts tasks again unless it is told otherwise.
    for (file, service) in project.services_of_machines() {
        let is_set_elsewhere = || {
            described.others(project.folder_of_service(service), service).any(|other| other.restart.known().is_some())
        };
        match &service.restart {
            Setting::Unknown(here, why) => cx.unknown(*here, why),
            Setting::Absent(here) if !service.is_task() && !is_set_elsewhere() => {
                let message = format!(
                    "{} has no restart policy: it stays down when it fails or the machine restarts",
                    service.label()
                );
                let finding = cx.flag(*here, message);
                finding.cause =
                    Some(Cause::same(format!("restart policy in {}", project.file(file.source).path), service.label()));
                finding.help = Some("add `restart: unless-stopped`".to_owned());
                finding.fix = service
                    .restart_room
                    .as_ref()
                    .map(|room| Fix::risky("add `restart: unless-stopped`", vec![Edit::fill(room, "unless-stopped")]));
            }
            _ => {}
        }
    }
}
