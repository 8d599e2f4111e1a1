//! The three answers: known, unknown, absent.

use crate::span::Span;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::sync::Arc;

/// The answer of a repository about one attribute.
#[derive(Debug, Clone)]
pub enum Setting<T> {
    /// It is set to this value.
    Known(T, Place),
    /// It may be set, but the repository does not determine the value; the reason.
    Unknown(Span, Why),
    /// It is not set; the span is where it would be inserted.
    Absent(Span),
}

/// Where a known value is used, and where it was set.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where the value is used.
    pub span: Span,
    /// Where it was set, if it came through variables; the nearest place first.
    pub trail: Option<Arc<[Origin]>>,
}

/// One of the places that a value came through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where the value was set.
    pub span: Span,
    /// The event in words for the user: `` `var.x` has this default ``.
    pub what: Arc<str>,
}

/// Why a value is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A variable without a value in the repository.
    Variable(Arc<str>),
    /// An attribute of a resource that exists only after a deployment; its address.
    Reference(Arc<str>),
    /// A secret of the tool that runs the workflow, as it is written there: `secrets.DATABASE_PASSWORD`.
    Secret(Arc<str>),
    /// It is computed while the build or the script runs.
    Computed,
    /// Its statement is rejected by its own tool; the tool's complaint.
    Rejected(Arc<str>),
    /// The statement changes only some settings of something that is described elsewhere.
    Partial,
    /// It names a member or an element that the value does not have.
    NoSuchPart,
    /// Several blocks of this type are written, and their values differ.
    Several(Arc<str>),
    /// Another reason.
    Other(Arc<str>),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "`{name}` has no value in this repository"),
            Self::Reference(address) => write!(f, "`{address}` is known only after it is created"),
            Self::Secret(name) => write!(f, "`{name}` is a secret that is kept elsewhere"),
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
    /// The value and its place, if known.
    pub fn known(&self) -> Option<(&T, &Place)> {
        match self {
            Self::Known(value, place) => Some((value, place)),
            _ => None,
        }
    }

    /// Where it is set or would be inserted.
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

    /// The answer about something derived from the value, which may be unknown although the value is known. If it is
    /// known, its place is that of the value.
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

    /// This answer, or the other if this is Absent.
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
