//! The rules of the concern `identity`, written by `tests/index.rs`.

mod default_service_account;
mod host_namespace;
mod long_lived_sa_key;
mod missing_id_token;
mod non_root_refused;
mod overbroad_iam;
mod privileged_container;
mod public_unauthenticated;
mod root_user;
mod workflow_broad_permissions;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 11] = [
    Rule::built_in(
        "default-service-account",
        "identity",
        include_str!("../../../rules/identity/default-service-account.md"),
        Check::Function(default_service_account::check),
    ),
    Rule::built_in(
        "host-namespace",
        "identity",
        include_str!("../../../rules/identity/host-namespace.md"),
        Check::Function(host_namespace::check),
    ),
    Rule::built_in(
        "long-lived-sa-key",
        "identity",
        include_str!("../../../rules/identity/long-lived-sa-key.md"),
        Check::Function(long_lived_sa_key::check),
    ),
    Rule::built_in(
        "missing-id-token",
        "identity",
        include_str!("../../../rules/identity/missing-id-token.md"),
        Check::Function(missing_id_token::check),
    ),
    Rule::built_in(
        "non-root-refused",
        "identity",
        include_str!("../../../rules/identity/non-root-refused.md"),
        Check::Function(non_root_refused::check),
    ),
    Rule::built_in(
        "overbroad-iam",
        "identity",
        include_str!("../../../rules/identity/overbroad-iam.md"),
        Check::Function(overbroad_iam::check),
    ),
    Rule::built_in(
        "privileged-container",
        "identity",
        include_str!("../../../rules/identity/privileged-container.md"),
        Check::Function(privileged_container::check),
    ),
    Rule::built_in(
        "public-unauthenticated",
        "identity",
        include_str!("../../../rules/identity/public-unauthenticated.md"),
        Check::Function(public_unauthenticated::check),
    ),
    Rule::built_in(
        "root-user",
        "identity",
        include_str!("../../../rules/identity/root-user.md"),
        Check::Function(root_user::check),
    ),
    Rule::built_in(
        "wif-without-condition",
        "identity",
        include_str!("../../../rules/identity/wif-without-condition.md"),
        Check::Page,
    ),
    Rule::built_in(
        "workflow-broad-permissions",
        "identity",
        include_str!("../../../rules/identity/workflow-broad-permissions.md"),
        Check::Function(workflow_broad_permissions::check),
    ),
];
