//! Applying fixes to texts.

use crate::finding::Fix;
use crate::source::Sources;
use std::collections::BTreeMap;

/// The texts that fixes change, by path; of fixes that overlap, the first in order wins.
pub fn apply(sources: &Sources, fixes: &[&Fix]) -> BTreeMap<String, String> {
    let mut edits: BTreeMap<u32, Vec<(std::ops::Range<usize>, &str)>> = BTreeMap::new();
    for fix in fixes {
        let fits = fix.edits.iter().all(|edit| {
            let taken = edits.get(&edit.span.source.0).into_iter().flatten();
            let range = edit.span.range();
            taken.clone().all(|(other, _)| {
                // Two insertions at one place would come in no order.
                *other != range && (other.end <= range.start || range.end <= other.start)
            })
        });
        if !fits {
            continue;
        }
        for edit in &fix.edits {
            edits.entry(edit.span.source.0).or_default().push((edit.span.range(), &edit.content));
        }
    }
    let mut changed = BTreeMap::new();
    for (id, source) in sources.iter() {
        let Some(edits) = edits.get_mut(&id.0) else { continue };
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut text = source.text.to_string();
        for (range, content) in edits.iter().rev() {
            text.replace_range(range.clone(), content);
        }
        changed.insert(source.path.to_string(), text);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Edit;
    use crate::span::{SourceId, Span};

    #[test]
    fn edits_are_applied_and_overlaps_left_out() {
        let sources = Sources::from_texts([("a", "one two three")]);
        let fix =
            |start, end, content: &str| Fix::safe("", vec![Edit::replace(Span::new(SourceId(0), start, end), content)]);
        let (first, second, third) = (fix(0, 3, "1"), fix(8, 13, "3"), fix(2, 5, "x"));
        assert_eq!(apply(&sources, &[&first, &second, &third])["a"], "1 two 3");
    }
}
