//! Diagnostics for the client, pushed or pulled, and messages about troubles.

use super::{Folder, Home, Snapshot, Worker, diagnostics, uri};
use crate::engine::Failure;
use crate::visible::visible;
use gen_lsp_types::Uri;
use lsp_server::Notification;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The id of the request to pull diagnostics again.
pub(in crate::lsp) const REFRESH: &str = "seaworthy-refresh";

/// The diagnostics sent for a document.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::lsp) struct Said {
    version: Option<i32>,
    diagnostics: Value,
}

/// Diagnostics to send: the key and the address of the document, and the content.
struct News {
    key: String,
    address: String,
    said: Said,
}

impl Worker {
    /// Analyses what has changed and sends the results.
    pub(in crate::lsp) fn tell(&mut self) {
        let mut is_news = false;
        for index in 0..self.folders.len() {
            if !self.folders[index].has_news() {
                continue;
            }
            self.folders[index].outcome();
            self.folders[index].is_told = true;
            for News { key, address, said } in self.news(&self.folders[index]) {
                let before = self.said.get(&address);
                let is_same = before.is_some_and(|before| before.diagnostics == said.diagnostics);
                let is_own = self.changed.remove(&key);
                if self.client.pulls {
                    // A client pulls after its own changes, so only other changes need a refresh.
                    is_news |= !is_same && !is_own && before.is_some();
                    continue;
                }
                let has_nothing = before.is_none() && said.version.is_none() && said.diagnostics == json!([]);
                if (is_same && !is_own) || has_nothing {
                    continue;
                }
                self.publish(&address, said.version, &said.diagnostics);
                self.said.insert(address, said);
            }
        }
        if is_news && self.client.refreshes {
            match &mut self.refreshing {
                // The last refresh has no response yet; another one is sent after it.
                Some(again) => *again = true,
                None => self.refresh(),
            }
        }
        self.tell_troubles();
        self.log_failures();
    }

    /// Logs each failure once. The findings are complete but for what failed.
    fn log_failures(&mut self) {
        let reports = self.folders.iter().filter_map(|folder| Some(&folder.last()?.analysis.report));
        let failures: Vec<Failure> = reports.flat_map(|report| report.failures.iter().cloned()).collect();
        for failure in failures {
            if self.logged.insert(failure.clone()) {
                self.log(1, &failure.to_string());
            }
        }
    }

    /// Asks the client to pull diagnostics again.
    pub(in crate::lsp) fn refresh(&mut self) {
        self.refreshing = Some(false);
        self.request(REFRESH, "workspace/diagnostic/refresh", Value::Null);
    }

    /// Shows each trouble once: a problem that would prevent a run on the command line and that no diagnostic reports.
    fn tell_troubles(&mut self) {
        let troubles: BTreeSet<String> =
            self.folders.iter().flat_map(|folder| folder.troubles.iter().cloned()).collect();
        for trouble in troubles.iter().filter(|trouble| !self.shown.contains(*trouble)) {
            let params = json!({"type": 1, "message": visible(&format!("seaworthy: {trouble}"))});
            self.send(Notification { method: "window/showMessage".to_owned(), params });
            self.log(1, trouble);
        }
        self.shown = troubles.into_iter().collect();
    }

    /// The diagnostics of the documents of a folder.
    fn news(&self, folder: &Folder) -> Vec<News> {
        let Some(snapshot) = self.snapshot(folder) else { return Vec::new() };
        let mut news = Vec::new();
        for (key, home) in self.documents.iter().filter(|(_, home)| home.root == folder.root) {
            if let Some(document) = folder.document(&home.path).filter(|_| folder.is_settled(&home.path)) {
                let said = Said { version: Some(document.version), diagnostics: of_path(&snapshot, &home.path) };
                news.push(News { key: key.clone(), address: home.address.0.clone(), said });
            }
        }
        if self.client.wants_all && folder.has_disk {
            news.extend(self.of_closed(&snapshot));
        }
        news
    }

