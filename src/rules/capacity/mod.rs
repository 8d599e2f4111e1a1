//! The rules of the concern `capacity`, written by `tests/index.rs`.

mod missing_concurrency_or_timeout;
mod missing_max_instances;
mod missing_memory_limit;
mod missing_pod_memory;
mod missing_resource_limits;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 5] = [
    Rule::built_in(
        "missing-concurrency-or-timeout",
        "capacity",
        include_str!("../../../rules/capacity/missing-concurrency-or-timeout.md"),
        Check::Function(missing_concurrency_or_timeout::check),
    ),
    Rule::built_in(
        "missing-max-instances",
        "capacity",
        include_str!("../../../rules/capacity/missing-max-instances.md"),
        Check::Function(missing_max_instances::check),
    ),
    Rule::built_in(
        "missing-memory-limit",
        "capacity",
        include_str!("../../../rules/capacity/missing-memory-limit.md"),
        Check::Function(missing_memory_limit::check),
    ),
    Rule::built_in(
        "missing-pod-memory",
        "capacity",
        include_str!("../../../rules/capacity/missing-pod-memory.md"),
        Check::Function(missing_pod_memory::check),
    ),
    Rule::built_in(
        "missing-resource-limits",
        "capacity",
        include_str!("../../../rules/capacity/missing-resource-limits.md"),
        Check::Function(missing_resource_limits::check),
    ),
];
