//! Parses the text of a configuration file into a layer.

use super::layer::{At, FailOn, Layer, Level, Locks, Override, Pattern, RuleSetting, Said};
use super::problem::{Problem, Trouble};
use crate::catalogue::{Profile, Rule};
use crate::finding::RuleId;
use crate::model::Environment;
use crate::rules;
use crate::spelling::nearest;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys of the file.
pub(super) const KEYS: [&str; 10] = [
    "root",
    "extend",
    "profile",
    "fail-on",
    "baseline",
    "exclude",
    "environments",
    "rules",
    "overrides",
    "suppressions",
];
/// Keys of an entry of `overrides`.
pub(super) const OVERRIDE_KEYS: [&str; 3] = ["paths", "profile", "rules"];
/// Keys of `suppressions`.
pub(super) const SUPPRESSION_KEYS: [&str; 3] = ["unignorable", "require-reason", "max-expiry-days"];
/// The key of a rule's level beside its options.
pub(super) const SEVERITY: &str = "severity";

/// The most patterns of a file: every path of the checkout is compared with all of them.
const MOST_PATTERNS: usize = 2_000;

/// Reads a file. Invalid settings are reported and left out; the rest is kept.
pub(super) fn read(file: &str, text: &str) -> (Layer, Vec<Problem>) {
    let mut reader = Reader {
        file: file.into(),
        mark: text.len() - text.trim_start_matches('\u{feff}').len(),
        line_ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect(),
        patterns: 0,
        problems: Vec::new(),
    };
    let mut layer = Layer { file: file.into(), text: text.into(), ..Layer::default() };
    // Some editors write a byte order mark, which the TOML parser does not accept.
    let (table, errors) = DeTable::parse_recoverable(text.strip_prefix('\u{feff}').unwrap_or(text));
    for error in errors {
        reader.tell(error.span().unwrap_or_default(), Trouble::Syntax(error.message().to_owned()));
    }
    reader.file(table.get_ref(), &mut layer);
    reader.problems.sort_by_key(|problem| problem.at.range.start);
    // The parser inserts placeholder values after a syntax error; problems with those are not the user's.
    let is_syntax = |problem: &Problem| matches!(problem.trouble, Trouble::Syntax(_));
    let broken: HashSet<usize> =
        reader.problems.iter().filter(|problem| is_syntax(problem)).map(|problem| problem.at.range.start).collect();
    reader.problems.retain(|problem| is_syntax(problem) || !broken.contains(&problem.at.range.start));
    (layer, reader.problems)
}

/// Whether the text of a configuration file makes its folder the root of runs in it.
pub fn is_root(text: &str) -> bool {
    read("", text).0.is_root.is_some_and(|said| said.value)
}

struct Reader {
    file: Arc<str>,
    /// The length of the byte order mark, which the parser does not see.
    mark: usize,
    /// The offset of each line break.
    line_ends: Vec<usize>,
    /// The number of patterns so far.
    patterns: usize,
    problems: Vec<Problem>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    fn at(&self, range: Range<usize>) -> At {
        let range = range.start + self.mark..range.end + self.mark;
        let line = self.line_ends.partition_point(|end| *end < range.start) + 1;
        At { file: self.file.clone(), line, range }
    }

    fn tell(&mut self, range: Range<usize>, trouble: Trouble) {
        let at = self.at(range);
        self.problems.push(Problem { at, trouble });
    }

    fn said<T>(&self, value: T, range: Range<usize>) -> Said<T> {
        Said { value, at: self.at(range) }
    }

    fn file(&mut self, table: &DeTable<'_>, layer: &mut Layer) {
        for (key, value) in table {
            match &**key.get_ref() {
                "root" => layer.is_root = self.flag("root", value),
                "extend" => layer.extend = self.texts("extend", value),
                "profile" => layer.profile = self.profile(value),
                "fail-on" => layer.fail_on = self.fail_on(value),
                "baseline" => layer.baseline = self.text("baseline", value),
                "exclude" => layer.exclude = self.patterns("exclude", value),
                "environments" => layer.environments = self.environments(value),
                "rules" => layer.rules = self.rules("rules", value),
                "overrides" => layer.overrides = self.overrides(value),
                "suppressions" => layer.locks = self.locks(value),
                other => self.unknown_key(key.span(), other, "", &KEYS),
            }
        }
    }

