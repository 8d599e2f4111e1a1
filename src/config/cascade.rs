//! The configuration files of a checkout together: which of them governs a path, and the settings that apply there.

use super::layer::{FailOn, Layer, Level, Locks, RuleSetting, Said};
use super::load::is_below;
use super::problem::{Problem, Trouble};
use super::{BASELINE, Pattern};
use crate::catalogue::Profile;
use crate::finding::{RuleId, Severity};
use crate::model::Environment;
use crate::source::{Sources, Tree, folder_of, join};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every configuration file of a checkout. The nearest file at or above a path governs it, with the files that it
/// extends.
#[derive(Debug, Clone, Default)]
pub struct Cascade {
    /// The root of the run, relative to the top of the repository.
    root: Arc<str>,
    /// Sorted by folder.
    files: Arc<[Governing]>,
}

/// A configuration file with what it extends.
#[derive(Debug)]
pub(super) struct Governing {
    /// Its folder, relative to the top of the repository.
    pub(super) folder: String,
    /// Its own settings and the ones it extends, highest precedence first.
    pub(super) layers: Vec<Arc<Layer>>,
    /// The locks of its layers and of the files above it.
    pub(super) locks: Locks,
}

/// The settings that apply to one path.
#[derive(Debug, Default)]
pub struct View<'a> {
    governing: Option<&'a Governing>,
    /// The path, relative to the folder of the file that governs it.
    path: String,
    /// Indexes of the matching overrides of each layer, the last override first.
    overrides: Vec<Vec<usize>>,
}

/// Whether a rule runs for a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It does not run.
    Off,
    /// It runs with the severity of its page.
    On,
    /// It runs with this severity.
    At(Severity),
}

impl Cascade {
    pub(super) fn new(root: &str, files: Vec<Governing>) -> Self {
        Self { root: root.into(), files: files.into() }
    }

    /// Whether it is the same one, and not only an equal one; two without files are the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.root == other.root && (Arc::ptr_eq(&self.files, &other.files) || self.is_empty() && other.is_empty())
    }

    /// Whether there is no configuration file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The settings for a path of the run; the empty path is the root itself.
    pub fn view(&self, path: &str) -> View<'_> {
        let full = join(&self.root, path).unwrap_or_default();
        let folder = if path.is_empty() { full.as_str() } else { folder_of(&full) };
        let nearest = self.files.iter().filter(|file| is_below(folder, &file.folder));
        let Some(governing) = nearest.max_by_key(|file| file.folder.len()) else { return View::default() };
        let path = full.strip_prefix(&governing.folder).unwrap_or(&full).trim_start_matches('/').to_owned();
        let matching = |layer: &Arc<Layer>| {
            let overrides = layer.overrides.iter().enumerate().rev();
            let matches = |paths: &[Said<Pattern>]| paths.iter().any(|pattern| pattern.value.matches(&path));
            overrides.filter(|(_, each)| matches(&each.paths)).map(|(index, _)| index).collect()
        };
        let overrides = governing.layers.iter().map(matching).collect();
        View { governing: Some(governing), path, overrides }
    }

    /// The lowest severity that makes a run fail, if the file that governs the root sets it.
    pub fn fail_on(&self) -> Option<Said<FailOn>> {
        self.view("").layers().find_map(|layer| layer.fail_on.clone())
    }

    /// The path of the baseline from the top of the repository, and the setting it comes from: the nearest file at or
    /// above the root that sets it. The default is at the top, so that a run in a part of the repository finds it.
    pub fn baseline(&self) -> (String, Option<&Said<String>>) {
        let mut above: Vec<&Governing> = self.files.iter().filter(|file| is_below(&self.root, &file.folder)).collect();
        above.sort_by_key(|file| std::cmp::Reverse(file.folder.len()));
        let said = |file: &&'_ Governing| file.layers.iter().any(|layer| layer.baseline.is_some());
        let Some(file) = above.into_iter().find(said) else { return (BASELINE.to_owned(), None) };
        let named = file.layers.iter().find_map(|layer| layer.baseline.as_ref());
        let path = named.and_then(|named| join(&file.folder, &named.value));
        (path.unwrap_or_else(|| BASELINE.to_owned()), named)
    }

    /// The folder of the run, relative to the top of the repository.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The layers of all files, with their text; those of one folder follow each other, highest precedence first.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.files.iter().flat_map(|file| &file.layers).map(Arc::as_ref)
    }

    /// Removes the excluded sources.
    pub fn leave_out(&self, sources: &mut Sources) {
        if !self.is_empty() {
            sources.retain(|path| !self.excludes(path));
        }
    }

    /// Whether a path is excluded.
    pub(crate) fn excludes(&self, path: &str) -> bool {
        !self.is_empty() && self.view(path).excluded().is_some()
    }

    /// Patterns that match no file of a checkout. Patterns of extended files are left out because they may be written
    /// for other repositories, and those of files above the root because they may match files outside of it.
    pub fn idle_patterns(&self, tree: &Tree) -> Vec<Problem> {
        let mut idle = Vec::new();
        for governing in self.files.iter().filter(|file| is_below(&file.folder, &self.root)) {
            let Some(layer) = governing.layers.first() else { continue };
            let below = governing.folder[self.root.len().min(governing.folder.len())..].trim_start_matches('/');
            let patterns = layer
                .exclude
                .iter()
                .chain(layer.environments.iter().map(|(_, pattern)| pattern))
                .chain(layer.overrides.iter().flat_map(|each| &each.paths));
            for pattern in patterns {
                let cut = if below.is_empty() { 0 } else { below.len() + 1 };
                if !tree.below(below).any(|path| path.get(cut..).is_some_and(|path| pattern.value.matches(path))) {
                    let trouble = Trouble::IdlePattern(pattern.value.text().to_owned());
                    idle.push(Problem { at: pattern.at.clone(), trouble });
                }
            }
        }
        idle
    }
}

