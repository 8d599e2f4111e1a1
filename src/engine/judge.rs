//! From the project to a report: run every rule, then filter by configuration, comments and baselines.

use super::found::{Asked, Found, Results, Said, Settled};
use super::governed::Governed;
use super::memory::Memory;
use super::part::{Part, are_same, is_same};
use super::understand::Trouble;
use super::{Config, Note, Phase, Report, Unused};
use crate::catalogue::{self, Check, Context, Reach, Rule, Undecided};
use crate::config::Decision;
use crate::finding::{self, Finding, Fix, Severity};
use crate::model::{Environment, Project, Surface};
use crate::rules;
use crate::source::{PerSource, Sources, UnreadReason};
use crate::span::{SourceId, Span};
use crate::suppress::comments::{self, STALE};
use crate::suppress::fingerprint::{self, Places};
use crate::suppress::{By, Suppressed};
use crate::syntax::{Fault, Problem};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The most problems that are reported per file; a file with more has a misleading name.
const MOST_PROBLEMS: usize = 20;

/// Runs the rules and filters their findings.
pub(super) fn judge(
    project: &Project,
    parts: Vec<Part>,
    trouble: &mut Trouble,
    sources: &Sources,
    config: &Config,
    memory: &mut Memory,
    observe: &dyn Fn(Phase),
) -> Report {
    let governed = Governed::new(config, sources);
    let mut report = Report { notes: std::mem::take(&mut trouble.notes), ..Report::default() };
    let (trouble, comments) = (&trouble.problems, &trouble.comments);
    observe(Phase::Check);
    let root = config.cascade.root();
    let is_asked_again =
        memory.found.asked.as_ref().is_some_and(|asked| asked.is_by(config)) && !memory.linked.has_new_purposes();
    if !is_asked_again {
        memory.found = Found {
            asked: Some(Asked {
                cascade: config.cascade.clone(),
                profile: config.profile,
                select: config.select.clone(),
                extend_select: config.extend_select.clone(),
                ignore: config.ignore.clone(),
            }),
            ..Found::default()
        };
    }
    if !is_asked_again || memory.linked.has_new_paths() {
        memory.found.ran = rules::ALL.iter().copied().filter(|rule| governed.wants(rule)).collect();
    }
    let ran = memory.found.ran.clone();
    let mut findings;
    if memory.is_used_again {
        let mut said = about_parts(&ran, parts, project, &governed, memory);
        said.extend(about_everything(&ran, project, &governed, trouble, sources, memory));
        observe(Phase::Filter);
        (findings, report.undecided) = settle(said, sources, root, memory);
    } else {
        // Parts only serve to keep findings; without them every rule runs once, on the whole deployment.
        let mut told = run(ran.iter().copied().filter(|rule| rule.id != STALE), project, &governed, trouble, sources);
        told.extend(about_documents(&ran, &parts, project, &governed));
        observe(Phase::Filter);
        let (found, open): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        let found = named(found.into_iter().flatten().collect(), sources, root, &mut memory.places);
        findings = found.into_par_iter().map(Arc::new).collect();
        report.undecided = distinct(open.into_iter().flatten().collect(), sources);
    }
    settle_links(&mut findings, sources);
    memory.failures.extend(governed.failures());
    report.failures = memory.failures.iter().cloned().collect();
    if config.has_ignores {
        let whole = |span: Span| Span::new(span.source, 0, sources.get(span.source).text.len() as u32);
        let directives = comments::read(comments, whole, &|id| governed.view(id).locks(), config.today.as_deref());
        let (suppressed, used) = comments::apply(&mut findings, &directives);
        report.suppressed = suppressed;
        // A comment may be for a finding that a failure has lost.
        if let Some(rule) = ran.iter().find(|rule| rule.id == STALE && report.failures.is_empty()) {
            let runs =
                |id, name: &str| ran.iter().any(|rule| *rule.id == *name && governed.decide(rule, id) != Decision::Off);
            let (found, _) = ask(rule, project, &governed, |cx| comments::report(cx, &directives, &used, &runs));
            findings.extend(named(found, sources, root, &mut memory.places).into_iter().map(Arc::new));
            findings.sort_by_key(|finding| (sources.key(finding.span), finding.rule));
        }
    }
    let is_locked = |finding: &Finding| {
        governed.view(finding.span.source).locks().is_some_and(|locks| locks.unignorable.contains_key(&finding.rule))
    };
    for (by, baseline) in &config.baselines {
        let applied = baseline.apply(&mut findings, sources, root, &|finding| *by == By::Base || !is_locked(finding));
        let known = applied.known.into_iter().map(|finding| Suppressed { finding, reason: None, by: *by });
        report.suppressed.extend(known);
        for (entry, is_within) in applied.unused {
            // If the rule did not run, or something failed, it is unknown whether the finding is gone.
            let is_gone = is_within && report.failures.is_empty() && ran.iter().any(|rule| *rule.id == *entry.rule);
            report.unused.push(Unused { by: *by, entry, is_gone });
        }
    }
    report.suppressed.sort_by_key(|hidden| (sources.key(hidden.finding.span), hidden.finding.rule));
    report.findings = findings;
    let is_broken = |(_, problem): &&(SourceId, Problem)| problem.fault != Fault::Parser;
    report.broken = trouble.iter().filter(is_broken).map(|(id, _)| *id).collect();
    notes(&mut report, trouble, sources);
    let files = sources.iter().map(|(id, _)| project.file(id));
    report.files = files.filter(|file| file.surface.is_some()).cloned().collect();
    report.sources = project.files.clone();
    report.facts = project.facts.clone();
    report.documents.clone_from(&project.documents);
    report
}

