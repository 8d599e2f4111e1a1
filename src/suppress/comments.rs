//! Comments that silence rules: those of seaworthy, and those of other tools that teams already use.
//!
//! `# seaworthy: ignore[rule, other-rule] until=2027-01-31 -- reason`, on the line or above it; `ignore-stage[...]` for
//! a stage of a Dockerfile, `ignore-file[...]` for a file. A comment without effect is itself a finding.

use crate::catalogue::Context;
use crate::config::Locks;
use crate::finding::{Edit, Finding, Fix, RuleId};
use crate::model::Comment;
use crate::rules;
use crate::span::{SourceId, Span};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

/// A parsed comment.
#[derive(Debug)]
pub(crate) struct Directive {
    /// The rules to silence.
    rules: Vec<RuleId>,
    /// Names that are not rules, with their spans.
    unknown: Vec<(String, Span)>,
    /// The span between the brackets.
    list: Span,
    /// The last day on which it has an effect.
    until: Option<String>,
    /// The reason that it gives.
    reason: Option<String>,
    /// Whether it is a comment of seaworthy and not of another tool.
    is_own: bool,
    /// The span in which it silences findings.
    scope: Span,
    /// The span of the comment.
    span: Span,
    /// The span to delete when the comment is removed.
    removal: Span,
    /// Why it has no effect, if it has none.
    refused: Option<Refused>,
    /// Rules that are locked against it, and the place of each lock.
    locked: Vec<(RuleId, String)>,
}

/// Why a comment has no effect.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    /// It has expired, or its date is invalid.
    Over,
    /// It gives no reason; the place of the setting that requires one.
    NoReason(String),
    /// It has no expiry date; the place of the setting that requires one, and the maximum number of days.
    Endless(String, u32),
    /// It expires too late; the place of the setting that limits it, and the maximum number of days.
    TooLong(String, u32),
}

/// Rules of which a comment has silenced a finding.
type Used = HashSet<RuleId>;

/// A finding that is silenced by a comment or a baseline.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Arc<Finding>,
    /// The reason that the comment gives.
    pub reason: Option<String>,
    /// The cause.
    pub by: By,
}

/// The cause of a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A comment, with its span.
    Comment(Span),
    /// The team's baseline.
    Baseline,
    /// The finding was present before the change under review.
    Base,
}

impl By {
    /// The SARIF kind of the suppression: `inSource` or `external`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Comment(_) => "inSource",
            Self::Baseline | Self::Base => "external",
        }
    }
}

/// The most unknown names of one comment that are reported one by one. With more there are no fixes, because each writes
/// all the others again.
const MOST_UNKNOWN: usize = 100;

/// The rule that reports comments without effect.
pub(crate) const STALE: &str = "stale-ignore";

/// Parses comments. `file` returns the span of the whole file that contains a comment, `locks` the locks that hold in a
/// file, and `today` is the current day (`2026-11-21`).
pub(crate) fn read<'a>(
    comments: &[Comment],
    file: impl Fn(Span) -> Span,
    locks: &dyn Fn(SourceId) -> Option<&'a Locks>,
    today: Option<&str>,
) -> Vec<Directive> {
    let covers = OnceCell::new();
    let of_others = |comment| foreign(comment, &file, || covers.get_or_init(what_rules_cover));
    let mut directives: Vec<Directive> =
        comments.iter().filter_map(|comment| own(comment, &file).or_else(|| of_others(comment))).collect();
    for directive in &mut directives {
        directive.refused = directive.is_over(today).then_some(Refused::Over);
        if let Some(locks) = locks(directive.span.source) {
            directive.hold(locks, today);
        }
    }
    directives
}

