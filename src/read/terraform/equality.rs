//! Whether two values are equal, as far as their known parts decide it.

use crate::budget::{Budget, Exhausted};
use crate::model::{Value, ValueKind, format_number};
use crate::source::HOLE;
use std::collections::HashMap;
use std::sync::Arc;

/// Whether two values are equal; `None` if unknown parts decide it.
pub(super) fn equal(left: &Value, right: &Value, budget: &Budget) -> Result<Option<bool>, Exhausted> {
    use ValueKind::*;
    budget.charge(1, 0)?;
    Ok(match (&left.kind, &right.kind) {
        (Unknown(_), _) | (_, Unknown(_)) => None,
        (Null, Null) => Some(true),
        (Null, _) | (_, Null) => Some(false),
        (Bool(left), Bool(right)) => Some(left == right),
        (Number(left), Number(right)) => Some(left == right),
        (Text(left), Text(right)) => {
            budget.charge(left.raw().len().min(right.raw().len()) / 64, 0)?;
            match (left.known(), right.known()) {
                (Some(left), Some(right)) => Some(left == right),
                _ if left.raw().is_empty() || right.raw().is_empty() => {
                    let text = if left.raw().is_empty() { right.raw() } else { left.raw() };
                    // A text with a known character is not empty, whatever its unknown parts are.
                    text.chars().any(|c| c != HOLE).then_some(false)
                }
                _ => None,
            }
        }
        // Shared lists are equal to themselves, which saves walking them.
        (List(one), List(other)) if Arc::ptr_eq(one, other) && left.is_known() => Some(true),
        (Object(one), Object(other)) if Arc::ptr_eq(one, other) && left.is_known() => Some(true),
        (List(left), List(right)) if left.len() != right.len() => Some(false),
        (List(left), List(right)) => {
            all(left.iter().zip(right.iter()).map(|(left, right)| Some((left, right))), budget)?
        }
        (Object(left), Object(right)) if left.len() != right.len() => Some(false),
        (Object(left), Object(right)) => {
            budget.charge(left.len(), 0)?;
            let right: HashMap<&str, &Value> = right.iter().rev().map(|(key, value)| (&**key, value)).collect();
            all(left.iter().map(|(key, value)| Some((value, *right.get(&**key)?))), budget)?
        }
        (Text(text), Number(number)) | (Number(number), Text(text)) => {
            text.known().map(|text| text == format_number(*number))
        }
        _ => Some(false),
    })
}

/// Whether all pairs are equal; a missing partner is a difference.
fn all<'v>(
    pairs: impl Iterator<Item = Option<(&'v Value, &'v Value)>>,
    budget: &Budget,
) -> Result<Option<bool>, Exhausted> {
    let mut same = Some(true);
    for pair in pairs {
        let here = match pair {
            Some((left, right)) => equal(left, right, budget)?,
            None => Some(false),
        };
        match here {
            Some(false) => return Ok(Some(false)),
            Some(true) => {}
            None => same = None,
        }
    }
    Ok(same)
}
