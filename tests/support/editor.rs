//! An editor for tests: it talks to the server in memory and records the server's messages.
#![allow(dead_code, unreachable_pub)]

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest wait for a message; more than any answer takes, even if several tests run at once.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Editor {
    pub root: PathBuf,
    connection: Connection,
    server: Option<JoinHandle<u8>>,
    /// The last published diagnostics, by URI.
    pub published: BTreeMap<String, Value>,
    /// Requests of the server, by method.
    pub asked: Vec<(String, Value)>,
    /// Other notifications of the server.
    pub told: Vec<(String, Value)>,
    /// Whether requests of the server are refused.
    pub refuses: bool,
    pub capabilities: Value,
    next: i32,
    versions: BTreeMap<String, i32>,
}

/// The capabilities of most editors.
pub fn usual() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-32", "utf-16"]},
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "tagSupport": {"valueSet": [1, 2]}, "codeDescriptionSupport": true,
            },
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
                "dataSupport": true, "resolveSupport": {"properties": ["edit"]},
            },
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
        },
        "workspace": {
            "workspaceEdit": {"documentChanges": true},
            "didChangeWatchedFiles": {"dynamicRegistration": true},
        },
        "window": {"showDocument": {"support": true}},
    })
}

impl Editor {
    /// Starts a server for a folder.
    pub fn start(root: &Path, capabilities: Value) -> Self {
        Self::with(root, json!({"capabilities": capabilities}), false)
    }

    pub fn with(root: &Path, params: Value, refuses: bool) -> Self {
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || seaworthy::lsp::serve(other));
        Self::over(connection, server, root, params, refuses)
    }

    /// Starts the program and talks to it over its standard input and output. Also returns its process id.
    pub fn of_program(root: &Path, params: Value) -> (Self, u32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (mut to, from) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let (sender, outgoing) = crossbeam_channel::unbounded::<Message>();
        let (incoming, receiver) = crossbeam_channel::unbounded::<Message>();
        std::thread::spawn(move || outgoing.into_iter().try_for_each(|message| message.write(&mut to)));
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            while let Ok(Some(message)) = Message::read(&mut from) {
                if incoming.send(message).is_err() {
                    break;
                }
            }
        });
        let id = child.id();
        let server = std::thread::spawn(move || {
            let status = child.wait().expect("the program ends");
            u8::try_from(status.code().expect("by itself")).expect("an exit code")
        });
        (Self::over(Connection { sender, receiver }, server, root, params, false), id)
    }

    fn over(connection: Connection, server: JoinHandle<u8>, root: &Path, mut params: Value, refuses: bool) -> Self {
        let root = root.canonicalize().expect("the folder is there");
        let mut editor = Self {
            root: root.clone(),
            connection,
            server: Some(server),
            published: BTreeMap::new(),
            asked: Vec::new(),
            told: Vec::new(),
            refuses,
            capabilities: Value::Null,
            next: 0,
            versions: BTreeMap::new(),
        };
        if params.get("rootUri").is_none() && params.get("workspaceFolders").is_none() {
            params["rootUri"] = address(&root).into();
        }
        let result = editor.request("initialize", params).expect("an answer");
        editor.capabilities = result["capabilities"].clone();
        editor.tell("initialized", json!({}));
        editor
    }

    pub fn uri(&self, path: &str) -> String {
        address(&self.root.join(path))
    }

    pub fn tell(&self, method: &str, params: Value) {
        let message = Notification { method: method.to_owned(), params };
        self.connection.sender.send(message.into()).expect("the server listens");
    }

    pub fn ask(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        self.connection.sender.send(request.into()).expect("the server listens");
        id
    }

    /// Sends a request and waits for its response.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, i32> {
        let id = self.ask(method, params);
        self.answer(&id)
    }

    pub fn answer(&mut self, id: &RequestId) -> Result<Value, i32> {
        loop {
            if let Message::Response(response) = self.receive()
                && response.id == *id
            {
                return response.response_result.map_err(|error| error.code);
            }
        }
    }

    /// Receives one message, and answers it if it is a request.
    fn receive(&mut self) -> Message {
        let message = self.connection.receiver.recv_timeout(PATIENCE).expect("the server says something");
        match &message {
            Message::Request(request) => {
                self.asked.push((request.method.clone(), request.params.clone()));
                let answer = if self.refuses {
                    Response::new_err(request.id.clone(), -32601, "no".to_owned())
                } else {
                    Response::new_ok(request.id.clone(), Value::Null)
                };
                self.connection.sender.send(answer.into()).expect("the server listens");
            }
            Message::Notification(notification) if notification.method == "textDocument/publishDiagnostics" => {
                let uri = notification.params["uri"].as_str().expect("an address").to_owned();
                self.published.insert(uri, notification.params.clone());
            }
            Message::Notification(notification) => {
                self.told.push((notification.method.clone(), notification.params.clone()));
            }
            Message::Response(_) => {}
        }
        message
    }

    /// Receives messages until a condition holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !holds(self) {
            assert!(begin.elapsed() < PATIENCE, "never: {what}");
            self.receive();
        }
    }

    pub fn open(&mut self, path: &str, language: &str, text: &str) {
        let uri = self.uri(path);
        self.open_at(&uri, language, text);
    }

    pub fn open_at(&mut self, uri: &str, language: &str, text: &str) {
        self.versions.insert(uri.to_owned(), 1);
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Opens a file with its text on disk.
    pub fn open_file(&mut self, path: &str) {
        let text = std::fs::read_to_string(self.root.join(path)).expect("a text");
        self.open(path, "", &text);
    }

    /// Sends changes as the next version of a document.
    pub fn change(&mut self, path: &str, changes: Value) {
        let uri = self.uri(path);
        let version = self.versions.entry(uri.clone()).or_default();
        *version += 1;
        let document = json!({"uri": uri, "version": *version});
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// Replaces the whole text of a document.
    pub fn write(&mut self, path: &str, text: &str) {
        self.change(path, json!([{"text": text}]));
    }

    pub fn save(&self, path: &str) {
        self.tell("textDocument/didSave", json!({"textDocument": {"uri": self.uri(path)}}));
    }

    pub fn close(&mut self, path: &str) {
        self.tell("textDocument/didClose", json!({"textDocument": {"uri": self.uri(path)}}));
    }

    /// Reports a changed file on disk: 1 created, 2 changed, 3 deleted.
    pub fn watched(&self, path: &str, kind: u32) {
        self.tell("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": self.uri(path), "type": kind}]}));
    }

    /// The diagnostics of the current version of an open document.
    pub fn diagnostics(&mut self, path: &str) -> Vec<Value> {
        let uri = self.uri(path);
        let version = self.versions[&uri];
        self.until(&format!("diagnostics of {path}"), |editor| {
            editor.published.get(&uri).is_some_and(|published| published["version"] == version)
        });
        self.last(path)
    }

    /// The last published diagnostics of a document.
    pub fn last(&self, path: &str) -> Vec<Value> {
        let published = self.published.get(&self.uri(path));
        published.and_then(|published| published["diagnostics"].as_array().cloned()).unwrap_or_default()
    }

    pub fn rules(&mut self, path: &str) -> Vec<String> {
        rules(&self.diagnostics(path))
    }

    /// Whether the last published diagnostics of a document include a rule.
    pub fn says(&self, path: &str, rule: &str) -> bool {
        rules(&self.last(path)).iter().any(|said| said == rule)
    }

    /// The code actions for a whole document.
    pub fn actions(&mut self, path: &str, only: Value) -> Vec<Value> {
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99_999, "character": 0}});
        let mut context = json!({"diagnostics": []});
        if !only.is_null() {
            context["only"] = only;
        }
        let params = json!({"textDocument": {"uri": self.uri(path)}, "range": range, "context": context});
        let actions = self.request("textDocument/codeAction", params).expect("actions");
        actions.as_array().expect("a list").clone()
    }

    /// Sends a request for the position of the first occurrence of some letters.
    pub fn at(&mut self, method: &str, path: &str, text: &str, letters: &str) -> Value {
        let at = text.find(letters).expect("the letters are there");
        let line = text[..at].matches('\n').count();
        let character = text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at].chars().count();
        let params = json!({
            "textDocument": {"uri": self.uri(path)}, "position": {"line": line, "character": character},
        });
        self.request(method, params).expect("an answer")
    }

    /// Shuts the server down properly; returns its exit code.
    pub fn leave(mut self) -> u8 {
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
        self.server.take().expect("it runs").join().expect("the server ends")
    }

    /// Disconnects without a shutdown; returns the exit code of the server.
    pub fn vanish(mut self) -> u8 {
        let server = self.server.take().expect("it runs");
        drop(self);
        server.join().expect("the server ends")
    }
}

