//! Writes comments that silence existing findings, so that a team can start.

use super::Repaired;
use crate::engine::{Config, Memory, Report, analyse};
use crate::finding::Finding;
use crate::source::{Notation, Source, Sources, indentation, line_break};
use crate::span::SourceId;
use crate::suppress::By;
use crate::suppress::comments::STALE;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The maximum number of places tried for one comment: the line, the enclosing lines above, and the top of the file.
const MOST_PLACES: usize = 8;

/// A comment to insert.
struct Planned {
    id: SourceId,
    /// The start of the line that it is inserted above.
    at: usize,
    text: String,
}

/// Selects the findings to silence.
type Wanted<'a> = dyn Fn(&Finding, &Source) -> bool + 'a;

/// Inserts comments that silence the selected findings, in memory.
///
/// A comment can be plain text where it is inserted, as in a block scalar. So the narrowest place is tried first; a
/// comment is kept if it has silenced something, otherwise the next wider place is tried.
pub(crate) fn add_ignores(
    sources: &Sources,
    config: &Config,
    memory: &mut Memory,
    is_wanted: &Wanted<'_>,
    reason: &str,
) -> Repaired {
    let sources = sources.clone();
    let mut lint = |sources: &Sources| analyse(sources, config, memory).report;
    let report = lint(&sources);
    let (by_rule, changed, refused) = Default::default();
    let before = report.facts.clone();
    let mut fixed = Repaired { sources, report, before, count: 0, fixed: by_rule, changed, refused };
    for place in 0..MOST_PLACES {
        let mut planned = plan(&fixed, config, is_wanted, reason, place);
        if planned.is_empty() {
            continue;
        }
        let (tried, starts) = write(&fixed.sources, &planned);
        let report = lint(&tried);
        let mut index = 0;
        planned.retain(|comment| {
            let range = starts[index]..starts[index] + comment.text.len();
            index += 1;
            report.suppressed.iter().any(|hidden| {
                matches!(hidden.by, By::Comment(span) if span.source == comment.id && range.contains(&(span.start as usize)))
            })
        });
        let (sources, _) = write(&fixed.sources, &planned);
        let report = lint(&sources);
        // If a finding disappears without being silenced, the comment has changed the meaning of the file.
        let spoiled: HashSet<SourceId> = planned
            .iter()
            .map(|comment| comment.id)
            .filter(|id| total(&report, *id) != total(&fixed.report, *id))
            .collect();
        planned.retain(|comment| !spoiled.contains(&comment.id));
        let (sources, _) = write(&fixed.sources, &planned);
        let report = lint(&sources);
        fixed.count += report.suppressed.len().saturating_sub(fixed.report.suppressed.len());
        for Planned { id, .. } in &planned {
            let source = sources.get(*id);
            fixed.changed.insert(source.path.to_string(), source.text.to_string());
        }
        fixed = Repaired { sources, report, ..fixed };
    }
    fixed
}

/// The number of findings of a file, silenced or not, except those about comments.
fn total(report: &Report, id: SourceId) -> usize {
    let silenced = report.suppressed.iter().map(|hidden| &hidden.finding);
    let all = report.findings.iter().chain(silenced);
    all.filter(|finding| finding.span.source == id && finding.rule != STALE).count()
}

