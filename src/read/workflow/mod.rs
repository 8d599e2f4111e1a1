//! Workflows and composite actions of GitHub Actions: jobs, steps, and the commands of their scripts and actions.
//!
//! Keys: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax> and
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax>.

mod actions;
mod contexts;

use super::aliases::TOO_MUCH;
use super::compose;
use super::shell::{self, Setup};
use super::variables::{Meaning, known};
use crate::budget::{Budget, Shares};
use crate::model::{
    Access, Action, Asked, Command, Concurrency, Facts, Home, Input, Invocation, Job, JobStep, Named, NamedValue,
    Permission, Permissions, Setting, Text, Trigger, Why, Workflow,
};
use crate::source::{Fragment, HOLE};
use crate::span::{SourceId, Span};
use crate::syntax::Problem;
use crate::syntax::shell::SHELLS;
use crate::syntax::yaml::{Entry, Node};
use contexts::Contexts;
use std::collections::HashSet;
use std::sync::Arc;

/// What a document of GitHub Actions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Workflow,
    Action,
}

/// The folder that GitHub reads workflows from.
const FOLDER: &str = ".github/workflows/";

/// Whether GitHub reads a workflow at a path: directly in the folder for workflows.
pub(crate) fn is_read(path: &str) -> bool {
    path.strip_prefix(FOLDER).is_some_and(|name| !name.contains('/'))
}

/// The kind of a document.
pub(crate) fn kind_of(root: Node<'_>, path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if matches!(name, "action.yml" | "action.yaml") {
        let using = root.descend(&["runs", "using"]).and_then(|using| using.text());
        return (using == Some("composite")).then_some(Kind::Action);
    }
    let jobs = root.get("jobs").filter(|jobs| jobs.is_mapping())?;
    let is_job = |node: Node<'_>| node.get("runs-on").is_some() || node.get("uses").is_some();
    let is_one = is_read(path)
        || (path.contains(".github/")
            && root.get("on").is_some()
            && jobs.entries().iter().any(|entry| is_job(entry.value)));
    is_one.then_some(Kind::Workflow)
}

/// Reads a document that [`kind_of`] knows.
pub(crate) fn read(kind: Kind, source: SourceId, path: &str, root: Node<'_>) -> (Facts, Vec<Problem>) {
    let size = root.span().range().len();
    let mut reader = Reader {
        source,
        facts: Facts::default(),
        problems: Vec::new(),
        repeated: Shares::among(1, size).of(size),
        shares: Shares::among(steps(root), size),
    };
    let is_read = kind == Kind::Action || is_read(path);
    let workflow = reader.workflow(kind, is_read, root);
    reader.facts.workflows.push(Arc::new(workflow));
    // What never runs deploys nothing.
    if !is_read {
        reader.facts.commands.clear();
        reader.facts.named_values.clear();
        reader.facts.compose_calls.clear();
    }
    (reader.facts, reader.problems)
}

/// How many steps are written in a document.
fn steps(root: Node<'_>) -> usize {
    let jobs = root.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default();
    let lists = jobs.iter().filter_map(|job| job.value.get("steps")).chain(root.descend(&["runs", "steps"]));
    let mut seen = HashSet::new();
    lists.filter(|list| seen.insert(list.span())).map(|list| list.items().len()).sum()
}

/// What the commands of a script cost for each byte of it, in bytes.
const SCRIPT: usize = 64;
/// What an input or a variable costs beside its text, in bytes.
const ITEM: usize = 256;

struct Reader {
    source: SourceId,
    facts: Facts,
    problems: Vec<Problem>,
    /// Pays for what aliases repeat.
    repeated: Budget,
    shares: Shares,
}

/// What the steps of a job have in common.
struct Around<'a> {
    job: usize,
    contexts: Contexts,
    /// The shell that runs scripts; `None` is the default of the runner.
    shell: Option<&'a str>,
    folder: Option<Node<'a>>,
    is_windows: bool,
    /// Whether it deploys on a machine of the team, which keeps running what a job starts.
    stays: bool,
}

