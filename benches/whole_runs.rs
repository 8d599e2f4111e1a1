//! Whole runs of the program, including the start of the process, on generated repositories and on the one in
//! `SEAWORTHY_BENCH_REPOSITORY`.
//!
//! `cargo bench` prints the fastest and the median run; compare numbers of one invocation only.
#![allow(clippy::print_stdout)]

mod generated;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let folder = std::env::temp_dir().join(format!("seaworthy-bench-{}", std::process::id()));
    let small = generated::repository(&folder.join("small"), 4);
    let large = generated::repository(&folder.join("large"), 600);
    println!("{:<28} {:>6} {:>10} {:>10}", "repository", "files", "fastest", "median");
    measure("version only", None, &["--version"], 40);
    measure("small, generated", Some(&small), &["check"], 40);
    measure("large, generated", Some(&large), &["check"], 15);
    // Like a pre-commit hook: everything is read, one file is reported.
    measure("large, one file", Some(&large), &["check", "services/s7/Dockerfile"], 15);
    if let Some(path) = std::env::var_os("SEAWORTHY_BENCH_REPOSITORY") {
        measure("named", Some(Path::new(&path)), &["check"], 15);
    }
    let _ = fs::remove_dir_all(&folder);
}

fn measure(name: &str, repository: Option<&Path>, arguments: &[&str], runs: usize) {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
            command.args(arguments).current_dir(repository.unwrap_or(Path::new(".")));
            let start = Instant::now();
            let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts");
            assert!(matches!(status.code(), Some(0 | 1)), "{name}: {status}");
            start.elapsed()
        })
        .collect();
    times.sort();
    let files = repository.map_or(0, count);
    let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    println!("{name:<28} {files:>6} {:>10} {:>10}", millis(times[0]), millis(times[runs / 2]));
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
}
