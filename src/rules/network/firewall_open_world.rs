//! Firewall rules that let the whole internet reach what is not a web server.

use crate::model::{Command, Place, Resource, Setting, Value, ValueKind};
use crate::rule::Context;

/// Ports that are not for the public, with what listens there.
const SENSITIVE: &[(u32, &str)] = &[
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (135, "RPC"),
    (139, "NetBIOS"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2375, "Docker"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (6443, "Kubernetes"),
    (9200, "Elasticsearch"),
    (10250, "kubelet"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

pub(super) fn check(cx: &mut Context<'_>) {
    for rule in cx.project.resources_of("google_compute_firewall") {
        if let Some((place, what)) = resource(rule) {
            cx.flag(place, format!("firewall rule `{}` lets the whole internet reach {what}", rule.address())).help =
                Some(HELP.to_owned());
        }
    }
    for command in &cx.project.commands {
        if let Some((place, what)) = line(command) {
            cx.flag(place, format!("this firewall rule lets the whole internet reach {what}")).help =
                Some(HELP.to_owned());
        }
    }
}

const HELP: &str =
    "narrow the source ranges; for SSH and RDP, allow `35.235.240.0/20` and connect through Identity-Aware Proxy";

fn resource(rule: &Resource) -> Option<(Place, String)> {
    let block = &rule.block;
    let says = |name: &str, value: &str| block.get(name).known().is_some_and(|(found, _)| found.text() == Some(value));
    let is_off = block.get("disabled").known().is_some_and(|(value, _)| value.bool() == Some(true));
    if is_off || says("direction", "EGRESS") {
        return None;
    }
    let Setting::Known(ranges, _) = block.get("source_ranges") else { return None };
    let open = ranges.list()?.iter().find(|range| matches!(range.text(), Some("0.0.0.0/0" | "::/0")))?;
    let what = block.each("allow").find_map(|allow| {
        let protocol = match allow.get("protocol") {
            Setting::Known(value, _) => value.text()?.to_ascii_lowercase(),
            _ => return None,
        };
        let ports = match allow.get("ports") {
            Setting::Absent(_) => None,
            Setting::Known(value, _) => match &value.kind {
                ValueKind::List(items) => Some(
                    items
                        .iter()
                        .filter_map(Value::as_text)
                        .filter_map(|text| text.known().map(str::to_owned))
                        .collect(),
                ),
                _ => return None,
            },
            Setting::Unknown(..) => return None,
        };
        reached(&protocol, ports)
    })?;
    Some((open.place(), what))
}

/// What a protocol and its ports reach that is not for everyone.
fn reached(protocol: &str, ports: Option<Vec<String>>) -> Option<String> {
    if protocol == "all" {
        return Some("every port of every protocol".to_owned());
    }
    if !matches!(protocol, "tcp" | "udp" | "6" | "17") {
        return None;
    }
    let Some(ports) = ports.filter(|ports| !ports.is_empty()) else {
        return Some(format!("every port over {protocol}"));
    };
    ports.iter().find_map(|port| {
        let (from, to) = port.split_once('-').unwrap_or((port, port));
        let (from, to) = (from.trim().parse::<u32>().ok()?, to.trim().parse::<u32>().ok()?);
        let (number, name) = SENSITIVE.iter().find(|(number, _)| (from..=to).contains(number))?;
        Some(format!("port {number} ({name})"))
    })
}

/// `gcloud compute firewall-rules create NAME --source-ranges=... --allow=tcp:22`.
fn line(command: &Command) -> Option<(Place, String)> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(|word| word.raw()).collect();
    if raw.first() != Some(&"gcloud")
        || !raw.contains(&"firewall-rules")
        || !(raw.contains(&"create") || raw.contains(&"update"))
    {
        return None;
    }
    let flag = |name: &str| {
        words.iter().enumerate().find_map(|(at, word)| {
            if word.raw() == name { words.get(at + 1).cloned() } else { word.strip_prefix(&format!("{name}=")) }
        })
    };
    let allowed = flag("--allow").or_else(|| flag("--rules"))?;
    let is_egress = flag("--direction").is_some_and(|direction| direction.raw().eq_ignore_ascii_case("egress"));
    let is_denied = flag("--action").is_some_and(|action| action.raw().eq_ignore_ascii_case("deny"));
    let ranges = flag("--source-ranges");
    // Without ranges, tags or accounts the source is everywhere.
    let is_open = match &ranges {
        Some(ranges) => ranges.raw().split(',').any(|range| matches!(range, "0.0.0.0/0" | "::/0")),
        None => {
            raw.contains(&"create") && flag("--source-tags").is_none() && flag("--source-service-accounts").is_none()
        }
    };
    if is_egress || is_denied || !is_open {
        return None;
    }
    let what = allowed.known()?.split(',').find_map(|rule| {
        let (protocol, ports) =
            rule.split_once(':').map_or((rule, None), |(protocol, port)| (protocol, Some(vec![port.to_owned()])));
        reached(&protocol.to_ascii_lowercase(), ports)
    })?;
    Some((ranges.unwrap_or(allowed).place(), what))
}
