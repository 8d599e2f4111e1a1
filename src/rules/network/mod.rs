//! The rules of the concern `network`, written by `tests/index.rs`.

mod database_published;
mod firewall_open_world;
mod ingress_all;
mod sql_public_ip;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 5] = [
    Rule::built_in(
        "database-published",
        "network",
        include_str!("../../../rules/network/database-published.md"),
        Check::Function(database_published::check),
    ),
    Rule::built_in(
        "firewall-open-world",
        "network",
        include_str!("../../../rules/network/firewall-open-world.md"),
        Check::Function(firewall_open_world::check),
    ),
    Rule::built_in(
        "ingress-all",
        "network",
        include_str!("../../../rules/network/ingress-all.md"),
        Check::Function(ingress_all::check),
    ),
    Rule::built_in("sql-no-ssl", "network", include_str!("../../../rules/network/sql-no-ssl.md"), Check::Page),
    Rule::built_in(
        "sql-public-ip",
        "network",
        include_str!("../../../rules/network/sql-public-ip.md"),
        Check::Function(sql_public_ip::check),
    ),
];
