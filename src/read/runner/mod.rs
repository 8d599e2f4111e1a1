//! Task runners: the targets of Makefiles, the tasks of Taskfiles and the recipes of justfiles, with their commands.
//!
//! A runner writes the values of its variables into a script before a shell reads it, so a value may be a word, a part of
//! one, or several. Each notation has its own reader, which fills in scripts; commands are read here, for all of them.
//! Targets that are for development are left out: what they run stays on the machine of a developer.

pub(crate) mod just;
pub(crate) mod make;
pub(crate) mod task;

use super::aliases::TOO_MUCH;
use super::compose;
use super::shell::{self, Setup};
use super::variables::{Meaning, Scope};
use crate::budget::Budget;
use crate::known::purposes;
use crate::model::{Command, Facts, Home, Named, NamedValue, Origin, Setting, Target, TargetKind, Targets, Text, Why};
use crate::source::{Builder, Fragment, HOLE};
use crate::span::{SourceId, Span};
use crate::syntax::{Fault, Problem};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// The longest script with its variables filled in, in bytes.
const LONGEST: usize = 64 * 1024;

/// What a command costs for each byte of its script, in bytes.
const SCRIPT: usize = 64;

/// Programs that build, deploy or configure what runs on Google Cloud.
const DEPLOYING: &[&str] = &[
    "gcloud",
    "gsutil",
    "bq",
    "terraform",
    "tofu",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "skaffold",
    "firebase",
    "ko",
    "pack",
];

/// Programs that run targets, and take `NAME=value` as a variable.
const RUNNERS: &[&str] = &["make", "gmake", "just", "task"];

/// The variables that calls of task runners set, in one file or all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// As arguments, which are stronger than the file: `ENV` of `make deploy ENV=prod`.
    pub(crate) arguments: BTreeSet<String>,
    /// As environment variables, which are stronger than defaults (`ENV ?= dev`).
    pub(crate) environment: BTreeSet<String>,
}

impl Passed {
    pub(crate) fn extend(&mut self, other: &Self) {
        self.arguments.extend(other.arguments.iter().cloned());
        self.environment.extend(other.environment.iter().cloned());
    }
}

/// The variables that the commands of a file set when they call a task runner.
pub(crate) fn passed_on(facts: &Facts) -> Passed {
    let mut passed = Passed::default();
    for command in facts.commands.iter().filter(|command| RUNNERS.contains(&command.program_name())) {
        let words = command.bare().iter().skip(1).filter_map(|word| word.raw().split_once('='));
        let names = words.map(|(name, _)| name).filter(|name| is_name(name) && !name.starts_with('-'));
        passed.arguments.extend(names.map(str::to_owned));
        if let Some((workflow, job)) = facts.job_of(command) {
            let of_step = facts.job_step(command).into_iter().flat_map(|step| &step.env);
            let env = workflow.env.iter().chain(&job.env).chain(of_step);
            passed.environment.extend(env.map(|entry| entry.name.clone()));
        }
    }
    let is_script =
        |command: &Arc<Command>| matches!(command.home, Home::Script(_)) && RUNNERS.contains(&command.program_name());
    if facts.commands.iter().any(is_script) {
        passed.environment.extend(facts.named_values.iter().map(|named| named.name.clone()));
    }
    passed
}

/// Why a variable that a call sets is unknown.
fn set_by_call(name: &str) -> Why {
    Why::Other(format!("a call sets `{name}`").into())
}

/// Whether the name of a target says that it is for development or tests.
fn is_for_development(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| purposes::TARGETS_FOR_DEVELOPMENT.contains(&word))
}

/// A script whose variables are filled in.
struct Filled {
    text: Text,
    /// The places of variables, in the order of the text.
    uses: Vec<Use>,
}

/// A variable in a script.
struct Use {
    /// Its bytes.
    span: Span,
    /// Why the unknown parts of its value are unknown.
    reasons: Vec<Why>,
    /// Where the value is set.
    trail: Vec<Origin>,
    /// Whether an unknown part of it may be several words, or none: outside of quotes, a list of flags or the result of a
    /// function.
    is_open: bool,
}

/// Fills in the variables of a script, as far as its target can pay for them.
struct Filling<'a> {
    host: &'a Fragment,
    budget: &'a Budget,
    builder: Builder<'a>,
    quotes: Quotes,
    uses: Vec<Use>,
    reasons: Vec<Why>,
}

impl<'a> Filling<'a> {
    fn new(host: &'a Fragment, budget: &'a Budget) -> Self {
        let builder = host.builder();
        Self { host, budget, builder, quotes: Quotes::default(), uses: Vec::new(), reasons: Vec::new() }
    }

    fn keep(&mut self, range: Range<usize>) {
        self.quotes.pass(&self.host.text()[range.clone()]);
        self.builder.keep(range);
    }

