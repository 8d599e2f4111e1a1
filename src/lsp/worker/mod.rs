//! The worker thread: it tracks the documents, runs the analysis, and answers requests.
//!
//! Messages arrive in the client's order, so a request is always about the text that the client had when it sent the
//! request. Queued changes are handled together, and only the last state is analysed.

mod tell;

use super::answers::{self, Answer, Asked, error, outdated, write};
use super::client::Client;
use super::disk::{Order, Reading};
use super::documents::{Document, Home};
use super::folder::{Folder, may_configure};
use super::snapshot::Snapshot;
use super::uri::{self, key};
use super::{diagnostics, navigation};
use crate::engine::{Failure, guarded};
use crate::source::Notation;
use crate::visible::visible;
use crate::walk;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileChangeType, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tell::Said;

/// A task of the worker.
#[derive(Debug)]
pub(super) enum Job {
    /// A notification from the client.
    Told(Notification),
    /// A request from the client.
    Asked(Request),
    /// The response to a request from the server.
    Answered(Response),
    /// The client has sent `initialized`.
    Begin,
    /// The disk thread has read something.
    Read(Reading),
}

/// Requests without a response yet. The thread that removes an id must respond to it.
pub(super) type Open = Arc<Mutex<HashSet<RequestId>>>;

/// The id of the request to watch files.
const WATCH: &str = "seaworthy-watch";

/// The state of the worker.
pub(super) struct Worker {
    pub(super) client: Client,
    pub(super) folders: Vec<Folder>,
    /// The open documents by key, see [`key`].
    pub(super) documents: BTreeMap<String, Home>,
    /// The last diagnostics sent, by address of the document.
    pub(super) said: HashMap<String, Said>,
    /// Documents that the client has changed since their diagnostics were last sent.
    pub(super) changed: HashSet<String>,
    /// Troubles that were shown to the client.
    pub(super) shown: HashSet<String>,
    /// Failures that are in the client's log.
    pub(super) logged: HashSet<Failure>,
    /// Requests that wait for the disk, with the version of their document.
    waiting: Vec<(Request, Option<i32>)>,
    has_begun: bool,
    is_watched: bool,
    /// `Some` while a refresh request has no response yet; `true` if another refresh is needed after it.
    pub(super) refreshing: Option<bool>,
    asked: u64,
    open: Open,
    disk: Sender<Order>,
    to: Sender<Message>,
}

impl Worker {
    pub(super) fn new(client: Client, open: Open, disk: Sender<Order>, to: Sender<Message>) -> Self {
        let mut folders: Vec<Folder> = Vec::new();
        for root in &client.folders {
            if !folders.iter().any(|folder| folder.root == *root) {
                folders.push(Folder::new(root.clone(), true));
            }
        }
        Self {
            client,
            folders,
            documents: BTreeMap::new(),
            said: HashMap::new(),
            changed: HashSet::new(),
            shown: HashSet::new(),
            logged: HashSet::new(),
            waiting: Vec::new(),
            has_begun: false,
            is_watched: false,
            refreshing: None,
            asked: 0,
            open,
            disk,
            to,
        }
    }

