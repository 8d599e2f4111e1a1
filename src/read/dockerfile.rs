//! Dockerfiles: stages with their base images, users and commands.

use super::shell::{self, Setup};
use super::variables::{Assembly, Meaning, Outcome, Scope, apply, expression, known};
use crate::budget::Shares;
use crate::model::{
    Base, Bind, Copied, Copy, Dockerfile, Facts, Home, Image, Launch, Named, NamedValue, Run, Setting, Stage, Text,
    User, Variable, Why,
};
use crate::source::Fragment;
use crate::span::{SourceId, Span};
use crate::syntax::dockerfile::{Assignment, File, Flag, Form, Instruction, Kind, Word};
use crate::syntax::{Problem, shell as shell_syntax};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Reads one Dockerfile. `overridden` lists the arguments that a build sets, so that their defaults are not used.
pub(crate) fn read(source: SourceId, file: &File, is_complete: bool, overridden: &[String]) -> (Facts, Vec<Problem>) {
    let mut reader = Reader {
        source,
        escape: file.escape,
        overridden,
        facts: Facts::default(),
        problems: Vec::new(),
        dockerfile: Dockerfile { source, stages: Vec::new(), is_complete, arguments: Vec::new() },
        global: Scope::default(),
        scopes: Vec::new(),
        names: HashMap::new(),
        own_variables: HashSet::new(),
        shares: Shares::among(1, 0),
        own_shells: Vec::new(),
    };
    let runs = file.instructions.iter().filter(|instruction| matches!(instruction.kind, Kind::Run { .. })).count();
    let size = file.instructions.last().map_or(0, |last| last.span.end as usize);
    reader.shares = Shares::among(runs, size);
    for instruction in file.instructions.iter().filter(|instruction| !instruction.on_build) {
        reader.instruction(instruction);
    }
    if let [stage] = reader.dockerfile.stages.as_mut_slice() {
        stage.is_only = true;
    }
    reader.facts.dockerfiles.push(Arc::new(reader.dockerfile));
    (reader.facts, reader.problems)
}

struct Reader<'a> {
    source: SourceId,
    escape: char,
    overridden: &'a [String],
    facts: Facts,
    problems: Vec<Problem>,
    dockerfile: Dockerfile,
    /// The arguments before the first `FROM`.
    global: Scope,
    /// The variables of each stage at its end.
    scopes: Vec<Scope>,
    /// The last stage of each name, which is in lower case.
    names: HashMap<String, usize>,
    /// What each `RUN` may cost.
    shares: Shares,
    /// The variables that an `ENV` of the current stage sets.
    own_variables: HashSet<String>,
    /// For each stage, whether a `SHELL` instruction has changed the shell of its commands. A stage inherits it: BuildKit
    /// starts with a copy of the configuration of the stage below (`frontend/dockerfile/dockerfile2llb/convert.go`).
    own_shells: Vec<bool>,
}

