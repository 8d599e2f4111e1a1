//! Loads the configuration files of a checkout into a cascade.

use super::NAMES;
use super::cascade::{Cascade, Governing};
use super::layer::{At, Layer, Level, Locks, Said};
use super::problem::{Problem, Trouble};
use super::read::read;
use crate::rules;
use crate::source::{folder_of, join};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A configuration file that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The folder that it governs, relative to the top of the repository.
    pub folder: String,
    /// The file, relative to the top of the repository; absolute if it is outside.
    pub path: String,
}

/// Reads the configuration files of a checkout and what they extend.
///
/// `root` is the folder of the run, relative to the top of the repository. `fetch` reads a file or returns why it
/// can't. Problems are sorted by file and place.
pub fn load(files: &[Found], root: &str, fetch: &dyn Fn(&str) -> Result<String, String>) -> (Cascade, Vec<Problem>) {
    let mut loader = Loader { fetch, layers: BTreeMap::new(), problems: Vec::new() };
    let mut governing: Vec<Governing> = Vec::new();
    let mut files: Vec<&Found> = files.iter().collect();
    files.sort_by_key(|file| (&file.folder, NAMES.iter().position(|name| *name == name_of(&file.path))));
    for Found { folder, path } in files {
        if governing.last().is_some_and(|last| last.folder == *folder) {
            let at = At { file: path.as_str().into(), range: 0..0, line: 1 };
            loader.problems.push(Problem { at, trouble: Trouble::TwoFiles(name_of(path).to_owned()) });
            continue;
        }
        let mut layers = Vec::new();
        loader.chain(path, &mut layers);
        for Said { value, at } in layers.iter().filter_map(|layer| layer.baseline.as_ref()) {
            if value.starts_with('/') || join(folder, value).is_none() {
                loader.problems.push(Problem { at: at.clone(), trouble: Trouble::Outside(value.clone()) });
            }
        }
        governing.push(Governing { folder: folder.to_owned(), layers, locks: Locks::default() });
    }
    // A lock holds in every folder below, whether or not a file there extends the locking file.
    for index in 0..governing.len() {
        let above = governing[..index].iter().filter(|other| is_below(&governing[index].folder, &other.folder));
        let mut inherited = Locks::default();
        above.for_each(|other| inherited.and(&other.locks));
        loader.hold(&governing[index].layers, &inherited);
        governing[index].layers.iter().for_each(|layer| inherited.and(&layer.locks));
        governing[index].locks = inherited;
    }
    let mut problems = loader.problems;
    problems.sort_by(|a, b| (&a.at.file, a.at.range.start).cmp(&(&b.at.file, b.at.range.start)));
    problems.dedup();
    (Cascade::new(root, governing), problems)
}

/// The most files that one configuration file may extend, directly and through others.
const MOST_EXTENDED: usize = 64;

/// One step on the way through the files that extend each other.
enum Visit {
    /// Reads a file; with the setting that names it, unless it was found by its name.
    Enter(String, Option<At>),
    /// Everything that a file extends has been read.
    Leave,
}

struct Loader<'a> {
    fetch: &'a dyn Fn(&str) -> Result<String, String>,
    layers: BTreeMap<String, Arc<Layer>>,
    problems: Vec<Problem>,
}

impl Loader<'_> {
    /// Adds a file and the files it extends, highest precedence first.
    fn chain(&mut self, path: &str, layers: &mut Vec<Arc<Layer>>) {
        let mut pending = vec![Visit::Enter(path.to_owned(), None)];
        // The files between the first one and the one that is visited.
        let mut above: Vec<String> = Vec::new();
        let mut visited = 0;
        while let Some(visit) = pending.pop() {
            let Visit::Enter(path, named) = visit else {
                above.pop();
                continue;
            };
            if visited > MOST_EXTENDED {
                self.tell(&path, named, Trouble::TooManyExtended(MOST_EXTENDED));
                return;
            }
            visited += 1;
            if above.contains(&path) {
                self.tell(&path, named, Trouble::Circle(path.clone()));
                continue;
            }
            let Some(layer) = self.layer(&path, named) else { continue };
            // A file can be reached in two ways; its first and higher precedence wins.
            if layers.iter().any(|other| other.file == layer.file) {
                continue;
            }
            layers.push(layer.clone());
            pending.push(Visit::Leave);
            // The last file has the highest precedence, so it is put on top.
            for Said { value, at } in &layer.extend {
                // A file that the user named may be anywhere; the files it extends are resolved relative to it.
                let mark = if path.starts_with('/') { "/" } else { "" };
                match join(folder_of(&path), value) {
                    Some(next) if !value.starts_with('/') => {
                        pending.push(Visit::Enter(format!("{mark}{next}"), Some(at.clone())));
                    }
                    _ => self.problems.push(Problem { at: at.clone(), trouble: Trouble::Outside(value.clone()) }),
                }
            }
            above.push(path);
        }
    }

    /// Reads a file, if it was not read before; `named` is the setting that names it.
    fn layer(&mut self, path: &str, named: Option<At>) -> Option<Arc<Layer>> {
        if let Some(layer) = self.layers.get(path) {
            return Some(layer.clone());
        }
        let text = match (self.fetch)(path) {
            Ok(text) => text,
            Err(reason) => {
                self.tell(path, named, Trouble::Unreadable { path: path.to_owned(), reason });
                return None;
            }
        };
        let (layer, problems) = read(path, &text);
        self.problems.extend(problems);
        Some(self.layers.entry(path.to_owned()).or_insert(Arc::new(layer)).clone())
    }

    fn tell(&mut self, path: &str, named: Option<At>, trouble: Trouble) {
        let at = named.unwrap_or_else(|| At { file: path.into(), range: 0..0, line: 1 });
        self.problems.push(Problem { at, trouble });
    }

    /// Reports settings that violate the locks of extended files and of the folders above.
    fn hold(&mut self, layers: &[Arc<Layer>], inherited: &Locks) {
        for (index, layer) in layers.iter().enumerate() {
            let mut locks = inherited.clone();
            layers[index + 1..].iter().for_each(|below| locks.and(&below.locks));
            let settings = layer.overrides.iter().map(|each| &each.rules).chain([&layer.rules]);
            for (rule, setting) in settings.flatten() {
                let Some(lock) = locks.unignorable.get(rule) else { continue };
                let Some(level) = setting.level.as_ref().filter(|level| is_weaker(rule, level.value)) else { continue };
                let trouble = Trouble::Locked { rule: *rule, level: level.value.name(), lock: lock.to_string() };
                self.problems.push(Problem { at: level.at.clone(), trouble });
            }
        }
    }
}

/// Whether a level is weaker than the severity of the rule's page.
fn is_weaker(rule: &str, level: Level) -> bool {
    match level {
        Level::Off => true,
        Level::On => false,
        Level::At(severity) => rules::find(rule).is_some_and(|rule| severity < rule.page().front.severity),
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a folder is `above` or is inside of it.
pub(super) fn is_below(folder: &str, above: &str) -> bool {
    above.is_empty() || folder == above || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}
