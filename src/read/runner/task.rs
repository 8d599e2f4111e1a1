//! Taskfiles.
//!
//! Each command has a shell of its own. A template that is only the name of a variable stands for its value; any other
//! template is Unknown, and so is a variable that a call of a task sets.
//!
//! Keys: <https://taskfile.dev/docs/reference/schema>.

use super::{Filled, Filling, Head, Passed, Reader, Script, is_for_development, is_name, named_value, set_by_call};
use crate::budget::{Budget, Shares};
use crate::model::{Facts, Setting, TargetKind, Text, Why};
use crate::read::aliases::TOO_MUCH;
use crate::read::variables::{Assembly, Meaning, Scope, known};
use crate::source::Fragment;
use crate::span::SourceId;
use crate::syntax::Problem;
use crate::syntax::yaml::{Entry, Node};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// Whether a file has a name by which Task finds it.
pub(crate) fn is_named_so(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(name.as_str(), "taskfile.yml" | "taskfile.yaml" | "taskfile.dist.yml" | "taskfile.dist.yaml")
}

/// Whether a document is a Taskfile: it has a version, and a mapping of tasks.
pub(crate) fn is_one(root: Node<'_>, path: &str) -> bool {
    let is_task = |node: Node<'_>| ["cmds", "cmd", "deps"].iter().any(|key| node.get(key).is_some());
    root.get("version").is_some()
        && root.get("tasks").is_some_and(|tasks| {
            tasks.is_mapping() && (is_named_so(path) || tasks.own_entries().any(|task| is_task(task.value)))
        })
}

/// Reads a document that [`is_one`] knows. `given` are the variables that calls in other files set.
pub(crate) fn read(source: SourceId, root: Node<'_>, given: &Passed) -> (Facts, Vec<Problem>) {
    let size = root.span().range().len();
    let mut reader = Reader::new(source);
    let tasks = root.get("tasks").map(|tasks| tasks.entries()).unwrap_or_default();
    // Aliases may give several tasks the same commands.
    let mut seen = HashSet::new();
    let distinct = tasks.iter().filter(|task| seen.insert(task.value.span()));
    let passed = distinct.flat_map(|task| calls(task.value)).filter_map(|vars| vars.key.text());
    // A variable that a call sets is more specific than one of the file.
    let open: HashSet<&str> = passed.chain(given.arguments.iter().map(String::as_str)).collect();
    let shares = Shares::among(tasks.len() + 1, size);
    let budget = shares.of(0);
    let none = HashSet::new();
    let mut shared = Variables { vars: Scope::default(), env: Scope::default(), open: &open, budget: &budget };
    for name in &open {
        shared.vars.set(name, Meaning::Unknown(set_by_call(name)));
    }
    shared.set(root.get("vars"), &mut reader.facts);
    let exported: Arc<[String]> = shared.export(root.get("env"), &mut reader.facts).into();
    for task in &tasks {
        let name = task.key.text().unwrap_or_default();
        if is_for_development(name) || is_of_windows(task.value) {
            continue;
        }
        // What aliases repeat has a cost beyond the text of the task.
        let weight = usize::try_from(task.value.weight()).unwrap_or(usize::MAX);
        let budget = shares.of(task.value.span().range().len());
        if budget.charge(weight, weight.saturating_mul(WEIGHT)).is_err() {
            reader.problems.push(Problem::beyond_us(task.key.span(), TOO_MUCH));
            continue;
        }
        let own = Variables { vars: shared.vars.clone(), env: shared.env.clone(), open: &none, budget: &budget };
        self::task(task, name, own, &exported, &mut reader);
    }
    reader.finish()
}

/// What a task costs for each byte of it, with what its aliases stand for.
const WEIGHT: usize = 2;

fn task(task: &Entry<'_>, name: &str, mut own: Variables<'_>, exported: &Arc<[String]>, reader: &mut Reader) {
    let node = task.value;
    own.set(node.get("vars"), &mut reader.facts);
    let more = own.export(node.get("env"), &mut reader.facts);
    let environment: Arc<[String]> = match more.is_empty() {
        true => exported.clone(),
        false => exported.iter().cloned().chain(more).collect(),
    };
    let folder = match node.get("dir") {
        Some(folder) => folder.fragment().map_or(Setting::Absent(task.key.span()), |text| known(own.expand(&text))),
        None => Setting::Absent(task.key.span()),
    };
    let may_be_skipped = ["if", "status", "sources", "platforms"].iter().any(|key| node.get(key).is_some());
    let mut scripts = Vec::new();
    for command in commands(node) {
        let line = command.get("cmd").or_else(|| command.get("defer")).unwrap_or(command);
        if let Some(text) = line.fragment() {
            let is_conditional = may_be_skipped || command.get("if").is_some() || command.get("platforms").is_some();
            scripts.push(Script { filled: own.fill(&text), is_conditional });
        }
    }
    let head = Head {
        kind: TargetKind::Task,
        name: name.to_owned(),
        span: task.key.span(),
        folder,
        environment,
        follows_others: node.get("deps").is_some() || calls(node).next().is_some() || calls_a_task(node),
    };
    reader.target(head, scripts, &own.env, own.budget);
}

