//! The rules of the concern `identity`, written by `tests/index.rs`.

mod default_service_account;
mod overbroad_iam;
mod public_unauthenticated;
mod root_user;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 4] = [
    Rule::built_in(
        "default-service-account",
        "identity",
        include_str!("../../../rules/identity/default-service-account.md"),
        Check::Function(default_service_account::check),
    ),
    Rule::built_in(
        "overbroad-iam",
        "identity",
        include_str!("../../../rules/identity/overbroad-iam.md"),
        Check::Function(overbroad_iam::check),
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
];