    fn replace(&mut self, range: Range<usize>, text: &str) {
        self.quotes.pass(text);
        self.builder.replace(range, text);
    }

    /// Writes the value of a variable in place of `range`.
    fn put(&mut self, range: Range<usize>, name: &str, meaning: &Meaning) {
        match meaning {
            Meaning::Known(text, at) if self.pays_for(text) => {
                let set = at.map(|at| Origin { span: at, what: format!("`{name}` is set here").into() });
                let trail: Vec<Origin> = set.into_iter().chain(text.trail().iter().cloned()).collect();
                let is_open = text.why().is_some() && self.is_list(name);
                let span = self.host.span(range.clone());
                self.uses.push(Use { span, reasons: text.reasons().to_vec(), trail, is_open });
                self.reasons.extend(text.reasons().iter().cloned());
                self.replace(range, text.raw());
            }
            Meaning::Known(..) => self.hole(range, name, Why::Other("is too long to be read".into())),
            Meaning::Unknown(why) => self.hole(range, name, why.clone()),
            Meaning::Unset => self.hole(range, name, Why::Variable(name.into())),
        }
    }

    /// Writes an unknown part in place of an expression that is not only the name of a variable.
    fn computed(&mut self, range: Range<usize>) {
        self.hole(range, LIST, Why::Computed);
    }

    /// Whether a variable may be several words here, by its name: scripts of runners quote nothing that is one.
    fn is_list(&self, name: &str) -> bool {
        let upper = name.to_ascii_uppercase();
        self.quotes.is_outside() && LISTS.iter().any(|part| upper.contains(part))
    }

    fn pays_for(&self, text: &Text) -> bool {
        let size = text.raw().len();
        self.builder.len() + size <= LONGEST && self.budget.charge(1, SCRIPT * size).is_ok()
    }

    fn hole(&mut self, range: Range<usize>, name: &str, why: Why) {
        let (span, is_open) = (self.host.span(range.clone()), self.is_list(name));
        self.uses.push(Use { span, reasons: vec![why.clone()], trail: Vec::new(), is_open });
        self.reasons.push(why);
        self.replace(range, HOLE.encode_utf8(&mut [0; 4]));
    }

    fn finish(self) -> Filled {
        Filled { text: Text::new(self.builder.finish(), self.reasons, Vec::new()), uses: self.uses }
    }
}

/// Parts of the names of variables that hold several words.
const LISTS: &[&str] = &["FLAG", "ARG", "OPT", "EXTRA", "PARAM"];

/// A name of a list.
const LIST: &str = "ARGS";

/// Where in the quotes of a shell a text is.
#[derive(Default)]
struct Quotes {
    open: Option<char>,
    is_escaped: bool,
    is_comment: bool,
    is_word: bool,
}

impl Quotes {
    fn is_outside(&self) -> bool {
        self.open.is_none() && !self.is_comment
    }

    fn pass(&mut self, text: &str) {
        for c in text.chars() {
            match (self.open, c) {
                _ if self.is_escaped => self.is_escaped = false,
                _ if self.is_comment => self.is_comment = c != '\n',
                (None | Some('"'), '\\') => self.is_escaped = true,
                (Some(open), c) if c == open => self.open = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => self.open = Some(c),
                (None, '#') if !self.is_word => self.is_comment = true,
                _ => {}
            }
            self.is_word = !c.is_whitespace();
        }
    }
}

/// What is read of the targets of a file.
struct Reader {
    source: SourceId,
    targets: Vec<Target>,
    facts: Facts,
    problems: Vec<Problem>,
}

/// One script of a target.
struct Script {
    filled: Filled,
    /// Whether it may be skipped.
    is_conditional: bool,
}

impl Reader {
    fn new(source: SourceId) -> Self {
        Self { source, targets: Vec::new(), facts: Facts::default(), problems: Vec::new() }
    }

    /// Reads the scripts of a target, each of which has a shell of its own.
    fn target(&mut self, head: Head, scripts: Vec<Script>, scope: &Scope, budget: &Budget) {
        let index = self.targets.len();
        let mut commands: Vec<Command> = Vec::new();
        let mut named: Vec<NamedValue> = Vec::new();
        let is_compose = self.facts.compose_calls.len();
        for (number, script) in scripts.iter().enumerate() {
            let Script { filled, is_conditional } = script;
            let fragment = filled.text.fragment();
            let home = Home::Target(self.source, index, number);
            let setup = Setup { home, scope, are_values_final: false, budget };
            let (read, problems) = shell::read(fragment, &filled.text, &setup);
            // A line that its runner would have written otherwise is no error of the shell.
            self.problems.extend(problems.into_iter().filter(|problem| problem.fault == Fault::Parser));
            commands.extend(read.commands.into_iter().map(|mut command| {
                command.is_conditional |= is_conditional;
                filled.settle(&mut command);
                command
            }));
            named.extend(read.named_values.into_iter().map(|mut value| {
                filled.trace(&mut value.value);
                value
            }));
            self.facts.compose_calls.extend(match compose::names_deployment(&head.name) {
                true => compose::remote_calls(fragment),
                false => compose::calls(fragment),
            });
        }
        if budget.is_exhausted() {
            self.problems.push(Problem::beyond_us(head.span, TOO_MUCH));
        }
        if commands.is_empty() && named.is_empty() && self.facts.compose_calls.len() == is_compose {
            return;
        }
        let deploys = commands.iter().any(|command| DEPLOYING.contains(&command.program_name()));
        self.facts.commands.extend(commands.into_iter().map(Arc::new));
        self.facts.named_values.extend(named);
        let Head { kind, name, span, folder, environment, follows_others } = head;
        self.targets.push(Target { kind, name, span, folder, environment, follows_others, deploys });
    }

