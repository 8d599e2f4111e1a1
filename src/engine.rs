//! From sources to a report: parse, read, link, check, filter.

use crate::finding::{Finding, Severity};
use crate::ignore::{self, Suppressed};
use crate::link;
use crate::model::{Comment, Dockerfile, Environment, FileFacts, Project, Surface};
use crate::policy;
use crate::read::{self, Facts};
use crate::rule::{Check, Context, Page, Profile, Rule, Undecided};
use crate::rules;
use crate::source::{Fragment, Notation, Source, Sources, UnreadReason};
use crate::span::{SourceId, Span};
use crate::syntax::{self, Fault, Problem, hcl};
use rayon::prelude::*;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::collections::{HashMap, HashSet};
use std::hash::Hasher;
use std::sync::Arc;

/// What a run was asked for.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which rules run.
    pub profile: Profile,
    /// Where not empty, only these run, whatever their profile.
    pub select: Vec<String>,
    /// These don't run.
    pub ignore: Vec<String>,
    /// Whether comments that silence rules count.
    pub has_ignores: bool,
    /// The day on which the run happens (`2026-11-21`), for comments that count until a day.
    pub today: Option<String>,
}

/// What a run says.
#[derive(Debug, Default)]
pub struct Report {
    /// Findings by path, offset and rule.
    pub findings: Vec<Finding>,
    /// Findings that comments have silenced, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// What could not be decided, in the same order.
    pub undecided: Vec<Undecided>,
    /// What was not read, or not in full, by path.
    pub notes: Vec<Note>,
    /// The files that belong to a surface, in path order.
    pub files: Vec<FileFacts>,
    /// What is known of every source, by its id.
    pub sources: Vec<FileFacts>,
}

/// Something about a file that is no finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file.
    pub path: Arc<str>,
    /// In words.
    pub message: String,
}

impl Default for Config {
    fn default() -> Self {
        Self { profile: Profile::Recommended, select: Vec::new(), ignore: Vec::new(), has_ignores: true, today: None }
    }
}

impl Config {
    /// Whether a rule runs.
    fn wants(&self, rule: &Rule, page: &Page) -> bool {
        if self.ignore.iter().any(|id| id == rule.id) {
            return false;
        }
        if self.select.is_empty() {
            page.front.profile <= self.profile
        } else {
            self.select.iter().any(|id| id == rule.id)
        }
    }
}

/// Problems reported per file; a file with more is not what its name says.
const MOST_PROBLEMS: usize = 20;

