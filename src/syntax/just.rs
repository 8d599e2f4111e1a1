//! Justfiles as a list of assignments, settings and recipes, in the order of the text.
//!
//! One pass over lines, in linear time. The parser never rejects a file: a line that it does not know is left out.
//!
//! Syntax: <https://github.com/casey/just/blob/master/GRAMMAR.md>.

use crate::source::Fragment;
use crate::span::Span;
use std::ops::Range;

/// One statement.
#[derive(Debug)]
pub enum Item {
    /// `name := expression`.
    Assign(Assignment),
    /// `set name` or `set name := expression`.
    Set(String, Option<Fragment>),
    /// Reads another file, which may set any variable.
    Import,
    /// A recipe.
    Recipe(Recipe),
}

/// `name := expression`.
#[derive(Debug)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its bytes.
    pub name_span: Span,
    /// The expression.
    pub value: Fragment,
    /// Whether recipes get it as an environment variable.
    pub is_exported: bool,
}

/// A recipe.
#[derive(Debug)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// The bytes of the name.
    pub name_span: Span,
    /// The attributes above it: `private`, `script("python")`.
    pub attributes: Vec<String>,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// Whether other recipes run before it.
    pub has_dependencies: bool,
    /// The lines of its body, without their indentation; what a backslash continues is one line.
    pub lines: Vec<Fragment>,
    /// The whole body, for a recipe that is one script.
    pub body: Option<Fragment>,
}

/// Reads a justfile.
pub fn parse(fragment: &Fragment) -> Vec<Item> {
    let text = fragment.text();
    let lines = lines(text);
    let mut items = Vec::new();
    let mut attributes = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = &text[lines[at].clone()];
        let start = lines[at].start;
        at += 1;
        if line.trim().is_empty() || line.starts_with(['#', ' ', '\t']) {
            continue;
        }
        if let Some(written) = line.strip_prefix('[') {
            let written = written.rsplit_once(']').map_or(written, |(inner, _)| inner);
            attributes.extend(written.split(',').map(|attribute| attribute.trim().to_owned()));
            continue;
        }
        let first = line.split_whitespace().next().unwrap_or_default();
        let colon = line.find(":=");
        match (first, colon) {
            ("import" | "import?" | "mod" | "mod?", None) => items.push(Item::Import),
            ("set", _) => {
                let rest = &line["set".len()..];
                let (name, value) = rest.split_once(":=").unwrap_or((rest, ""));
                let from = start + line.len() - value.trim_start().len();
                let value = value.trim();
                let value = (!value.is_empty()).then(|| fragment.slice(from..from + value.len()));
                items.push(Item::Set(name.trim().to_owned(), value));
            }
            ("alias" | "unexport", _) => {}
            (_, Some(colon)) if is_assignment(&line[..colon]) => {
                let name = line[..colon].trim_end();
                let bare = name.strip_prefix("export ").unwrap_or(name).trim_start();
                let from = start + name.len() - bare.len();
                let (value, next) = expression(text, &lines, start + colon + 2, at);
                at = next;
                items.push(Item::Assign(Assignment {
                    name: bare.to_owned(),
                    name_span: fragment.span(from..from + bare.len()),
                    value: fragment.slice(value),
                    is_exported: bare.len() < name.len(),
                }));
            }
            _ => {
                let end = lines[at..]
                    .iter()
                    .position(|line| !is_of_body(&text[line.clone()]))
                    .map_or(lines.len(), |n| at + n);
                let body = &lines[at..end];
                at = end;
                if let Some(recipe) = recipe(fragment, start, line, body, std::mem::take(&mut attributes)) {
                    items.push(Item::Recipe(recipe));
                }
            }
        }
        attributes.clear();
    }
    items
}

/// The bytes of each line, without its line break.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let ranges = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    });
    ranges.collect()
}

/// Whether a line may belong to the body of the recipe above it.
fn is_of_body(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.trim().is_empty()
}