/// The commands of a task: a list under `cmds`, one under `cmd`, or the task itself.
fn commands(node: Node<'_>) -> Vec<Node<'_>> {
    let list = node.get("cmds").unwrap_or(node);
    if list.is_sequence() {
        return list.items().collect();
    }
    node.get("cmd").or_else(|| Some(list).filter(|list| list.text().is_some())).into_iter().collect()
}

fn calls_a_task(node: Node<'_>) -> bool {
    commands(node).iter().any(|command| command.get("task").is_some())
}

/// The variables that the calls of other tasks in a task set.
fn calls(node: Node<'_>) -> impl Iterator<Item = Entry<'_>> {
    let before = node.get("deps").map(|deps| deps.items().collect::<Vec<_>>()).unwrap_or_default();
    let calls = commands(node).into_iter().chain(before).filter(|call| call.get("task").is_some());
    calls.filter_map(|call| call.get("vars")).flat_map(|vars| vars.own_entries().collect::<Vec<_>>())
}

/// Whether a task runs only on Windows.
fn is_of_windows(node: Node<'_>) -> bool {
    let Some(platforms) = node.get("platforms") else { return false };
    platforms.items().len() > 0
        && platforms.items().all(|platform| platform.text().is_some_and(|name| name.starts_with("windows")))
}

/// The variables of a task, or of all of them.
struct Variables<'a> {
    vars: Scope,
    env: Scope,
    /// Names that keep their unknown value.
    open: &'a HashSet<&'a str>,
    budget: &'a Budget,
}

impl Variables<'_> {
    /// Sets the entries of `vars`, each of which sees those before it.
    fn set(&mut self, vars: Option<Node<'_>>, facts: &mut Facts) {
        for entry in vars.map(|vars| vars.entries()).unwrap_or_default() {
            let Some(name) = entry.key.text() else { continue };
            let meaning = self.value(&entry, facts);
            if !self.open.contains(name) {
                self.vars.set(name, meaning);
            }
        }
    }

    /// Sets the entries of `env`, and returns their names.
    fn export(&mut self, env: Option<Node<'_>>, facts: &mut Facts) -> Vec<String> {
        let mut names = Vec::new();
        for entry in env.map(|env| env.entries()).unwrap_or_default() {
            let Some(name) = entry.key.text() else { continue };
            let meaning = self.value(&entry, facts);
            // A template sees environment variables as well.
            if !self.open.contains(name) {
                self.vars.set(name, meaning.clone());
            }
            self.env.set(name, meaning);
            names.push(name.to_owned());
        }
        names
    }

    /// The value of an entry: a text, or the output of a command, a reference or a list, which are Unknown.
    fn value(&self, entry: &Entry<'_>, facts: &mut Facts) -> Meaning {
        let Some(text) = entry.value.fragment() else { return Meaning::Unknown(Why::Computed) };
        let value = self.expand(&text);
        let name = entry.key.text().unwrap_or_default();
        facts.named_values.extend(named_value(name, entry.key.span(), &value));
        Meaning::of(value, entry.key.span())
    }

    fn fill(&self, line: &Fragment) -> Filled {
        let mut filling = Filling::new(line, self.budget);
        let text = line.text();
        let mut at = 0;
        for (range, template) in templates(text) {
            filling.keep(at..range.start);
            at = range.end;
            match template {
                Template::Name(name) => filling.put(range, name, &self.get(name)),
                Template::Default(name, default) => match self.get(name) {
                    Meaning::Unset => filling.replace(range, default),
                    meaning => filling.put(range, name, &meaning),
                },
                Template::Literal(literal) => filling.replace(range, literal),
                Template::Computed => filling.computed(range),
            }
        }
        filling.keep(at..text.len());
        filling.finish()
    }

    fn expand(&self, value: &Fragment) -> Text {
        let text = value.text();
        if !text.contains("{{") {
            return Text::of(value.clone());
        }
        let mut assembly = Assembly::new(value);
        let mut at = 0;
        for (range, template) in templates(text) {
            assembly.keep(at..range.start);
            at = range.end;
            match template {
                Template::Name(name) => assembly.put(range, name, &self.get(name)),
                Template::Default(name, default) => match self.get(name) {
                    Meaning::Unset => assembly.replace(range, default),
                    meaning => assembly.put(range, name, &meaning),
                },
                Template::Literal(literal) => assembly.replace(range, literal),
                Template::Computed => assembly.hole(range, Why::Computed),
            }
        }
        assembly.keep(at..text.len());
        assembly.finish()
    }

    fn get(&self, name: &str) -> Meaning {
        match self.vars.get(name) {
            Meaning::Known(text, _) if self.budget.charge(1, text.raw().len()).is_err() => {
                Meaning::Unknown(Why::Variable(name.into()))
            }
            meaning => meaning,
        }
    }
}

