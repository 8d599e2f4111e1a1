//! A rule's page: front matter and Markdown.

use super::policy::Policy;
use crate::finding::Severity;
use crate::model::{Environment, Surface};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// A rule's page, parsed.
#[derive(Debug)]
pub struct Page {
    /// The front matter that every page has.
    pub front: Front,
    /// The compiled check of a declarative page; `None` if a function checks the rule.
    pub policy: Option<Policy>,
    /// Byte offset of the Markdown after the front matter.
    pub body_start: usize,
}

/// An error in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// Line of the page, from 1.
    pub line: usize,
    /// The message.
    pub message: String,
}

/// The front matter that every page has.
#[derive(Debug, Clone)]
pub struct Front {
    /// One line for tables.
    pub summary: String,
    /// Severity of its findings; a check may lower it.
    pub severity: Severity,
    /// The smallest profile that runs the rule.
    pub profile: Profile,
    /// Environments in which the rule is checked.
    pub environments: Vec<String>,
    /// Surfaces that the rule works on.
    pub surfaces: Vec<String>,
    /// How much of the deployment its check needs.
    pub reach: Reach,
    /// Whether it offers a fix.
    pub fix: Offers,
    /// Whether its fixes are safe; `None` if it never offers one.
    pub safety: Option<Safety>,
    /// The first release that has the rule.
    pub since: String,
    /// Rules of other tools that it covers.
    pub covers: Vec<String>,
    /// Options of the rule.
    pub options: BTreeMap<String, RuleOption>,
    /// Links to the sources of its facts.
    pub references: Vec<String>,
}

/// The front matter as it is written. The keys from `resource` on belong to declarative pages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    summary: String,
    severity: Level,
    profile: Profile,
    environments: Vec<String>,
    surfaces: Vec<String>,
    #[serde(default)]
    reach: Reach,
    fix: Offers,
    safety: Option<Safety>,
    since: String,
    #[serde(default)]
    covers: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, RuleOption>,
    references: Vec<String>,
    resource: Option<String>,
    each: Option<String>,
    assert: Option<String>,
    at: Option<String>,
    message: Option<String>,
    help: Option<String>,
    fix_value: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Info,
}

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The rules that any reviewer would apply.
    Recommended,
    /// All rules, including those that only some teams want.
    Strict,
}

/// How much of the deployment a check needs. The check gets a project with this part only, so its findings can be
/// reused as long as this part is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// One file with the builds that it requests, or one Terraform module.
    File,
    /// One Cloud Run service, job or worker pool.
    Workload,
    /// One Dockerfile, with the builds that use it and their contexts.
    Image,
    /// The whole deployment.
    #[default]
    Deployment,
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

/// Whether the fixes of a rule leave the meaning of everything else unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// All of them do.
    Safe,
    /// Each of them needs a review.
    Unsafe,
    /// Some of them need a review.
    Mixed,
}

/// An option of a rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleOption {
    /// The type: only `integer` so far.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value if it is not configured.
    pub default: f64,
    /// One line about its meaning.
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

    /// The profile with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

impl Offers {
    /// Its name in pages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Sometimes => "sometimes",
            Self::Always => "always",
        }
    }
}

