//! Services and functions that anyone can call.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix, Label, Severity};
use crate::model::{Exposure, Place, Scope, Setting, Workload, names_public};
use std::collections::HashMap;

/// A place that opens a service.
struct Opened<'a> {
    /// The service, if the repository describes it.
    service: Option<&'a Workload>,
    /// Its name, if it is known; other places with this name open the same service.
    name: Option<String>,
    place: Place,
    message: String,
    /// The binding that opens it.
    binding: Option<&'a str>,
    fix: Option<Fix>,
}

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let mut opened: Vec<Opened<'_>> = Vec::new();
    for service in project.callable().filter(|service| !service.is_behind_balancer()) {
        match service.exposure() {
            Setting::Known(Exposure::Public(how), place) => {
                let fix = how.opposite().filter(|_| place.trail.is_none());
                opened.push(Opened {
                    service: Some(service),
                    name: service.name.known().and_then(|(name, _)| name.known()).map(str::to_owned),
                    message: format!("{} can be called by anyone because of `{}`", service.label(), how.name()),
                    fix: fix.map(|instead| {
                        Fix::risky(format!("write `{instead}`"), vec![Edit::replace(place.span, instead)])
                    }),
                    binding: None,
                    place,
                });
            }
            Setting::Unknown(here, why) => cx.unknown(here, &why),
            Setting::Known(Exposure::Private, _) | Setting::Absent(_) => {}
        }
    }
    for grant in &project.grants {
        let (Scope::CloudRun(target) | Scope::Function(target)) = &grant.scope else { continue };
        let anyone = grant.members.iter().find(|member| matches!(member.raw(), "allUsers" | "allAuthenticatedUsers"));
        let Some(member) = anyone else { continue };
        let invokes = !matches!(&grant.role, Setting::Known(role, _) if !role.raw().ends_with("run.invoker") && !role.raw().ends_with("cloudfunctions.invoker"));
        let service = target.as_deref().and_then(|target| project.callable().find(|service| service.is_named(target)));
        if !invokes || service.is_some_and(Workload::is_behind_balancer) {
            continue;
        }
        let label = match (service, target) {
            (Some(service), _) => service.label(),
            (None, target) => {
                let kind = if matches!(grant.scope, Scope::Function(_)) { "function" } else { "service" };
                target.as_ref().map_or_else(|| format!("this {kind}"), |target| format!("{kind} `{target}`"))
            }
        };
        let name = service.and_then(|service| service.name.known()).and_then(|(name, _)| name.known());
        opened.push(Opened {
            service,
            name: name.map(str::to_owned).or_else(|| target.clone()),
            place: member.place(),
            message: format!("{label} can be called by anyone: {} grants access to `{}`", grant.subject, member.raw()),
            binding: Some(&grant.subject),
            fix: None,
        });
    }
    let is_private = |service: &&Workload| matches!(service.exposure(), Setting::Known(Exposure::Private, _));
    let private: Vec<&Workload> = project.callable().filter(is_private).collect();
    let mut by_name: HashMap<&str, Vec<&Opened<'_>>> = HashMap::new();
    for one in &opened {
        by_name.entry(one.name.as_deref().unwrap_or_default()).or_default().push(one);
    }
    for one in &opened {
        let same = one.name.as_deref().map_or(&[][..], |name| &by_name[name]);
        if same.first().is_some_and(|first| !std::ptr::eq(*first, one)) {
            continue;
        }
        let own = || std::iter::once(one).chain(same.iter().copied());
        // What says itself that it is public needs no word from us.
        if own().any(is_on_purpose) {
            continue;
        }
        let evidence = own().find_map(|opened| evidence(&private, opened));
        let finding = cx.flag(one.place.clone(), one.message.clone());
        finding.fix.clone_from(&one.fix);
        finding.help = Some(
            "if it is public on purpose, ignore the rule here with a reason; otherwise require authentication, or enable IAP"
                .to_owned(),
        );
        if let Some(evidence) = evidence {
            finding.severity = Severity::Info;
            finding.message.push_str(&evidence);
            let item = one.service.map(Workload::label).unwrap_or_default();
            finding.cause = Some(Cause::same("public on purpose", item));
        }
        let contradicting = private.iter().filter(|other| one.name.as_deref().is_some_and(|name| other.is_named(name)));
        finding.related.extend(
            contradicting.map(|other| Label { span: other.span, message: "private by this description".to_owned() }),
        );
        let again = same.iter().filter(|other| other.place.span != one.place.span);
        finding
            .related
            .extend(again.map(|other| Label { span: other.place.span, message: "opened here as well".to_owned() }));
    }
}

/// Whether a service is public on purpose, by its name or by that of the binding.
fn is_on_purpose(opened: &Opened<'_>) -> bool {
    let says_public = |text: &str| {
        let says = |word: &str| matches!(word, "public" | "noauth" | "unauthenticated" | "anonymous" | "allusers");
        text.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(says)
    };
    opened.binding.is_some_and(says_public) || opened.name.as_deref().is_some_and(names_public)
}

/// What makes it likely that a service is public on purpose, as the end of a sentence.
fn evidence(private: &[&Workload], opened: &Opened<'_>) -> Option<String> {
    let name = opened.name.as_deref()?;
    // A service that is private elsewhere is hardly public on purpose here.
    if private.iter().any(|other| other.is_named(name)) {
        return None;
    }
    if opened.service.is_some_and(Workload::checks_callers) {
        return Some(", and its variables say that it checks who calls it".to_owned());
    }
    let is_other = |other: &&&Workload| opened.service.is_none_or(|own| !std::ptr::eq(own, **other));
    Some(format!(", while {} is private", private.iter().find(is_other)?.label()))
}
