//! `gcloud` command lines, parsed as gcloud itself parses them, and the facts that follow from them.
//!
//! The rules are those of gcloud's argument parser (a subclass of Python's `argparse` without abbreviations) and of its
//! value types (`calliope/arg_parsers.py`), gcloud 578.0.0.

mod deploy;
mod firewall;
mod values;

pub(crate) use deploy::{grant, passwords, workload};
pub(crate) use firewall::firewall;

use crate::known::gcloud::{self, Flag, Table};
use crate::model::{Command, Home, Rejection, RejectionKind, Text};
use crate::source::{HOLE, Room};
use crate::span::Span;

/// A parsed command line.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// `run deploy`, `run jobs deploy`, `builds submit`, ...
    pub(crate) command: &'static str,
    /// The words of the command.
    pub(crate) span: Span,
    /// Arguments that are not flags.
    pub(crate) positionals: Vec<Text>,
    /// Flags in order.
    pub(crate) flags: Vec<Given>,
    /// Flags after each `--container NAME`.
    pub(crate) containers: Vec<(Text, Vec<Given>)>,
    /// Whether an expansion may add flags.
    pub(crate) is_open: bool,
    /// gcloud's first complaint, if it rejects the line.
    pub(crate) rejected: Option<Rejection>,
    /// Where another flag of the whole command would be inserted.
    pub(crate) more: Option<Room>,
    /// Whether an action of a workflow runs it.
    pub(crate) is_of_action: bool,
    /// Whether a document shows it.
    pub(crate) is_of_document: bool,
    /// Whether a build or a workflow runs it.
    pub(crate) is_of_pipeline: bool,
}

/// A flag as given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) name: &'static str,
    /// The flag with its value.
    pub(crate) span: Span,
    pub(crate) value: Argument,
}

/// The value of a flag.
#[derive(Debug, Clone)]
pub(crate) enum Argument {
    /// `--flag` or `--no-flag`.
    Switch(bool),
    /// `--flag=value` or `--flag value`.
    Text(Text),
}

/// Parses a command line that starts `gcloud`; `None` if its command is not in the table.
pub(crate) fn parse(command: &Command) -> Option<Invocation> {
    if command.program_name() != "gcloud" {
        return None;
    }
    let words = command.bare();
    let offset = command.words.len() - words.len();
    let table = Table::get();
    let mut at = 1;
    let mut path: Vec<&str> = Vec::new();
    let mut is_early = false;
    let mut first = None;
    let mut early_flags = Vec::new();
    let name = loop {
        let word = words.get(at)?;
        let raw = word.raw();
        if raw.starts_with('-') {
            early_flags.push(at);
            let takes_value = table.find("run deploy", raw.split('=').next()?).is_some_and(|flag| flag.takes_value);
            if takes_value && !raw.contains('=') {
                at += 1;
            }
        } else if path.is_empty() && (raw == "beta" || raw == "alpha") {
            is_early = true;
        } else {
            first = first.or(Some(at));
            path.push(word.known()?);
            if let Some(name) = table.command(&path) {
                break name;
            }
            if path.len() > 3 {
                return None;
            }
        }
        at += 1;
    };
    let first = first.unwrap_or(at);
    let head = words[0].span();
    let verb = words[at].span();
    // In a list of arguments, the name of the program may be written elsewhere.
    let begin = if head.source == verb.source && head.start < verb.start && !head.range().is_empty() {
        head
    } else {
        words[first].span()
    };
    let mut parser = Parser {
        words,
        splits: &command.splits[offset..],
        table,
        is_early,
        out: Invocation {
            command: name,
            span: begin.to(verb),
            positionals: Vec::new(),
            flags: Vec::new(),
            containers: Vec::new(),
            is_open: false,
            rejected: None,
            is_of_action: command.is_of_action,
            is_of_document: matches!(command.home, Home::Document(_)),
            is_of_pipeline: matches!(command.home, Home::Step(..) | Home::Workflow(..)),
            // Words after `--` are for another program.
            more: command.more.clone().filter(|_| !words.iter().any(|word| word.raw() == "--")),
        },
    };
    parser.flags(at + 1);
    for index in early_flags {
        parser.flag(index, true);
    }
    parser.check();
    Some(parser.out)
}

struct Parser<'a> {
    words: &'a [Text],
    splits: &'a [bool],
    table: &'static Table,
    is_early: bool,
    out: Invocation,
}

