//! The rules of the concern `delivery`, written by `tests/index.rs`.

mod action_input_unknown;
mod build_no_timeout;
mod build_substitution_missing;
mod build_wrong_dockerfile_path;
mod command_rejected;
mod copy_source_missing;
mod deploy_cancelled_midway;
mod deploy_on_pull_request;
mod deploy_without_environment;
mod env_of_another_step;
mod failure_ignored;
mod hpa_and_replicas;
mod release_without_approval;
mod removed_api_version;
mod replicas_conflict;
mod start_file_missing;
mod unknown_build_field;
mod workflow_not_read;

use crate::catalogue::{Check, Rule};

pub(super) static RULES: [Rule; 21] = [
    Rule::built_in(
        "action-input-unknown",
        "delivery",
        include_str!("../../../rules/delivery/action-input-unknown.md"),
        Check::Function(action_input_unknown::check),
    ),
    Rule::built_in(
        "build-no-timeout",
        "delivery",
        include_str!("../../../rules/delivery/build-no-timeout.md"),
        Check::Function(build_no_timeout::check),
    ),
    Rule::built_in(
        "build-substitution-missing",
        "delivery",
        include_str!("../../../rules/delivery/build-substitution-missing.md"),
        Check::Function(build_substitution_missing::check),
    ),
    Rule::built_in(
        "build-wrong-dockerfile-path",
        "delivery",
        include_str!("../../../rules/delivery/build-wrong-dockerfile-path.md"),
        Check::Function(build_wrong_dockerfile_path::check),
    ),
    Rule::built_in(
        "command-rejected",
        "delivery",
        include_str!("../../../rules/delivery/command-rejected.md"),
        Check::Function(command_rejected::check),
    ),
    Rule::built_in(
        "copy-source-missing",
        "delivery",
        include_str!("../../../rules/delivery/copy-source-missing.md"),
        Check::Function(copy_source_missing::check),
    ),
    Rule::built_in(
        "deploy-cancelled-midway",
        "delivery",
        include_str!("../../../rules/delivery/deploy-cancelled-midway.md"),
        Check::Function(deploy_cancelled_midway::check),
    ),
    Rule::built_in(
        "deploy-on-pull-request",
        "delivery",
        include_str!("../../../rules/delivery/deploy-on-pull-request.md"),
        Check::Function(deploy_on_pull_request::check),
    ),
    Rule::built_in(
        "deploy-without-environment",
        "delivery",
        include_str!("../../../rules/delivery/deploy-without-environment.md"),
        Check::Function(deploy_without_environment::check),
    ),
    Rule::built_in(
        "env-of-another-step",
        "delivery",
        include_str!("../../../rules/delivery/env-of-another-step.md"),
        Check::Function(env_of_another_step::check),
    ),
    Rule::built_in(
        "failure-ignored",
        "delivery",
        include_str!("../../../rules/delivery/failure-ignored.md"),
        Check::Function(failure_ignored::check),
    ),
    Rule::built_in(
        "hpa-and-replicas",
        "delivery",
        include_str!("../../../rules/delivery/hpa-and-replicas.md"),
        Check::Function(hpa_and_replicas::check),
    ),
    Rule::built_in(
        "release-without-approval",
        "delivery",
        include_str!("../../../rules/delivery/release-without-approval.md"),
        Check::Function(release_without_approval::check),
    ),
    Rule::built_in(
        "removed-api-version",
        "delivery",
        include_str!("../../../rules/delivery/removed-api-version.md"),
        Check::Function(removed_api_version::check),
    ),
    Rule::built_in(
        "replicas-conflict",
        "delivery",
        include_str!("../../../rules/delivery/replicas-conflict.md"),
        Check::Function(replicas_conflict::check),
    ),
    Rule::built_in("stale-ignore", "delivery", include_str!("../../../rules/delivery/stale-ignore.md"), Check::Engine),
    Rule::built_in(
        "start-file-missing",
        "delivery",
        include_str!("../../../rules/delivery/start-file-missing.md"),
        Check::Function(start_file_missing::check),
    ),
    Rule::built_in("syntax-error", "delivery", include_str!("../../../rules/delivery/syntax-error.md"), Check::Engine),
    Rule::built_in(
        "unknown-build-field",
        "delivery",
        include_str!("../../../rules/delivery/unknown-build-field.md"),
        Check::Function(unknown_build_field::check),
    ),
    Rule::built_in(
        "unreadable-file",
        "delivery",
        include_str!("../../../rules/delivery/unreadable-file.md"),
        Check::Engine,
    ),
    Rule::built_in(
        "workflow-not-read",
        "delivery",
        include_str!("../../../rules/delivery/workflow-not-read.md"),
        Check::Function(workflow_not_read::check),
    ),
];
