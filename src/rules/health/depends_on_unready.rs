//! Services of a Compose file that start before their database answers.

use crate::catalogue::Context;
use crate::finding::Cause;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for (file, service) in project.services_of_machines() {
        for dependency in &service.dependencies {
            let Some((other, store)) = file.service(&dependency.name).and_then(|other| Some((other, other.store()?)))
            else {
                continue;
            };
            match &dependency.condition {
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(condition, _) if condition.raw() != "service_started" => {}
                _ => {
                    let message = format!(
                        "{} starts as soon as the container of `{}` does, perhaps before {} answers",
                        service.label(),
                        other.name,
                        store.name
                    );
                    let finding = cx.flag(dependency.span, message);
                    finding.cause = Some(Cause::same(store.name, service.name.clone()));
                    finding.help = Some(match other.health.known() {
                        Some((true, _)) => "wait for its health check with `condition: service_healthy`".to_owned(),
                        _ => format!(
                            "give `{}` a `healthcheck`, and wait for it with `condition: service_healthy`",
                            other.name
                        ),
                    });
                }
            }
        }
    }
}
