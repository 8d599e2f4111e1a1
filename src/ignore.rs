//! Comments that tell a rule to be silent, ours and those of the tools that teams come from.
//!
//! `# seaworthy: ignore[rule, other-rule] until=2027-01-31 -- reason`, on the line or above it; `ignore-stage[...]` for a
//! stage of a Dockerfile, `ignore-file[...]` for a file. A comment that does nothing is a finding itself.

use crate::finding::{Edit, Finding, Fix};
use crate::model::Comment;
use crate::rule::Context;
use crate::rules;
use crate::span::Span;
use std::cell::OnceCell;
use std::collections::HashSet;

/// What a comment asks for.
#[derive(Debug)]
pub struct Directive {
    /// The rules that are to be silent.
    rules: Vec<&'static str>,
    /// Names that are no rules.
    unknown: Vec<String>,
    /// Last day on which it counts.
    until: Option<String>,
    /// Why.
    reason: Option<String>,
    /// Whose comment it is.
    is_own: bool,
    /// The bytes it speaks about.
    scope: Span,
    /// The comment.
    span: Span,
    /// What goes away with it.
    removal: Span,
}

/// Rules that a comment has silenced.
type Used = HashSet<&'static str>;

/// A finding that a comment has silenced.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The reason that the comment gives.
    pub reason: Option<String>,
    /// The comment.
    pub comment: Span,
}

/// The rule under which comments are reported that do nothing.
pub const STALE: &str = "stale-ignore";

/// Reads comments. `file` gives the bytes of the whole file that a comment stands in.
pub fn read(comments: &[Comment], file: impl Fn(Span) -> Span) -> Vec<Directive> {
    let covers = OnceCell::new();
    let of_others = |comment| foreign(comment, &file, || covers.get_or_init(what_rules_cover));
    comments.iter().filter_map(|comment| own(comment, &file).or_else(|| of_others(comment))).collect()
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
    let (names, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some(pair) => pair,
        None => ("", rest),
    };
    let (settings, reason) = match rest.split_once("--") {
        Some((settings, reason)) => (settings, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        None => (rest, None),
    };
    let until = settings.split_whitespace().find_map(|word| word.strip_prefix("until=")).map(str::to_owned);
    let mut directive = Directive {
        rules: Vec::new(),
        unknown: Vec::new(),
        until,
        reason,
        is_own: true,
        scope,
        span: comment.span,
        removal: comment.removal,
    };
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match rules::find(name) {
            Some(rule) => directive.rules.push(rule.id),
            None => directive.unknown.push(name.to_owned()),
        }
    }
    Some(directive)
}

/// Comments of other tools, through the rules that answer for theirs.
fn foreign<'a>(
    comment: &Comment,
    file: &impl Fn(Span) -> Span,
    covers: impl Fn() -> &'a Vec<(&'static str, Vec<String>)>,
) -> Option<Directive> {
    let text = comment.text.as_str();
    let word = |rest: &str| rest.split([' ', ':', ',', '\t']).next().unwrap_or_default().to_owned();
    let near = comment.target.to(comment.span);
    let (names, scope): (Vec<String>, Span) = if let Some(rest) = text.strip_prefix("hadolint") {
        let is_file = rest.trim_start().starts_with("global");
        let list = rest.split_once("ignore=")?.1.split_whitespace().next().unwrap_or_default();
        (list.split(',').map(str::to_owned).collect(), if is_file { file(comment.span) } else { near })
    } else if let Some((_, rest)) = text.split_once("checkov:skip=") {
        // Its own tool reads it inside of a resource, or anywhere in a Dockerfile.
        let around = comment.stage.map(|_| file(comment.span)).or(comment.block);
        (vec![word(rest)], around.unwrap_or(near))
    } else if let Some((_, rest)) = text.split_once("trivy:ignore:").or_else(|| text.split_once("tfsec:ignore:")) {
        (vec![word(rest).trim_start_matches("AVD-").to_owned()], near)
    } else if let Some(rest) = text.strip_prefix("check=skip=") {
        (rest.split([';', ',']).map(|name| name.trim().to_owned()).collect(), file(comment.span))
    } else {
        return None;
    };
    let answers =
        |(id, covered): &(&'static str, Vec<String>)| covered.iter().any(|other| names.contains(other)).then_some(*id);
    let silent: Vec<&'static str> = covers().iter().filter_map(answers).collect();
    (!silent.is_empty()).then(|| Directive {
        rules: silent,
        unknown: Vec::new(),
        until: None,
        reason: text.split_once(": ").map(|(_, reason)| reason.to_owned()),
        is_own: false,
        scope,
        span: comment.span,
        removal: comment.removal,
    })
}

/// Every rule with the rules of other tools that it answers for.
fn what_rules_cover() -> Vec<(&'static str, Vec<String>)> {
    rules::ALL.iter().map(|rule| (rule.id, rule.parsed().front.covers)).collect()
}

impl Directive {
    /// Whether it still counts on a day (`2026-11-21`); a date that is none has passed.
    fn counts(&self, today: Option<&str>) -> bool {
        match (&self.until, today) {
            (None, _) | (Some(_), None) => true,
            (Some(until), Some(today)) => is_date(until) && until.as_str() >= today,
        }
    }

    fn silences(&self, finding: &Finding) -> bool {
        self.rules.contains(&finding.rule)
            && self.scope.source == finding.span.source
            && self.scope.start <= finding.span.start
            && finding.span.start <= self.scope.end
    }
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| if matches!(at, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() })
}

