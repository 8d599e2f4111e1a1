//! Firewall rules that open ports other than those of web servers to the whole internet.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::Allowed;

/// Ports that must not be public, with their services; of an open range, the first one in this list is reported.
#[rustfmt::skip]
const SENSITIVE: &[(u32, &str)] = &[
    (22, "SSH"), (3389, "RDP"), (21, "FTP"), (23, "Telnet"), (25, "SMTP"), (135, "RPC"), (139, "NetBIOS"), (445, "SMB"),
    (1433, "SQL Server"), (1521, "Oracle"), (2375, "Docker"), (2379, "etcd"), (3306, "MySQL"),
    (5432, "PostgreSQL"), (5601, "Kibana"), (5900, "VNC"), (5984, "CouchDB"), (6379, "Redis"), (6443, "Kubernetes"),
    (9200, "Elasticsearch"), (10250, "kubelet"), (11211, "memcached"), (27017, "MongoDB"),
];

/// The source range of Identity-Aware Proxy (<https://cloud.google.com/iap/docs/using-tcp-forwarding>).
const IDENTITY_AWARE_PROXY: &str = "35.235.240.0/20";

pub(super) fn check(cx: &mut Context<'_>) {
    for rule in &cx.project.firewalls {
        if let Some((here, why)) = &rule.unknown_ranges {
            cx.unknown(*here, why);
        }
        let (Some(place), Some(what)) = (&rule.open_to_all, rule.allowed.iter().find_map(reached)) else { continue };
        let finding = cx.flag(place.clone(), format!("{} lets the whole internet reach {what}", rule.subject));
        let is_login = rule.allowed.iter().all(|allowed| {
            let ports = allowed.ports.as_deref().unwrap_or_default();
            !ports.is_empty() && ports.iter().all(|range| matches!(range, (22, 22) | (3389, 3389)))
        });
        finding.fix = rule.everyone.as_ref().filter(|_| is_login).map(|range| {
            let edit = Edit::replace(range.span(), IDENTITY_AWARE_PROXY);
            Fix::risky("allow only Identity-Aware Proxy", vec![edit])
        });
        finding.help = Some(
            "narrow the source ranges; for SSH and RDP, allow `35.235.240.0/20` and connect through Identity-Aware Proxy".to_owned(),
        );
    }
}

/// The sensitive ports that a protocol and its ports open, for messages.
fn reached(allowed: &Allowed) -> Option<String> {
    let protocol = allowed.protocol.as_str();
    if protocol == "all" {
        return Some("every port of every protocol".to_owned());
    }
    if !matches!(protocol, "tcp" | "udp" | "6" | "17") {
        return None;
    }
    let Some(ports) = &allowed.ports else { return Some(format!("every port over {protocol}")) };
    ports.iter().find_map(|(from, to)| {
        let (number, name) = SENSITIVE.iter().find(|(number, _)| (*from..=*to).contains(number))?;
        Some(format!("port {number} ({name})"))
    })
}
