//! Cloud Build configurations: steps, substitutions, and the commands of the steps.
//!
//! Fields and substitution rules: `cloudbuild.proto` (google/devtools/cloudbuild/v1) and
//! <https://cloud.google.com/build/docs/build-config-file-schema>,
//! <https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values>.

use super::aliases::{Items, TOO_MUCH};
use super::shell::{self, Setup};
use super::variables::{Assembly, Expression, Meaning, Outcome, Scope, apply, expression, known};
use crate::budget::{Budget, Exhausted};
use crate::known::{Words, cloud_build as fields};
use crate::model::{
    Facts, Home, Image, Named, NamedValue, Pipeline, Setting, Step, Substitution, SubstitutionUse, Suggestion, Text,
    UnknownField, Why,
};
use crate::source::Fragment;
use crate::span::SourceId;
use crate::syntax::Problem;
use crate::syntax::yaml::Node;
use std::collections::HashSet;
use std::sync::Arc;

/// Whether a document has the shape of a Cloud Build configuration. Many tools have `steps` with names. In Cloud Build,
/// the names are images, and the keys of the other tools do not occur.
pub(crate) fn is_pipeline(root: Node<'_>, path: &str) -> bool {
    if ["kind", "apiVersion", "jobs", "runs", "on", "trigger", "pool", "stages"]
        .iter()
        .any(|key| root.get(key).is_some())
    {
        return false;
    }
    let Some(steps) = root.get("steps").filter(|steps| steps.is_sequence()) else { return false };
    let is_named = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase().contains("cloudbuild");
    let mut found = false;
    for step in steps.items() {
        if !step.is_mapping() || ["uses", "run", "image", "commands", "task"].iter().any(|key| step.get(key).is_some())
        {
            return false;
        }
        let looks_right = step.get("name").and_then(|node| node.text()).is_some_and(|name| {
            !name.contains(' ')
                && (name.contains(['/', ':', '$'])
                    || matches!(
                        name,
                        "docker"
                            | "ubuntu"
                            | "alpine"
                            | "bash"
                            | "node"
                            | "python"
                            | "golang"
                            | "maven"
                            | "gradle"
                            | "busybox"
                            | "debian"
                    ))
        });
        found |= looks_right;
    }
    found || (is_named && steps.items().any(|step| step.get("name").is_some()))
}

