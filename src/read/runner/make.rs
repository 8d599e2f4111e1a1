//! Makefiles.
//!
//! Recipes are expanded when make runs them, with the last value of every variable, and each line has a shell of its own.
//! What a conditional directive, another file, a function or a command decides is Unknown, and so is a variable that a
//! call of make sets (`$(MAKE) deploy ENV=prod`).

use super::{
    Filled, Filling, Head, Passed, Reader, Script, is_for_development, is_name, named_value, passed, set_by_call,
};
use crate::budget::{Budget, Shares};
use crate::model::{Facts, Setting, TargetKind, Text, Why};
use crate::read::variables::{Assembly, Meaning, Scope};
use crate::source::Fragment;
use crate::span::Span;
use crate::syntax::Problem;
use crate::syntax::make::{self, Assignment, Item, Operator, Rule};
use crate::syntax::shell::SHELLS;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Reads a Makefile. `given` are the variables that calls in other files set.
pub(crate) fn read(fragment: &Fragment, given: &Passed) -> (Facts, Vec<Problem>) {
    let items = make::parse(fragment);
    let size = fragment.text().len();
    let shares = Shares::among(items.len(), size);
    let mut reader = Reader::new(fragment.source());
    let variables = Variables::of(&items, fragment.text(), given, shares, &mut reader.facts);
    let shell = variables.get("SHELL", &Overrides::default(), 0, &shares.of(0));
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
    let environment = variables.environment(is_special(".EXPORT_ALL_VARIABLES"), &shares.of(size));
    for rule in rules.clone().filter(|rule| is_shell && !rule.lines.is_empty()) {
        let Some(name) = rule.targets.first() else { continue };
        if rule.targets.iter().all(|name| is_for_development(name)) {
            continue;
        }
        let own = variables.overrides(&rule.targets);
        let budget = shares.of(rule.lines.iter().map(|line| line.text.text().len()).sum());
        let scripts = scripts(rule, &variables, &own, is_one_shell, &budget);
        let (scope, environment) = variables.environment_with(&environment, &own, &budget);
        let head = Head {
            kind: TargetKind::Target,
            name: name.clone(),
            span: rule.span,
            folder: Setting::Absent(rule.span),
            environment,
            follows_others: !rule.prerequisites.is_empty(),
        };
        reader.target(head, scripts, &scope, &budget);
    }
    reader.finish()
}

/// The scripts of a recipe: its lines, or all of them at once under `.ONESHELL`.
fn scripts(
    rule: &Rule,
    variables: &Variables<'_>,
    own: &Overrides<'_>,
    is_one_shell: bool,
    budget: &Budget,
) -> Vec<Script> {
    let lines: Vec<(Fragment, bool)> =
        rule.lines.iter().map(|line| (without_prefix(&line.text), line.is_conditional)).collect();
    let fill = |text: &Fragment| variables.fill(text, own, budget);
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
    /// Assignments for single targets, and the names that they set. Prerequisites inherit them, so for any other target
    /// their value is unknown.
    of_targets: HashMap<&'a str, Vec<&'a Assignment>>,
    of_some: HashSet<&'a str>,
    /// Names that are passed to recipes.
    exported: HashSet<&'a str>,
    exports_all: bool,
    /// Values of variables after the last assignment.
    settled: RefCell<HashMap<String, Meaning>>,
    is_complete: bool,
    given: &'a Passed,
    shares: Shares,
}

enum Variable<'a> {
    /// Parts that are expanded on use, with blanks between them.
    Deferred(Span, Vec<&'a Fragment>),
    /// A value that was expanded where it was set.
    Settled(Span, Text),
    Unknown(Why),
}

/// The environment variables of a recipe, and the names of those that the file sets.
type Environment = (Scope, Arc<[String]>);

/// Values of variables for one target; `None` is Unknown.
#[derive(Default)]
struct Overrides<'a>(HashMap<&'a str, Option<&'a Assignment>>);

/// What looking up a variable costs, in steps.
const STEPS: usize = 16;

/// The deepest nesting of variables in variables.
const DEEPEST: usize = 32;

