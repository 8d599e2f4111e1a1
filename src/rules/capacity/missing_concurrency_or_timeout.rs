//! Services with the default concurrency and the default timeout.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::Setting;
use crate::model::attribute::{CONCURRENCY, TIMEOUT};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        match (service.settings.get(CONCURRENCY), service.settings.get(TIMEOUT)) {
            (Setting::Absent(here), Setting::Absent(_)) => {
                let message = format!(
                    "{} sets neither concurrency nor timeout: the defaults are up to 80 requests per vCPU at once and 300 seconds",
                    service.label()
                );
                let finding = cx.flag(here, message);
                finding.cause = Some(Context::lacks(service));
                finding.help = Some(
                    "set concurrency to the number of requests one instance can handle at once, and timeout to the longest one may take".to_owned(),
                );
                finding.fix = service.settings.room(TIMEOUT).map(|room| {
                    let edit = Edit::fill(room, "300");
                    Fix::risky("write the default timeout of 300 seconds explicitly", vec![edit])
                });
            }
            (Setting::Unknown(here, why), _) | (_, Setting::Unknown(here, why)) => cx.unknown(here, &why),
            _ => {}
        }
    }
}