/// Checks sources.
pub fn lint(sources: &Sources, config: &Config) -> Report {
    let ids: Vec<SourceId> = sources.iter().map(|(id, _)| id).collect();
    let parsed: Vec<Parsed> = ids.par_iter().map(|id| parse(*id, sources.get(*id))).collect();
    let mut report = Report::default();
    let mut trouble: Vec<(SourceId, Problem)> = Vec::new();
    let mut comments: Vec<Comment> = Vec::new();
    let mut project = Project {
        files: sources
            .iter()
            .zip(&parsed)
            .map(|((_, source), parsed)| FileFacts {
                path: source.path.clone(),
                surface: parsed.surface,
                environment: Environment::of_path(&source.path),
            })
            .collect(),
        tree: sources.tree.clone(),
        ..Project::default()
    };
    let mut bodies: Vec<(SourceId, hcl::Body)> = Vec::new();
    let mut unresolved: Vec<(SourceId, syntax::dockerfile::File, bool)> = Vec::new();
    for (id, parsed) in ids.iter().zip(parsed) {
        trouble.extend(parsed.problems.into_iter().map(|problem| (*id, problem)));
        report.notes.extend(parsed.note.map(|message| Note { path: sources.get(*id).path.clone(), message }));
        project.credentials.extend(parsed.credentials);
        comments.extend(parsed.comments);
        project.requirements.extend(parsed.requirements);
        for facts in parsed.facts {
            absorb(&mut project, facts);
        }
        match parsed.tree {
            Some(Tree::Hcl(body)) => bodies.push((*id, body)),
            Some(Tree::Dockerfile(file, is_complete)) => unresolved.push((*id, file, is_complete)),
            None => {}
        }
    }
    project.builds = link::builds(&project.commands, &project.pipelines, sources);
    let overridden = link::overridden(&project.builds);
    let none = Vec::new();
    let read: Vec<_> = unresolved
        .par_iter()
        .map(|(id, file, is_complete)| {
            read::dockerfile::read(*id, file, *is_complete, overridden.get(id).unwrap_or(&none))
        })
        .collect();
    for ((id, ..), (facts, problems)) in unresolved.iter().zip(read) {
        trouble.extend(problems.into_iter().map(|problem| (*id, problem)));
        absorb(&mut project, facts);
    }
    terraform(&mut project, &bodies, sources);
    commands(&mut project);
    link::settle_owners(&mut project.workloads);
    let ignored = link::IgnoreFiles::read(sources);
    let is_submitted = link::submits(&project.commands);
    project.missing_sources =
        link::missing_sources(&project.dockerfiles, &project.builds, &ignored, sources, is_submitted);
    project.wide_copies = link::wide_copies(&project.dockerfiles, &project.builds, &ignored, sources);
    project.given_substitutions = link::given_substitutions(&project, sources);

    let mut findings = Vec::new();
    let mut ran = Vec::new();
    let mut stale = None;
    for (rule, page) in active(config) {
        ran.push(rule.id);
        if rule.id == ignore::STALE {
            stale = Some((rule, page));
            continue;
        }
        let mut cx = Context::new(&project, rule, &page);
        match rule.check {
            Check::Function(check) => check(&mut cx),
            Check::Page => policy::check(&page, &mut cx),
            Check::Engine => about_files(&mut cx, &trouble, sources),
        }
        let (found, undecided) = cx.finish();
        findings
            .extend(found.into_iter().filter(|finding| page.speaks_in(project.file(finding.span.source).environment)));
        report
            .undecided
            .extend(undecided.into_iter().filter(|open| page.speaks_in(project.file(open.span.source).environment)));
    }
    let mut findings = named(findings, sources);
    if config.has_ignores {
        let whole = |span: Span| Span::new(span.source, 0, sources.get(span.source).text.len() as u32);
        let directives = ignore::read(&comments, whole);
        let today = config.today.as_deref();
        let (suppressed, used) = ignore::apply(&mut findings, &directives, today);
        report.suppressed = suppressed;
        if let Some((rule, page)) = stale {
            let mut cx = Context::new(&project, rule, &page);
            ignore::report(&mut cx, &directives, &used, today, &ran);
            findings.extend(named(cx.finish().0, sources));
            findings.sort_by(|a, b| (a.span, a.rule).cmp(&(b.span, b.rule)));
        }
    }
    report.findings = findings;
    notes(&mut report, &trouble, sources);
    let mut unique = HashSet::new();
    report.undecided.retain(|open| unique.insert((open.rule, open.span)));
    report.undecided.sort_by_key(|open| (open.span, open.rule));
    report.files = project.files.iter().filter(|file| file.surface.is_some()).cloned().collect();
    report.sources = project.files;
    report
}

fn active(config: &Config) -> impl Iterator<Item = (&'static Rule, Page)> {
    rules::ALL.iter().map(|rule| (rule, rule.parsed())).filter(|(rule, page)| config.wants(rule, page))
}

enum Tree {
    Hcl(hcl::Body),
    Dockerfile(syntax::dockerfile::File, bool),
}

#[derive(Default)]
struct Parsed {
    surface: Option<Surface>,
    tree: Option<Tree>,
    facts: Vec<Facts>,
    problems: Vec<Problem>,
    note: Option<String>,
    credentials: Vec<crate::model::Credential>,
    comments: Vec<Comment>,
    requirements: Option<crate::model::Requirements>,
}

/// Everything that one source tells by itself.
fn parse(id: SourceId, source: &Source) -> Parsed {
    let mut parsed = Parsed::default();
    let mut documents = None;
    let fragment = Fragment::whole(id, source);
    match source.notation {
        Notation::Dockerfile => {
            parsed.surface = Some(Surface::Dockerfile);
            let (file, problems) = syntax::dockerfile::parse(&fragment);
            parsed.tree = Some(Tree::Dockerfile(file, problems.is_empty()));
            parsed.problems = problems;
        }
        Notation::Terraform | Notation::TerraformVars => {
            parsed.surface = Some(Surface::Terraform);
            let (body, problems) = hcl::parse(&fragment);
            parsed.tree = Some(Tree::Hcl(body));
            parsed.problems = problems;
        }
        Notation::TerraformJson => {
            parsed.surface = Some(Surface::Terraform);
            let (body, problems) = hcl::parse_json(&fragment);
            parsed.tree = Some(Tree::Hcl(body));
            parsed.problems = problems;
        }
        Notation::Shell => {
            parsed.surface = Some(Surface::Shell);
            let (read, problems) = read::shell::script(&fragment);
            parsed.facts.push(Facts { commands: read.commands, named_values: read.named_values, ..Facts::default() });
            parsed.problems = problems;
        }
        Notation::Requirements => {
            parsed.surface = Some(Surface::Dependencies);
            parsed.requirements = Some(read::requirements::read(id, &source.path, &fragment));
        }
        Notation::Yaml => documents = yaml(id, source, &fragment, &mut parsed),
        Notation::TerraformLock | Notation::Ignore | Notation::Prose | Notation::Other => {}
    }
    if parsed.surface.is_some() {
        let tree = match (&parsed.tree, &documents) {
            (Some(Tree::Dockerfile(file, _)), _) => read::comments::Tree::Dockerfile(file),
            (Some(Tree::Hcl(body)), _) => read::comments::Tree::Hcl(body),
            (None, Some(documents)) => read::comments::Tree::Yaml(documents),
            (None, None) => read::comments::Tree::Plain,
        };
        parsed.comments = read::comments::find(source, &fragment, &tree);
        parsed.credentials = read::credentials::find(id, source);
        if let Some(damage) = &source.damage {
            damaged(id, source, damage, &mut parsed);
        }
    }
    parsed
}