/// Whether a word without quotes may stand for several: the output of a command, or a variable whose name says so
/// (`$EXTRA_ARGS`). A name of one thing, such as `$SERVICE`, has one word in every script that works.
fn may_be_several(word: &Text) -> bool {
    const OF_SEVERAL: &[&str] = &[
        "arg", "args", "flag", "flags", "opt", "opts", "option", "options", "param", "params", "extra", "extras", "cmd",
    ];
    let mut names = word.variables().peekable();
    let says = |name: &str| {
        let lower = name.to_ascii_lowercase();
        lower.split('_').any(|part| OF_SEVERAL.contains(&part)) || matches!(lower.as_str(), "@" | "*")
    };
    names.peek().is_none() || names.any(says)
}

impl Parser<'_> {
    fn flags(&mut self, mut at: usize) {
        while at < self.words.len() {
            at = self.flag(at, false);
        }
    }

    /// Reads one word with its value, and returns the index of the next word.
    fn flag(&mut self, at: usize, is_global: bool) -> usize {
        let word = &self.words[at];
        let raw = word.raw();
        let splits = self.splits.get(at).copied().unwrap_or(false);
        if raw.starts_with(HOLE) && (splits && may_be_several(word) || !self.out.positionals.is_empty()) {
            self.out.is_open = true;
            return at + 1;
        }
        if !raw.starts_with('-') || raw == "-" || raw.contains(' ') && !raw.starts_with("--") {
            return self.positional(at);
        }
        if raw == "--" {
            return self.words.len();
        }
        let (name, inline) = match raw.find('=') {
            Some(equals) if raw.starts_with("--") => (&raw[..equals], Some(word.slice(equals + 1..raw.len()))),
            _ => (raw, None),
        };
        if name.contains(HOLE) {
            self.out.is_open = true;
            return at + 1;
        }
        if name == "--container" {
            let Some(value) = inline.or_else(|| self.words.get(at + 1).cloned()) else { return at + 1 };
            self.out.containers.push((value, Vec::new()));
            return if raw.contains('=') { at + 1 } else { at + 2 };
        }
        let (flag, negated) = match self.table.find(self.out.command, name) {
            Some(flag) => (flag, false),
            None => match name
                .strip_prefix("--no-")
                .and_then(|bare| self.table.find(self.out.command, &format!("--{bare}")))
            {
                Some(flag) if flag.is_negatable => (flag, true),
                _ => {
                    self.unknown(word, name);
                    return at + 1;
                }
            },
        };
        if !self.out.containers.is_empty()
            && !gcloud::CONTAINER_FLAGS.contains(flag.name)
            && !self.is_early
            && !is_global
        {
            self.reject(word.span(), format!("`{}` is not allowed behind `--container`", flag.name));
        }
        if !flag.takes_value {
            if let Some(value) = &inline {
                self.reject(word.span(), format!("`{name}` takes no value, but has `{}`", value.shown()));
                return at + 1;
            }
            self.give(flag, word.span(), Argument::Switch(!negated));
            return at + 1;
        }
        if let Some(value) = inline {
            self.give(flag, word.span(), Argument::Text(value));
            return at + 1;
        }
        match self.words.get(at + 1) {
            Some(value) if !is_option(value.raw()) => {
                self.give(flag, word.span().to(value.span()), Argument::Text(value.clone()));
                at + 2
            }
            _ if flag.is_value_optional => at + 1,
            _ => {
                self.reject(word.span(), format!("`{name}` expects a value"));
                at + 1
            }
        }
    }

    fn positional(&mut self, at: usize) -> usize {
        let word = &self.words[at];
        if word.raw().is_empty() {
            return at + 1;
        }
        let most = if self.out.command.contains("add-iam-policy-binding") {
            1
        } else {
            usize::from(self.out.command != "run compose up")
        };
        // What is unknown may be a flag.
        let is_certain = word.known().is_some() && self.out.positionals.iter().all(|other| other.known().is_some());
        if self.out.positionals.len() >= most && !self.out.is_open && is_certain {
            self.reject(word.span(), format!("`{}` is one argument too many", word.shown()));
        }
        self.out.positionals.push(word.clone());
        at + 1
    }

    fn unknown(&mut self, word: &Text, name: &str) {
        if self.is_early {
            // The table has only the flags of released commands.
            return;
        }
        let meant = self.table.nearest(self.out.command, name);
        let hint = meant.map(|meant| format!(", did you mean `{meant}`?")).unwrap_or_default();
        let kind = RejectionKind::Flag { name: word.slice(0..name.len()).span(), meant };
        self.reject_as(word.span(), format!("there is no flag `{name}`{hint}"), kind);
    }

    fn give(&mut self, flag: &'static Flag, span: Span, value: Argument) {
        if let Argument::Text(text) = &value
            && let Err(complaint) = values::check(flag, text)
        {
            let kind = values::separated(flag, text).map_or(RejectionKind::Other, RejectionKind::Separator);
            self.reject_as(text.span(), complaint, kind);
        }
        let given = Given { name: flag.name, span, value };
        match self.out.containers.last_mut() {
            Some((_, flags)) if gcloud::CONTAINER_FLAGS.contains(flag.name) => flags.push(given),
            _ => self.out.flags.push(given),
        }
    }

    fn reject(&mut self, span: Span, complaint: String) {
        self.reject_as(span, complaint, RejectionKind::Other);
    }

    fn reject_as(&mut self, span: Span, complaint: String, kind: RejectionKind) {
        let command = format!("gcloud {}", self.out.command);
        self.out.rejected.get_or_insert(Rejection { span, command, complaint, kind });
    }

    fn check(&mut self) {
        let sets: Vec<Vec<Given>> = std::iter::once(self.out.flags.clone())
            .chain(self.out.containers.iter().map(|(_, flags)| flags.clone()))
            .collect();
        for set in &sets {
            for group in gcloud::EXCLUSIVE {
                let given = |names: &[&str]| set.iter().find(|given| names.contains(&given.name));
                let members: Vec<_> = group.iter().filter_map(|names| given(names)).collect();
                if let [first, second, ..] = &members[..] {
                    let message = format!("`{}` and `{}` exclude each other", first.name, second.name);
                    self.reject(second.span, message);
                }
            }
        }
        if !self.out.containers.is_empty() && self.out.flags.iter().any(|given| given.name == "--image") {
            self.reject(self.out.span, "`--image` must stand behind `--container`".to_owned());
        }
    }
}