/// Whether what stands before `:=` is the name of a variable, and not a recipe whose parameter has a default.
fn is_assignment(left: &str) -> bool {
    let name = left.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// The expression from an offset on, which goes on over lines in brackets and in strings of several lines, and the index
/// of the line after it.
fn expression(text: &str, lines: &[Range<usize>], from: usize, next: usize) -> (Range<usize>, usize) {
    let from = from + text[from..].len() - text[from..].trim_start_matches([' ', '\t']).len();
    let mut quote: Option<&str> = None;
    let (mut at, mut depth, mut line) = (from, 0usize, next);
    let mut end = text.len();
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next().unwrap_or(' ');
        if let Some(mark) = quote {
            if c == '\\' && mark.starts_with('"') {
                at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                continue;
            }
            if rest.starts_with(mark) {
                (quote, at) = (None, at + mark.len());
                continue;
            }
        } else if let Some(mark) =
            ["'''", "\"\"\"", "```", "'", "\"", "`"].into_iter().find(|mark| rest.starts_with(mark))
        {
            (quote, at) = (Some(mark), at + mark.len());
            continue;
        } else {
            match c {
                '(' | '{' => depth += 1,
                ')' | '}' => depth = depth.saturating_sub(1),
                '\n' if depth == 0 => {
                    end = at;
                    break;
                }
                '#' if depth == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        at += c.len_utf8();
    }
    while line < lines.len() && lines[line].start <= end {
        line += 1;
    }
    (from..from + text[from..end].trim_end().len(), line)
}

fn recipe(
    fragment: &Fragment,
    start: usize,
    header: &str,
    body: &[Range<usize>],
    attributes: Vec<String>,
) -> Option<Recipe> {
    let text = fragment.text();
    let bare = header.trim_start_matches('@');
    let length = bare.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(bare.len());
    let from = start + header.len() - bare.len();
    let colon = colon(&bare[length..])? + length;
    let name = &bare[..length];
    if name.is_empty() {
        return None;
    }
    let body = &body[..body.iter().rposition(|line| !text[line.clone()].trim().is_empty()).map_or(0, |last| last + 1)];
    let indent = body.iter().map(|line| &text[line.clone()]).find(|line| !line.trim().is_empty());
    let indent = indent.map_or(0, |line| line.len() - line.trim_start().len());
    let kept = |line: &Range<usize>| {
        let content = &text[line.clone()];
        let own = content.len() - content.trim_start().len();
        line.start + own.min(indent)..line.end
    };
    let joined = |lines: &[Range<usize>]| {
        let mut builder = fragment.builder();
        for (index, line) in lines.iter().enumerate() {
            builder.keep(kept(line));
            if index + 1 < lines.len() {
                builder.replace(line.end..lines[index + 1].start, "\n");
            }
        }
        builder.finish()
    };
    let is_script = body.first().is_some_and(|line| text[kept(line)].starts_with("#!"));
    let is_script = is_script || attributes.iter().any(|attribute| attribute.starts_with("script"));
    let mut lines = Vec::new();
    let mut first = 0;
    for (index, line) in body.iter().enumerate() {
        if !text[line.clone()].ends_with('\\') || index + 1 == body.len() {
            lines.push(joined(&body[first..=index]));
            first = index + 1;
        }
    }
    Some(Recipe {
        name: name.to_owned(),
        name_span: fragment.span(from..from + length),
        attributes,
        parameters: parameters(&bare[length..colon]),
        has_dependencies: !bare[colon + 1..].split('#').next().unwrap_or_default().trim().is_empty(),
        lines: if is_script { Vec::new() } else { lines },
        body: is_script.then(|| joined(body)),
    })
}

/// The colon that ends the parameters of a recipe, which may have texts as defaults.
fn colon(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, ':') => return Some(at),
            _ => {}
        }
        None
    })
}

/// The names of parameters: `env='dev' +flags $region`.
fn parameters(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut quote = None;
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, c) if c.is_whitespace() => {
                let name = word.split('=').next().unwrap_or_default().trim_start_matches(['+', '*', '$']);
                names.extend((!name.is_empty()).then(|| name.to_owned()));
                word.clear();
            }
            (None, c) => word.push(c),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn shown(text: &str) -> Vec<String> {
        let items = parse(&Fragment::whole(SourceId(0), &Source::new("justfile", text)));
        let line = |item: Item| match item {
            Item::Assign(assignment) => {
                let export = if assignment.is_exported { "export " } else { "" };
                format!("{export}{} := {}", assignment.name, assignment.value.text())
            }
            Item::Set(name, value) => {
                format!("set {name} {}", value.map_or(String::new(), |value| value.text().to_owned()))
            }
            Item::Import => "import".to_owned(),
            Item::Recipe(recipe) => {
                let lines = recipe
                    .lines
                    .iter()
                    .chain(&recipe.body)
                    .map(|line| format!(" / {}", line.text().replace('\n', "⏎")));
                let lines: String = lines.collect();
                let after = if recipe.has_dependencies { " +" } else { "" };
                format!(
                    "[{}]{}({}){after}{lines}",
                    recipe.attributes.join(","),
                    recipe.name,
                    recipe.parameters.join(" ")
                )
            }
        };
        items.into_iter().map(line).collect()
    }

    #[test]
    fn variables_settings_and_imports() {
        assert_eq!(
            shown(
                "a := 'b' # c\nexport R := \"eu\"\nset dotenv-load\nset shell := ['bash', '-c']\nimport 'x.just'\nalias d := deploy\nm := if a == 'b' {\n  'c'\n} else { 'd' }\n"
            ),
            [
                "a := 'b'",
                "export R := \"eu\"",
                "set dotenv-load ",
                "set shell ['bash', '-c']",
                "import",
                "m := if a == 'b' {\n  'c'\n} else { 'd' }"
            ]
        );
    }

    #[test]
    fn recipes_have_parameters_and_lines() {
        assert_eq!(
            shown(
                "# c\n[private]\n@deploy env='a:b' +flags: build (push 'x')\n    @gcloud run \\\n      deploy\n\n    -b\nnext:\n\tc\n"
            ),
            ["[private]deploy(env flags) + / @gcloud run \\⏎  deploy /  / -b", "[]next() / c"]
        );
        assert_eq!(
            shown("a:\n    #!/usr/bin/env bash\n    if b; then\n      c\n    fi\n"),
            ["[]a() / #!/usr/bin/env bash⏎if b; then⏎  c⏎fi"]
        );
    }

    #[test]
    fn bytes_are_exact() {
        let text = "deploy:\n    gcloud run deploy web \\\n        --region {{region}}\n";
        let items = parse(&Fragment::whole(SourceId(0), &Source::new("justfile", text)));
        let Item::Recipe(recipe) = &items[0] else { panic!("a recipe") };
        let line = &recipe.lines[0];
        let at = line.text().find("--region").expect("the flag");
        assert_eq!(&text[line.span(at..at + 19).range()], "--region {{region}}");
    }
}
