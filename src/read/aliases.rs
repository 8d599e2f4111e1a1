//! What the items of a list in YAML may cost, where aliases let a short list stand for a long one.

use crate::budget::{Budget, Shares};
use crate::span::Span;
use crate::syntax::yaml::Node;
use std::collections::HashSet;

/// The reason for what is left out when a budget runs out.
pub(super) const TOO_MUCH: &str = "stands for more text than is followed";

/// The budgets of the items of a list.
pub(super) struct Items {
    pub(super) shares: Shares,
    /// The places of the items so far.
    seen: HashSet<Span>,
}

impl Items {
    /// The budgets of the items of a list in a document.
    pub(super) fn of(list: Option<Node<'_>>, root: Node<'_>) -> Self {
        let count = list.map_or(0, |list| list.items().len());
        Self { shares: Shares::among(count, root.span().range().len()), seen: HashSet::new() }
    }

    /// The budget of the next item, and whether it is an alias of an earlier one, which has no text of its own.
    pub(super) fn next(&mut self, item: Node<'_>) -> (Budget, bool) {
        let is_alias = !self.seen.insert(item.span());
        (self.shares.of(if is_alias { 0 } else { item.span().range().len() }), is_alias)
    }
}