/// YAML is parsed where its text holds a word of one of ours.
fn yaml(
    id: SourceId,
    source: &Source,
    fragment: &Fragment,
    parsed: &mut Parsed,
) -> Option<Vec<syntax::yaml::Document>> {
    let has = |word: &str| memchr::memmem::find(source.text.as_bytes(), word.as_bytes()).is_some();
    let is_manifest = has("serving.knative.dev") || has("run.googleapis.com");
    let may_be_pipeline = has("steps") && has("name");
    if !is_manifest && !may_be_pipeline {
        return None;
    }
    let (documents, problems) = syntax::yaml::parse(fragment);
    for document in &documents {
        let root = document.root();
        if let Some(kind) = read::cloud_run::kind_of(root) {
            parsed.surface.get_or_insert(Surface::CloudRun);
            parsed.facts.push(read::cloud_run::read(kind, root));
        } else if read::cloud_build::is_pipeline(root, &source.path) {
            parsed.surface.get_or_insert(Surface::CloudBuild);
            let (facts, problems) = read::cloud_build::read(id, root);
            parsed.facts.push(facts);
            parsed.problems.extend(problems);
        }
    }
    let name = source.path.rsplit('/').next().unwrap_or_default();
    let is_ours =
        parsed.surface.is_some() || name.to_ascii_lowercase().contains("cloudbuild") || has("serving.knative.dev/v1");
    if problems.is_empty() || !is_ours {
        return Some(documents);
    }
    if ["{{", "{%", "%{", "<%"].iter().any(|mark| has(mark)) {
        parsed.note = Some("not analysed: it is a template, and not YAML before it is filled in".to_owned());
        return Some(documents);
    }
    parsed.surface.get_or_insert(if is_manifest { Surface::CloudRun } else { Surface::CloudBuild });
    parsed.problems.extend(problems);
    Some(documents)
}

/// Terraform and gcloud reject text that is not UTF-8; the image builder and shells don't mind.
fn damaged(id: SourceId, source: &Source, damage: &std::ops::Range<u32>, parsed: &mut Parsed) {
    let span = Span::new(id, damage.start, damage.end);
    match source.notation {
        Notation::Dockerfile | Notation::Shell | Notation::Requirements => {
            let line = source.position(damage.start).line;
            parsed.note = Some(format!("is not UTF-8 from line {line} on; the bytes in question were read as `?`"));
        }
        _ => parsed.problems.push(Problem::invalid(span, NOT_UTF_8)),
    }
}

const NOT_UTF_8: &str = "is not UTF-8";

fn absorb(project: &mut Project, facts: Facts) {
    let Facts { dockerfile, pipelines, workloads, commands, grants, named_values } = facts;
    let dockerfile: Option<Dockerfile> = dockerfile;
    project.dockerfiles.extend(dockerfile);
    project.pipelines.extend(pipelines);
    project.workloads.extend(workloads);
    project.commands.extend(commands);
    project.grants.extend(grants);
    project.named_values.extend(named_values);
}

/// What the commands say about workloads and grants.
fn commands(project: &mut Project) {
    for command in &project.commands {
        if let Some(line) = read::gcloud::parse(command) {
            project.workloads.extend(read::gcloud::workload(&line));
        }
        project.named_values.extend(read::gcloud::passwords(command));
        project.grants.extend(read::gcloud::grant(command));
        project.firewalls.extend(read::gcloud::firewall(command));
        project.installations.extend(read::packages::installation(command));
    }
}