impl<'a> Variables<'a> {
    /// The variables after all assignments of a file.
    fn of(items: &'a [Item], text: &'a str, given: &'a Passed, shares: Shares, facts: &mut Facts) -> Self {
        let mut variables = Self {
            all: HashMap::new(),
            of_targets: HashMap::new(),
            of_some: HashSet::new(),
            exported: HashSet::new(),
            exports_all: false,
            settled: RefCell::default(),
            is_complete: false,
            given,
            shares,
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
                    }
                    for target in &assignment.targets {
                        variables.of_targets.entry(target).or_default().push(assignment);
                        variables.of_some.insert(&assignment.name);
                    }
                }
                // A file that is not read may set again what is set above.
                Item::Include => variables.all.iter_mut().for_each(|(name, variable)| *variable = elsewhere(name)),
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
            variables.all.insert(name, Variable::Unknown(set_by_call(name)));
        }
        variables.is_complete = true;
        variables
    }

    fn assign(&mut self, assignment: &'a Assignment, includes: bool) {
        let (name, at) = (assignment.name.as_str(), assignment.name_span);
        let is_set = self.all.contains_key(name);
        let value = assignment.value.as_ref().filter(|_| !assignment.is_conditional);
        let budget = self.shares.of(value.map_or(0, |value| value.text().len()));
        let expand = |value| self.expand(value, &Overrides::default(), 0, &budget);
        let variable = match (assignment.operator, value) {
            (Operator::Default, _) if is_set => return,
            // The other file may have set it.
            (Operator::Default, _) if includes => elsewhere(name),
            (Operator::Default, _) if self.given.environment.contains(name) => Variable::Unknown(set_by_call(name)),
            (_, None) if assignment.is_conditional => {
                Variable::Unknown(Why::Other(format!("a branch decides about `{name}`").into()))
            }
            (_, None) | (Operator::Shell, _) => Variable::Unknown(Why::Computed),
            (Operator::Deferred | Operator::Default, Some(value)) => Variable::Deferred(at, vec![value]),
            (Operator::Immediate, Some(value)) => Variable::Settled(at, expand(value)),
            (Operator::Append, Some(value)) => match self.all.get(name) {
                Some(Variable::Deferred(at, parts)) => {
                    Variable::Deferred(*at, parts.iter().copied().chain([value]).collect())
                }
                None => Variable::Deferred(at, vec![value]),
                Some(Variable::Settled(first, text)) => {
                    Variable::Settled(*first, joined(&[text.clone(), expand(value)], *first))
                }
                Some(Variable::Unknown(why)) => Variable::Unknown(why.clone()),
            },
        };
        self.all.insert(name, variable);
    }

    /// What an assignment says about secrets.
    fn name_value(&self, assignment: &'a Assignment, facts: &mut Facts) {
        let Some(value) = assignment.value.as_ref().filter(|_| assignment.operator != Operator::Shell) else { return };
        let value = self.expand(value, &Overrides::default(), 0, &self.shares.of(value.text().len()));
        // A default that is a plain word is for the database on the machine of a developer.
        let is_word = |value: &str| value.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
        if assignment.operator == Operator::Default && value.known().is_some_and(is_word) {
            return;
        }
        facts.named_values.extend(named_value(&assignment.name, assignment.name_span, &value));
    }

    /// The variables that are set for one of some targets.
    fn overrides(&self, targets: &[String]) -> Overrides<'a> {
        let mut values = HashMap::new();
        let assignments = targets.iter().filter_map(|target| self.of_targets.get(target.as_str()));
        for assignment in assignments.flatten() {
            let is_plain = !assignment.is_conditional && assignment.operator != Operator::Append;
            values.insert(assignment.name.as_str(), is_plain.then_some(*assignment));
        }
        Overrides(values)
    }

    /// The environment variables of recipes.
    fn environment(&self, exports_all: bool, budget: &Budget) -> Environment {
        let exports_all = exports_all || self.exports_all;
        let all = self.all.keys().filter(|_| exports_all).chain(&self.exported);
        let mut names: Vec<String> = all.map(|name| (*name).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        let mut scope = Scope::default();
        for name in &names {
            scope.set(name, self.get(name, &Overrides::default(), 0, budget));
        }
        (scope, names.into())
    }

    /// The environment variables of a recipe whose target sets variables for itself.
    fn environment_with(&self, shared: &Environment, own: &Overrides<'_>, budget: &Budget) -> Environment {
        let (mut scope, mut names) = shared.clone();
        let is_exported = |name: &str| self.exports_all || self.exported.contains(name);
        let mut exported: Vec<&str> = own.0.keys().copied().filter(|name| is_exported(name)).collect();
        exported.sort_unstable();
        for name in &exported {
            scope.set(name, self.get(name, own, 0, budget));
        }
        exported.retain(|name| names.binary_search_by(|other| other.as_str().cmp(name)).is_err());
        if !exported.is_empty() {
            names = names.iter().cloned().chain(exported.into_iter().map(str::to_owned)).collect();
        }
        (scope, names)
    }

    /// A line of a recipe with its variables filled in.
    fn fill(&self, line: &Fragment, own: &Overrides<'_>, budget: &Budget) -> Filled {
        let mut filling = Filling::new(line, budget);
        let text = line.text();
        let mut at = 0;
        for (range, reference) in references(text) {
            filling.keep(at..range.start);
            at = range.end;
            match reference {
                Reference::Dollar => filling.replace(range, "$"),
                Reference::Name(name) => filling.put(range, name, &self.get(name, own, 0, budget)),
                Reference::Computed => filling.computed(range),
            }
        }
        filling.keep(at..text.len());
        filling.finish()
    }

    /// A value with its variables filled in.
    fn expand(&self, value: &Fragment, own: &Overrides<'_>, depth: usize, budget: &Budget) -> Text {
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
                Reference::Name(name) => assembly.put(range, name, &self.get(name, own, depth + 1, budget)),
                Reference::Computed => assembly.hole(range, Why::Computed),
            }
        }
        assembly.keep(at..text.len());
        assembly.finish()
    }

    fn get(&self, name: &str, own: &Overrides<'_>, depth: usize, budget: &Budget) -> Meaning {
        let unknown = || Meaning::Unknown(Why::Variable(name.into()));
        if depth > DEEPEST || budget.charge(STEPS, 0).is_err() {
            return unknown();
        }
        // What the command line sets is stronger than any assignment.
        if self.given.arguments.contains(name) {
            return Meaning::Unknown(set_by_call(name));
        }
        match own.0.get(name) {
            Some(Some(assignment)) => {
                let Some(value) = &assignment.value else { return unknown() };
                return paid(name, Meaning::of(self.expand(value, own, depth, budget), assignment.name_span), budget);
            }
            Some(None) => return unknown(),
            None if self.is_complete && self.of_some.contains(name) => return unknown(),
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
                let parts: Vec<Text> = parts.iter().map(|part| self.expand(part, own, depth, budget)).collect();
                let text = if let [only] = parts.as_slice() { only.clone() } else { joined(&parts, *at) };
                Meaning::of(text, *at)
            }
            Some(Variable::Unknown(why)) => Meaning::Unknown(why.clone()),
            None => Meaning::Unset,
        };
        let meaning = paid(name, meaning, budget);
        if is_shared && !budget.is_exhausted() {
            self.settled.borrow_mut().insert(name.to_owned(), meaning.clone());
        }
        meaning
    }
}

