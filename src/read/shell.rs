//! Shell scripts: their commands, with the variables and arrays that the script sets, and those of nested scripts.

use super::aliases::TOO_MUCH;
use super::command::is_shell_of_input;
use super::variables::{Assembly, Meaning, Scope};
use crate::budget::{Budget, Shares};
use crate::model::{Command, Home, Invocation, Named, NamedValue, Text, Why};
use crate::source::{Fragment, HOLE, Room, indentation, line_break};
use crate::span::Span;
use crate::syntax::Problem;
use crate::syntax::shell::{self, AssignedValue, Assignment, HoleKind, SHELLS, Step, Word};
use std::collections::HashMap;

/// The context in which a script is read.
pub(super) struct Setup<'a> {
    /// The place of its commands.
    pub(super) home: Home,
    /// Variables that are set outside of it.
    pub(super) scope: &'a Scope,
    /// Whether a conditional assignment sets its variable: the scripts of a `RUN` are short, so their last assignment
    /// is taken. If not, the variable becomes Unknown.
    pub(super) are_values_final: bool,
    /// What its expansions and the scripts in its words may cost.
    pub(super) budget: &'a Budget,
}

/// The result of reading a script.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) commands: Vec<Command>,
    pub(crate) named_values: Vec<NamedValue>,
}

/// The deepest nesting of scripts in arguments of shells (`bash -c`) that is read.
const DEEPEST: usize = 3;

/// Reads a script file.
pub(crate) fn script(fragment: &Fragment) -> (Read, Vec<Problem>) {
    let size = fragment.text().len();
    let budget = Shares::among(1, size).of(size);
    let (home, scope) = (Home::Script(fragment.source()), &Scope::default());
    let setup = Setup { home, scope, are_values_final: false, budget: &budget };
    read(fragment, &Text::of(fragment.clone()), &setup)
}

/// Reads a script that is part of another text; `host` is that text, with the reasons for its unknown parts.
pub(super) fn read(fragment: &Fragment, host: &Text, setup: &Setup<'_>) -> (Read, Vec<Problem>) {
    let mut reader = Reader::new(setup, 0);
    reader.script(fragment, host, 0);
    (reader.read, reader.problems)
}

/// Reads scripts that run one after the other in one shell: each sees the variables of those before it. Their problems
/// are left out.
pub(super) fn read_in_turn(scripts: &[Text], setup: &Setup<'_>) -> Read {
    let mut reader = Reader::new(setup, 0);
    scripts.iter().for_each(|script| reader.script(script.fragment(), script, 0));
    reader.read
}

/// The command of an argument list, followed by those of the script in it if the command starts a shell.
pub(super) fn exec(words: Vec<Text>, span: Span, more: Option<Room>, setup: &Setup<'_>, number: u32) -> Vec<Command> {
    let mut reader = Reader::new(setup, number + 1);
    if words.is_empty() {
        return Vec::new();
    }
    let splits = vec![false; words.len()];
    let command = Command {
        words,
        splits,
        span,
        home: setup.home,
        pipeline: (number, 0),
        number,
        inside: None,
        is_conditional: false,
        is_forgiven: false,
        is_of_action: false,
        invocation: Invocation::default(),
        more,
    };
    reader.nested(&command, 0);
    reader.read.commands.insert(0, command);
    reader.read.commands
}

/// The words of a command with every expansion unknown.
pub(super) fn plain_words(command: &shell::Command) -> Vec<Text> {
    let scope = Scope::default();
    command.words.iter().map(|word| fill(word, &Host::of(&Text::of(word.fragment.clone())), &scope)).collect()
}

struct Reader<'a> {
    setup: &'a Setup<'a>,
    scope: Scope,
    arrays: HashMap<String, Option<Vec<(Text, bool)>>>,
    read: Read,
    problems: Vec<Problem>,
    pipelines: u32,
    numbers: u32,
    /// Whether a note says that the budget ran out.
    is_cut: bool,
}

/// What a word costs beside its text, in bytes.
const WORD: usize = 128;

impl<'a> Reader<'a> {
    /// A reader whose pipelines and commands are numbered from `first`.
    fn new(setup: &'a Setup<'a>, first: u32) -> Self {
        Self {
            setup,
            scope: setup.scope.clone(),
            arrays: HashMap::new(),
            read: Read::default(),
            problems: Vec::new(),
            pipelines: first,
            numbers: first,
            is_cut: false,
        }
    }

