//! What a rule is: a page and a check, and what the check is given.

use crate::finding::{Finding, Label, Severity};
use crate::model::{Environment, Place, Project, Surface, Why};
use crate::span::{SourceId, Span};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A rule: a name, a page and a check.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, which is its page's file name.
    pub id: &'static str,
    /// Its concern, which is its page's folder.
    pub concern: &'static str,
    /// The text of its page.
    pub page: &'static str,
    /// How it is checked.
    pub check: Check,
}

/// How a rule is checked.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A function over the model.
    Function(fn(&mut Context<'_>)),
    /// The page's own expression about one kind of Terraform resource.
    Page,
    /// Findings about files, which the engine itself makes.
    Engine,
}

/// A rule's page, parsed.
#[derive(Debug, Clone)]
pub struct Page {
    /// The front matter.
    pub front: Front,
    /// The text behind it.
    pub body: &'static str,
}

/// A page's front matter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Front {
    /// One line for tables.
    pub summary: String,
    /// Level of its findings; a check may lower it where it says so.
    pub severity: Level,
    /// From which profile on it runs.
    pub profile: Profile,
    /// Environments in which it speaks.
    pub environments: Vec<String>,
    /// Surfaces it works on.
    pub surfaces: Vec<String>,
    /// Whether it offers a fix.
    pub fix: Offers,
    /// First release with it.
    pub since: String,
    /// Rules of other tools that it answers for.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Settings it takes.
    #[serde(default)]
    pub options: BTreeMap<String, RuleOption>,
    /// Where its facts come from.
    pub references: Vec<String>,
    /// Terraform resource that a declarative rule asks about.
    #[serde(default)]
    pub resource: Option<String>,
    /// CEL expression that holds where all is well.
    #[serde(default)]
    pub assert: Option<String>,
    /// Attribute a finding points at.
    #[serde(default)]
    pub at: Option<String>,
    /// Message of a declarative rule; `{resource}` is the address.
    #[serde(default)]
    pub message: Option<String>,
    /// Help of a declarative rule.
    #[serde(default)]
    pub help: Option<String>,
    /// Value that a declarative rule's fix writes at `at`.
    #[serde(default)]
    pub fix_value: Option<String>,
    /// Whether a person must look at what a declarative rule's fix writes.
    #[serde(default)]
    pub fix_is_risky: bool,
}

/// A level, in front matter.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Level {
    Error,
    Warning,
    Info,
}

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What a reviewer would at least ask about.
    Recommended,
    /// Also what only some teams want.
    Strict,
}

/// Whether a rule offers a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Offers {
    Never,
    Sometimes,
    Always,
}

/// A setting of a rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleOption {
    /// `integer`, so far.
    #[serde(rename = "type")]
    pub kind: String,
    /// Value where nothing is configured.
    pub default: f64,
    /// What it means.
    pub doc: String,
}

impl Profile {
    /// Every profile, the smallest first.
    pub const ALL: [Self; 2] = [Self::Recommended, Self::Strict];

    /// Its name in pages, options and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::Strict => "strict",
        }
    }

    /// The profile of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

impl Page {
    /// Parses a page.
    ///
    /// # Errors
    /// What is wrong with the front matter, in words. The pages of this crate are held to it by its tests.
    pub fn parse(text: &'static str) -> Result<Self, String> {
        let rest = text.strip_prefix("---\n").ok_or("a page begins with `---`")?;
        let (front, body) = rest.split_once("\n---\n").ok_or("the front matter does not end")?;
        let front = serde_saphyr::from_str(front).map_err(|error| error.to_string())?;
        Ok(Self { front, body })
    }

    /// The level of its findings.
    pub fn severity(&self) -> Severity {
        match self.front.severity {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Info,
        }
    }

    /// Whether it speaks about files of an environment.
    pub fn speaks_in(&self, environment: Environment) -> bool {
        self.front.environments.iter().any(|name| name == environment.name())
    }

    /// Whether it works on a surface.
    pub fn works_on(&self, surface: Surface) -> bool {
        self.front.surfaces.iter().any(|name| name == surface.name())
    }
}

impl Rule {
    /// Its page.
    ///
    /// # Panics
    /// Where the page can't be parsed, which the tests exclude.
    pub fn parsed(&self) -> Page {
        Page::parse(self.page).unwrap_or_else(|error| panic!("the page of {}: {error}", self.id))
    }

    /// Address of its page on the web.
    pub fn url(&self) -> String {
        format!("https://github.com/seaworthy-dev/seaworthy/blob/main/rules/{}/{}.md", self.concern, self.id)
    }
}

/// What could not be decided.
#[derive(Debug, Clone)]
pub struct Undecided {
    /// The rule.
    pub rule: &'static str,
    /// Where.
    pub span: Span,
    /// Why.
    pub why: String,
}

/// What a check is given: the facts, its page, and where to put findings.
pub struct Context<'a> {
    /// All facts of the run.
    pub project: &'a Project,
    rule: &'static str,
    concern: &'static str,
    page: &'a Page,
    given: &'a Given<'a>,
    findings: Vec<Finding>,
    undecided: Vec<Undecided>,
}

/// Tells the value that a team has given an option of the rule for a file.
pub type Given<'a> = dyn Fn(SourceId, &str) -> Option<f64> + 'a;

impl<'a> Context<'a> {
    /// A context for one rule.
    pub fn new(project: &'a Project, rule: &Rule, page: &'a Page, given: &'a Given<'a>) -> Self {
        let (findings, undecided) = (Vec::new(), Vec::new());
        Self { project, rule: rule.id, concern: rule.concern, page, given, findings, undecided }
    }

    /// Reports something at a place; the way a value came there is added as related places.
    pub fn flag(&mut self, here: impl Into<Place>, message: impl Into<String>) -> &mut Finding {
        let here = here.into();
        let related =
            here.trail.as_deref().unwrap_or_default().iter().filter(|origin| !here.span.contains(origin.span));
        let related = related.map(|origin| Label { span: origin.span, message: origin.what.to_string() }).collect();
        self.findings.push(Finding {
            rule: self.rule,
            concern: self.concern,
            severity: self.page.severity(),
            message: message.into(),
            span: here.span,
            label: None,
            related,
            help: None,
            fix: None,
            is_secret: false,
            fingerprint: String::new(),
            place: 0,
            words: 0,
        });
        self.findings.last_mut().expect("one was just pushed")
    }

    /// Notes that something could not be decided.
    pub fn unknown(&mut self, here: Span, why: &Why) {
        self.undecided.push(Undecided { rule: self.rule, span: here, why: why.to_string() });
    }

    /// The rule that is being checked.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// The value of an option of the rule for what stands at a place: the one that is configured there, or the page's own.
    ///
    /// # Panics
    /// Where the page has no such option, which the tests exclude.
    pub fn option(&self, name: &str, here: Span) -> f64 {
        let option = self.page.front.options.get(name);
        let default = option.unwrap_or_else(|| panic!("the page of {} has no option {name}", self.rule)).default;
        (self.given)(here.source, name).unwrap_or(default)
    }

    /// The environment of a place.
    pub fn environment(&self, here: Span) -> Environment {
        self.project.file(here.source).environment
    }

    /// What the check found and what it left open.
    pub fn finish(self) -> (Vec<Finding>, Vec<Undecided>) {
        (self.findings, self.undecided)
    }
}