/// Reads a document that [`is_pipeline`].
pub(crate) fn read(source: SourceId, root: Node<'_>) -> (Facts, Vec<Problem>) {
    let mut reader = Reader::default();
    reader.substitutions(root);
    // `$` in their values means something only to builds with dynamic substitutions. A trigger sets these, and is not known
    // (https://cloud.google.com/build/docs/configuring-builds/use-bash-and-bindings-in-substitutions).
    let is_dynamic = root.get("options").and_then(|options| options.get("dynamicSubstitutions"));
    if is_dynamic.and_then(|said| said.text()) != Some("true") {
        reader.uses.clear();
    }
    let steps_entry = root.entry("steps").expect("the shape was checked");
    let shared = root.get("options").and_then(|options| options.get("env"));
    let mut items = Items::of(Some(steps_entry.value), root);
    let budget = items.shares.of(shared.map_or(0, |env| env.span().range().len()));
    let mut shared_variables = Scope::default();
    if shared.is_some_and(|env| reader.variables(env, &mut shared_variables, &budget).is_err()) {
        reader.problems.push(Problem::beyond_us(steps_entry.key.span(), TOO_MUCH));
    }
    let mut steps = Vec::new();
    for (index, node) in steps_entry.value.items().enumerate() {
        let (budget, is_alias) = items.next(node);
        let script = node.get("script").filter(|_| is_alias).and_then(|script| script.text()).map_or(0, str::len);
        let _ = budget.charge(script, SCRIPT * script);
        let step = reader.step(source, index, node, &shared_variables, root, &budget);
        steps.push(step);
    }
    for key in ["images", "tags", "artifacts", "options", "serviceAccount", "logsBucket"] {
        if let Some(node) = root.get(key) {
            reader.count_uses(node, 0);
        }
    }
    let mut unknown_fields = Vec::new();
    check_fields(
        root,
        &fields::BUILD,
        "a build",
        &[("options", &fields::OPTIONS), ("a build step", &fields::STEP)],
        &mut unknown_fields,
    );
    if let Some(options) = root.get("options") {
        check_fields(options, &fields::OPTIONS, "`options`", &[("a build", &fields::BUILD)], &mut unknown_fields);
    }
    for step in steps_entry.value.items() {
        check_fields(step, &fields::STEP, "a build step", &[("a build", &fields::BUILD)], &mut unknown_fields);
    }
    let images = root
        .get("images")
        .into_iter()
        .flat_map(|images| images.items())
        .filter_map(|image| reader.expand(image))
        .collect();
    let timeout = match field(root, "timeout") {
        Some(node) => match node.text().and_then(|text| text.trim().trim_end_matches('s').parse().ok()) {
            Some(seconds) => Setting::Known(seconds, node.span().into()),
            None => Setting::Unknown(node.span(), Why::Other("is not a number of seconds".into())),
        },
        None => Setting::Absent(steps_entry.key.span()),
    };
    let service_account = match field(root, "serviceAccount") {
        Some(node) => reader.expand(node).map_or(Setting::Absent(node.span()), known),
        None => Setting::Absent(steps_entry.key.span()),
    };
    let pipeline = Pipeline {
        source,
        steps_key: steps_entry.key.span(),
        steps,
        timeout_room: root.room(&["timeout"]),
        timeout,
        service_account,
        substitutions: reader.substitutions,
        uses: reader.uses,
        substitutions_key: root.entry("substitutions").map(|entry| entry.key.span()),
        unknown_fields,
        images,
    };
    reader.facts.pipelines.push(Arc::new(pipeline));
    (reader.facts, reader.problems)
}

/// A field, in camel case or in snake case.
fn field<'a>(node: Node<'a>, name: &str) -> Option<Node<'a>> {
    node.get(name).or_else(|| node.get(&snake(name))).filter(|node| !node.is_null())
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

fn check_fields(
    node: Node<'_>,
    fields: &Words,
    owner: &'static str,
    others: &[(&str, &Words)],
    out: &mut Vec<UnknownField>,
) {
    if !node.is_mapping() {
        return;
    }
    let known: HashSet<String> = fields.iter().flat_map(|field| [field.to_owned(), snake(field)]).collect();
    let lower: Vec<(&str, String)> = fields.iter().map(|field| (field, field.to_ascii_lowercase())).collect();
    let present: HashSet<&str> = node.entries().iter().filter_map(|entry| entry.key.text()).collect();
    for entry in node.own_entries() {
        let Some(name) = entry.key.text() else { continue };
        // gcloud also rejects keys that only hold YAML anchors (`x-steps`, `.anchor`), but `<<` is a merge key.
        if name == "<<" || known.contains(name) {
            continue;
        }
        let written = name.to_ascii_lowercase().replace(['_', '-'], "");
        let is_close = |(_, field): &&(&str, String)| {
            field.len().abs_diff(written.len()) <= 2 && strsim::damerau_levenshtein(field, &written) <= 2
        };
        let suggestion = lower
            .iter()
            .find(is_close)
            .map(|(field, _)| *field)
            // A rename must not repeat a field that exists.
            .filter(|near| !present.contains(near) && !present.contains(snake(near).as_str()))
            .map(|near| Suggestion::Rename(near.to_owned()))
            .or_else(|| {
                others
                    .iter()
                    .find(|(_, fields)| fields.contains(name))
                    .map(|(owner, _)| Suggestion::Move((*owner).to_owned()))
            });
        let is_placeholder = name.contains("${") || name.contains("{{");
        out.push(UnknownField { name: name.to_owned(), span: entry.key.span(), owner, is_placeholder, suggestion });
    }
}

