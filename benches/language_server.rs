//! A session with the language server over its standard input and output, on a generated repository and on the one in
//! `SEAWORTHY_BENCH_REPOSITORY`: the time from a keystroke to its diagnostics.
//!
//! `cargo bench --bench language_server` prints percentiles; compare numbers of one invocation only.
#![allow(clippy::print_stdout)]

mod generated;

use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let folder = std::env::temp_dir().join(format!("seaworthy-bench-{}", std::process::id()));
    let large = generated::repository(&folder, 600);
    println!(
        "{:<34} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9}",
        "file", "first", "p50", "p95", "p99", "most", "at first", "at last", "idle CPU"
    );
    let service = "services/s7";
    for name in ["Dockerfile", "cloudbuild.yaml", "service.yaml", "main.tf", "requirements.txt"] {
        measure(&large, &format!("{service}/{name}"), name);
    }
    fs::write(large.join("seaworthy.toml"), "exclude = [\"services/s8/\"]\n[rules]\nroot-user = \"error\"\n")
        .expect("a file");
    measure(&large, &format!("{service}/Dockerfile"), "Dockerfile, with a configuration");
    if let Some(path) = std::env::var_os("SEAWORTHY_BENCH_REPOSITORY") {
        let file = std::env::var("SEAWORTHY_BENCH_FILE").expect("SEAWORTHY_BENCH_FILE names a file in it");
        measure(Path::new(&path), &file, &file);
    }
    let _ = fs::remove_dir_all(&folder);
}

/// Types a comment at the end of a file, letter by letter, and deletes it again.
fn measure(root: &Path, path: &str, name: &str) {
    const KEYSTROKES: usize = 500;
    let begin = Instant::now();
    let mut session = Session::start(root);
    let text = fs::read_to_string(root.join(path)).expect("the file is there");
    let uri: String = url::Url::from_file_path(session.root.join(path)).expect("an absolute path").into();
    let document = json!({"uri": uri, "languageId": "", "version": 0, "text": text});
    session.tell("textDocument/didOpen", json!({"textDocument": document}));
    session.until(&uri, 0);
    let first = begin.elapsed();
    let at_first = session.memory();
    let line = text.matches('\n').count();
    let mut times: Vec<Duration> = Vec::new();
    for version in 1..=KEYSTROKES {
        let is_back = version.is_multiple_of(2);
        let (start, end, letters) = if is_back { (0, 2, "") } else { (0, 0, "# ") };
        let range = json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}});
        let change = json!({
            "textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": range, "text": letters}],
        });
        let begin = Instant::now();
        session.tell("textDocument/didChange", change);
        session.until(&uri, version as i64);
        times.push(begin.elapsed());
    }
    times.sort();
    let at = |percent: usize| millis(times[(times.len() * percent / 100).min(times.len() - 1)]);
    let at_last = session.memory();
    let before = session.cpu();
    std::thread::sleep(Duration::from_secs(3));
    let idle = session.cpu() - before;
    println!(
        "{name:<34} {:>8} {:>8} {:>8} {:>8} {:>8} {at_first:>6} MB {at_last:>6} MB {idle:>6} ms",
        millis(first),
        at(50),
        at(95),
        at(99),
        at(100)
    );
    session.leave();
}

fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

struct Session {
    root: PathBuf,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Session {
    fn start(root: &Path) -> Self {
        let root = root.canonicalize().expect("the folder is there");
        let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (to, from) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut session = Self { root, child, to, from: BufReader::new(from) };
        let uri: String = url::Url::from_file_path(&session.root).expect("an absolute path").into();
        session.ask("initialize", json!({"capabilities": {}, "rootUri": uri}));
        session.tell("initialized", json!({}));
        session
    }

    fn tell(&mut self, method: &str, params: Value) {
        let message: Message = Notification { method: method.to_owned(), params }.into();
        message.write(&mut self.to).expect("the server listens");
    }

    fn ask(&mut self, method: &str, params: Value) {
        let message: Message = Request { id: RequestId::from(1), method: method.to_owned(), params }.into();
        message.write(&mut self.to).expect("the server listens");
        while !matches!(self.receive(), Message::Response(_)) {}
    }

    fn receive(&mut self) -> Message {
        let message = Message::read(&mut self.from).expect("a message").expect("the server talks");
        if let Message::Request(request) = &message {
            let answer: Message = Response::new_ok(request.id.clone(), Value::Null).into();
            answer.write(&mut self.to).expect("the server listens");
        }
        message
    }

    /// Waits for the diagnostics of a version of a document.
    fn until(&mut self, uri: &str, version: i64) {
        loop {
            if let Message::Notification(notification) = self.receive()
                && notification.method == "textDocument/publishDiagnostics"
                && notification.params["uri"] == uri
                && notification.params["version"] == version
            {
                return;
            }
        }
    }

    /// Memory in use, in MB; 0 if the system does not provide it.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() / 1024
    }

    /// Processor time so far, in milliseconds, in steps of 10.
    fn cpu(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
    }

    fn leave(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        assert!(self.child.wait().expect("the server ends").success());
    }
}
