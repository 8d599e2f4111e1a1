//! Makefiles.
//!
//! Recipes are expanded when make runs them, with the last value of every variable, and each line has a shell of its own.
//! What a conditional directive, another file, a function or a command decides is Unknown, and so is a variable that a
//! call of make in the same file sets (`$(MAKE) deploy ENV=prod`).

use super::{Filled, Filling, Head, Reader, Script, is_for_development, is_name, passed, unquoted};
use crate::budget::{Budget, Shares};
use crate::model::{Facts, Named, NamedValue, Setting, TargetKind, Text, Why};
use crate::read::variables::{Assembly, Meaning, Scope};
use crate::source::Fragment;
use crate::span::Span;
use crate::syntax::Problem;
use crate::syntax::make::{self, Assignment, Item, Operator, Rule};
use crate::syntax::shell::SHELLS;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Reads a Makefile.
pub(crate) fn read(fragment: &Fragment) -> (Facts, Vec<Problem>) {
    let items = make::parse(fragment);
    let size = fragment.text().len();
    let budget = Shares::among(1, size).of(size);
    let mut reader = Reader::new(fragment.source(), &budget);
    let variables = Variables::of(&items, fragment.text(), &budget, &mut reader.facts);
    let shell = variables.get("SHELL", &Overrides::default(), 0);
    let is_shell = match shell {
        Meaning::Known(shell, _) => {
            let program = shell.raw().split_whitespace().next().unwrap_or_default();
            SHELLS.contains(&program.rsplit('/').next().unwrap_or_default())
        }
        _ => true,
    };
    let rules = items.iter().filter_map(|item| match item {
        Item::Rule(rule) => Some(rule),
        _ => None,
    });
    let is_special = |name: &str| rules.clone().any(|rule| rule.targets.iter().any(|target| target == name));
    let is_one_shell = is_special(".ONESHELL");
    let exports_all = is_special(".EXPORT_ALL_VARIABLES");
    for rule in rules.clone().filter(|rule| is_shell && !rule.lines.is_empty()) {
        let Some(name) = rule.targets.first() else { continue };
        if rule.targets.iter().all(|name| is_for_development(name)) {
            continue;
        }
        let own = variables.overrides(&rule.targets);
        let scripts = scripts(rule, &variables, &own, is_one_shell);
        let (scope, environment) = variables.environment(&own, exports_all);
        let head = Head {
            kind: TargetKind::Target,
            name: name.clone(),
            span: rule.span,
            folder: Setting::Absent(rule.span),
            environment,
            follows_others: !rule.prerequisites.is_empty(),
        };
        reader.target(head, scripts, &scope);
    }
    if budget.is_exhausted() {
        reader.cut(fragment.full_span().head());
    }
    (reader.facts, reader.problems)
}

/// The scripts of a recipe: its lines, or all of them at once under `.ONESHELL`.
fn scripts(rule: &Rule, variables: &Variables<'_>, own: &Overrides, is_one_shell: bool) -> Vec<Script> {
    let lines: Vec<(Fragment, bool)> =
        rule.lines.iter().map(|line| (without_prefix(&line.text), line.is_conditional)).collect();
    let fill = |text: &Fragment| variables.fill(text, own);
    if is_one_shell {
        let is_conditional = lines.iter().all(|(_, is_conditional)| *is_conditional);
        let whole = lines.into_iter().map(|(text, _)| text).reduce(|all, line| all.followed_by(&line));
        return whole.iter().map(|text| Script { filled: fill(text), is_conditional }).collect();
    }
    lines.iter().map(|(text, is_conditional)| Script { filled: fill(text), is_conditional: *is_conditional }).collect()
}

/// A line without `@` (not shown), `-` (may fail) and `+` (always runs).
fn without_prefix(line: &Fragment) -> Fragment {
    let text = line.text();
    let start = text.len() - text.trim_start_matches(['@', '-', '+', ' ', '\t']).len();
    line.slice(start..text.len())
}

/// The variables of a Makefile.
struct Variables<'a> {
    all: HashMap<&'a str, Variable<'a>>,
    /// Assignments for single targets.
    of_targets: Vec<&'a Assignment>,
    /// Names that are passed to recipes.
    exported: HashSet<&'a str>,
    exports_all: bool,
    /// Values of variables after the last assignment.
    settled: RefCell<HashMap<String, Meaning>>,
    is_complete: bool,
    budget: &'a Budget,
}

enum Variable<'a> {
    /// Parts that are expanded on use, with blanks between them.
    Deferred(Span, Vec<&'a Fragment>),
    /// A value that was expanded where it was set.
    Settled(Span, Text),
    Unknown,
}

/// Values of variables for one target; `None` is Unknown.
#[derive(Default)]
struct Overrides<'a>(HashMap<&'a str, Option<&'a Assignment>>);

/// What looking up a variable costs, in steps.
const STEPS: usize = 16;