fn terraform(project: &mut Project, bodies: &[(SourceId, hcl::Body)], sources: &Sources) {
    let files = bodies.iter().map(|(id, body)| {
        let source = sources.get(*id);
        let is_values = source.notation == Notation::TerraformVars || source.path.ends_with(".tfvars.json");
        read::terraform::File { source: *id, path: &source.path, body, is_values }
    });
    let folders = read::terraform::by_folder(files);
    let callers = read::terraform::callers(&folders);
    let nobody = read::terraform::Callers::default();
    let folders: Vec<_> = folders.iter().filter(|(_, files)| files.iter().any(|file| !file.is_values)).collect();
    let read: Vec<_> = folders
        .par_iter()
        .map(|(folder, files)| {
            read::terraform::read(folder, files, callers.get(*folder).unwrap_or(&nobody), &sources.tree)
        })
        .collect();
    for facts in read {
        project.modules.push(facts.module);
        project.resources.extend(facts.resources);
        project.workloads.extend(facts.workloads);
        project.grants.extend(facts.grants);
        project.firewalls.extend(facts.firewalls);
        project.named_values.extend(facts.named_values);
    }
}

/// Findings about files themselves: those that can't be read and those that can't be parsed.
fn about_files(cx: &mut Context<'_>, trouble: &[(SourceId, Problem)], sources: &Sources) {
    let mut counts: HashMap<SourceId, usize> = HashMap::new();
    for (id, problem) in trouble.iter().filter(|(_, problem)| problem.fault == Fault::Text) {
        let is_encoding = problem.message == NOT_UTF_8;
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
        for unread in &sources.unread {
            let (UnreadReason::Refused(reason), Some(id)) = (&unread.reason, sources.find(&unread.path)) else {
                continue;
            };
            cx.flag(Span::new(id, 0, 0), format!("this file can't be read: {reason}"));
        }
    }
}

fn notes(report: &mut Report, trouble: &[(SourceId, Problem)], sources: &Sources) {
    let mut counts: HashMap<SourceId, usize> = HashMap::new();
    for (id, problem) in trouble {
        let source = sources.get(*id);
        let count = counts.entry(*id).or_default();
        if problem.fault == Fault::Text {
            *count += 1;
            if *count == MOST_PROBLEMS + 1 {
                report.notes.push(Note {
                    path: source.path.clone(),
                    message: "has more syntax errors than are shown".to_owned(),
                });
            }
        } else {
            let line = source.position(problem.span.start).line;
            let message = format!("not analysed in full: line {line} {}", problem.message);
            report.notes.push(Note { path: source.path.clone(), message });
        }
    }
    for unread in &sources.unread {
        let message = match &unread.reason {
            // It is a finding where it has a source to point at.
            UnreadReason::Refused(_) if sources.find(&unread.path).is_some() => continue,
            UnreadReason::Refused(reason) => format!("could not be read: {reason}"),
            UnreadReason::TooLarge(size) => {
                format!("not analysed: {} MiB are too much for a file of its kind", size.div_ceil(1 << 20))
            }
            UnreadReason::Binary => "not analysed: it holds zero bytes, so it is no text in UTF-8".to_owned(),
            UnreadReason::NotAFile => "not analysed: it is not a regular file".to_owned(),
        };
        report.notes.push(Note { path: unread.path.clone(), message });
    }
    report.notes.sort();
    report.notes.dedup();
}

/// Sorts, drops what was found twice, and names every finding for good.
fn named(mut findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    findings.sort_by(|a, b| (a.span, a.rule, &a.message).cmp(&(b.span, b.rule, &b.message)));
    findings.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
    let mut seen: HashMap<String, u32> = HashMap::new();
    for finding in &mut findings {
        let source = sources.get(finding.span.source);
        let line = source.lines().range(&source.text, source.position(finding.span.start).line);
        let text = source.text.get(line).unwrap_or_default();
        // A secret must not be guessable from what stands in for it, so its line is left out.
        let words: Vec<&str> = if finding.is_secret { Vec::new() } else { text.split_whitespace().collect() };
        let key = format!("{}\0{}\0{}", finding.rule, source.path, words.join(" "));
        let ordinal = seen.entry(key.clone()).or_default();
        let mut hasher = SipHasher13::new();
        hasher.write(key.as_bytes());
        hasher.write_u32(*ordinal);
        *ordinal += 1;
        let hash = hasher.finish128();
        finding.fingerprint = format!("{:016x}{:016x}", hash.h1, hash.h2);
    }
    findings
}

impl Report {
    /// Findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
