//! The configuration of each source, and the barrier around each rule.

use super::{Config, Failure, guarded};
use crate::catalogue::Rule;
use crate::config::{Decision, View};
use crate::finding::Edit;
use crate::model::{Project, Surface};
use crate::source::{PerSource, Sources};
use crate::span::SourceId;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The configuration of each source, computed on demand.
pub(super) struct Governed<'a> {
    config: &'a Config,
    sources: &'a Sources,
    views: PerSource<OnceLock<View<'a>>>,
    failures: Mutex<Vec<Failure>>,
}

impl<'a> Governed<'a> {
    pub(super) fn new(config: &'a Config, sources: &'a Sources) -> Self {
        let views = PerSource::of(sources, |_, _| OnceLock::new());
        Self { config, sources, views, failures: Mutex::default() }
    }

    /// Runs a rule; if it panics, that is kept as a failure.
    pub(super) fn guard(&self, rule: &Rule, check: impl FnOnce()) {
        if let Err(failure) = guarded(|| format!("rule `{}`", rule.id), check) {
            self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
        }
    }

    /// The failures so far.
    pub(super) fn failures(&self) -> Vec<Failure> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether an edit replaces what is written at its place, and not a variable of a task runner that stands for it.
    pub(super) fn replaces_text(&self, edit: &Edit, project: &Project) -> bool {
        project.file(edit.span.source).surface != Some(Surface::TaskRunner)
            || !["$", "{{"].iter().any(|start| self.sources.get(edit.span.source).slice(edit.span).contains(start))
    }

    pub(super) fn view(&self, id: SourceId) -> &View<'a> {
        self.views[id].get_or_init(|| self.config.cascade.view(&self.sources.get(id).path))
    }

    pub(super) fn decide(&self, rule: &Rule, id: SourceId) -> Decision {
        self.config.decide(rule, self.view(id))
    }

    /// Whether a rule runs for any source.
    pub(super) fn wants(&self, rule: &Rule) -> bool {
        if self.config.cascade.is_empty() {
            return self.config.decide(rule, &View::default()) != Decision::Off;
        }
        self.sources.iter().any(|(id, _)| self.decide(rule, id) != Decision::Off)
    }
}

impl Config {
    /// Whether a rule runs for a path with this configuration, and with which severity.
    fn decide(&self, rule: &Rule, view: &View<'_>) -> Decision {
        if self.ignore.contains(&rule.id) {
            return Decision::Off;
        }
        let is_selected = self.select.contains(&rule.id) || self.extend_select.contains(&rule.id);
        match view.decide(&rule.id, rule.page().front.profile, self.profile) {
            // Rules selected on the command line run, except where the team's overrides turn them off.
            Decision::Off if is_selected && !view.is_overridden_off(&rule.id) => Decision::On,
            decision if is_selected || self.select.is_empty() => decision,
            _ => Decision::Off,
        }
    }
}
