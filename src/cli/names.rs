//! The names by which a user selects rules: ids, concerns, `ALL`, and ids of other tools' rules.

use crate::catalogue::Rule;
use crate::rules::ALL;
use crate::spelling;

/// The name of all rules.
const EVERY: &str = "ALL";

/// The rules that a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Named {
    /// The rule with this id.
    Rule(&'static Rule),
    /// All rules, or those of a concern.
    Group(Vec<&'static Rule>),
    /// The rules that cover a rule of another tool, whose id is written as on their pages.
    Peer(&'static str, Vec<&'static Rule>),
}

impl Named {
    /// The rules that a name stands for, in upper or lower case. Our own names win over those of other tools: some
    /// tools have a rule with the same id as one of ours.
    pub(super) fn of(name: &str) -> Option<Self> {
        let all = || ALL.iter().copied();
        if let Some(rule) = all().find(|rule| rule.id.eq_ignore_ascii_case(name)) {
            return Some(Self::Rule(rule));
        }
        let is_all = name.eq_ignore_ascii_case(EVERY);
        let group: Vec<_> = all().filter(|rule| is_all || rule.concern.eq_ignore_ascii_case(name)).collect();
        if !group.is_empty() {
            return Some(Self::Group(group));
        }
        let listed = |rule: &'static Rule| rule.page().front.covers.iter().find(|listed| is_same(listed, name));
        let id = all().find_map(listed)?;
        Some(Self::Peer(id, all().filter(|rule| listed(rule).is_some()).collect()))
    }

    /// The rules.
    pub(super) fn rules(&self) -> &[&'static Rule] {
        match self {
            Self::Rule(rule) => std::slice::from_ref(rule),
            Self::Group(rules) | Self::Peer(_, rules) => rules,
        }
    }
}

/// Our own names: `ALL`, the concerns, and the ids of rules.
pub(super) fn own() -> impl Iterator<Item = &'static str> {
    let mut concerns: Vec<&'static str> = ALL.iter().map(|rule| rule.concern).collect();
    concerns.dedup();
    std::iter::once(EVERY).chain(concerns).chain(ALL.iter().map(|rule| rule.id.as_str()))
}

/// The most similar name, for a name that is unknown.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let peers = ALL.iter().flat_map(|rule| &rule.page().front.covers).map(String::as_str);
    spelling::nearest(name, own().chain(peers))
}

/// Whether an id is the one that a page lists. Pages leave out the `AVD-` of trivy's ids, and list the first eight digits
/// of the UUIDs of KICS.
fn is_same(listed: &str, id: &str) -> bool {
    let short = match id.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("AVD-") => &id[4..],
        _ if is_uuid(id) => &id[..8],
        _ => id,
    };
    listed.eq_ignore_ascii_case(short)
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(name: &str) -> Vec<&'static str> {
        Named::of(name).map(|named| named.rules().iter().map(|rule| rule.id.as_str()).collect()).unwrap_or_default()
    }

    #[test]
    fn a_name_is_a_rule_a_concern_all_or_the_id_of_another_tool() {
        assert_eq!(rules("latest-tag"), ["latest-tag"]);
        assert_eq!(
            rules("identity"),
            [
                "default-service-account",
                "host-namespace",
                "long-lived-sa-key",
                "missing-id-token",
                "non-root-refused",
                "overbroad-iam",
                "privileged-container",
                "public-unauthenticated",
                "root-user",
                "wif-without-condition",
                "workflow-broad-permissions"
            ]
        );
        assert_eq!(rules("ALL").len(), ALL.len());
        assert_eq!(rules("CKV_GCP_14"), ["sql-no-backup"]);
        assert_eq!(rules("DL3064"), ["secret-in-build-arg", "secret-literal"]);
        assert_eq!(rules("no-such-rule"), [] as [&str; 0]);
        assert_eq!(rules(""), [] as [&str; 0]);
    }

    #[test]
    fn other_spellings_of_a_name_are_known() {
        for name in ["DL3007", "dl3007", "Latest-Tag"] {
            assert_eq!(rules(name), ["latest-tag"], "{name}");
        }
        assert_eq!(rules("all"), rules("ALL"));
        assert_eq!(rules("avd-gcp-0024"), ["sql-no-backup"]);
        assert_eq!(rules("f45ea400-6bbe-4501-9fc7-1c3d75c32067"), ["latest-tag"]);
        assert_eq!(rules("f45ea400-"), [] as [&str; 0]);
        assert_eq!(rules("äöü"), [] as [&str; 0]);
    }

    #[test]
    fn our_own_names_win_and_are_distinct() {
        for rule in ALL.iter() {
            assert_eq!(rules(&rule.id), [rule.id.as_str()]);
        }
        let mut names: Vec<&str> = own().collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_id_on_a_page_names_its_rule() {
        for rule in ALL.iter() {
            for id in &rule.page().front.covers {
                let is_ours = ALL.iter().any(|rule| *rule.id == **id);
                assert!(is_ours || rules(id).contains(&rule.id.as_str()), "{id} does not name {}", rule.id);
            }
        }
    }

    #[test]
    fn similar_names_of_every_kind_are_suggested() {
        assert_eq!(nearest("root-usr"), Some("root-user"));
        assert_eq!(nearest("supplychain"), Some("supply-chain"));
        assert_eq!(nearest("CKV_GCP14"), Some("CKV_GCP_14"));
        assert_eq!(nearest("dl3070"), Some("DL3007"));
        // Two digits more are another rule, not a misspelt one.
        assert_eq!(nearest("SC2086"), None);
    }
}
