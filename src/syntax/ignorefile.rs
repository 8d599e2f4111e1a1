//! Lists of path patterns: `.dockerignore` by the rules of the image builder, `.gitignore` and `.gcloudignore` by those
//! of git.

use super::Problem;
use crate::source::{Fragment, Glob};
use crate::span::Span;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::ops::Range;

/// The rules that a list follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Patterns are anchored at the context's root and match with `filepath.Match` and `**`
    /// (<https://docs.docker.com/build/concepts/context/#dockerignore-files>).
    Docker,
    /// Patterns follow `gitignore(5)`; `.gcloudignore` adds `#!include:FILE`.
    Git,
}

/// A list of patterns; the last one that matches a path decides.
#[derive(Debug)]
pub struct IgnoreList {
    patterns: Vec<Pattern>,
    /// Other lists this one includes (`#!include:.gitignore`).
    pub includes: Vec<String>,
    /// Whether it has more patterns than are read.
    is_open: bool,
}

/// What a list says about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is left out, by this pattern.
    Excluded(Span),
    /// It is kept.
    Kept,
    /// A pattern that is not understood may decide.
    Unknown,
}

#[derive(Debug)]
struct Pattern {
    span: Span,
    /// Its text, without `!` and slashes at either end.
    body: Box<str>,
    negated: bool,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Docker(Glob),
    Git(Box<Gitignore>),
    /// A pattern that is not understood may match anything.
    Unknown,
}

/// The most patterns of a list that are read; hand-written lists are far shorter. Every path of a context is compared
/// with all of them.
const MOST_PATTERNS: usize = 5_000;

impl Dialect {
    /// The dialect of a list with this path.
    pub fn of(path: &str) -> Self {
        if path.ends_with(".dockerignore") { Self::Docker } else { Self::Git }
    }
}

impl IgnoreList {
    /// Reads a list.
    pub fn parse(fragment: &Fragment, dialect: Dialect) -> Self {
        let mut list = Self { patterns: Vec::new(), includes: Vec::new(), is_open: false };
        for (range, line) in lines(fragment.text()) {
            if let Some(include) = line.strip_prefix("#!include:") {
                list.includes.push(include.trim().to_owned());
            }
            if line.starts_with('#') {
                continue;
            }
            if list.patterns.len() >= MOST_PATTERNS {
                list.is_open = true;
                break;
            }
            let (body, negated) = line.strip_prefix('!').map_or((line, false), |rest| (rest.trim(), true));
            let matcher = match dialect {
                Dialect::Docker => docker(body),
                Dialect::Git => git(body).map(|list| Matcher::Git(Box::new(list))),
            };
            list.patterns.extend(matcher.map(|matcher| Pattern {
                span: fragment.span(range),
                body: body.trim_matches('/').into(),
                negated,
                matcher,
            }));
        }
        list
    }

    /// What the list says about a path (relative to the folder of the list).
    pub fn verdict(&self, path: &str) -> Verdict {
        if self.is_open {
            return Verdict::Unknown;
        }
        for pattern in self.patterns.iter().rev() {
            match pattern.matches(path) {
                Some(true) if pattern.negated => return Verdict::Kept,
                Some(true) => return Verdict::Excluded(pattern.span),
                Some(false) => {}
                None => return Verdict::Unknown,
            }
        }
        Verdict::Kept
    }

    /// Whether a pattern excludes something in a folder, written out with that folder: `datasets/raw/` for `datasets`.
    pub fn names_below(&self, folder: &str) -> bool {
        let is_below = |body: &str| body.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.patterns.iter().any(|pattern| !pattern.negated && is_below(&pattern.body))
    }
}

/// The places of a list that are beyond what is understood of it.
pub fn limits(fragment: &Fragment, dialect: Dialect) -> Vec<Problem> {
    let mut count = 0;
    let mut problems = Vec::new();
    for (range, line) in lines(fragment.text()).filter(|(_, line)| !line.starts_with('#')) {
        count += 1;
        if count > MOST_PATTERNS {
            let message = format!("begins the patterns beyond the first {MOST_PATTERNS}, so the list is not used");
            problems.push(Problem::beyond_us(fragment.span(range), message));
            break;
        }
        let body = line.strip_prefix('!').unwrap_or(line).trim();
        if dialect == Dialect::Docker && matches!(docker(body), Some(Matcher::Unknown)) {
            problems.push(Problem::beyond_us(fragment.span(range), "has a pattern that is not understood"));
        }
    }
    problems
}

