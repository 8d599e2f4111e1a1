//! Spans: half-open byte ranges of sources.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Identifies a source. Ids have no order: [`crate::source::Sources::key`] sorts spans by path.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(pub(crate) u32);

/// A half-open byte range in one source.
///
/// Offsets count from the first byte of the file, a byte order mark included.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The source of the range.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`.
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        debug_assert!(start <= end);
        Self { source, start, end }
    }

    /// The empty range before the first byte of this one.
    pub fn head(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty range after the last byte of this one.
    pub fn tail(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// The smallest range that covers both; `self` if they are of different sources.
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        Self { start: self.start.min(other.start), end: self.end.max(other.end), ..self }
    }

    /// Whether `other` is within this range.
    pub fn contains(self, other: Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The range as indexes into the source's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// For `seaworthy facts`, which replaces the number with the path.
impl Serialize for SourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("$source", &self.0)?;
        map.end()
    }
}

/// For `seaworthy facts`, which replaces the numbers with path, line and column.
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("$span", &[self.source.0, self.start, self.end])?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_twelve_bytes() {
        assert_eq!(std::mem::size_of::<Span>(), 12);
    }

    #[test]
    fn a_join_covers_both_spans_of_one_source() {
        let span = |start, end| Span::new(SourceId(0), start, end);
        assert_eq!(span(3, 5).to(span(8, 9)), span(3, 9));
        assert_eq!(span(8, 9).to(span(3, 5)), span(3, 9));
        assert_eq!(span(8, 9).to(Span::new(SourceId(1), 0, 1)), span(8, 9));
    }
}