/// What an argument or a variable costs beside its text, in bytes.
const ITEM: usize = 256;
/// What the commands of a script cost for each byte of it, in bytes.
const SCRIPT: usize = 64;

/// The most nodes that are searched for substitutions; nested aliases can multiply a few nodes without limit.
const MOST_NODES: usize = 10_000;
/// How deep they are searched.
const DEEPEST: usize = 32;

#[derive(Default)]
struct Reader {
    counted: usize,
    facts: Facts,
    problems: Vec<Problem>,
    substitutions: Vec<Substitution>,
    uses: Vec<SubstitutionUse>,
    scope: Scope,
}

impl Reader {
    fn substitutions(&mut self, root: Node<'_>) {
        let Some(node) = root.get("substitutions") else { return };
        for entry in node.entries() {
            let Some(name) = entry.key.text() else { continue };
            // A default may itself use other substitutions.
            let Some(value) = entry.value.fragment().map(|fragment| self.text(&fragment)) else { continue };
            self.facts.named_values.push(NamedValue {
                name: name.to_owned(),
                value: value.clone(),
                span: entry.span(),
                kind: Named::BuildEnv,
                is_sensitive: false,
            });
            self.scope.set(name, Meaning::Known(value.clone(), Some(entry.key.span())));
            self.substitutions.push(Substitution { name: name.to_owned(), span: entry.key.span(), value });
        }
    }

    fn step(
        &mut self,
        source: SourceId,
        index: usize,
        node: Node<'_>,
        shared: &Scope,
        root: Node<'_>,
        budget: &Budget,
    ) -> Step {
        let get = |name: &str| field(node, name);
        let image = match get("name") {
            Some(name) => match self.expand(name) {
                Some(text) if text.raw().is_empty() => Setting::Absent(name.span()),
                Some(text) => {
                    let place = text.place();
                    Setting::Known(Image::of(text), place)
                }
                None => Setting::Absent(node.span()),
            },
            None => Setting::Absent(node.span()),
        };
        let mut variables = shared.clone();
        let is_paid = get("env").is_none_or(|env| self.variables(env, &mut variables, budget).is_ok());
        let entrypoint = get("entrypoint").and_then(|node| self.expand(node));
        let arguments = self.arguments(get("args"), budget);
        let script = get("script").filter(|_| !budget.is_exhausted()).and_then(|node| node.fragment());
        let is_paid = is_paid && arguments.is_ok() && !budget.is_exhausted();
        let arguments = arguments.unwrap_or_default();
        let folder = match get("dir") {
            Some(node) => self.expand(node).map_or(Setting::Absent(node.span()), known),
            None => Setting::Absent(node.span()),
        };
        let home = Home::Step(source, index);
        let setup = Setup { home, scope: &variables, are_values_final: false, budget };
        let span = node.span();
        if !is_paid {
            // Of a step that is known in part only, no command is known.
            self.problems.push(Problem::beyond_us(span, TOO_MUCH));
        } else if let Some(script) = script {
            let automap =
                |node: Node<'_>| field(node, "automapSubstitutions").and_then(|node| node.text()) == Some("true");
            let scope = if automap(node) || root.get("options").is_some_and(automap) {
                let mut scope = self.scope.clone();
                scope.extend(&variables);
                for name in script_variables(script.text()) {
                    let is_built_in = is_built_in(&name);
                    self.uses.push(SubstitutionUse { name, span: script.full_span(), has_default: true, is_built_in });
                }
                scope
            } else {
                variables.clone()
            };
            let setup = Setup { scope: &scope, ..setup };
            let (read, problems) = shell::read(&script, &Text::of(script.clone()), &setup);
            self.facts.commands.extend(read.commands.into_iter().map(Arc::new));
            self.facts.named_values.extend(read.named_values);
            self.problems.extend(problems);
        } else {
            let program = match &entrypoint {
                Some(entrypoint) => Some(entrypoint.clone()),
                None => image.known().and_then(|(image, place)| {
                    program_of(image).map(|program| Text::standing_for(program, place.span.tail()))
                }),
            };
            // An image without an entry point takes the program from the arguments.
            let is_bare = entrypoint.is_none() && image.known().is_some_and(|(image, _)| has_no_entrypoint(image));
            if program.is_some() || is_bare && !arguments.is_empty() {
                let words: Vec<Text> = program.into_iter().chain(arguments.iter().cloned()).collect();
                let from = arguments.first().map_or(span, Text::span);
                let to = arguments.last().map_or(span, Text::span);
                let more = get("args").and_then(|node| node.item_room());
                self.facts.commands.extend(shell::exec(words, from.to(to), more, &setup, 0).into_iter().map(Arc::new));
            }
        }
        Step {
            index,
            image,
            id: get("id").and_then(|node| node.text()).map(str::to_owned),
            entrypoint,
            arguments,
            folder,
            span,
        }
    }

