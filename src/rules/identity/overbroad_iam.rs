//! Roles that grant far more than is needed.

use crate::catalogue::Context;
use crate::finding::{Label, Severity};
use crate::model::{Grant, Project, Scope, Setting, listed, names_public};
use crate::span::Span;

/// Roles that, on a whole project, lead to the permissions of every service account or to the policy, and how.
const LADDERS: &[(&str, &str)] = &[
    ("roles/iam.serviceAccountUser", "act as every service account"),
    ("roles/iam.serviceAccountTokenCreator", "create tokens for every service account"),
    ("roles/iam.serviceAccountKeyAdmin", "create keys for every service account"),
    ("roles/iam.securityAdmin", "rewrite every policy"),
    ("roles/resourcemanager.projectIamAdmin", "rewrite the project's policy"),
    ("roles/resourcemanager.organizationAdmin", "rewrite the organisation's policies"),
];

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for grant in &project.grants {
        if let Setting::Unknown(here, why) = &grant.role {
            cx.unknown(*here, why);
            continue;
        }
        let Setting::Known(role, place) = &grant.role else { continue };
        let (role, wide) = (role.raw(), width(&grant.scope));
        if let Some(wide) = wide.filter(|_| is_basic(role)) {
            if !is_google_agent(grant) {
                let others = others(project, place.span, role);
                let finding = cx.flag(place.clone(), format!("{} grants `{role}` on {wide}{others}", grant.subject));
                finding.help =
                    Some("grant only the roles that are needed, such as `roles/run.developer`, on the resources that need them".to_owned());
                if is_for_people(grant) {
                    // Somebody has to own a project; a program never has to.
                    finding.severity = Severity::Warning;
                }
            }
        } else if is_google_agent(grant) {
            // Google gives and needs these roles.
        } else if let (Some(wide), Some((_, power))) = (wide, LADDERS.iter().find(|(ladder, _)| *ladder == role)) {
            let others = others(project, place.span, role);
            let message = format!("{} grants `{role}` on {wide}, enough to {power} in it{others}", grant.subject);
            let finding = cx.flag(place.clone(), message);
            finding.severity = Severity::Warning;
            finding.help = Some("grant it only on the service account or resource that needs it".to_owned());
        } else if !matches!(grant.scope, Scope::CloudRun(_) | Scope::Function(_) | Scope::Bucket) {
            let Some(member) =
                grant.members.iter().find(|member| matches!(member.raw(), "allUsers" | "allAuthenticatedUsers"))
            else {
                continue;
            };
            let message = format!(
                "{} grants `{role}` to `{}`, which lets in anyone on the internet",
                grant.subject,
                member.raw()
            );
            let finding = cx.flag(member.place(), message);
            finding.help = Some("grant it only to the members that need it".to_owned());
            if role.ends_with("nvoker") {
                // Public functions are as common as public services.
                finding.severity = Severity::Warning;
            }
            // Nobody lets everyone write on purpose.
            let reads = ["eader", "iewer", "erifier", "ubscriber", "etter"].iter().any(|end| role.ends_with(end));
            let name = grant.subject.trim_matches('`').rsplit('.').next().unwrap_or_default();
            if reads && names_public(name) {
                finding.severity = Severity::Info;
                finding.related.push(Label {
                    span: grant.span,
                    message: "the name of this access says that it is public".to_owned(),
                });
            }
        }
    }
}

/// The other far-reaching roles that one line grants, as the instances of a resource do: `, beside ...`.
fn others(project: &Project, here: Span, role: &str) -> String {
    let is_far = |other: &str| is_basic(other) || LADDERS.iter().any(|(ladder, _)| *ladder == other);
    let at_once = project.grants.iter().filter(|grant| width(&grant.scope).is_some());
    let roles = at_once.filter_map(|grant| grant.role.known()).filter(|(_, place)| place.span == here);
    let mut names: Vec<String> = roles.map(|(other, _)| other.raw().to_owned()).collect();
    names.retain(|other| other != role && is_far(other));
    names.sort();
    names.dedup();
    if names.is_empty() { String::new() } else { format!(", beside {}", listed(&names)) }
}

fn is_basic(role: &str) -> bool {
    matches!(role, "roles/owner" | "roles/editor")
}

fn width(scope: &Scope) -> Option<&'static str> {
    match scope {
        Scope::Organization => Some("a whole organisation"),
        Scope::Folder => Some("a whole folder"),
        Scope::Project => Some("a whole project"),
        _ => None,
    }
}

/// Whether all members are service agents, which are accounts of Google's own services: the one for Google APIs has Editor
/// by default, and others stop working without their roles
/// (<https://cloud.google.com/iam/docs/service-agents>).
fn is_google_agent(grant: &Grant) -> bool {
    let mut known = grant.members.iter().filter(|member| member.known().is_some()).peekable();
    known.peek().is_some()
        && known.all(|member| {
            let member = member.raw();
            member.contains("@cloudservices.gserviceaccount.com") || member.contains("@gcp-sa-")
        })
}

/// Whether all members are people: users, groups, or groups of a workforce pool.
fn is_for_people(grant: &Grant) -> bool {
    let is_people = |member: &str| {
        ["user:", "group:"].iter().any(|prefix| member.starts_with(prefix))
            || member.starts_with("principal") && member.contains("/workforcePools/")
    };
    !grant.members.is_empty() && grant.members.iter().all(|member| is_people(member.raw()))
}
