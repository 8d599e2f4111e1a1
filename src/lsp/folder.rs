//! One checkout: the files on disk, the open documents that replace them, and the results of the analysis.

use super::documents::Document;
use super::encoding::Index;
use crate::config::{self, BASELINE, Problem};
use crate::engine::{Analysis, Config, Memory, analyse};
use crate::source::{LARGEST_FILE, Notation, PerSource, Source, Sources, Tree};
use crate::span::SourceId;
use crate::suppress::{Baseline, By};
use crate::walk::{self, Choice};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A checkout, or a single document outside of any checkout.
#[derive(Debug)]
pub(super) struct Folder {
    /// The root as the client names it; for a document outside of any checkout, its normalised address.
    pub(super) root: PathBuf,
    /// The root with symbolic links resolved, and the top of its repository.
    real: PathBuf,
    top: PathBuf,
    /// Whether files are read from disk. Otherwise only the open document is known.
    pub(super) has_disk: bool,
    /// The sources on disk; `None` before they were read.
    disk: Option<Sources>,
    /// Those of them that the configuration does not exclude, once they were needed.
    included: Option<Sources>,
    /// Open files that the walk leaves out.
    ignored: HashSet<String>,
    /// Open files for which it is not known yet whether the walk leaves them out.
    unsettled: HashSet<String>,
    /// The open documents by path.
    open: BTreeMap<String, Document>,
    config: Config,
    /// The problems of the configuration files.
    pub(super) problems: Vec<Problem>,
    /// The texts of configuration files, for the places of problems.
    texts: HashMap<Arc<str>, Arc<str>>,
    /// Open documents outside of the root that may be part of the configuration.
    above: BTreeMap<PathBuf, Arc<str>>,
    /// Files below the root that are part of the configuration.
    settings: HashSet<String>,
    /// Problems that would prevent a run on the command line, as messages.
    pub(super) troubles: Vec<String>,
    /// Whether the client has received the current results.
    pub(super) is_told: bool,
    memory: Memory,
    /// The current results; `None` if something has changed since the last analysis.
    outcome: Option<Outcome>,
}

/// The results of one analysis.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The sources that were analysed.
    pub(super) sources: Sources,
    /// The project and the report.
    pub(super) analysis: Analysis,
    indexes: PerSource<std::sync::OnceLock<Index>>,
}

impl Outcome {
    /// The line index of a source.
    pub(super) fn index(&self, id: SourceId) -> &Index {
        self.indexes[id].get_or_init(|| Index::of(&self.sources.get(id).text))
    }
}

impl Folder {
    /// A folder whose files have not been read yet.
    pub(super) fn new(root: PathBuf, has_disk: bool) -> Self {
        let mut tree = Tree::default();
        tree.close("");
        let disk = (!has_disk).then(|| Sources::new(Vec::new(), tree, Vec::new()));
        let config = Config { today: walk::today(), ..Config::default() };
        Self {
            real: root.clone(),
            top: root.clone(),
            root,
            has_disk,
            disk,
            included: None,
            ignored: HashSet::new(),
            unsettled: HashSet::new(),
            open: BTreeMap::new(),
            config,
            problems: Vec::new(),
            texts: HashMap::new(),
            above: BTreeMap::new(),
            settings: HashSet::new(),
            troubles: Vec::new(),
            is_told: false,
            memory: Memory::default(),
            outcome: None,
        }
    }

    /// Whether enough is known for an analysis.
    pub(super) fn is_read(&self) -> bool {
        self.disk.is_some()
    }

    /// Whether there are results that the client has not received.
    pub(super) fn has_news(&self) -> bool {
        !self.is_told && self.is_read()
    }

    /// Whether the file was on disk when that was read, or is known to be left out by the walk.
    pub(super) fn knows(&self, path: &str) -> bool {
        let Some(disk) = &self.disk else { return false };
        disk.tree.presence(path) == crate::source::Presence::File || self.ignored.contains(path)
    }

    /// Whether a path may have existed when the disk was read.
    pub(super) fn held(&self, path: &str) -> bool {
        self.disk.as_ref().is_none_or(|disk| disk.tree.presence(path) != crate::source::Presence::Missing)
    }

