//! Credentials that are recognised by their format, anywhere in a text.

use crate::known::CREDENTIALS;
use crate::model::Credential;
use crate::source::Source;
use crate::span::{SourceId, Span};
use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::OnceLock;

struct Pattern {
    id: &'static str,
    what: &'static str,
    expression: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

struct Patterns {
    prefixes: AhoCorasick,
    /// The index of the pattern of each prefix.
    of_prefix: Vec<usize>,
    patterns: Vec<Pattern>,
}

/// The table, parsed on first use; an expression is compiled only when one of its prefixes occurs.
fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let (mut prefixes, mut of_prefix, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
        for line in CREDENTIALS.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<_> = line.split('\t').collect();
            let &[id, what, starts, expression] = &columns[..] else {
                unreachable!("the table is part of the program: {line}")
            };
            for prefix in starts.split(',') {
                prefixes.push(prefix);
                of_prefix.push(patterns.len());
            }
            patterns.push(Pattern { id, what, expression, compiled: OnceLock::new() });
        }
        let prefixes = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(prefixes)
            .expect("a hundred short literals fit any automaton");
        Patterns { prefixes, of_prefix, patterns }
    })
}

/// Every credential in a source.
pub(crate) fn find(id: SourceId, source: &Source) -> Vec<Credential> {
    let text = source.text.as_bytes();
    let table = patterns();
    let mut is_candidate = vec![false; table.patterns.len()];
    for hit in table.prefixes.find_overlapping_iter(text) {
        is_candidate[table.of_prefix[hit.pattern().as_usize()]] = true;
    }
    let mut found: Vec<(Range<usize>, &Pattern)> = Vec::new();
    for pattern in
        table.patterns.iter().zip(is_candidate).filter_map(|(pattern, is_candidate)| is_candidate.then_some(pattern))
    {
        let compiled =
            pattern.compiled.get_or_init(|| RegexBuilder::new(pattern.expression).unicode(false).build().ok());
        let Some(expression) = compiled else { continue };
        for captures in expression.captures_iter(text) {
            let Some(at) = captures.get(1).or(captures.get(0)) else { continue };
            let range = trim(text, at.range());
            if !is_example(&source.text, &range)
                && !found.iter().any(|(other, _)| other.start < range.end && range.start < other.end)
            {
                found.push((range, pattern));
            }
        }
    }
    // The other settings that stand beside the key of a web application: <https://firebase.google.com/docs/projects/api-keys>.
    let is_of_web = ["authDomain", "messagingSenderId", "firebaseapp.com", "HTTP referrer", "Firebase"]
        .iter()
        .any(|word| memchr::memmem::find(text, word.as_bytes()).is_some());
    let mut credentials: Vec<Credential> = found
        .into_iter()
        .map(|(range, pattern)| Credential {
            span: Span::new(id, range.start as u32, range.end as u32),
            what: pattern.what,
            pattern: pattern.id,
            excuse: (pattern.id == "gcp-api-key" && (is_of_web || is_web_key(&source.text, range.start)))
                .then_some("a Firebase web key is public by design"),
            value: source.text[range].into(),
        })
        .collect();
    credentials.extend(urls_with_passwords(id, &source.text));
    credentials.sort_by_key(|credential| (credential.span.start, credential.span.end));
    credentials
}

fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    let is_edge =
        |b: u8| matches!(b, b'\'' | b'"' | b'`' | b';' | b' ' | b'\n' | b'\r' | b'\t' | b',' | b'=' | b':' | b'(');
    let start = range.clone().find(|at| !is_edge(text[*at])).unwrap_or(range.start);
    let end = (start..range.end).rev().find(|at| !is_edge(text[*at])).map_or(range.end, |at| at + 1);
    start..end
}

/// Whether a match is an example: it contains a word of examples, or more than half of it is a single character.
fn is_example(text: &str, range: &Range<usize>) -> bool {
    let Some(value) = text.get(range.clone()) else { return true };
    let lower = value.to_ascii_lowercase();
    if [
        "example",
        "xxxx",
        "1234567890",
        "abcdefgh",
        "your",
        "dummy",
        "fake",
        "placeholder",
        "redacted",
        "...",
        "\u{2026}",
    ]
    .iter()
    .any(|word| lower.contains(word))
    {
        return true;
    }
    let mut counts = [0_usize; 256];
    value.bytes().for_each(|b| counts[b as usize] += 1);
    counts.iter().max().is_some_and(|most| most * 2 > value.len())
}

