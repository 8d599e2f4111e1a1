//! A Terraform value, as far as it can be computed from the repository.

use super::setting::{Origin, Place, Setting, Why};
use super::text::Text;
use crate::span::Span;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::sync::Arc;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Value {
    /// The value itself.
    pub kind: ValueKind,
    /// Where it is used.
    pub span: Span,
    /// Where it was set, if it came through variables.
    pub trail: Option<Arc<[Origin]>>,
    extent: Extent,
}

/// How large a value is. It is kept with the value, because one that is walked from top to bottom may take forever:
/// lists share their items, and thirty of them can stand for a billion.
#[derive(Debug, Clone, Copy)]
struct Extent {
    bytes: u32,
    depth: u16,
    is_known: bool,
}

/// The kinds of values.
#[derive(Debug, Clone)]
pub enum ValueKind {
    /// `null`, which Terraform treats as not set.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string, perhaps with unknown parts.
    Text(Text),
    /// A list, set or tuple.
    List(Arc<[Value]>),
    /// An object or map, in order.
    Object(Arc<[(Box<str>, Value)]>),
    /// An unknown value, and why.
    Unknown(Why),
}

impl Value {
    /// A value that is used where it was written.
    pub fn new(kind: ValueKind, span: Span) -> Self {
        let extent = Extent::of(&kind);
        Self { kind, span, trail: None, extent }
    }

    /// The value with the places where it was set.
    pub fn with_trail(self, trail: Option<Arc<[Origin]>>) -> Self {
        Self { trail, ..self }
    }

    /// Its size in bytes if nothing were shared, saturating.
    pub fn bytes(&self) -> usize {
        self.extent.bytes as usize
    }

    /// How deep lists and objects are nested in it.
    pub fn depth(&self) -> usize {
        usize::from(self.extent.depth)
    }

    /// Whether no part of it is unknown.
    pub fn is_known(&self) -> bool {
        self.extent.is_known
    }

    /// An unknown value.
    pub fn unknown(span: Span, why: Why) -> Self {
        Self::new(ValueKind::Unknown(why), span)
    }

    /// Where it is used and where it was set.
    pub fn place(&self) -> Place {
        Place { span: self.span, trail: self.trail.clone() }
    }

    /// The text, if the value is a wholly known text.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Text(text) => text.known(),
            _ => None,
        }
    }

    /// The elements, if the value is a list.
    pub fn list(&self) -> Option<&[Self]> {
        match &self.kind {
            ValueKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// A member, if the value is an object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            ValueKind::Object(entries) => entries.iter().find(|(name, _)| &**name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Why it is unknown, if any part of it is.
    pub fn why(&self) -> Option<&Why> {
        if self.is_known() {
            return None;
        }
        match &self.kind {
            ValueKind::Unknown(why) => Some(why),
            ValueKind::Text(text) => text.why(),
            ValueKind::List(items) => items.iter().find_map(Self::why),
            ValueKind::Object(entries) => entries.iter().find_map(|(_, value)| value.why()),
            _ => None,
        }
    }

    /// Whether both are wholly known and equal; places are not compared.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (ValueKind::Null, ValueKind::Null) => true,
            (ValueKind::Bool(a), ValueKind::Bool(b)) => a == b,
            (ValueKind::Number(a), ValueKind::Number(b)) => a == b,
            (ValueKind::Text(a), ValueKind::Text(b)) => a.known().is_some() && a.known() == b.known(),
            (ValueKind::List(a), ValueKind::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.is_same(b))
            }
            (ValueKind::Object(a), ValueKind::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.0 == b.0 && a.1.is_same(&b.1))
            }
            _ => false,
        }
    }

    /// The value as a setting: `null` is Absent, at its own span.
    pub fn setting(self) -> Setting<Self> {
        match &self.kind {
            ValueKind::Null => Setting::Absent(self.span),
            ValueKind::Unknown(why) => Setting::Unknown(self.span, why.clone()),
            _ => {
                let place = self.place();
                Setting::Known(self, place)
            }
        }
    }

    /// The value as a text; numbers and booleans convert as in Terraform, and unknown parts are kept.
    pub fn as_text(&self) -> Option<Text> {
        match &self.kind {
            ValueKind::Text(text) => Some(Text::new(
                if self.span.contains(text.span()) {
                    text.fragment().clone()
                } else {
                    crate::source::Fragment::standing_for(text.raw(), self.span)
                },
                text.reasons().to_vec(),
                self.trail.as_deref().unwrap_or_default().to_vec(),
            )),
            ValueKind::Bool(value) => Some(Text::standing_for(&value.to_string(), self.span)),
            ValueKind::Number(value) => Some(Text::standing_for(&format_number(*value), self.span)),
            _ => None,
        }
    }

    /// The value as a number; a text with a number converts, as in Terraform.
    pub fn number(&self) -> Option<f64> {
        match &self.kind {
            ValueKind::Number(value) => Some(*value),
            ValueKind::Text(text) => text.known()?.trim().parse().ok(),
            _ => None,
        }
    }

    /// The value as a boolean; `"true"` and `"false"` convert, as in Terraform.
    pub fn bool(&self) -> Option<bool> {
        match &self.kind {
            ValueKind::Bool(value) => Some(*value),
            ValueKind::Text(text) => text.known()?.parse().ok(),
            _ => None,
        }
    }
}

impl Extent {
    fn of(kind: &ValueKind) -> Self {
        const ONE: u32 = size_of::<Value>() as u32;
        let whole = |bytes: usize, items: &mut dyn Iterator<Item = &Value>| {
            let start =
                Self { bytes: ONE.saturating_add(bytes.try_into().unwrap_or(u32::MAX)), depth: 1, is_known: true };
            items.fold(start, |whole, item| Self {
                bytes: whole.bytes.saturating_add(item.extent.bytes),
                depth: whole.depth.max(item.extent.depth.saturating_add(1)),
                is_known: whole.is_known && item.extent.is_known,
            })
        };
        match kind {
            ValueKind::Text(text) => Self {
                bytes: ONE.saturating_add(text.raw().len().try_into().unwrap_or(u32::MAX)),
                depth: 0,
                is_known: text.why().is_none(),
            },
            ValueKind::List(items) => whole(0, &mut items.iter()),
            ValueKind::Object(entries) => {
                whole(entries.iter().map(|(key, _)| key.len()).sum(), &mut entries.iter().map(|(_, value)| value))
            }
            ValueKind::Unknown(_) => Self { bytes: ONE, depth: 0, is_known: false },
            _ => Self { bytes: ONE, depth: 0, is_known: true },
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            ValueKind::Null => serializer.serialize_none(),
            ValueKind::Bool(value) => serializer.serialize_bool(*value),
            ValueKind::Number(number) => serializer.serialize_f64(*number),
            ValueKind::Text(text) => text.serialize(serializer),
            ValueKind::List(items) => serializer.collect_seq(items.iter()),
            ValueKind::Object(entries) => serializer.collect_map(entries.iter().map(|(name, value)| (name, value))),
            ValueKind::Unknown(why) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("unknown", why)?;
                map.end()
            }
        }
    }
}

/// A number as Terraform converts it to text: whole numbers without a fraction.
pub fn format_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{}", number as i64) } else { number.to_string() }
}
