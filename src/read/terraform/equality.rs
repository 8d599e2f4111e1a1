//! Whether two values are equal, as far as their known parts decide it.

use crate::model::{Value, ValueKind, Why, format_number};
use crate::source::HOLE;
use crate::span::Span;

pub(super) fn unknown_like(value: &Value, at: Span) -> Value {
    Value::unknown(at, value.why().cloned().unwrap_or(Why::Computed))
}

/// Whether two values are equal; `None` if unknown parts decide it.
pub(super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    use ValueKind::*;
    match (&left.kind, &right.kind) {
        (Unknown(_), _) | (_, Unknown(_)) => None,
        (Null, Null) => Some(true),
        (Null, _) | (_, Null) => Some(false),
        (Bool(left), Bool(right)) => Some(left == right),
        (Number(left), Number(right)) => Some(left == right),
        (Text(left), Text(right)) => match (left.known(), right.known()) {
            (Some(left), Some(right)) => Some(left == right),
            _ if left.raw().is_empty() || right.raw().is_empty() => {
                let text = if left.raw().is_empty() { right.raw() } else { left.raw() };
                // A text with a known character is not empty, whatever its unknown parts are.
                text.chars().any(|c| c != HOLE).then_some(false)
            }
            _ => None,
        },
        (List(left), List(right)) => {
            if left.len() != right.len() {
                return Some(false);
            }
            left.iter().zip(right.iter()).try_fold(true, |same, (left, right)| Some(same && equal(left, right)?))
        }
        (Object(left), Object(right)) => {
            if left.len() != right.len() {
                return Some(false);
            }
            left.iter().try_fold(true, |same, (key, value)| {
                let other = right.iter().find(|(name, _)| name == key);
                Some(
                    same && match other {
                        Some((_, other)) => equal(value, other)?,
                        None => false,
                    },
                )
            })
        }
        (Text(text), Number(number)) | (Number(number), Text(text)) => {
            text.known().map(|text| text == format_number(*number))
        }
        _ => Some(false),
    }
}
