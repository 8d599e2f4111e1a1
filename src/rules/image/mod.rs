//! The rules of the concern `image`, written by `tests/index.rs`.

mod apt_cache_left;
mod copy_secrets_or_everything;
mod hardcoded_port;
mod missing_dockerignore;
mod no_multi_stage;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 5] = [
    Rule::built_in(
        "apt-cache-left",
        "image",
        include_str!("../../../rules/image/apt-cache-left.md"),
        Check::Function(apt_cache_left::check),
    ),
    Rule::built_in(
        "copy-secrets-or-everything",
        "image",
        include_str!("../../../rules/image/copy-secrets-or-everything.md"),
        Check::Function(copy_secrets_or_everything::check),
    ),
    Rule::built_in(
        "hardcoded-port",
        "image",
        include_str!("../../../rules/image/hardcoded-port.md"),
        Check::Function(hardcoded_port::check),
    ),
    Rule::built_in(
        "missing-dockerignore",
        "image",
        include_str!("../../../rules/image/missing-dockerignore.md"),
        Check::Function(missing_dockerignore::check),
    ),
    Rule::built_in(
        "no-multi-stage",
        "image",
        include_str!("../../../rules/image/no-multi-stage.md"),
        Check::Function(no_multi_stage::check),
    ),
];
