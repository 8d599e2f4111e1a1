//! The findings that a team has decided to live with for now, kept in a file.
//!
//! An entry silences one finding and no more. It is the same finding where rule, path, place and words agree; where its
//! surroundings changed, rule, path and words are enough; and where its file is gone, rule, place and words in another. So
//! moved lines, renamed files and new neighbours don't bring a finding back, and a second one of a kind is never hidden.

use crate::finding::Finding;
use crate::source::{Sources, join};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// The file's form; another number is another form.
const SCHEMA: u32 = 1;

/// The findings of a baseline, by path, rule and fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// One for each finding.
    pub entries: Vec<Entry>,
}

/// One finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Its file, from the top of the repository.
    pub path: String,
    /// Its rule.
    pub rule: String,
    /// Its words, for those who read the file; they don't count.
    pub message: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What its line stands under, as a number.
    place: String,
    /// The words of its line, as a number.
    words: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    schema: u32,
    findings: Vec<Entry>,
}

/// What a baseline did to findings.
#[derive(Debug, Default)]
pub struct Applied {
    /// Findings that it silences.
    pub known: Vec<Finding>,
    /// Entries that silence nothing, and whether they could have.
    pub unused: Vec<(Entry, bool)>,
}

impl Baseline {
    /// The findings of a report. `root` is the folder of the run from the top of the repository.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>, sources: &Sources, root: &str) -> Self {
        let entry = |finding: &Finding| Entry {
            path: from_top(root, &sources.get(finding.span.source).path),
            rule: finding.rule.to_string(),
            message: finding.message.clone(),
            fingerprint: finding.fingerprint.clone(),
            place: number(finding.place),
            words: number(finding.words),
        };
        let mut baseline = Self::default();
        baseline.add(findings.into_iter().map(entry));
        baseline
    }

    /// Adds entries.
    pub fn add(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.entries.extend(entries);
        self.entries.sort_by(|a, b| (&a.path, &a.rule, &a.fingerprint).cmp(&(&b.path, &b.rule, &b.fingerprint)));
    }

    /// Reads the file. Entries that a merge has doubled count once.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Document { schema, findings: mut entries } =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        if schema != SCHEMA {
            return Err(format!("unsupported baseline schema {schema} (expected {SCHEMA})"));
        }
        let mut seen = HashSet::new();
        entries.retain(|entry| seen.insert(entry.fingerprint.clone()));
        Ok(Self { entries })
    }

    /// The file: one line for each entry, so that merges are easy.
    pub fn text(&self) -> String {
        let mut text = format!("{{\"schema\": {SCHEMA}, \"findings\": [");
        for (index, entry) in self.entries.iter().enumerate() {
            let line = serde_json::to_string(entry).expect("an entry holds nothing but texts");
            text.push_str(if index == 0 { "\n  " } else { ",\n  " });
            text.push_str(&line);
        }
        text.push_str(if self.entries.is_empty() { "]}\n" } else { "\n]}\n" });
        text
    }

    /// Takes the findings out that are known. `root` is the folder of the run from the top of the repository.
    pub fn apply(
        &self,
        findings: &mut Vec<Finding>,
        sources: &Sources,
        root: &str,
        may_be_known: &dyn Fn(&Finding) -> bool,
    ) -> Applied {
        let open: Vec<usize> = (0..findings.len()).filter(|index| may_be_known(&findings[*index])).collect();
        let paths: HashMap<usize, String> = open
            .iter()
            .map(|index| (*index, from_top(root, &sources.get(findings[*index].span.source).path)))
            .collect();
        let here: HashSet<String> = sources.tree.files().map(|file| from_top(root, file)).collect();
        let mut matching = Matching { entries: vec![false; self.entries.len()], findings: vec![false; findings.len()] };
        {
            let finding = |index: usize| (&findings[index], paths[&index].as_str());
            matching.pass(
                &open,
                |index| Some(finding(index).0.fingerprint.clone()),
                self.entries.iter().map(|entry| Some(entry.fingerprint.clone())),
            );
            matching.pass(
                &open,
                |index| {
                    let (finding, path) = finding(index);
                    (!finding.is_secret).then(|| (finding.rule.as_str(), path, number(finding.words)))
                },
                self.entries.iter().map(|entry| Some((entry.rule.as_str(), entry.path.as_str(), entry.words.clone()))),
            );
            let is_gone = |entry: &Entry| is_within(root, &entry.path) && !here.contains(&entry.path);
            matching.pass(
                &open,
                |index| {
                    let (finding, _) = finding(index);
                    Some((finding.rule.as_str(), number(finding.place), number(finding.words)))
                },
                self.entries.iter().map(|entry| {
                    is_gone(entry).then(|| (entry.rule.as_str(), entry.place.clone(), entry.words.clone()))
                }),
            );
        }
        let mut applied = Applied::default();
        let mut index = 0;
        findings.retain(|finding| {
            let is_known = matching.findings[index];
            index += 1;
            if is_known {
                applied.known.push(finding.clone());
            }
            !is_known
        });
        let unused =
            self.entries.iter().zip(&matching.entries).filter(|(_, is_used)| !**is_used).map(|(entry, _)| entry);
        // Of what lies outside of the root nothing can be said.
        applied.unused = unused.map(|entry| (entry.clone(), is_within(root, &entry.path))).collect();
        applied
    }
}

/// Which entries and findings have found each other.
struct Matching {
    entries: Vec<bool>,
    findings: Vec<bool>,
}

impl Matching {
    /// Joins what has one key and is still alone, in order.
    fn pass<K: Eq + Hash>(
        &mut self,
        open: &[usize],
        key: impl Fn(usize) -> Option<K>,
        keys: impl Iterator<Item = Option<K>>,
    ) {
        if self.entries.iter().all(|is_used| *is_used) {
            return;
        }
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for (entry, key) in keys.enumerate() {
            if let Some(key) = key.filter(|_| !self.entries[entry]) {
                waiting.entry(key).or_default().push(entry);
            }
        }
        waiting.values_mut().for_each(|entries| entries.reverse());
        for finding in open.iter().copied().filter(|index| !self.findings[*index]).collect::<Vec<_>>() {
            let Some(entry) = key(finding).and_then(|key| waiting.get_mut(&key)).and_then(Vec::pop) else { continue };
            self.entries[entry] = true;
            self.findings[finding] = true;
        }
    }
}

fn from_top(root: &str, path: &str) -> String {
    join(root, path).unwrap_or_else(|| path.to_owned())
}

fn is_within(root: &str, path: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

fn number(hash: u64) -> String {
    format!("{hash:016x}")
}
