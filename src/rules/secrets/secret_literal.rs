//! Secrets written into the repository.

use crate::catalogue::Context;
use crate::finding::{Cause, Severity};
use crate::model::{
    Credential, Environment, Named, NamedValue, Project, Surface, is_literal_secret, looks_random, names_secret,
};
use crate::span::Span;
use std::collections::HashMap;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let help = "store it in Secret Manager, reference it from here, and revoke this one: it stays in the Git history";
    let mut first: HashMap<&str, Span> = HashMap::new();
    for credential in project.credentials.iter().filter(|credential| !is_made_up(project, credential)) {
        let first = *first.entry(&credential.value).or_insert(credential.span);
        let finding = cx.flag(
            credential.span,
            format!(
                "this is {} {}, which everyone who can read the repository can use",
                credential.article(),
                credential.what
            ),
        );
        finding.is_secret = true;
        finding.holds_in_documents = true;
        finding.help = Some(help.to_owned());
        // One credential in many places is revoked once.
        let place = format!("{} at {}:{}", credential.what, project.file(first.source).path, first.start);
        finding.cause = Some(Cause::same(place, ""));
        if let Some(excuse) = credential.excuse {
            finding.severity = Severity::Info;
            finding.help = Some(format!("{excuse}; restrict it to your site and APIs"));
        }
    }
    placeholders(cx);
    // Passwords in tests are made up; only credentials recognised by their form are reported there.
    let is_serious = |named: &&NamedValue| {
        let file = project.file(named.span.source);
        file.environment != Environment::Test && !(named.kind == Named::ComposeEnv && file.environment.is_set_aside())
    };
    for named in project.named_values.iter().filter(is_serious) {
        // A text that is partly written here may hold part of a secret, or be the address of one.
        if let Some(why) = named.value.why().filter(|_| names_secret(&named.name) && named.is_mixed()) {
            cx.unknown(named.value.span(), why);
        }
    }
    for named in project.named_values.iter().filter(|named| is_secret(project, named)).filter(is_serious) {
        let overlaps = |credential: &&crate::model::Credential| {
            named.value.span().contains(credential.span) || credential.span.contains(named.value.span())
        };
        if project.credentials.iter().filter(overlaps).count() > 0 {
            continue;
        }
        let what = if named.kind == Named::ImageEnv {
            "stays in the image and in the repository"
        } else {
            "is written into the repository"
        };
        let is_in_use = is_in_use(project, named);
        let finding = cx.flag(named.value.place(), format!("the secret value of `{}` {what}", named.name));
        finding.is_secret = true;
        finding.help = Some(if is_in_use {
            help.to_owned()
        } else {
            "if it is in use anywhere, store it in Secret Manager and revoke this one: it stays in the Git history"
                .to_owned()
        });
        if !is_in_use {
            finding.severity = Severity::Warning;
        }
    }
}

/// Whether a credential is the password of a database that only runs on developers' machines.
fn is_made_up(project: &Project, credential: &Credential) -> bool {
    let file = project.file(credential.span.source);
    file.surface == Some(Surface::Compose)
        && file.environment.is_set_aside()
        && credential.pattern == "url-with-password"
}

/// Reports placeholders in the environment of images for production: everyone knows them, and the image runs with them.
fn placeholders(cx: &mut Context<'_>) {
    let project = cx.project;
    let is_one = |named: &&NamedValue| {
        named.kind == Named::ImageEnv
            && is_in_use(project, named)
            && names_secret(&named.name)
            && named
                .value
                .known()
                .is_some_and(|value| value.len() >= 12 && value.to_ascii_lowercase().contains("change"))
            && !is_secret(project, named)
    };
    for named in project.named_values.iter().filter(is_one) {
        let message = format!("the image runs with a placeholder as the value of `{}`", named.name);
        let finding = cx.flag(named.value.place(), message);
        finding.severity = Severity::Warning;
        finding.help =
            Some("leave it out of the image, and set it from Secret Manager where the service is deployed".to_owned());
    }
}

/// Whether production runs with a value: it is part of an image or of a resource for production. A variable may be
/// replaced before it is used.
fn is_in_use(project: &Project, named: &NamedValue) -> bool {
    let is_for_production = project.file(named.span.source).environment == Environment::Production;
    is_for_production && matches!(named.kind, Named::ImageEnv | Named::ComposeEnv | Named::Attribute)
}

fn is_secret(project: &Project, named: &NamedValue) -> bool {
    let Some(value) = named.value.known() else { return false };
    let is_id = named.holds_id();
    // The databases of tests in a workflow have made-up passwords, and so have those of developers in `.env`.
    let may_be_made_up =
        project.file(named.span.source).surface == Some(Surface::Workflow) || named.kind == Named::EnvFile;
    if may_be_made_up && !looks_random(value) {
        return false;
    }
    // `sensitive = true` alone also marks what is only to stay out of logs, such as a path.
    let is_marked = names_secret(&named.name) || (named.is_sensitive && looks_random(value));
    !is_id && is_marked && is_literal_secret(value)
}
