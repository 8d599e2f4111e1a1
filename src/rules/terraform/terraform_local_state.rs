//! Terraform root modules that keep their state on a local disk.

use crate::catalogue::Context;
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for module in &project.modules {
        let Some((_, provider, _)) = module.providers.iter().find(|(name, ..)| name.starts_with("google")) else {
            continue;
        };
        let has_resources = module.used_providers.iter().any(|(name, _)| name == "google") || !module.calls.is_empty();
        if module.is_library || !has_resources {
            continue;
        }
        if module.is_generated {
            cx.unknown(*provider, &Why::Other("another tool, such as Terragrunt, may write the backend".into()));
            continue;
        }
        // The root module that creates the state bucket can't keep its own state there at first.
        let is_bootstrap = module.folder.split('/').any(|part| part.contains("bootstrap"));
        let here = match &module.backend {
            None if !is_bootstrap => module.terraform_blocks.first().copied().unwrap_or(*provider),
            Some((kind, span)) if kind == "local" && !is_bootstrap => *span,
            _ => continue,
        };
        let folder =
            if module.folder.is_empty() { "the root module".to_owned() } else { format!("`{}`", module.folder) };
        cx.flag(here, format!("{folder} keeps its Terraform state on a local disk")).help = Some(
            "add `backend \"gcs\"` with a versioned bucket, so that state is shared, locked and not lost".to_owned(),
        );
    }
}
