//! Converts IAM resources to grants.

use super::resource::referenced;
use crate::model::{Grant, Resource, ResourceBlock, Scope, Setting, Text, Value, ValueKind, Why};
use crate::source::{Fragment, HOLE};
use crate::span::Span;
use std::collections::HashMap;

/// The grant of a `google_*_iam_member` or `google_*_iam_binding`.
pub(super) fn grant(resource: &Resource) -> Option<Grant> {
    let kind = resource.kind.strip_prefix("google_")?;
    let owner = kind.strip_suffix("_iam_member").or_else(|| kind.strip_suffix("_iam_binding"))?;
    let (role, members) = binding(&resource.block);
    Some(Grant {
        span: role.known().map_or(resource.block.header, |(_, place)| place.span),
        role,
        members,
        scope: scope(owner, &resource.block),
        subject: format!("`{}`", resource.address()),
    })
}

/// The grants of each `google_iam_policy`, with the scope of the resource that uses it.
pub(super) fn policies(policies: &[Resource], resources: &[Resource]) -> Vec<Grant> {
    let mut users: HashMap<String, &Resource> = HashMap::new();
    if !policies.is_empty() {
        for user in resources {
            let Setting::Unknown(_, Why::Reference(to)) = user.block.get("policy_data") else { continue };
            let address: Vec<&str> = to.split('.').take(3).collect();
            users.entry(address.join(".")).or_insert(user);
        }
    }
    policies.iter().flat_map(|policy| grants_of(policy, &users)).collect()
}

fn grants_of(policy: &Resource, users: &HashMap<String, &Resource>) -> Vec<Grant> {
    let address = format!("data.{}", policy.address());
    let scope = users.get(&address).map_or(Scope::Other("policy".to_owned()), |user| {
        let owner = user.kind.trim_start_matches("google_").trim_end_matches("_iam_policy");
        scope(owner, &user.block)
    });
    let grant = |block| {
        let (role, members) = binding(block);
        Grant {
            span: role.known().map_or(block.header, |(_, place)| place.span),
            role,
            members,
            scope: scope.clone(),
            subject: format!("`{address}`"),
        }
    };
    policy.block.each("binding").map(grant).collect()
}

fn binding(block: &ResourceBlock) -> (Setting<Text>, Vec<Text>) {
    let role = block.get("role").and_then(|value, place| match value.as_text() {
        Some(text) => text.setting(),
        None => Setting::Unknown(place.span, crate::model::Why::Computed),
    });
    let mut members = Vec::new();
    for name in ["member", "members"] {
        match block.get(name) {
            Setting::Known(value, _) => match &value.kind {
                ValueKind::List(items) => members.extend(items.iter().filter_map(member)),
                _ => members.extend(member(&value)),
            },
            Setting::Unknown(span, why) => members.push(unknown(span, why)),
            Setting::Absent(_) => {}
        }
    }
    (role, members)
}

/// A member of a binding; an unknown member is a text without known parts.
fn member(value: &Value) -> Option<Text> {
    match &value.kind {
        ValueKind::Unknown(why) => Some(unknown(value.span, why.clone())),
        _ => value.as_text(),
    }
}

fn unknown(span: Span, why: Why) -> Text {
    Text::new(Fragment::standing_for(HOLE.encode_utf8(&mut [0; 4]), span), vec![why], Vec::new())
}

fn scope(owner: &str, block: &ResourceBlock) -> Scope {
    match owner {
        "project" => Scope::Project,
        "organization" => Scope::Organization,
        "folder" => Scope::Folder,
        "storage_bucket" | "storage_managed_folder" => Scope::Bucket,
        "service_account" => Scope::ServiceAccount,
        "cloud_run_service" | "cloud_run_v2_service" | "cloud_run_v2_job" | "cloud_run_v2_worker_pool" => {
            Scope::CloudRun(target(block, &["service", "name", "location"]))
        }
        "cloudfunctions_function" | "cloudfunctions2_function" => {
            Scope::Function(target(block, &["cloud_function", "location", "region"]))
        }
        other => Scope::Other(other.to_owned()),
    }
}

/// The resource that one of these arguments refers to, or the name in it.
fn target(block: &ResourceBlock, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let (_, _, value) = block.attributes.iter().find(|(attribute, ..)| &**attribute == *name)?;
        referenced(value).or_else(|| value.text().map(str::to_owned))
    })
}
