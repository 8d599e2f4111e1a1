//! Environment variables from version `latest` of a secret.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::{EnvValue, Setting, WorkloadKind, Written};

pub(super) fn check(cx: &mut Context<'_>) {
    // A job resolves its secrets each time it is executed, so no instance is left with an old version.
    for workload in
        cx.project.workloads.iter().filter(|workload| !matches!(workload.kind, WorkloadKind::Job | WorkloadKind::Pods))
    {
        for variable in workload.containers.iter().flat_map(|container| &container.env) {
            let EnvValue::Secret { version, .. } = &variable.value else { continue };
            match version {
                Setting::Known(version, place) if version.raw() == "latest" => {
                    let message = format!(
                        "{} reads `{}` from version `latest` of its secret, which is resolved when an instance starts",
                        workload.label(),
                        variable.name
                    );
                    let finding = cx.flag(place.clone(), message);
                    if workload.name.known().is_some() || matches!(workload.written, Written::Terraform(_)) {
                        finding.cause = Some(Cause::same(workload.label(), format!("`{}`", variable.name)));
                    }
                    finding.help =
                        Some("name a version, so that a rotation is a deployment you can roll back, or mount the secret as a file, which is read on each access".to_owned());
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                _ => {}
            }
        }
    }
}
