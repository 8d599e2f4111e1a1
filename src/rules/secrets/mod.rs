//! The rules of the concern `secrets`, written by `tests/index.rs`.

mod plan_uploaded;
mod secret_copied_into_image;
mod secret_env_not_secret_manager;
mod secret_in_build_arg;
mod secret_in_terraform_var;
mod secret_literal;
mod secret_version_latest;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 7] = [
    Rule::built_in(
        "plan-uploaded",
        "secrets",
        include_str!("../../../rules/secrets/plan-uploaded.md"),
        Check::Function(plan_uploaded::check),
    ),
    Rule::built_in(
        "secret-copied-into-image",
        "secrets",
        include_str!("../../../rules/secrets/secret-copied-into-image.md"),
        Check::Function(secret_copied_into_image::check),
    ),
    Rule::built_in(
        "secret-env-not-secret-manager",
        "secrets",
        include_str!("../../../rules/secrets/secret-env-not-secret-manager.md"),
        Check::Function(secret_env_not_secret_manager::check),
    ),
    Rule::built_in(
        "secret-in-build-arg",
        "secrets",
        include_str!("../../../rules/secrets/secret-in-build-arg.md"),
        Check::Function(secret_in_build_arg::check),
    ),
    Rule::built_in(
        "secret-in-terraform-var",
        "secrets",
        include_str!("../../../rules/secrets/secret-in-terraform-var.md"),
        Check::Function(secret_in_terraform_var::check),
    ),
    Rule::built_in(
        "secret-literal",
        "secrets",
        include_str!("../../../rules/secrets/secret-literal.md"),
        Check::Function(secret_literal::check),
    ),
    Rule::built_in(
        "secret-version-latest",
        "secrets",
        include_str!("../../../rules/secrets/secret-version-latest.md"),
        Check::Function(secret_version_latest::check),
    ),
];
