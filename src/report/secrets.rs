//! What no excerpt shows: the secrets of a run, whichever finding an excerpt is for.

use crate::engine::Report;
use crate::source::Sources;
use crate::span::{SourceId, Span};
use std::collections::HashMap;
use std::ops::Range;

/// What is shown in place of a secret, or of its part on one line. It does not tell how long the secret is.
pub const BLOT: &str = "*****";

/// The places of secrets.
#[derive(Debug, Clone, Default)]
pub struct Secrets(HashMap<SourceId, Vec<Range<usize>>>);

impl Secrets {
    /// The secrets of a report: those that the facts know, and those that findings are about.
    pub fn of(report: &Report, sources: &Sources) -> Self {
        let silenced = report.suppressed.iter().map(|hidden| &hidden.finding);
        let found = report.findings.iter().chain(silenced).filter(|finding| finding.is_secret);
        let facts = std::iter::once(&report.facts).chain(&report.documents);
        Self::at(facts.flat_map(|facts| facts.secrets(sources)).chain(found.map(|finding| finding.span)))
    }

    /// The secrets at these places.
    pub fn at(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut all: HashMap<SourceId, Vec<Range<usize>>> = HashMap::new();
        for span in spans.into_iter().filter(|span| span.start < span.end) {
            all.entry(span.source).or_default().push(span.range());
        }
        for ranges in all.values_mut() {
            ranges.sort_by_key(|range| (range.start, range.end));
            ranges.dedup_by(|later, kept| {
                let is_one = later.start <= kept.end;
                kept.end = if is_one { kept.end.max(later.end) } else { kept.end };
                is_one
            });
        }
        Self(all)
    }

    /// The parts of secrets within a range of a source, in order.
    pub(super) fn within(&self, id: SourceId, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let all = self.0.get(&id).map_or(&[][..], Vec::as_slice);
        let first = all.partition_point(|secret| secret.end <= range.start);
        all[first..]
            .iter()
            .take_while(move |secret| secret.start < range.end)
            .map(move |secret| secret.start.max(range.start)..secret.end.min(range.end))
    }

    /// The lines of a text, each with its line end, without the secrets. The text is that of the source.
    pub fn hide(&self, id: SourceId, text: &str) -> Vec<String> {
        let mut start = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            let range = start..start + line.len();
            start = range.end;
            let content = range.start..range.start + line.trim_end_matches(['\n', '\r']).len();
            let mut shown = String::with_capacity(line.len());
            let mut at = range.start;
            for secret in self.within(id, content) {
                shown.push_str(&text[at..secret.start]);
                shown.push_str(BLOT);
                at = secret.end;
            }
            shown.push_str(&text[at..range.end]);
            shown
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_secret_is_hidden() {
        let sources = Sources::from_texts([("a", "k: one two\r\nthree\nfour five\n")]);
        let id = sources.find("a").expect("it was given");
        let secrets = Secrets::at([Span::new(id, 7, 22), Span::new(id, 8, 9), Span::new(id, 3, 3)]);
        assert_eq!(secrets.hide(id, &sources.get(id).text), ["k: one *****\r\n", "*****\n", "***** five\n"]);
    }
}