/// Runs the rules that see one part each, on the parts that have changed.
fn about_parts(
    ran: &[&'static Rule],
    parts: Vec<Part>,
    project: &Project,
    governed: &Governed<'_>,
    memory: &mut Memory,
) -> Vec<Said> {
    let of = |reach| ran.iter().copied().filter(|rule| rule.page().front.reach == reach).collect::<Vec<_>>();
    let (of_file, of_image, of_workload) = (of(Reach::File), of(Reach::Image), of(Reach::Workload));
    let of_documents: Vec<&Rule> = ran.iter().copied().filter(is_about_documents).collect();
    let before = std::mem::take(&mut memory.found.parts);
    let mut known: Vec<(Part, Option<Vec<Said>>)> = recall(parts, before);
    known.par_iter_mut().filter(|(_, said)| said.is_none()).for_each(|(part, said)| {
        let rules = match part {
            Part::File { .. } => &of_file,
            Part::Image { .. } => &of_image,
            Part::Workload(_) => &of_workload,
            Part::Document { .. } => &of_documents,
        };
        let part = part.project(&project.files);
        let told = rules.iter().map(|rule| check(rule, &part, governed, &[], None));
        *said = Some(by_source(told).into_iter().map(|(id, results)| (id, Arc::new(results))).collect());
    });
    memory.found.parts = known.into_iter().map(|(part, said)| (part, said.unwrap_or_default())).collect();
    memory.found.parts.iter().flat_map(|(_, said)| said.iter().cloned()).collect()
}

/// Whether a rule says anything about documents.
fn is_about_documents(rule: &&Rule) -> bool {
    rule.page().speaks_in(Environment::Documentation) && !matches!(rule.check, Check::Engine)
}

/// Runs the rules about documents. Each document is a world of its own: what it shows is no part of the deployment.
fn about_documents(
    ran: &[&'static Rule],
    parts: &[Part],
    project: &Project,
    governed: &Governed<'_>,
) -> Vec<(Vec<Finding>, Vec<Undecided>)> {
    let rules: Vec<&Rule> = ran.iter().copied().filter(is_about_documents).collect();
    let documents: Vec<&Part> = parts.iter().filter(|part| matches!(part, Part::Document { .. })).collect();
    let told = documents.par_iter().flat_map_iter(|part| {
        let part = part.project(&project.files);
        rules.iter().map(|rule| check(rule, &part, governed, &[], None)).collect::<Vec<_>>()
    });
    told.collect()
}

/// The parts of this run, each with its results if the last run had the same part.
fn recall(parts: Vec<Part>, before: Vec<(Part, Vec<Said>)>) -> Vec<(Part, Option<Vec<Said>>)> {
    let mut before: Vec<Option<(Part, Vec<Said>)>> = before.into_iter().map(Some).collect();
    let mut addresses: Option<HashMap<(Reach, usize), usize>> = None;
    let recalled = parts.into_iter().enumerate().map(|(place, part)| {
        // Most often it has the same index as in the last run.
        let is_there = |kept: &mut (Part, Vec<Said>)| kept.0.is_same(&part);
        if let Some((_, said)) = before.get_mut(place).and_then(|kept| kept.take_if(is_there)) {
            return (part, Some(said));
        }
        let addresses = addresses.get_or_insert_with(|| {
            let kept = before.iter().enumerate().filter_map(|(place, kept)| Some((kept.as_ref()?.0.address(), place)));
            kept.collect()
        });
        let kept = addresses.get(&part.address()).and_then(|place| before[*place].take_if(is_there));
        (part, kept.map(|(_, said)| said))
    });
    recalled.collect()
}

/// Runs rules on the whole deployment.
fn run<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    project: &Project,
    governed: &Governed<'_>,
    trouble: &[(SourceId, Problem)],
    sources: &Sources,
) -> Vec<(Vec<Finding>, Vec<Undecided>)> {
    let rules: Vec<&Rule> = rules.collect();
    rules
        .par_iter()
        // Rules of one concern often query the same facts, so each rule is a task of its own.
        .with_max_len(1)
        .map(|rule| check(rule, project, governed, trouble, Some(sources)))
        .collect()
}

/// Runs the rules that see the whole deployment.
fn about_everything(
    ran: &[&'static Rule],
    project: &Project,
    governed: &Governed<'_>,
    trouble: &[(SourceId, Problem)],
    sources: &Sources,
    memory: &mut Memory,
) -> Vec<Said> {
    // Stale ignores are known only after every other rule has run.
    let is_wanted = |rule: &&Rule| rule.page().front.reach == Reach::Deployment && rule.id != STALE;
    let told = run(ran.iter().copied().filter(is_wanted), project, governed, trouble, sources);
    let mut said = Vec::new();
    let mut now = PerSource::default();
    for (id, results) in by_source(told) {
        // Equal results keep their pointer, so that everything made from them can be reused.
        let results = match memory.found.deployment.slot(id).take().filter(|before| **before == results) {
            Some(before) => before,
            None => Arc::new(results),
        };
        *now.slot(id) = Some(results.clone());
        said.push((id, results));
    }
    memory.found.deployment = now;
    said
}

/// Groups results by source.
fn by_source(told: impl IntoIterator<Item = (Vec<Finding>, Vec<Undecided>)>) -> Vec<(SourceId, Results)> {
    let mut sorted: Vec<(SourceId, Results)> = Vec::new();
    let mut places: HashMap<SourceId, usize> = HashMap::new();
    let mut of = |id: SourceId, sorted: &mut Vec<(SourceId, Results)>| match sorted.last() {
        // Results of one source often follow each other.
        Some((last, _)) if *last == id => sorted.len() - 1,
        _ => *places.entry(id).or_insert_with(|| {
            sorted.push((id, Results::default()));
            sorted.len() - 1
        }),
    };
    for (findings, undecided) in told {
        for finding in findings {
            let place = of(finding.span.source, &mut sorted);
            sorted[place].1.findings.push(finding);
        }
        for open in undecided {
            let place = of(open.span.source, &mut sorted);
            sorted[place].1.undecided.push(open);
        }
    }
    sorted
}

/// Sorts the results of each source and computes fingerprints; sources with unchanged results are reused.
fn settle(said: Vec<Said>, sources: &Sources, root: &str, memory: &mut Memory) -> (Vec<Arc<Finding>>, Vec<Undecided>) {
    let mut results: PerSource<Vec<Arc<Results>>> = PerSource::default();
    for (id, said) in said {
        results.slot(id).get_or_insert_default().push(said);
    }
    let mut settled = std::mem::take(&mut memory.found.sources);
    settled.retain_of(sources);
    let mut found: Vec<Finding> = Vec::new();
    for (id, source) in sources.iter() {
        let Some(results) = results.slot(id).take() else {
            *settled.slot(id) = None;
            continue;
        };
        let is_known = |kept: &Settled| is_same(&kept.text, &source.text) && are_same(&kept.results, &results);
        if settled.get(id).is_some_and(is_known) {
            continue;
        }
        let text = source.text.clone();
        found.extend(results.iter().flat_map(|results| results.findings.iter().cloned()));
        let open = distinct(results.iter().flat_map(|results| results.undecided.iter().cloned()).collect(), sources);
        let of_source = Settled { text, results, findings: Arc::default(), undecided: open.into() };
        *settled.slot(id) = Some(of_source);
    }
    let mut found = named(found, sources, root, &mut memory.places).into_iter().peekable();
    while let Some(first) = found.next() {
        let id = first.span.source;
        let mut of_source = vec![Arc::new(first)];
        while let Some(next) = found.next_if(|next| next.span.source == id) {
            of_source.push(Arc::new(next));
        }
        settled.slot(id).as_mut().into_iter().for_each(|settled| settled.findings = of_source.as_slice().into());
    }
    let (mut findings, mut undecided) = (Vec::new(), Vec::new());
    for settled in sources.iter().filter_map(|(id, _)| settled.get(id)) {
        findings.extend_from_slice(&settled.findings);
        undecided.extend_from_slice(&settled.undecided);
    }
    memory.found.sources = settled;
    (findings, undecided)
}

/// Sorts undecided questions and removes duplicates.
fn distinct(mut open: Vec<Undecided>, sources: &Sources) -> Vec<Undecided> {
    let mut unique = HashSet::new();
    open.retain(|open| unique.insert((open.rule, open.span)));
    open.sort_by_key(|open| (sources.key(open.span), open.rule));
    open
}

/// The findings of a rule in the files where it runs. `sources` is given only for the whole deployment.
fn check(
    rule: &Rule,
    project: &Project,
    governed: &Governed<'_>,
    trouble: &[(SourceId, Problem)],
    sources: Option<&Sources>,
) -> (Vec<Finding>, Vec<Undecided>) {
    ask(rule, project, governed, |cx| match rule.check {
        Check::Function(check) => check(cx),
        Check::Page => rule.page().policy.iter().for_each(|policy| catalogue::check(policy, cx)),
        Check::Engine => sources.iter().for_each(|sources| about_files(cx, trouble, sources)),
    })
}

/// The findings of a check in the files where its rule runs, with the configured severity.
fn ask(
    rule: &Rule,
    project: &Project,
    governed: &Governed<'_>,
    check: impl FnOnce(&mut Context<'_>),
) -> (Vec<Finding>, Vec<Undecided>) {
    let given = |id, option: &str| governed.view(id).option(&rule.id, option).map(|said| said.value);
    let mut cx = Context::new(project, rule, &given);
    // What a check has found before it panics is as good as anything else.
    governed.guard(rule, || check(&mut cx));
    let (mut findings, mut undecided) = cx.finish();
    findings.iter_mut().for_each(Finding::show);
    undecided.iter_mut().for_each(|open| finding::show(&mut open.why));
    if findings.iter().any(|finding| finding.subject.is_none()) {
        name_subjects(&mut findings, project);
    }
    let is_of_document = |span: Span| project.file(span.source).surface == Some(Surface::Markdown);
    for finding in findings.iter_mut().filter(|finding| is_of_document(finding.span)) {
        // A block in a list or a quote has a prefix on each line, which a new line would lack.
        finding.fix = finding.fix.take().filter(|fix| fix.edits.iter().all(|edit| !edit.content.contains('\n')));
    }
    for finding in &mut findings {
        let is_written = |fix: &Fix| fix.edits.iter().all(|edit| governed.replaces_text(edit, project));
        finding.fix = finding.fix.take().filter(is_written);
    }
    let speaks = |span: Span| rule.page().speaks_in(project.file(span.source).environment);
    findings.retain_mut(|finding| {
        match governed.decide(rule, finding.span.source) {
            Decision::Off => return false,
            Decision::On if !finding.holds_in_documents && is_of_document(finding.span) => {
                finding.severity = match finding.severity {
                    Severity::Error => Severity::Warning,
                    Severity::Warning => Severity::Info,
                    // What a check has lowered already is not worth a word in a document.
                    Severity::Info if rule.page().front.severity != Severity::Info => return false,
                    Severity::Info => Severity::Info,
                };
            }
            Decision::On => {}
            Decision::At(severity) => finding.severity = severity,
        }
        speaks(finding.span)
    });
    undecided.retain(|open| speaks(open.span) && governed.decide(rule, open.span.source) != Decision::Off);
    (findings, undecided)
}

/// Names the subject of findings that point at a whole workload, container or stage: the words there (an image, a
/// region) are not what they are about.
fn name_subjects(findings: &mut [Finding], project: &Project) {
    let mut open: HashMap<Span, Vec<&mut Option<String>>> = HashMap::new();
    for finding in findings.iter_mut().filter(|finding| finding.subject.is_none()) {
        open.entry(finding.span).or_default().push(&mut finding.subject);
    }
    let mut name = |span: Span, label: &dyn Fn() -> String| {
        open.remove(&span).into_iter().flatten().for_each(|subject| *subject = Some(label()));
    };
    for workload in &project.workloads {
        name(workload.span, &|| workload.label());
        for container in &workload.containers {
            name(container.span, &|| workload.container_label(container));
        }
    }
    for stage in project.dockerfiles.iter().flat_map(|file| &file.stages) {
        // Its place tells which stage it is, also after it got a name.
        name(stage.span, &|| "stage".to_owned());
    }
}

/// Findings about files as a whole: unreadable ones and those with syntax errors.
fn about_files(cx: &mut Context<'_>, trouble: &[(SourceId, Problem)], sources: &Sources) {
    let mut counts: HashMap<SourceId, usize> = HashMap::new();
    let unread = || sources.unread.iter().filter(|unread| unread.is_finding());
    // Such a file has an empty text, which may have errors of its own.
    let are_unread: HashSet<SourceId> = unread().filter_map(|unread| sources.find(&unread.path)).collect();
    let is_told = |id: &SourceId, problem: &Problem| problem.fault != Fault::Parser && !are_unread.contains(id);
    for (id, problem) in trouble.iter().filter(|(id, problem)| is_told(id, problem)) {
        let is_encoding = problem.fault == Fault::Encoding;
        if is_encoding != (cx.rule() == "unreadable-file") {
            continue;
        }
        let count = counts.entry(*id).or_default();
        *count += 1;
        if *count > MOST_PROBLEMS {
            continue;
        }
        if is_encoding {
            cx.flag(problem.span, "this file is not UTF-8").help = Some("save the file as UTF-8".to_owned());
        } else {
            cx.flag(problem.span, format!("syntax error: {}", problem.message));
        }
    }
    if cx.rule() == "unreadable-file" {
        for unread in unread() {
            let Some(id) = sources.find(&unread.path) else { continue };
            let (what, is_certain) = unread_because(&unread.reason);
            let finding = cx.flag(Span::new(id, 0, 0), format!("this file can't be checked: {what}"));
            if !is_certain {
                finding.severity = Severity::Warning;
            }
        }
    }
}

/// Why a file is not analysed, and whether its own tool can't read it either.
fn unread_because(reason: &UnreadReason) -> (String, bool) {
    match reason {
        UnreadReason::Refused(reason) => (reason.clone(), true),
        UnreadReason::TooLarge(size) => {
            (format!("{} MiB are too much for a file of its kind", size.div_ceil(1 << 20)), false)
        }
        UnreadReason::Binary => ("it contains bytes with the value zero, so it is no text".to_owned(), false),
        UnreadReason::Utf16 => ("it is text in UTF-16; save it as UTF-8".to_owned(), false),
        UnreadReason::NotAFile => ("it is not a regular file".to_owned(), false),
        UnreadReason::LinkOutside => ("it is a symbolic link that leads out of the repository".to_owned(), false),
        UnreadReason::DeadLink => ("it is a symbolic link to nothing".to_owned(), false),
        UnreadReason::Ignored => {
            ("a `.gitignore` leaves it out, and no Git repository tells whether it is tracked".to_owned(), false)
        }
        UnreadReason::IgnoreListLink => {
            ("it is a symbolic link, which Git does not follow either; its patterns do not count".to_owned(), true)
        }
        UnreadReason::FormerUnknown => (
            "the commit of this submodule from before the change is not here, so nothing in it is new".to_owned(),
            true,
        ),
    }
}

fn notes(report: &mut Report, trouble: &[(SourceId, Problem)], sources: &Sources) {
    let mut counts: HashMap<SourceId, usize> = HashMap::new();
    let mut limits: HashMap<SourceId, usize> = HashMap::new();
    for (id, problem) in trouble {
        let source = sources.get(*id);
        let count = counts.entry(*id).or_default();
        if problem.fault != Fault::Parser {
            *count += 1;
            if *count == MOST_PROBLEMS + 1 {
                report.notes.push(Note {
                    path: source.path.clone(),
                    message: "has more syntax errors than are shown".to_owned(),
                });
            }
        } else {
            let limit = limits.entry(*id).or_default();
            *limit += 1;
            if *limit <= MOST_PROBLEMS {
                let line = source.position(problem.span.start).line;
                let message = format!("not analysed in full: line {line} {}", problem.message);
                report.notes.push(Note { path: source.path.clone(), message });
            } else if *limit == MOST_PROBLEMS + 1 {
                let message = "not analysed in full: there are more such places than are shown".to_owned();
                report.notes.push(Note { path: source.path.clone(), message });
            }
        }
    }
    for unread in &sources.unread {
        // If it has a source to point at, it is a finding.
        if unread.is_finding() && sources.find(&unread.path).is_some() {
            continue;
        }
        let message = format!("not analysed: {}", unread_because(&unread.reason).0);
        report.notes.push(Note { path: unread.path.clone(), message });
    }
    report.notes.sort();
    report.notes.dedup();
}

/// Removes findings about files that are symbolic links if the same is said about the file that the link leads to, or about
/// another link to it. A fix of what is left would have to be written through the link, so there is none.
fn settle_links(findings: &mut Vec<Arc<Finding>>, sources: &Sources) {
    if sources.iter().all(|(_, source)| source.target.is_none()) {
        return;
    }
    let place = |finding: &Finding| {
        let source = sources.get(finding.span.source);
        let file = source.target.clone().unwrap_or_else(|| source.path.clone());
        (file, finding.rule, finding.span.start, finding.span.end)
    };
    let is_link = |finding: &Finding| sources.get(finding.span.source).target.is_some();
    let mut told: HashSet<_> =
        findings.iter().filter(|finding| !is_link(finding)).map(|finding| place(finding)).collect();
    findings.retain(|finding| !is_link(finding) || told.insert(place(finding)));
    for finding in findings.iter_mut().filter(|finding| finding.fix.is_some() && is_link(finding)) {
        *finding = Arc::new(Finding { fix: None, ..(**finding).clone() });
    }
}

/// Sorts and deduplicates findings, and fills in their fingerprints.
fn named(mut findings: Vec<Finding>, sources: &Sources, root: &str, places: &mut Places) -> Vec<Finding> {
    let key = |finding: &Finding| (sources.key(finding.span), finding.rule);
    findings.sort_by(|a, b| (key(a), &a.message).cmp(&(key(b), &b.message)));
    // Of several findings of one rule at one place, as for the instances of a resource, the most severe is kept.
    findings.dedup_by(|later, kept| {
        let is_same = later.span == kept.span && later.rule == kept.rule;
        if is_same && later.severity > kept.severity {
            std::mem::swap(later, kept);
        }
        is_same
    });
    fingerprint::identify(&mut findings, sources, root, places);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Profile;
    use crate::engine::understand::understand;
    use crate::source::{Source, Tree};
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The files of a folder.
    fn sources(root: &Path) -> Sources {
        let (mut files, mut folders) = (Vec::new(), vec![PathBuf::from(root)]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
                    files.push(Source::from_bytes(name, fs::read(&path).expect("readable")));
                }
            }
        }
        checkout(files)
    }

    fn checkout(files: Vec<Source>) -> Sources {
        let mut tree = Tree::default();
        tree.extend(files.iter().map(|source| &*source.path));
        Sources::new(files, tree, Vec::new())
    }

    /// The examples of a page: files that follow each other are one checkout.
    fn examples(rule: &Rule) -> Vec<Sources> {
        let mut all: Vec<Vec<Source>> = vec![Vec::new()];
        for fence in catalogue::fences(rule.body()) {
            let file = fence.title().filter(|_| fence.language() != "fixed");
            if file.is_none() || !fence.words.trim().is_empty() {
                all.push(Vec::new());
            }
            let example = all.last_mut().expect("there is always one");
            example.extend(file.map(|path| Source::new(path, &rule.body()[fence.content.clone()])));
        }
        all.into_iter().filter(|files| !files.is_empty()).map(checkout).collect()
    }

    const PAGE: &str = "---\nsummary: S\nseverity: error\nprofile: recommended\nenvironments: [production]\nsurfaces: [dockerfile]\n\
                        fix: never\nsince: 0.1.0\ncovers: []\nreferences: []\n---\n\nWhy.\n";

    #[test]
    fn a_rule_that_panics_is_named_and_everything_else_is_found() {
        fn finds(cx: &mut Context<'_>) {
            let stage = &cx.project.dockerfiles[0].stages[0];
            cx.flag(stage.span, "a\nb");
        }
        fn panics(cx: &mut Context<'_>) {
            finds(cx);
            panic!("a bug in a rule");
        }
        let rules = [
            Rule::built_in("panics", "image", PAGE, Check::Function(panics)),
            Rule::built_in("finds", "image", PAGE, Check::Function(finds)),
        ];
        let sources = checkout(vec![Source::new("Dockerfile", "FROM a:1\n")]);
        let config = Config::default();
        let (project, ..) = understand(&sources, &config, &mut Memory::for_one_run(), &|_| {});
        let governed = Governed::new(&config, &sources);
        let told = run(rules.iter(), &project, &governed, &[], &sources);
        let found = |index: usize| told[index].0.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>();
        assert_eq!((found(0), found(1)), (vec!["a␊b"], vec!["a␊b"]));
        let failed: Vec<String> = governed.failures().into_iter().map(|failure| failure.what).collect();
        assert_eq!(failed, ["rule `panics`"]);
    }

    /// A check that is given only the parts in its reach says about them what it says about the whole deployment.
    #[test]
    fn the_reach_of_a_check_is_all_that_it_asks_about() {
        let repositories = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos");
        let (mut rules_seen, mut findings_seen) = (HashSet::new(), 0);
        let folders = fs::read_dir(repositories).expect("fixtures").flatten().map(|entry| entry.path());
        let fixtures = folders.filter(|path| path.is_dir()).map(|path| (path.display().to_string(), sources(&path)));
        let pages = rules::ALL
            .iter()
            .flat_map(|rule| examples(rule).into_iter().map(|example| (format!("an example of {}", rule.id), example)));
        for (name, sources) in fixtures.chain(pages) {
            let config = Config { profile: Some(Profile::Strict), ..Config::default() };
            let (project, parts, _) = understand(&sources, &config, &mut Memory::for_one_run(), &|_| {});
            let governed = Governed::new(&config, &sources);
            for rule in rules::ALL.iter().filter(|rule| rule.page().front.reach != Reach::Deployment) {
                let sorted = |told: Vec<(Vec<Finding>, Vec<Undecided>)>| {
                    let (findings, undecided): (Vec<_>, Vec<_>) = told.into_iter().unzip();
                    let mut findings: Vec<Finding> = findings.concat();
                    let mut undecided: Vec<Undecided> = undecided.concat();
                    findings.sort_by(|a, b| (sources.key(a.span), &a.message).cmp(&(sources.key(b.span), &b.message)));
                    findings.dedup();
                    undecided.sort_by(|a, b| (sources.key(a.span), &a.why).cmp(&(sources.key(b.span), &b.why)));
                    undecided.dedup();
                    (findings, undecided)
                };
                let is_asked =
                    |part: &&Part| part.reach() == rule.page().front.reach && !matches!(part, Part::Document { .. });
                let of_parts = parts.iter().filter(is_asked).map(|part| {
                    let part = part.project(&project.files);
                    check(rule, &part, &governed, &[], None)
                });
                let of_parts = sorted(of_parts.collect());
                let of_all = sorted(vec![check(rule, &project, &governed, &[], None)]);
                assert_eq!(of_parts, of_all, "{} in {name}", rule.id);
                if !of_all.0.is_empty() {
                    rules_seen.insert(rule.id);
                    findings_seen += of_all.0.len();
                }
            }
        }
        assert!(rules_seen.len() > 25 && findings_seen > 60, "{} rules, {findings_seen} findings", rules_seen.len());
    }
}