impl Reader {
    fn workflow(&mut self, kind: Kind, is_read: bool, root: Node<'_>) -> Workflow {
        let budget = self.shares.of(root.get("env").map_or(0, |env| env.span().range().len()));
        let on = root.entry("on");
        let jobs_entry = root.entry("jobs").or_else(|| root.entry("runs"));
        let span = on.or(jobs_entry).map_or(root.span().head(), |entry| entry.key.span());
        let mut contexts = Contexts::default();
        let shared = root.get("env").filter(|env| self.pays_for(*env, span));
        let env = self.variables(shared, &mut contexts, &budget);
        let mut jobs = Vec::new();
        match kind {
            Kind::Action => {
                let runs = jobs_entry.map(|entry| (entry.key.span(), entry.value));
                jobs.extend(runs.map(|(span, node)| self.job(0, "runs", span, node, root, &contexts)));
            }
            Kind::Workflow => {
                let entries = jobs_entry.map(|entry| entry.value.entries()).unwrap_or_default();
                for entry in entries {
                    // The place of a job in the list is part of the home of its commands.
                    if self.pays_for(entry.value, entry.key.span()) {
                        let id = entry.key.text().unwrap_or_default();
                        jobs.push(self.job(jobs.len(), id, entry.key.span(), entry.value, root, &contexts));
                    }
                }
            }
        }
        if jobs.iter().any(deploys) {
            self.name_values(&env);
        }
        Workflow {
            source: self.source,
            is_action: kind == Kind::Action,
            is_read,
            span,
            triggers: on.map(|on| triggers(on.value)).unwrap_or_default(),
            permissions: permissions(root, span),
            concurrency: concurrency(root),
            env,
            jobs,
        }
    }

    /// Whether the file pays for what aliases make of a node beyond its own text; if not, it is left out, and told.
    fn pays_for(&mut self, node: Node<'_>, at: Span) -> bool {
        let more = usize::try_from(node.weight()).unwrap_or(usize::MAX).saturating_sub(node.span().range().len());
        if more == 0 || self.repeated.charge(more, more.saturating_mul(SCRIPT)).is_ok() {
            return true;
        }
        self.problems.push(Problem::beyond_us(at, TOO_MUCH));
        false
    }

    fn job(&mut self, index: usize, id: &str, span: Span, node: Node<'_>, root: Node<'_>, shared: &Contexts) -> Job {
        let own = self.shares.of(0);
        let mut contexts = shared.clone();
        let env = self.variables(node.get("env"), &mut contexts, &own);
        let default = |key: &str| {
            let in_job = node.descend(&["defaults", "run", key]);
            in_job.or_else(|| root.descend(&["defaults", "run", key]))
        };
        let runner = node.get("runs-on");
        let is_of_windows = |node: Node<'_>| node.text().is_some_and(|name| name.contains("windows"));
        let text = |key: &str| node.get(key).and_then(|value| contexts.scalar(value, &own));
        let environment = match node.get("environment") {
            Some(named) => {
                let name = if named.is_mapping() { named.get("name") } else { Some(named) };
                name.and_then(|name| contexts.scalar(name, &own)).map_or(Setting::Absent(span), known)
            }
            None => Setting::Absent(span),
        };
        let needs = node.get("needs");
        let needs = needs.into_iter().chain(needs.into_iter().flat_map(|list| list.items()));
        let mut job = Job {
            id: id.to_owned(),
            span,
            permissions: permissions(node, span),
            environment,
            concurrency: concurrency(node),
            condition: text("if"),
            calls: text("uses"),
            needs: needs.filter_map(|name| name.text().map(str::to_owned)).collect(),
            tolerates_failure: switch(node, "continue-on-error", span),
            moves_root: false,
            env,
            steps: Vec::new(),
        };
        let list = node.get("steps").map(|list| list.items().collect::<Vec<_>>()).unwrap_or_default();
        let mut around = Around {
            job: index,
            shell: default("shell").and_then(|shell| shell.text()),
            folder: default("working-directory"),
            stays: id.contains("deploy")
                && runner.is_some_and(|runner| {
                    let is_own = |node: Node<'_>| node.text().is_some_and(|name| name.contains("self-hosted"));
                    is_own(runner) || runner.items().any(is_own)
                }),
            is_windows: runner.is_some_and(|runner| is_of_windows(runner) || runner.items().any(is_of_windows)),
            contexts,
        };
        let named = self.facts.named_values.len();
        for step in list {
            if !step.is_mapping() {
                continue;
            }
            let budget = self.shares.of(step.span().range().len());
            let read = self.step(job.steps.len(), step, &mut around, &budget);
            job.steps.push(read);
        }
        job.moves_root = job.steps.iter().any(|step| {
            step.uses("actions/checkout") && (step.input("path").is_some() || step.input("repository").is_some())
        });
        if deploys(&job) {
            self.name_values(&job.env);
        } else {
            // The variables of other jobs are for tests and their made-up databases.
            self.facts.named_values.truncate(named);
        }
        job
    }

