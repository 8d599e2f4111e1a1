//! What is under the cursor: the one place that asks which notation a document has.

use super::folder::Outcome;
use super::snapshot::Snapshot;
use crate::catalogue::Rule;
use crate::config::NAMES;
use crate::finding::Finding;
use crate::model::{Pipeline, SubstitutionUse, Variable, Workload};
use crate::rules;
use crate::source::Notation;
use crate::span::{SourceId, Span};
use std::ops::Range;

/// A position in a document.
pub(super) struct Place<'a> {
    /// The path of the document.
    pub(super) path: &'a str,
    /// Its text.
    pub(super) text: &'a str,
    /// The offset.
    pub(super) at: usize,
}

/// Something with a name that has a value or a definition.
pub(super) enum Named<'a> {
    /// A Terraform name in the form that can be looked up: `var.x`, `module.x`, `google_x.y`.
    Terraform(String, Range<usize>),
    /// A variable of a Dockerfile that is used here.
    Variable(&'a Variable, Range<usize>),
    /// A substitution that a pipeline uses here.
    Substitution(&'a Pipeline, &'a SubstitutionUse),
}

impl<'a> Place<'a> {
    /// The source of the document, if it is one.
    pub(super) fn source(&self, outcome: &Outcome) -> Option<SourceId> {
        outcome.sources.find(self.path)
    }

    /// The rule that is named here, with its range.
    pub(super) fn rule(&self) -> Option<(&'static Rule, Range<usize>)> {
        rule_at(self.path, self.text, self.at)
    }

    /// The word around this place whose characters are parts.
    pub(super) fn word(&self, is_part: impl Fn(char) -> bool) -> Option<Range<usize>> {
        word_at(self.text, self.at, is_part)
    }

    /// Whether a span of a source contains this place or ends here.
    pub(super) fn is_in(&self, id: SourceId, span: Span) -> bool {
        span.source == id && contains(span, self.at)
    }

    /// The name that is used here.
    pub(super) fn named<'s>(&self, snapshot: &Snapshot<'s>) -> Option<Named<'s>> {
        let outcome = snapshot.outcome;
        let id = self.source(outcome)?;
        match outcome.sources.get(id).notation {
            notation @ (Notation::Terraform | Notation::TerraformVars) => {
                let (name, range) = terraform_name(notation, self.text, self.at)?;
                Some(Named::Terraform(name, range))
            }
            Notation::Dockerfile => {
                let (variable, range) = docker_variable(outcome, id, self.text, self.at)?;
                Some(Named::Variable(variable, range))
            }
            Notation::Yaml => {
                let mut pipelines = outcome.analysis.project.pipelines.iter().filter(|pipeline| pipeline.source == id);
                pipelines.find_map(|pipeline| {
                    let used = pipeline.uses.iter().find(|used| self.is_in(id, used.span))?;
                    Some(Named::Substitution(pipeline, used))
                })
            }
            _ => None,
        }
    }

    /// The smallest finding here.
    pub(super) fn finding<'s>(&self, snapshot: &Snapshot<'s>) -> Option<&'s Finding> {
        let id = self.source(snapshot.outcome)?;
        let findings = snapshot.outcome.analysis.report.findings.iter();
        let here = findings.filter(|finding| self.is_in(id, finding.span));
        here.min_by_key(|finding| finding.span.range().len()).map(|finding| &**finding)
    }

    /// The workload whose name or span contains this place, with that span.
    pub(super) fn workload<'s>(&self, snapshot: &Snapshot<'s>) -> Option<(&'s Workload, Span)> {
        let id = self.source(snapshot.outcome)?;
        let workloads = snapshot.outcome.analysis.project.workloads.iter();
        let mut here = workloads.filter_map(|workload| {
            let named = workload.name.known().map(|(_, place)| place.span).filter(|span| self.is_in(id, *span));
            Some((&**workload, named.or_else(|| Some(workload.span).filter(|span| self.is_in(id, *span)))?))
        });
        here.next()
    }
}

/// The rule that is named at a place: in a comment that silences, or in a configuration file.
pub(super) fn rule_at(path: &str, text: &str, at: usize) -> Option<(&'static Rule, Range<usize>)> {
    let word = word_at(text, at, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
    let rule = rules::find(&text[word.clone()])?;
    let line = text[..word.start].rfind('\n').map_or(0, |end| end + 1);
    let name = path.rsplit('/').next().unwrap_or(path);
    (NAMES.contains(&name) || text[line..word.start].contains("seaworthy:")).then_some((rule, word))
}

/// The word that contains a place or ends there.
pub(super) fn word_at(text: &str, at: usize, is_part: impl Fn(char) -> bool) -> Option<Range<usize>> {
    let start = text[..at].char_indices().rev().take_while(|(_, c)| is_part(*c)).last().map_or(at, |(start, _)| start);
    let end = at + text[at..].chars().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    (start < end).then_some(start..end)
}

/// Whether a span contains a place or ends there, as a cursor after a word does.
pub(super) fn contains(span: Span, at: usize) -> bool {
    let range = span.range();
    range.contains(&at) || range.end == at
}

/// The Terraform name at a place, in the form that can be looked up: `var.x`, `module.x`, `google_x.y`.
fn terraform_name(notation: Notation, text: &str, at: usize) -> Option<(String, Range<usize>)> {
    let word = word_at(text, at, |c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))?;
    let name = text[word.clone()].trim_end_matches('.');
    if notation == Notation::TerraformVars {
        let line = text[..word.start].rfind('\n').map_or(0, |end| end + 1);
        let is_name = text[line..word.start].trim().is_empty() && !name.contains('.');
        return is_name.then(|| (format!("var.{name}"), word));
    }
    // A `variable` block names its variable without `var.`.
    let line = text[..word.start].rfind('\n').map_or(0, |end| end + 1);
    if text[line..word.start].trim_start().starts_with("variable \"") {
        return Some((format!("var.{name}"), word));
    }
    name.contains('.').then(|| (name.to_owned(), word))
}

/// The Dockerfile variable that is used at a place.
fn docker_variable<'a>(
    outcome: &'a Outcome,
    id: SourceId,
    text: &str,
    at: usize,
) -> Option<(&'a Variable, Range<usize>)> {
    let word = word_at(text, at, |c| c.is_alphanumeric() || c == '_')?;
    let before = &text[..word.start];
    if !before.ends_with('$') && !before.ends_with("${") {
        return None;
    }
    let file = outcome.analysis.project.dockerfile(id)?;
    let stage = file.stages.iter().rev().find(|stage| stage.span.start as usize <= at);
    let of_stage = stage.into_iter().flat_map(|stage| stage.environment.iter().chain(&stage.arguments));
    // A FROM sees only the arguments above all stages, and a stage that repeats an ARG without a value inherits that
    // value.
    let named = |variable: &&Variable| {
        variable.name == text[word.clone()] && (variable.span.start as usize) < at && !variable.value.is_absent()
    };
    let variable = of_stage.filter(named).max_by_key(|variable| variable.span.start);
    Some((variable.or_else(|| file.arguments.iter().rev().find(named))?, word))
}
