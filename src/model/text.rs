//! A text that may have unknown parts.

use super::setting::{Origin, Place, Setting, Why};
use crate::source::{Fragment, HOLE};
use crate::span::Span;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::ops::Range;
use std::sync::Arc;

/// A text with a [`HOLE`] for every unknown part, mapped to the bytes of its source.
#[derive(Debug, Clone)]
pub struct Text {
    fragment: Fragment,
    holes: Arc<[Why]>,
    trail: Option<Arc<[Origin]>>,
}

impl Text {
    /// A text without unknown parts.
    pub fn of(fragment: Fragment) -> Self {
        Self::new(fragment, Vec::new(), Vec::new())
    }

    /// A text that maps as a whole to one span.
    pub fn standing_for(text: &str, span: Span) -> Self {
        Self::of(Fragment::standing_for(text, span))
    }

    /// A text with one reason for each hole, and the places where its known parts were set.
    pub fn new(fragment: Fragment, holes: Vec<Why>, trail: Vec<Origin>) -> Self {
        Self { fragment, holes: holes.into(), trail: (!trail.is_empty()).then(|| trail.into()) }
    }

    /// The text, with a [`HOLE`] for every unknown part.
    pub fn raw(&self) -> &str {
        self.fragment.text()
    }

    /// The text, if all of it is known.
    pub fn known(&self) -> Option<&str> {
        (!self.raw().contains(HOLE)).then(|| self.raw())
    }

    /// The text for messages, with `…` for every unknown part.
    pub fn shown(&self) -> String {
        self.raw().replace(HOLE, "…")
    }

    /// Its span.
    pub fn span(&self) -> Span {
        self.fragment.full_span()
    }

    /// Where it is used and where it was set.
    pub fn place(&self) -> Place {
        Place { span: self.span(), trail: self.trail.clone() }
    }

    /// The mapped text itself.
    pub fn fragment(&self) -> &Fragment {
        &self.fragment
    }

    /// The places where its parts were set.
    pub fn trail(&self) -> &[Origin] {
        self.trail.as_deref().unwrap_or_default()
    }

    /// Why its first unknown part is unknown; `None` if all of it is known.
    pub fn why(&self) -> Option<&Why> {
        self.raw().contains(HOLE).then(|| self.holes.first().unwrap_or(&Why::Computed))
    }

    /// Why its unknown parts are unknown, in order.
    pub fn reasons(&self) -> &[Why] {
        &self.holes
    }

    /// The secrets whose values are parts of it.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.holes.iter().filter_map(|why| match why {
            Why::Secret(name) => Some(&**name),
            _ => None,
        })
    }

    /// The variables without a value that are parts of it.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.holes.iter().filter_map(|why| match why {
            Why::Variable(name) => Some(&**name),
            _ => None,
        })
    }

    /// Part of the text.
    pub fn slice(&self, range: Range<usize>) -> Self {
        // Most texts have no holes, and lists are cut into many slices.
        let holes = if self.holes.is_empty() {
            Default::default()
        } else {
            let before = self.raw()[..range.start].matches(HOLE).count();
            let within = self.raw()[range.clone()].matches(HOLE).count();
            self.holes.iter().skip(before).take(within).cloned().collect()
        };
        Self { fragment: self.fragment.slice(range), holes, trail: self.trail.clone() }
    }

    /// The text without blanks around it.
    pub fn trim(&self) -> Self {
        let raw = self.raw();
        let start = raw.len() - raw.trim_start().len();
        let end = start + raw.trim().len();
        if start == 0 && end == raw.len() { self.clone() } else { self.slice(start..end) }
    }

    /// The two sides of the first `separator`.
    pub fn split_once(&self, separator: char) -> Option<(Self, Self)> {
        let at = self.raw().find(separator)?;
        Some((self.slice(0..at), self.slice(at + separator.len_utf8()..self.raw().len())))
    }

    /// The text after a prefix.
    pub fn strip_prefix(&self, prefix: &str) -> Option<Self> {
        self.raw().starts_with(prefix).then(|| self.slice(prefix.len()..self.raw().len()))
    }

    /// The text as a setting that is Known if any part of it is known.
    pub fn setting_in_part(self) -> Setting<Self> {
        match self.why() {
            Some(why) if self.raw().chars().all(|c| c == HOLE) => Setting::Unknown(self.span(), why.clone()),
            _ => {
                let place = self.place();
                Setting::Known(self, place)
            }
        }
    }

    /// The text as a setting that is Known only if all of it is known.
    pub fn setting(self) -> Setting<Self> {
        match self.why() {
            Some(why) => Setting::Unknown(self.span(), why.clone()),
            None => {
                let place = self.place();
                Setting::Known(self, place)
            }
        }
    }
}

/// For `seaworthy facts`, which leaves out the text of secrets by its span.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let span = self.span();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("$text", &self.shown())?;
        map.serialize_entry("$of", &span)?;
        map.end()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}