    /// Reads the entries of an `env`.
    fn variables(&mut self, env: Node<'_>, into: &mut Scope, budget: &Budget) -> Result<(), Exhausted> {
        budget.charge(env.items().len(), ITEM * env.items().len())?;
        for item in env.items() {
            let Some(text) = self.expand(item) else { continue };
            budget.charge(0, text.raw().len())?;
            let Some((name, value)) = text.split_once('=') else { continue };
            self.facts.named_values.push(NamedValue {
                name: name.shown(),
                value: value.clone(),
                span: item.span(),
                kind: Named::BuildEnv,
                is_sensitive: false,
            });
            into.set(name.raw(), Meaning::Known(value, Some(name.span())));
        }
        Ok(())
    }

    fn arguments(&mut self, args: Option<Node<'_>>, budget: &Budget) -> Result<Vec<Text>, Exhausted> {
        let Some(args) = args else { return Ok(Vec::new()) };
        let items: Vec<Node<'_>> = if args.is_sequence() {
            budget.charge(args.items().len(), ITEM * args.items().len())?;
            args.items().collect()
        } else {
            vec![args]
        };
        let mut arguments = Vec::new();
        for argument in items {
            let Some(text) = self.expand(argument) else { continue };
            budget.charge(0, text.raw().len())?;
            arguments.push(text);
        }
        Ok(arguments)
    }

    fn count_uses(&mut self, node: Node<'_>, depth: usize) {
        self.counted += 1;
        // An alias may refer to the list that it is in.
        if self.counted > MOST_NODES || depth > DEEPEST {
            return;
        }
        if node.is_mapping() {
            node.entries().into_iter().for_each(|entry| self.count_uses(entry.value, depth + 1));
        } else if node.is_sequence() {
            node.items().for_each(|item| self.count_uses(item, depth + 1));
        } else {
            let _ = self.expand(node);
        }
    }

    /// A scalar with its substitutions resolved.
    fn expand(&mut self, node: Node<'_>) -> Option<Text> {
        let fragment = node.fragment()?;
        Some(self.text(&fragment))
    }

    fn text(&mut self, fragment: &Fragment) -> Text {
        let text = fragment.text();
        if !text.contains('$') {
            return Text::of(fragment.clone());
        }
        let mut assembly = Assembly::new(fragment);
        let mut at = 0;
        while let Some(dollar) = text[at..].find('$').map(|offset| at + offset) {
            assembly.keep(at..dollar);
            if text[dollar..].starts_with("$$") {
                assembly.replace(dollar..dollar + 2, "$");
                at = dollar + 2;
                continue;
            }
            let Some(found) = substitution(&text[dollar..]) else {
                assembly.keep(dollar..dollar + 1);
                at = dollar + 1;
                continue;
            };
            let range = dollar..dollar + found.length;
            let has_default = found.operation.starts_with([':', '-']) && found.operation.contains('-');
            self.uses.push(SubstitutionUse {
                name: found.name.to_owned(),
                span: fragment.span(range.clone()),
                has_default,
                is_built_in: is_built_in(found.name),
            });
            let meaning = match self.meaning(found.name) {
                Meaning::Known(text, _) if text.raw().is_empty() && found.operation.is_empty() => Meaning::Unknown(
                    Why::Other(format!("`{}` is empty by default, to be set by a trigger", found.name).into()),
                ),
                meaning => meaning,
            };
            match apply(meaning, found.operation) {
                Outcome::Value(meaning) => assembly.put(range.clone(), found.name, &meaning),
                Outcome::Nothing => assembly.replace(range.clone(), ""),
                Outcome::Other(skip) => {
                    let from = dollar + found.operation_at + skip;
                    let inner = self.text(&fragment.slice(from..range.end - 1));
                    assembly.put(range.clone(), found.name, &Meaning::Known(inner, None));
                }
            }
            at = range.end;
        }
        assembly.keep(at..text.len());
        assembly.finish()
    }

    fn meaning(&self, name: &str) -> Meaning {
        if is_built_in(name) {
            return Meaning::Unknown(Why::Other(format!("`${name}` is set by Cloud Build when it runs").into()));
        }
        self.scope.get(name)
    }
}

