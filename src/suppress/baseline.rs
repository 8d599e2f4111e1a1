//! The findings that a team has accepted for now, kept in a file.
//!
//! An entry silences exactly one finding. It matches a finding with the same rule, path, place and words; if the
//! surroundings changed, one with the same rule, path and words (secrets excepted); if its file is gone, one with the
//! same rule, place and words in another file. So a finding stays silenced when lines move, files are renamed or
//! neighbours are added, and a second equal one is never hidden.

use crate::finding::Finding;
use crate::source::{Sources, join};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

/// The schema version of the file.
const SCHEMA: u32 = 2;

/// The entries of a baseline, sorted by path, rule and fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// One entry for each finding.
    pub entries: Vec<Entry>,
}

/// One known finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Its file, relative to the top of the repository.
    pub path: String,
    /// Its rule.
    pub rule: String,
    /// Its message, for readers of the file; it is not compared.
    pub message: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The hash of the parents of its line, or of its stage.
    place: String,
    /// The hash of its subject, or of the words of its primary span.
    words: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    schema: u32,
    findings: Vec<Entry>,
}

/// The result of applying a baseline.
#[derive(Debug, Default)]
pub struct Applied {
    /// Findings that are silenced.
    pub known: Vec<Arc<Finding>>,
    /// Entries that match no finding, and whether their path is inside of the root.
    pub unused: Vec<(Entry, bool)>,
}

impl Baseline {
    /// The baseline of some findings. `root` is the folder of the run, relative to the top of the repository.
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

    /// Parses the file. Entries that a merge has duplicated are kept once.
    ///
    /// # Errors
    /// Why the file is invalid.
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

    /// The text of the file: one line for each entry, so that merges are easy.
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

    /// Removes the known findings. `root` is the folder of the run, relative to the top of the repository.
    pub fn apply(
        &self,
        findings: &mut Vec<Arc<Finding>>,
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
        // An entry outside of the root was not checked, so it may still match there.
        applied.unused = unused.map(|entry| (entry.clone(), is_within(root, &entry.path))).collect();
        applied
    }
}

/// Which entries and which findings are matched.
struct Matching {
    entries: Vec<bool>,
    findings: Vec<bool>,
}

impl Matching {
    /// Matches entries and findings with the same key that are not matched yet, in order.
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
