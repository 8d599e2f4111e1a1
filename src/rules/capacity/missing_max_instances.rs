//! Services and functions without a maximum number of instances, or with a very high one.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Severity};
use crate::model::attribute::MAX_INSTANCES;
use crate::model::{Setting, Workload, WorkloadKind, Written, format_number};

pub(super) fn check(cx: &mut Context<'_>) {
    for service in cx.project.callable() {
        let most = cx.option("max", service.span);
        let label = service.label();
        match service.most_instances() {
            // By default, functions have at most 100 instances, and those of the first generation 3,000
            // (https://cloud.google.com/functions/docs/configuring/max-instances).
            Setting::Absent(_) if service.kind == WorkloadKind::Function && !is_of_first_generation(service) => {}
            Setting::Absent(here) => {
                let finding = cx.flag(here, format!("{label} sets no maximum number of instances"));
                finding.cause = Some(Context::lacks(service));
                let how = match &service.written {
                    Written::Command(_) => "`--max-instances`",
                    Written::Terraform(_) if service.kind == WorkloadKind::Function => "`max_instances`",
                    Written::Terraform(address) if !address.starts_with("google_cloud_run_service.") => {
                        "`max_instance_count`"
                    }
                    Written::Manifest | Written::Kubernetes(_) | Written::Terraform(_) => {
                        "the annotation `autoscaling.knative.dev/maxScale`"
                    }
                };
                finding.help = Some(format!("set the number that your database and budget can take, with {how}"));
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
                let is_policy = cx.configured("max", service.span).is_some();
                let finding = cx.flag(place, message);
                finding.help = Some(
                    "lower it to what your database and budget can take, or raise the option `max` of this rule"
                        .to_owned(),
                );
                // Somebody chose this number; without a policy it is only good to know.
                if !is_policy {
                    finding.severity = Severity::Info;
                }
            }
            Setting::Known(..) => {}
            Setting::Unknown(here, why) => cx.unknown(here, &why),
        }
    }
}

fn is_of_first_generation(function: &Workload) -> bool {
    matches!(&function.written, Written::Terraform(address) if address.contains("google_cloudfunctions_function."))
}