fn own(comment: &Comment, file: &impl Fn(Span) -> Span) -> Option<Directive> {
    let rest = comment.text.strip_prefix("seaworthy:")?.trim_start();
    let (scope, rest) = if let Some(rest) = rest.strip_prefix("ignore-file") {
        (file(comment.span), rest)
    } else if let Some(rest) = rest.strip_prefix("ignore-stage") {
        (comment.stage.unwrap_or(comment.target), rest)
    } else {
        (comment.target.to(comment.span), rest.strip_prefix("ignore")?)
    };
    let (names, rest, list) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((names, behind)) => {
            let start = comment.body.start + (comment.text.len() - rest.len()) as u32 + 1;
            (names, behind, Span::new(comment.body.source, start, start + names.len() as u32))
        }
        None => ("", rest, comment.span),
    };
    let (settings, reason) = match rest.split_once("--") {
        Some((settings, reason)) => (settings, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        None => (rest, None),
    };
    let until = settings.split_whitespace().find_map(|word| word.strip_prefix("until=")).map(str::to_owned);
    let mut directive = Directive {
        rules: Vec::new(),
        unknown: Vec::new(),
        list,
        until,
        reason,
        is_own: true,
        scope,
        span: comment.span,
        removal: comment.removal,
        refused: None,
        locked: Vec::new(),
    };
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match rules::find(name) {
            Some(rule) if directive.rules.contains(&rule.id) => {}
            Some(rule) => directive.rules.push(rule.id),
            None => {
                // `name` is a slice of `names`, so the difference of their addresses is its offset in the list.
                let start = list.start + (name.as_ptr() as usize - names.as_ptr() as usize) as u32;
                let span = Span::new(list.source, start, start + name.len() as u32);
                directive.unknown.push((name.to_owned(), span));
            }
        }
    }
    Some(directive)
}

/// Parses comments of other tools; they silence the rules whose pages list the other tool's rule.
fn foreign<'a>(
    comment: &Comment,
    file: &impl Fn(Span) -> Span,
    covers: impl Fn() -> &'a Vec<(RuleId, &'static [String])>,
) -> Option<Directive> {
    let text = comment.text.as_str();
    let word = |rest: &str| rest.split([' ', ':', ',', '\t']).next().unwrap_or_default().to_owned();
    let near = comment.target.to(comment.span);
    let (names, scope): (Vec<String>, Span) = if let Some(rest) = text.strip_prefix("hadolint") {
        let is_file = rest.trim_start().starts_with("global");
        let list = rest.split_once("ignore=")?.1.split_whitespace().next().unwrap_or_default();
        (list.split(',').map(str::to_owned).collect(), if is_file { file(comment.span) } else { near })
    } else if let Some((_, rest)) = text.split_once("checkov:skip=") {
        // Checkov reads it inside of a resource, or anywhere in a Dockerfile.
        let around = comment.stage.map(|_| file(comment.span)).or(comment.block);
        (vec![word(rest)], around.unwrap_or(near))
    } else if let Some((_, rest)) = text.split_once("trivy:ignore:").or_else(|| text.split_once("tfsec:ignore:")) {
        (vec![word(rest).trim_start_matches("AVD-").to_owned()], near)
    } else if let Some(rest) = text.strip_prefix("kics-scan") {
        // <https://docs.kics.io/latest/running-kics/#using-commands-on-scanned-files-as-comments>
        let rest = rest.trim();
        let every = || covers().iter().flat_map(|(_, covered)| *covered).filter(|id| is_kics(id)).cloned().collect();
        match rest.strip_prefix("disable=") {
            Some(list) => {
                let first = |id: &str| id.trim().split('-').next().unwrap_or_default().to_owned();
                (list.split(',').map(first).collect(), file(comment.span))
            }
            None if rest == "ignore" => (every(), file(comment.span)),
            None if rest == "ignore-block" => (every(), comment.target.to(comment.span)),
            None if rest == "ignore-line" => (every(), comment.line),
            None => return None,
        }
    } else if let Some(rest) = text.strip_prefix("zizmor:") {
        let list = rest.trim_start().strip_prefix("ignore[")?.split_once(']')?.0;
        (list.split(',').map(|name| name.trim().to_owned()).collect(), near)
    } else if let Some(rest) = text.strip_prefix("check=skip=") {
        (rest.split([';', ',']).map(|name| name.trim().to_owned()).collect(), file(comment.span))
    } else {
        return None;
    };
    let answers =
        |(id, covered): &(RuleId, &[String])| covered.iter().any(|other| names.contains(other)).then_some(*id);
    let silent: Vec<RuleId> = covers().iter().filter_map(answers).collect();
    (!silent.is_empty()).then(|| Directive {
        rules: silent,
        unknown: Vec::new(),
        list: comment.span,
        until: None,
        reason: text.split_once(": ").map(|(_, reason)| reason.to_owned()),
        is_own: false,
        scope,
        span: comment.span,
        removal: comment.removal,
        refused: None,
        locked: Vec::new(),
    })
}

