//! Services that anyone can call.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::attribute::INGRESS;
use crate::model::{Exposure, Scope, Setting, Workload, Written};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let help = "if it is public on purpose, ignore the rule here with a reason; otherwise require authentication, or enable IAP";
    for service in project.services().filter(|service| !is_behind_balancer(service)) {
        match service.exposure() {
            Setting::Known(Exposure::Public(how), place) => {
                let finding = cx.flag(
                    place.clone(),
                    format!("{} can be called by anyone because of `{}`", service.label(), how.name()),
                );
                finding.help = Some(help.to_owned());
                finding.fix = how
                    .opposite()
                    .filter(|_| place.trail.is_none())
                    .map(|instead| Fix::risky(format!("write `{instead}`"), vec![Edit::replace(place.span, instead)]));
            }
            Setting::Unknown(here, why) => cx.unknown(here, &why),
            Setting::Known(Exposure::Private, _) | Setting::Absent(_) => {}
        }
    }
    for grant in &project.grants {
        let Scope::CloudRun(target) = &grant.scope else { continue };
        let anyone = grant.members.iter().find(|member| matches!(member.raw(), "allUsers" | "allAuthenticatedUsers"));
        let Some(member) = anyone else { continue };
        let invokes = !matches!(&grant.role, Setting::Known(role, _) if !role.raw().ends_with("run.invoker"));
        let service = target.as_deref().and_then(|target| project.services().find(|service| is_named(service, target)));
        if !invokes || service.is_some_and(is_behind_balancer) {
            continue;
        }
        let label = match (service, target) {
            (Some(service), _) => service.label(),
            (None, Some(target)) => format!("service `{target}`"),
            (None, None) => "this service".to_owned(),
        };
        let finding = cx.flag(
            member.place(),
            format!("{label} can be called by anyone: {} grants access to `{}`", grant.subject, member.raw()),
        );
        finding.help = Some(help.to_owned());
    }
}

/// Whether ingress is restricted: then `allUsers` only means that the load balancer and internal callers need no token.
fn is_behind_balancer(service: &Workload) -> bool {
    let ingress = service.settings.get(INGRESS);
    ingress.known().is_some_and(|(ingress, _)| ingress.raw().to_ascii_lowercase().contains("internal"))
}

fn is_named(service: &Workload, target: &str) -> bool {
    let by_address = matches!(&service.written, Written::Terraform(address) if address == target);
    by_address || service.name.known().is_some_and(|(name, _)| name.raw() == target)
}