    fn step(&mut self, index: usize, node: Node<'_>, around: &mut Around<'_>, budget: &Budget) -> JobStep {
        let head = node.own_entries().next().map_or(node.span(), |entry| entry.key.span());
        let mut contexts = around.contexts.clone();
        let env = self.variables(node.get("env"), &mut contexts, budget);
        self.name_values(&env);
        let inputs = pairs(node.get("with"), &contexts, budget).into_iter().map(|(input, _)| input).collect::<Vec<_>>();
        let text = |key: &str| node.get(key).and_then(|value| contexts.scalar(value, budget));
        let action = text("uses").map(action);
        let folder = match node.get("working-directory").or(around.folder) {
            Some(folder) => contexts.scalar(folder, budget).map_or(Setting::Absent(head), known),
            None => Setting::Absent(head),
        };
        let script = node.get("run").and_then(|run| run.fragment());
        // The action runs a script of its own.
        let passed = node.get("with").and_then(|with| with.get("script")).and_then(|script| script.fragment());
        let expressions = script.iter().chain(&passed).flat_map(|script| contexts.interpolations(script)).collect();
        let step = JobStep {
            id: node.get("id").and_then(|id| id.text()).map(str::to_owned),
            name: text("name"),
            span: node.entry("run").or_else(|| node.entry("uses")).map_or(head, |entry| entry.key.span()),
            action,
            inputs,
            env,
            script: script.as_ref().map(|script| contexts.text(script, budget)),
            expressions,
            condition: text("if"),
            folder,
            tolerates_failure: switch(node, "continue-on-error", head),
        };
        let home = Home::Workflow(self.source, around.job, index);
        let shell = node.get("shell").and_then(|shell| shell.text()).or(around.shell);
        let is_shell = match shell {
            Some(shell) => SHELLS.contains(&shell.split_whitespace().next().unwrap_or_default()),
            None => !around.is_windows,
        };
        if let (Some(fragment), Some(script)) = (&script, step.script.as_ref().filter(|_| is_shell)) {
            // What its expressions stand for is text of others.
            let size = script.raw().len().saturating_sub(fragment.text().len());
            if budget.charge(size, SCRIPT * size).is_err() {
                self.problems.push(Problem::beyond_us(node.span().head(), TOO_MUCH));
            } else {
                let setup = Setup { home, scope: &contexts.env, are_values_final: false, budget };
                let (read, problems) = shell::read(script.fragment(), script, &setup);
                self.facts.commands.extend(read.commands.into_iter().map(Arc::new));
                self.facts.named_values.extend(read.named_values);
                self.facts.compose_calls.extend(match around.stays {
                    true => compose::remote_calls(script.fragment()),
                    false => compose::calls(script.fragment()),
                });
                self.problems.extend(problems);
            }
            exported(fragment).for_each(|name| around.contexts.forget(&name));
        }
        // Actions such as `appleboy/ssh-action` run their `script` on the machine that they connect to.
        if let Some(script) = passed.as_ref().filter(|_| step.runs_elsewhere()) {
            self.facts.compose_calls.extend(compose::remote_calls(script));
        }
        let given: usize = step.inputs.iter().map(|input| input.value.raw().len()).sum();
        let given = given.saturating_sub(node.span().range().len());
        let is_paid = budget.charge(given, given.saturating_mul(SCRIPT)).is_ok();
        if let Some(line) = actions::line(&step).filter(|_| is_paid) {
            self.facts.commands.push(Arc::new(Command {
                splits: vec![false; line.words.len()],
                words: line.words,
                span: line.span,
                home,
                pipeline: (0, 0),
                number: 0,
                inside: None,
                is_conditional: step.condition.is_some(),
                is_forgiven: false,
                is_of_action: true,
                invocation: Invocation::default(),
                // A list in a flow mapping would end at the comma of a flag.
                more: line.more.filter(|_| node.get("with").is_some_and(|with| with.room(&["another key"]).is_some())),
            }));
        }
        if let Some(id) = &step.id {
            outputs(id, &step, &mut around.contexts);
        }
        step
    }

