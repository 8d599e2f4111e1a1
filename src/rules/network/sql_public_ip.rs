//! Databases with a public IP address.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Severity};
use crate::model::{Place, Setting, ValueKind};

/// The attribute that gives a database a public address.
const PUBLIC: &str = "settings.ip_configuration.ipv4_enabled";

pub(super) fn check(cx: &mut Context<'_>) {
    for instance in cx.project.resources_of("google_sql_database_instance") {
        let address = instance.address();
        let networks: Vec<Place> = instance
            .block
            .each("settings")
            .flat_map(|settings| settings.each("ip_configuration"))
            .flat_map(|configuration| configuration.each("authorized_networks"))
            .filter_map(|network| match network.get("value") {
                Setting::Known(value, place) if matches!(value.text(), Some("0.0.0.0/0" | "::/0")) => Some(place),
                _ => None,
            })
            .collect();
        // `ipv4_enabled` defaults to true in all versions of the provider.
        let here = match instance.block.get(PUBLIC) {
            Setting::Known(value, _) if value.bool() == Some(false) => continue,
            Setting::Known(value, place) if value.bool() == Some(true) => place,
            Setting::Known(value, place) => {
                debug_assert!(!matches!(value.kind, ValueKind::Bool(_)));
                cx.unknown(place.span, &crate::model::Why::Computed);
                continue;
            }
            Setting::Unknown(span, why) => {
                cx.unknown(span, &why);
                continue;
            }
            Setting::Absent(span) => span.into(),
        };
        if let Some(open) = networks.into_iter().next() {
            let finding =
                cx.flag(open, format!("database `{address}` accepts connections from every address on the internet"));
            finding.severity = Severity::Error;
            finding.help =
                Some("remove this network, and connect over private IP or with the Cloud SQL connectors".to_owned());
            continue;
        }
        if instance.block.get("settings").is_absent() && instance.block.block("settings").is_none() {
            // A clone or a replica takes its settings from another instance.
            continue;
        }
        // Without a private network the database could not be reached at all, and Cloud SQL would reject it.
        let has_network = !instance.block.get("settings.ip_configuration.private_network").is_absent();
        let edit = match instance.block.get(PUBLIC) {
            Setting::Known(_, place) => place.trail.is_none().then(|| Edit::replace(place.span, "false")),
            _ => instance.block.room(PUBLIC).map(|room| Edit::fill(&room, "false")),
        };
        let finding = cx.flag(here, format!("database `{address}` has a public IP address"));
        // Without authorized networks, only the connectors get through, and these authenticate and encrypt.
        if instance.block.get("settings.ip_configuration.authorized_networks").is_absent() {
            finding.severity = Severity::Info;
        }
        finding.fix = edit.filter(|_| has_network).map(|edit| Fix::risky("disable the public IP address", vec![edit]));
        finding.help = Some(
            "set `ipv4_enabled = false` and `private_network`, and connect from Cloud Run through the VPC".to_owned(),
        );
    }
}
