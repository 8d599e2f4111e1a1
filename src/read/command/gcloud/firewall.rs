//! `gcloud compute firewall-rules create NAME --source-ranges=... --allow=tcp:22`.

use crate::model::{Allowed, Command, Firewall, Text};

/// The firewall rule that a command creates or updates.
pub(crate) fn firewall(command: &Command) -> Option<Firewall> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(Text::raw).collect();
    let creates = raw.contains(&"create");
    if raw.first() != Some(&"gcloud") || !raw.contains(&"firewall-rules") || !(creates || raw.contains(&"update")) {
        return None;
    }
    let flag = |name: &str| command.flag(name);
    let says = |name: &str, value: &str| flag(name).is_some_and(|text| text.raw().eq_ignore_ascii_case(value));
    let allowed = flag("--allow").or_else(|| flag("--rules"))?;
    if says("--direction", "egress") || says("--action", "deny") || raw.contains(&"--disabled") {
        return None;
    }
    let open_to_all = match flag("--source-ranges") {
        Some(ranges) => {
            ranges.raw().split(',').any(|range| matches!(range, "0.0.0.0/0" | "::/0")).then(|| ranges.place())
        }
        // Without ranges, tags or accounts, every address is a source.
        None if creates && flag("--source-tags").is_none() && flag("--source-service-accounts").is_none() => {
            Some(allowed.place())
        }
        None => None,
    };
    let rules = allowed.known()?.split(',').map(|rule| match rule.split_once(':') {
        Some((protocol, ports)) => Allowed::of(protocol, Some(vec![ports])),
        None => Allowed::of(rule, None),
    });
    let everyone = flag("--source-ranges").filter(|ranges| ranges.raw() == "0.0.0.0/0" && ranges.trail().is_empty());
    let unknown_ranges = flag("--source-ranges").and_then(|ranges| Some((ranges.span(), ranges.why()?.clone())));
    Some(Firewall {
        subject: "this firewall rule".to_owned(),
        open_to_all,
        unknown_ranges,
        everyone,
        allowed: rules.collect(),
    })
}
