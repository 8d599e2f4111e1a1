//! Values of flags: lists, dictionaries, numbers, times.

use super::{Argument, Given};
use crate::known::gcloud::Flag;
use crate::model::{Separator, Text, seconds};
use crate::source::HOLE;
use std::collections::HashMap;

/// The items of a list: split at commas, or at the delimiter that the text begins with (`^;^a;b`).
pub(super) fn split(text: &Text) -> Vec<Text> {
    let raw = text.raw();
    if raw.is_empty() {
        return Vec::new();
    }
    let (delimiter, start) =
        match raw.strip_prefix('^').and_then(|rest| rest.find('^').map(|end| (&rest[..end], end + 2))) {
            Some((delimiter, start)) if !delimiter.is_empty() => (delimiter, start),
            _ => (",", 0),
        };
    let mut items = Vec::new();
    let mut at = start;
    for piece in raw[start..].split(delimiter) {
        items.push(text.slice(at..at + piece.len()));
        at += piece.len() + delimiter.len();
    }
    // A trailing comma is accepted.
    if items.last().is_some_and(|item| item.raw().is_empty()) {
        items.pop();
    }
    items
}

/// The entries of every use of a dictionary flag; the last value of a key wins.
pub(super) fn entries(flags: &[Given], name: &str) -> Vec<(Text, Option<Text>)> {
    let mut entries: Vec<(Text, Option<Text>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for given in flags.iter().filter(|given| given.name == name) {
        let Argument::Text(text) = &given.value else { continue };
        for item in split(text) {
            let (key, value) = match item.split_once('=') {
                Some((key, value)) => (key, Some(value)),
                None => (item, None),
            };
            match places.get(key.raw()) {
                Some(place) => entries[*place].1 = value,
                None => {
                    places.insert(key.raw().to_owned(), entries.len());
                    entries.push((key, value));
                }
            }
        }
    }
    entries
}

/// Whether a list of pairs is rejected because a value holds the separator (`KEY=a,b,OTHER=c`): another separator, which
/// the list does not contain, and the places to write it, after `gcloud topic escaping`.
pub(super) fn separated(flag: &Flag, text: &Text) -> Option<Option<Separator>> {
    let items = split(text);
    let is_pair = |item: &Text| item.raw().contains('=');
    if !is_dictionary(flag)
        || !items.first().is_some_and(is_pair)
        || items.iter().all(is_pair)
        || text.raw().starts_with('^')
    {
        return None;
    }
    let raw = text.known().filter(|_| text.trail().is_empty());
    // These mean nothing to a shell.
    let free = raw.and_then(|raw| ["@", "%", "+"].into_iter().find(|separator| !raw.contains(separator)));
    Some(free.map(|separator| {
        let commas = items.windows(2).filter(|pair| is_pair(&pair[1]));
        let commas = commas.map(|pair| pair[0].span().tail().to(pair[1].span().head())).collect();
        Separator { separator, start: text.span().head(), commas }
    }))
}

/// Whether the value of a flag is a list of pairs, and not the name of a file that holds them.
fn is_dictionary(flag: &Flag) -> bool {
    (flag.kind.contains("dict") || flag.kind.contains("Dict")) && !flag.name.ends_with("-file")
}

/// gcloud's complaint about a value, as far as the value is known.
pub(super) fn check(flag: &Flag, text: &Text) -> Result<(), String> {
    let raw = text.raw();
    // <https://cloud.google.com/sdk/gcloud/reference/run/services/add-iam-policy-binding#--condition>
    if flag.name == "--condition" && raw == "None" {
        return Ok(());
    }
    if is_dictionary(flag) {
        for item in split(text) {
            let raw = item.raw();
            if !raw.contains('=') && !raw.contains(HOLE) {
                return Err(format!("`{raw}` in `{}` is not `KEY=VALUE`", flag.name));
            }
        }
        if flag.name == "--liveness-probe" {
            let unknown = split(text).into_iter().find(|item| item.raw().starts_with("tcpSocket"));
            if unknown.is_some() {
                return Err("a liveness probe can't be `tcpSocket`".to_owned());
            }
        }
        if matches!(flag.name, "--set-secrets" | "--update-secrets") {
            for item in split(text) {
                let Some((_, value)) = item.split_once('=') else { continue };
                let value = value.raw();
                if !value.contains([':', HOLE]) && !value.starts_with("projects/") && !value.is_empty() {
                    return Err(format!("`{value}` in `{}` names no version, as in `{value}:latest`", flag.name));
                }
            }
        }
        return Ok(());
    }
    if raw.contains(HOLE) {
        return Ok(());
    }
    // For flags of this type, gcloud takes the names of the API's enumeration as well (`_ChoiceValueType` in
    // `googlecloudsdk/calliope/base.py`).
    let plain = if flag.kind == "_ChoiceValueType" { raw.replace('_', "-") } else { raw.to_owned() };
    if !flag.choices.is_empty() && !flag.choices.split('|').any(|choice| choice.eq_ignore_ascii_case(&plain)) {
        return Err(format!("`{raw}` is not a value of `{}` ({})", flag.name, flag.choices.replace('|', ", ")));
    }
    if raw == "default" {
        return Ok(());
    }
    let whole = raw.trim().parse::<i64>().ok();
    match flag.name {
        "--concurrency" if whole.is_none_or(|number| number <= 0) => {
            Err(format!("`--concurrency` must be a number above 0, not `{raw}`"))
        }
        "--port" if !whole.is_some_and(|number| (1..=65535).contains(&number)) => {
            Err(format!("`--port` must be a number from 1 to 65535, not `{raw}`"))
        }
        "--max-instances" | "--min-instances" | "--max" | "--min" if whole.is_none_or(|number| number < 0) => {
            Err(format!("`{}` must be a number, 0 or above, not `{raw}`", flag.name))
        }
        "--timeout" | "--task-timeout" if flag.kind != "str" && seconds(raw).is_none() => {
            Err(format!("`{raw}` is not a time for `{}`", flag.name))
        }
        _ => Ok(()),
    }
}
