//! Probes that Cloud Run rejects.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Severity};
use crate::model::attribute::{
    FAILURE_THRESHOLD, GPU_TYPE, INITIAL_DELAY, LIVENESS_PROBE, PERIOD, PROBE_TIMEOUT, STARTUP_PROBE,
};
use crate::model::{Place, Probe, ProbeKind, Setting, Workload, WorkloadKind, format_number};

pub(super) fn check(cx: &mut Context<'_>) {
    for workload in &cx.project.workloads {
        for container in &workload.containers {
            if let Setting::Known(probe, place) = container.settings.get(STARTUP_PROBE) {
                one(cx, workload, "startup", &probe, &place, 240.0);
            }
            if let Setting::Known(probe, place) = container.settings.get(LIVENESS_PROBE) {
                one(cx, workload, "liveness", &probe, &place, 3600.0);
            }
        }
    }
}

/// Ranges: <https://cloud.google.com/run/docs/configuring/healthchecks>. `longest` bounds delay and period, in seconds.
fn one(cx: &mut Context<'_>, workload: &Workload, name: &str, probe: &Probe, place: &Place, longest: f64) {
    let label = workload.label();
    if probe.kind == ProbeKind::Exec {
        cx.flag(
            place.clone(),
            format!("the {name} probe of {label} runs a command, which Cloud Run does not support"),
        )
        .help = Some("use HTTP or gRPC, or TCP for a startup probe".to_owned());
        return;
    }
    let (timeout, period) = (probe.settings.get(PROBE_TIMEOUT), probe.settings.get(PERIOD));
    let (delay, threshold) = (probe.settings.get(INITIAL_DELAY), probe.settings.get(FAILURE_THRESHOLD));
    let settings = [("an initial delay", &delay, 0.0), ("a period", &period, 1.0)];
    for (what, setting, least) in settings {
        if let Setting::Known(seconds, at) = setting
            && !(least..=longest).contains(seconds)
        {
            let nearest = format_number(seconds.clamp(least, longest));
            let (seconds, longest) = (format_number(*seconds), format_number(longest));
            cx.flag(
                at.clone(),
                format!("the {name} probe of {label} has {what} of {seconds} seconds, outside {least} to {longest}"),
            )
            .fix = write(at, nearest);
        }
    }
    let effective = |key| probe.settings.effective(key);
    let (Some(patience), Some(interval), Some(failures)) =
        (effective(PROBE_TIMEOUT), effective(PERIOD), effective(FAILURE_THRESHOLD))
    else {
        for setting in [&timeout, &period, &threshold] {
            if let Setting::Unknown(here, why) = setting {
                cx.unknown(*here, why);
            }
        }
        return;
    };
    if patience > interval {
        let at = timeout.known().or(period.known()).map_or(place.clone(), |(_, at)| at.clone());
        let (patience, interval) = (format_number(patience), format_number(interval));
        let message = format!(
            "the {name} probe of {label} has a timeout of {patience} seconds, longer than its period of {interval} seconds"
        );
        let finding = cx.flag(at, message);
        finding.help = Some(
            "raise the period or lower the timeout: Cloud Run rejects a timeout longer than the period".to_owned(),
        );
        // A longer period detects failures later; a shorter timeout fails on slow responses.
        finding.fix = timeout.known().and_then(|(_, at)| write(at, interval));
    }
    // Jobs may take longer, with a GPU longer still.
    let may_have_gpu = !matches!(workload.settings.get(GPU_TYPE), Setting::Absent(_));
    if name == "startup" && workload.kind == WorkloadKind::Service && !may_have_gpu && failures * interval > 240.0 {
        let at = threshold.known().or(period.known()).map_or(place.clone(), |(_, at)| at.clone());
        let total = format_number(failures * interval);
        let message = format!(
            "the startup probe of {label} allows {total} seconds to start, more than the 240 that Cloud Run gives a service"
        );
        let finding = cx.flag(at, message);
        // The documentation gives the limit, but services whose product is above it have been deployed.
        finding.severity = Severity::Warning;
        finding.help = Some(
            "lower the failure threshold or the period, so that their product is at most 240, or shorten the start"
                .to_owned(),
        );
        let fitting = (240.0 / interval).floor();
        let threshold = threshold.known().filter(|_| fitting >= 1.0);
        finding.fix = threshold.and_then(|(_, at)| write(at, format_number(fitting)));
    }
}

/// A fix that replaces a number; `None` if the number came through a variable.
fn write(at: &Place, number: String) -> Option<Fix> {
    let edit = Edit::replace(at.span, number.clone());
    at.trail.is_none().then(|| Fix::risky(format!("write `{number}`"), vec![edit]))
}