impl Page {
    /// Parses a page, and compiles its expression if it has one.
    ///
    /// # Errors
    /// The first error in the front matter, with its line.
    pub fn parse(text: &str) -> Result<Self, PageProblem> {
        let problem = |line, message: String| PageProblem { line, message };
        let rest = text.strip_prefix("---\n").ok_or_else(|| problem(1, "a page must begin with `---`".to_owned()))?;
        let (front, body) =
            rest.split_once("\n---\n").ok_or_else(|| problem(1, "the front matter has no closing `---`".to_owned()))?;
        let written: Written = serde_saphyr::from_str(front).map_err(|error| {
            // The front matter begins on the second line of the page.
            let line = error.location().map_or(1, |location| location.line() as usize + 1);
            problem(line, error.to_string())
        })?;
        let line_of = |key: &str| {
            let at = front.lines().position(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
            at.map_or(1, |line| line + 2)
        };
        match (written.fix, written.safety) {
            (Offers::Never, Some(_)) => {
                return Err(problem(
                    line_of("safety"),
                    "`safety` is about a fix, which this rule never offers".to_owned(),
                ));
            }
            (Offers::Sometimes | Offers::Always, None) => {
                return Err(problem(line_of("fix"), "a rule with a fix needs a `safety`".to_owned()));
            }
            _ => {}
        }
        let policy = match (written.resource, written.assert) {
            (Some(resource), Some(assert)) => {
                let policy = Policy::compile(&assert, resource, written.each);
                let mut policy = policy.map_err(|message| problem(line_of("assert"), message))?;
                policy.at = written.at;
                policy.message = written
                    .message
                    .ok_or_else(|| problem(line_of("assert"), "`assert` needs a `message`".to_owned()))?;
                policy.help = written.help;
                policy.fix_value = written.fix_value;
                policy.fix_is_safe = written.safety == Some(Safety::Safe);
                Some(policy)
            }
            (None, None) => None,
            (Some(_), None) => return Err(problem(line_of("resource"), "`resource` needs an `assert`".to_owned())),
            (None, Some(_)) => return Err(problem(line_of("assert"), "`assert` needs a `resource`".to_owned())),
        };
        let front = Front {
            summary: written.summary,
            severity: match written.severity {
                Level::Error => Severity::Error,
                Level::Warning => Severity::Warning,
                Level::Info => Severity::Info,
            },
            profile: written.profile,
            environments: written.environments,
            surfaces: written.surfaces,
            // A declarative page checks one resource at a time.
            reach: if policy.is_some() { Reach::File } else { written.reach },
            fix: written.fix,
            safety: written.safety,
            since: written.since,
            covers: written.covers,
            options: written.options,
            references: written.references,
        };
        Ok(Self { front, policy, body_start: text.len() - body.len() })
    }

    /// Whether the rule is checked in files of an environment.
    pub fn speaks_in(&self, environment: Environment) -> bool {
        self.front.environments.iter().any(|name| name == environment.name())
    }

    /// Whether the rule works on a surface.
    pub fn works_on(&self, surface: Surface) -> bool {
        self.front.surfaces.iter().any(|name| name == surface.name())
    }
}

impl fmt::Display for PageProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(extra: &str) -> String {
        format!(
            "---\nsummary: A summary\nseverity: warning\nprofile: strict\nenvironments: [production]\n\
             surfaces: [terraform]\nfix: never\nsince: 0.2.0\nreferences: []\n{extra}---\n\nBody.\n"
        )
    }

    #[test]
    fn a_page_is_front_matter_and_body() {
        let text = page("");
        let page = Page::parse(&text).expect("a valid page");
        assert_eq!((page.front.severity, page.front.profile), (Severity::Warning, Profile::Strict));
        assert!(page.policy.is_none());
        assert_eq!(&text[page.body_start..], "\nBody.\n");
    }

    #[test]
    fn problems_have_their_line() {
        let line = |text: &str| Page::parse(text).map(|_| ()).map_err(|problem| problem.line);
        assert_eq!(line("no page"), Err(1));
        assert_eq!(line("---\nsummary: x\n"), Err(1));
        assert_eq!(line(&page("sumary: x\n")), Err(10));
        assert_eq!(line(&page("resource: google_x\nassert: resource.a ==\nmessage: m\n")), Err(11));
        assert_eq!(line(&page("resource: google_x\nassert: resource == 1\nmessage: m\n")), Err(11));
        assert_eq!(line(&page("resource: google_x\nassert: each.a == 1\nmessage: m\n")), Err(11));
        assert_eq!(line(&page("resource: google_x\n")), Err(10));
        assert_eq!(line(&page("assert: 'true'\n")), Err(10));
        assert_eq!(line(&page("safety: safe\n")), Err(10));
        assert_eq!(line(&page("").replace("fix: never", "fix: always")), Err(7));
        assert!(Page::parse(&page("safety: mixed\n").replace("fix: never", "fix: sometimes")).is_ok());
        assert_eq!(line(&page("resource: google_x\nassert: resource.a == 1\n")), Err(11));
    }
}
