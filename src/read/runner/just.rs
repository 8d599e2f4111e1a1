//! Justfiles.
//!
//! Each line of a recipe has a shell of its own, unless the recipe begins with `#!`. Parameters, functions, conditions and
//! the output of commands are Unknown.

use super::{Filled, Filling, Head, Passed, Reader, Script, is_for_development, is_name, named_value, set_by_call};
use crate::budget::{Budget, Shares};
use crate::model::{Facts, Setting, TargetKind, Text, Why};
use crate::read::variables::{Assembly, Meaning, Scope};
use crate::source::{Fragment, HOLE, Notation};
use crate::syntax::Problem;
use crate::syntax::just::{self, Assignment, Item, Recipe};
use crate::syntax::shell::SHELLS;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// Reads a justfile. `given` are the variables that calls in other files set.
pub(crate) fn read(fragment: &Fragment, given: &Passed) -> (Facts, Vec<Problem>) {
    let items = just::parse(fragment);
    let size = fragment.text().len();
    let shares = Shares::among(items.len(), size);
    let mut reader = Reader::new(fragment.source());
    let is_set = |wanted: &str| {
        items.iter().any(|item| {
            matches!(item, Item::Set(name, value) if name == wanted
                && value.as_ref().is_none_or(|value| value.text() != "false"))
        })
    };
    let exports_all = is_set("export");
    let shell = items.iter().find_map(|item| match item {
        Item::Set(name, Some(value)) if name == "shell" => Some(value.text()),
        _ => None,
    });
    let mut variables = Variables { scope: Scope::default(), env: Scope::default(), exported: Vec::new() };
    // Assignments may stand behind the recipes and the assignments that use them.
    let assignments: Vec<&Assignment> = items
        .iter()
        .filter_map(|item| match item {
            Item::Assign(assignment) => Some(assignment),
            _ => None,
        })
        .collect();
    for assignment in in_order(&assignments) {
        let budget = shares.of(assignment.value.text().len());
        variables.assign(assignment, exports_all, &budget, &mut reader.facts);
        if given.arguments.contains(&assignment.name) {
            variables.forget(&assignment.name);
        }
    }
    let exported: Arc<[String]> = variables.exported.as_slice().into();
    for item in &items {
        let Item::Recipe(recipe) = item else { continue };
        let is_elsewhere = recipe.attributes.iter().any(|attribute| attribute == "windows");
        if !is_elsewhere && !is_for_development(&recipe.name) {
            let size = recipe.lines.iter().chain(&recipe.body).map(|line| line.text().len()).sum();
            self::recipe(recipe, shell, &variables, &exported, &shares.of(size), &mut reader);
        }
    }
    reader.finish()
}

/// How often assignments are looked through for those whose operands are known.
const PASSES: usize = 8;

/// Assignments, each behind those that its expression names.
fn in_order<'a>(assignments: &[&'a Assignment]) -> Vec<&'a Assignment> {
    let mut open: Vec<&Assignment> = assignments.to_vec();
    let mut ordered = Vec::new();
    for _ in 0..PASSES {
        let names: HashSet<&str> = open.iter().map(|assignment| assignment.name.as_str()).collect();
        let waits = |assignment: &&Assignment| {
            let text = assignment.value.text();
            let mut operands = parts(text).unwrap_or_default().into_iter();
            operands.any(|operand| names.contains(&text[operand.range]))
        };
        let (waiting, ready): (Vec<&Assignment>, Vec<&Assignment>) = open.iter().partition(|one| waits(one));
        let is_stuck = ready.is_empty();
        ordered.extend(ready);
        open = waiting;
        if is_stuck {
            break;
        }
    }
    ordered.extend(open);
    ordered
}

