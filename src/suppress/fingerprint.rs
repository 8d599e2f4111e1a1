//! The identity of a finding across edits: its fingerprint, and the parts of it that a baseline compares separately.
//!
//! A fingerprint is a hash of the rule, the path, the place in the file, what the finding is about, and a counter for
//! findings that are equal in all of these. A finding is about its subject (a service, a stage, an image without its
//! tag), or else about the text of its primary span. The place is the chain of less indented lines above,
//! without versions, or the stage of a Dockerfile. Neither contains a line number or other words
//! of the line, so a fingerprint survives insertions above, new tags, regions and flags.

use crate::finding::Finding;
use crate::source::{Notation, Source, Sources, join};
use crate::span::SourceId;
use rayon::prelude::*;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::collections::HashMap;
use std::hash::Hasher;
use std::ops::Range;
use std::sync::Arc;

/// Fills in the fingerprints of findings, which must be sorted by span. `root` is the folder of the run, relative to
/// the top of the repository, so that fingerprints don't depend on where a run starts.
pub(crate) fn identify(findings: &mut [Finding], sources: &Sources, root: &str, known: &mut Places) {
    let files: Vec<&mut [Finding]> = findings.chunk_by_mut(|a, b| a.span.source == b.span.source).collect();
    let places: Vec<(SourceId, PlacesOf)> = files
        .into_par_iter()
        .map(|findings| {
            let id = findings[0].span.source;
            let source = sources.get(id);
            let places = known.of(id, source);
            let path = join(root, &source.path).unwrap_or_default();
            of_file(findings, source, &path, &places);
            (id, (source.text.clone(), source.notation, places))
        })
        .collect();
    known.0.extend(places);
}

/// Fills in the fingerprints of the findings of one file.
fn of_file(findings: &mut [Finding], source: &Source, path: &str, places: &[u64]) {
    let mut secrets: Vec<usize> =
        findings.iter().filter(|finding| finding.is_secret).map(|finding| finding.span.start as usize).collect();
    secrets.sort_unstable();
    let mut seen: HashMap<[u64; 2], u32> = HashMap::new();
    // Many findings can be about the whole of one long line.
    let mut known: HashMap<Range<usize>, u64> = HashMap::new();
    for finding in findings {
        let number = source.position(finding.span.start).line;
        let range = finding.span.range();
        let mut about =
            if finding.is_secret || range.is_empty() { source.lines().range(&source.text, number) } else { range };
        // A fingerprint must not help to guess a secret, so the text is cut before the first one in it.
        if let Some(secret) = secrets.get(secrets.partition_point(|secret| *secret < about.start)) {
            about.end = about.end.min(*secret);
        }
        finding.place = places.get(number as usize - 1).copied().unwrap_or_default();
        finding.words = match &finding.subject {
            Some(subject) => hash(|hasher| hasher.write(subject.as_bytes()))[0],
            None => *known
                .entry(about.clone())
                .or_insert_with(|| hash(|hasher| words(hasher, source.text.get(about).unwrap_or_default()))[0]),
        };
        let key = hash(|hasher| {
            hasher.write(finding.rule.as_bytes());
            hasher.write_u8(0);
            hasher.write(path.as_bytes());
            hasher.write_u8(0);
            hasher.write_u64(finding.place);
            hasher.write_u64(finding.words);
        });
        let ordinal = seen.entry(key).or_default();
        let named = hash(|hasher| {
            hasher.write_u64(key[0]);
            hasher.write_u64(key[1]);
            hasher.write_u32(*ordinal);
        });
        *ordinal += 1;
        finding.fingerprint = format!("{:016x}{:016x}", named[0], named[1]);
    }
}

/// A cache of the places of all lines, for texts that have not changed since the last run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(HashMap<SourceId, PlacesOf>);

/// A text, its notation, and the places of its lines.
type PlacesOf = (Arc<str>, Notation, Arc<[u64]>);