    /// The diagnostics of files that are not open.
    fn of_closed(&self, snapshot: &Snapshot<'_>) -> Vec<News> {
        let folder = snapshot.folder;
        let sources = snapshot.outcome.sources.iter().map(|(_, source)| &*source.path);
        let paths: BTreeSet<&str> = sources.chain(folder.settings()).collect();
        let mut known: HashSet<String> = HashSet::new();
        let mut news = Vec::new();
        for path in paths {
            let full = folder.root.join(path);
            // Only the innermost folder reports a file, and open documents are reported separately.
            let is_its = self.innermost(&full) == Some(folder.root.as_path());
            let Some(Uri(address)) = uri::of(&full).filter(|_| is_its) else { continue };
            if !self.documents.contains_key(&address) {
                let said = Said { version: None, diagnostics: of_path(snapshot, path) };
                known.insert(address.clone());
                news.push(News { key: address.clone(), address, said });
            }
        }
        let is_gone = |address: &&String| {
            let is_its = uri::path(address).is_some_and(|full| self.innermost(&full) == Some(folder.root.as_path()));
            is_its && !known.contains(*address) && !self.documents.values().any(|home| home.address.0 == **address)
        };
        let gone = self.said.keys().filter(is_gone);
        let nothing = |address: &String| News {
            key: address.clone(),
            address: address.clone(),
            said: Said { version: None, diagnostics: json!([]) },
        };
        news.extend(gone.map(nothing));
        news
    }

    /// Clears the diagnostics of a document.
    pub(in crate::lsp) fn unsay(&mut self, address: &str) {
        if self.said.remove(address).is_some() && !self.client.pulls {
            self.publish(address, None, &json!([]));
        }
    }

    /// Clears the diagnostics of files that no folder contains any more.
    pub(in crate::lsp) fn unsay_strangers(&mut self) {
        let is_strange = |address: &&String| {
            let is_open = self.documents.values().any(|home| home.address.0 == **address);
            !is_open && uri::path(address).is_none_or(|full| self.innermost(&full).is_none())
        };
        let strangers: Vec<String> = self.said.keys().filter(is_strange).cloned().collect();
        strangers.iter().for_each(|address| self.unsay(address));
    }

    fn publish(&self, address: &str, version: Option<i32>, diagnostics: &Value) {
        let mut params = json!({"uri": address, "diagnostics": diagnostics});
        if let Some(version) = version {
            params["version"] = version.into();
        }
        self.send(Notification { method: "textDocument/publishDiagnostics".to_owned(), params });
    }

    /// The diagnostics of a document for a client that pulls them, or `unchanged` if they are those of the result id
    /// `before`.
    pub(in crate::lsp) fn pulled(&mut self, home: Option<&Home>, before: Option<&str>) -> Value {
        let index = home.and_then(|home| self.folders.iter().position(|folder| folder.root == home.root));
        let (version, diagnostics) = match (home, index) {
            (Some(home), Some(index)) => {
                self.folders[index].outcome();
                let folder = &self.folders[index];
                let version = folder.document(&home.path).map(|document| document.version);
                let diagnostics = self.snapshot(folder).map(|snapshot| of_path(&snapshot, &home.path));
                (version, diagnostics.unwrap_or_else(|| json!([])))
            }
            _ => (None, json!([])),
        };
        let id = result_id(version, &diagnostics);
        if let Some(home) = home {
            self.said.insert(home.address.0.clone(), Said { version, diagnostics: diagnostics.clone() });
        }
        if before == Some(id.as_str()) {
            json!({"kind": "unchanged", "resultId": id})
        } else {
            json!({"kind": "full", "resultId": id, "items": diagnostics})
        }
    }
}

fn of_path(snapshot: &Snapshot<'_>, path: &str) -> Value {
    serde_json::to_value(diagnostics::of(snapshot, path)).unwrap_or_else(|_| json!([]))
}

fn result_id(version: Option<i32>, diagnostics: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    (version, diagnostics.to_string()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
