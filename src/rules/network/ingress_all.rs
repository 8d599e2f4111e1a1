//! Services that are not public but can be reached from the whole internet.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::attribute::INGRESS;
use crate::model::{Exposure, Scope, Setting, Workload, Written};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for service in project.services() {
        // Public services are reported by `public-unauthenticated`.
        if matches!(service.exposure(), Setting::Known(Exposure::Public(_), _)) || is_opened(cx, service) {
            continue;
        }
        let ingress = service.settings.get(INGRESS);
        let (here, how) = match &ingress {
            Setting::Absent(here) => ((*here).into(), "by default"),
            Setting::Known(ingress, place) if ingress.raw() == "all" => (place.clone(), "by this setting"),
            Setting::Known(..) => continue,
            Setting::Unknown(here, why) => {
                cx.unknown(*here, why);
                continue;
            }
        };
        let finding = cx.flag(here, format!("{} accepts requests from the whole internet {how}", service.label()));
        finding.cause = matches!(ingress, Setting::Absent(_)).then(|| Context::lacks(service));
        finding.help =
            Some("set ingress to `internal`, or to `internal-and-cloud-load-balancing` behind a load balancer, unless it has callers on the internet, or Cloud Run services that call it without a VPC".to_owned());
        finding.fix = ingress.known().filter(|(ingress, _)| ingress.trail().is_empty()).map(|(ingress, _)| {
            let is_terraform = matches!(service.written, Written::Terraform(_));
            let narrower = INGRESS.attribute().spelled("internal-and-cloud-load-balancing", is_terraform);
            Fix::risky(format!("write `{narrower}`"), vec![Edit::replace(ingress.span(), narrower)])
        });
    }
}

/// Whether anything opens the service to everyone: a binding, or another description of it.
fn is_opened(cx: &Context<'_>, service: &Workload) -> bool {
    let name = |service: &Workload| service.name.known().and_then(|(name, _)| name.known()).map(str::to_owned);
    let named = name(service);
    let is_same = |other: &&Workload| named.is_some() && name(other) == named;
    let is_public = |other: &Workload| matches!(other.exposure(), Setting::Known(Exposure::Public(_), _));
    let is_open_elsewhere = cx.project.services().filter(is_same).any(is_public);
    is_open_elsewhere
        || cx.project.grants.iter().any(|grant| {
            let Scope::CloudRun(target) = &grant.scope else { return false };
            let anyone = grant.members.iter().any(|member| member.raw() == "allUsers");
            // A binding whose target is unknown may belong to this service.
            let is_its = target.as_deref().is_none_or(|target| {
                matches!(&service.written, Written::Terraform(address) if address == target)
                    || service.name.known().is_none_or(|(name, _)| name.raw() == target)
            });
            anyone && is_its
        })
}
