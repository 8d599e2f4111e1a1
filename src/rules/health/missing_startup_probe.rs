//! Services without a startup probe of their own.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Attribute, Setting, format_number};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        for container in service.containers.iter().filter(|container| container.is_ingress) {
            match &container.startup {
                Setting::Absent(here) => {
                    let message = format!("{} has no startup probe, so an open port counts as ready", service.label());
                    let finding = cx.flag(*here, message);
                    finding.help =
                        Some("add one that asks an HTTP path which answers once the service can work, with up to 240 seconds to get there".to_owned());
                    let port = match &container.port {
                        Setting::Known(port, _) => Some(*port),
                        Setting::Absent(_) => Some(8080.0),
                        Setting::Unknown(..) => None,
                    };
                    finding.fix = container.room(Attribute::StartupPort).zip(port).map(|(room, port)| {
                        let edit = Edit::fill(room, &format_number(port));
                        Fix::risky("write the default probe explicitly", vec![edit])
                    });
                }
                Setting::Unknown(here, why) => cx.unknown(*here, why),
                Setting::Known(..) => {}
            }
        }
    }
}
