//! Objects of Kubernetes in versions that clusters no longer serve.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for object in &project.removed_versions {
        let Some(version) = object.version else {
            cx.unknown(object.span, &Why::Computed);
            continue;
        };
        let label = match &object.name {
            Some(name) => format!("{} `{name}`", object.kind),
            None => format!("this {}", object.kind),
        };
        let message = format!("{label} is rejected: clusters have no `{version}` since Kubernetes {}", object.since);
        let finding = cx.flag(object.span, message);
        finding.cause = Some(Cause::same(format!("removed {version}"), label.clone()));
        finding.subject = Some(version.to_owned());
        finding.help = Some(match object.instead {
            Some(instead) if object.is_same => format!("write `apiVersion: {instead}`"),
            Some(instead) => {
                format!("write `apiVersion: {instead}`, whose fields differ: `kubectl convert` shows them")
            }
            None => "remove it: its successor, Pod Security admission, is set with labels of the namespace".to_owned(),
        });
        // A cluster that is older still serves the old version.
        if let Some(instead) = object.instead.filter(|_| object.is_same) {
            finding.fix = Some(Fix::risky(format!("write `{instead}`"), vec![Edit::replace(object.span, instead)]));
        }
    }
}
