//! Several containers of a service of a Compose file that can only have one.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{ComposeService, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    // A swarm ignores names of containers, and shares published ports among them.
    for (_, service) in cx.project.services_of_machines() {
        let (replicas, place) = match &service.replicas {
            Setting::Known(replicas, place) if *replicas > 1.0 => (*replicas, place.clone()),
            Setting::Unknown(here, why) if is_single(service) => {
                cx.unknown(*here, why);
                continue;
            }
            _ => continue,
        };
        let label = service.label();
        if !service.container_name.is_absent() {
            let message = format!("{label} has {replicas} replicas and a fixed container name, which Compose refuses");
            let finding = cx.flag(place, message);
            let span = service.container_name.span();
            finding.related.push(Label { span, message: "every replica would get this name".to_owned() });
            finding.help =
                Some("remove `container_name`: other services reach it by the name of the service".to_owned());
            continue;
        }
        let taken =
            service.ports.iter().find(|port| port.published.known().is_some() && f64::from(port.choices) < replicas);
        if let Some(port) = taken {
            let message =
                format!("{label} has {replicas} replicas, and only one of them can get its port of the machine");
            let finding = cx.flag(place, message);
            finding.related.push(Label { span: port.span, message: "the port is published here".to_owned() });
            finding.help =
                Some("put a reverse proxy in front of the replicas, and publish only the port of the proxy".to_owned());
        }
    }
}

/// Whether only one container of a service can run.
fn is_single(service: &ComposeService) -> bool {
    !service.container_name.is_absent() || service.ports.iter().any(|port| port.published.known().is_some())
}
