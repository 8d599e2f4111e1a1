//! One checkout: what the disk holds, with the open documents over it, and what is found there.

use super::documents::Document;
use super::encoding::Index;
use crate::baseline::Baseline;
use crate::config::{self, BASELINE, Problem};
use crate::engine::{Analysis, Config, Memory, analyse};
use crate::ignore::By;
use crate::source::{LARGEST_FILE, Notation, Source, Sources, Tree};
use crate::span::SourceId;
use crate::walk::{self, Choice};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A checkout, or documents that belong to none.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where it is, as the client says; of documents that belong to none, their address.
    pub(super) root: PathBuf,
    /// Where it is once links are followed, and the top of the repository there.
    real: PathBuf,
    top: PathBuf,
    /// Whether the disk counts. Otherwise each document is all there is, and of everything else nothing is known.
    pub(super) has_disk: bool,
    /// What the disk holds; none before it was read.
    disk: Option<Sources>,
    /// Open files that the walk leaves out.
    ignored: HashSet<String>,
    /// Open files of which it is not known yet whether the walk leaves them out.
    unsettled: HashSet<String>,
    /// The open documents by path.
    open: BTreeMap<String, Document>,
    config: Config,
    /// What is wrong with the configuration, and in which file.
    pub(super) problems: Vec<Problem>,
    /// Texts of configuration files, for the places of problems.
    texts: HashMap<Arc<str>, Arc<str>>,
    /// Open documents outside that may be part of the configuration.
    above: BTreeMap<PathBuf, Arc<str>>,
    /// Files below the root that the configuration is made of.
    settings: HashSet<String>,
    /// What keeps the command line from running, in words.
    pub(super) troubles: Vec<String>,
    /// Whether the client was told what is found.
    pub(super) is_told: bool,
    memory: Memory,
    /// The outcome; none where something has changed since.
    outcome: Option<Outcome>,
}

/// What is known of a state of a checkout.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The texts.
    pub(super) sources: Sources,
    /// What they mean, and what is said about them.
    pub(super) analysis: Analysis,
    indexes: Vec<std::sync::OnceLock<Index>>,
}

impl Outcome {
    /// Where the lines of a source begin.
    pub(super) fn index(&self, id: SourceId) -> &Index {
        self.indexes[id.0 as usize].get_or_init(|| Index::of(&self.sources.get(id).text))
    }
}

impl Folder {
    /// A checkout that the disk is still to be read of.
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

    /// Whether enough is known to say something.
    pub(super) fn is_read(&self) -> bool {
        self.disk.is_some()
    }

    /// Whether there is something to tell.
    pub(super) fn has_news(&self) -> bool {
        !self.is_told && self.is_read()
    }

    /// Whether the disk held a file when it was read, or the file is known to be ignored.
    pub(super) fn knows(&self, path: &str) -> bool {
        let Some(disk) = &self.disk else { return false };
        disk.tree.presence(path) == crate::source::Presence::File || self.ignored.contains(path)
    }

    /// Whether something was there when the disk was read.
    pub(super) fn held(&self, path: &str) -> bool {
        self.disk.as_ref().is_none_or(|disk| disk.tree.presence(path) != crate::source::Presence::Missing)
    }

    /// Whether it is a text that is analysed, from disk.
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

    /// Puts a document over the disk, or its new text.
    pub(super) fn put(&mut self, path: &str, document: Document) {
        if self.has_disk && !self.open.contains_key(path) && !self.knows(path) {
            self.unsettled.insert(path.to_owned());
        }
        self.open.insert(path.to_owned(), document);
        self.touch(path);
    }

    /// Takes a document away again.
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

    /// An open document outside may be part of the configuration, or is so no more.
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

    /// What is known is known no more.
    fn outdate(&mut self) {
        self.is_told = false;
        if let Some(outcome) = self.outcome.take() {
            // Taking it apart takes as long as some checks, and nobody waits for it.
            rayon::spawn(move || drop(outcome));
        }
    }

    /// Whether the configuration is made of a file, or would be.
    pub(super) fn is_configuration(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        may_configure(name) || self.settings.contains(path)
    }

    /// Whether there are documents of which it is not known if they count.
    pub(super) fn has_unsettled(&self) -> bool {
        !self.unsettled.is_empty()
    }

    /// Whether it is known if a document counts.
    pub(super) fn is_settled(&self, path: &str) -> bool {
        self.is_read() && !self.unsettled.contains(path)
    }

