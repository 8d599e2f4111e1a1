//! Environment variables from version `latest` of a secret.

use crate::catalogue::Context;
use crate::model::{EnvValue, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    for workload in &cx.project.workloads {
        for variable in workload.containers.iter().flat_map(|container| &container.env) {
            let EnvValue::Secret { version, .. } = &variable.value else { continue };
            match version {
                Setting::Known(version, place) if version.raw() == "latest" => {
                    let message = format!(
                        "{} reads `{}` from version `latest` of its secret, which is resolved when an instance starts",
                        workload.label(),
                        variable.name
                    );
                    cx.flag(place.clone(), message).help =
                        Some("name a version, so that a rotation is a deployment you can roll back, or mount the secret as a file, which is read on each access".to_owned());
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                _ => {}
            }
        }
    }
}
