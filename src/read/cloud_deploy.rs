//! Files of Cloud Deploy: delivery pipelines and targets.
//!
//! Fields: <https://cloud.google.com/deploy/docs/config-files>.

use super::cloud_run::unfilled;
use crate::model::{DeliveryPipeline, DeliveryTarget, Facts, Setting, Why};
use crate::syntax::yaml::Node;

/// The facts of a document; `None` if it is none of Cloud Deploy.
pub(crate) fn read(root: Node<'_>) -> Option<Facts> {
    let version = root.get("apiVersion")?.text()?;
    if !version.starts_with("deploy.cloud.google.com/") {
        return None;
    }
    let mut facts = Facts::default();
    let entry = root.entry("kind")?;
    let span = entry.span();
    let known = |node: Node<'_>| unfilled(&node.fragment()?).known().map(str::to_owned);
    let name = root.descend(&["metadata", "name"]).and_then(known);
    match entry.value.text() {
        Some("DeliveryPipeline") => {
            let stages = root.descend(&["serialPipeline", "stages"]).into_iter().flat_map(|stages| stages.items());
            let targets = stages.map(|stage| stage.get("targetId").and_then(known)).collect();
            facts.delivery_pipelines.push(DeliveryPipeline { name, span, targets });
        }
        Some("Target") => {
            let approval = match root.entry("requireApproval") {
                Some(entry) => match entry.value.text() {
                    Some("true") => Setting::Known(true, entry.span().into()),
                    Some("false") => Setting::Known(false, entry.span().into()),
                    _ => Setting::Unknown(entry.span(), Why::Computed),
                },
                None => Setting::Absent(span),
            };
            facts.delivery_targets.push(DeliveryTarget { name, span, approval });
        }
        _ => {}
    }
    Some(facts)
}
