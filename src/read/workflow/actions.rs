//! What actions do, as the command that each runs in the end.
//!
//! - `google-github-actions/deploy-cloudrun`:
//!   <https://github.com/google-github-actions/deploy-cloudrun/blob/main/src/main.ts>
//! - `google-github-actions/deploy-cloud-functions`, which calls the API that `gcloud functions deploy` calls:
//!   <https://github.com/google-github-actions/deploy-cloud-functions/blob/main/action.yml>
//! - how they take lists and flags apart:
//!   <https://github.com/google-github-actions/actions-utils/blob/main/src/kv.ts> and `flags.ts`
//! - `docker/build-push-action`: <https://github.com/docker/build-push-action/blob/master/src/context.ts>

use crate::model::{JobStep, Text};
use crate::read::variables::Assembly;
use crate::source::Room;
use crate::span::Span;
use std::ops::Range;

/// The words of a command that an action runs, and where another flag would be inserted.
pub(super) struct Line {
    pub(super) words: Vec<Text>,
    pub(super) span: Span,
    pub(super) more: Option<Room>,
}

/// The command of a step; `None` if it is not known what its action does.
pub(super) fn line(step: &JobStep) -> Option<Line> {
    match step.action.as_ref()?.name.as_str() {
        "google-github-actions/deploy-cloudrun" => deploy(step),
        "google-github-actions/deploy-cloud-functions" => deploy_function(step),
        // Version 1 had other inputs.
        "docker/build-push-action" if step.input("repository").is_none() => build(step),
        _ => None,
    }
}

struct Words<'a> {
    step: &'a JobStep,
    /// Where the action is named, for words that it adds itself.
    at: Span,
    words: Vec<Text>,
}

impl<'a> Words<'a> {
    fn of(step: &'a JobStep, start: &[&str]) -> Option<Self> {
        let at = step.action.as_ref()?.text.span();
        Some(Self { step, at, words: start.iter().map(|word| Text::standing_for(word, at)).collect() })
    }

    /// Adds a flag whose value is that of an input.
    fn flag(&mut self, flag: &str, input: &str) {
        if let Some(input) = self.step.given(input) {
            self.words.push(Text::standing_for(flag, input.key));
            self.words.push(input.value.trim());
        }
    }

    /// Adds a flag whose value is a list of pairs.
    fn pairs(&mut self, flag: &str, input: &str) {
        if let Some(input) = self.step.given(input)
            && let Some(list) = list_of_pairs(&input.value)
        {
            self.words.push(Text::standing_for(flag, input.key));
            self.words.push(list);
        }
    }

    fn is_true(&self, input: &str) -> bool {
        self.step.given(input).is_some_and(|input| input.value.raw().trim().eq_ignore_ascii_case("true"))
    }
}

fn deploy(step: &JobStep) -> Option<Line> {
    let job = step.input("job");
    let mut line = match (step.input("metadata"), job) {
        (Some(file), _) => {
            let mut line = Words::of(step, &["gcloud", "run", "services", "replace"])?;
            line.words.push(file.trim());
            line
        }
        (None, Some(job)) => {
            let mut line = Words::of(step, &["gcloud", "run", "jobs", "deploy"])?;
            line.words.push(job.trim());
            line
        }
        (None, None) => {
            let mut line = Words::of(step, &["gcloud", "run", "deploy"])?;
            line.words.push(step.input("service")?.trim());
            line
        }
    };
    if step.input("metadata").is_none() {
        line.flag("--image", "image");
        line.flag("--source", "source");
        let overwrites = |input: &str| step.input(input).is_some_and(|strategy| strategy.raw() == "overwrite");
        let env = if overwrites("env_vars_update_strategy") { "--set-env-vars" } else { "--update-env-vars" };
        let is_set = overwrites("secrets_update_strategy") || job.is_some();
        line.pairs(env, "env_vars");
        line.pairs(if is_set { "--set-secrets" } else { "--update-secrets" }, "secrets");
        if job.is_none() {
            line.flag("--tag", "tag");
            line.flag("--revision-suffix", "suffix");
            line.flag("--timeout", "timeout");
            if line.is_true("no_traffic") {
                let at = step.given("no_traffic").map_or(line.at, |input| input.key);
                line.words.push(Text::standing_for("--no-traffic", at));
            }
        }
    }
    line.flag("--region", "region");
    line.flag("--project", "project_id");
    let mut more = None;
    if let Some(input) = step.given("flags") {
        line.words.extend(flags(&input.value));
        let before = " ".to_owned();
        let at = input.value.span().tail();
        more = Some(Room { at, line: before.clone(), before, after: String::new() });
    }
    Some(Line { span: line.at, words: line.words, more })
}

