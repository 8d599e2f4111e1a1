//! Roles that give away far more than a service needs.

use crate::catalogue::Context;
use crate::finding::Severity;
use crate::model::{Grant, Scope, Setting};

/// Roles that, over a whole project, let their holder become any service account or rewrite the policy.
const LADDERS: &[(&str, &str)] = &[
    ("roles/iam.serviceAccountUser", "act as every service account"),
    ("roles/iam.serviceAccountTokenCreator", "make tokens of every service account"),
    ("roles/iam.serviceAccountKeyAdmin", "make keys of every service account"),
    ("roles/iam.securityAdmin", "rewrite every policy"),
    ("roles/resourcemanager.projectIamAdmin", "rewrite the project's policy"),
    ("roles/resourcemanager.organizationAdmin", "rewrite the organisation's policies"),
];

pub(super) fn check(cx: &mut Context<'_>) {
    for grant in &cx.project.grants {
        if let Setting::Unknown(here, why) = &grant.role {
            cx.unknown(*here, why);
            continue;
        }
        let Setting::Known(role, place) = &grant.role else { continue };
        let (role, wide) = (role.raw(), width(&grant.scope));
        if let Some(wide) = wide.filter(|_| matches!(role, "roles/owner" | "roles/editor")) {
            if !is_google_agent(grant) {
                cx.flag(place.clone(), format!("{} gives `{role}` on {wide}", grant.subject)).help =
                    Some("give the roles for what is really done, such as `roles/run.developer`, on the resources it is done to".to_owned());
            }
        } else if let (Some(wide), Some((_, power))) = (wide, LADDERS.iter().find(|(ladder, _)| *ladder == role)) {
            let finding =
                cx.flag(place.clone(), format!("{} gives `{role}` on {wide}: enough to {power} in it", grant.subject));
            finding.severity = Severity::Warning;
            finding.help = Some("grant it on the one service account or resource that needs it".to_owned());
        } else if !matches!(grant.scope, Scope::CloudRun(_) | Scope::Bucket) {
            let Some(member) =
                grant.members.iter().find(|member| matches!(member.raw(), "allUsers" | "allAuthenticatedUsers"))
            else {
                continue;
            };
            let message = format!("{} gives `{role}` to `{}`, which is anyone", grant.subject, member.raw());
            let finding = cx.flag(member.place(), message);
            finding.help = Some("name the members that need it".to_owned());
            if role.ends_with("nvoker") {
                // A function for everyone is as common as a service for everyone.
                finding.severity = Severity::Warning;
            }
        }
    }
}

fn width(scope: &Scope) -> Option<&'static str> {
    match scope {
        Scope::Organization => Some("a whole organisation"),
        Scope::Folder => Some("a whole folder"),
        Scope::Project => Some("a whole project"),
        _ => None,
    }
}

/// Google's own agents hold Editor by default and lose their function without it.
fn is_google_agent(grant: &Grant) -> bool {
    !grant.members.is_empty()
        && grant.members.iter().all(|member| member.raw().contains("@cloudservices.gserviceaccount.com"))
}
