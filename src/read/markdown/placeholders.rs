//! Placeholders in the commands of documents: `YOUR_PROJECT`, `<region>`, `[SERVICE]`, `{tag}`, `...`.
//!
//! A reader puts a value of their own in their place, so they are unknown.

use crate::model::{Text, Why};
use crate::source::{Fragment, HOLE};

/// Written in place of a placeholder for more words: an unquoted variable without a value, which may stand for any
/// number of them.
const MORE: &str = "$MORE";

/// The longest placeholder in brackets, in bytes.
const LONGEST: usize = 80;

/// Words before a name that is no placeholder.
const BEFORE_NAMES: &[&str] =
    &["for", "read", "select", "export", "unset", "local", "declare", "readonly", "if", "case"];

/// What stands at a place.
enum Found {
    /// A part of a word.
    Part(usize),
    /// One or more words.
    Words(usize),
}

/// A script in which every placeholder is unknown.
pub(super) fn unfilled(fragment: &Fragment) -> Text {
    let text = fragment.text();
    let mut builder = fragment.builder();
    let mut reasons = Vec::new();
    let (mut at, mut kept) = (0, 0);
    while at < text.len() {
        match find(text, at) {
            Some(Found::Part(length)) => {
                builder.keep(kept..at);
                builder.replace(at..at + length, HOLE.encode_utf8(&mut [0; 4]));
                let name = text[at..at + length].trim_matches(['<', '>', '[', ']', '{', '}', '%', ' ']);
                reasons.push(Why::Other(format!("`{name}` is a placeholder").into()));
                at += length;
                kept = at;
            }
            Some(Found::Words(length)) => {
                builder.keep(kept..at);
                builder.replace(at..at + length, MORE);
                at += length;
                kept = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    builder.keep(kept..text.len());
    Text::new(builder.finish(), reasons, Vec::new())
}

fn find(text: &str, at: usize) -> Option<Found> {
    let rest = &text[at..];
    let before = text[..at].chars().next_back();
    let first = rest.chars().next()?;
    let is_start = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    match first {
        // The text has an unknown part of its own.
        HOLE => Some(Found::Part(first.len_utf8())),
        '<' if before != Some('<') => {
            let inner = closed(rest, "<", ">")?;
            let is_name = inner.starts_with(char::is_alphabetic) && !inner.ends_with(' ');
            let is_plain = !inner.contains(['|', ';', '&', '`', '$', '<']);
            (is_name && is_plain).then(|| whole(text, at, inner.len() + 2, inner))
        }
        '[' if is_start && before != Some('$') => {
            let inner = closed(rest, "[", "]")?;
            inner.starts_with(|c: char| c.is_alphabetic() || matches!(c, '-' | '<' | '.' | '\u{2026}')).then(|| {
                if inner.starts_with('-') && is_alone(text, at, inner.len() + 2) {
                    return Found::Words(inner.len() + 2);
                }
                whole(text, at, inner.len() + 2, inner)
            })
        }
        '{' if rest.starts_with("{{") && before != Some('$') => Some(Found::Part(closed(rest, "{{", "}}")?.len() + 4)),
        '{' if before != Some('$') => {
            let inner = closed(rest, "{", "}")?;
            let is_name = inner.starts_with(|c: char| c.is_ascii_alphabetic())
                && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
            is_name.then_some(Found::Part(inner.len() + 2))
        }
        '%' => {
            let inner = closed(rest, "%", "%")?;
            let is_name = inner.len() > 1 && inner.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            is_name.then_some(Found::Part(inner.len() + 2))
        }
        '.' if rest.starts_with("...") && before != Some('.') && before != Some('/') => {
            let length = rest.len() - rest.trim_start_matches('.').len();
            let is_path = rest[length..].starts_with('/');
            (!is_path).then(|| if is_alone(text, at, length) { Found::Words(length) } else { Found::Part(length) })
        }
        '\u{2026}' => {
            let length = first.len_utf8();
            Some(if is_alone(text, at, length) { Found::Words(length) } else { Found::Part(length) })
        }
        _ if is_start && first.is_ascii_alphabetic() => word(text, at, before).map(Found::Part),
        _ => None,
    }
}

/// A placeholder in brackets, which may stand for several words if it says so.
fn whole(text: &str, at: usize, length: usize, inner: &str) -> Found {
    let lower = inner.to_ascii_lowercase();
    let is_more = ["...", "\u{2026}", "option", "flag", "arg", "other", "additional", "more"]
        .iter()
        .any(|word| lower.contains(word));
    if is_more && is_alone(text, at, length) { Found::Words(length) } else { Found::Part(length) }
}

/// Whether there are blanks around a range.
fn is_alone(text: &str, at: usize, length: usize) -> bool {
    let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    is_blank(text[..at].chars().next_back()) && is_blank(text[at + length..].chars().next())
}

/// The text between two brackets on one line.
fn closed<'a>(rest: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inner = rest.strip_prefix(open)?;
    let mut end = inner.len().min(LONGEST);
    while !inner.is_char_boundary(end) {
        end -= 1;
    }
    let inner = &inner[..end];
    let line = inner.lines().next()?;
    line.find(close).filter(|end| *end > 0).map(|end| &line[..end])
}

/// The length of a word that is a placeholder by its spelling: `PROJECT_ID`, `your-project`, `xxxx`.
fn word(text: &str, at: usize, before: Option<char>) -> Option<usize> {
    let rest = &text[at..];
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if matches!(before, Some('$')) {
        return None;
    }
    let lower = rest.get(..4).map(str::to_ascii_lowercase).unwrap_or_default();
    if lower == "your" {
        let end = rest.find(|c: char| !is_of_word(c) && c != '-').unwrap_or(rest.len());
        return (!rest[end..].starts_with('=')).then_some(end);
    }
    let end = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
    let word = &rest[..end];
    if word.len() > 2 && word.bytes().all(|b| b.eq_ignore_ascii_case(&b'x')) {
        return Some(end);
    }
    // `--max-instances=N`; within a word, two letters are too few to tell.
    let is_whole = before.is_none_or(|c| matches!(c, ' ' | '=' | '"' | '\''))
        && rest[end..].chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | ','));
    let is_upper =
        (word.len() > 2 || is_whole) && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    // `NAME=` and `${NAME}` are names of variables; `<<EOF` is the end of a here-document, alone on its line.
    if !is_upper || rest[end..].starts_with(['=', '+']) {
        return None;
    }
    let mut start = at.saturating_sub(LONGEST);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let ahead = &text[start..at];
    let is_variable = ["${", "${#", "${!"].iter().any(|start| ahead.ends_with(start));
    let named = ahead.trim_end_matches(' ').rsplit(|c: char| c.is_whitespace() || c == ';').next();
    let is_named = named.is_some_and(|word| BEFORE_NAMES.contains(&word)) && ahead.ends_with(' ');
    let opening = ahead.trim_end_matches(['\'', '"']);
    let is_alone = ahead.trim_end_matches([' ', '\t']).chars().next_back().is_none_or(|c| c == '\n')
        && rest[end..].trim_start_matches([' ', '\t', '\r']).chars().next().is_none_or(|c| c == '\n');
    let is_end = is_alone || opening.ends_with("<<") || opening.ends_with("<<-");
    (!is_variable && !is_named && !is_end).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn shown(text: &str) -> String {
        unfilled(&Fragment::whole(SourceId(0), &Source::new("a.md", text))).shown()
    }

    #[test]
    fn placeholders_of_every_form_are_unknown() {
        assert_eq!(shown("gcloud run deploy <SERVICE NAME> --region [REGION]"), "gcloud run deploy … --region …");
        assert_eq!(shown("docker push gcr.io/PROJECT_ID/web:TAG"), "docker push gcr.io/…/web:…");
        assert_eq!(shown("--project=your-project-id --image {image} %TAG%"), "--project=… --image … …");
        assert_eq!(shown("--set-env-vars KEY=VALUE,API_KEY=xxxx"), "--set-env-vars KEY=…,API_KEY=…");
        assert_eq!(shown("--format='{{.Name}}' sk-..."), "--format='…' sk-…");
        assert_eq!(shown("--max-instances=N --cpu \"C\" a.X-b"), "--max-instances=… --cpu \"…\" a.X-b");
    }

    #[test]
    fn more_words_may_follow() {
        assert_eq!(shown("gcloud run deploy web ..."), "gcloud run deploy web $MORE");
        assert_eq!(shown("gcloud run deploy web [OPTIONS]"), "gcloud run deploy web $MORE");
        assert_eq!(shown("gcloud run deploy web [--port=PORT] <flags>"), "gcloud run deploy web $MORE $MORE");
    }

    #[test]
    fn shell_is_left_as_it_is() {
        for text in [
            "PROJECT=shop",
            "echo $PROJECT \"${PROJECT}\" ${#PROJECT}",
            "cat <<EOF >a\nb\nEOF",
            "cat <<'EOF'\nb\nEOF",
            "for NAME in a b; do echo $NAME; done",
            "export REGION",
            "[ -f a ] && [[ -n $a ]]",
            "a <in >out",
            "awk '{print $1}' a",
            "echo ${A:-b} {a,b} a[0]",
            "cp ../a . ./...",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
