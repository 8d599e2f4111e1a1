//! Changes of texts that solve findings: fixes, and comments that silence.

mod ignores;

pub(crate) use ignores::{add_ignores, may_be_silenced};

use crate::engine::{Config, Memory, Report, analyse};
use crate::finding::{Edit, Fix, RuleId};
use crate::model::Facts;
use crate::source::{Sources, line_break};
use crate::span::SourceId;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// The result of a repair.
#[derive(Debug)]
pub struct Repaired {
    /// The sources with every fix applied.
    pub sources: Sources,
    /// The report for these sources.
    pub report: Report,
    /// The facts about the sources as they were.
    pub before: Arc<Facts>,
    /// The number of fixes that were applied.
    pub count: usize,
    /// The number of applied fixes by the file that they begin in and their rule.
    pub fixed: BTreeMap<(String, RuleId), usize>,
    /// The new text of every changed file, by path.
    pub changed: BTreeMap<String, String>,
    /// Fixes that were not applied because of a bug in their rule.
    pub refused: BTreeSet<Refused>,
}

/// A fix that was not applied because of a bug in its rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The file that the fix would change.
    pub path: String,
    /// The rule.
    pub rule: RuleId,
    /// The bug.
    pub bug: Bug,
}

/// Why a fix is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// It causes a syntax error, alone or with other fixes of the same file.
    Breaks,
    /// It still changes the file after [`MOST_PASSES`] passes without progress.
    Endless,
}

/// The maximum number of passes without progress. A pass makes progress if fewer fixes are left than ever before. Others
/// are needed where one fix makes another possible, so a few of them prove nothing.
pub const MOST_PASSES: usize = 20;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, rule, bug } = self;
        match bug {
            Bug::Breaks => write!(f, "{path}: the fix of `{rule}` would cause a syntax error and is not applied"),
            Bug::Endless => {
                write!(f, "{path}: the fix of `{rule}` still applies after {MOST_PASSES} passes and is not applied")
            }
        }
    }
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
    repair_with(sources, &mut |sources| analyse(sources, config, memory).report, may_apply, may_change)
}

/// Checks sources.
type Lint<'a> = dyn FnMut(&Sources) -> Report + 'a;

fn repair_with(
    sources: &Sources,
    lint: &mut Lint<'_>,
    may_apply: &dyn Fn(&Fix) -> bool,
    may_change: &dyn Fn(&str) -> bool,
) -> Repaired {
    let mut endless: BTreeSet<Refused> = BTreeSet::new();
    loop {
        let is_allowed = |rule: RuleId, path: &str| {
            may_change(path) && !endless.iter().any(|refused| refused.rule == rule && refused.path == path)
        };
        let (mut done, unsettled) = settle(sources, lint, may_apply, &is_allowed);
        if unsettled.is_empty() {
            done.refused.append(&mut endless);
            return done;
        }
        // The repair starts again without these fixes, so that no file keeps the result of some of their passes.
        endless.extend(unsettled);
    }
}

