//! Firewall rules that let something in.

use super::setting::{Place, Why};
use super::text::Text;
use crate::span::Span;

/// A firewall rule for incoming traffic that is in force.
#[derive(Debug, Clone)]
pub struct Firewall {
    /// A name for messages: ``firewall rule `google_compute_firewall.ssh` ``.
    pub subject: String,
    /// Where it opens itself to every address, if it does.
    pub open_to_all: Option<Place>,
    /// Where its source ranges can't be told, and why.
    pub unknown_ranges: Option<(Span, Why)>,
    /// The range that is every address over IPv4, where it is written out.
    pub everyone: Option<Text>,
    /// What it lets in.
    pub allowed: Vec<Allowed>,
}

/// A protocol with ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The protocol, in lower case.
    pub protocol: String,
    /// The ports, as inclusive ranges; none where all of them are meant.
    pub ports: Option<Vec<(u32, u32)>>,
}

impl Allowed {
    /// From a protocol and ports as written (`22`, `8000-9000`); what is no number is left out.
    pub fn of(protocol: &str, ports: Option<Vec<&str>>) -> Self {
        let range = |port: &&str| {
            let (from, to) = port.split_once('-').unwrap_or((port, port));
            Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
        };
        let ports = ports.filter(|ports| !ports.is_empty()).map(|ports| ports.iter().filter_map(range).collect());
        Self { protocol: protocol.trim().to_ascii_lowercase(), ports }
    }
}
