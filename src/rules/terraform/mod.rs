//! The rules of the concern `terraform`, written by `tests/index.rs`.

mod terraform_local_state;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 1] = [Rule::built_in(
    "terraform-local-state",
    "terraform",
    include_str!("../../../rules/terraform/terraform-local-state.md"),
    Check::Function(terraform_local_state::check),
)];
