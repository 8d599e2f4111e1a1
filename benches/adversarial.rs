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
    [hcl(), terraform(), dockerfile(), shell(), task_runners(), yaml(), configuration()].concat()
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

fn dockerfile() -> Vec<Input> {
    vec![
        ("dockerfile, ENV", "Dockerfile", |size| from(numbered(size, |index| format!("ENV V{index}=x\n")))),
        ("dockerfile, ARG", "Dockerfile", |size| from(numbered(size, |index| format!("ARG V{index}=x\n")))),
        ("dockerfile, RUN", "Dockerfile", |size| from(repeated("RUN apt-get update\n", size))),
        ("dockerfile, stages", "Dockerfile", |size| {
            let variables = numbered(size / 4, |index| format!("ENV V{index}=x\n"));
            format!("FROM alpine:3 AS a\n{variables}{}", repeated("FROM a\n", size * 3 / 4))
        }),
        ("dockerfile, chain of stages", "Dockerfile", |size| {
            from(numbered(size, |index| format!("FROM s{index} AS s{}\nENV V{index}=x\n", index + 1)))
        }),
        ("dockerfile, open documents", "Dockerfile", |size| from(numbered(size, |index| format!("RUN <<E{index}\n")))),
        ("dockerfile, one long line", "Dockerfile", |size| {
            from(format!("RUN a {}\n", numbered(size, |index| format!("&& pip install x{index} "))))
        }),
        ("dockerfile, missing COPY", "Dockerfile", |size| {
            from(numbered(size, |index| format!("COPY nothere{index} x\n")))
        }),
    ]
}

fn from(text: String) -> String {
    format!("FROM alpine:3.23\n{text}")
}

fn shell() -> Vec<Input> {
    vec![
        ("shell, docker build", "deploy.sh", |size| repeated("docker build .\n", size)),
        ("shell, split words", "deploy.sh", |size| {
            format!("X=\"{}\"\n{}", repeated("a ", size / 8), repeated("e $X\n", size * 7 / 8))
        }),
        ("shell, array", "deploy.sh", |size| {
            format!("A=({})\n{}", repeated("a ", size / 8), repeated("e \"${A[@]}\"\n", size * 7 / 8))
        }),
        ("shell, nested script", "deploy.sh", |size| {
            format!("X='{}'\n{}", repeated("a;", size / 8), repeated("bash -c \"$X\"\n", size * 7 / 8))
        }),
        ("shell, open documents", "deploy.sh", |size| {
            format!("a {}\n{}", numbered(size / 2, |index| format!("<<E{index} ")), repeated("x\n", size / 2))
        }),
        ("shell, open templates", "deploy.sh", |size| format!("echo {}\n", repeated("${{ ", size))),
        ("shell, one flag", "deploy.sh", |size| {
            format!("gcloud run deploy x --set-env-vars={}\n", numbered(size, |index| format!("A{index}=b,")))
        }),
    ]
}

/// Targets of task runners.
fn task_runners() -> Vec<Input> {
    vec![
        ("make, targets", "Makefile", |size| repeated("a:\n\tdocker build .\n", size)),
        ("make, values that double", "Makefile", |size| {
            format!("X = $(X)$(X)\n{}", repeated("Y := $(Y)$(Y)a\na:\n\tb $(X) $(Y)\n", size))
        }),
        ("make, exported variables", "Makefile", |size| {
            format!("export\n{}", repeated("a: A = b\na:\n\tterraform apply -var=x=$(A)\n", size))
        }),
        ("make, open references", "Makefile", |size| format!("a:\n\tb {}\n", repeated("$(", size))),
        ("just, recipes", "justfile", |size| repeated("a b:\n  docker build {{b}}\n", size)),
        ("just, chain of variables", "justfile", |size| repeated("a := a + a + 'b'\n", size)),
        ("task, aliases", "Taskfile.yml", |size| {
            let task = "version: '3'\ntasks:\n  a: &a\n    cmds:\n    - docker build .\n";
            format!("{task}{}", numbered(size, |index| format!("  b{index}: *a\n")))
        }),
    ]
}

fn yaml() -> Vec<Input> {
    vec![
        ("build, aliased steps", "cloudbuild.yaml", |size| {
            let step = format!("- &s\n  name: docker\n  args: [{}a]\n", repeated("a,", size / 2));
            format!("steps:\n{step}{}", repeated("- *s\n", size / 2))
        }),
        ("build, aliased scripts", "cloudbuild.yaml", |size| {
            let step = format!("- &s\n  name: docker\n  script: |\n{}", repeated("    docker build .\n", size / 2));
            format!("steps:\n{step}{}", repeated("- *s\n", size / 2))
        }),
        ("build, shared variables", "cloudbuild.yaml", |size| {
            let variables = numbered(size / 2, |index| format!("  - A{index}=b\n"));
            format!("options:\n  env:\n{variables}steps:\n{}", repeated("- name: docker\n", size / 2))
        }),
        ("build, unknown keys", "cloudbuild.yaml", |size| {
            format!("steps:\n- name: docker\n{}", numbered(size, |index| format!("a{index}: 1\n")))
        }),
        ("build, substitutions", "cloudbuild.yaml", |size| {
            format!("steps:\n- name: docker\n  args: [{}]\n", numbered(size, |index| format!("$_A{index},")))
        }),
        ("manifest, aliased containers", "service.yaml", |size| {
            let variables = repeated("      - {name: A, value: b}\n", size / 2);
            format!(
                "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n template:\n  spec:\n   containers:\n   - &c\n     \
                 env:\n{variables}{}",
                repeated("   - *c\n", size / 2)
            )
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
            format!("# seaworthy: ignore[{}]\nFROM alpine:3.23\n", numbered(size, |index| format!("roo-user{index},")))
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