fn recipe(
    recipe: &Recipe,
    shell: Option<&str>,
    variables: &Variables,
    exported: &Arc<[String]>,
    budget: &Budget,
    reader: &mut Reader,
) {
    let mut own = Variables { scope: variables.scope.clone(), env: variables.env.clone(), exported: Vec::new() };
    for parameter in &recipe.parameters {
        let unknown = Meaning::Unknown(Why::Other(format!("`{parameter}` is a parameter").into()));
        own.scope.set(parameter, unknown.clone());
        own.env.set(parameter, unknown);
    }
    let attribute = |name: &str| recipe.attributes.iter().find(|attribute| attribute.starts_with(name));
    let scripts: Vec<Script> = match &recipe.body {
        Some(body) => {
            let interpreter = attribute("script").map_or("", String::as_str);
            let is_shell = match interpreter.split_once('(') {
                Some((_, program)) => SHELLS.contains(&program.trim_matches(['(', ')', '\'', '"', ' '])),
                None => Notation::by_content(body.text()) == Notation::Shell || !body.text().starts_with("#!"),
            };
            is_shell.then(|| Script { filled: own.fill(body, budget), is_conditional: false }).into_iter().collect()
        }
        None if shell.is_some_and(|shell| !names_shell(shell)) => Vec::new(),
        None => {
            let lines = recipe.lines.iter().map(|line| {
                let text = line.text();
                let start = text.len() - text.trim_start_matches(['@', '-', ' ', '\t']).len();
                Script { filled: own.fill(&line.slice(start..text.len()), budget), is_conditional: false }
            });
            lines.collect()
        }
    };
    let span = recipe.name_span;
    let folder = match attribute("no-cd").or_else(|| attribute("working-directory")) {
        Some(_) => Setting::Unknown(span, Why::Other("an attribute of the recipe decides about its folder".into())),
        None => Setting::Absent(span),
    };
    let head = Head {
        kind: TargetKind::Recipe,
        name: recipe.name.clone(),
        span,
        folder,
        environment: exported.clone(),
        follows_others: recipe.has_dependencies,
    };
    reader.target(head, scripts, &own.env, budget);
}

/// Whether a list of words starts a shell that we read: `['/usr/bin/env', 'bash', '-c']`.
fn names_shell(words: &str) -> bool {
    words.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| SHELLS.contains(&word))
}

struct Variables {
    scope: Scope,
    env: Scope,
    exported: Vec<String>,
}

impl Variables {
    fn assign(&mut self, assignment: &Assignment, exports_all: bool, budget: &Budget, facts: &mut Facts) {
        let value = self.value(&assignment.value, budget);
        facts.named_values.extend(named_value(&assignment.name, assignment.name_span, &value));
        let meaning = Meaning::of(value, assignment.name_span);
        if assignment.is_exported || exports_all {
            self.env.set(&assignment.name, meaning.clone());
            self.exported.push(assignment.name.clone());
        }
        self.scope.set(&assignment.name, meaning);
    }

    /// Makes a variable unknown that a call sets.
    fn forget(&mut self, name: &str) {
        self.scope.set(name, Meaning::Unknown(set_by_call(name)));
        if self.exported.iter().any(|exported| exported == name) {
            self.env.set(name, Meaning::Unknown(set_by_call(name)));
        }
    }

    /// The value of an expression: texts and variables, joined by `+` and `/`. Any other part is Unknown.
    fn value(&self, expression: &Fragment, budget: &Budget) -> Text {
        let text = expression.text();
        if let Some(range) = literal(text) {
            return Text::of(expression.slice(range));
        }
        let Some(parts) = parts(text) else {
            return Text::new(
                Fragment::standing_for(HOLE.encode_utf8(&mut [0; 4]), expression.full_span()),
                vec![Why::Computed],
                Vec::new(),
            );
        };
        let mut assembly = Assembly::new(expression);
        for Operand { slash, range } in parts {
            if let Some(slash) = slash {
                assembly.replace(slash, "/");
            }
            match literal(&text[range.clone()]) {
                Some(inner) => assembly.keep(range.start + inner.start..range.start + inner.end),
                None => {
                    let name = &text[range.clone()];
                    if is_name(name) {
                        assembly.put(range, name, &self.get(name, budget));
                    } else {
                        assembly.hole(range, Why::Computed);
                    }
                }
            }
        }
        assembly.finish()
    }

    fn get(&self, name: &str, budget: &Budget) -> Meaning {
        match self.scope.get(name) {
            Meaning::Known(text, _) if budget.charge(1, text.raw().len()).is_err() => {
                Meaning::Unknown(Why::Variable(name.into()))
            }
            meaning => meaning,
        }
    }

