//! The input of a check, and the collector of its findings.

use super::page::Page;
use super::rule::Rule;
use crate::finding::{Cause, Finding, Label, RuleId};
use crate::model::{Environment, Place, Project, Why, Workload};
use crate::span::{SourceId, Span};

/// A question that could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The rule.
    pub rule: RuleId,
    /// The place of the question.
    pub span: Span,
    /// The reason, for messages.
    pub why: String,
}

/// The input of a check: the facts, the page of its rule and the configured options. It collects the findings.
pub struct Context<'a> {
    /// The facts within the reach of the rule.
    pub project: &'a Project,
    rule: RuleId,
    concern: &'static str,
    page: &'a Page,
    given: &'a Given<'a>,
    findings: Vec<Finding>,
    undecided: Vec<Undecided>,
}

/// Returns the configured value of an option of the rule in a file.
pub type Given<'a> = dyn Fn(SourceId, &str) -> Option<f64> + 'a;

impl<'a> Context<'a> {
    /// A context for one rule.
    pub fn new(project: &'a Project, rule: &'a Rule, given: &'a Given<'a>) -> Self {
        let (findings, undecided) = (Vec::new(), Vec::new());
        Self { project, rule: rule.id, concern: rule.concern, page: rule.page(), given, findings, undecided }
    }

    /// Reports a finding at a place; the places where the value was set are added as related labels.
    pub fn flag(&mut self, here: impl Into<Place>, message: impl Into<String>) -> &mut Finding {
        let here = here.into();
        let related =
            here.trail.as_deref().unwrap_or_default().iter().filter(|origin| !here.span.contains(origin.span));
        let related = related.map(|origin| Label { span: origin.span, message: origin.what.to_string() }).collect();
        let severity = self.page.front.severity;
        let finding = Finding::new(self.rule, self.concern, severity, message.into(), here.span);
        self.findings.push(Finding { related, ..finding });
        self.findings.last_mut().expect("one was just pushed")
    }

    /// The cause of a finding about a setting that a description leaves out.
    pub fn lacks(workload: &Workload) -> Cause {
        Cause::Lacks { description: workload.span, name: workload.label() }
    }

    /// Records a question that could not be decided.
    pub fn unknown(&mut self, here: Span, why: &Why) {
        self.undecided.push(Undecided { rule: self.rule, span: here, why: why.to_string() });
    }

    /// The rule that is being checked.
    pub fn rule(&self) -> RuleId {
        self.rule
    }

    /// The configured value of an option of the rule at a place, if there is one.
    pub fn configured(&self, name: &str, here: Span) -> Option<f64> {
        (self.given)(here.source, name)
    }

    /// The value of an option of the rule at a place: the one configured there, or the page's default.
    ///
    /// # Panics
    /// If the page has no such option, which `tests/pages.rs` excludes.
    pub fn option(&self, name: &str, here: Span) -> f64 {
        let option = self.page.front.options.get(name);
        let default = option.unwrap_or_else(|| panic!("the page of {} has no option {name}", self.rule)).default;
        (self.given)(here.source, name).unwrap_or(default)
    }

    /// The environment of a place.
    pub fn environment(&self, here: Span) -> Environment {
        self.project.file(here.source).environment
    }

    /// The findings of the check, and the questions that could not be decided.
    pub fn finish(self) -> (Vec<Finding>, Vec<Undecided>) {
        (self.findings, self.undecided)
    }
}
