//! Services that leave both concurrency and timeout to the defaults.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Attribute, Setting};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        match (&service.concurrency, &service.timeout) {
            (Setting::Absent(here), Setting::Absent(_)) => {
                let message = format!(
                    "{} sets neither concurrency nor timeout: at least 80 requests at once, 300 seconds each",
                    service.label()
                );
                let finding = cx.flag(*here, message);
                finding.help = Some(
                    "set how many requests one instance really handles at once, and how long one may take".to_owned(),
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
