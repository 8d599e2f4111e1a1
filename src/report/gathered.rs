//! Findings with one cause, told as one.

use super::terminal::Order;
use crate::finding::{Cause, Finding, RuleId, Severity};
use crate::source::Sources;
use crate::span::Span;
use crate::visible::visible;
use std::collections::HashMap;
use std::sync::Arc;

/// The number of further places that are listed; the others are counted.
const MOST_PLACES: usize = 8;

/// The number of fixes that are told for findings with one cause.
const MOST_FIXES: usize = 3;

/// One or more findings with one cause, in the order of the report.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    /// The findings.
    pub(super) parts: Vec<&'a Finding>,
}

/// The findings of a report, those with one cause together, in the order of the first of each.
pub(super) fn gathered(findings: &[Arc<Finding>]) -> Vec<Gathered<'_>> {
    #[derive(PartialEq, Eq, Hash)]
    enum Key<'a> {
        Same(RuleId, Severity, &'a str),
        Lacks(Span),
    }
    let mut all: Vec<Gathered<'_>> = Vec::new();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for finding in findings {
        let key = match &finding.cause {
            Some(Cause::Same { thing, .. }) => Some(Key::Same(finding.rule, finding.severity, thing)),
            Some(Cause::Lacks { description, .. }) => Some(Key::Lacks(*description)),
            None => None,
        };
        if let Some(key) = key {
            let index = *known.entry(key).or_insert(all.len());
            if let Some(other) = all.get_mut(index) {
                other.parts.push(finding);
                continue;
            }
        }
        all.push(Gathered { parts: vec![finding] });
    }
    all
}

/// The findings of a report, those with one cause together, in an order.
pub(super) fn ordered(findings: &[Arc<Finding>], order: Order) -> Vec<Gathered<'_>> {
    let mut all = gathered(findings);
    if order == Order::Severity {
        all.sort_by_key(Gathered::severity);
    }
    all
}

impl<'a> Gathered<'a> {
    /// The finding that is shown.
    pub(super) fn first(&self) -> &'a Finding {
        self.parts[0]
    }

    /// The highest severity among the parts.
    pub(super) fn severity(&self) -> Severity {
        self.parts.iter().map(|part| part.severity).max().unwrap_or(Severity::Info)
    }

    /// The ids of the rules, in the order of the parts: `root-user`, `missing-liveness-probe, missing-max-instances`.
    pub(super) fn rules(&self) -> String {
        let mut rules: Vec<&str> = Vec::new();
        for part in &self.parts {
            if !rules.contains(&part.rule.as_str()) {
                rules.push(part.rule.as_str());
            }
        }
        rules.join(", ")
    }

    /// The sentence that tells all parts.
    pub(super) fn message(&self) -> String {
        let first = self.first();
        match &first.cause {
            Some(Cause::Lacks { name, .. }) if self.parts.len() > 1 => {
                format!("{name} leaves {} settings out", self.parts.len())
            }
            Some(Cause::Same { .. }) if self.parts.len() > 1 => {
                let others = self.parts.len() - 1;
                format!("{} (and {others} more)", first.message)
            }
            _ => first.message.clone(),
        }
    }

    /// What to do, in lines: the help of the first part, or one line for each rule.
    pub(super) fn help(&self, sources: &Sources) -> Vec<String> {
        let first = self.first();
        let own = first.help.iter().flat_map(|help| help.split('\n')).map(str::to_owned);
        match &first.cause {
            Some(Cause::Lacks { name, .. }) if self.parts.len() > 1 => self
                .parts
                .iter()
                .map(|part| {
                    let help = part.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
                    let what = part.message.strip_prefix(name.as_str()).unwrap_or(&part.message).trim_start();
                    format!("- {} ({}): {what}{help}", part.rule, part.severity)
                })
                .collect(),
            Some(Cause::Same { .. }) if self.parts.len() > 1 => {
                own.chain([format!("also {}", self.places(sources))]).collect()
            }
            _ => own.collect(),
        }
    }

    /// How `--fix` and `--unsafe-fixes` mend the parts: ``fix: write the line `USER node` ``.
    pub(super) fn fixes(&self) -> Vec<String> {
        let mut fixes: Vec<String> = Vec::new();
        for fix in self.parts.iter().filter_map(|part| part.fix.as_ref()) {
            let line = format!("{}: {}", if fix.is_safe { "fix" } else { "fix (unsafe)" }, fix.title);
            if !fixes.contains(&line) {
                fixes.push(line);
            }
        }
        let more = fixes.len().saturating_sub(MOST_FIXES);
        fixes.truncate(MOST_FIXES);
        if more > 0 {
            fixes.push(format!("and {more} more fixes"));
        }
        fixes
    }

    /// The places of all parts but the first: `` `KEY` (main.tf:3), 12, 14 and 3 more ``.
    fn places(&self, sources: &Sources) -> String {
        let mut shown: Vec<String> = Vec::new();
        for part in self.parts.iter().skip(1).take(MOST_PLACES) {
            let at = format!("{}:{}", visible(&sources.get(part.span.source).path), sources.start(part.span).line);
            let text = match &part.cause {
                Some(Cause::Same { item, .. }) if !item.is_empty() => format!("{item} ({at})"),
                _ => at,
            };
            shown.push(text);
        }
        let more = self.parts.len() - 1 - shown.len();
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    }
}