/// The deepest nesting of variables in variables.
const DEEPEST: usize = 32;

impl<'a> Variables<'a> {
    /// The variables after all assignments of a file.
    fn of(items: &'a [Item], text: &'a str, budget: &'a Budget, facts: &mut Facts) -> Self {
        let mut variables = Self {
            all: HashMap::new(),
            of_targets: Vec::new(),
            exported: HashSet::new(),
            exports_all: false,
            settled: RefCell::default(),
            is_complete: false,
            budget,
        };
        let includes = items.iter().any(|item| matches!(item, Item::Include));
        for item in items {
            match item {
                Item::Assign(assignment) => {
                    if assignment.is_exported {
                        variables.exported.insert(&assignment.name);
                    }
                    variables.name_value(assignment, facts);
                    if assignment.targets.is_empty() {
                        variables.assign(assignment, includes);
                    } else {
                        variables.of_targets.push(assignment);
                    }
                }
                // A file that is not read may set again what is set above.
                Item::Include => variables.all.values_mut().for_each(|variable| *variable = Variable::Unknown),
                Item::Export(names) if names.is_empty() => variables.exports_all = true,
                Item::Export(names) => variables.exported.extend(names.iter().map(String::as_str)),
                Item::Rule(_) => {}
            }
        }
        let lines = items.iter().filter_map(|item| match item {
            Item::Rule(rule) => Some(&rule.lines),
            _ => None,
        });
        for name in lines.flatten().flat_map(|line| passed(line.text.text(), "make")).chain(evaluated(text)) {
            variables.all.insert(name, Variable::Unknown);
        }
        variables.is_complete = true;
        variables
    }

    fn assign(&mut self, assignment: &'a Assignment, includes: bool) {
        let (name, at) = (assignment.name.as_str(), assignment.name_span);
        let is_set = self.all.contains_key(name);
        let value = assignment.value.as_ref().filter(|_| !assignment.is_conditional);
        let variable = match (assignment.operator, value) {
            (Operator::Default, _) if is_set => return,
            // The other file may have set it.
            (Operator::Default, _) if includes => Variable::Unknown,
            (_, None) | (Operator::Shell, _) => Variable::Unknown,
            (Operator::Deferred | Operator::Default, Some(value)) => Variable::Deferred(at, vec![value]),
            (Operator::Immediate, Some(value)) => Variable::Settled(at, self.expand(value, &Overrides::default(), 0)),
            (Operator::Append, Some(value)) => match self.all.remove(name) {
                Some(Variable::Deferred(at, mut parts)) => {
                    parts.push(value);
                    Variable::Deferred(at, parts)
                }
                None => Variable::Deferred(at, vec![value]),
                Some(Variable::Settled(first, text)) => {
                    let more = self.expand(value, &Overrides::default(), 0);
                    Variable::Settled(first, joined(&[text, more], first))
                }
                Some(Variable::Unknown) => Variable::Unknown,
            },
        };
        self.all.insert(name, variable);
    }

    /// What an assignment says about secrets.
    fn name_value(&self, assignment: &'a Assignment, facts: &mut Facts) {
        let Some(value) = assignment.value.as_ref().filter(|_| assignment.operator != Operator::Shell) else { return };
        let value = unquoted(&self.expand(value, &Overrides::default(), 0));
        facts.named_values.push(NamedValue {
            name: assignment.name.clone(),
            span: assignment.name_span.to(value.span()),
            value,
            kind: Named::ShellVariable,
            is_sensitive: false,
        });
    }

