//! Converts `google_compute_firewall` resources to firewall rules.

use crate::model::{Allowed, Firewall, Resource, Setting, Value};

/// The firewall rule of a resource; `None` if it allows no incoming traffic, or if a variable decides whether it does.
pub(super) fn rule(resource: &Resource) -> Option<Firewall> {
    if resource.kind != "google_compute_firewall" {
        return None;
    }
    let block = &resource.block;
    // A variable may decide whether the rule is enabled, and its direction.
    if ["disabled", "direction"].iter().any(|name| matches!(block.get(name), Setting::Unknown(..))) {
        return None;
    }
    let is_off = block.get("disabled").known().is_some_and(|(value, _)| value.bool() == Some(true));
    let is_egress = block.get("direction").known().is_some_and(|(value, _)| value.text() == Some("EGRESS"));
    if is_off || is_egress {
        return None;
    }
    let is_all = |range: &&Value| matches!(range.text(), Some("0.0.0.0/0" | "::/0"));
    let open_to_all = match block.get("source_ranges") {
        Setting::Known(ranges, _) => ranges.list().into_iter().flatten().find(is_all).map(Value::place),
        _ => None,
    };
    let unknown_ranges = match block.get("source_ranges") {
        Setting::Unknown(span, why) => Some((span, why)),
        _ => None,
    };
    let everyone = match block.get("source_ranges") {
        Setting::Known(ranges, _) => {
            let ranges = ranges.list().into_iter().flatten();
            ranges.filter_map(Value::as_text).find(|range| range.raw() == "0.0.0.0/0" && range.trail().is_empty())
        }
        _ => None,
    };
    let allowed = block.each("allow").filter_map(|allow| {
        let Setting::Known(protocol, _) = allow.get("protocol") else { return None };
        match allow.get("ports") {
            Setting::Absent(_) => Some(Allowed::of(protocol.text()?, None)),
            Setting::Known(ports, _) => {
                let texts: Vec<_> = ports.list()?.iter().filter_map(Value::as_text).collect();
                Some(Allowed::of(protocol.text()?, Some(texts.iter().filter_map(|text| text.known()).collect())))
            }
            Setting::Unknown(..) => None,
        }
    });
    Some(Firewall {
        subject: format!("firewall rule `{}`", resource.address()),
        open_to_all,
        unknown_ranges,
        everyone,
        allowed: allowed.collect(),
    })
}