/// Applies fixes until no fix is left or there were too many passes without progress; then it also returns the fixes of
/// the last pass.
fn settle(
    sources: &Sources,
    lint: &mut Lint<'_>,
    may_apply: &dyn Fn(&Fix) -> bool,
    is_allowed: &dyn Fn(RuleId, &str) -> bool,
) -> (Repaired, BTreeSet<Refused>) {
    let (sources, report) = (sources.clone(), lint(sources));
    let (fixed, changed, refused) = Default::default();
    let before = report.facts.clone();
    let mut done = Repaired { sources, report, before, count: 0, fixed, changed, refused };
    let mut spoiled: HashSet<SourceId> = HashSet::new();
    let (mut passes, mut fewest) = (0, usize::MAX);
    loop {
        let is_open = |id: SourceId| {
            let source = done.sources.get(id);
            // A source that could not be read in full may be misunderstood, so it is not changed.
            source.damage.is_none() && !done.report.broken.contains(&id) && !spoiled.contains(&id)
        };
        let fixes = done.report.findings.iter().filter_map(|finding| {
            let fix = finding.fix.as_ref().filter(|fix| may_apply(fix))?;
            let may_edit = |id| is_open(id) && is_allowed(finding.rule, &done.sources.get(id).path);
            fix.edits.iter().all(|edit| may_edit(edit.span.source)).then_some((finding.rule, fix))
        });
        let (rules, fixes): (Vec<RuleId>, Vec<&Fix>) = fixes.unzip();
        if fixes.is_empty() {
            return (done, BTreeSet::new());
        }
        if fixes.len() < fewest {
            (passes, fewest) = (0, fixes.len());
        }
        let applied = apply(&done.sources, &fixes);
        let refused = |bug: Bug, is_meant: &dyn Fn(SourceId) -> bool| -> BTreeSet<Refused> {
            let applied = applied
                .indexes
                .iter()
                .flat_map(|index| fixes[*index].edits.iter().map(|edit| (rules[*index], edit.span.source)));
            let path = |id| done.sources.get(id).path.to_string();
            applied.filter(|(_, id)| is_meant(*id)).map(|(rule, id)| Refused { path: path(id), rule, bug }).collect()
        };
        if passes == MOST_PASSES {
            let unsettled = refused(Bug::Endless, &|_| true);
            return (done, unsettled);
        }
        let sources = done.sources.with(&applied.texts);
        let report = lint(&sources);
        let edited: HashSet<SourceId> = applied.texts.keys().filter_map(|path| sources.find(path)).collect();
        let broken: HashSet<SourceId> = report.broken.difference(&done.report.broken).copied().collect();
        if !broken.is_empty() {
            // Fixes that break a file are discarded, and the file gets no more fixes.
            let mut guilty: HashSet<SourceId> = broken.intersection(&edited).copied().collect();
            if guilty.is_empty() {
                guilty = edited;
            }
            let mut refused = refused(Bug::Breaks, &|id| guilty.contains(&id));
            done.refused.append(&mut refused);
            spoiled.extend(guilty);
            continue;
        }
        passes += 1;
        for index in &applied.indexes {
            let Some(edit) = fixes[*index].edits.first() else { continue };
            let path = done.sources.get(edit.span.source).path.to_string();
            *done.fixed.entry((path, rules[*index])).or_default() += 1;
        }
        done = Repaired { sources, report, count: done.count + applied.indexes.len(), ..done };
        done.changed.extend(applied.texts);
    }
}

/// The result of applying fixes once.
#[derive(Debug, Default)]
pub struct Applied {
    /// The new texts, by path.
    pub texts: BTreeMap<String, String>,
    /// The indexes of the fixes that were applied.
    pub indexes: Vec<usize>,
}