/// Whether a word before a Google API key, on its line, marks it as the key of a web configuration.
fn is_web_key(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let before = text[line..at].to_ascii_uppercase();
    ["NEXT_PUBLIC", "VITE_", "REACT_APP", "FIREBASE", "EXPO_PUBLIC", "WEB_API_KEY"]
        .iter()
        .any(|word| before.contains(word))
}

/// Passwords in URLs: `scheme://user:password@host`.
fn urls_with_passwords(id: SourceId, text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    for scheme_end in memchr::memmem::find_iter(text.as_bytes(), b"://") {
        let rest = &text[scheme_end + 3..];
        let end = rest
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '?' | '#' | ',' | ')' | '(' | '<')
            })
            .unwrap_or(rest.len());
        let authority = &rest[..end];
        let Some((user_info, host)) = authority.rsplit_once('@') else { continue };
        let Some((user, password)) = user_info.split_once(':') else { continue };
        // The password of a local database or of a placeholder host is not worth blocking a merge.
        let host = host.split(':').next().unwrap_or_default();
        let is_local = matches!(
            host,
            "localhost"
                | "127.0.0.1"
                | "0.0.0.0"
                | "host.docker.internal"
                | "example.com"
                | "host"
                | "hostname"
                | "db"
                | "postgres"
                | "redis"
                | "mysql"
                | "mongo"
                | "mongodb"
                | "database"
                | "rabbitmq"
        ) || is_reserved(host);
        let lower = password.to_ascii_lowercase();
        let stands_for = matches!(lower.as_str(), "password" | "pass" | "passwd" | "pw" | "pwd" | "secret" | "token")
            || password.contains(['[', ']', '*', '.']) && password.len() < 6;
        // No user information has these characters (RFC 3986, 3.2.1), but an expression that looks for passwords has.
        let is_pattern = user_info.contains(['[', ']', '^', '|', '\\']);
        if is_pattern
            || user.len() > 64
            || user.is_empty() && host.is_empty()
            || is_local
            || stands_for
            || user == password
            || password.len() < 4
            || !crate::model::is_literal_secret(password)
            || user.contains(['$', '{', '%'])
        {
            continue;
        }
        let start = scheme_end + 3 + user.len() + 1;
        let range = start..start + password.len();
        if is_example(text, &range) {
            continue;
        }
        found.push(Credential {
            span: Span::new(id, range.start as u32, range.end as u32),
            what: "password in a URL",
            pattern: "url-with-password",
            excuse: None,
            value: password.into(),
        });
    }
    found
}

/// Whether a host is one of those that nobody can have: <https://www.rfc-editor.org/rfc/rfc2606>.
fn is_reserved(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let domain = ["example.com", "example.net", "example.org"].iter().any(|domain| host.ends_with(domain));
    domain || matches!(last, "example" | "test" | "invalid" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Vec<String> {
        let source = Source::new("x.tf", text);
        find(SourceId(0), &source)
            .iter()
            .map(|found| format!("{}: {}", found.pattern, source.slice(found.span)))
            .collect()
    }

    #[test]
    fn every_expression_compiles() {
        for pattern in &patterns().patterns {
            RegexBuilder::new(pattern.expression)
                .unicode(false)
                .build()
                .unwrap_or_else(|error| panic!("{}: {error}", pattern.id));
        }
    }

    #[test]
    fn credentials_are_found_by_their_format() {
        let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        assert_eq!(find_in(&format!("token = \"{token}\"\n")), [format!("github-pat: {token}")]);
        assert_eq!(find_in("DATABASE_URL=postgres://app:s3cr3tPw9@10.0.0.5:5432/x"), ["url-with-password: s3cr3tPw9"]);
        assert!(find_in("postgres://user:password@localhost/x postgres://u:${PW}@h/x https://x.y/a:b@c").is_empty());
        assert!(find_in("-----BEGIN PRIVATE KEY-----\\n...").is_empty());
        assert!(find_in("postgres://vexa:vexa@vexa-db/x postgres://a:s3cr3tPw9@db.example.com/x").is_empty());
        assert!(find_in("sk_live_xxxxxxxxxxxxxxxxxxxxxxxxxx").is_empty());
    }
}