    fn script(&mut self, fragment: &Fragment, host: &Text, depth: usize) {
        let host = &Host::of(host);
        let (script, problems) = shell::parse(fragment);
        self.problems.extend(problems);
        let (pipelines, numbers) = (self.pipelines, self.numbers);
        let last = |number: fn(&shell::Command) -> u32| script.commands().map(number).max().map_or(0, |last| last + 1);
        self.pipelines += last(|command| command.pipeline.0);
        self.numbers += last(|command| command.number);
        for step in &script.steps {
            match step {
                Step::Command(command) => {
                    let (words, splits) = self.words(command, host);
                    if self.setup.budget.is_exhausted() && !self.is_cut {
                        self.is_cut = true;
                        self.problems.push(Problem::beyond_us(command.span, TOO_MUCH));
                    }
                    if words.is_empty() {
                        continue;
                    }
                    let document = &command.document;
                    let command = Command {
                        words,
                        splits,
                        span: command.span,
                        home: self.setup.home,
                        pipeline: (command.pipeline.0 + pipelines, command.pipeline.1),
                        number: command.number + numbers,
                        inside: command.inside.map(|inside| inside + numbers),
                        is_conditional: command.conditional,
                        is_forgiven: command.forgiven,
                        is_of_action: false,
                        invocation: Invocation::default(),
                        more: Some(self.behind(command, fragment, depth)),
                    };
                    self.nested(&command, depth);
                    if let Some(document) = document.as_ref().filter(|_| depth < DEEPEST && is_shell_of_input(&command))
                    {
                        self.script(document, host.text, depth + 1);
                    }
                    self.read.commands.push(command);
                }
                Step::Assign(assignment) => self.assign(assignment, host),
                Step::Forget(name) => self.scope.set(name, Meaning::Unknown(Why::Variable(name.as_str().into()))),
            }
        }
    }

    /// Where another word would be inserted after a command: on a line of its own if the last word has one.
    fn behind(&self, command: &shell::Command, fragment: &Fragment, depth: usize) -> Room {
        // The host of an embedded script indents its lines further than the script's text shows.
        let text = if depth == 0 && matches!(self.setup.home, Home::Script(_)) { fragment.text() } else { "" };
        let start = command.words.last().map_or(0, |word| word.fragment.full_span().start as usize);
        let own_line = text.get(..start).and_then(|before| {
            let line = before.rfind('\n')? + 1;
            let is_continued = before[..line].trim_end().ends_with('\\');
            is_continued.then(|| format!(" \\{}{}", line_break(text), indentation(text, start)))
        });
        let before = own_line.unwrap_or_else(|| " ".to_owned());
        Room { at: command.span.tail(), line: before.clone(), before, after: String::new() }
    }

    /// Reads the script in `bash -c '...'`.
    fn nested(&mut self, command: &Command, depth: usize) {
        if depth >= DEEPEST || !SHELLS.contains(&command.program_name()) {
            return;
        }
        let words = command.bare();
        let Some(at) = words.iter().position(|word| {
            let raw = word.raw();
            raw.starts_with('-') && !raw.starts_with("--") && raw.ends_with('c')
        }) else {
            return;
        };
        if let Some(script) = words.get(at + 1)
            && self.setup.budget.charge(script.raw().len(), script.raw().len()).is_ok()
        {
            self.script(&script.fragment().clone(), &script.clone(), depth + 1);
        }
    }

    fn words(&self, command: &shell::Command, host: &Host<'_>) -> (Vec<Text>, Vec<bool>) {
        let mut words = Vec::new();
        let mut splits = Vec::new();
        for word in &command.words {
            let is_one_hole = word.holes.len() == 1 && word.fragment.text() == HOLE.encode_utf8(&mut [0; 4]);
            if is_one_hole {
                let hole = &word.holes[0];
                match &hole.kind {
                    HoleKind::Elements(name) => {
                        match self.arrays.get(name) {
                            Some(Some(elements)) if self.pays(elements.iter().map(|(text, _)| text)) => {
                                words.extend(elements.iter().map(|(text, _)| text.clone()));
                                splits.extend(elements.iter().map(|(_, splits)| *splits));
                            }
                            _ => {
                                words.push(self.fill(word, host));
                                splits.push(true);
                            }
                        }
                        continue;
                    }
                    HoleKind::Variable(name) if !hole.quoted => {
                        if let Meaning::Known(text, _) = self.scope.get(name)
                            && self.setup.budget.charge(text.raw().len(), WORD * text.raw().len()).is_ok()
                        {
                            // The words of a variable's value keep the spans where the value was written.
                            words.extend(blank_separated(text.raw()).map(|range| text.slice(range)));
                            splits.resize(words.len(), false);
                            continue;
                        }
                    }
                    _ => {}
                }
            }
            let may_split = word.holes.iter().any(|hole| {
                !hole.quoted && !matches!(&hole.kind, HoleKind::Variable(name) if matches!(self.scope.get(name), Meaning::Known(..)))
            });
            words.push(self.fill(word, host));
            splits.push(may_split);
        }
        (words, splits)
    }

    /// A word with its variables resolved, as far as that can be paid for.
    fn fill(&self, word: &Word, host: &Host<'_>) -> Text {
        let budget = self.setup.budget;
        if !budget.is_exhausted() {
            let filled = fill(word, host, &self.scope);
            if word.holes.is_empty() || self.pays(std::iter::once(&filled)) {
                return filled;
            }
        }
        fill(word, host, &Scope::default())
    }

