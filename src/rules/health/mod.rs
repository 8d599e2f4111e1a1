//! The rules of the concern `health`, written by `tests/index.rs`.

mod depends_on_unready;
mod missing_disruption_budget;
mod missing_liveness_probe;
mod missing_readiness_probe;
mod missing_restart_policy;
mod missing_startup_probe;
mod probe_misconfigured;
mod shell_form_entrypoint;
mod single_replica;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 9] = [
    Rule::built_in(
        "depends-on-unready",
        "health",
        include_str!("../../../rules/health/depends-on-unready.md"),
        Check::Function(depends_on_unready::check),
    ),
    Rule::built_in(
        "missing-disruption-budget",
        "health",
        include_str!("../../../rules/health/missing-disruption-budget.md"),
        Check::Function(missing_disruption_budget::check),
    ),
    Rule::built_in(
        "missing-liveness-probe",
        "health",
        include_str!("../../../rules/health/missing-liveness-probe.md"),
        Check::Function(missing_liveness_probe::check),
    ),
    Rule::built_in(
        "missing-readiness-probe",
        "health",
        include_str!("../../../rules/health/missing-readiness-probe.md"),
        Check::Function(missing_readiness_probe::check),
    ),
    Rule::built_in(
        "missing-restart-policy",
        "health",
        include_str!("../../../rules/health/missing-restart-policy.md"),
        Check::Function(missing_restart_policy::check),
    ),
    Rule::built_in(
        "missing-startup-probe",
        "health",
        include_str!("../../../rules/health/missing-startup-probe.md"),
        Check::Function(missing_startup_probe::check),
    ),
    Rule::built_in(
        "probe-misconfigured",
        "health",
        include_str!("../../../rules/health/probe-misconfigured.md"),
        Check::Function(probe_misconfigured::check),
    ),
    Rule::built_in(
        "shell-form-entrypoint",
        "health",
        include_str!("../../../rules/health/shell-form-entrypoint.md"),
        Check::Function(shell_form_entrypoint::check),
    ),
    Rule::built_in(
        "single-replica",
        "health",
        include_str!("../../../rules/health/single-replica.md"),
        Check::Function(single_replica::check),
    ),
];
