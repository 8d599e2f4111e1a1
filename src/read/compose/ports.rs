//! Ports that a service publishes, in the short and in the long form
//! (<https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports>).

use super::interpolation::{Default, interpolate};
use crate::model::{PublishedPort, Setting, Text, Why};
use crate::source::{HOLE, Room};
use crate::syntax::yaml::Node;

/// The port of an entry; `None` for an entry that is none.
pub(super) fn published(node: Node<'_>) -> Option<PublishedPort> {
    if node.is_mapping() { long(node) } else { short(node) }
}

/// `[[ADDRESS:]PORT[-PORT]:]PORT[-PORT][/PROTOCOL]`
fn short(node: Node<'_>) -> Option<PublishedPort> {
    let fragment = node.fragment()?;
    let span = node.span();
    let text = interpolate(&fragment, Default::Evidence);
    let raw = text.raw();
    let has_variable = fragment.text().contains('$');
    let mapping = raw.split('/').next().unwrap_or_default();
    let colon = mapping.rfind(':');
    let (target, targets) = range(&mapping[colon.map_or(0, |colon| colon + 1)..]);
    let unknown = || Why::Other("a variable is part of it".into());
    let target = match target {
        Some(port) => Setting::Known(port, span.into()),
        None => Setting::Unknown(span, unknown()),
    };
    let Some(host) = colon.map(|colon| &mapping[..colon]) else {
        let (address, published) = (Setting::Absent(span), Setting::Absent(span));
        return Some(PublishedPort { span, address, target, published, targets, choices: 1, address_room: None });
    };
    // An IPv6 address is in brackets, or has colons of its own.
    let address_end = host.rfind(':').filter(|colon| host[colon + 1..].parse::<u16>().is_ok() || !host.ends_with(']'));
    let (published, choices) = range(&host[address_end.map_or(0, |colon| colon + 1)..]);
    let published = match published.filter(|_| !has_variable) {
        Some(port) => Setting::Known(port, span.into()),
        None => Setting::Unknown(span, unknown()),
    };
    let address = match address_end {
        // What is set may also begin with an address (`${PORT}:5432` with `127.0.0.1:5432`).
        None if host.contains(HOLE) => Setting::Unknown(span, unknown()),
        None => Setting::Absent(span),
        Some(_) if has_variable => Setting::Unknown(span, unknown()),
        Some(end) => {
            let address = text.slice(0..end);
            let place = address.place();
            Setting::Known(address, place)
        }
    };
    let at = fragment.span(0..0);
    let room = Room { at, before: String::new(), after: ":".to_owned(), line: String::new() };
    let address_room = (address.is_absent() && !has_variable).then_some(room);
    Some(PublishedPort { span, address, target, published, targets, choices, address_room })
}

fn long(node: Node<'_>) -> Option<PublishedPort> {
    let target = node.get("target")?;
    let span = node.entry("published").or_else(|| node.entry("target"))?.span();
    let number = |node: Node<'_>| {
        let text = interpolate(&node.fragment()?, Default::Open);
        let span = node.span();
        Some(match (range(text.raw()), text.why()) {
            ((Some(port), _), None) => Setting::Known(port, span.into()),
            (_, Some(why)) => Setting::Unknown(span, why.clone()),
            ((None, _), None) => Setting::Unknown(span, Why::Other("is no port".into())),
        })
    };
    let published = node.get("published");
    let address = node.get("host_ip").and_then(|address| address.fragment());
    let address: Setting<Text> =
        address.map_or(Setting::Absent(span), |address| interpolate(&address, Default::Open).setting());
    let choices = published.and_then(|published| published.text()).map_or(1, |text| range(text).1);
    Some(PublishedPort {
        span,
        target: number(target)?,
        published: published.and_then(number).unwrap_or(Setting::Absent(span)),
        targets: 1,
        choices,
        address_room: node.room(&["host_ip"]).filter(|_| address.is_absent()),
        address,
    })
}

/// The first port of a range and the number of ports; `8000` is a range of one.
fn range(text: &str) -> (Option<f64>, u32) {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse::<u16>(), last.trim().parse::<u16>()) {
        (Ok(first), Ok(last)) if first <= last => (Some(f64::from(first)), u32::from(last - first) + 1),
        _ => (None, 1),
    }
}
