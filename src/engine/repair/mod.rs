//! Changes of texts that solve findings: fixes, and comments that silence.

mod ignores;

pub(crate) use ignores::{add_ignores, may_be_silenced};

use crate::engine::{Config, Memory, Report, analyse};
use crate::finding::{Edit, Fix};
use crate::source::{Sources, line_break};
use crate::span::SourceId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The result of a repair.
#[derive(Debug)]
pub struct Repaired {
    /// The sources with every fix applied.
    pub sources: Sources,
    /// The report for these sources.
    pub report: Report,
    /// The number of fixes that were applied.
    pub count: usize,
    /// The new text of every changed file, by path.
    pub changed: BTreeMap<String, String>,
}

/// Applies fixes until no fix is left, since one fix can make another possible. `may_apply` selects fixes, and
/// `may_change` selects files.
pub fn repair(
    sources: &Sources,
    config: &Config,
    memory: &mut Memory,
    may_apply: &dyn Fn(&Fix) -> bool,
    may_change: &dyn Fn(&str) -> bool,
) -> Repaired {
    let sources = sources.clone();
    let mut lint = |sources: &Sources| analyse(sources, config, memory).report;
    let report = lint(&sources);
    let mut done = Repaired { sources, report, count: 0, changed: BTreeMap::new() };
    let mut spoiled: HashSet<SourceId> = HashSet::new();
    // Two fixes that undo each other would loop for ever; the loop ends when a state repeats.
    let mut seen: HashSet<u64> = HashSet::new();
    loop {
        let is_open = |id: SourceId| {
            let source = done.sources.get(id);
            // A source that could not be read in full may be misunderstood, so it is not changed.
            let is_whole = source.damage.is_none() && !done.report.broken.contains(&id);
            is_whole && may_change(&source.path) && !spoiled.contains(&id)
        };
        let fixes = done.report.findings.iter().filter_map(|finding| finding.fix.as_ref());
        let fixes: Vec<&Fix> =
            fixes.filter(|fix| may_apply(fix) && fix.edits.iter().all(|edit| is_open(edit.span.source))).collect();
        let mut state = DefaultHasher::new();
        (&done.changed, spoiled.len()).hash(&mut state);
        if fixes.is_empty() || !seen.insert(state.finish()) {
            return done;
        }
        let applied = apply(&done.sources, &fixes);
        let sources = done.sources.with(&applied.texts);
        let report = lint(&sources);
        let broken: Vec<SourceId> = report.broken.difference(&done.report.broken).copied().collect();
        if !broken.is_empty() {
            // Fixes that break a file are discarded, and the file gets no more fixes. Tests ensure that this never
            // happens.
            spoiled.extend(broken);
            continue;
        }
        done = Repaired { sources, report, count: done.count + applied.count, changed: done.changed };
        done.changed.extend(applied.texts);
    }
}

/// The result of applying fixes once.
#[derive(Debug, Default)]
pub struct Applied {
    /// The new texts, by path.
    pub texts: BTreeMap<String, String>,
    /// The number of fixes that were applied.
    pub count: usize,
}

/// Applies fixes; if two overlap, the first one wins.
pub fn apply(sources: &Sources, fixes: &[&Fix]) -> Applied {
    let mut applied = Applied::default();
    let mut edits: HashMap<SourceId, Vec<(std::ops::Range<usize>, &str)>> = HashMap::new();
    for fix in fixes {
        let fits = fix.edits.iter().all(|edit| {
            let taken = edits.get(&edit.span.source).into_iter().flatten();
            let range = edit.span.range();
            taken.clone().all(|(other, _)| {
                // Two insertions at one place have no defined order.
                *other != range && (other.end <= range.start || range.end <= other.start)
            })
        });
        if !fits {
            continue;
        }
        applied.count += 1;
        for edit in &fix.edits {
            edits.entry(edit.span.source).or_default().push((edit.span.range(), &edit.content));
        }
    }
    for (id, source) in sources.iter() {
        let Some(edits) = edits.get_mut(&id) else { continue };
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut text = source.text.to_string();
        let has_returns = line_break(&text) == "\r\n";
        for (range, content) in edits.iter().rev() {
            text.replace_range(range.clone(), &written(content, has_returns));
        }
        applied.texts.insert(source.path.to_string(), text);
    }
    applied
}

/// The text to write for a content: line breaks are written as in the rest of the file.
fn written(content: &str, has_returns: bool) -> String {
    if has_returns { content.replace("\r\n", "\n").replace('\n', "\r\n") } else { content.to_owned() }
}

/// The replacements of a fix as they will be written: source, byte range and text.
pub fn replacements(sources: &Sources, fix: &Fix) -> Vec<(SourceId, std::ops::Range<usize>, String)> {
    let replacement = |edit: &Edit| {
        let id = edit.span.source;
        (id, edit.span.range(), written(&edit.content, line_break(&sources.get(id).text) == "\r\n"))
    };
    fix.edits.iter().map(replacement).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{SourceId, Span};

    #[test]
    fn edits_are_applied_and_overlaps_left_out() {
        let sources = Sources::from_texts([("a", "one two three")]);
        let fix =
            |start, end, content: &str| Fix::safe("", vec![Edit::replace(Span::new(SourceId(0), start, end), content)]);
        let (first, second, third) = (fix(0, 3, "1"), fix(8, 13, "3"), fix(2, 5, "x"));
        let applied = apply(&sources, &[&first, &second, &third]);
        assert_eq!((applied.texts["a"].as_str(), applied.count), ("1 two 3", 2));
    }
}
