//! Whole runs of the program on texts that are made to be slow or large, one of each kind and size.
//!
//! `cargo bench --bench adversarial` prints time and peak memory, which must grow with the size of the text and not with
//! its square. `cargo bench --bench adversarial -- hcl` measures the inputs whose name holds the word. Another notation
//! is another function of [`inputs`].
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A run that takes longer is ended and reported as endless.
const PATIENCE: Duration = Duration::from_secs(60);
const SIZES: [usize; 2] = [1_000_000, 10_000_000];
/// A larger file is not read at all, so that an input of 10 MB is divided into files below this.
const LARGEST_FILE: usize = 4_000_000;

/// Makes the text of one file of about so many bytes.
type Make = fn(usize) -> String;

/// A kind of input: its name, the file that holds it, and its text.
type Input = (&'static str, &'static str, Make);

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let folder = std::env::temp_dir().join(format!("seaworthy-adversarial-{}", std::process::id()));
    println!("{:<28} {:>6} {:>9} {:>9}", "input", "size", "time", "memory");
    for (name, file, make) in inputs().into_iter().filter(|(name, ..)| name.contains(&wanted)) {
        for size in SIZES {
            write(&folder, file, make, size);
            let (time, peak) = measure(&folder);
            let _ = fs::remove_dir_all(&folder);
            println!("{name:<28} {:>3} MB {time:>9} {peak:>9}", size / 1_000_000);
        }
    }
}

fn inputs() -> Vec<Input> {
    [hcl(), terraform(), configuration()].concat()
}

/// Texts for the parser.
fn hcl() -> Vec<Input> {
    vec![
        ("hcl, open interpolations", "main.tf", |size| repeated("\"${\n", size)),
        ("hcl, open here-documents", "main.tf", |size| numbered(size, |index| format!("a=<<E{index}\n"))),
        ("hcl, less than", "main.tf", |size| repeated("<", size)),
        ("hcl, open brackets", "main.tf", |size| repeated("[", size)),
        ("hcl, open blocks", "main.tf", |size| repeated("a {\n", size)),
        ("hcl, open comment", "main.tf", |size| repeated("/*", size)),
        ("hcl, open quotes", "main.tf", |size| repeated("a = \"\n", size)),
        ("hcl, operators", "main.tf", |size| format!("locals {{\n  a = 1{}\n}}\n", repeated("+1", size))),
        ("hcl, long chains", "main.tf", |size| {
            format!("locals {{\n{}}}\n", numbered(size, |index| format!("a{index} = 1{}\n", "+1".repeat(200))))
        }),
        ("hcl, repeated keys", "main.tf", |size| {
            format!("locals {{\n  a = {{\n{}  }}\n}}\n", repeated("a = 1\n", size))
        }),
        ("hcl, attributes", "main.tf", |size| numbered(size, |index| format!("a{index} = 1\n"))),
        ("hcl, one-line blocks", "main.tf", |size| numbered(size, |index| format!("variable \"v{index}\" {{}}\n"))),
        ("hcl, empty variables", "terraform.tfvars", |size| numbered(size, |index| format!("a{index} = \"x\"\n"))),
    ]
}

/// Values for the evaluator.
fn terraform() -> Vec<Input> {
    vec![
        ("terraform, a chain of locals", "main.tf", |size| {
            let chain = numbered(size, |index| format!("  a{} = \"${{local.a{index}}}x\"\n", index + 1));
            format!("locals {{\n  a0 = \"x\"\n{chain}}}\n")
        }),
        ("terraform, users of a bomb", "main.tf", |size| {
            let users = numbered(size, |index| {
                format!("resource \"google_storage_bucket\" \"b{index}\" {{\n  name = length(local.a30)\n}}\n")
            });
            format!("locals {{\n  a0 = \"x\"\n{}}}\n{users}", doubled("concat(local.aN, local.aN)"))
        }),
        ("terraform, many bombs", "main.tf", |size| {
            let users = numbered(size, |index| {
                format!(
                    "resource \"google_storage_bucket\" \"b{index}\" {{\n  name = join(\"\", [for i in range(1000) : \
                     [for j in range(1000) : i]])\n}}\n"
                )
            });
            users
        }),
        ("terraform, policies", "main.tf", |size| {
            numbered(size, |index| {
                format!(
                    "data \"google_iam_policy\" \"p{index}\" {{}}\nresource \"google_project_iam_policy\" \"p{index}\" {{\
                     \n  policy_data = data.google_iam_policy.p{index}.policy_data\n}}\n"
                )
            })
        }),
    ]
}

fn configuration() -> Vec<Input> {
    vec![
        ("config, keys", "seaworthy.toml", |size| numbered(size, |index| format!("k{index} = 1\n"))),
        ("config, exclude", "seaworthy.toml", |size| {
            format!("exclude = [{}]\n", numbered(size, |index| format!("\"a{index}*b\",")))
        }),
        ("config, ignored names", "Dockerfile", |size| {
            format!("# seaworthy: ignore[{}]\nFROM alpine:3.20\n", numbered(size, |index| format!("roo-user{index},")))
        }),
        ("config, classes", ".dockerignore", |size| repeated("[\\w1][\\d][a-z]*[\\w1][\\d][a-z]*\n", size)),
    ]
}

fn repeated(piece: &str, size: usize) -> String {
    piece.repeat(size / piece.len())
}

/// Pieces with their numbers, until they are long enough.
fn numbered(size: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for index in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&piece(index));
    }
    text
}

/// Thirty local values, each made of two of the one before (`aN`).
fn doubled(value: &str) -> String {
    (0..30).map(|level| format!("  a{} = {}\n", level + 1, value.replace("aN", &format!("a{level}")))).collect()
}

/// Writes an input, with a file beside it that has a finding.
fn write(folder: &Path, file: &str, make: Make, size: usize) {
    let parts = size.div_ceil(LARGEST_FILE);
    for part in 0..parts {
        let folder = folder.join(format!("part{part}"));
        fs::create_dir_all(&folder).expect("a folder for the input");
        fs::write(folder.join(file), make(size / parts)).expect("the input");
        fs::write(folder.join("Dockerfile.sentinel"), "FROM alpine:latest\nCOPY . .\n").expect("a file beside it");
    }
}

/// The time of a run and its peak memory.
fn measure(folder: &Path) -> (String, String) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_seaworthy"))
        .args(["check", "--format", "concise"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut peak = None;
    loop {
        // The kernel keeps the peak of a process for as long as the process lives.
        peak = peak_of(child.id()).max(peak);
        if let Some(status) = child.try_wait().expect("the state of the program") {
            let time = format!("{:.2} s", start.elapsed().as_secs_f64());
            let time = if matches!(status.code(), Some(0..=2)) { time } else { status.to_string() };
            return (time, peak.map_or_else(|| "?".to_owned(), |peak| format!("{} MB", peak / 1024)));
        }
        if start.elapsed() > PATIENCE {
            child.kill().expect("the program runs");
            child.wait().expect("the program ends");
            return ("endless".to_owned(), peak.map_or_else(|| "?".to_owned(), |peak| format!("{} MB", peak / 1024)));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The peak memory of a process in KiB, where the system tells it.
fn peak_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