/// The command that does the same. Of inputs with several names, each belongs to some versions of the action. Inputs whose
/// values gcloud spells otherwise are left out.
fn deploy_function(step: &JobStep) -> Option<Line> {
    let mut line = Words::of(step, &["gcloud", "functions", "deploy"])?;
    line.words.push(step.input("name")?.trim());
    for (flag, inputs) in [
        ("--runtime", &["runtime"][..]),
        ("--entry-point", &["entry_point"]),
        ("--source", &["source_dir"]),
        ("--service-account", &["service_account", "service_account_email"]),
        ("--max-instances", &["max_instance_count", "max_instances"]),
        ("--min-instances", &["min_instance_count", "min_instances"]),
        ("--concurrency", &["max_instance_request_concurrency"]),
        ("--region", &["region"]),
        ("--project", &["project_id"]),
    ] {
        if let Some(input) = inputs.iter().find(|input| step.given(input).is_some()) {
            line.flag(flag, input);
        }
    }
    for input in ["environment_variables", "env_vars"] {
        line.pairs("--set-env-vars", input);
    }
    Some(Line { span: line.at, words: line.words, more: None })
}

fn build(step: &JobStep) -> Option<Line> {
    let mut line = Words::of(step, &["docker", "buildx", "build"])?;
    line.flag("--file", "file");
    line.flag("--target", "target");
    line.flag("--platform", "platforms");
    for (flag, name, is_split) in [("--tag", "tags", true), ("--build-arg", "build-args", false)] {
        let Some(input) = step.given(name) else { continue };
        for item in items(&input.value, is_split) {
            line.words.push(Text::standing_for(flag, input.key));
            line.words.push(item);
        }
    }
    // Without a context, BuildKit takes the commit from GitHub: the root of the checkout, and nothing that a step added.
    let context = match step.given("context") {
        Some(input) => match input.value.trim().strip_prefix("{{defaultContext}}") {
            Some(rest) if rest.raw().starts_with(':') => rest.slice(1..rest.raw().len()),
            Some(rest) => Text::standing_for(".", rest.span()),
            None => input.value.trim(),
        },
        None => Text::standing_for(".", line.at),
    };
    line.words.push(context);
    Some(Line { span: line.at, words: line.words, more: None })
}

/// The items of a list, one or several on a line, without comments.
pub(super) fn items(list: &Text, is_split: bool) -> Vec<Text> {
    let mut items = Vec::new();
    for range in pieces(list.raw(), |c| c == '\n' || (is_split && c == ',')) {
        let item = list.slice(range).trim();
        if !item.raw().is_empty() && !item.raw().starts_with('#') {
            items.push(item);
        }
    }
    items
}

fn pieces(text: &str, is_end: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| is_end(*c)) {
        pieces.push(start..at);
        start = at + c.len_utf8();
    }
    pieces.push(start..text.len());
    pieces
}