/// One comment for each line with findings that are left, at the place with this index.
fn plan(fixed: &Repaired, config: &Config, is_wanted: &Wanted<'_>, reason: &str, place: usize) -> Vec<Planned> {
    let mut wanted = BTreeMap::new();
    for finding in &fixed.report.findings {
        let source = fixed.sources.get(finding.span.source);
        if !may_be_silenced(finding, source, config) || !is_wanted(finding, source) {
            continue;
        }
        let Some((line, is_file)) = places(source, finding).get(place).copied() else { continue };
        let id = finding.span.source;
        let key = (fixed.sources.rank_of(id), line, is_file);
        wanted.entry(key).or_insert_with(|| (id, BTreeSet::new())).1.insert(finding.rule.as_str());
    }
    let comment = |((_, at, is_file), (id, rules)): (_, (SourceId, BTreeSet<&str>))| {
        let source = fixed.sources.get(id);
        let text = &source.text;
        let (scope, indent) = if is_file { ("ignore-file", "") } else { ("ignore", indentation(text, at)) };
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        // Outside of a block of code, `#` begins a heading.
        let (open, close) = if is_file && source.notation == Notation::Prose { ("<!--", " -->") } else { ("#", "") };
        let text = format!("{indent}{open} seaworthy: {scope}[{rules}] -- {reason}{close}{}", line_break(text));
        Planned { id, at, text }
    };
    wanted.into_iter().map(comment).collect()
}

/// The sources with the comments inserted, and the offset of each comment in them.
fn write(sources: &Sources, planned: &[Planned]) -> (Sources, Vec<usize>) {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut starts = Vec::new();
    let mut shift: HashMap<SourceId, usize> = HashMap::new();
    for Planned { id, at, text } in planned {
        let source = sources.get(*id);
        let changed = texts.entry(source.path.to_string()).or_insert_with(|| source.text.to_string());
        let shift = shift.entry(*id).or_default();
        changed.insert_str(at + *shift, text);
        starts.push(at + *shift);
        *shift += text.len();
    }
    (sources.with(&texts), starts)
}

/// Whether a comment can silence a finding: no lock forbids it, the file allows comments, and the finding is not about
/// the text itself.
pub(crate) fn may_be_silenced(finding: &Finding, source: &Source, config: &Config) -> bool {
    let view = config.cascade.view(&source.path);
    let is_locked = view.locks().is_some_and(|locks| locks.unignorable.contains_key(&finding.rule));
    let has_comments = source.notation != Notation::TerraformJson && !source.path.ends_with(".json");
    let is_about_text = matches!(&*finding.rule, "syntax-error" | "unreadable-file" | STALE);
    !is_locked && has_comments && !is_about_text
}

/// The places for a comment, narrowest first: the offset of a line, and whether the comment is for the whole file.
fn places(source: &Source, finding: &Finding) -> Vec<(usize, bool)> {
    let text = &*source.text;
    let start_of = |offset: usize| text[..offset].rfind('\n').map_or(source.mark_length(), |at| at + 1);
    let indent = |line: usize| text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len();
    let mut line = start_of(finding.span.start as usize);
    let mut places = vec![(line, false)];
    let mut least = indent(line);
    while line > source.mark_length() {
        let above = start_of(line - 1);
        let content = &text[above..line];
        let is_outer = indent(above) < least && !content.trim().is_empty() && !content.trim_start().starts_with('#');
        let is_continued = content.trim_end().ends_with('\\');
        if is_continued
            && matches!(source.notation, Notation::Shell | Notation::Make | Notation::Just | Notation::Prose)
        {
            // A comment here would end the command in the middle.
            places.retain(|(place, _)| *place != line);
        }
        if is_outer || is_continued {
            least = least.min(indent(above));
            places.push((above, false));
        }
        line = above;
    }
    places.truncate(MOST_PLACES - 1);
    // Parser directives, a shebang and document markers must stay in front of everything else.
    let mut top = source.mark_length();
    if source.notation == Notation::Prose
        && let Some(front) = text[top..].strip_prefix("---\n")
        && let Some(end) = front.find("\n---\n")
    {
        top += "---\n".len() + end + "\n---\n".len();
    }
    for content in text[top..].split_inclusive('\n') {
        let is_first = ["#!", "# syntax=", "# escape=", "# check=", "#syntax=", "#escape=", "#check=", "---"];
        if !is_first.iter().any(|mark| content.starts_with(mark)) {
            break;
        }
        top += content.len();
    }
    places.push((top, true));
    places
}
