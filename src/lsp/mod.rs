//! `seaworthy lsp`: findings in an editor, over the Language Server Protocol.
//!
//! One thread talks to the client and never blocks on other work, one reads the disk, and a worker thread analyses and
//! answers ([`worker`]). The findings are those of the command line: the same sources, configuration, comments and
//! baseline, except that open documents replace their files.

mod actions;
mod answers;
mod client;
mod completion;
mod diagnostics;
mod disk;
mod documents;
mod encoding;
mod folder;
mod framing;
mod hover;
mod navigation;
mod place;
mod prose;
mod snapshot;
mod uri;
mod worker;

use crate::visible::visible;
use client::Client;
use crossbeam_channel::{Receiver, Sender, select, unbounded};
use gen_lsp_types::{
    ChangeNotifications, CodeActionKind, CodeActionOptions, CodeActionProvider, CompletionOptions, DefinitionProvider,
    DiagnosticOptions, DiagnosticProvider, DocumentLinkOptions, DocumentSymbolProvider, ExecuteCommandOptions,
    HoverProvider, InitializeResult, Save, ServerCapabilities, ServerInfo, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions, WorkspaceFoldersServerCapabilities, WorkspaceOptions, WorkspaceSymbolProvider,
};
use lsp_server::{Connection, ErrorCode, Message, Request, RequestId, Response};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant};
use worker::{Job, Open, Worker};

/// Serves a client over standard input and output until the input ends or the client sends `exit`; returns the exit
/// code.
pub fn run() -> u8 {
    run_on(BufReader::new(std::io::stdin()), std::io::stdout())
}

/// Serves a client over two streams; see [`run`].
pub fn run_on(mut input: impl BufRead + Send + 'static, mut output: impl Write + Send + 'static) -> u8 {
    let (incoming, receiver) = unbounded::<Message>();
    let (sender, outgoing) = unbounded::<Message>();
    std::thread::spawn(move || read(&mut input, &incoming));
    let writer = std::thread::spawn(move || outgoing.into_iter().try_for_each(|message| message.write(&mut output)));
    let code = serve(Connection { sender, receiver });
    // The last messages may still be in the writer's queue; a client that does not read them is gone.
    let begin = Instant::now();
    while !writer.is_finished() && begin.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    code
}

/// The maximum time to wait for the last messages to be written.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads messages until the input ends. An invalid message is reported and skipped, since later ones may be valid.
fn read(input: &mut impl BufRead, to: &Sender<Message>) {
    loop {
        match framing::read(input) {
            Ok(Some(message)) => {
                if to.send(message).is_err() {
                    // The server has ended.
                    return;
                }
            }
            Ok(None) => return,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => complain(&error.to_string()),
            Err(error) => return complain(&error.to_string()),
        }
    }
}

/// Writes to standard error, which editors show in their log.
fn complain(reason: &str) {
    let _ = writeln!(std::io::stderr(), "seaworthy: {}", visible(reason));
}

/// Serves a client; returns 0 if it shut down as the protocol requires, otherwise 1. Messages are received at once, so
/// that a client that writes before it reads is not blocked.
pub fn serve(connection: Connection) -> u8 {
    let Connection { sender, receiver } = connection;
    // The worker may still be busy when the server has to end. The messages it has queued are sent, but later ones are
    // not waited for.
    let (to, outgoing) = unbounded::<Message>();
    let (end, ended) = unbounded::<()>();
    let forward = std::thread::spawn(move || {
        loop {
            select! {
                recv(outgoing) -> message => match message {
                    Ok(message) => {
                        if sender.send(message).is_err() {
                            return;
                        }
                    }
                    Err(_) => return,
                },
                recv(ended) -> _ => {
                    outgoing.try_iter().for_each(|message| drop(sender.send(message)));
                    return;
                }
            }
        }
    });
    let mut session = Session { to, jobs: None, open: Open::default(), has_shut_down: false };
    let code = session.follow(receiver);
    drop(end);
    // It only forwards what is queued.
    let _ = forward.join();
    code
}

/// The state of the thread that talks to the client.
struct Session {
    to: Sender<Message>,
    jobs: Option<Sender<Job>>,
    open: Open,
    has_shut_down: bool,
}

