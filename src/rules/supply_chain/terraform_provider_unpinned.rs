//! Terraform root modules that accept any version of a provider.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Module, Setting, Why};

/// The newest major version of the providers when seaworthy was released
/// (<https://github.com/hashicorp/terraform-provider-google/releases>).
const NEWEST_MAJOR: u32 = 7;

pub(super) fn check(cx: &mut Context<'_>) {
    for module in &cx.project.modules {
        // A library leaves the version to its callers, and a lock file pins it.
        let is_root = !module.providers.is_empty() || module.backend.is_some() || !module.terraform_blocks.is_empty();
        if module.is_library || module.has_lock || !is_root {
            continue;
        }
        if module.is_generated {
            let here = module.providers.iter().find(|(name, ..)| name.starts_with("google")).map(|(_, span, _)| *span);
            let why = Why::Other("another tool, such as Terragrunt, may write the version".into());
            here.into_iter().for_each(|here| cx.unknown(here, &why));
            continue;
        }
        for provider in ["google", "google-beta"] {
            one(cx, module, provider);
        }
    }
}

fn one(cx: &mut Context<'_>, module: &Module, provider: &str) {
    let by_block = module.providers.iter().find(|(name, ..)| name == provider);
    let by_resource = module.used_providers.iter().find(|(name, _)| name == provider);
    let requirement = module.requirements.iter().find(|requirement| requirement.name == provider);
    let cause = Cause::same(format!("module {}", module.folder), format!("`{provider}`"));
    let help = format!(
        "add `{provider} = {{ source = \"hashicorp/{provider}\", version = \"~> 7.0\" }}` to `required_providers`, and commit `.terraform.lock.hcl`"
    );
    match requirement.map(|requirement| (&requirement.version, requirement.span)) {
        Some((Setting::Known(version, place), _)) if is_open(version) => {
            let message = format!(
                "provider `{provider}` has the constraint `{version}` without an upper bound, and no lock file pins it"
            );
            let finding = cx.flag(place.clone(), message);
            finding.subject = Some(format!("provider `{provider}`"));
            finding.cause = Some(cause);
            // Every release up to the newest major version stays allowed; it may be newer than this program.
            finding.fix = version.trim().strip_prefix(">=").filter(|_| place.trail.is_none()).and_then(|least| {
                let least = least.trim();
                let major: u32 = least.split('.').next()?.parse().ok()?;
                let bounded = format!("\">= {least}, < {}.0.0\"", NEWEST_MAJOR.max(major).checked_add(1)?);
                Some(Fix::risky(format!("write `{bounded}`"), vec![Edit::replace(place.span, bounded)]))
            });
            finding.help = Some("add an upper bound, such as with `~>`, or commit `.terraform.lock.hcl`".to_owned());
        }
        Some((Setting::Known(..), _)) => {}
        Some((Setting::Unknown(span, why), _)) => cx.unknown(*span, why),
        Some((Setting::Absent(_), span)) => {
            let finding = cx.flag(
                span,
                format!("provider `{provider}` is required without a version constraint, and no lock file pins it"),
            );
            finding.help = Some(help);
            finding.cause = Some(cause);
        }
        None => {
            // Before Terraform 0.13, the constraint was written in the `provider` block.
            let has_old_pin = by_block
                .is_some_and(|(_, _, version)| matches!(version, Some(Setting::Known(..) | Setting::Unknown(..))));
            let Some(span) = by_block.map(|(_, span, _)| *span).or(by_resource.map(|(_, span)| *span)) else { return };
            if !has_old_pin {
                let finding = cx.flag(
                    span,
                    format!("provider `{provider}` is used without a version constraint, and no lock file pins it"),
                );
                finding.help = Some(help);
                finding.cause = Some(cause);
            }
        }
    }
}

/// Whether a constraint has no upper bound.
fn is_open(version: &str) -> bool {
    !version.split(',').any(|part| {
        let part = part.trim();
        part.starts_with("~>")
            || part.starts_with('<')
            || part.starts_with('=')
            || part.starts_with(|c: char| c.is_ascii_digit())
    })
}