    /// The variables that are set for some targets, as seen in the recipe of one. Prerequisites inherit them, so for any
    /// other target their value is unknown.
    fn overrides(&self, targets: &[String]) -> Overrides<'a> {
        let mut values = HashMap::new();
        for assignment in &self.of_targets {
            let is_own = targets.iter().any(|target| assignment.targets.contains(target));
            let is_plain = !assignment.is_conditional && assignment.operator != Operator::Append;
            let value = (is_own && is_plain).then_some(*assignment);
            values.entry(assignment.name.as_str()).and_modify(|known| *known = value.or(*known)).or_insert(value);
        }
        Overrides(values)
    }

    /// The environment variables of a recipe, and their names.
    fn environment(&self, own: &Overrides<'_>, exports_all: bool) -> (Scope, Vec<String>) {
        let mut scope = Scope::default();
        let exports_all = exports_all || self.exports_all;
        let all = self.all.keys().filter(|_| exports_all).chain(&self.exported);
        let mut names: Vec<String> = all.map(|name| (*name).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        for name in &names {
            scope.set(name, self.get(name, own, 0));
        }
        (scope, names)
    }

    /// A line of a recipe with its variables filled in.
    fn fill(&self, line: &Fragment, own: &Overrides<'_>) -> Filled {
        let mut filling = Filling::new(line);
        let text = line.text();
        let mut at = 0;
        for (range, reference) in references(text) {
            filling.keep(at..range.start);
            at = range.end;
            match reference {
                Reference::Dollar => filling.replace(range, "$"),
                Reference::Name(name) => filling.put(range, name, &self.get(name, own, 0)),
                Reference::Computed => filling.hole(range, Why::Computed),
            }
        }
        filling.keep(at..text.len());
        filling.finish()
    }

    /// A value with its variables filled in.
    fn expand(&self, value: &Fragment, own: &Overrides<'_>, depth: usize) -> Text {
        let text = value.text();
        if !text.contains('$') {
            return Text::of(value.clone());
        }
        let mut assembly = Assembly::new(value);
        let mut at = 0;
        for (range, reference) in references(text) {
            assembly.keep(at..range.start);
            at = range.end;
            match reference {
                Reference::Dollar => assembly.replace(range, "$"),
                Reference::Name(name) => assembly.put(range, name, &self.get(name, own, depth + 1)),
                Reference::Computed => assembly.hole(range, Why::Computed),
            }
        }
        assembly.keep(at..text.len());
        assembly.finish()
    }

    fn get(&self, name: &str, own: &Overrides<'_>, depth: usize) -> Meaning {
        let unknown = || Meaning::Unknown(Why::Variable(name.into()));
        if depth > DEEPEST || self.budget.charge(STEPS, 0).is_err() {
            return unknown();
        }
        match own.0.get(name) {
            Some(Some(assignment)) => {
                let Some(value) = &assignment.value else { return unknown() };
                return self.paid(name, Meaning::of(self.expand(value, own, depth), assignment.name_span));
            }
            Some(None) => return unknown(),
            None => {}
        }
        // What one target sets for itself may be part of the value.
        let is_shared = self.is_complete && own.0.is_empty();
        if let Some(known) = self.settled.borrow().get(name).filter(|_| is_shared) {
            return known.clone();
        }
        let meaning = match self.all.get(name) {
            Some(Variable::Settled(at, text)) => Meaning::of(text.clone(), *at),
            Some(Variable::Deferred(at, parts)) => {
                let parts: Vec<Text> = parts.iter().map(|part| self.expand(part, own, depth)).collect();
                let text = if let [only] = parts.as_slice() { only.clone() } else { joined(&parts, *at) };
                Meaning::of(text, *at)
            }
            Some(Variable::Unknown) => unknown(),
            None => Meaning::Unset,
        };
        let meaning = self.paid(name, meaning);
        if is_shared {
            self.settled.borrow_mut().insert(name.to_owned(), meaning.clone());
        }
        meaning
    }

    /// A value, if the budget of the file pays for it.
    fn paid(&self, name: &str, meaning: Meaning) -> Meaning {
        match &meaning {
            Meaning::Known(text, _) if self.budget.charge(1, text.raw().len()).is_err() => {
                Meaning::Unknown(Why::Variable(name.into()))
            }
            _ => meaning,
        }
    }
}

/// Several values with blanks between them, which stand for the place where the first one is set.
fn joined(parts: &[Text], at: Span) -> Text {
    let raw: Vec<&str> = parts.iter().map(Text::raw).collect();
    let reasons = parts.iter().flat_map(|part| part.reasons().iter().cloned()).collect();
    let trail = parts.iter().flat_map(|part| part.trail().iter().cloned()).collect();
    Text::new(Fragment::standing_for(&raw.join(" "), at), reasons, trail)
}

/// A `$` in a text of make.
enum Reference<'a> {
    /// `$$`
    Dollar,
    /// `$(name)`, `${name}`, `$n`
    Name(&'a str),
    /// A function, a substitution, or a name in a variable.
    Computed,
}

/// The references of a text, in order.
fn references(text: &str) -> Vec<(Range<usize>, Reference<'_>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('$').map(|dollar| at + dollar) {
        let rest = &text[start + 1..];
        let Some(next) = rest.chars().next() else { break };
        let (length, reference) = match next {
            '$' => (1, Reference::Dollar),
            '(' | '{' => match closing(rest) {
                Some(end) => {
                    let inner = &rest[1..end];
                    (end + 1, if is_name(inner) { Reference::Name(inner) } else { Reference::Computed })
                }
                // make refuses an open reference.
                None => (rest.len(), Reference::Computed),
            },
            name => (name.len_utf8(), Reference::Name(&rest[..name.len_utf8()])),
        };
        at = start + 1 + length;
        found.push((start..at, reference));
    }
    found
}

/// The offset of the bracket that closes the one at the start of a text.
fn closing(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let close = if open == '(' { ')' } else { '}' };
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The names that `$(eval NAME = ...)` sets.
fn evaluated(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("(eval ").chain(text.match_indices("{eval ")).filter_map(|(at, opening)| {
        let rest = text[at + opening.len()..].trim_start();
        let name = &rest[..rest.find(|c: char| c.is_whitespace() || "=:?+!".contains(c))?];
        is_name(name).then_some(name)
    })
}