/// A variable that a file which is not read may set.
fn elsewhere<'a>(name: &str) -> Variable<'a> {
    Variable::Unknown(Why::Other(format!("an included file may set `{name}`").into()))
}

/// A value, if the budget pays for it.
fn paid(name: &str, meaning: Meaning, budget: &Budget) -> Meaning {
    match &meaning {
        Meaning::Known(text, _) if budget.charge(1, text.raw().len()).is_err() => {
            Meaning::Unknown(Why::Variable(name.into()))
        }
        _ => meaning,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Command;
    use crate::source::Source;
    use crate::span::SourceId;

    fn facts(text: &str) -> Facts {
        read(&Fragment::whole(SourceId(0), &Source::new("Makefile", text)), &Passed::default()).0
    }

    /// The commands, words joined by `|`, unknown parts as `…`.
    fn commands_of(text: &str) -> Vec<String> {
        let line = |command: &Arc<Command>| command.words.iter().map(Text::shown).collect::<Vec<_>>().join("|");
        facts(text).commands.iter().map(line).collect()
    }

    #[test]
    fn a_recipe_sees_the_last_value_of_a_variable() {
        let text = "R = eu\nI := $(R)/a\nR = us\nF = --x\nF += --y $(R)\nD ?= d\nD ?= e\n\na:\n\t@b $(R) $(I) $(F) ${D} $$HOME $(N) $@\n";
        assert_eq!(commands_of(text), ["b|us|eu/a|--x|--y|us|d|…|…|…"]);
    }

    #[test]
    fn a_value_may_be_a_whole_command_or_a_part_of_a_word() {
        let text =
            "RUN = gcloud run\nQ = \"gcr.io/p/a:$(T)\"\nT = v1\na:\n\t-$(RUN) deploy web --image=$(Q) && x '$(T)$$'\n";
        assert_eq!(commands_of(text), ["gcloud|run|deploy|web|--image=gcr.io/p/a:v1", "x|v1$"]);
    }

    #[test]
    fn branches_functions_definitions_and_other_files_are_unknown() {
        let text = "B = 0\ninclude x.mk\nifdef P\nA = 1\nelse\nA = 2\nendif\nC = $(shell date) $(or $(X),y)\ndefine D\nd\nendef\nE ?= e\nF = f\na:\n\tx $(A) $(B) \"$(C)\" $(D) $(E) $(F)\n";
        assert_eq!(commands_of(text), ["x|…|…|… …|…|…|f"]);
    }

    #[test]
    fn a_variable_that_a_call_or_another_target_sets_is_unknown() {
        let text = "E = dev\nall:\n\t$(MAKE) b E=prod\nb:\n\tx $(E) $(R)\nc: R = eu\nc: b\n\ty $(R)\n";
        assert_eq!(commands_of(text), ["…|b|E=prod", "x|…|…", "y|eu"]);
        assert_eq!(
            commands_of("# make b E=prod\nE = dev\nb:\n\t@echo make b E=prod\n\tx $(E)\n").last().map(String::as_str),
            Some("x|dev")
        );
    }

    #[test]
    fn each_line_has_a_shell_of_its_own() {
        assert_eq!(commands_of("export R = eu\na:\n\tX=1; y $$X $$R\n\tz $$X\n"), ["y|1|eu", "z|…"]);
        assert_eq!(commands_of(".ONESHELL:\na:\n\tX=1\n\tz $$X\n"), ["z|1"]);
        let homes: Vec<_> = facts("a:\n\tx\n\ty\nb:\n\tz\n").commands.iter().map(|command| command.home).collect();
        let home = |target, line| crate::model::Home::Target(SourceId(0), target, line);
        assert_eq!(homes, [home(0, 0), home(0, 1), home(1, 0)]);
    }

    #[test]
    fn an_unknown_list_outside_of_quotes_may_be_several_words() {
        let facts = facts("a:\n\tx $(A) \"$(B)\" $(FLAGS) '$(ARGS)' d-$(OPTS) $(if $(A),b)\n");
        assert_eq!(facts.commands[0].splits, [false, false, false, true, false, false, true]);
        let why: Vec<String> =
            facts.commands[0].words.iter().filter_map(|word| word.why()).map(ToString::to_string).collect();
        assert_eq!(why[1], "`B` has no value in this repository");
    }

    #[test]
    fn words_keep_their_bytes_and_where_their_values_are_set() {
        let text = "I = gcr.io/p/a:latest\na:\n\tgcloud run deploy web \\\n\t\t--image=$(I) --cpu=2\n";
        let facts = facts(text);
        let words = &facts.commands[0].words;
        assert_eq!(&text[words[4].span().range()], "--image=$(I)");
        assert_eq!(&text[words[5].span().range()], "--cpu=2");
        let set: Vec<&str> = words[4].trail().iter().map(|origin| &text[origin.span.range()]).collect();
        assert_eq!(set, ["I"]);
        assert_eq!(words[5].trail().len(), 0);
    }

    #[test]
    fn targets_for_development_and_recipes_of_other_languages_are_left_out() {
        assert_eq!(commands_of("run-local dev:\n\tdocker run x\ndeploy/test:\n\tgcloud run deploy x\n"), [""; 0]);
        assert_eq!(commands_of("SHELL = /usr/bin/python3\na:\n\timport os\n"), [""; 0]);
        assert_eq!(commands_of("SHELL := /bin/bash -e\na:\n\tb\n"), ["b"]);
    }

    #[test]
    fn secrets_are_in_variables_that_are_neither_defaults_nor_for_development() {
        let text =
            "DB_PASSWORD ?= postgres\nDEV_TOKEN = abc123def456\nTOKEN := \"abc123def456\"\nAPI_KEY ?= abc123def456\n";
        let facts = facts(text);
        let named: Vec<(&str, &str)> =
            facts.named_values.iter().map(|named| (&*named.name, named.value.raw())).collect();
        assert_eq!(named, [("TOKEN", "abc123def456"), ("API_KEY", "abc123def456")]);
    }

    #[test]
    fn values_that_double_or_contain_themselves_end() {
        let mut text = String::from("A = $(A)$(A)\nX0 = xxxxxxxxxxxxxxxx\n");
        for index in 1..64 {
            text.push_str(&format!("X{index} = $(X{})$(X{})\n", index - 1, index - 1));
        }
        text.push_str("a:\n\tb $(A) $(X63)\nc:\n\td $(X0)\n");
        assert_eq!(commands_of(&text), ["b|…|…", "d|xxxxxxxxxxxxxxxx"]);
    }
}
