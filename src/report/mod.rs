//! The output formats of a report, one file for each.

pub(crate) mod colour;
pub mod concise;
mod excerpt;
mod gathered;
pub mod github;
pub mod gitlab;
pub mod grouped;
pub mod guarded;
pub mod json;
pub mod markdown;
pub mod rdjson;
pub mod sarif;
pub mod secrets;
pub mod statistics;
pub mod terminal;
pub mod xml;

use crate::engine::Report;
use crate::finding::{Finding, Severity};
use crate::rules;
use crate::source::Sources;
use crate::suppress::By;
use crate::visible;
use gathered::gathered;
use guarded::{Allowed, Guarded};
use serde_json::Value;
use std::io::{self, Write};
use terminal::Style;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Excerpts with explanations.
    Full,
    /// One line per finding.
    Concise,
    /// One line per finding, under the names of files.
    Grouped,
    /// One JSON document for programs.
    Json,
    /// One JSON object per line and finding.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// Reviewdog's format.
    Rdjson,
    /// A comment on a pull request.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 12] = [
        Self::Full,
        Self::Concise,
        Self::Grouped,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
        Self::Markdown,
    ];

    /// Its name in command line options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Grouped => "grouped",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjson => "rdjson",
            Self::Markdown => "markdown",
        }
    }

    /// Parses a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What its lines hold besides visible characters.
    pub fn allowed(self, style: Style) -> Allowed {
        Allowed { colours: style.has_colour, commands: self == Self::Github }
    }

    /// Writes a report. Undecided questions are part of the JSON only if `shows_unknown` is set.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(
        self,
        out: &mut dyn Write,
        report: &Report,
        sources: &Sources,
        style: Style,
        shows_unknown: bool,
    ) -> io::Result<()> {
        let out = &mut Guarded::new(out, self.allowed(style));
        match self {
            Self::Full => terminal::write(out, report, sources, style),
            Self::Concise => concise::write(out, report, sources, style),
            Self::Grouped => grouped::write(out, report, sources, style),
            Self::Json => document(out, &json::document(report, sources, shows_unknown)),
            Self::Jsonl => json::lines(out, report, sources),
            Self::Sarif => document(out, &sarif::document(report, sources)),
            Self::Github => github::write(out, report, sources),
            Self::Gitlab => document(out, &gitlab::document(report, sources)),
            Self::Junit => xml::junit(out, report, sources),
            Self::Checkstyle => xml::checkstyle(out, report, sources),
            Self::Rdjson => document(out, &rdjson::document(report, sources)),
            Self::Markdown => markdown::write(out, report, sources),
        }?;
        out.flush()
    }
}

/// The address of the page of a finding's rule, if the project has one.
fn page_of(finding: &Finding) -> Option<String> {
    rules::find(&finding.rule)?.url()
}

/// An object with an address under a key, if there is one.
fn with_address(mut object: Value, key: &str, address: Option<&str>) -> Value {
    if let Some(address) = address {
        object[key] = address.into();
    }
    object
}

/// Writes a JSON document.
fn document(out: &mut dyn Write, document: &Value) -> io::Result<()> {
    writeln!(out, "{}", visible::json(&format!("{document:#}")))
}

/// The message of a finding and its help on a line of its own.
fn with_help(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    }
}

/// `2 errors, 1 warning, 0 info in 3 files`: findings with one cause count once.
fn counts(report: &Report) -> String {
    let all = gathered(&report.findings);
    let count = |severity| all.iter().filter(|each| each.severity() == severity).count();
    let mut parts = Vec::new();
    for (severity, one) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        parts.push(counted(count(severity), one, &format!("{one}s")));
    }
    parts.push(format!("{} info", count(Severity::Info)));
    let places = report.findings.len();
    let places = if places > all.len() { format!(" ({places} parts)") } else { String::new() };
    format!("{}{places} in {}", parts.join(", "), counted(report.files.len(), "file", "files"))
}

/// The result of a run in one line.
pub fn summary(report: &Report) -> String {
    let mut line = counts(report);
    let aside = report.files.iter().filter(|file| file.environment.is_set_aside()).count();
    if aside > 0 {
        line.push_str(&format!(
            "; {aside} of the files are for development, tests or examples (`--show-files` lists them)"
        ));
    }
    for (is_meant, by) in [
        ((|by| matches!(by, By::Comment(_))) as fn(By) -> bool, "silenced by comments"),
        (|by| by == By::Baseline, "in the baseline"),
        (|by| by == By::Base, "from before the change"),
    ] {
        let count = report.suppressed.iter().filter(|hidden| is_meant(hidden.by)).count();
        if count > 0 {
            line.push_str(&format!("; {count} {by}"));
        }
    }
    let resolved = report.resolved().count();
    if resolved > 0 {
        line.push_str(&format!("; {resolved} of the baseline gone (`seaworthy baseline prune` removes them)"));
    }
    line.push_str(&fixable(report));
    if !report.findings.is_empty() {
        line.push_str("; `seaworthy explain RULE` says more");
    }
    if !report.undecided.is_empty() {
        line.push_str(&format!(
            "; {} could not be decided (`--show-unknown` lists them)",
            counted(report.undecided.len(), "question", "questions")
        ));
    }
    line
}

/// How many findings `--fix` would mend, as the end of a sentence: `; 2 with --fix, 11 more with --unsafe-fixes`.
fn fixable(report: &Report) -> String {
    let fixes = || report.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let safe = fixes().filter(|fix| fix.is_safe).count();
    match (safe, fixes().count() - safe) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; {safe} can be fixed with `--fix`"),
        (0, risky) => format!("; {risky} can be fixed with `--fix --unsafe-fixes`"),
        (safe, risky) => format!("; {safe} can be fixed with `--fix`, {risky} more with `--fix --unsafe-fixes`"),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