/// Applies fixes; if two overlap, the first one wins.
pub fn apply(sources: &Sources, fixes: &[&Fix]) -> Applied {
    let mut applied = Applied::default();
    let mut edits: HashMap<SourceId, Vec<(std::ops::Range<usize>, &str)>> = HashMap::new();
    for (index, fix) in fixes.iter().enumerate() {
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
        applied.indexes.push(index);
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

/// The content of an edit with the line breaks of its file.
pub fn content(sources: &Sources, edit: &Edit) -> String {
    written(&edit.content, line_break(&sources.get(edit.span.source).text) == "\r\n")
}

/// The replacements of a fix as they will be written: source, byte range and text.
pub fn replacements(sources: &Sources, fix: &Fix) -> Vec<(SourceId, std::ops::Range<usize>, String)> {
    fix.edits.iter().map(|edit| (edit.span.source, edit.span.range(), content(sources, edit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::span::{SourceId, Span};

    #[test]
    fn edits_are_applied_and_overlaps_left_out() {
        let sources = Sources::from_texts([("a", "one two three")]);
        let fix =
            |start, end, content: &str| Fix::safe("", vec![Edit::replace(Span::new(SourceId(0), start, end), content)]);
        let (first, second, third) = (fix(0, 3, "1"), fix(8, 13, "3"), fix(2, 5, "x"));
        let applied = apply(&sources, &[&first, &second, &third]);
        assert_eq!((applied.texts["a"].as_str(), applied.indexes), ("1 two 3", vec![0, 1]));
    }

    /// A rule for tests: from a text to the range and the content of the edit that it suggests.
    type Suggest = fn(&str) -> Option<(usize, usize, &'static str)>;

    /// Repairs a text with some rules. A text with `!` has a syntax error.
    fn repaired(text: &str, rules: &[(&'static str, Suggest)]) -> Repaired {
        let mut lint = |sources: &Sources| {
            let mut report = Report::default();
            for (id, source) in sources.iter() {
                if source.text.contains('!') {
                    report.broken.insert(id);
                }
                for (rule, suggest) in rules {
                    let Some((start, end, content)) = suggest(&source.text) else { continue };
                    let span = Span::new(id, start as u32, end as u32);
                    let fix = Some(Fix::safe("", vec![Edit::replace(span, content)]));
                    report.findings.push(Arc::new(Finding { fix, ..finding(RuleId::of(rule), span) }));
                }
            }
            report
        };
        repair_with(&Sources::from_texts([("a", text)]), &mut lint, &|_| true, &|_| true)
    }

    fn finding(rule: RuleId, span: Span) -> Finding {
        Finding::new(rule, "", crate::finding::Severity::Info, String::new(), span)
    }

    fn told(repaired: &Repaired) -> Vec<String> {
        repaired.refused.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_fix_that_never_ends_is_left_out_and_the_others_are_applied() {
        let grows = |text: &str| Some((text.len(), text.len(), "+"));
        let ends = |text: &str| text.find("old").map(|at| (at, at + 3, "new"));
        let waits = |text: &str| (!text.ends_with('.')).then_some((text.len(), text.len(), "."));
        let repaired = repaired("old", &[("grows", grows), ("ends", ends), ("waits", waits)]);
        assert_eq!((repaired.changed["a"].as_str(), repaired.count), ("new.", 2));
        assert_eq!(told(&repaired), ["a: the fix of `grows` still applies after 20 passes and is not applied"]);
    }

    #[test]
    fn two_fixes_that_undo_each_other_end() {
        let there = |text: &str| text.find('x').map(|at| (at, at + 1, "y"));
        let back = |text: &str| text.find('y').map(|at| (at, at + 1, "x"));
        let repaired = repaired("x", &[("there", there), ("back", back)]);
        assert_eq!(told(&repaired), ["a: the fix of `there` still applies after 20 passes and is not applied"]);
        assert_eq!(repaired.changed, BTreeMap::new());
    }

    #[test]
    fn fixes_that_take_as_many_passes_as_allowed_are_applied() {
        let dots = |text: &str| (text.len() < MOST_PASSES).then_some((text.len(), text.len(), "."));
        let repaired = repaired("", &[("dots", dots)]);
        assert_eq!((repaired.changed["a"].len(), repaired.count, told(&repaired)), (MOST_PASSES, MOST_PASSES, vec![]));
    }

    #[test]
    fn a_fix_that_breaks_a_file_is_named_and_the_file_keeps_its_text() {
        let first = |text: &str| (text == "old").then_some((0, 3, "new"));
        let breaks = |text: &str| (text == "new").then_some((3, 3, "!"));
        let repaired = repaired("old", &[("first", first), ("breaks", breaks)]);
        assert_eq!((repaired.changed["a"].as_str(), repaired.count), ("new", 1));
        assert_eq!(told(&repaired), ["a: the fix of `breaks` would cause a syntax error and is not applied"]);
    }
}
