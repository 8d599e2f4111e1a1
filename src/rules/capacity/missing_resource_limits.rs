//! Containers with the default CPU and memory.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Severity};
use crate::model::attribute::{CPU, MEMORY};
use crate::model::{Setting, WorkloadKind};

pub(super) fn check(cx: &mut Context<'_>) {
    for workload in cx
        .project
        .workloads
        .iter()
        .filter(|workload| matches!(workload.kind, WorkloadKind::Service | WorkloadKind::Job))
    {
        for container in &workload.containers {
            match (container.settings.get(CPU), container.settings.get(MEMORY)) {
                (Setting::Absent(_), Setting::Absent(here)) => {
                    let message = format!(
                        "{} sets neither CPU nor memory and runs with the defaults of 1 vCPU and 512 MiB",
                        workload.container_label(container)
                    );
                    let finding = cx.flag(here, message);
                    finding.cause = Some(Context::lacks(workload));
                    let is_job = workload.kind == WorkloadKind::Job;
                    if is_job {
                        finding.severity = Severity::Info;
                    }
                    finding.help = Some(if is_job {
                        "set both to what its largest run has needed: a task that exceeds its memory is stopped and tried again".to_owned()
                    } else {
                        "set both to values measured in a load test: an instance that exceeds its memory is terminated with its requests".to_owned()
                    });
                    finding.fix = container.settings.room(MEMORY).map(|room| {
                        let edit = Edit::fill(room, "512Mi");
                        Fix::risky("write the defaults of 1 vCPU and 512 MiB explicitly", vec![edit])
                    });
                }
                (Setting::Unknown(here, why), _) | (_, Setting::Unknown(here, why)) => cx.unknown(here, &why),
                _ => {}
            }
        }
    }
}