    /// A script with its variables filled in.
    fn fill(&self, script: &Fragment, budget: &Budget) -> Filled {
        let mut filling = Filling::new(script, budget);
        let text = script.text();
        let mut at = 0;
        while let Some(start) = text[at..].find("{{").map(|open| at + open) {
            filling.keep(at..start);
            if text[start..].starts_with("{{{{") {
                filling.replace(start..start + 4, "{{");
                at = start + 4;
                continue;
            }
            let Some(end) = text[start..].find("}}").map(|close| start + close + 2) else {
                at = start;
                break;
            };
            at = end;
            let inner = text[start + 2..end - 2].trim();
            match literal(inner) {
                _ if is_name(inner) => filling.put(start..end, inner, &self.get(inner, budget)),
                Some(range) => filling.replace(start..end, &inner[range]),
                None => filling.computed(start..end),
            }
        }
        filling.keep(at..text.len());
        filling.finish()
    }
}

/// The range of the text in a literal without escapes.
fn literal(text: &str) -> Option<Range<usize>> {
    for quote in ["'''", "\"\"\"", "'", "\""] {
        let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) else { continue };
        let has_escapes = quote.starts_with('"') && inner.contains('\\');
        return (!has_escapes && !inner.contains(quote)).then(|| quote.len()..text.len() - quote.len());
    }
    None
}

/// An operand of an expression.
struct Operand {
    /// The bytes of the `/` before it.
    slash: Option<Range<usize>>,
    range: Range<usize>,
}

/// The operands of an expression. `None` if it has operators other than `+` and `/`.
fn parts(text: &str) -> Option<Vec<Operand>> {
    let mut found = Vec::new();
    let (mut start, mut quote, mut depth, mut slash) = (0, None, 0usize, None);
    let add = |found: &mut Vec<Operand>, slash: Option<Range<usize>>, start: usize, end: usize| {
        let operand = &text[start..end];
        let from = start + operand.len() - operand.trim_start().len();
        found.push(Operand { slash, range: from..from + operand.trim().len() });
    };
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '{' | '}' | '=' | '!' | '&' | '|') if depth == 0 => return None,
            (None, '+' | '/') if depth == 0 => {
                add(&mut found, slash.take(), start, at);
                slash = (c == '/').then_some(at..at + 1);
                start = at + 1;
            }
            _ => {}
        }
    }
    add(&mut found, slash, start, text.len());
    found.iter().all(|operand| !operand.range.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Command;
    use crate::source::Source;
    use crate::span::SourceId;

    fn commands_of(text: &str) -> Vec<String> {
        let (facts, _) = read(&Fragment::whole(SourceId(0), &Source::new("justfile", text)), &Passed::default());
        let line = |command: &Arc<Command>| command.words.iter().map(Text::shown).collect::<Vec<_>>().join("|");
        facts.commands.iter().map(line).collect()
    }

    #[test]
    fn variables_are_filled_in() {
        let text = "image := registry / 'web' + ':' + tag\nregistry := region + '-docker.pkg.dev/shop'\nregion := 'eu'\ntag := 'v1'\nsha := `git rev-parse HEAD`\n\
                    deploy:\n  @gcloud run deploy web --image {{image}} --tag {{sha}} {{{{x}} {{ 'y' }} {{uppercase(tag)}}\n";
        assert_eq!(
            commands_of(text),
            ["gcloud|run|deploy|web|--image|eu-docker.pkg.dev/shop/web:v1|--tag|…|{{x}}|y|…"]
        );
    }

    #[test]
    fn parameters_are_unknown() {
        assert_eq!(
            commands_of("env := 'a'\ndeploy env='dev' *flags:\n  gcloud run deploy web-{{env}} {{flags}}\n"),
            ["gcloud|run|deploy|web-…|…"]
        );
    }

    #[test]
    fn a_recipe_may_be_one_script() {
        let text = "export R := 'eu'\na:\n  #!/usr/bin/env bash\n  X=1\n  echo $X $R\nb:\n  X=1\n  echo $X\nc:\n  #!/usr/bin/env python3\n  import os\n";
        assert_eq!(commands_of(text), ["echo|1|eu", "echo|…"]);
    }

    #[test]
    fn recipes_for_development_are_left_out() {
        assert_eq!(commands_of("run-local:\n  docker run x\ntest:\n  docker run y\n"), [""; 0]);
    }
}