impl Reader<'_> {
    fn instruction(&mut self, instruction: &Instruction) {
        let span = instruction.span;
        if let Kind::From { image, name, .. } = &instruction.kind {
            self.from(span, image, name.as_ref());
            return;
        }
        if let Kind::Arg(assignments) = &instruction.kind {
            self.arguments(span, assignments);
            return;
        }
        let escape = self.escape;
        let Some(scope) = self.scopes.last().cloned() else { return };
        let expand = |word: &Word| expand(word, escape, &scope, true);
        let run_number = self.dockerfile.stages.last().map_or(0, |stage| stage.runs.len());
        let has_own_shell = self.own_shells.last().copied().unwrap_or_default();
        let Some(stage) = self.dockerfile.stages.last_mut() else { return };
        stage.end = span;
        match &instruction.kind {
            Kind::Env(assignments) => {
                for assignment in assignments {
                    let variable = variable(assignment, span, &expand);
                    self.facts.named_values.extend(named(&variable, span, Named::ImageEnv, assignment, &expand));
                    if let Some(scope) = self.scopes.last_mut() {
                        scope.define(&variable.name, &variable.value, variable.name_span);
                    }
                    self.own_variables.insert(variable.name.clone());
                    stage.environment.push(variable);
                }
            }
            Kind::Copy { flags, sources, destination } | Kind::Add { flags, sources, destination } => {
                let is_add = matches!(instruction.kind, Kind::Add { .. });
                let from = self.copied_from(flags, &scope);
                let stage = self.dockerfile.stages.last_mut().expect("a stage was there above");
                stage.copies.push(Copy {
                    span,
                    sources: sources.iter().map(expand).collect(),
                    destination: expand(destination),
                    from,
                    is_add,
                    has_exclusions: flags.iter().any(|flag| flag.name == "exclude"),
                    keeps_folders: flags.iter().any(|flag| flag.name == "parents"),
                });
            }
            Kind::Run { flags, form } => {
                stage.runs.push(Run {
                    span,
                    is_exec: matches!(form, Form::Exec(..)),
                    mounts: flags.iter().filter_map(mounted).collect(),
                    binds: flags.iter().filter_map(bound).collect(),
                });
                let home = Home::Run(self.source, stage.index, run_number);
                let budget = self.shares.of(span.range().len());
                let setup = Setup { home, scope: &scope, are_values_final: true, budget: &budget };
                match form {
                    Form::Shell(script) => {
                        let (read, problems) = shell::read(script, &Text::of(script.clone()), &setup);
                        self.facts.commands.extend(read.commands.into_iter().map(Arc::new));
                        self.facts.named_values.extend(read.named_values);
                        self.problems.extend(problems);
                    }
                    Form::Exec(words, span) => {
                        let words: Vec<Text> = words.iter().map(text_of).collect();
                        self.facts
                            .commands
                            .extend(shell::exec(words, *span, None, &setup, 0).into_iter().map(Arc::new));
                    }
                }
            }
            Kind::Cmd(form) => stage.command = Some(launch(form, span, has_own_shell)),
            Kind::Entrypoint(form) => stage.entrypoint = Some(launch(form, span, has_own_shell)),
            Kind::User(user) => stage.user = Some(User { name: expand(user), span }),
            Kind::Expose(ports) => stage.ports.extend(ports.iter().map(expand)),
            Kind::Shell(_) => self.own_shells.last_mut().into_iter().for_each(|own| *own = true),
            Kind::Workdir(folder) => stage.folders.push(expand(folder)),
            Kind::From { .. } | Kind::Arg(_) => unreachable!("handled above"),
            Kind::Label(_) | Kind::Healthcheck { .. } | Kind::Other => {}
        }
    }

    fn from(&mut self, span: Span, image: &Word, name: Option<&Word>) {
        let text = expand(image, self.escape, &self.global, true);
        let raw = text.raw().to_owned();
        let earlier = self.names.get(&raw.to_ascii_lowercase()).copied();
        let scope = earlier.and_then(|index| self.scopes.get(index)).cloned().unwrap_or_default();
        let base = match earlier {
            Some(index) => Base::Stage(index),
            None if raw.eq_ignore_ascii_case("scratch") => Base::Scratch,
            None if raw.is_empty() => Base::Unknown(Why::Variable(image.text.trim_start_matches('$').into())),
            None => Base::Image(Image::of(text)),
        };
        self.own_shells.push(earlier.and_then(|index| self.own_shells.get(index)).copied().unwrap_or_default());
        self.scopes.push(scope);
        self.own_variables.clear();
        if let Some(name) = name {
            self.names.insert(name.text.to_ascii_lowercase(), self.dockerfile.stages.len());
        }
        self.dockerfile.stages.push(Stage {
            index: self.dockerfile.stages.len(),
            is_only: false,
            name: name.map(|name| name.text.to_ascii_lowercase()),
            base,
            span,
            user: None,
            entrypoint: None,
            command: None,
            ports: Vec::new(),
            arguments: Vec::new(),
            environment: Vec::new(),
            copies: Vec::new(),
            runs: Vec::new(),
            folders: Vec::new(),
            end: span,
        });
    }

    fn copied_from(&self, flags: &[Flag], scope: &Scope) -> Copied {
        let Some(flag) = flags.iter().find(|flag| flag.name == "from") else { return Copied::Context };
        let Some(value) = &flag.value else { return Copied::Unknown };
        if let Ok(number) = value.text.parse::<usize>() {
            return if number < self.dockerfile.stages.len() { Copied::Stage(number) } else { Copied::Unknown };
        }
        let text = expand(value, self.escape, scope, true);
        match self.names.get(&text.raw().to_ascii_lowercase()) {
            Some(index) => Copied::Stage(*index),
            // A plain word may be a named context of the build (`--build-context`).
            None if text.why().is_some() || !text.raw().contains(['/', ':', '@', '.']) => Copied::Unknown,
            None => Copied::Image(Image::of(text)),
        }
    }

    fn arguments(&mut self, span: Span, assignments: &[Assignment]) {
        for assignment in assignments {
            let global = self.global.clone();
            let scope = self.scopes.last().unwrap_or(&global).clone();
            let expand = |word: &Word| expand(word, self.escape, &scope, true);
            let mut variable = variable(assignment, span, &expand);
            self.facts.named_values.extend(named(&variable, span, Named::BuildArgument, assignment, &expand));
            let name = variable.name.clone();
            if self.overridden.contains(&name) {
                variable.value = Setting::Unknown(
                    variable.name_span,
                    Why::Other(format!("a build sets the argument `{name}`").into()),
                );
            }
            let Some(stage) = self.dockerfile.stages.last_mut() else {
                self.global.define(&name, &variable.value, variable.name_span);
                self.dockerfile.arguments.push(variable);
                continue;
            };
            let scope = self.scopes.last_mut().expect("every stage has a scope");
            // An `ENV` of the same name overrides an `ARG`. An `ARG` without default gets the default from before the
            // first `FROM`.
            if !self.own_variables.contains(&name) {
                match (&variable.value, global.get(&name)) {
                    (Setting::Absent(_), Meaning::Unset) => {
                        scope.set(&name, Meaning::Unknown(Why::Variable(name.as_str().into())))
                    }
                    (Setting::Absent(_), meaning) => scope.set(&name, meaning),
                    (value, _) => scope.define(&name, value, variable.name_span),
                }
            }
            stage.arguments.push(variable);
        }
    }
}

