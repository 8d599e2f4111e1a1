//! Workloads that run as a default service account.

use crate::catalogue::Context;
use crate::model::attribute::SERVICE_ACCOUNT;
use crate::model::{Setting, WorkloadKind};

pub(super) fn check(cx: &mut Context<'_>) {
    // Which account pods act as is decided by the cluster.
    for workload in cx.project.workloads.iter().filter(|workload| workload.kind != WorkloadKind::Pods) {
        let label = workload.label();
        let help = "create a service account for it, grant that account only the roles it needs, and set it here";
        match workload.settings.get(SERVICE_ACCOUNT) {
            Setting::Absent(here) => {
                // Functions of the first generation run as that of App Engine.
                let default = match workload.kind {
                    WorkloadKind::Function => "a default service account of its project",
                    _ => "the Compute Engine default service account",
                };
                let message = format!("{label} sets no service account and runs as {default}");
                let finding = cx.flag(here, message);
                finding.help = Some(help.to_owned());
                finding.cause = Some(Context::lacks(workload));
            }
            Setting::Known(account, place) => {
                let why = account.why().cloned();
                let account = account.shown();
                if account.ends_with("-compute@developer.gserviceaccount.com")
                    || account.ends_with("@appspot.gserviceaccount.com")
                {
                    let message = format!(
                        "{label} runs as the default service account `{account}`, which the whole project shares"
                    );
                    cx.flag(place, message).help = Some(help.to_owned());
                } else if let Some(why) = why {
                    cx.unknown(place.span, &why);
                }
            }
            Setting::Unknown(here, why) => cx.unknown(here, &why),
        }
    }
}