    /// The disk was read, and it was looked for the files that were asked for.
    pub(super) fn read(&mut self, sources: Sources, asked: &BTreeSet<String>, ignored: HashSet<String>) {
        self.disk = Some(sources);
        self.ignored = ignored;
        let mut unsettled = std::mem::take(&mut self.unsettled);
        unsettled.retain(|path| !asked.contains(path) && !self.knows(path));
        self.unsettled = unsettled;
        self.configure();
    }

    /// One file was read again.
    pub(super) fn reread(&mut self, source: Source) {
        let path = source.path.clone();
        if let Some(disk) = &mut self.disk {
            disk.put(source);
        }
        self.touch(&path);
    }

    /// Reads the configuration; open documents count in the place of files.
    fn configure(&mut self) {
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
        let baseline = match text(&file).map_or_else(|| walk::text(&file), Ok) {
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
        // A file that is being typed says for a moment nothing, or something wrong; what it said before counts until then.
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

    /// The files below the root that the configuration is made of.
    pub(super) fn settings(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().map(String::as_str)
    }

    /// The path below the root of a path below the top of the repository.
    pub(super) fn below(&self, file: &str) -> Option<String> {
        walk::relative(&self.real, &self.top.join(file))
    }

    /// The text of a configuration file.
    pub(super) fn text(&self, file: &str) -> Option<&Arc<str>> {
        self.texts.get(file)
    }

    /// What is asked for.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// What is known, worked out where something has changed; none before the disk was read.
    pub(super) fn outcome(&mut self) -> Option<&Outcome> {
        if self.outcome.is_none() {
            let sources = self.sources()?;
            // A session may last for days, and some comments don't.
            self.config.today = walk::today();
            let analysis = analyse(&sources, &self.config, &mut self.memory);
            let indexes = sources.iter().map(|_| std::sync::OnceLock::new()).collect();
            self.outcome = Some(Outcome { sources, analysis, indexes });
        }
        self.outcome.as_ref()
    }

    /// What is known, as far as it was worked out.
    pub(super) fn last(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// What is known, and a copy of the memory, for trying something out.
    pub(super) fn parts(&mut self) -> Option<(&Outcome, &Config, Memory)> {
        self.outcome()?;
        Some((self.outcome.as_ref()?, &self.config, self.memory.clone()))
    }

    /// What a name of Terraform means.
    pub(super) fn look_up(&self, folder: &str, name: &str) -> Option<crate::model::Definition> {
        self.memory.look_up(&self.outcome.as_ref()?.sources, folder, name)
    }

    /// The disk with the open documents over it.
    fn sources(&self) -> Option<Sources> {
        let mut sources = self.disk.clone()?;
        for (path, document) in &self.open {
            if self.ignored.contains(path) || self.unsettled.contains(path) {
                continue;
            }
            match source(path, document) {
                Some(source) => sources.put(source),
                None => sources.remove(path),
            }
        }
        self.config.cascade.leave_out(&mut sources);
        Some(sources)
    }

    /// Forgets what was worked out, after something went wrong.
    pub(super) fn forget(&mut self) {
        self.memory = Memory::default();
        self.outcome = None;
        // Otherwise what has failed would be tried again at once, and for ever.
        self.is_told = true;
    }
}

/// Whether a file of this name configures something where it stands.
pub(super) fn may_configure(name: &str) -> bool {
    config::NAMES.contains(&name) || name == BASELINE
}

/// A document as a source; none where it is no text of ours. The path tells how it is written and, where that is silent, the
/// client.
fn source(path: &str, document: &Document) -> Option<Source> {
    if document.text.len() as u64 > LARGEST_FILE || document.text.contains('\0') {
        return None;
    }
    let mut source = Source::new(path, document.text.clone());
    if source.notation == Notation::Other {
        source.notation = match document.language.as_str() {
            "dockerfile" => Notation::Dockerfile,
            "yaml" | "dockercompose" | "cloudbuild" => Notation::Yaml,
            "terraform" | "tf" => Notation::Terraform,
            "terraform-vars" | "tfvars" => Notation::TerraformVars,
            "shellscript" | "sh" | "bash" => Notation::Shell,
            "pip-requirements" | "requirements" => Notation::Requirements,
            _ => return None,
        };
    }
    Some(source)
}