    /// Whether a file on disk was read as a source.
    pub(super) fn has_source(&self, path: &str) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.find(path).is_some())
    }

    /// The open documents.
    pub(super) fn open(&self) -> impl Iterator<Item = (&str, &Document)> {
        self.open.iter().map(|(path, document)| (path.as_str(), document))
    }

    /// An open document.
    pub(super) fn document(&self, path: &str) -> Option<&Document> {
        self.open.get(path)
    }

    /// Adds a document or replaces its text.
    pub(super) fn put(&mut self, path: &str, document: Document) {
        if self.has_disk && !self.open.contains_key(path) && !self.knows(path) {
            self.unsettled.insert(path.to_owned());
        }
        self.open.insert(path.to_owned(), document);
        self.touch(path);
    }

    /// Removes a document.
    pub(super) fn close(&mut self, path: &str) {
        self.open.remove(path);
        self.unsettled.remove(path);
        self.touch(path);
    }

    fn touch(&mut self, path: &str) {
        self.outdate();
        if self.is_configuration(path) {
            self.configure();
        }
    }

    /// Adds, changes or removes (`None`) an open document outside of the root that may be part of the configuration.
    pub(super) fn put_above(&mut self, full: &Path, text: Option<Arc<str>>) {
        let is_new = match text {
            Some(text) => self.above.insert(full.to_owned(), text).is_none(),
            None => self.above.remove(full).is_some(),
        };
        let is_used = self.texts.keys().any(|file| self.top.join(&**file) == full);
        if is_new || is_used {
            self.configure();
        }
    }

    /// Drops the current results.
    fn outdate(&mut self) {
        self.is_told = false;
        if let Some(outcome) = self.outcome.take() {
            // Dropping takes as long as some checks, so it happens in the background.
            rayon::spawn(move || drop(outcome));
        }
    }

    /// Whether a file is part of the configuration, or would be if it existed.
    pub(super) fn is_configuration(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        may_configure(name) || self.settings.contains(path)
    }

    /// Whether there are documents for which it is not known yet whether the walk leaves them out.
    pub(super) fn has_unsettled(&self) -> bool {
        !self.unsettled.is_empty()
    }

    /// Whether it is known for a document whether the walk leaves it out.
    pub(super) fn is_settled(&self, path: &str) -> bool {
        self.is_read() && !self.unsettled.contains(path)
    }

    /// Takes the sources of a walk; `asked` are the open files that were checked, `ignored` those that the walk leaves
    /// out.
    pub(super) fn read(&mut self, sources: Sources, asked: &BTreeSet<String>, ignored: HashSet<String>) {
        // Ids that stay keep the results of files that did not change.
        self.disk = Some(match &self.disk {
            Some(old) => sources.numbered_like(old),
            None => sources,
        });
        self.ignored = ignored;
        let mut unsettled = std::mem::take(&mut self.unsettled);
        unsettled.retain(|path| !asked.contains(path) && !self.knows(path));
        self.unsettled = unsettled;
        self.configure();
    }

    /// Takes one file that was read again.
    pub(super) fn reread(&mut self, source: Source) {
        let path = source.path.clone();
        if let Some(disk) = &mut self.disk {
            disk.put(source);
        }
        self.included = None;
        self.touch(&path);
    }

    /// Reads the configuration; open documents replace their files.
    fn configure(&mut self) {
        self.included = None;
        self.outdate();
        let Some(disk) = self.disk.as_ref().filter(|_| self.has_disk) else { return };
        self.real = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        self.top = walk::top(&self.real).to_owned();
        let mut tree = disk.tree.clone();
        tree.extend(self.open.keys().map(String::as_str));
        let text = |path: &Path| match walk::relative(&self.real, path) {
            Some(below) => self.open.get(&below).map(|document| document.text.to_string()),
            None => self.above.get(path).map(|text| text.to_string()),
        };
        let (cascade, problems) = walk::configuration(&self.real, &tree, &Choice::Nearest, &text);
        let file = self.top.join(cascade.baseline().0);
        let is_named = !file.ends_with(BASELINE);
        let baseline = match text(&file).map_or_else(|| walk::text(&file, Some(&self.top)), Ok) {
            Ok(text) => Baseline::parse(&text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named => Ok(None),
            Err(error) => Err(error.to_string()),
        };
        self.texts = cascade.layers().map(|layer| (layer.file.clone(), layer.text.clone())).collect();
        let below = |file: &Path| walk::relative(&self.real, file);
        let settings = self.texts.keys().map(|file| self.top.join(&**file)).chain([file.clone()]);
        self.settings = settings.filter_map(|file| below(&file)).collect();
        let is_open = |problem: &Problem| {
            below(&self.top.join(&*problem.at.file)).is_some_and(|file| self.open.contains_key(&file))
        };
        let bad = problems.iter().filter(|problem| problem.is_error() && !is_open(problem));
        self.troubles = bad.map(|problem| format!("{}: {problem}", problem.at)).collect();
        // A configuration that is being edited may be invalid for a moment; the last valid one is used until then.
        if !problems.iter().any(Problem::is_error) || self.config.cascade.is_empty() {
            self.config.cascade = cascade;
        }
        self.problems = problems;
        match baseline {
            Ok(baseline) => {
                self.config.baselines = baseline.map(|baseline| (By::Baseline, baseline)).into_iter().collect();
            }
            Err(reason) => self.troubles.push(format!("the baseline {} can't be used: {reason}", file.display())),
        }
    }

    /// The files below the root that are part of the configuration.
    pub(super) fn settings(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().map(String::as_str)
    }

    /// The path relative to the root, from a path relative to the top of the repository.
    pub(super) fn below(&self, file: &str) -> Option<String> {
        walk::relative(&self.real, &self.top.join(file))
    }

    /// The text of a configuration file.
    pub(super) fn text(&self, file: &str) -> Option<&Arc<str>> {
        self.texts.get(file)
    }

    /// The configuration of the analysis.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The results, analysed again if something has changed; `None` before the disk was read.
    pub(super) fn outcome(&mut self) -> Option<&Outcome> {
        if self.outcome.is_none() {
            let sources = self.sources()?;
            // An editor may run for days, and ignore comments expire.
            self.config.today = walk::today();
            let analysis = analyse(&sources, &self.config, &mut self.memory);
            let indexes = PerSource::of(&sources, |_, _| std::sync::OnceLock::new());
            self.outcome = Some(Outcome { sources, analysis, indexes });
        }
        self.outcome.as_ref()
    }

    /// The current results, without a new analysis.
    pub(super) fn last(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The memory of the analysis.
    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The definition of a Terraform name.
    pub(super) fn look_up(&self, folder: &str, name: &str) -> Option<crate::model::Definition> {
        self.memory.look_up(&self.outcome.as_ref()?.sources, folder, name)
    }

    /// The sources on disk, with open documents in place of their files.
    fn sources(&mut self) -> Option<Sources> {
        if self.included.is_none() {
            let mut included = self.disk.clone()?;
            self.config.cascade.leave_out(&mut included);
            self.included = Some(included);
        }
        let mut sources = self.included.clone()?;
        for (path, document) in &self.open {
            if self.ignored.contains(path) || self.unsettled.contains(path) || self.config.cascade.excludes(path) {
                continue;
            }
            match source(path, document) {
                Some(source) => sources.put(source),
                None => sources.remove(path),
            }
        }
        Some(sources)
    }

    /// Drops all results after a failure.
    pub(super) fn forget(&mut self) {
        self.memory = Memory::default();
        self.outcome = None;
        // Otherwise the failed analysis would be repeated at once, and for ever.
        self.is_told = true;
    }
}

/// Whether a file with this name is a configuration file or a baseline in any folder.
pub(super) fn may_configure(name: &str) -> bool {
    config::NAMES.contains(&name) || name == BASELINE
}

/// A document as a source; `None` if it is not a supported text. The notation is known from the path or else from the
/// client's language id.
fn source(path: &str, document: &Document) -> Option<Source> {
    if document.text.len() as u64 > LARGEST_FILE || document.text.contains('\0') {
        return None;
    }
    let mut source = Source::new(path, document.text.clone());
    if source.notation == Notation::Other {
        source.notation = match document.language.as_str() {
            "dockerfile" => Notation::Dockerfile,
            "yaml" | "dockercompose" | "cloudbuild" | "github-actions-workflow" => Notation::Yaml,
            "terraform" | "tf" => Notation::Terraform,
            "terraform-vars" | "tfvars" => Notation::TerraformVars,
            "shellscript" | "sh" | "bash" => Notation::Shell,
            "makefile" | "make" => Notation::Make,
            "just" | "justfile" => Notation::Just,
            "pip-requirements" | "requirements" => Notation::Requirements,
            "markdown" => Notation::Prose,
            "dotenv" => Notation::EnvFile,
            _ => return None,
        };
    }
    Some(source)
}