    /// Reads the entries of an `env`, which their own values don't see.
    fn variables(&mut self, env: Option<Node<'_>>, contexts: &mut Contexts, budget: &Budget) -> Vec<Input> {
        let (entries, written): (Vec<Input>, Vec<&str>) = pairs(env, contexts, budget).into_iter().unzip();
        for (entry, written) in entries.iter().zip(written) {
            contexts.set(&entry.name, entry.value.clone(), entry.key, written);
        }
        entries
    }

    fn name_values(&mut self, env: &[Input]) {
        let named = env.iter().map(|entry| NamedValue {
            name: entry.name.clone(),
            value: entry.value.clone(),
            span: entry.key.to(entry.value.span()),
            kind: Named::BuildEnv,
            is_sensitive: false,
        });
        self.facts.named_values.extend(named);
    }
}

/// The entries of a mapping with their values, each with the text as written.
fn pairs<'a>(map: Option<Node<'a>>, contexts: &Contexts, budget: &Budget) -> Vec<(Input, &'a str)> {
    let mut pairs = Vec::new();
    for entry in map.map(|map| map.entries()).unwrap_or_default() {
        let (Some(name), Some(written)) = (entry.key.text(), entry.value.text()) else { continue };
        if budget.charge(1, ITEM).is_err() {
            break;
        }
        let Some(value) = contexts.scalar(entry.value, budget) else { continue };
        pairs.push((Input { name: name.to_owned(), key: entry.key.span(), value }, written));
    }
    pairs
}

/// Whether a job acts on Google Cloud, so that its variables are those of a deployment.
fn deploys(job: &Job) -> bool {
    let is_script = |step: &JobStep| step.script.as_ref().is_some_and(|script| script.raw().contains("gcloud "));
    job.identity().is_some() || job.steps.iter().any(is_script)
}

/// What later steps can use of a step.
fn outputs(id: &str, step: &JobStep, contexts: &mut Contexts) {
    match step.action.as_ref().map(|action| action.name.as_str()) {
        Some("google-github-actions/get-secretmanager-secrets") => contexts.gives_secrets(id),
        // One image, whose tags the action makes from the commit (https://github.com/docker/metadata-action).
        Some("docker/metadata-action") => {
            let images = step.input("images").map(|images| actions::items(images, true)).unwrap_or_default();
            if let [image] = images.as_slice()
                && !image.raw().contains("name=")
            {
                let text = format!("{}:{HOLE}", image.raw());
                let fragment = Fragment::standing_for(&text, image.span());
                let mut reasons = image.reasons().to_vec();
                reasons.push(Why::Computed);
                let text = Text::new(fragment, reasons, image.trail().to_vec());
                contexts.output(id, "tags", Meaning::Known(text, None));
            }
        }
        _ => {}
    }
}

