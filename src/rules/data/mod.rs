//! The rules of the concern `data`, written by `tests/index.rs`.

mod bucket_public;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 5] = [
    Rule::built_in(
        "bucket-no-uniform-access",
        "data",
        include_str!("../../../rules/data/bucket-no-uniform-access.md"),
        Check::Page,
    ),
    Rule::built_in(
        "bucket-no-versioning",
        "data",
        include_str!("../../../rules/data/bucket-no-versioning.md"),
        Check::Page,
    ),
    Rule::built_in(
        "bucket-public",
        "data",
        include_str!("../../../rules/data/bucket-public.md"),
        Check::Function(bucket_public::check),
    ),
    Rule::built_in("sql-no-backup", "data", include_str!("../../../rules/data/sql-no-backup.md"), Check::Page),
    Rule::built_in(
        "sql-no-deletion-protection",
        "data",
        include_str!("../../../rules/data/sql-no-deletion-protection.md"),
        Check::Page,
    ),
];