/// `{{...}}` in a text.
enum Template<'a> {
    /// `{{.NAME}}`
    Name(&'a str),
    /// `{{.NAME | default "text"}}` or `{{default "text" .NAME}}`
    Default(&'a str, &'a str),
    /// ``{{`text`}}``, for a text with braces.
    Literal(&'a str),
    /// Any other.
    Computed,
}

/// The templates of a text, in order.
fn templates(text: &str) -> Vec<(Range<usize>, Template<'_>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|open| at + open) {
        let inner = text[start + 2..].trim_start();
        if let Some((literal, rest)) = inner.strip_prefix('`').and_then(|rest| rest.split_once('`'))
            && rest.trim_start().starts_with("}}")
        {
            at = text.len() - rest.trim_start().len() + 2;
            found.push((start..at, Template::Literal(literal)));
            continue;
        }
        let Some(length) = text[start..].find("}}") else { break };
        at = start + length + 2;
        let inner = text[start + 2..at - 2].trim_matches(['-', ' ']);
        let name = |text: &'_ str| text.strip_prefix('.').filter(|name| is_name(name)).is_some();
        let template = match inner {
            inner if name(inner) => Template::Name(&inner[1..]),
            inner => defaulted(inner).map_or(Template::Computed, |(name, text)| Template::Default(name, text)),
        };
        found.push((start..at, template));
    }
    found
}

/// The variable and the text of a template with a default.
fn defaulted(inner: &str) -> Option<(&str, &str)> {
    let (name, text) = match inner.split_once('|') {
        Some((name, filter)) => (name, filter.trim().strip_prefix("default ")?),
        None => inner.strip_prefix("default ")?.rsplit_once(' ').map(|(text, name)| (name, text))?,
    };
    let name = name.trim().strip_prefix('.').filter(|name| is_name(name))?;
    let text = text.trim().strip_prefix(['"', '`'])?.strip_suffix(['"', '`'])?;
    (!text.contains(['"', '\\', '`'])).then_some((name, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::yaml;

    fn facts(text: &str) -> Facts {
        let (documents, _) = yaml::parse(&Fragment::whole(SourceId(0), &Source::new("Taskfile.yml", text)));
        let root = documents[0].root();
        assert!(is_one(root, "Taskfile.yml"));
        read(SourceId(0), root, &Passed::default()).0
    }

    /// The commands, words joined by `|`, unknown parts as `…`.
    fn commands_of(text: &str) -> Vec<String> {
        let facts = facts(text);
        let line = |command: &std::sync::Arc<crate::model::Command>| {
            command.words.iter().map(Text::shown).collect::<Vec<_>>().join("|")
        };
        facts.commands.iter().map(line).collect()
    }

    #[test]
    fn variables_of_the_file_the_task_and_the_environment_are_followed() {
        let text = "version: '3'\nvars: {REGION: eu, IMAGE: 'gcr.io/p/web:{{.TAG}}', SHA: {sh: git rev-parse HEAD}}\nenv: {PROJECT: shop}\ntasks:\n  \
                    deploy:\n    vars: {TAG: v1}\n    cmds:\n    - gcloud run deploy web --region {{.REGION}} --project $PROJECT\n    \
                    - cmd: echo {{.IMAGE}} {{.SHA}} {{.TAG}} {{ .X | default \"y\" }} {{if .A}}b{{end}} {{`{{.C}}`}}\n    - task: other\n";
        assert_eq!(
            commands_of(text),
            ["gcloud|run|deploy|web|--region|eu|--project|shop", "echo|gcr.io/p/web:…|…|v1|y|…b…|{{.C}}"]
        );
    }

    #[test]
    fn what_a_call_sets_is_unknown() {
        let text = "version: '3'\nvars: {ENV: dev, NAME: 'web-{{.ENV}}'}\ntasks:\n  all:\n    cmds:\n    - task: deploy\n      vars: {ENV: prod}\n  \
                    deploy: gcloud run deploy {{.NAME}} {{.ENV}}\n";
        assert_eq!(commands_of(text), ["gcloud|run|deploy|web-…|…"]);
    }

    #[test]
    fn a_task_has_a_folder_and_one_for_development_is_left_out() {
        let text = "version: '3'\ntasks:\n  build: {dir: api, cmds: [docker build .]}\n  docker:test: docker run x\n";
        let facts = facts(text);
        assert_eq!(facts.targets[0].list.len(), 1);
        assert_eq!(facts.targets[0].list[0].folder.known().map(|(folder, _)| folder.raw()), Some("api"));
        assert_eq!(facts.targets[0].list[0].label(), "task `build`");
    }
}
