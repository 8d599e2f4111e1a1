//! The rules of the concern `supply-chain`, written by `tests/index.rs`.

mod curl_pipe_shell;
mod deprecated_registry;
mod end_of_life_image;
mod fork_code_with_secrets;
mod image_not_digest;
mod latest_tag;
mod lock_file_not_copied;
mod lock_file_not_used;
mod missing_lock_file;
mod missing_script;
mod retired_runtime;
mod stale_lock_file;
mod terraform_module_unpinned;
mod terraform_provider_unpinned;
mod unpinned_action;
mod unpinned_base_image;
mod unpinned_build_step_image;
mod unpinned_language_deps;
mod unpinned_os_packages;
mod untrusted_input_in_deploy_job;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 20] = [
    Rule::built_in(
        "curl-pipe-shell",
        "supply-chain",
        include_str!("../../../rules/supply-chain/curl-pipe-shell.md"),
        Check::Function(curl_pipe_shell::check),
    ),
    Rule::built_in(
        "deprecated-registry",
        "supply-chain",
        include_str!("../../../rules/supply-chain/deprecated-registry.md"),
        Check::Function(deprecated_registry::check),
    ),
    Rule::built_in(
        "end-of-life-image",
        "supply-chain",
        include_str!("../../../rules/supply-chain/end-of-life-image.md"),
        Check::Function(end_of_life_image::check),
    ),
    Rule::built_in(
        "fork-code-with-secrets",
        "supply-chain",
        include_str!("../../../rules/supply-chain/fork-code-with-secrets.md"),
        Check::Function(fork_code_with_secrets::check),
    ),
    Rule::built_in(
        "image-not-digest",
        "supply-chain",
        include_str!("../../../rules/supply-chain/image-not-digest.md"),
        Check::Function(image_not_digest::check),
    ),
    Rule::built_in(
        "latest-tag",
        "supply-chain",
        include_str!("../../../rules/supply-chain/latest-tag.md"),
        Check::Function(latest_tag::check),
    ),
    Rule::built_in(
        "lock-file-not-copied",
        "supply-chain",
        include_str!("../../../rules/supply-chain/lock-file-not-copied.md"),
        Check::Function(lock_file_not_copied::check),
    ),
    Rule::built_in(
        "lock-file-not-used",
        "supply-chain",
        include_str!("../../../rules/supply-chain/lock-file-not-used.md"),
        Check::Function(lock_file_not_used::check),
    ),
    Rule::built_in(
        "missing-lock-file",
        "supply-chain",
        include_str!("../../../rules/supply-chain/missing-lock-file.md"),
        Check::Function(missing_lock_file::check),
    ),
    Rule::built_in(
        "missing-script",
        "supply-chain",
        include_str!("../../../rules/supply-chain/missing-script.md"),
        Check::Function(missing_script::check),
    ),
    Rule::built_in(
        "retired-runtime",
        "supply-chain",
        include_str!("../../../rules/supply-chain/retired-runtime.md"),
        Check::Function(retired_runtime::check),
    ),
    Rule::built_in(
        "stale-lock-file",
        "supply-chain",
        include_str!("../../../rules/supply-chain/stale-lock-file.md"),
        Check::Function(stale_lock_file::check),
    ),
    Rule::built_in(
        "terraform-module-unpinned",
        "supply-chain",
        include_str!("../../../rules/supply-chain/terraform-module-unpinned.md"),
        Check::Function(terraform_module_unpinned::check),
    ),
    Rule::built_in(
        "terraform-provider-unpinned",
        "supply-chain",
        include_str!("../../../rules/supply-chain/terraform-provider-unpinned.md"),
        Check::Function(terraform_provider_unpinned::check),
    ),
    Rule::built_in(
        "unpinned-action",
        "supply-chain",
        include_str!("../../../rules/supply-chain/unpinned-action.md"),
        Check::Function(unpinned_action::check),
    ),
    Rule::built_in(
        "unpinned-base-image",
        "supply-chain",
        include_str!("../../../rules/supply-chain/unpinned-base-image.md"),
        Check::Function(unpinned_base_image::check),
    ),
    Rule::built_in(
        "unpinned-build-step-image",
        "supply-chain",
        include_str!("../../../rules/supply-chain/unpinned-build-step-image.md"),
        Check::Function(unpinned_build_step_image::check),
    ),
    Rule::built_in(
        "unpinned-language-deps",
        "supply-chain",
        include_str!("../../../rules/supply-chain/unpinned-language-deps.md"),
        Check::Function(unpinned_language_deps::check),
    ),
    Rule::built_in(
        "unpinned-os-packages",
        "supply-chain",
        include_str!("../../../rules/supply-chain/unpinned-os-packages.md"),
        Check::Function(unpinned_os_packages::check),
    ),
    Rule::built_in(
        "untrusted-input-in-deploy-job",
        "supply-chain",
        include_str!("../../../rules/supply-chain/untrusted-input-in-deploy-job.md"),
        Check::Function(untrusted_input_in_deploy_job::check),
    ),
];
