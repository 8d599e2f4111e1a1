//! Delivery pipelines of Cloud Deploy and their targets.

use super::setting::Setting;
use crate::span::Span;
use serde::Serialize;

/// A delivery pipeline.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryPipeline {
    /// Its name, if it is written out.
    pub name: Option<String>,
    /// Its bytes.
    pub span: Span,
    /// The names of its targets, in the order of promotion; `None` for a name that is not written out.
    pub targets: Vec<Option<String>>,
}

/// A target of Cloud Deploy.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryTarget {
    /// Its name, if it is written out.
    pub name: Option<String>,
    /// Its bytes.
    pub span: Span,
    /// Whether a person has to approve each rollout.
    pub approval: Setting<bool>,
}

impl DeliveryPipeline {
    /// The target that a release reaches last, if it is promoted at all.
    pub fn last_target(&self) -> Option<&str> {
        self.targets.last().filter(|_| self.targets.len() > 1)?.as_deref()
    }
}
