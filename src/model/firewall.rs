//! Firewall rules that allow incoming traffic.

use super::setting::{Place, Why};
use super::text::Text;
use crate::span::Span;
use serde::Serialize;

/// An enabled firewall rule that allows incoming traffic.
#[derive(Debug, Clone, Serialize)]
pub struct Firewall {
    /// A name for messages: ``firewall rule `google_compute_firewall.ssh` ``.
    pub subject: String,
    /// The place of a source range that covers every address, if there is one.
    pub open_to_all: Option<Place>,
    /// The span of unknown source ranges, and why they are unknown.
    pub unknown_ranges: Option<(Span, Why)>,
    /// The range of every IPv4 address, if it is written out.
    pub everyone: Option<Text>,
    /// The protocols and ports that it allows.
    pub allowed: Vec<Allowed>,
}

/// A protocol with ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The protocol, in lower case.
    pub protocol: String,
    /// The ports, as inclusive ranges; `None` for all ports.
    pub ports: Option<Vec<(u32, u32)>>,
}

impl Allowed {
    /// Parses a protocol and ports as written (`22`, `8000-9000`); ports that are not numbers are left out.
    pub fn of(protocol: &str, ports: Option<Vec<&str>>) -> Self {
        let range = |port: &&str| {
            let (from, to) = port.split_once('-').unwrap_or((port, port));
            Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
        };
        let ports = ports.filter(|ports| !ports.is_empty()).map(|ports| ports.iter().filter_map(range).collect());
        Self { protocol: protocol.trim().to_ascii_lowercase(), ports }
    }
}
