//! The index of rules, written by `tests/index.rs` from the folders beside it and from `rules/`.
//!
//! One rule is one page in `rules/<concern>/` and one function in `src/rules/<concern>/`, or a page alone where its
//! expression says it all. A check sees the model and its own page; never a tree, a path on disk or a configuration.

use crate::rule::{Check, Rule};
use crate::spelling;

#[path = "supply_chain/curl_pipe_shell.rs"]
mod curl_pipe_shell;
#[path = "supply_chain/deprecated_registry.rs"]
mod deprecated_registry;
#[path = "supply_chain/image_not_digest.rs"]
mod image_not_digest;
#[path = "supply_chain/latest_tag.rs"]
mod latest_tag;
#[path = "supply_chain/terraform_module_unpinned.rs"]
mod terraform_module_unpinned;
#[path = "supply_chain/terraform_provider_unpinned.rs"]
mod terraform_provider_unpinned;
#[path = "supply_chain/unpinned_base_image.rs"]
mod unpinned_base_image;
#[path = "supply_chain/unpinned_build_step_image.rs"]
mod unpinned_build_step_image;
#[path = "supply_chain/unpinned_language_deps.rs"]
mod unpinned_language_deps;
#[path = "supply_chain/unpinned_os_packages.rs"]
mod unpinned_os_packages;
#[path = "identity/default_service_account.rs"]
mod default_service_account;
#[path = "identity/overbroad_iam.rs"]
mod overbroad_iam;
#[path = "identity/public_unauthenticated.rs"]
mod public_unauthenticated;
#[path = "identity/root_user.rs"]
mod root_user;
#[path = "secrets/secret_copied_into_image.rs"]
mod secret_copied_into_image;
#[path = "secrets/secret_env_not_secret_manager.rs"]
mod secret_env_not_secret_manager;
#[path = "secrets/secret_in_build_arg.rs"]
mod secret_in_build_arg;
#[path = "secrets/secret_literal.rs"]
mod secret_literal;
#[path = "secrets/secret_version_latest.rs"]
mod secret_version_latest;
#[path = "health/missing_liveness_probe.rs"]
mod missing_liveness_probe;
#[path = "health/missing_startup_probe.rs"]
mod missing_startup_probe;
#[path = "health/probe_misconfigured.rs"]
mod probe_misconfigured;
#[path = "health/shell_form_entrypoint.rs"]
mod shell_form_entrypoint;
#[path = "capacity/missing_concurrency_or_timeout.rs"]
mod missing_concurrency_or_timeout;
#[path = "capacity/missing_max_instances.rs"]
mod missing_max_instances;
#[path = "capacity/missing_resource_limits.rs"]
mod missing_resource_limits;
#[path = "network/firewall_open_world.rs"]
mod firewall_open_world;
#[path = "network/ingress_all.rs"]
mod ingress_all;
#[path = "network/sql_public_ip.rs"]
mod sql_public_ip;
#[path = "data/bucket_public.rs"]
mod bucket_public;
#[path = "delivery/build_no_timeout.rs"]
mod build_no_timeout;
#[path = "delivery/build_substitution_missing.rs"]
mod build_substitution_missing;
#[path = "delivery/build_wrong_dockerfile_path.rs"]
mod build_wrong_dockerfile_path;
#[path = "delivery/copy_source_missing.rs"]
mod copy_source_missing;
#[path = "delivery/unknown_build_field.rs"]
mod unknown_build_field;
#[path = "image/apt_cache_left.rs"]
mod apt_cache_left;
#[path = "image/copy_secrets_or_everything.rs"]
mod copy_secrets_or_everything;
#[path = "image/hardcoded_port.rs"]
mod hardcoded_port;
#[path = "image/missing_dockerignore.rs"]
mod missing_dockerignore;
#[path = "image/no_multi_stage.rs"]
mod no_multi_stage;
#[path = "terraform/terraform_local_state.rs"]
mod terraform_local_state;

