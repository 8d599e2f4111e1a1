//! The rules of the concern `delivery`, written by `tests/index.rs`.

mod build_no_timeout;
mod build_substitution_missing;
mod build_wrong_dockerfile_path;
mod command_rejected;
mod copy_source_missing;
mod unknown_build_field;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 9] = [
    Rule::built_in(
        "build-no-timeout",
        "delivery",
        include_str!("../../../rules/delivery/build-no-timeout.md"),
        Check::Function(build_no_timeout::check),
    ),
    Rule::built_in(
        "build-substitution-missing",
        "delivery",
        include_str!("../../../rules/delivery/build-substitution-missing.md"),
        Check::Function(build_substitution_missing::check),
    ),
    Rule::built_in(
        "build-wrong-dockerfile-path",
        "delivery",
        include_str!("../../../rules/delivery/build-wrong-dockerfile-path.md"),
        Check::Function(build_wrong_dockerfile_path::check),
    ),
    Rule::built_in(
        "command-rejected",
        "delivery",
        include_str!("../../../rules/delivery/command-rejected.md"),
        Check::Function(command_rejected::check),
    ),
    Rule::built_in(
        "copy-source-missing",
        "delivery",
        include_str!("../../../rules/delivery/copy-source-missing.md"),
        Check::Function(copy_source_missing::check),
    ),
    Rule::built_in("stale-ignore", "delivery", include_str!("../../../rules/delivery/stale-ignore.md"), Check::Engine),
    Rule::built_in("syntax-error", "delivery", include_str!("../../../rules/delivery/syntax-error.md"), Check::Engine),
    Rule::built_in(
        "unknown-build-field",
        "delivery",
        include_str!("../../../rules/delivery/unknown-build-field.md"),
        Check::Function(unknown_build_field::check),
    ),
    Rule::built_in(
        "unreadable-file",
        "delivery",
        include_str!("../../../rules/delivery/unreadable-file.md"),
        Check::Engine,
    ),
];
