//! Lists of path patterns: `.dockerignore` by the rules of the image builder, `.gitignore` and `.gcloudignore` by those
//! of git.

use crate::source::Fragment;
use crate::span::Span;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use regex::Regex;

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
    Docker(Regex),
    Git(Box<Gitignore>),
}

/// Patterns beyond this many are ignored; hand-written lists are far shorter.
const MOST_PATTERNS: usize = 5_000;

impl IgnoreList {
    /// Reads a list.
    pub fn parse(fragment: &Fragment, dialect: Dialect) -> Self {
        let mut list = Self { patterns: Vec::new(), includes: Vec::new() };
        let mut at = 0;
        for line in fragment.text().split_inclusive('\n') {
            let start = at;
            at += line.len();
            let trimmed = line.trim();
            if let Some(include) = trimmed.strip_prefix("#!include:") {
                list.includes.push(include.trim().to_owned());
            }
            if trimmed.is_empty() || trimmed.starts_with('#') || list.patterns.len() >= MOST_PATTERNS {
                continue;
            }
            let offset = start + (line.len() - line.trim_start().len());
            let span = fragment.span(offset..offset + trimmed.len());
            let (body, negated) = trimmed.strip_prefix('!').map_or((trimmed, false), |rest| (rest.trim(), true));
            let matcher = match dialect {
                Dialect::Docker => docker(body).map(Matcher::Docker),
                Dialect::Git => git(body).map(|list| Matcher::Git(Box::new(list))),
            };
            list.patterns.extend(matcher.map(|matcher| Pattern {
                span,
                body: body.trim_matches('/').into(),
                negated,
                matcher,
            }));
        }
        list
    }

    /// The pattern that excludes a path (relative to the folder of the list); `None` if the path is kept.
    pub fn excludes(&self, path: &str) -> Option<Span> {
        self.decides(path).flatten()
    }

    /// Whether a pattern excludes something in a folder, written out with that folder: `datasets/raw/` for `datasets`.
    pub fn names_below(&self, folder: &str) -> bool {
        let is_below = |body: &str| body.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.patterns.iter().any(|pattern| !pattern.negated && is_below(&pattern.body))
    }

    /// The verdict of the last matching pattern: `Some(Some(pattern))` excludes the path, `Some(None)` keeps it; `None`
    /// if no pattern matches.
    pub fn decides(&self, path: &str) -> Option<Option<Span>> {
        let decisive = self.patterns.iter().rev().find(|pattern| pattern.matches(path))?;
        Some((!decisive.negated).then_some(decisive.span))
    }
}

impl Pattern {
    fn matches(&self, path: &str) -> bool {
        match &self.matcher {
            Matcher::Docker(regex) => ancestors(path).any(|part| regex.is_match(part)),
            Matcher::Git(list) => {
                list.matched(path, false).is_ignore()
                    || ancestors(path).skip(1).any(|part| list.matched(part, true).is_ignore())
            }
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

/// A pattern of `.dockerignore` as a regular expression over whole paths, after moby's patternmatcher.
fn docker(pattern: &str) -> Option<Regex> {
    let cleaned = pattern.trim_matches('/').trim_start_matches("./");
    if cleaned.is_empty() || cleaned == "." {
        return None;
    }
    let mut regex = String::from("^");
    let mut rest = cleaned;
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        match character {
            '*' if rest.starts_with("**/") => {
                regex.push_str("(.*/)?");
                length = 3;
            }
            '*' if rest.starts_with("**") => {
                regex.push_str(".*");
                length = 2;
            }
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '[' if rest.contains(']') => {
                length = rest.find(']').map_or(length, |end| end + 1);
                regex.push_str(&rest[..length]);
            }
            '\\' if rest.len() > 1 => {
                let escaped = rest[1..].chars().next()?;
                regex.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4])));
                length += escaped.len_utf8();
            }
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
        rest = &rest[length..];
    }
    regex.push('$');
    Regex::new(&regex).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn list(text: &str, dialect: Dialect) -> IgnoreList {
        IgnoreList::parse(&Fragment::whole(SourceId(0), &Source::new(".dockerignore", text)), dialect)
    }

    #[test]
    fn docker_patterns_are_anchored() {
        let list = list("# c\n.env*\n**/*.pem\nnode_modules\ndist/*.map\n", Dialect::Docker);
        for excluded in [".env", ".env.local", "a/b/c.pem", "node_modules/x/y", "dist/a.map"] {
            assert!(list.excludes(excluded).is_some(), "{excluded}");
        }
        for kept in ["sub/.env", "a/node_modules/x", "dist/a/b.map", "src"] {
            assert!(list.excludes(kept).is_none(), "{kept}");
        }
    }

    #[test]
    fn docker_allow_lists() {
        let list = list("*\n!src\n!package.json\nsrc/secret.txt\n", Dialect::Docker);
        assert!(list.excludes("README.md").is_some());
        assert!(list.excludes("src/main.py").is_none());
        assert!(list.excludes("package.json").is_none());
        assert!(list.excludes("src/secret.txt").is_some());
    }

    #[test]
    fn git_patterns_match_at_any_depth() {
        let list = list("*.key\n/build\nlogs/\n!keep.key\n", Dialect::Git);
        assert!(list.excludes("a/b.key").is_some());
        assert!(list.excludes("keep.key").is_none());
        assert!(list.excludes("build/x").is_some());
        assert!(list.excludes("a/build/x").is_none());
        assert!(list.excludes("a/logs/x").is_some());
        assert!(list.excludes("logs").is_none(), "a file named like the folder stays");
    }

    #[test]
    fn includes_are_named_and_spans_point_at_the_pattern() {
        let text = ".git\n#!include:.gitignore\n  *.log\n";
        let list = list(text, Dialect::Git);
        assert_eq!(list.includes, [".gitignore"]);
        assert_eq!(&text[list.excludes("a.log").expect("excluded").range()], "*.log");
    }
}
