//! Findings that are kept between runs, with the inputs that decide whether they can be reused.

use super::Config;
use super::part::Part;
use crate::catalogue::{Profile, Rule, Undecided};
use crate::config::Cascade;
use crate::finding::{Finding, RuleId};
use crate::source::PerSource;
use crate::span::SourceId;
use std::sync::Arc;

/// The findings of the last run, with the inputs that decide whether they can be reused.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) asked: Option<Asked>,
    /// The rules that run for any source.
    pub(super) ran: Vec<&'static Rule>,
    /// The results of each part, from the rules with its reach.
    pub(super) parts: Vec<(Part, Vec<Said>)>,
    /// The results of the rules that see the whole deployment, by source.
    pub(super) deployment: PerSource<Arc<Results>>,
    /// The findings of each source, in order and with their fingerprints.
    pub(super) sources: PerSource<Settled>,
}

/// The settings that decide which rules run, with which severities and options.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) cascade: Cascade,
    pub(super) profile: Option<Profile>,
    pub(super) select: Vec<RuleId>,
    pub(super) extend_select: Vec<RuleId>,
    pub(super) ignore: Vec<RuleId>,
}

impl Asked {
    pub(super) fn is_by(&self, config: &Config) -> bool {
        self.cascade.is_same(&config.cascade)
            && self.profile == config.profile
            && self.select == config.select
            && self.extend_select == config.extend_select
            && self.ignore == config.ignore
    }
}

/// The results of some rules for one source.
pub(super) type Said = (SourceId, Arc<Results>);

/// Findings without fingerprints, and undecided questions.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Results {
    pub(super) findings: Vec<Finding>,
    pub(super) undecided: Vec<Undecided>,
}

/// The sorted findings and undecided questions of a source, with their inputs.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) text: Arc<str>,
    pub(super) results: Vec<Arc<Results>>,
    pub(super) findings: Arc<[Arc<Finding>]>,
    pub(super) undecided: Arc<[Undecided]>,
}