    /// Runs until the queue of jobs is closed.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        for root in self.folders.iter().map(|folder| folder.root.clone()).collect::<Vec<_>>() {
            self.order(root);
        }
        loop {
            let job = match jobs.try_recv() {
                Ok(job) => job,
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) if self.may_tell() => {
                    self.guarded("a check", Self::tell);
                    continue;
                }
                Err(TryRecvError::Empty) => match jobs.recv() {
                    Ok(job) => job,
                    Err(_) => return,
                },
            };
            match job {
                Job::Told(notification) => {
                    let method = notification.method.clone();
                    self.guarded(&method, |worker| worker.told(notification));
                }
                Job::Asked(request) => self.ask(request),
                Job::Answered(response) => self.answered(&response),
                Job::Begin => self.begin(),
                Job::Read(reading) => {
                    self.guarded("reading", |worker| worker.read(reading));
                }
            }
        }
    }

    /// Whether there are new results, and the client is ready for them.
    fn may_tell(&self) -> bool {
        (self.has_begun || !self.documents.is_empty()) && self.folders.iter().any(Folder::has_news)
    }

    /// Runs something that must not end the server. If it panics, all results are dropped, so that nothing is built on
    /// an inconsistent state.
    fn guarded<T>(&mut self, what: &str, action: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match guarded(|| what.to_owned(), || action(self)) {
            Ok(value) => Some(value),
            Err(failure) => {
                self.folders.iter_mut().for_each(Folder::forget);
                self.log(1, &failure.to_string());
                None
            }
        }
    }

    pub(super) fn send(&self, message: impl Into<Message>) {
        // If the client is gone, nobody receives the message.
        let _ = self.to.send(message.into());
    }

    /// Writes a line to the client's log: 1 is an error, 2 a warning, 3 information.
    pub(super) fn log(&self, kind: u32, message: &str) {
        let params = json!({"type": kind, "message": visible(message)});
        self.send(Notification { method: "window/logMessage".to_owned(), params });
    }

    pub(super) fn request(&mut self, id: &str, method: &str, params: Value) {
        self.send(Request { id: RequestId::from(id.to_owned()), method: method.to_owned(), params });
    }

    /// Asks the client to watch files.
    fn begin(&mut self) {
        self.has_begun = true;
        if self.client.watches {
            // Every file is watched: a COPY depends on whether a file exists. A change of content matters only if the
            // file is read.
            let watchers = json!([{"globPattern": "**/*"}]);
            let options = json!({"watchers": watchers});
            let registration =
                json!({"id": WATCH, "method": "workspace/didChangeWatchedFiles", "registerOptions": options});
            self.is_watched = true;
            self.request(WATCH, "client/registerCapability", json!({"registrations": [registration]}));
        }
    }

    fn answered(&mut self, response: &Response) {
        if response.id == RequestId::from(WATCH.to_owned()) && response.response_result.is_err() {
            self.is_watched = false;
            self.log(3, "files are not watched; they are read again when a document is opened or saved");
        }
        if response.id == RequestId::from(tell::REFRESH.to_owned()) && self.refreshing.take() == Some(true) {
            self.refresh();
        }
    }

    /// Orders a walk of a folder.
    fn order(&self, root: PathBuf) {
        let folder = self.folders.iter().find(|folder| folder.root == root && folder.has_disk);
        let Some(folder) = folder else { return };
        let asked = folder.open().map(|(path, _)| path.to_owned()).collect();
        // The disk thread ends only with the server.
        let _ = self.disk.send(Order::Walk { root, asked });
    }

    fn read(&mut self, reading: Reading) {
        match reading {
            Reading::Folder { root, sources, asked, ignored } => {
                if let Some(folder) = self.folders.iter_mut().find(|folder| folder.root == root) {
                    folder.read(sources, &asked, ignored);
                    if folder.has_unsettled() {
                        self.order(root);
                    }
                }
                for (request, version) in std::mem::take(&mut self.waiting) {
                    self.ask_later(request, version);
                }
            }
            Reading::File { root, path, source } => {
                match (self.folders.iter_mut().find(|folder| folder.root == root), source) {
                    (Some(folder), Some(source)) => folder.reread(source),
                    // It is no longer a supported file, or was deleted.
                    (Some(_), None) => self.order(root),
                    (None, _) => drop(path),
                }
            }
        }
    }

    fn told(&mut self, notification: Notification) {
        let method = notification.method.clone();
        if let Err(reason) = self.follow(notification) {
            self.log(2, &format!("{method}: {reason}"));
        }
    }

    fn follow(&mut self, notification: Notification) -> Result<(), String> {
        fn read<T: DeserializeOwned>(params: Value) -> Result<T, String> {
            serde_json::from_value(params).map_err(|error| error.to_string())
        }
        let params = notification.params;
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let opened = read::<DidOpenTextDocumentParams>(params)?.text_document;
                let document = Document {
                    version: opened.version,
                    language: opened.language_id.to_string(),
                    text: opened.text.into(),
                };
                self.opened(opened.uri, &document);
            }
            "textDocument/didChange" => {
                let params: DidChangeTextDocumentParams = read(params)?;
                let address = params.text_document.text_document_identifier.uri.0;
                if !is_ours(&address) {
                    return Ok(());
                }
                let (encoding, version) = (self.client.encoding, params.text_document.version);
                let key = key(&address);
                let home = self.documents.get(&key).cloned().ok_or("the document is not open")?;
                let document = self.folder_of(&home).and_then(|folder| folder.document(&home.path).cloned());
                let mut document = document.ok_or("the document is not open")?;
                document.change(version, params.content_changes, encoding)?;
                self.put(&home, &document);
                self.changed.insert(key);
            }
            "textDocument/didClose" => {
                let params: DidCloseTextDocumentParams = read(params)?;
                self.closed(&key(&params.text_document.uri.0));
            }
            "textDocument/didSave" => {
                let params: DidSaveTextDocumentParams = read(params)?;
                if let Some(home) = self.documents.get(&key(&params.text_document.uri.0)).cloned() {
                    self.saved(&home);
                }
            }
            "workspace/didChangeWatchedFiles" => {
                let params: DidChangeWatchedFilesParams = read(params)?;
                let changes = params.changes.into_iter();
                self.moved(changes.filter_map(|change| Some((uri::path(&change.uri.0)?, change.kind))));
            }
            "workspace/didChangeWorkspaceFolders" => {
                let event = read::<DidChangeWorkspaceFoldersParams>(params)?.event;
                let paths = |folders: Vec<gen_lsp_types::WorkspaceFolder>| -> Vec<PathBuf> {
                    folders.iter().filter_map(|folder| uri::path(&folder.uri.0)).collect()
                };
                self.rearranged(&paths(event.added), &paths(event.removed));
            }
            // Other notifications are not relevant here.
            _ => {}
        }
        Ok(())
    }

    pub(super) fn folder_of(&self, home: &Home) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.root == home.root)
    }

    /// The folders that contain a document, with its path in each: its own and every folder around that.
    fn holders(&self, home: &Home) -> Vec<(usize, String)> {
        let folders = self.folders.iter().enumerate();
        let holds = |(index, folder): (usize, &Folder)| {
            if folder.root == home.root {
                return Some((index, home.path.clone()));
            }
            let full = home.full.as_ref().filter(|_| folder.has_disk)?;
            Some((index, walk::relative(&folder.root, full)?))
        };
        folders.filter_map(holds).collect()
    }

    /// The root of the innermost folder that contains a file.
    pub(super) fn innermost(&self, full: &Path) -> Option<&Path> {
        let holds = |folder: &&Folder| folder.has_disk && walk::relative(&folder.root, full).is_some();
        let innermost = self.folders.iter().filter(holds).max_by_key(|folder| folder.root.as_os_str().len());
        innermost.map(|folder| folder.root.as_path())
    }

    /// The place of a document: in the innermost folder of the workspace that contains it, else in its repository, else
    /// in a folder of its own.
    fn settle(&mut self, address: Uri) -> Home {
        let alone = |worker: &mut Self, path: String, full: Option<PathBuf>, address: Uri| {
            // Documents without a folder are checked separately.
            let root = PathBuf::from(key(&address.0));
            worker.folders.push(Folder::new(root.clone(), false));
            Home { root, path, address, full }
        };
        let Some(full) = uri::path(&address.0) else {
            let path = address.0.rsplit([':', '/']).next().unwrap_or(&address.0).to_owned();
            return alone(self, path, None, address);
        };
        if let Some(root) = self.innermost(&full).map(Path::to_owned) {
            let path = walk::relative(&root, &full).unwrap_or_default();
            return Home { root, path, address, full: Some(full) };
        }
        let top = walk::top(full.parent().unwrap_or(Path::new("/"))).to_owned();
        if top.join(".git").exists() {
            let path = walk::relative(&top, &full).unwrap_or_default();
            self.folders.push(Folder::new(top.clone(), true));
            self.order(top.clone());
            return Home { root: top, path, address, full: Some(full) };
        }
        let path = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
        alone(self, path, Some(full), address)
    }

    /// Whether the client watches the files of a folder.
    fn is_watched(&self, root: &Path) -> bool {
        self.is_watched && self.client.folders.iter().any(|folder| folder == root)
    }

    fn opened(&mut self, address: Uri, document: &Document) {
        let key = key(&address.0);
        self.closed(&key);
        if !is_ours(&address.0) {
            return;
        }
        let home = self.settle(address);
        self.changed.insert(key.clone());
        self.documents.insert(key, home.clone());
        let unseen = |(index, path): &(usize, String)| {
            let folder = &self.folders[*index];
            // A file that the last walk has not found may be new, or be left out by the walk. A folder whose first walk
            // is still running checks this after it.
            let is_worth = folder.has_disk && folder.is_read();
            (is_worth && (!folder.knows(path) || !self.is_watched(&folder.root))).then(|| folder.root.clone())
        };
        let roots: Vec<PathBuf> = self.holders(&home).iter().filter_map(unseen).collect();
        self.put(&home, document);
        roots.into_iter().for_each(|root| self.order(root));
    }

    /// Puts a document, or its new text, into every folder that contains it.
    fn put(&mut self, home: &Home, document: &Document) {
        for (index, path) in self.holders(home) {
            self.folders[index].put(&path, document.clone());
        }
        self.put_above(home, Some(&document.text));
    }

    /// Passes a document to the folders that don't contain it, since it may be part of their configuration.
    fn put_above(&mut self, home: &Home, text: Option<&Arc<str>>) {
        let Some(full) = &home.full else { return };
        let name = full.file_name().unwrap_or_default().to_string_lossy();
        if !may_configure(&name) && !name.ends_with(".toml") && !name.ends_with(".json") {
            return;
        }
        for folder in self.folders.iter_mut().filter(|folder| folder.has_disk) {
            if walk::relative(&folder.root, full).is_none() {
                folder.put_above(full, text.cloned());
            }
        }
    }

    /// A document was saved. Without file watching this is the only notice that its file has changed.
    fn saved(&mut self, home: &Home) {
        let name = home.path.rsplit('/').next().unwrap_or(&home.path);
        let roots: Vec<PathBuf> = self.folders.iter().map(|folder| folder.root.clone()).collect();
        for root in roots {
            let is_its = root == home.root && !self.is_watched(&root);
            if is_its || may_configure(name) {
                self.order(root);
            }
        }
    }

    fn closed(&mut self, key: &str) {
        let Some(home) = self.documents.remove(key) else { return };
        for (index, path) in self.holders(&home) {
            self.folders[index].close(&path);
        }
        self.put_above(&home, None);
        self.changed.remove(key);
        self.leave();
        // With the scope `workspace`, the diagnostics of the file on disk replace those of the document.
        let is_told = self.client.wants_all && self.folder_of(&home).is_some_and(|folder| folder.has_disk);
        if !is_told || home.address.0 != key {
            self.unsay(&home.address.0);
        }
    }

    /// Drops folders that were added for a document that is now closed.
    fn leave(&mut self) {
        let workspace: HashSet<&PathBuf> = self.client.folders.iter().collect();
        let homes: HashSet<&PathBuf> = self.documents.values().map(|home| &home.root).collect();
        self.folders.retain(|folder| workspace.contains(&folder.root) || homes.contains(&folder.root));
    }

    /// Files were created, deleted or changed.
    fn moved(&mut self, changes: impl Iterator<Item = (PathBuf, FileChangeType)>) {
        let mut walks: HashSet<PathBuf> = HashSet::new();
        for (full, kind) in changes {
            for folder in self.folders.iter().filter(|folder| folder.has_disk) {
                let Some(path) = walk::relative(&folder.root, &full) else { continue };
                let closed = [".git", ".terraform", "node_modules", "vendor"];
                if path.split('/').any(|part| closed.contains(&part)) {
                    continue;
                }
                let name = path.rsplit('/').next().unwrap_or(&path);
                let is_change = kind == FileChangeType::Changed;
                if is_change && folder.has_source(&path) && !folder.is_configuration(&path) {
                    // The disk thread ends only with the server.
                    let _ = self.disk.send(Order::Read { root: folder.root.clone(), path });
                } else if is_change {
                    // A file without a source may have become a supported one.
                    let may_count = Notation::by_name(&path) != Notation::Other || !name.contains('.');
                    if folder.is_configuration(&path) || (may_count && folder.held(&path)) {
                        walks.insert(folder.root.clone());
                    }
                } else if kind != FileChangeType::Deleted || folder.held(&path) {
                    walks.insert(folder.root.clone());
                }
            }
        }
        walks.into_iter().for_each(|root| self.order(root));
    }

    fn rearranged(&mut self, added: &[PathBuf], removed: &[PathBuf]) {
        self.client.folders.retain(|root| !removed.contains(root));
        self.client.folders.extend(added.iter().cloned());
        // Every document may belong to another folder now.
        let mut documents = Vec::new();
        for (_, home) in std::mem::take(&mut self.documents) {
            let document = self.folder_of(&home).and_then(|folder| folder.document(&home.path).cloned());
            documents.extend(document.map(|document| (home.address.clone(), document)));
            for (index, path) in self.holders(&home) {
                self.folders[index].close(&path);
            }
        }
        self.leave();
        for root in added {
            if !self.folders.iter().any(|folder| folder.root == *root) {
                self.folders.push(Folder::new(root.clone(), true));
                self.order(root.clone());
            }
        }
        for (address, document) in documents {
            self.opened(address, &document);
        }
        // Reopening marks documents as changed, but their texts are the same.
        self.changed.clear();
        self.unsay_strangers();
    }

    /// Handles a request that was waiting for the disk; it fails if the document has changed since.
    fn ask_later(&mut self, request: Request, version: Option<i32>) {
        let home = answers::document(&request).and_then(|address| self.documents.get(&key(&address)).cloned());
        if self.version(home.as_ref()) == version {
            self.ask(request);
        } else if take(&self.open, &request.id) {
            let error = outdated();
            self.send(Response::new_err(request.id, error.code, error.message));
        }
    }

    fn version(&self, home: Option<&Home>) -> Option<i32> {
        let home = home?;
        Some(self.folder_of(home)?.document(&home.path)?.version)
    }

    /// Handles a request unless it was cancelled: now, or once the disk has been read.
    fn ask(&mut self, request: Request) {
        if !self.is_open(&request.id) {
            return;
        }
        let home = answers::document(&request).and_then(|address| self.documents.get(&key(&address)).cloned());
        let is_early = match &home {
            Some(home) => self.folder_of(home).is_some_and(|folder| !folder.is_settled(&home.path)),
            None => self.folders.iter().any(|folder| !folder.is_read()),
        };
        if is_early {
            let version = self.version(home.as_ref());
            self.waiting.push((request, version));
            return;
        }
        let id = request.id.clone();
        let answer = self.guarded("a question", |worker| worker.answer(Asked::of(&request)?, home.as_ref()));
        let failed = || Err(error(ErrorCode::InternalError, "the question could not be answered"));
        let response = match answer.unwrap_or_else(failed) {
            Ok(value) => Response::new_ok(id.clone(), value),
            Err(error) => Response::new_err(id.clone(), error.code, error.message),
        };
        if take(&self.open, &id) {
            self.send(response);
        }
    }

    fn is_open(&self, id: &RequestId) -> bool {
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).contains(id)
    }

    fn answer(&mut self, asked: Asked, home: Option<&Home>) -> Answer {
        match asked {
            Asked::Diagnostics(before) => Ok(self.pulled(home, before.as_deref())),
            Asked::ShowPage(rule) => {
                if let Some(url) = rule.url() {
                    self.show(&url);
                }
                Ok(Value::Null)
            }
            Asked::Symbols(query) => {
                for folder in &mut self.folders {
                    folder.outcome();
                }
                let snapshots = self.folders.iter().filter_map(|folder| self.snapshot(folder));
                write(snapshots.flat_map(|snapshot| navigation::symbols(&snapshot, &query)).collect::<Vec<_>>())
            }
            Asked::OfDocument(question) => {
                let index = home.and_then(|home| self.folders.iter().position(|folder| folder.root == home.root));
                let (Some(home), Some(index)) = (home, index) else { return question.without_document() };
                self.folders[index].outcome();
                let folder = &self.folders[index];
                match self.snapshot(folder) {
                    Some(snapshot) => question.answer(&snapshot, folder.memory(), &home.path),
                    None => question.without_document(),
                }
            }
        }
    }

    /// A snapshot of a folder, once it was analysed.
    fn snapshot<'a>(&'a self, folder: &'a Folder) -> Option<Snapshot<'a>> {
        Some(Snapshot { client: &self.client, folder, outcome: folder.last()?, documents: &self.documents })
    }

    /// Asks the client to open a page in a browser.
    pub(super) fn show(&mut self, address: &str) {
        self.asked += 1;
        let id = format!("seaworthy-show-{}", self.asked);
        self.request(&id, "window/showDocument", json!({"uri": address, "external": true}));
    }
}

/// Whether a document is checked: old versions of files and other views of an editor are not deployed.
fn is_ours(address: &str) -> bool {
    address.starts_with("file:") || address.starts_with("untitled:")
}

/// Removes a request from the open ones; returns whether it was still open.
pub(super) fn take(open: &Open, id: &RequestId) -> bool {
    open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(id)
}
