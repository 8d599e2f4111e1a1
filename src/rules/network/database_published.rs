//! Databases, caches and queues of a Compose file that other machines can reach.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{PublishedPort, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let described = project.descriptions();
    for (_, service) in project.compose_services() {
        let Some(store) = service.store() else { continue };
        // Another file of the folder may replace the ports of a service.
        let is_replaced =
            || described.others(project.folder_of_service(service), service).any(|other| other.replaces_ports);
        for port in &service.ports {
            let Some(number) = port.leads_to(store.ports).filter(|_| !port.published.is_absent()) else { continue };
            match &port.address {
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                _ if port.is_open() != Some(true) || is_replaced() => {}
                _ => {
                    let message = format!(
                        "port {number} of {} ({}) is open on every network of the machine",
                        service.label(),
                        store.name
                    );
                    let finding = cx.flag(port.span, message);
                    finding.help = Some(
                        "remove the port (other services reach it by its name), or publish it on `127.0.0.1` alone and connect \
                         through SSH: a published port is open even if `ufw` denies it"
                            .to_owned(),
                    );
                    finding.fix = closed(port);
                }
            }
        }
    }
}

/// A fix that publishes a port only on the machine itself.
fn closed(port: &PublishedPort) -> Option<Fix> {
    let edit = match (&port.address, &port.address_room) {
        (Setting::Known(_, place), _) => Edit::replace(place.span, "127.0.0.1"),
        (_, Some(room)) => Edit::fill(room, "127.0.0.1"),
        _ => return None,
    };
    Some(Fix::risky("publish it on `127.0.0.1` alone", vec![edit]))
}
