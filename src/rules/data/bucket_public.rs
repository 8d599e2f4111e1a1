//! Buckets that anyone on the internet can read or change.

use crate::catalogue::Context;
use crate::finding::{Cause, Finding, Label, Severity};
use crate::model::{Place, Project, Resource, Scope, Setting, Value, ValueKind, Why, names_public};
use crate::source::HOLE;
use crate::span::Span;
use std::sync::Arc;

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
            let is_it = |resource: &&Arc<Resource>| {
                resource.block.header.source == grant.span.source
                    && format!("`{}`", resource.address()) == grant.subject
            };
            // Nobody lets everyone write on purpose.
            let reads = |role: &str| role.ends_with("iewer") || role.ends_with("Reader");
            let is_read = grant.role.known().is_some_and(|(role, _)| reads(role.raw()));
            let access = cx.project.resources.iter().filter(|_| is_read).find(is_it);
            let evidence = access.and_then(|resource| evidence(cx.project, resource));
            let finding = cx.flag(member.place(), message);
            finding.help = Some(help.to_owned());
            soften(finding, evidence);
        }
        // A known beginning, such as `serviceAccount:`, is not everyone.
        for member in grant.members.iter().filter(|member| member.raw().starts_with(HOLE)) {
            member.why().into_iter().for_each(|why| cx.unknown(member.span(), why));
        }
    }
    for resource in &cx.project.resources {
        if let Some(place) = public_acl(resource) {
            let writes = |name: &str, reads: &str| matches!(resource.block.get(name), Setting::Known(value, _) if value.text() != Some(reads));
            let is_read = !writes("role", "READER") && !writes("predefined_acl", "publicRead");
            let evidence = evidence(cx.project, resource).filter(|_| is_read);
            let finding = cx.flag(place, format!("`{}` opens a bucket to anyone on the internet", resource.address()));
            finding.help = Some(help.to_owned());
            soften(finding, evidence);
        }
    }
}

/// A bucket that is public on purpose is good to know.
fn soften(finding: &mut Finding, evidence: Option<(String, Span)>) {
    if let Some((evidence, span)) = evidence {
        finding.severity = Severity::Info;
        finding.cause = Some(Cause::same("public on purpose", String::new()));
        // `roles/storage.legacyObjectReader` has `storage.objects.get` only:
        // <https://cloud.google.com/storage/docs/access-control/iam-roles>.
        finding.help = Some("if it is meant, keep it; `roles/storage.legacyObjectReader` lets everyone read the objects, and not list them".to_owned());
        finding.related.push(Label { span, message: evidence });
    }
}

/// What says that a bucket is public on purpose: it is a website, or its name says so. With the place.
fn evidence(project: &Project, access: &Resource) -> Option<(String, Span)> {
    let bucket = access.block.get("bucket");
    let (name, address) = match &bucket {
        Setting::Known(value, _) => (value.text(), None),
        Setting::Unknown(_, Why::Reference(address)) => (None, Some(&**address)),
        _ => (None, None),
    };
    let is_target = |resource: &&Resource| {
        let by_name = || matches!(resource.block.get("name"), Setting::Known(value, _) if value.text() == name);
        let by_address = |address: &str| address.starts_with(&format!("{}.", resource.address()));
        resource.folder == access.folder && address.map_or_else(|| name.is_some() && by_name(), by_address)
    };
    let target = project.resources_of("google_storage_bucket").find(is_target);
    if let Some(website) = target.and_then(|target| target.block.each("website").next()) {
        return Some(("this makes the bucket a website".to_owned(), website.header));
    }
    let serves = |backend: &&Resource| match (backend.block.get("bucket_name"), address) {
        (Setting::Known(value, _), _) => value.text().is_some() && value.text() == name,
        (Setting::Unknown(_, Why::Reference(bucket)), Some(address)) => *bucket == *address,
        _ => false,
    };
    if let Some(backend) = project.resources_of("google_compute_backend_bucket").find(serves) {
        return Some(("a load balancer serves this bucket".to_owned(), backend.block.header));
    }
    if names_public(&access.name) {
        return Some(("the name of this access says that it is public".to_owned(), access.block.header));
    }
    let named = match target {
        Some(target) => {
            [Some(target.name.as_str()), name].into_iter().flatten().any(names_public).then_some(target.block.header)
        }
        None => name.filter(|name| names_public(name)).map(|_| access.block.header),
    };
    named.map(|span| ("the name of the bucket says that it is public".to_owned(), span))
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
