//! The thread that knows: it follows the documents, works out what is found, and answers questions.
//!
//! Messages arrive in the client's order, so a question is always about the text that the client had when it asked. Changes that
//! have piled up are taken together, and only the last state is worked out.

use super::client::Client;
use super::disk::{Order, Reading};
use super::documents::Document;
use super::folder::{Folder, Outcome};
use super::{answers, diagnostics, uri};
use crate::walk;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileChangeType, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Something to do.
#[derive(Debug)]
pub(super) enum Job {
    /// A notification of the client.
    Told(Notification),
    /// A question of the client.
    Asked(Request),
    /// The answer to a question of ours.
    Answered(Response),
    /// The client is ready.
    Begin,
    /// The disk was read.
    Read(Reading),
}

/// Questions without an answer yet. Whoever takes one out answers it.
pub(super) type Open = Arc<Mutex<HashSet<RequestId>>>;

/// The number of our request to be told about files.
const WATCH: &str = "seaworthy-watch";

/// An answer, or why there is none.
pub(super) type Answer = Result<Value, ResponseError>;

/// What has been said about a document.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    version: Option<i32>,
    diagnostics: Value,
}

/// The state of the thread.
pub(super) struct Worker {
    pub(super) client: Client,
    folders: Vec<Folder>,
    /// For every open document its address, and where it belongs.
    documents: BTreeMap<String, Home>,
    said: HashMap<String, Said>,
    /// Documents that the client itself has changed since something was said.
    changed: HashSet<String>,
    waiting: Vec<Request>,
    is_watched: bool,
    asked: u64,
    open: Open,
    disk: Sender<Order>,
    to: Sender<Message>,
}

/// Where a document belongs: the root of its folder, and its path there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Home {
    root: PathBuf,
    path: String,
}

impl Worker {
    pub(super) fn new(client: Client, open: Open, disk: Sender<Order>, to: Sender<Message>) -> Self {
        let folders = client.folders.iter().map(|root| Folder::new(root.clone(), true)).collect();
        Self {
            client,
            folders,
            documents: BTreeMap::new(),
            said: HashMap::new(),
            changed: HashSet::new(),
            waiting: Vec::new(),
            is_watched: false,
            asked: 0,
            open,
            disk,
            to,
        }
    }