/// The variables that a script passes on to the steps after it.
fn exported(script: &Fragment) -> impl Iterator<Item = String> {
    let text = script.text();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let passes = text.contains("GITHUB_ENV");
    let ends = text.match_indices(['=', '<']).filter(move |_| passes);
    ends.filter_map(move |(at, _)| {
        let before = &text[..at];
        let name = &before[before.trim_end_matches(is_part).len()..];
        (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then(|| name.to_owned())
    })
}

/// `owner/name@version`, `./folder` or `docker://image`.
fn action(text: Text) -> Action {
    let raw = text.raw().trim();
    let (name, version) = match raw.rsplit_once('@') {
        Some((name, version)) if !raw.starts_with("docker://") => (name, Some(version.to_owned())),
        _ => (raw, None),
    };
    let name = if name.starts_with('.') { name.to_owned() } else { name.to_ascii_lowercase() };
    Action { name, version, text }
}

fn triggers(on: Node<'_>) -> Vec<Trigger> {
    let named = |name: Node<'_>, node: Option<Node<'_>>| {
        let types = node.and_then(|node| node.get("types"));
        let types = types.into_iter().chain(types.into_iter().flat_map(|list| list.items()));
        Some(Trigger {
            name: name.text()?.to_owned(),
            span: name.span(),
            types: types.filter_map(|kind| kind.fragment().map(Text::of)).collect(),
            inputs: node.and_then(|node| node.get("inputs")).map(asked).unwrap_or_default(),
        })
    };
    if on.is_mapping() {
        return on.entries().into_iter().filter_map(|entry| named(entry.key, Some(entry.value))).collect();
    }
    if on.is_sequence() {
        return on.items().filter_map(|name| named(name, None)).collect();
    }
    named(on, None).into_iter().collect()
}

fn asked(inputs: Node<'_>) -> Vec<Asked> {
    let entries = inputs.entries().into_iter();
    let read = |entry: Entry<'_>| {
        let kind = entry.value.get("type").and_then(|kind| kind.text()).unwrap_or("string");
        Some(Asked { name: entry.key.text()?.to_owned(), kind: kind.to_owned() })
    };
    entries.filter_map(read).collect()
}

fn permissions(node: Node<'_>, around: Span) -> Setting<Permissions> {
    let Some(entry) = node.entry("permissions") else { return Setting::Absent(around) };
    let access = |text: &str| match text {
        "write" => Some(Access::Write),
        "read" => Some(Access::Read),
        "none" => Some(Access::None),
        _ => None,
    };
    let span = entry.key.span();
    let value = entry.value;
    if value.is_mapping() {
        let scopes = value.entries().into_iter().filter_map(|scope| {
            let access = access(scope.value.text()?)?;
            Some(Permission { scope: scope.key.text()?.to_owned(), access, span: scope.span() })
        });
        return Setting::Known(
            Permissions { all: None, scopes: scopes.collect(), room: value.room(&["id-token"]) },
            span.into(),
        );
    }
    let all = match value.text() {
        Some("write-all") => Some(Access::Write),
        Some("read-all") => Some(Access::Read),
        _ => return Setting::Unknown(span, Why::Other("is no list of permissions".into())),
    };
    Setting::Known(Permissions { all, scopes: Vec::new(), room: None }, span.into())
}

fn concurrency(node: Node<'_>) -> Option<Concurrency> {
    let entry = node.entry("concurrency")?;
    let span = entry.key.span();
    Some(Concurrency { span, cancels: switch(entry.value, "cancel-in-progress", span) })
}

/// A key whose value is `true`, `false` or an expression.
fn switch(node: Node<'_>, key: &str, around: Span) -> Setting<bool> {
    let Some(entry) = node.entry(key) else { return Setting::Absent(around) };
    match entry.value.text().map(str::trim) {
        Some("true") => Setting::Known(true, entry.span().into()),
        Some("false") => Setting::Known(false, entry.span().into()),
        _ => Setting::Unknown(entry.span(), Why::Computed),
    }
}