    fn unknown_key(&mut self, at: Range<usize>, key: &str, table: &str, known: &[&'static str]) {
        let nearest = nearest(key, known.iter().copied());
        let (key, table) = (key.to_owned(), table.to_owned());
        self.tell(at, Trouble::UnknownKey { key, table, known: known.to_vec(), nearest });
    }

    fn wrong_type(&mut self, key: &str, expected: &'static str, value: &Value<'_>) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.tell(value.span(), Trouble::WrongType { key: key.to_owned(), expected, found });
    }

    fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<Said<bool>> {
        match value.get_ref().as_bool() {
            Some(is_on) => Some(self.said(is_on, value.span())),
            None => {
                self.wrong_type(key, "a boolean", value);
                None
            }
        }
    }

    fn text(&mut self, key: &str, value: &Value<'_>) -> Option<Said<String>> {
        match value.get_ref().as_str() {
            Some(text) => Some(self.said(text.to_owned(), value.span())),
            None => {
                self.wrong_type(key, "a string", value);
                None
            }
        }
    }

    /// A string, or an array of strings.
    fn texts(&mut self, key: &str, value: &Value<'_>) -> Vec<Said<String>> {
        match value.get_ref() {
            DeValue::String(text) => vec![self.said(text.clone().into_owned(), value.span())],
            DeValue::Array(items) => items.iter().filter_map(|item| self.text(key, item)).collect(),
            _ => {
                self.wrong_type(key, "a string or an array of strings", value);
                Vec::new()
            }
        }
    }

    fn patterns(&mut self, key: &str, value: &Value<'_>) -> Vec<Said<Pattern>> {
        let mut patterns = Vec::new();
        for Said { value, at } in self.texts(key, value) {
            self.patterns += 1;
            if self.patterns > MOST_PATTERNS {
                // It is reported once: the file as a whole is at fault.
                if self.patterns == MOST_PATTERNS + 1 {
                    self.problems.push(Problem { at, trouble: Trouble::TooManyPatterns(MOST_PATTERNS) });
                }
                break;
            }
            match Pattern::new(&value) {
                Ok(pattern) => patterns.push(Said { value: pattern, at }),
                Err(reason) => {
                    self.problems.push(Problem { at, trouble: Trouble::BadPattern { pattern: value, reason } });
                }
            }
        }
        patterns
    }