    /// Whether the budget pays for a copy of these words.
    fn pays<'t>(&self, words: impl Iterator<Item = &'t Text>) -> bool {
        if self.setup.budget.is_exhausted() {
            return false;
        }
        let (count, length) = words.fold((0, 0), |(count, length), word| (count + 1, length + word.raw().len()));
        self.setup.budget.charge(count, length + count * WORD).is_ok()
    }

    fn assign(&mut self, assignment: &Assignment, host: &Host<'_>) {
        let name = assignment.name.as_str();
        match &assignment.value {
            AssignedValue::Array(elements) => {
                let filled: Vec<_> = elements
                    .iter()
                    .map(|word| (self.fill(word, host), word.holes.iter().any(|hole| !hole.quoted)))
                    .collect();
                let known = !assignment.conditional || self.setup.are_values_final;
                match self.arrays.get_mut(name) {
                    Some(Some(array)) if assignment.appends && known => array.extend(filled),
                    Some(array) if assignment.appends => *array = None,
                    _ => {
                        self.arrays.insert(name.to_owned(), known.then_some(filled));
                    }
                }
            }
            AssignedValue::Word(word) => {
                let value = self.fill(word, host);
                self.read.named_values.push(NamedValue {
                    name: name.to_owned(),
                    value: value.clone(),
                    span: assignment.name_span.to(word.span()),
                    kind: Named::ShellVariable,
                    is_sensitive: false,
                });
                let is_open = assignment.conditional && !self.setup.are_values_final;
                let meaning = match self.scope.get(name) {
                    _ if assignment.appends => Meaning::Unknown(Why::Variable(name.into())),
                    // A conditional assignment may not run, so the variable may still have its old value.
                    _ if is_open => Meaning::Unknown(Why::Variable(name.into())),
                    _ => Meaning::of(value, assignment.name_span),
                };
                self.scope.set(name, meaning);
            }
        }
    }
}

/// The text that a script is part of, with the places of its unknown parts.
struct Host<'a> {
    text: &'a Text,
    holes: Vec<Span>,
}

impl<'a> Host<'a> {
    fn of(text: &'a Text) -> Self {
        let fragment = text.fragment();
        let holes = text.raw().match_indices(HOLE).map(|(at, hole)| fragment.span(at..at + hole.len()));
        Self { text, holes: holes.collect() }
    }

    /// Why the part at a place is unknown.
    fn why_at(&self, span: Span) -> Why {
        let reasons = self.text.reasons();
        let at = self.holes.binary_search_by_key(&span.start, |hole| hole.start);
        let why = at.ok().and_then(|at| reasons.get(at)).or_else(|| self.text.why());
        why.cloned().unwrap_or(Why::Computed)
    }
}

/// A word with its variables resolved; the unknown parts of the host text keep their reasons.
fn fill(word: &Word, host: &Host<'_>, scope: &Scope) -> Text {
    let fragment = &word.fragment;
    let text = fragment.text();
    if !text.contains(HOLE) {
        return Text::of(fragment.clone());
    }
    let mut assembly = Assembly::new(fragment);
    let mut holes = word.holes.iter().peekable();
    let mut at = 0;
    for (position, hole) in text.match_indices(HOLE) {
        assembly.keep(at..position);
        at = position + hole.len();
        let span = fragment.span(position..at);
        match holes.peek() {
            Some(next) if next.span == span => {
                put(&mut assembly, position..at, &next.kind, scope);
                holes.next();
            }
            _ => assembly.hole(position..at, host.why_at(span)),
        }
    }
    assembly.keep(at..text.len());
    assembly.finish()
}

fn put(assembly: &mut Assembly<'_>, range: std::ops::Range<usize>, kind: &HoleKind, scope: &Scope) {
    match kind {
        HoleKind::Variable(name) => assembly.put(range, name, &scope.get(name)),
        HoleKind::WithDefault(name, default) => match scope.get(name) {
            // An argument of a script is usually given.
            Meaning::Unset if default.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) => {
                assembly.hole(range, Why::Variable(name.as_str().into()));
            }
            Meaning::Unset if !default.contains(['$', '`', '"', '\'', '\\']) => assembly.replace(range, default),
            Meaning::Unset => assembly.hole(range, Why::Variable(name.as_str().into())),
            meaning => assembly.put(range, name, &meaning),
        },
        HoleKind::Elements(name) | HoleKind::Operation(name) => {
            assembly.hole(range, Why::Variable(name.as_str().into()))
        }
        HoleKind::Command | HoleKind::Unknowable => assembly.hole(range, Why::Computed),
    }
}

fn blank_separated(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(move |piece| {
        let start = piece.as_ptr() as usize - base;
        start..start + piece.len()
    })
}