/// Every rule, by concern and name.
pub static ALL: &[Rule] = &[
    Rule {
        id: "curl-pipe-shell",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/curl-pipe-shell.md"),
        check: Check::Function(curl_pipe_shell::check),
    },
    Rule {
        id: "deprecated-registry",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/deprecated-registry.md"),
        check: Check::Function(deprecated_registry::check),
    },
    Rule {
        id: "image-not-digest",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/image-not-digest.md"),
        check: Check::Function(image_not_digest::check),
    },
    Rule {
        id: "latest-tag",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/latest-tag.md"),
        check: Check::Function(latest_tag::check),
    },
    Rule {
        id: "terraform-module-unpinned",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/terraform-module-unpinned.md"),
        check: Check::Function(terraform_module_unpinned::check),
    },
    Rule {
        id: "terraform-provider-unpinned",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/terraform-provider-unpinned.md"),
        check: Check::Function(terraform_provider_unpinned::check),
    },
    Rule {
        id: "unpinned-base-image",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/unpinned-base-image.md"),
        check: Check::Function(unpinned_base_image::check),
    },
    Rule {
        id: "unpinned-build-step-image",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/unpinned-build-step-image.md"),
        check: Check::Function(unpinned_build_step_image::check),
    },
    Rule {
        id: "unpinned-language-deps",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/unpinned-language-deps.md"),
        check: Check::Function(unpinned_language_deps::check),
    },
    Rule {
        id: "unpinned-os-packages",
        concern: "supply-chain",
        page: include_str!("../../rules/supply-chain/unpinned-os-packages.md"),
        check: Check::Function(unpinned_os_packages::check),
    },
    Rule {
        id: "default-service-account",
        concern: "identity",
        page: include_str!("../../rules/identity/default-service-account.md"),
        check: Check::Function(default_service_account::check),
    },
    Rule {
        id: "overbroad-iam",
        concern: "identity",
        page: include_str!("../../rules/identity/overbroad-iam.md"),
        check: Check::Function(overbroad_iam::check),
    },
    Rule {
        id: "public-unauthenticated",
        concern: "identity",
        page: include_str!("../../rules/identity/public-unauthenticated.md"),
        check: Check::Function(public_unauthenticated::check),
    },
    Rule {
        id: "root-user",
        concern: "identity",
        page: include_str!("../../rules/identity/root-user.md"),
        check: Check::Function(root_user::check),
    },
    Rule {
        id: "secret-copied-into-image",
        concern: "secrets",
        page: include_str!("../../rules/secrets/secret-copied-into-image.md"),
        check: Check::Function(secret_copied_into_image::check),
    },
    Rule {
        id: "secret-env-not-secret-manager",
        concern: "secrets",
        page: include_str!("../../rules/secrets/secret-env-not-secret-manager.md"),
        check: Check::Function(secret_env_not_secret_manager::check),
    },
    Rule {
        id: "secret-in-build-arg",
        concern: "secrets",
        page: include_str!("../../rules/secrets/secret-in-build-arg.md"),
        check: Check::Function(secret_in_build_arg::check),
    },
    Rule {
        id: "secret-literal",
        concern: "secrets",
        page: include_str!("../../rules/secrets/secret-literal.md"),
        check: Check::Function(secret_literal::check),
    },
    Rule {
        id: "secret-version-latest",
        concern: "secrets",
        page: include_str!("../../rules/secrets/secret-version-latest.md"),
        check: Check::Function(secret_version_latest::check),
    },
    Rule {
        id: "missing-liveness-probe",
        concern: "health",
        page: include_str!("../../rules/health/missing-liveness-probe.md"),
        check: Check::Function(missing_liveness_probe::check),
    },
    Rule {
        id: "missing-startup-probe",
        concern: "health",
        page: include_str!("../../rules/health/missing-startup-probe.md"),
        check: Check::Function(missing_startup_probe::check),
    },
    Rule {
        id: "probe-misconfigured",
        concern: "health",
        page: include_str!("../../rules/health/probe-misconfigured.md"),
        check: Check::Function(probe_misconfigured::check),
    },
    Rule {
        id: "shell-form-entrypoint",
        concern: "health",
        page: include_str!("../../rules/health/shell-form-entrypoint.md"),
        check: Check::Function(shell_form_entrypoint::check),
    },
    Rule {
        id: "missing-concurrency-or-timeout",
        concern: "capacity",
        page: include_str!("../../rules/capacity/missing-concurrency-or-timeout.md"),
        check: Check::Function(missing_concurrency_or_timeout::check),
    },
    Rule {
        id: "missing-max-instances",
        concern: "capacity",
        page: include_str!("../../rules/capacity/missing-max-instances.md"),
        check: Check::Function(missing_max_instances::check),
    },
    Rule {
        id: "missing-resource-limits",
        concern: "capacity",
        page: include_str!("../../rules/capacity/missing-resource-limits.md"),
        check: Check::Function(missing_resource_limits::check),
    },
    Rule {
        id: "firewall-open-world",
        concern: "network",
        page: include_str!("../../rules/network/firewall-open-world.md"),
        check: Check::Function(firewall_open_world::check),
    },
    Rule {
        id: "ingress-all",
        concern: "network",
        page: include_str!("../../rules/network/ingress-all.md"),
        check: Check::Function(ingress_all::check),
    },
    Rule {
        id: "sql-no-ssl",
        concern: "network",
        page: include_str!("../../rules/network/sql-no-ssl.md"),
        check: Check::Page,
    },
    Rule {
        id: "sql-public-ip",
        concern: "network",
        page: include_str!("../../rules/network/sql-public-ip.md"),
        check: Check::Function(sql_public_ip::check),
    },
    Rule {
        id: "bucket-no-uniform-access",
        concern: "data",
        page: include_str!("../../rules/data/bucket-no-uniform-access.md"),
        check: Check::Page,
    },
    Rule {
        id: "bucket-no-versioning",
        concern: "data",
        page: include_str!("../../rules/data/bucket-no-versioning.md"),
        check: Check::Page,
    },
    Rule {
        id: "bucket-public",
        concern: "data",
        page: include_str!("../../rules/data/bucket-public.md"),
        check: Check::Function(bucket_public::check),
    },
    Rule {
        id: "sql-no-backup",
        concern: "data",
        page: include_str!("../../rules/data/sql-no-backup.md"),
        check: Check::Page,
    },
    Rule {
        id: "sql-no-deletion-protection",
        concern: "data",
        page: include_str!("../../rules/data/sql-no-deletion-protection.md"),
        check: Check::Page,
    },
    Rule {
        id: "build-no-timeout",
        concern: "delivery",
        page: include_str!("../../rules/delivery/build-no-timeout.md"),
        check: Check::Function(build_no_timeout::check),
    },
    Rule {
        id: "build-substitution-missing",
        concern: "delivery",
        page: include_str!("../../rules/delivery/build-substitution-missing.md"),
        check: Check::Function(build_substitution_missing::check),
    },
    Rule {
        id: "build-wrong-dockerfile-path",
        concern: "delivery",
        page: include_str!("../../rules/delivery/build-wrong-dockerfile-path.md"),
        check: Check::Function(build_wrong_dockerfile_path::check),
    },
    Rule {
        id: "copy-source-missing",
        concern: "delivery",
        page: include_str!("../../rules/delivery/copy-source-missing.md"),
        check: Check::Function(copy_source_missing::check),
    },
    Rule {
        id: "stale-ignore",
        concern: "delivery",
        page: include_str!("../../rules/delivery/stale-ignore.md"),
        check: Check::Engine,
    },
    Rule {
        id: "syntax-error",
        concern: "delivery",
        page: include_str!("../../rules/delivery/syntax-error.md"),
        check: Check::Engine,
    },
    Rule {
        id: "unknown-build-field",
        concern: "delivery",
        page: include_str!("../../rules/delivery/unknown-build-field.md"),
        check: Check::Function(unknown_build_field::check),
    },
    Rule {
        id: "unreadable-file",
        concern: "delivery",
        page: include_str!("../../rules/delivery/unreadable-file.md"),
        check: Check::Engine,
    },
    Rule {
        id: "apt-cache-left",
        concern: "image",
        page: include_str!("../../rules/image/apt-cache-left.md"),
        check: Check::Function(apt_cache_left::check),
    },
    Rule {
        id: "copy-secrets-or-everything",
        concern: "image",
        page: include_str!("../../rules/image/copy-secrets-or-everything.md"),
        check: Check::Function(copy_secrets_or_everything::check),
    },
    Rule {
        id: "hardcoded-port",
        concern: "image",
        page: include_str!("../../rules/image/hardcoded-port.md"),
        check: Check::Function(hardcoded_port::check),
    },
    Rule {
        id: "missing-dockerignore",
        concern: "image",
        page: include_str!("../../rules/image/missing-dockerignore.md"),
        check: Check::Function(missing_dockerignore::check),
    },
    Rule {
        id: "no-multi-stage",
        concern: "image",
        page: include_str!("../../rules/image/no-multi-stage.md"),
        check: Check::Function(no_multi_stage::check),
    },
    Rule {
        id: "terraform-local-state",
        concern: "terraform",
        page: include_str!("../../rules/terraform/terraform-local-state.md"),
        check: Check::Function(terraform_local_state::check),
    },
];

/// The rule of a name.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.id == id)
}

/// The rule that may be meant by a name that is none.
pub fn nearest(name: &str) -> Option<&'static str> {
    spelling::nearest(name, ALL.iter().map(|rule| rule.id))
}
