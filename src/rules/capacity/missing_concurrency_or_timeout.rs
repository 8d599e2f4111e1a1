//! Services that leave both concurrency and timeout to the defaults.

use crate::model::Setting;
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        match (&service.concurrency, &service.timeout) {
            (Setting::Absent(here), Setting::Absent(_)) => {
                let message = format!(
                    "{} sets neither concurrency nor timeout: at least 80 requests at once, 300 seconds each",
                    service.label()
                );
                cx.flag(*here, message).help = Some(
                    "set how many requests one instance really handles at once, and how long one may take".to_owned(),
                );
            }
            (Setting::Unknown(here, why), _) | (_, Setting::Unknown(here, why)) => cx.unknown(*here, why),
            _ => {}
        }
    }
}