/// Takes the findings out that comments silence; returns them, and for each comment the rules that it has silenced.
pub fn apply(
    findings: &mut Vec<Finding>,
    directives: &[Directive],
    today: Option<&str>,
) -> (Vec<Suppressed>, Vec<Used>) {
    let mut used = vec![Used::default(); directives.len()];
    let mut suppressed = Vec::new();
    if directives.is_empty() {
        return (suppressed, used);
    }
    findings.retain(|finding| {
        let mut silencer = None;
        for (index, directive) in directives.iter().enumerate() {
            if directive.silences(finding) && directive.counts(today) {
                used[index].insert(finding.rule);
                silencer = silencer.or(Some(directive));
            }
        }
        match silencer {
            Some(directive) => {
                let (reason, comment) = (directive.reason.clone(), directive.span);
                suppressed.push(Suppressed { finding: finding.clone(), reason, comment });
                false
            }
            None => true,
        }
    });
    (suppressed, used)
}

/// Reports the comments of ours that do nothing: without a rule, with a name that is none, past their day, or unused.
/// `ran` are the rules that were checked; of others nothing can be said.
pub fn report(cx: &mut Context<'_>, directives: &[Directive], used: &[Used], today: Option<&str>, ran: &[&str]) {
    for (directive, used) in directives.iter().zip(used).filter(|(directive, _)| directive.is_own) {
        let here = directive.span;
        for name in &directive.unknown {
            let nearest = rules::ALL.iter().map(|rule| (strsim::damerau_levenshtein(rule.id, name), rule.id)).min();
            let finding = cx.flag(here, format!("this ignores `{name}`, which is no rule"));
            finding.help = nearest
                .filter(|(distance, _)| *distance <= name.len() / 2)
                .map(|(_, rule)| format!("did you mean `{rule}`?"));
        }
        if directive.rules.is_empty() && directive.unknown.is_empty() {
            cx.flag(here, "this ignores nothing, for it names no rule").help =
                Some("name the rules in brackets: `ignore[root-user] -- reason`".to_owned());
        } else if !directive.counts(today) {
            let until = directive.until.as_deref().unwrap_or_default();
            cx.flag(here, format!("this counted until {until}, and has no effect any more")).help =
                Some("fix what it hides, or give it another day in the form 2027-01-31".to_owned());
        } else {
            unused(cx, directive, used, ran);
        }
    }
}

/// Reports the rules that a comment names in vain; of rules that were not run nothing can be said.
fn unused(cx: &mut Context<'_>, directive: &Directive, used: &Used, ran: &[&str]) {
    let idle: Vec<&str> =
        directive.rules.iter().copied().filter(|rule| !used.contains(rule) && ran.contains(rule)).collect();
    if idle.is_empty() {
        return;
    }
    let finding = cx.flag(directive.span, format!("nothing here is reported as `{}`", idle.join("`, `")));
    if idle.len() == directive.rules.len() && directive.unknown.is_empty() {
        finding.help = Some("remove the comment".to_owned());
        finding.fix = Some(Fix::safe("remove the comment", vec![Edit::replace(directive.removal, "")]));
    } else {
        finding.help = Some("remove it from the brackets".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceId;

    fn directive(text: &str) -> Option<Directive> {
        let span = Span::new(SourceId(0), 0, 10);
        let comment = Comment { text: text.to_owned(), span, target: span, removal: span, block: None, stage: None };
        read(&[comment], |span| span).pop()
    }

    #[test]
    fn the_grammar() {
        let read = directive("seaworthy: ignore[root-user, latest-tag] until=2027-01-31 -- the base drops its rights")
            .expect("ours");
        assert_eq!(read.rules, ["root-user", "latest-tag"]);
        assert_eq!(read.reason.as_deref(), Some("the base drops its rights"));
        assert!(read.counts(Some("2027-01-31")) && !read.counts(Some("2027-02-01")) && read.counts(None));
        assert!(!directive("seaworthy: ignore[root-user] until=soon").expect("ours").counts(Some("2026-01-01")));
        assert_eq!(directive("seaworthy: ignore[no-such]").expect("ours").unknown, ["no-such"]);
        assert!(directive("seaworthy: something else").is_none());
    }

    #[test]
    fn comments_of_other_tools() {
        assert_eq!(directive("hadolint ignore=DL3007,DL9999").map(|read| read.rules), Some(vec!["latest-tag"]));
        assert!(
            directive("checkov:skip=CKV_GCP_14: a copy for tests").is_some_and(|read| read.rules == ["sql-no-backup"])
        );
        assert!(directive("trivy:ignore:AVD-GCP-0024").is_some_and(|read| read.rules == ["sql-no-backup"]));
        assert!(directive("hadolint ignore=DL9999").is_none());
    }
}