impl<'a> View<'a> {
    fn layers(&self) -> impl Iterator<Item = &'a Layer> + use<'a> {
        self.governing.into_iter().flat_map(|governing| &governing.layers).map(Arc::as_ref)
    }

    /// The settings of rules that apply here, highest precedence first.
    fn rules(&self) -> impl Iterator<Item = &'a BTreeMap<RuleId, RuleSetting>> {
        self.layers().zip(&self.overrides).flat_map(|(layer, matching)| {
            matching.iter().map(|index| &layer.overrides[*index].rules).chain([&layer.rules])
        })
    }

    /// The level that is set for a rule.
    pub fn level(&self, rule: &str) -> Option<&'a Said<Level>> {
        self.rules().find_map(|rules| rules.get(rule)?.level.as_ref())
    }

    /// Whether an override switches a rule off for this path.
    pub fn is_overridden_off(&self, rule: &str) -> bool {
        let overrides = self.layers().zip(&self.overrides);
        let mut rules =
            overrides.flat_map(|(layer, matching)| matching.iter().map(|index| &layer.overrides[*index].rules));
        rules.find_map(|rules| rules.get(rule)?.level.as_ref()).is_some_and(|said| said.value == Level::Off)
    }

    /// The profile that is set for the path.
    pub fn profile(&self) -> Option<&'a Said<Profile>> {
        self.layers().zip(&self.overrides).find_map(|(layer, matching)| {
            matching.iter().find_map(|index| layer.overrides[*index].profile.as_ref()).or(layer.profile.as_ref())
        })
    }

    /// The value that is set for an option of a rule.
    pub fn option(&self, rule: &str, option: &str) -> Option<&'a Said<f64>> {
        self.rules().find_map(|rules| rules.get(rule)?.options.get(option))
    }

    /// The environment that is set for the path, and the pattern that sets it.
    pub fn environment(&self) -> Option<(Environment, &'a Said<Pattern>)> {
        let matches = |(_, pattern): &&(Environment, Said<Pattern>)| pattern.value.matches(&self.path);
        let said = self.layers().find_map(|layer| layer.environments.iter().rev().find(matches));
        said.map(|(environment, pattern)| (*environment, pattern))
    }

    /// The pattern that excludes the path.
    pub fn excluded(&self) -> Option<&'a Said<Pattern>> {
        self.layers().find_map(|layer| layer.exclude.iter().find(|pattern| pattern.value.matches(&self.path)))
    }

    /// The locks that hold for the path.
    pub fn locks(&self) -> Option<&'a Locks> {
        self.governing.map(|governing| &governing.locks)
    }

    /// The files that govern the path, relative to the top of the repository, highest precedence first.
    pub fn files(&self) -> impl Iterator<Item = &'a str> {
        self.layers().map(|layer| &*layer.file)
    }

    /// Whether a rule runs here: by its level if one is set, if it is locked, otherwise by the profile. `least` is the
    /// profile that includes it.
    pub fn decide(&self, rule: &str, least: Profile, profile: Option<Profile>) -> Decision {
        match self.level(rule).map(|said| said.value) {
            Some(Level::Off) => Decision::Off,
            Some(Level::On) => Decision::On,
            Some(Level::At(severity)) => Decision::At(severity),
            None if self.locks().is_some_and(|locks| locks.unignorable.contains_key(rule)) => Decision::On,
            None => {
                let profile = profile.or(self.profile().map(|said| said.value)).unwrap_or(Profile::Recommended);
                if least <= profile { Decision::On } else { Decision::Off }
            }
        }
    }
}