/// Whether argparse treats a word as a flag: it starts with a dash, is not a negative number and has no blank.
fn is_option(raw: &str) -> bool {
    raw.len() > 1 && raw.starts_with('-') && !raw.contains(' ') && raw[1..].parse::<f64>().is_err()
}

impl Invocation {
    /// gcloud's complaint, or the place of an expansion that may bring words it complains of.
    pub(crate) fn rejection(&self) -> Option<Rejection> {
        let command = format!("gcloud {}", self.command);
        let open = || Rejection { span: self.span, command, complaint: String::new(), kind: RejectionKind::Open };
        self.rejected.clone().or_else(|| self.is_open.then(open))
    }

    /// The last value of a flag.
    pub(crate) fn text(&self, name: &str) -> Option<(&Text, Span)> {
        self.flags.iter().rev().find(|given| given.name == name).and_then(|given| match &given.value {
            Argument::Text(text) => Some((text, given.span)),
            Argument::Switch(_) => None,
        })
    }

    #[cfg(test)]
    fn entries(&self, name: &str) -> Vec<(Text, Option<Text>)> {
        values::entries(&self.flags, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Home, Invocation as Done};
    use crate::span::SourceId;

    fn command(words: &[String]) -> Command {
        let mut at = 0;
        let mut texts = Vec::new();
        for word in std::iter::once("gcloud").chain(words.iter().map(String::as_str)) {
            texts.push(Text::standing_for(word, Span::new(SourceId(0), at, at + word.len() as u32)));
            at += word.len() as u32 + 1;
        }
        Command {
            splits: vec![false; texts.len()],
            span: texts[0].span(),
            words: texts,
            home: Home::Script(SourceId(0)),
            pipeline: (0, 0),
            number: 0,
            inside: None,
            is_conditional: false,
            is_forgiven: false,
            is_of_action: false,
            invocation: Done::default(),
            more: None,
        }
    }

    /// The words of a Python list literal.
    fn python_list(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = text.trim().trim_start_matches('[').trim_end_matches(']');
        while let Some(start) = rest.find('\'') {
            let end = start + 1 + rest[start + 1..].find('\'').expect("a closed quote");
            words.push(rest[start + 1..end].replace("\\\\", "\\"));
            rest = &rest[end + 1..];
        }
        words
    }

    /// `cases.tsv` has the results of gcloud's own parser (578.0.0) for 52 command lines: an argument list, and
    /// `REJECTED`, `ERR` or the values of the destinations.
    #[test]
    fn command_lines_are_parsed_as_gcloud_parses_them() {
        let mut cases = 0;
        for line in include_str!("cases.tsv").lines().filter(|line| !line.starts_with('#')) {
            let (words, expected) = line.split_once('\t').expect("two columns");
            let parsed = parse(&command(&python_list(words))).unwrap_or_else(|| panic!("not a command: {words}"));
            let is_rejected = expected.starts_with("REJECTED") || expected.starts_with("ERR ");
            assert_eq!(parsed.rejected.is_some(), is_rejected, "{words}: {:?}", parsed.rejected);
            if !is_rejected {
                assert_eq!(shown(&parsed, expected), expected, "{words}");
            }
            cases += 1;
        }
        assert_eq!(cases, 52);
    }

    /// The flags of a command line in the format of the expectation: only the flags that it names, in its order.
    fn shown(parsed: &Invocation, expected: &str) -> String {
        if expected.starts_with("{'containers'") {
            let containers: Vec<_> = parsed
                .containers
                .iter()
                .map(|(name, flags)| {
                    let text = |flag: &str| {
                        flags.iter().find(|given| given.name == flag).map_or("None".to_owned(), |given| {
                            match &given.value {
                                Argument::Text(text) => format!("'{}'", text.raw()),
                                Argument::Switch(on) => on.to_string(),
                            }
                        })
                    };
                    let env = values::entries(flags, "--set-env-vars");
                    let env = if env.is_empty() { "None".to_owned() } else { ordered(&env) };
                    format!(
                        "'{}': {{'image': {}, 'set_env_vars': {env}, 'port': {}, 'memory': {}}}",
                        name.raw(),
                        text("--image"),
                        text("--port"),
                        text("--memory")
                    )
                })
                .collect();
            return format!("{{'containers': {{{}}}}}", containers.join(", "));
        }
        let mut names = Vec::new();
        let mut rest = expected.trim_start_matches('{');
        let mut depth = 0;
        // Keys at the outer level: a quoted word followed by a colon.
        while let Some(c) = rest.chars().next() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '\'' if depth == 0 => {
                    let end = 1 + rest[1..].find('\'').expect("a closed quote");
                    if rest[end + 1..].starts_with(':') {
                        names.push(rest[1..end].to_owned());
                    }
                    rest = &rest[end..];
                }
                _ => {}
            }
            rest = &rest[c.len_utf8()..];
        }
        let entries: Vec<_> = names
            .iter()
            .map(|name| {
                let flag = format!("--{}", name.replace('_', "-"));
                let kind = Table::get().find(parsed.command, &flag).map_or("", |flag| flag.kind);
                let value = match parsed.flags.iter().rev().find(|given| given.name == flag).map(|given| &given.value) {
                    None => "None".to_owned(),
                    Some(Argument::Switch(on)) => {
                        if *on {
                            "True".to_owned()
                        } else {
                            "False".to_owned()
                        }
                    }
                    Some(Argument::Text(_)) if kind.contains("dict") || kind.contains("Dict") => {
                        ordered(&parsed.entries(&flag))
                    }
                    Some(Argument::Text(text)) if kind == "list" => {
                        let items: Vec<_> =
                            values::split(text).iter().map(|item| format!("'{}'", item.raw())).collect();
                        format!("[{}]", items.join(", "))
                    }
                    Some(Argument::Text(_)) if expected.contains("<parsed>") && flag.ends_with("-instances") => {
                        "<parsed>".to_owned()
                    }
                    Some(Argument::Text(text)) if expected.contains(&format!("'{name}': '")) => {
                        format!("'{}'", text.raw())
                    }
                    Some(Argument::Text(text)) => {
                        crate::model::format_number(crate::model::seconds(text.raw()).expect("a number"))
                    }
                };
                format!("'{name}': {value}")
            })
            .collect();
        format!("{{{}}}", entries.join(", "))
    }

    fn ordered(entries: &[(Text, Option<Text>)]) -> String {
        let pairs: Vec<_> = entries
            .iter()
            .map(|(key, value)| format!("('{}', '{}')", key.raw(), value.as_ref().map_or("", |value| value.raw())))
            .collect();
        if pairs.is_empty() { "OrderedDict()".to_owned() } else { format!("OrderedDict([{}])", pairs.join(", ")) }
    }
}
