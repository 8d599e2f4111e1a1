//! Buckets that anyone on the internet can read or change.

use crate::catalogue::Context;
use crate::model::{Place, Resource, Scope, Setting, Value, ValueKind};
use crate::source::HOLE;

pub(super) fn check(cx: &mut Context<'_>) {
    let help = "remove this access, and serve public files from a bucket that holds nothing else, or with signed URLs";
    for grant in cx.project.grants.iter().filter(|grant| grant.scope == Scope::Bucket) {
        let anyone = grant.members.iter().find(|member| matches!(member.raw(), "allUsers" | "allAuthenticatedUsers"));
        if let Some(member) = anyone {
            let role =
                grant.role.known().map_or_else(|| "a role".to_owned(), |(role, _)| format!("`{}`", role.shown()));
            let message = format!(
                "{} grants {role} on a bucket to `{}`, which lets in anyone on the internet",
                grant.subject,
                member.raw()
            );
            cx.flag(member.place(), message).help = Some(help.to_owned());
        }
        // A known beginning, such as `serviceAccount:`, is not everyone.
        for member in grant.members.iter().filter(|member| member.raw().starts_with(HOLE)) {
            member.why().into_iter().for_each(|why| cx.unknown(member.span(), why));
        }
    }
    for resource in &cx.project.resources {
        if let Some(place) = public_acl(resource) {
            cx.flag(place, format!("`{}` opens a bucket to anyone on the internet", resource.address())).help =
                Some(help.to_owned());
        }
    }
}

/// The place at which an access control list names everyone, if it does.
fn public_acl(resource: &Resource) -> Option<Place> {
    let is = |name: &str, test: fn(&str) -> bool| match resource.block.get(name) {
        Setting::Known(value, place) if value.text().is_some_and(test) => Some(place),
        _ => None,
    };
    let is_anyone = |entity: &str| matches!(entity, "allUsers" | "allAuthenticatedUsers");
    match resource.kind.as_str() {
        "google_storage_bucket_access_control"
        | "google_storage_default_object_access_control"
        | "google_storage_object_access_control" => is("entity", is_anyone),
        "google_storage_bucket_acl" | "google_storage_default_object_acl" | "google_storage_object_acl" => {
            is("predefined_acl", |acl| acl.starts_with("public") || acl == "authenticatedRead").or_else(|| {
                match resource.block.get("role_entity") {
                    Setting::Known(value, _) => match &value.kind {
                        ValueKind::List(items) => items.iter().find(|item| opens(item)).map(Value::place),
                        _ => None,
                    },
                    _ => None,
                }
            })
        }
        _ => None,
    }
}

/// Whether an entry such as `READER:allUsers` names everyone.
fn opens(item: &Value) -> bool {
    item.text().is_some_and(|text| text.ends_with(":allUsers") || text.ends_with(":allAuthenticatedUsers"))
}