/// Whether the id of another tool's rule is one of KICS; pages name these by their first eight digits.
fn is_kics(id: &str) -> bool {
    id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Every rule with the rules of other tools that its page lists.
fn what_rules_cover() -> Vec<(RuleId, &'static [String])> {
    rules::ALL.iter().map(|rule| (rule.id, rule.page().front.covers.as_slice())).collect()
}

impl Directive {
    /// Whether it has expired; an invalid date is treated as expired.
    fn is_over(&self, today: Option<&str>) -> bool {
        let (Some(until), Some(today)) = (&self.until, today) else { return false };
        date(until).is_none() || until.as_str() < today
    }

    /// Applies locks: records the rules that are locked, and refuses a comment that violates a requirement.
    fn hold(&mut self, locks: &Locks, today: Option<&str>) {
        let locked = self.rules.iter().filter_map(|rule| Some((*rule, locks.unignorable.get(rule)?.to_string())));
        self.locked = locked.collect();
        if self.refused.is_some() {
            return;
        }
        if let Some(at) = locks.require_reason.as_ref().filter(|_| self.reason.is_none()) {
            self.refused = Some(Refused::NoReason(at.to_string()));
        } else if let Some(most) = &locks.max_expiry_days {
            let days = |text: &String| Some(date(text)? - date(today?)?);
            self.refused = match (&self.until, today) {
                (None, _) => Some(Refused::Endless(most.at.to_string(), most.value)),
                (Some(until), Some(_)) if days(until).is_none_or(|days| days > i64::from(most.value)) => {
                    Some(Refused::TooLong(most.at.to_string(), most.value))
                }
                _ => None,
            };
        }
    }

    /// A fix that removes the comment.
    fn removed(&self) -> Fix {
        Fix::safe("remove the comment", vec![Edit::replace(self.removal, "")])
    }

    /// A fix that removes names from the list; without names left it removes the comment.
    fn without(&self, names: &[&str], title: &str) -> Fix {
        if self.rules.len() + self.unknown.len() <= names.len() {
            return self.removed();
        }
        let all = self.rules.iter().map(|rule| rule.as_str()).chain(self.unknown.iter().map(|(name, _)| name.as_str()));
        let left: Vec<&str> = all.filter(|name| !names.contains(name)).collect();
        Fix::safe(title, vec![Edit::replace(self.list, left.join(", "))])
    }

    fn silences(&self, finding: &Finding) -> bool {
        self.refused.is_none()
            && self.rules.contains(&finding.rule)
            && !self.locked.iter().any(|(rule, _)| *rule == finding.rule)
            && self.scope.source == finding.span.source
            && self.scope.start <= finding.span.start
            && finding.span.start <= self.scope.end
    }
}

/// The number of a day (`2027-01-31`) in the civil calendar, after Howard Hinnant's `days_from_civil`.
fn date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |length: usize| {
        let digits = parts.next().filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse::<i64>().ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || day < 1 || day > longest {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(365 * year + year / 4 - year / 100 + year / 400 + of_year)
}

/// Removes the findings that comments silence. Returns them, and for each comment the rules that it has silenced.
pub(crate) fn apply(findings: &mut Vec<Arc<Finding>>, directives: &[Directive]) -> (Vec<Suppressed>, Vec<Used>) {
    let mut used = vec![Used::default(); directives.len()];
    let mut suppressed = Vec::new();
    if directives.is_empty() {
        return (suppressed, used);
    }
    findings.retain(|finding| {
        let mut silencer = None;
        for (index, directive) in directives.iter().enumerate().filter(|(_, directive)| directive.silences(finding)) {
            used[index].insert(finding.rule);
            silencer = silencer.or(Some(directive));
        }
        if let Some(directive) = silencer {
            let (reason, by) = (directive.reason.clone(), By::Comment(directive.span));
            suppressed.push(Suppressed { finding: finding.clone(), reason, by });
        }
        silencer.is_none()
    });
    (suppressed, used)
}

/// Reports comments without effect: without a rule, with an unknown rule, expired, locked or unused. Comments of other
/// tools are reported only if a lock refuses them, since the other tool judges the rest. `runs` returns whether a rule
/// was checked in a file; a rule that was not checked is never reported as unused.
pub(crate) fn report(
    cx: &mut Context<'_>,
    directives: &[Directive],
    used: &[Used],
    runs: &dyn Fn(SourceId, &'static str) -> bool,
) {
    for (directive, used) in directives.iter().zip(used) {
        let here = directive.span;
        for (name, span) in directive.unknown.iter().take(MOST_UNKNOWN) {
            let finding = cx.flag(*span, format!("this ignores `{name}`, which is not a rule"));
            let nearest = rules::nearest(name);
            finding.help = nearest.map(|rule| format!("did you mean `{rule}`?"));
            finding.fix = (directive.unknown.len() <= MOST_UNKNOWN).then(|| match nearest {
                Some(rule) => Fix::risky(format!("write `{rule}`"), vec![Edit::replace(*span, rule)]),
                None => directive.without(&[name], "remove the name"),
            });
        }
        if let Some((_, first)) = directive.unknown.get(MOST_UNKNOWN) {
            let more = directive.unknown.len() - MOST_UNKNOWN;
            cx.flag(*first, format!("this and the names after it ignore nothing: {more} of them are not rules"));
        }
        for (rule, lock) in &directive.locked {
            cx.flag(here, format!("`{rule}` can't be ignored here")).help =
                Some(format!("{lock} locks it: fix what is reported, or ask whoever keeps that file"));
        }
        if directive.rules.is_empty() && directive.unknown.is_empty() {
            cx.flag(here, "this ignores nothing, for it names no rule").help =
                Some("name the rules in brackets: `ignore[root-user] -- reason`".to_owned());
        } else if let Some(refused) = &directive.refused {
            let (message, help) = refusal(refused, directive);
            let finding = cx.flag(here, message);
            finding.help = Some(help);
            // An expired ignore can be removed; one that never worked was probably meant to.
            finding.fix = (*refused == Refused::Over).then(|| directive.removed());
        } else if directive.is_own {
            unused(cx, directive, used, runs);
        }
    }
}

fn refusal(refused: &Refused, directive: &Directive) -> (String, String) {
    let until = directive.until.as_deref().unwrap_or_default();
    match refused {
        Refused::Over => (
            format!("this ignore expired on {until}"),
            "fix what it hides, or give it another day in the form 2027-01-31".to_owned(),
        ),
        Refused::NoReason(lock) => (
            "this gives no reason, and has no effect".to_owned(),
            format!("say why behind `--`: `ignore[...] -- reason`; {lock} asks for it"),
        ),
        Refused::Endless(lock, days) => (
            "this has no last day, and has no effect".to_owned(),
            format!("give it one within {days} days: `ignore[...] until=2027-01-31 -- reason`; {lock} asks for it"),
        ),
        Refused::TooLong(lock, days) => (
            format!("this counts until {until}, which is too far off, and has no effect"),
            format!("give it a day within {days} days; {lock} asks for it"),
        ),
    }
}

/// Reports the rules that a comment names without effect; rules that were not run are left out.
fn unused(cx: &mut Context<'_>, directive: &Directive, used: &Used, runs: &dyn Fn(SourceId, &'static str) -> bool) {
    let is_idle = |rule: &RuleId| {
        let is_locked = directive.locked.iter().any(|(locked, _)| locked == rule);
        !used.contains(rule) && !is_locked && runs(directive.span.source, rule.as_str())
    };
    let idle: Vec<&str> = directive.rules.iter().filter(|rule| is_idle(rule)).map(|rule| rule.as_str()).collect();
    if idle.is_empty() {
        return;
    }
    let finding = cx.flag(directive.span, format!("nothing here is reported as `{}`", idle.join("`, `")));
    if idle.len() == directive.rules.len() && directive.unknown.is_empty() {
        finding.help = Some("remove the comment".to_owned());
        finding.fix = Some(directive.removed());
    } else {
        finding.help = Some("remove it from the brackets".to_owned());
        finding.fix = Some(directive.without(&idle, "remove it from the brackets"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(text: &str) -> Option<Directive> {
        directive_on(text, None)
    }

    fn directive_on(text: &str, today: Option<&str>) -> Option<Directive> {
        let span = Span::new(SourceId(0), 0, 10);
        let comment = Comment {
            text: text.to_owned(),
            span,
            target: span,
            removal: span,
            body: span,
            line: span,
            block: None,
            stage: None,
        };
        read(&[comment], |span| span, &|_| None, today).pop()
    }

    #[test]
    fn the_grammar() {
        let read = directive("seaworthy: ignore[root-user, latest-tag] until=2027-01-31 -- the base drops its rights")
            .expect("ours");
        assert_eq!(read.rules, ["root-user", "latest-tag"]);
        assert_eq!(read.reason.as_deref(), Some("the base drops its rights"));
        let counts = |until: &str, today| {
            directive_on(&format!("seaworthy: ignore[root-user] until={until}"), today).expect("ours").refused.is_none()
        };
        assert!(counts("2027-01-31", Some("2027-01-31")) && !counts("2027-01-31", Some("2027-02-01")));
        assert!(counts("2027-01-31", None) && !counts("soon", Some("2026-01-01")));
        assert!(!counts("2027-02-29", Some("2026-01-01")) && counts("2028-02-29", Some("2026-01-01")));
        let unknown = directive("seaworthy: ignore[root-user, no-such]").expect("ours").unknown;
        assert_eq!(unknown.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["no-such"]);
        assert!(directive("seaworthy: something else").is_none());
    }

    #[test]
    fn comments_of_other_tools() {
        assert_eq!(
            directive("hadolint ignore=DL3007,DL9999").map(|read| read.rules),
            Some(vec![RuleId::of("latest-tag")])
        );
        assert!(
            directive("checkov:skip=CKV_GCP_14: a copy for tests").is_some_and(|read| read.rules == ["sql-no-backup"])
        );
        assert!(directive("trivy:ignore:AVD-GCP-0024").is_some_and(|read| read.rules == ["sql-no-backup"]));
        assert!(directive("hadolint ignore=DL9999").is_none());
        assert!(
            directive("kics-scan ignore-line")
                .is_some_and(|read| read.rules.contains(&RuleId::of("bucket-no-uniform-access")))
        );
        assert!(
            directive("kics-scan disable=bb0db090-5509-4853-a827-75ced0b3caa0")
                .is_some_and(|read| read.rules == ["bucket-no-uniform-access"])
        );
        assert!(
            directive("kics-scan something").is_none() && directive("zizmor: ignore[excessive-permissions]").is_none()
        );
    }
}