fn variable(assignment: &Assignment, span: Span, expand: &dyn Fn(&Word) -> Text) -> Variable {
    let value = match &assignment.value {
        Some(value) => known(expand(value)),
        None => Setting::Absent(assignment.name.span),
    };
    Variable { name: assignment.name.text.clone(), name_span: assignment.name.span, value, span }
}

fn named(
    variable: &Variable,
    span: Span,
    kind: Named,
    from: &Assignment,
    expand: &dyn Fn(&Word) -> Text,
) -> Option<NamedValue> {
    let value = expand(from.value.as_ref()?);
    Some(NamedValue { name: variable.name.clone(), value, span, kind, is_sensitive: false })
}

/// The target of a `--mount` whose content does not become part of the image.
fn mounted(flag: &Flag) -> Option<String> {
    let value = &flag.value.as_ref()?.text;
    let is_transient = flag.name == "mount" && ["type=cache", "type=tmpfs"].iter().any(|kind| value.contains(kind));
    let target = value
        .split(',')
        .find_map(|part| ["target=", "dst=", "destination="].iter().find_map(|key| part.trim().strip_prefix(key)));
    if is_transient { target.map(|target| target.trim_end_matches('/').to_owned()) } else { None }
}

/// The bind mount of a flag; `bind` is the default type.
fn bound(flag: &Flag) -> Option<Bind> {
    let value = &flag.value.as_ref().filter(|_| flag.name == "mount")?.text;
    let option = |names: &[&str]| {
        let mut parts = value.split(',').filter_map(|part| part.trim().split_once('='));
        parts.find(|(name, _)| names.contains(name)).map(|(_, value)| value.to_owned())
    };
    if option(&["type"]).is_some_and(|kind| kind != "bind") {
        return None;
    }
    Some(Bind {
        source: option(&["source", "src"]).unwrap_or_default(),
        target: option(&["target", "dst", "destination"])?,
        is_from_stage: option(&["from"]).is_some(),
    })
}

fn launch(form: &Form, span: Span, has_own_shell: bool) -> Launch {
    match form {
        Form::Exec(words, _) => {
            let words = words.iter().map(text_of).collect();
            Launch { span, is_exec: true, words, line: None, commands: 1, has_own_shell: false }
        }
        Form::Shell(line) => {
            let (script, _) = shell_syntax::parse(line);
            let commands: Vec<_> = script.commands().collect();
            let words = commands.first().map(|command| shell::plain_words(command)).unwrap_or_default();
            let is_simple = script.steps.len() == 1;
            Launch {
                span,
                is_exec: false,
                words,
                line: Some(Text::of(line.clone())),
                commands: if is_simple { 1 } else { commands.len().max(2) },
                has_own_shell,
            }
        }
    }
}

fn text_of(word: &Word) -> Text {
    Text::of(Fragment::standing_for(&word.text, word.span))
}

/// A word with its quotes removed and its variables resolved.
fn expand(word: &Word, escape: char, scope: &Scope, unquote: bool) -> Text {
    let host = Fragment::standing_for(&word.text, word.span);
    let text = host.text();
    let mut assembly = Assembly::new(&host);
    let mut quote = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        match (c, quote) {
            ('\'' | '"', None) if unquote => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            (_, Some('\'')) => assembly.keep(at..next),
            _ if c == escape && next < text.len() => {
                let after = text[next..].chars().next().expect("the text goes on");
                let end = next + after.len_utf8();
                if quote.is_none() || matches!(after, '"' | '$') || after == escape {
                    assembly.keep(next..end);
                } else {
                    assembly.keep(at..end);
                }
                at = end;
                continue;
            }
            ('$', _) => {
                if let Some(found) = expression(&text[at..]) {
                    let range = at..at + found.length;
                    match apply(scope.get(found.name), found.operation) {
                        Outcome::Value(meaning) => assembly.put(range, found.name, &meaning),
                        Outcome::Nothing => assembly.replace(range, ""),
                        Outcome::Other(skip) => {
                            let from = at + found.operation_at + skip;
                            let inner = Word {
                                text: text[from..range.end - 1].to_owned(),
                                span: host.span(from..range.end - 1),
                            };
                            let inner = expand(&inner, escape, scope, unquote);
                            let meaning = Meaning::Known(inner, None);
                            assembly.put(range, found.name, &meaning);
                        }
                    }
                    at += found.length;
                    continue;
                }
                assembly.keep(at..next);
            }
            _ => assembly.keep(at..next),
        }
        at = next;
    }
    assembly.finish()
}
