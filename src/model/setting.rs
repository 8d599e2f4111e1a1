//! The three answers: known, unknown, absent.

use crate::span::Span;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::sync::Arc;

/// What a repository says about one attribute.
#[derive(Debug, Clone)]
pub enum Setting<T> {
    /// It is set, and to what.
    Known(T, Place),
    /// It may be set; to what can't be told from the repository, for this reason.
    Unknown(Span, Why),
    /// It is not set; the span is where it would be written.
    Absent(Span),
}

/// Where a known value stands, and the way it came.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where the value is used.
    pub span: Span,
    /// Where it was set, when it came through variables; the nearest first.
    pub trail: Option<Arc<[Origin]>>,
}

/// One stop on a value's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where the value was set.
    pub span: Span,
    /// What was set there, in words for the user.
    pub what: Arc<str>,
}

/// Why something can't be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A variable without a value in the repository.
    Variable(Arc<str>),
    /// An attribute of something that exists only once deployed; its address.
    Reference(Arc<str>),
    /// It is computed while the build or the script runs.
    Computed,
    /// The statement it stands in is rejected by its own tool; the tool's complaint.
    Rejected(Arc<str>),
    /// This statement changes only part of something whose rest is described elsewhere.
    Partial,
    /// It names a member or an element that the value does not have.
    NoSuchPart,
    /// Several blocks of this type are written, and they don't agree.
    Several(Arc<str>),
    /// Another reason.
    Other(Arc<str>),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "`{name}` has no value in this repository"),
            Self::Reference(address) => write!(f, "`{address}` is known only after it is created"),
            Self::Computed => f.write_str("it is computed at run time"),
            Self::Rejected(complaint) => write!(f, "the command is rejected: {complaint}"),
            Self::Partial => f.write_str("an update leaves this setting as it is"),
            Self::Several(kind) => write!(f, "there are several `{kind}` blocks, which differ"),
            Self::NoSuchPart => f.write_str("names a part that is not there"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.span.serialize(serializer)
    }
}

impl Serialize for Why {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<T: Serialize> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Known(value, place) => {
                map.serialize_entry("known", value)?;
                map.serialize_entry("at", &place.span)?;
                if let Some(trail) = &place.trail {
                    let spans: Vec<Span> = trail.iter().map(|origin| origin.span).collect();
                    map.serialize_entry("set_at", &spans)?;
                }
            }
            Self::Unknown(span, why) => {
                map.serialize_entry("unknown", why)?;
                map.serialize_entry("at", span)?;
            }
            Self::Absent(span) => map.serialize_entry("absent", span)?,
        }
        map.end()
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { span, trail: None }
    }
}

impl<T> Setting<T> {
    /// The value and its place, where known.
    pub fn known(&self) -> Option<(&T, &Place)> {
        match self {
            Self::Known(value, place) => Some((value, place)),
            _ => None,
        }
    }

    /// Where it stands or would stand.
    pub fn span(&self) -> Span {
        match self {
            Self::Known(_, place) => place.span,
            Self::Unknown(span, _) | Self::Absent(span) => *span,
        }
    }

    /// Whether it is not set.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// The same answer about something derived from the value.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Self::Known(value, place) => Setting::Known(derive(value), place),
            Self::Unknown(span, why) => Setting::Unknown(span, why),
            Self::Absent(span) => Setting::Absent(span),
        }
    }

    /// The answer about something that may not be known although the value is; where it is, its place is the value's.
    pub fn and_then<U>(self, derive: impl FnOnce(T, &Place) -> Setting<U>) -> Setting<U> {
        match self {
            Self::Known(value, place) => match derive(value, &place) {
                Setting::Known(derived, _) => Setting::Known(derived, place),
                other => other,
            },
            Self::Unknown(span, why) => Setting::Unknown(span, why),
            Self::Absent(span) => Setting::Absent(span),
        }
    }

    /// This answer, or the other where this is absent.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent(span), Self::Absent(_)) => Self::Absent(span),
            (Self::Absent(_), other) => other,
            (answer, _) => answer,
        }
    }

    /// Turns Absent into Unknown if a reason is given why the statement may be incomplete.
    pub fn absent_is(self, why: &Option<Why>) -> Self {
        match (self, why) {
            (Self::Absent(span), Some(why)) => Self::Unknown(span, why.clone()),
            (answer, _) => answer,
        }
    }
}