impl Places {
    /// The places of the lines of a source, from the cache if its text and notation are unchanged.
    fn of(&self, id: SourceId, source: &Source) -> Arc<[u64]> {
        match self.0.get(&id) {
            Some((text, notation, places)) if Arc::ptr_eq(text, &source.text) && *notation == source.notation => {
                places.clone()
            }
            _ if source.notation == Notation::Dockerfile => stages(&source.text).into(),
            _ => parents(&source.text).into(),
        }
    }
}

/// The stage of every line, as a hash of its name or, if it has no name, of its number.
fn stages(text: &str) -> Vec<u64> {
    let mut number = 0;
    let mut stage = 0;
    text.split('\n')
        .map(|line| {
            let mut parts = line.split_whitespace();
            if parts.next().is_some_and(|word| word.eq_ignore_ascii_case("FROM")) {
                number += 1;
                let name =
                    parts.skip_while(|word| !word.eq_ignore_ascii_case("AS")).nth(1).map(str::to_ascii_lowercase);
                stage = hash(|hasher| match &name {
                    Some(name) => hasher.write(name.as_bytes()),
                    None => hasher.write_u32(number),
                })[0];
            }
            stage
        })
        .collect()
}

/// The parents of every line, as a hash: the chain of lines above it, each indented less than the next.
fn parents(text: &str) -> Vec<u64> {
    // The lines that are still open, each with its indentation and the place of its children.
    let mut open: Vec<(usize, u64)> = Vec::new();
    text.split('\n')
        .map(|line| {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') || content.starts_with("//") {
                return open.last().map_or(0, |(_, place)| *place);
            }
            let indent = line.len() - line.trim_start().len();
            while open.last().is_some_and(|(other, _)| *other >= indent) {
                open.pop();
            }
            let place = open.last().map_or(0, |(_, place)| *place);
            let own = hash(|hasher| {
                hasher.write_u64(place);
                for word in content.split_whitespace() {
                    hasher.write(lasting(word).as_bytes());
                    hasher.write_u8(b' ');
                }
            })[0];
            open.push((indent, own));
            place
        })
        .collect()
}

/// The part of a word that names something: without the tag or digest of an image, the value of a flag, and a number.
fn lasting(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'', ',']);
    let end = word.char_indices().skip(1).find_map(|(at, c)| {
        let rest = &word[at + c.len_utf8()..];
        let is_cut = match c {
            '@' | '=' => true,
            // The port of a registry is followed by a path, and a key by nothing.
            ':' => !rest.is_empty() && !rest.contains('/'),
            _ => false,
        };
        is_cut.then_some(at)
    });
    let kept = &word[..end.unwrap_or(word.len())];
    if kept.starts_with(|c: char| c.is_ascii_digit()) { "0" } else { kept }
}

/// Hashes the words of a text, independent of the blanks between them.
fn words(hasher: &mut SipHasher13, line: &str) {
    for word in line.split_whitespace() {
        hasher.write(word.as_bytes());
        hasher.write_u8(b' ');
    }
}

fn hash(feed: impl FnOnce(&mut SipHasher13)) -> [u64; 2] {
    let mut hasher = SipHasher13::new();
    feed(&mut hasher);
    let hash = hasher.finish128();
    [hash.h1, hash.h2]
}

#[cfg(test)]
mod tests {
    use super::{parents, stages};

    #[test]
    fn the_place_of_a_line_is_what_it_stands_under() {
        let before = parents("a:\n  b: 1\nc:\n  b: 1\n");
        assert_ne!(before[1], before[3]);
        let after = parents("# more\nnew:\n  x: 2\na:\n\n  # a comment\n  y: 0\n  b: 1\nc:\n  b: 1\n");
        assert_eq!((before[1], before[3]), (after[7], after[9]));
        let stage = stages("FROM a AS build\nRUN x\nFROM b\nRUN x\n");
        assert!(stage[0] == stage[1] && stage[1] != stage[3]);
        assert_eq!(stages("# c\nfrom other as BUILD\n\nRUN x\n")[3], stage[1]);
    }
}