fn is_built_in(name: &str) -> bool {
    fields::SUBSTITUTIONS.contains(name) || fields::TRIGGER_SUBSTITUTIONS.contains(name)
}

/// A substitution at the start of a text. Its name is the longest run of upper-case letters, digits and underscores;
/// `$lower` is a variable of the shell.
fn substitution(text: &str) -> Option<Expression<'_>> {
    let found = expression(text)?;
    if text.starts_with("${") {
        let is_name = found.name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        return (is_name && found.name != "_").then_some(found);
    }
    let end = found
        .name
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(found.name.len());
    let name = &found.name[..end];
    // `$Foo` is a shell variable that happens to begin with a capital.
    let is_cut = end < found.name.len();
    if name.is_empty() || name == "_" || (is_cut && !name.ends_with('_') && name.len() < 2) {
        return None;
    }
    Some(Expression { name, length: 1 + end, operation: "", operation_at: 1 + end })
}

/// The names of all variables that a script uses.
fn script_variables(script: &str) -> Vec<String> {
    script
        .match_indices('$')
        .filter_map(|(at, _)| expression(&script[at..]))
        .map(|found| found.name.to_owned())
        .collect()
}

/// Whether an image has no `ENTRYPOINT`: those of the Google Cloud CLI
/// (<https://github.com/GoogleCloudPlatform/cloud-sdk-docker>) and of distributions.
fn has_no_entrypoint(image: &Image) -> bool {
    let repository = image.repository();
    let is_cli = repository.ends_with("cloudsdktool/cloud-sdk")
        || repository.ends_with("cloudsdktool/google-cloud-cli")
        || repository.ends_with("google.com/cloudsdktool/google-cloud-cli/google-cloud-cli")
        || matches!(image.hub_name(), Some("google/cloud-sdk"));
    is_cli || matches!(image.hub_name(), Some("alpine" | "ubuntu" | "debian" | "bash"))
}

/// The program that a builder image starts if the step has no entrypoint.
fn program_of(image: &Image) -> Option<&'static str> {
    let repository = image.repository();
    let last = repository.rsplit('/').next().unwrap_or_default();
    match last {
        "docker" => Some("docker"),
        "gcloud" | "gsutil" | "kubectl" | "git" | "curl" | "wget" | "npm" | "yarn" | "mvn" | "gradle" | "go"
            if repository.contains("cloud-builders/") =>
        {
            ["gcloud", "gsutil", "kubectl", "git", "curl", "wget", "npm", "yarn", "mvn", "gradle", "go"]
                .into_iter()
                .find(|program| *program == last)
        }
        "executor" if repository.contains("kaniko") => Some("kaniko"),
        _ => None,
    }
}
