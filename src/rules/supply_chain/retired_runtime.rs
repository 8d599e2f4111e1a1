//! Functions whose runtime is no longer supported.

use crate::catalogue::Context;
use crate::finding::Severity;
use crate::model::attribute::RUNTIME;
use crate::model::{RuntimeEnd, Setting, WorkloadKind, runtime_end};

pub(super) fn check(cx: &mut Context<'_>) {
    for function in cx.project.workloads.iter().filter(|workload| workload.kind == WorkloadKind::Function) {
        let label = function.label();
        match function.settings.get(RUNTIME) {
            Setting::Known(runtime, place) => {
                let Some(id) = runtime.known() else { continue };
                let (message, severity) = match runtime_end(id) {
                    Some(RuntimeEnd::Refused(day)) => (
                        format!("{label} runs in `{id}`, with which nothing can be deployed since {day}"),
                        Severity::Error,
                    ),
                    Some(RuntimeEnd::Due(day)) => (
                        format!("{label} runs in `{id}`, whose end of deployments was announced for {day}"),
                        Severity::Warning,
                    ),
                    Some(RuntimeEnd::Unsupported(day)) => (
                        format!("{label} runs in `{id}`, which gets no security updates since {day}"),
                        Severity::Warning,
                    ),
                    None => continue,
                };
                let finding = cx.flag(place, message);
                finding.severity = severity;
                finding.help = Some("move to a runtime that is supported, and test the function in it".to_owned());
            }
            Setting::Unknown(here, why) => cx.unknown(here, &why),
            Setting::Absent(_) => {}
        }
    }
}