/// The list of pairs for gcloud: separated by a character that the pairs don't contain. `None` if there are no pairs.
fn list_of_pairs(value: &Text) -> Option<Text> {
    const SEPARATORS: &[&str] = &["|", "@", "%", "+", "~", "@@@@"];
    let raw = value.raw();
    if raw.trim() == "{}" {
        return None;
    }
    let separator = SEPARATORS.iter().find(|separator| !raw.contains(**separator))?;
    let mut pairs: Vec<Vec<Range<usize>>> = Vec::new();
    let mut start = 0;
    let mut pair = Vec::new();
    let mut characters = raw.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            // A backslash keeps the meaning from the next character.
            '\\' => {
                pair.push(start..at);
                start = at + 1;
                characters.next();
            }
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | ',' => {
                pair.push(start..at);
                pairs.push(std::mem::take(&mut pair));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pair.push(start..raw.len());
    pairs.push(pair);
    let mut assembly = Assembly::new(value.fragment());
    let mut at = 0;
    let mut is_first = true;
    for mut pair in pairs {
        let is_blank = pair.iter().all(|piece| raw[piece.clone()].trim().is_empty());
        if is_blank {
            continue;
        }
        let trimmed = |range: &Range<usize>| raw[range.clone()].len() - raw[range.clone()].trim_start().len();
        if let Some(first) = pair.first_mut() {
            first.start += trimmed(first);
        }
        if let Some(last) = pair.last_mut() {
            last.end = last.start + raw[last.clone()].trim_end().len();
        }
        let begin = pair.first().map_or(at, |piece| piece.start);
        let between = if is_first { format!("^{separator}^") } else { (*separator).to_owned() };
        assembly.replace(at..begin.max(at), &between);
        is_first = false;
        let has_value = pair.iter().any(|piece| raw[piece.clone()].contains('='));
        for piece in pair {
            at = piece.end;
            assembly.keep(piece);
        }
        // The action gives a name without a value an empty one.
        if !has_value {
            assembly.replace(at..at, "=");
        }
    }
    if is_first {
        return None;
    }
    let fragment = assembly.finish().fragment().clone();
    Some(Text::new(fragment, value.reasons().to_vec(), value.trail().to_vec()))
}

/// The words of a list of flags, as the action splits them: at blanks and at the first `=` of a flag, quotes around a word
/// removed.
pub(super) fn flags(value: &Text) -> Vec<Text> {
    let raw = value.raw();
    let mut words = Vec::new();
    let mut start = None;
    let mut quote: Option<char> = None;
    let mut is_value = false;
    let mut is_escaped = false;
    for (at, c) in raw.char_indices() {
        if let Some(open) = quote {
            if c == open && !is_escaped {
                quote = None;
            }
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '\'' | '"' => {
                quote = Some(c);
                start.get_or_insert(at);
            }
            ' ' | '\n' | '\r' => {
                is_value = false;
                words.extend(start.take().map(|start| start..at));
            }
            '=' if !is_value && start.is_some_and(|start| raw[start..].starts_with('-')) => {
                is_value = true;
                words.extend(start.take().map(|start| start..at));
            }
            _ => {
                start.get_or_insert(at);
            }
        }
    }
    words.extend(start.map(|start| start..raw.len()));
    words.into_iter().map(|range| value.slice(unquoted(raw, range))).collect()
}

fn unquoted(raw: &str, mut range: Range<usize>) -> Range<usize> {
    loop {
        let text = &raw[range.clone()];
        let is_quoted = |quote| text.len() >= 2 && text.starts_with(quote) && text.ends_with(quote);
        if !is_quoted('"') && !is_quoted('\'') {
            return range;
        }
        range = range.start + 1..range.end - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Fragment, Source};
    use crate::span::SourceId;

    fn text(raw: &str) -> Text {
        Text::of(Fragment::whole(SourceId(0), &Source::new("a.yml", raw)))
    }

    fn shown(words: &[Text]) -> Vec<&str> {
        words.iter().map(Text::raw).collect()
    }

    /// The cases of the action's own tests, in our own words.
    #[test]
    fn flags_are_split_as_the_action_splits_them() {
        for (raw, words) in [
            ("--memory=1Gi --cpu 2", &["--memory", "1Gi", "--cpu", "2"][..]),
            ("--a=b=c", &["--a", "b=c"]),
            ("--labels \"a=b c\"\n--quiet", &["--labels", "a=b c", "--quiet"]),
            ("--env='x y'", &["--env", "x y"]),
            ("name=value --b", &["name=value", "--b"]),
            ("--a \\\n--b", &["--a", "\\", "--b"]),
            ("--open 'x", &["--open", "'x"]),
            ("", &[]),
        ] {
            assert_eq!(shown(&flags(&text(raw))), words, "{raw}");
        }
    }

    #[test]
    fn pairs_become_a_list_for_gcloud() {
        for (raw, list) in [
            ("A=1,B=2", Some("^|^A=1|B=2")),
            ("A=1\n\n  B=x y \n", Some("^|^A=1|B=x y")),
            ("A=a\\,b", Some("^|^A=a,b")),
            ("A=a,b\nC=d", Some("^|^A=a|b=|C=d")),
            ("A=a|b\nC=d", Some("^@^A=a|b@C=d")),
            ("{}", None),
            (" \n", None),
        ] {
            assert_eq!(list_of_pairs(&text(raw)).as_ref().map(Text::raw), list, "{raw}");
        }
    }
}