pub fn rules(diagnostics: &[Value]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| diagnostic["code"].as_str().unwrap_or("-").to_owned()).collect()
}

pub fn address(path: &Path) -> String {
    url::Url::from_file_path(path).expect("an absolute path").into()
}

/// A text after edits of the protocol, whose characters are code points.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().expect("a line") as usize;
        let character = position["character"].as_u64().expect("a character") as usize;
        let start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        start + text[start..].chars().take(character).map(char::len_utf8).sum::<usize>()
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().expect("a text"))
        })
        .collect();
    edits.sort();
    let mut text = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

/// The findings of the command line in a folder: path, line, column, end, rule, severity, message with help.
pub fn of_command_line(folder: &Path) -> BTreeSet<String> {
    let (_, out, _) = super::support::run(folder, &["check", "--root", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").iter();
    let number = |value: &Value| value.as_u64().expect("a number") - 1;
    findings
        .map(|finding| {
            let (start, end) = (&finding["span"]["start"], &finding["span"]["end"]);
            let help = finding["help"].as_str().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            let severity = match finding["severity"].as_str() {
                Some("error") => 1,
                Some("warning") => 2,
                _ => 3,
            };
            format!(
                "{} {}:{}-{}:{} {severity} {} {}{help}",
                finding["path"].as_str().expect("a path"),
                number(&start["line"]),
                number(&start["column"]),
                number(&end["line"]),
                number(&end["column"]),
                finding["rule"].as_str().expect("a rule"),
                finding["message"].as_str().expect("a message"),
            )
        })
        .collect()
}

pub fn of_server(editor: &Editor) -> BTreeSet<String> {
    let root = format!("{}/", address(&editor.root));
    let mut found = BTreeSet::new();
    for (uri, published) in &editor.published {
        let path = uri.strip_prefix(&root).expect("below the root").to_owned();
        for diagnostic in published["diagnostics"].as_array().expect("diagnostics") {
            let (start, end) = (&diagnostic["range"]["start"], &diagnostic["range"]["end"]);
            found.insert(format!(
                "{path} {}:{}-{}:{} {} {} {}",
                start["line"],
                start["character"],
                end["line"],
                end["character"],
                diagnostic["severity"],
                diagnostic["code"].as_str().expect("a rule"),
                diagnostic["message"].as_str().expect("a message"),
            ));
        }
    }
    found
}