impl Session {
    /// Handles messages until the client ends; returns the exit code.
    fn follow(&mut self, messages: Receiver<Message>) -> u8 {
        for message in messages {
            match message {
                Message::Request(request) => self.asked(request),
                Message::Response(response) => self.pass(Job::Answered(response)),
                Message::Notification(notification) => match notification.method.as_str() {
                    "exit" => return u8::from(!self.has_shut_down),
                    "initialized" => self.pass(Job::Begin),
                    "$/cancelRequest" => self.cancel(&notification.params),
                    // Notifications before `initialize` and after `shutdown` are dropped by `pass`.
                    _ => self.pass(Job::Told(notification)),
                },
            }
        }
        // The client closed the connection without `exit`.
        1
    }

    fn send(&self, response: Response) {
        // If the client is gone, nobody receives the response.
        let _ = self.to.send(response.into());
    }

    fn pass(&self, job: Job) {
        if let Some(jobs) = self.jobs.as_ref().filter(|_| !self.has_shut_down) {
            // The worker ends only with the server.
            let _ = jobs.send(job);
        }
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: &str) {
        self.send(Response::new_err(id, code as i32, message.to_owned()));
    }

    fn asked(&mut self, request: Request) {
        let id = request.id.clone();
        match (request.method.as_str(), &self.jobs) {
            _ if self.has_shut_down => self.refuse(id, ErrorCode::InvalidRequest, "the server has shut down"),
            ("initialize", None) => self.initialize(request),
            ("initialize", Some(_)) => self.refuse(id, ErrorCode::InvalidRequest, "it is initialized already"),
            ("shutdown", Some(_)) => {
                self.has_shut_down = true;
                self.send(Response::new_ok(id, Value::Null));
            }
            (_, None) => self.refuse(id, ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (_, Some(_)) => {
                self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(id);
                self.pass(Job::Asked(request));
            }
        }
    }

    fn cancel(&self, params: &Value) {
        let id = match params.get("id") {
            Some(Value::String(id)) => RequestId::from(id.clone()),
            Some(Value::Number(id)) => match id.as_i64().and_then(|id| i32::try_from(id).ok()) {
                Some(id) => RequestId::from(id),
                None => return,
            },
            _ => return,
        };
        if worker::take(&self.open, &id) {
            self.refuse(id, ErrorCode::RequestCanceled, "the client has taken it back");
        }
    }

    fn initialize(&mut self, request: Request) {
        let client = Client::of(&request.params);
        if let Some(process) = client.process {
            std::thread::spawn(move || outlive(process));
        }
        let result = InitializeResult {
            capabilities: capabilities(&client),
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        let (jobs, queue) = unbounded();
        let (orders, todo) = unbounded();
        let back = jobs.clone();
        std::thread::spawn(move || disk::serve(&todo, &|reading| back.send(Job::Read(reading)).is_ok()));
        let worker = Worker::new(client, self.open.clone(), orders, self.to.clone());
        std::thread::spawn(move || worker.run(&queue));
        self.jobs = Some(jobs);
        self.send(Response::new_ok(request.id, json!(result)));
    }
}

/// Ends the process once the client's process is gone: not every client closes its pipes when it ends.
fn outlive(process: i32) {
    /// Rare enough to cost nothing.
    const BETWEEN: Duration = Duration::from_secs(3);
    // In a container the process id may be invalid from the start.
    if !lives(process) {
        return;
    }
    while lives(process) {
        std::thread::sleep(BETWEEN);
    }
    std::process::exit(1);
}

#[cfg(unix)]
fn lives(process: i32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let Some(pid) = Pid::from_raw(process) else { return false };
    // A process of another user, which may not be signalled, is alive as well.
    !matches!(test_kill_process(pid), Err(Errno::SRCH))
}

/// Not needed elsewhere: the pipes of a process are closed when it ends.
#[cfg(not(unix))]
fn lives(_: i32) -> bool {
    false
}

fn capabilities(client: &Client) -> ServerCapabilities {
    let trigger = |text: &str| text.to_owned();
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("seaworthy".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..DiagnosticOptions::default()
            })
        }),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QuickFix, CodeActionKind::from(actions::FIX_ALL.to_owned())]),
            resolve_provider: Some(client.resolves_edits),
            ..CodeActionOptions::default()
        })),
        hover_provider: Some(HoverProvider::Bool(true)),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        document_link_provider: Some(DocumentLinkOptions::default()),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![trigger("["), trigger(","), trigger("\""), trigger(":")]),
            ..CompletionOptions::default()
        }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![actions::SHOW_PAGE.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}
