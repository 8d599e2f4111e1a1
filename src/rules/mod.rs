//! The index of rules, written by `tests/index.rs` from the folders beside it and from `rules/`.
//!
//! One rule is one page in `rules/<concern>/` and one function in `src/rules/<concern>/`, or only a page with an
//! expression. A check sees the model and its own page; never a tree, a path on disk or a configuration.

use crate::catalogue::{Check, Rule};
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
pub static ALL: &[Rule] = &TABLE;

static TABLE: [Rule; 49] = [
    Rule::built_in(
        "curl-pipe-shell",
        "supply-chain",
        include_str!("../../rules/supply-chain/curl-pipe-shell.md"),
        Check::Function(curl_pipe_shell::check),
    ),
    Rule::built_in(
        "deprecated-registry",
        "supply-chain",
        include_str!("../../rules/supply-chain/deprecated-registry.md"),
        Check::Function(deprecated_registry::check),
    ),
    Rule::built_in(
        "image-not-digest",
        "supply-chain",
        include_str!("../../rules/supply-chain/image-not-digest.md"),
        Check::Function(image_not_digest::check),
    ),
    Rule::built_in(
        "latest-tag",
        "supply-chain",
        include_str!("../../rules/supply-chain/latest-tag.md"),
        Check::Function(latest_tag::check),
    ),
    Rule::built_in(
        "terraform-module-unpinned",
        "supply-chain",
        include_str!("../../rules/supply-chain/terraform-module-unpinned.md"),
        Check::Function(terraform_module_unpinned::check),
    ),
    Rule::built_in(
        "terraform-provider-unpinned",
        "supply-chain",
        include_str!("../../rules/supply-chain/terraform-provider-unpinned.md"),
        Check::Function(terraform_provider_unpinned::check),
    ),
    Rule::built_in(
        "unpinned-base-image",
        "supply-chain",
        include_str!("../../rules/supply-chain/unpinned-base-image.md"),
        Check::Function(unpinned_base_image::check),
    ),
    Rule::built_in(
        "unpinned-build-step-image",
        "supply-chain",
        include_str!("../../rules/supply-chain/unpinned-build-step-image.md"),
        Check::Function(unpinned_build_step_image::check),
    ),
    Rule::built_in(
        "unpinned-language-deps",
        "supply-chain",
        include_str!("../../rules/supply-chain/unpinned-language-deps.md"),
        Check::Function(unpinned_language_deps::check),
    ),
    Rule::built_in(
        "unpinned-os-packages",
        "supply-chain",
        include_str!("../../rules/supply-chain/unpinned-os-packages.md"),
        Check::Function(unpinned_os_packages::check),
    ),
    Rule::built_in(
        "default-service-account",
        "identity",
        include_str!("../../rules/identity/default-service-account.md"),
        Check::Function(default_service_account::check),
    ),
    Rule::built_in(
        "overbroad-iam",
        "identity",
        include_str!("../../rules/identity/overbroad-iam.md"),
        Check::Function(overbroad_iam::check),
    ),
    Rule::built_in(
        "public-unauthenticated",
        "identity",
        include_str!("../../rules/identity/public-unauthenticated.md"),
        Check::Function(public_unauthenticated::check),
    ),
    Rule::built_in(
        "root-user",
        "identity",
        include_str!("../../rules/identity/root-user.md"),
        Check::Function(root_user::check),
    ),
    Rule::built_in(
        "secret-copied-into-image",
        "secrets",
        include_str!("../../rules/secrets/secret-copied-into-image.md"),
        Check::Function(secret_copied_into_image::check),
    ),
    Rule::built_in(
        "secret-env-not-secret-manager",
        "secrets",
        include_str!("../../rules/secrets/secret-env-not-secret-manager.md"),
        Check::Function(secret_env_not_secret_manager::check),
    ),
    Rule::built_in(
        "secret-in-build-arg",
        "secrets",
        include_str!("../../rules/secrets/secret-in-build-arg.md"),
        Check::Function(secret_in_build_arg::check),
    ),
    Rule::built_in(
        "secret-literal",
        "secrets",
        include_str!("../../rules/secrets/secret-literal.md"),
        Check::Function(secret_literal::check),
    ),
    Rule::built_in(
        "secret-version-latest",
        "secrets",
        include_str!("../../rules/secrets/secret-version-latest.md"),
        Check::Function(secret_version_latest::check),
    ),
    Rule::built_in(
        "missing-liveness-probe",
        "health",
        include_str!("../../rules/health/missing-liveness-probe.md"),
        Check::Function(missing_liveness_probe::check),
    ),
    Rule::built_in(
        "missing-startup-probe",
        "health",
        include_str!("../../rules/health/missing-startup-probe.md"),
        Check::Function(missing_startup_probe::check),
    ),
    Rule::built_in(
        "probe-misconfigured",
        "health",
        include_str!("../../rules/health/probe-misconfigured.md"),
        Check::Function(probe_misconfigured::check),
    ),
    Rule::built_in(
        "shell-form-entrypoint",
        "health",
        include_str!("../../rules/health/shell-form-entrypoint.md"),
        Check::Function(shell_form_entrypoint::check),
    ),
    Rule::built_in(
        "missing-concurrency-or-timeout",
        "capacity",
        include_str!("../../rules/capacity/missing-concurrency-or-timeout.md"),
        Check::Function(missing_concurrency_or_timeout::check),
    ),
    Rule::built_in(
        "missing-max-instances",
        "capacity",
        include_str!("../../rules/capacity/missing-max-instances.md"),
        Check::Function(missing_max_instances::check),
    ),
    Rule::built_in(
        "missing-resource-limits",
        "capacity",
        include_str!("../../rules/capacity/missing-resource-limits.md"),
        Check::Function(missing_resource_limits::check),
    ),
    Rule::built_in(
        "firewall-open-world",
        "network",
        include_str!("../../rules/network/firewall-open-world.md"),
        Check::Function(firewall_open_world::check),
    ),
    Rule::built_in(
        "ingress-all",
        "network",
        include_str!("../../rules/network/ingress-all.md"),
        Check::Function(ingress_all::check),
    ),
    Rule::built_in("sql-no-ssl", "network", include_str!("../../rules/network/sql-no-ssl.md"), Check::Page),
    Rule::built_in(
        "sql-public-ip",
        "network",
        include_str!("../../rules/network/sql-public-ip.md"),
        Check::Function(sql_public_ip::check),
    ),
    Rule::built_in(
        "bucket-no-uniform-access",
        "data",
        include_str!("../../rules/data/bucket-no-uniform-access.md"),
        Check::Page,
    ),
    Rule::built_in(
        "bucket-no-versioning",
        "data",
        include_str!("../../rules/data/bucket-no-versioning.md"),
        Check::Page,
    ),
    Rule::built_in(
        "bucket-public",
        "data",
        include_str!("../../rules/data/bucket-public.md"),
        Check::Function(bucket_public::check),
    ),
    Rule::built_in("sql-no-backup", "data", include_str!("../../rules/data/sql-no-backup.md"), Check::Page),
    Rule::built_in(
        "sql-no-deletion-protection",
        "data",
        include_str!("../../rules/data/sql-no-deletion-protection.md"),
        Check::Page,
    ),
    Rule::built_in(
        "build-no-timeout",
        "delivery",
        include_str!("../../rules/delivery/build-no-timeout.md"),
        Check::Function(build_no_timeout::check),
    ),
    Rule::built_in(
        "build-substitution-missing",
        "delivery",
        include_str!("../../rules/delivery/build-substitution-missing.md"),
        Check::Function(build_substitution_missing::check),
    ),
    Rule::built_in(
        "build-wrong-dockerfile-path",
        "delivery",
        include_str!("../../rules/delivery/build-wrong-dockerfile-path.md"),
        Check::Function(build_wrong_dockerfile_path::check),
    ),
    Rule::built_in(
        "copy-source-missing",
        "delivery",
        include_str!("../../rules/delivery/copy-source-missing.md"),
        Check::Function(copy_source_missing::check),
    ),
    Rule::built_in("stale-ignore", "delivery", include_str!("../../rules/delivery/stale-ignore.md"), Check::Engine),
    Rule::built_in("syntax-error", "delivery", include_str!("../../rules/delivery/syntax-error.md"), Check::Engine),
    Rule::built_in(
        "unknown-build-field",
        "delivery",
        include_str!("../../rules/delivery/unknown-build-field.md"),
        Check::Function(unknown_build_field::check),
    ),
    Rule::built_in(
        "unreadable-file",
        "delivery",
        include_str!("../../rules/delivery/unreadable-file.md"),
        Check::Engine,
    ),
    Rule::built_in(
        "apt-cache-left",
        "image",
        include_str!("../../rules/image/apt-cache-left.md"),
        Check::Function(apt_cache_left::check),
    ),
    Rule::built_in(
        "copy-secrets-or-everything",
        "image",
        include_str!("../../rules/image/copy-secrets-or-everything.md"),
        Check::Function(copy_secrets_or_everything::check),
    ),
    Rule::built_in(
        "hardcoded-port",
        "image",
        include_str!("../../rules/image/hardcoded-port.md"),
        Check::Function(hardcoded_port::check),
    ),
    Rule::built_in(
        "missing-dockerignore",
        "image",
        include_str!("../../rules/image/missing-dockerignore.md"),
        Check::Function(missing_dockerignore::check),
    ),
    Rule::built_in(
        "no-multi-stage",
        "image",
        include_str!("../../rules/image/no-multi-stage.md"),
        Check::Function(no_multi_stage::check),
    ),
    Rule::built_in(
        "terraform-local-state",
        "terraform",
        include_str!("../../rules/terraform/terraform-local-state.md"),
        Check::Function(terraform_local_state::check),
    ),
];

/// The rule with this name.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| *rule.id == *id)
}

/// The rule with the most similar name, for a name that is unknown.
pub fn nearest(name: &str) -> Option<&'static str> {
    spelling::nearest(name, ALL.iter().map(|rule| rule.id.as_str()))
}