    /// Works until nobody sends anything.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let job = match jobs.try_recv() {
                Ok(job) => job,
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) if self.folders.iter().any(Folder::is_stale) => {
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

    /// Does something that must not end the server. What was worked out is forgotten where it fails, so that nothing is built on
    /// half of it.
    fn guarded<T>(&mut self, what: &str, action: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(|| action(self))) {
            Ok(value) => Some(value),
            Err(_) => {
                self.folders.iter_mut().for_each(Folder::forget);
                self.log(1, &format!("{what} failed; please report it at {}", env!("CARGO_PKG_NAME")));
                None
            }
        }
    }

    fn send(&self, message: impl Into<Message>) {
        // Where the client is gone there is nobody to tell.
        let _ = self.to.send(message.into());
    }

    /// Writes a line into the client's log: 1 is an error, 2 a warning, 3 information.
    fn log(&self, kind: u32, message: &str) {
        let params = json!({"type": kind, "message": message});
        self.send(Notification { method: "window/logMessage".to_owned(), params });
    }

    fn request(&mut self, id: &str, method: &str, params: Value) {
        self.send(Request { id: RequestId::from(id.to_owned()), method: method.to_owned(), params });
    }

    /// Asks to be told about files, and reads the workspace.
    fn begin(&mut self) {
        if self.client.watches {
            // Every file counts: whether it is there decides what a COPY finds. What is in it counts where we read it.
            let watchers = json!([{"globPattern": "**/*"}]);
            let options = json!({"watchers": watchers});
            let registration =
                json!({"id": WATCH, "method": "workspace/didChangeWatchedFiles", "registerOptions": options});
            self.is_watched = true;
            self.request(WATCH, "client/registerCapability", json!({"registrations": [registration]}));
        }
        for root in self.folders.iter().map(|folder| folder.root.clone()).collect::<Vec<_>>() {
            self.order(root);
        }
    }

    fn answered(&mut self, response: &Response) {
        if response.id == RequestId::from(WATCH.to_owned()) && response.response_result.is_err() {
            self.is_watched = false;
            self.log(3, "files are not watched; they are read again when a document is opened or saved");
        }
    }

    /// Has a folder read.
    fn order(&self, root: PathBuf) {
        let folder = self.folders.iter().find(|folder| folder.root == root && folder.has_disk);
        let Some(folder) = folder else { return };
        let asked = folder.open().map(|(path, _)| path.to_owned()).collect();
        // The thread lives as long as we do.
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
                for request in std::mem::take(&mut self.waiting) {
                    self.ask(request);
                }
            }
            Reading::File { root, path, source } => {
                match (self.folders.iter_mut().find(|folder| folder.root == root), source) {
                    (Some(folder), Some(source)) => folder.reread(source),
                    // It is something else now, or gone.
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
                self.opened(opened.uri, document);
            }
            "textDocument/didChange" => {
                let params: DidChangeTextDocumentParams = read(params)?;
                let address = params.text_document.text_document_identifier.uri.0;
                let encoding = self.client.encoding;
                let home = self.documents.get(&address).cloned().ok_or("the document is not open")?;
                let folder = self.folder_of(&home).ok_or("the document is not open")?;
                let mut document = folder.document(&home.path).cloned().ok_or("the document is not open")?;
                document.change(params.text_document.version, params.content_changes, encoding)?;
                folder.put(&home.path, document);
                self.changed.insert(address);
            }
            "textDocument/didClose" => {
                let params: DidCloseTextDocumentParams = read(params)?;
                self.closed(&params.text_document.uri.0);
            }
            "textDocument/didSave" => {
                let params: DidSaveTextDocumentParams = read(params)?;
                let home = self.documents.get(&params.text_document.uri.0).cloned();
                if let Some(home) = home.filter(|_| !self.is_watched) {
                    self.order(home.root);
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
            // What else there is to say concerns others.
            _ => {}
        }
        Ok(())
    }

    fn folder_of(&mut self, home: &Home) -> Option<&mut Folder> {
        self.folders
            .iter_mut()
            .find(|folder| folder.root == home.root && (folder.has_disk || folder.document(&home.path).is_some()))
    }

    /// Where a document belongs: the innermost folder of the workspace that holds it, or the repository that it lies in, or to
    /// itself alone.
    fn settle(&mut self, address: &str) -> Home {
        let Some(full) = uri::path(address) else {
            let path = address.rsplit([':', '/']).next().unwrap_or(address).to_owned();
            // Documents without a file don't know of each other.
            let root = PathBuf::from(address);
            self.folders.push(Folder::new(root.clone(), false));
            return Home { root, path };
        };
        let holds = |folder: &&Folder| folder.has_disk && walk::relative(&folder.root, &full).is_some();
        let innermost = self.folders.iter().filter(holds).max_by_key(|folder| folder.root.as_os_str().len());
        if let Some(root) = innermost.map(|folder| folder.root.clone()) {
            let path = walk::relative(&root, &full).unwrap_or_default();
            return Home { root, path };
        }
        let parent = full.parent().unwrap_or(Path::new("/"));
        let top = walk::top(parent);
        if top.join(".git").exists() {
            let (root, path) = (top.to_owned(), walk::relative(top, &full).unwrap_or_default());
            self.folders.push(Folder::new(root.clone(), true));
            self.order(root.clone());
            return Home { root, path };
        }
        let path = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.folders.push(Folder::new(parent.to_owned(), false));
        Home { root: parent.to_owned(), path }
    }

    fn opened(&mut self, address: Uri, document: Document) {
        self.closed(&address.0);
        // Old versions of files, and what else an editor shows beside them, are not what is deployed.
        if !address.0.starts_with("file:") && !address.0.starts_with("untitled:") {
            return;
        }
        let home = self.settle(&address.0);
        let is_watched = self.is_watched;
        self.changed.insert(address.0.clone());
        self.documents.insert(address.0, home.clone());
        let folder = self
            .folders
            .iter_mut()
            .rev()
            .find(|folder| folder.root == home.root && (folder.has_disk || folder.is_idle()));
        let Some(folder) = folder else { return };
        let is_new = !folder.knows(&home.path);
        folder.put(&home.path, document);
        // A file that the walk has not seen may have come since, or be one that it leaves out. What is being read is seen first.
        if folder.has_disk && folder.is_read() && (is_new || !is_watched) {
            self.order(home.root);
        }
    }

    fn closed(&mut self, address: &str) {
        let Some(home) = self.documents.remove(address) else { return };
        if let Some(folder) = self.folder_of(&home) {
            folder.close(&home.path);
        }
        self.changed.remove(address);
        let workspace: HashSet<&PathBuf> = self.client.folders.iter().collect();
        self.folders.retain(|folder| !folder.is_idle() || workspace.contains(&folder.root));
        let is_told = self.client.wants_all && self.folders.iter().any(|folder| folder.root == home.root);
        if self.said.remove(address).is_some() && !self.client.pulls && !is_told {
            self.publish(address, None, json!([]));
        }
    }

    /// Files have come, gone or changed.
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
                let is_about_others = name == ".gitignore" || name.starts_with("seaworthy") || name.ends_with(".toml");
                if kind == FileChangeType::Changed && !is_about_others {
                    if folder.has_source(&path) {
                        let _ = self.disk.send(Order::Read { root: folder.root.clone(), path });
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
        // Every document may belong elsewhere now.
        let mut documents = Vec::new();
        for (address, home) in std::mem::take(&mut self.documents) {
            let Some(folder) = self.folder_of(&home) else { continue };
            documents.extend(folder.document(&home.path).cloned().map(|document| (address, document)));
            folder.close(&home.path);
        }
        self.folders.retain(|folder| self.client.folders.contains(&folder.root) && folder.has_disk);
        for root in added {
            if !self.folders.iter().any(|folder| folder.root == *root) {
                self.folders.push(Folder::new(root.clone(), true));
            }
        }
        for (address, document) in documents {
            self.opened(Uri(address), document);
        }
        added.iter().for_each(|root| self.order(root.clone()));
    }

    /// Works out what has changed and tells the client.
    fn tell(&mut self) {
        let mut is_news = false;
        for index in 0..self.folders.len() {
            if !self.folders[index].is_stale() {
                continue;
            }
            self.folders[index].outcome();
            let folder = &self.folders[index];
            let Some(outcome) = folder.last() else { continue };
            let mut told: Vec<(String, Option<i32>, Value)> = Vec::new();
            for (address, home) in &self.documents {
                let is_its = folder.root == home.root && folder.is_settled(&home.path);
                if let Some(document) = folder.document(&home.path).filter(|_| is_its) {
                    told.push((address.clone(), Some(document.version), self.of_path(folder, outcome, &home.path)));
                }
            }
            if self.client.wants_all && folder.has_disk {
                told.extend(self.of_closed(folder, outcome));
            }
            for (address, version, diagnostics) in told {
                let said = Said { version, diagnostics };
                let is_same = self.said.get(&address).is_some_and(|before| before.diagnostics == said.diagnostics);
                let is_own = self.changed.remove(&address);
                if self.client.pulls {
                    // The client asks about what it changes itself.
                    is_news |= !is_same && !is_own && self.said.contains_key(&address);
                    continue;
                }
                let has_nothing =
                    said.version.is_none() && !self.said.contains_key(&address) && said.diagnostics == json!([]);
                if (is_same && !is_own) || has_nothing {
                    continue;
                }
                self.publish(&address, said.version, said.diagnostics.clone());
                self.said.insert(address, said);
            }
        }
        if is_news && self.client.refreshes {
            self.asked += 1;
            let id = format!("seaworthy-refresh-{}", self.asked);
            self.request(&id, "workspace/diagnostic/refresh", Value::Null);
        }
    }

    /// What is to be said about files that are not open.
    fn of_closed(&self, folder: &Folder, outcome: &Outcome) -> Vec<(String, Option<i32>, Value)> {
        let closed = outcome.sources.iter().filter(|(_, source)| folder.document(&source.path).is_none());
        let mut told: Vec<_> = closed
            .filter_map(|(_, source)| {
                let address = uri::of(&folder.root.join(&*source.path))?.0;
                Some((address, None, self.of_path(folder, outcome, &source.path)))
            })
            .collect();
        let known: HashSet<&String> = told.iter().map(|(address, ..)| address).collect();
        let prefix = uri::of(&folder.root).map(|root| format!("{}/", root.0)).unwrap_or_default();
        let is_gone = |address: &&String| {
            address.starts_with(&prefix) && !known.contains(address) && !self.documents.contains_key(*address)
        };
        let gone: Vec<String> = self.said.keys().filter(is_gone).cloned().collect();
        told.extend(gone.into_iter().map(|address| (address, None, json!([]))));
        told
    }

    fn of_path(&self, folder: &Folder, outcome: &Outcome, path: &str) -> Value {
        let diagnostics = diagnostics::of(folder, outcome, path, &self.client, &|path| self.address(folder, path));
        serde_json::to_value(diagnostics).unwrap_or_else(|_| json!([]))
    }

    fn publish(&self, address: &str, version: Option<i32>, diagnostics: Value) {
        let mut params = json!({"uri": address, "diagnostics": diagnostics});
        if let Some(version) = version {
            params["version"] = version.into();
        }
        self.send(Notification { method: "textDocument/publishDiagnostics".to_owned(), params });
    }

    /// The address of a path: as the client has it, where it is open.
    pub(super) fn address(&self, folder: &Folder, path: &str) -> Option<Uri> {
        let open = self.documents.iter().find(|(_, home)| home.root == folder.root && home.path == path);
        match open {
            Some((address, _)) => Some(Uri(address.clone())),
            None if folder.has_disk => uri::of(&folder.root.join(path)),
            None => None,
        }
    }

    /// Answers a question, unless it was taken back, now or when the disk was read.
    fn ask(&mut self, request: Request) {
        if !self.is_open(&request.id) {
            return;
        }
        let home = answers::document(&request).and_then(|address| self.documents.get(&address).cloned());
        let is_early = match &home {
            Some(home) => self.folder_of(home).is_some_and(|folder| !folder.is_settled(&home.path)),
            None => self.folders.iter().any(|folder| !folder.is_read()),
        };
        if is_early {
            self.waiting.push(request);
            return;
        }
        let id = request.id.clone();
        let answer = self.guarded("a question", |worker| answers::answer(worker, &request, home.as_ref()));
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

    /// The folder of a document, for a question.
    pub(super) fn home(&mut self, home: &Home) -> Option<(usize, String)> {
        let index = self.folders.iter().position(|folder| {
            folder.root == home.root && (folder.has_disk || folder.document(&home.path).is_some())
        })?;
        Some((index, home.path.clone()))
    }

    pub(super) fn folder(&mut self, index: usize) -> &mut Folder {
        &mut self.folders[index]
    }

    pub(super) fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// Brings every folder up to date.
    pub(super) fn work_out(&mut self) {
        for folder in &mut self.folders {
            folder.outcome();
        }
    }

    /// Diagnostics of a document for a client that asks, and whether they are those that it was told before.
    pub(super) fn pulled(&mut self, address: &str, home: Option<&Home>, before: Option<&str>) -> Value {
        let found = home.and_then(|home| self.home(home));
        let (version, diagnostics) = match found {
            Some((index, path)) => {
                self.folders[index].outcome();
                let folder = &self.folders[index];
                let version = folder.document(&path).map(|document| document.version);
                let diagnostics = folder.last().map(|outcome| self.of_path(folder, outcome, &path));
                (version, diagnostics.unwrap_or_else(|| json!([])))
            }
            None => (None, json!([])),
        };
        let id = result_id(version, &diagnostics);
        self.said.insert(address.to_owned(), Said { version, diagnostics: diagnostics.clone() });
        self.changed.remove(address);
        if before == Some(id.as_str()) {
            json!({"kind": "unchanged", "resultId": id})
        } else {
            json!({"kind": "full", "resultId": id, "items": diagnostics})
        }
    }

    /// Asks the client to open a page.
    pub(super) fn show(&mut self, address: &str) {
        self.asked += 1;
        let id = format!("seaworthy-show-{}", self.asked);
        self.request(&id, "window/showDocument", json!({"uri": address, "external": true}));
    }
}

/// Takes a question out of those that are open; whether it was still there.
pub(super) fn take(open: &Open, id: &RequestId) -> bool {
    open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(id)
}

pub(super) fn error(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError { code: code as i32, message: message.to_owned(), data: None }
}

fn result_id(version: Option<i32>, diagnostics: &Value) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (version, diagnostics.to_string()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