/// The lines of a list that are not blank, without blanks around them.
fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        (!line.is_empty()).then(|| (start..start + line.len(), line))
    })
}

impl Pattern {
    /// Whether it matches; `None` if that is unknown.
    fn matches(&self, path: &str) -> Option<bool> {
        match &self.matcher {
            Matcher::Docker(glob) => Some(ancestors(path).any(|part| glob.matches(part))),
            Matcher::Git(list) => Some(
                list.matched(path, false).is_ignore()
                    || ancestors(path).skip(1).any(|part| list.matched(part, true).is_ignore()),
            ),
            Matcher::Unknown => None,
        }
    }
}

/// The path itself and the folders above it.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(above, _)| above))
}

fn git(pattern: &str) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    builder.add_line(None, pattern).ok()?;
    builder.build().ok()
}

/// A pattern of `.dockerignore`, cleaned as by moby's patternmatcher; `None` if it is empty.
fn docker(pattern: &str) -> Option<Matcher> {
    let cleaned = pattern.trim_matches('/').trim_start_matches("./");
    if cleaned.is_empty() || cleaned == "." {
        return None;
    }
    Some(Glob::new(cleaned).map_or(Matcher::Unknown, Matcher::Docker))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn list(text: &str, dialect: Dialect) -> IgnoreList {
        IgnoreList::parse(&Fragment::whole(SourceId(0), &Source::new(".dockerignore", text)), dialect)
    }

    fn is_excluded(list: &IgnoreList, path: &str) -> bool {
        matches!(list.verdict(path), Verdict::Excluded(_))
    }

    #[test]
    fn docker_patterns_are_anchored() {
        let list = list("# c\n.env*\n**/*.pem\nnode_modules\ndist/*.map\n", Dialect::Docker);
        for excluded in [".env", ".env.local", "a/b/c.pem", "node_modules/x/y", "dist/a.map"] {
            assert!(is_excluded(&list, excluded), "{excluded}");
        }
        for kept in ["sub/.env", "a/node_modules/x", "dist/a/b.map", "src"] {
            assert!(!is_excluded(&list, kept), "{kept}");
        }
    }

    #[test]
    fn docker_allow_lists() {
        let list = list("*\n!src\n!package.json\nsrc/secret.txt\n", Dialect::Docker);
        assert!(is_excluded(&list, "README.md"));
        assert!(!is_excluded(&list, "src/main.py"));
        assert!(!is_excluded(&list, "package.json"));
        assert!(is_excluded(&list, "src/secret.txt"));
    }

    #[test]
    fn git_patterns_match_at_any_depth() {
        let list = list("*.key\n/build\nlogs/\n!keep.key\n", Dialect::Git);
        assert!(is_excluded(&list, "a/b.key"));
        assert!(!is_excluded(&list, "keep.key"));
        assert!(is_excluded(&list, "build/x"));
        assert!(!is_excluded(&list, "a/build/x"));
        assert!(is_excluded(&list, "a/logs/x"));
        assert!(!is_excluded(&list, "logs"), "a file named like the folder stays");
    }

    #[test]
    fn includes_are_named_and_spans_point_at_the_pattern() {
        let text = ".git\n#!include:.gitignore\n  *.log\n";
        let list = list(text, Dialect::Git);
        assert_eq!(list.includes, [".gitignore"]);
        let Verdict::Excluded(span) = list.verdict("a.log") else { panic!("excluded") };
        assert_eq!(&text[span.range()], "*.log");
    }

    #[test]
    fn a_list_with_too_many_patterns_decides_nothing() {
        let text = format!("{}!.env\n", ".env\n".repeat(MOST_PATTERNS));
        let list = list(&text, Dialect::Docker);
        assert_eq!(list.verdict(".env"), Verdict::Unknown);
        let problems = limits(&Fragment::whole(SourceId(0), &Source::new(".dockerignore", &*text)), Dialect::Docker);
        assert_eq!(problems.len(), 1);
        assert_eq!(&text[problems[0].span.range()], "!.env");
    }

    #[test]
    fn a_pattern_that_is_not_understood_decides_nothing_alone() {
        let list = list("a\n[\\pL]\nb\n", Dialect::Docker);
        assert_eq!(list.verdict("a"), Verdict::Unknown);
        assert!(is_excluded(&list, "b"));
    }
}
