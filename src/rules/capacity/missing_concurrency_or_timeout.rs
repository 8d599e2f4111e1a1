//! Services with the default concurrency and the default timeout.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Attribute, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        match (&service.concurrency, &service.timeout) {
            (Setting::Absent(here), Setting::Absent(_)) => {
                let message = format!(
                    "{} sets neither concurrency nor timeout: the defaults are 80 or more requests at once and 300 seconds",
                    service.label()
                );
                let finding = cx.flag(*here, message);
                finding.help = Some(
                    "set concurrency to the number of requests one instance can handle at once, and timeout to the longest one may take".to_owned(),
                );
                finding.fix = service.room(Attribute::Timeout).map(|room| {
                    let edit = Edit::fill(room, "300");
                    Fix::risky("write the default timeout of 300 seconds explicitly", vec![edit])
                });
            }
            (Setting::Unknown(here, why), _) | (_, Setting::Unknown(here, why)) => cx.unknown(*here, why),
            _ => {}
        }
    }
}