    fn table<'v, 'i>(&mut self, key: &str, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(key, "a table", value);
        }
        table
    }

    /// A string that must be one of the allowed names.
    fn one_of<T>(
        &mut self,
        key: &str,
        value: &Value<'_>,
        allowed: &[&'static str],
        of_name: impl Fn(&str) -> Option<T>,
    ) -> Option<Said<T>> {
        let text = self.text(key, value)?;
        let Some(known) = of_name(&text.value) else {
            let nearest = nearest(&text.value, allowed.iter().copied());
            let (key, value) = (key.to_owned(), text.value);
            let trouble = Trouble::UnknownValue { key, value, allowed: allowed.to_vec(), nearest };
            self.problems.push(Problem { at: text.at, trouble });
            return None;
        };
        Some(Said { value: known, at: text.at })
    }

    fn profile(&mut self, value: &Value<'_>) -> Option<Said<Profile>> {
        self.one_of("profile", value, &Profile::ALL.map(Profile::name), Profile::of_name)
    }

    fn fail_on(&mut self, value: &Value<'_>) -> Option<Said<FailOn>> {
        self.one_of("fail-on", value, &["error", "warning", "info", "never"], FailOn::of_name)
    }

    fn environments(&mut self, value: &Value<'_>) -> Vec<(Environment, Said<Pattern>)> {
        let names = Environment::ALL.map(Environment::name);
        let mut environments = Vec::new();
        for (key, value) in self.table("environments", value).into_iter().flatten() {
            match Environment::of_name(key.get_ref()) {
                Some(environment) => {
                    let patterns = self.patterns(key.get_ref(), value);
                    environments.extend(patterns.into_iter().map(|pattern| (environment, pattern)));
                }
                None => self.unknown_key(key.span(), key.get_ref(), "environments", &names),
            }
        }
        // The last pattern that matches wins, so the patterns must be in the order of the file.
        environments.sort_by_key(|(_, pattern)| pattern.at.range.start);
        environments
    }

    /// The rule that a key names; reports an unknown one.
    fn rule(&mut self, at: At, name: &str) -> Option<&'static Rule> {
        let rule = rules::find(name);
        if rule.is_none() {
            let trouble = Trouble::UnknownRule { rule: name.to_owned(), nearest: rules::nearest(name) };
            self.problems.push(Problem { at, trouble });
        }
        rule
    }

    fn rules(&mut self, key: &str, value: &Value<'_>) -> BTreeMap<RuleId, RuleSetting> {
        let mut settings = BTreeMap::new();
        for (key, value) in self.table(key, value).into_iter().flatten() {
            let Some(rule) = self.rule(self.at(key.span()), key.get_ref()) else { continue };
            settings.insert(rule.id, self.rule_setting(rule, value));
        }
        settings
    }

    fn rule_setting(&mut self, rule: &'static Rule, value: &Value<'_>) -> RuleSetting {
        let mut setting = RuleSetting::default();
        let table = match value.get_ref() {
            DeValue::String(_) => {
                setting.level = self.one_of(&rule.id, value, &Level::NAMES, Level::of_name);
                return setting;
            }
            DeValue::Table(table) => table,
            _ => {
                self.wrong_type(&rule.id, "a level or a table", value);
                return setting;
            }
        };
        let page = rule.page();
        for (key, value) in table {
            let name = &**key.get_ref();
            if name == SEVERITY {
                setting.level = self.one_of(name, value, &Level::NAMES, Level::of_name);
            } else if page.front.options.contains_key(name) {
                if let Some(number) = self.number(name, value) {
                    setting.options.insert(name.to_owned(), number);
                }
            } else {
                let has = page.front.options.keys().cloned().collect();
                let option = name.to_owned();
                self.tell(key.span(), Trouble::UnknownOption { rule: rule.id, option, has });
            }
        }
        setting
    }

    fn number(&mut self, key: &str, value: &Value<'_>) -> Option<Said<f64>> {
        let number = self.whole(key, value)?;
        Some(Said { value: f64::from(number.value), at: number.at })
    }

    fn whole(&mut self, key: &str, value: &Value<'_>) -> Option<Said<u32>> {
        let Some(number) = value.get_ref().as_integer() else {
            self.wrong_type(key, "a whole number", value);
            return None;
        };
        match u32::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Some(self.said(number, value.span())),
            Err(_) => {
                let (key, number) = (key.to_owned(), number.as_str().to_owned());
                self.tell(value.span(), Trouble::BadNumber { key, value: number });
                None
            }
        }
    }

    fn overrides(&mut self, value: &Value<'_>) -> Vec<Override> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type("overrides", "an array of tables: `[[overrides]]`", value);
            return Vec::new();
        };
        let mut overrides = Vec::new();
        for item in items.iter() {
            let Some(table) = self.table("overrides", item) else { continue };
            let mut read = Override { paths: Vec::new(), profile: None, rules: BTreeMap::new() };
            for (key, value) in table {
                match &**key.get_ref() {
                    "paths" => read.paths = self.patterns("paths", value),
                    "profile" => read.profile = self.profile(value),
                    "rules" => read.rules = self.rules("rules", value),
                    other => self.unknown_key(key.span(), other, "overrides", &OVERRIDE_KEYS),
                }
            }
            if !table.contains_key("paths") {
                self.tell(item.span(), Trouble::NoPaths);
            }
            overrides.push(read);
        }
        overrides
    }

    fn locks(&mut self, value: &Value<'_>) -> Locks {
        let mut locks = Locks::default();
        for (key, value) in self.table("suppressions", value).into_iter().flatten() {
            match &**key.get_ref() {
                "unignorable" => {
                    for name in self.texts("unignorable", value) {
                        if let Some(rule) = self.rule(name.at.clone(), &name.value) {
                            locks.unignorable.insert(rule.id, name.at);
                        }
                    }
                }
                "require-reason" => match value.get_ref().as_bool() {
                    Some(is_on) => locks.require_reason = is_on.then(|| self.at(value.span())),
                    None => self.wrong_type("require-reason", "a boolean", value),
                },
                "max-expiry-days" => locks.max_expiry_days = self.whole("max-expiry-days", value),
                other => self.unknown_key(key.span(), other, "suppressions", &SUPPRESSION_KEYS),
            }
        }
        locks
    }
}
