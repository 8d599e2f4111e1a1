//! Services of a Compose file that may take all memory of the machine.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let described = project.descriptions();
    for (file, service) in project.compose_services() {
        // A service that is alone takes memory from nobody.
        if file.services.len() < 2 {
            continue;
        }
        let is_set_elsewhere = || {
            described.others(project.folder_of_service(service), service).any(|other| other.memory.known().is_some())
        };
        match &service.memory {
            Setting::Unknown(here, why) => cx.unknown(*here, why),
            Setting::Absent(here) if !service.is_task() && !is_set_elsewhere() => {
                let message = format!("{} may use all memory of the machine", service.label());
                let finding = cx.flag(*here, message);
                finding.cause =
                    Some(Cause::same(format!("memory limit in {}", project.file(file.source).path), service.label()));
                finding.help = Some(
                    "set `deploy.resources.limits.memory` (or `mem_limit`) to more than it was measured to need"
                        .to_owned(),
                );
            }
            _ => {}
        }
    }
}