    fn finish(mut self) -> (Facts, Vec<Problem>) {
        if !self.targets.is_empty() {
            self.facts.targets.push(Arc::new(Targets { source: self.source, list: self.targets }));
        }
        (self.facts, self.problems)
    }
}

/// What is written about a target beside its scripts.
struct Head {
    kind: TargetKind,
    name: String,
    span: Span,
    folder: Setting<Text>,
    environment: Arc<[String]>,
    follows_others: bool,
}

impl Filled {
    /// Gives the words of a command where their variables are set, and which of them may be several words.
    fn settle(&self, command: &mut Command) {
        let Command { words, splits, .. } = command;
        for (word, splits) in words.iter_mut().zip(splits.iter_mut()) {
            *splits |= self.trace(word);
        }
    }

    /// Gives a text where its variables are set. Returns whether it may be several words.
    fn trace(&self, text: &mut Text) -> bool {
        let span = text.span();
        let first = self.uses.partition_point(|used| used.span.end <= span.start);
        let within = || self.uses[first..].iter().take_while(|used| used.span.start < span.end);
        if within().next().is_none() {
            return false;
        }
        let mut trail = text.trail().to_vec();
        trail.extend(within().flat_map(|used| &used.trail).cloned());
        trail.truncate(MOST_ORIGINS);
        let holes = text.raw().match_indices(HOLE).map(|(at, hole)| text.fragment().span(at..at + hole.len()));
        let mut known = text.reasons().iter();
        let (mut before, mut is_open) = ((None, 0), false);
        let mut reasons = Vec::new();
        for hole in holes {
            let own = known.next().cloned().unwrap_or(Why::Computed);
            let used = within().find(|used| used.span == hole);
            before = if before.0 == Some(hole) { (Some(hole), before.1 + 1) } else { (Some(hole), 0) };
            is_open |= used.is_some_and(|used| used.is_open);
            let why = used.and_then(|used| used.reasons.get(before.1).or(used.reasons.last()));
            reasons.push(why.cloned().unwrap_or(own));
        }
        *text = Text::new(text.fragment().clone(), reasons, trail);
        is_open && text.raw().chars().all(|c| c == HOLE)
    }
}

/// The most places where the values in one word are set.
const MOST_ORIGINS: usize = 8;

/// The names that the calls of a runner in a script set: `ENV=prod` of `make deploy ENV=prod`.
fn passed<'t>(text: &'t str, runner: &str) -> Vec<&'t str> {
    let mut names = Vec::new();
    let bare = text.trim_start_matches(['@', '-', '+', ' ']);
    if ["#", "echo", "printf"].iter().any(|start| bare.starts_with(start)) {
        return names;
    }
    let mut is_call = false;
    for word in text.split_whitespace() {
        let word = word.trim_start_matches(['@', '-', '+', '(']);
        if word.ends_with(runner) || word == "$(MAKE)" || word == "${MAKE}" {
            is_call = true;
        } else if is_call && let Some((name, _)) = word.split_once('=') {
            names.extend(is_name(name).then_some(name));
        }
        is_call &= !word.ends_with([';', '&', '|']);
    }
    names
}

/// Whether a text is the name of a variable.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The longest value that is looked at as a secret, in bytes.
const LONGEST_SECRET: usize = 4096;

/// What a variable says about secrets; nothing, if its name says that it is for development.
fn named_value(name: &str, at: Span, value: &Text) -> Option<NamedValue> {
    let value = unquoted(value);
    (value.raw().len() <= LONGEST_SECRET && !is_for_development(name)).then(|| NamedValue {
        name: name.to_owned(),
        span: at.to(value.span()),
        value,
        kind: Named::ShellVariable,
        is_sensitive: false,
    })
}

/// A value without the quotes around all of it.
fn unquoted(text: &Text) -> Text {
    let raw = text.raw();
    let is_quoted = |quote: char| raw.len() > 1 && raw.starts_with(quote) && raw.ends_with(quote);
    if is_quoted('"') || is_quoted('\'') { text.slice(1..raw.len() - 1) } else { text.clone() }
}
