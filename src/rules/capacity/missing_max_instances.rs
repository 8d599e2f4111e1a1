//! Services without a maximum number of instances, or with a very high one.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::attribute::MAX_INSTANCES;
use crate::model::{Setting, format_number};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.services() {
        let most = cx.option("max", service.span);
        let label = service.label();
        match service.most_instances() {
            Setting::Absent(here) => {
                let finding = cx.flag(here, format!("{label} sets no maximum number of instances"));
                finding.help = Some(
                    "set the number that your database and budget can take, with `--max-instances`, `autoscaling.knative.dev/maxScale` or `max_instance_count`".to_owned(),
                );
                finding.fix = service.settings.room(MAX_INSTANCES).map(|room| {
                    let most = format_number(most);
                    let edit = Edit::fill(room, &most);
                    Fix::risky(format!("set the maximum to {most} instances"), vec![edit])
                });
            }
            Setting::Known(count, place) if count > most => {
                let message = format!(
                    "{label} can scale to {} instances, more than the accepted maximum of {}",
                    format_number(count),
                    format_number(most)
                );
                cx.flag(place, message).help = Some(
                    "lower it to what your database and budget can take, or raise the option `max` of this rule"
                        .to_owned(),
                );
            }
            Setting::Known(..) => {}
            Setting::Unknown(here, why) => cx.unknown(here, &why),
        }
    }
}
