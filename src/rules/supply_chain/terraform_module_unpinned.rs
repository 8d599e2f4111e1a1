//! Remote Terraform modules without a version.

use crate::catalogue::Context;
use crate::model::Setting;

pub(super) fn check(cx: &mut Context<'_>) {
    for call in cx.project.modules.iter().flat_map(|module| &module.calls) {
        let Setting::Known(source, place) = &call.source else {
            if let Setting::Unknown(span, why) = &call.source {
                cx.unknown(*span, why);
            }
            continue;
        };
        let name = &call.name;
        if is_git(source) {
            let (what, help) = match reference(source) {
                None => ("no `ref`", "add `?ref=` with a tag or a commit"),
                Some("main" | "master" | "HEAD" | "develop") => {
                    ("a branch as its `ref`", "set `?ref=` to a tag or a commit: a branch moves")
                }
                Some(_) => continue,
            };
            cx.flag(place.clone(), format!("module `{name}` comes from Git with {what}")).help = Some(help.to_owned());
        } else if is_registry(source) && call.version.is_absent() {
            cx.flag(place.clone(), format!("module `{name}` comes from the registry without a version constraint"))
                .help = Some("add a `version` with the one you tested, such as `version = \"~> 1.2\"`".to_owned());
        }
    }
}

fn is_git(source: &str) -> bool {
    source.starts_with("git::")
        || source.starts_with("git@")
        || source.starts_with("github.com/")
        || source.starts_with("bitbucket.org/")
}

/// Whether a source is `namespace/name/provider`, perhaps with a host in front and a folder behind.
fn is_registry(source: &str) -> bool {
    let address = source.split("//").next().unwrap_or_default();
    let parts: Vec<&str> = address.split('/').collect();
    let is_plain = parts.iter().all(|part| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    });
    is_plain
        && !source.starts_with('.')
        && (parts.len() == 3 && !parts[0].contains('.') || parts.len() == 4 && parts[0].contains('.'))
}

fn reference(source: &str) -> Option<&str> {
    let query = source.split_once('?')?.1;
    query.split('&').find_map(|part| part.strip_prefix("ref="))
}
