//! Runs inside one process, as in an editor or a library: one `FROM scratch`, and a second run without changes.
//!
//! `cargo bench --bench in_process` prints the fastest and the median run; compare numbers of one invocation only.
#![allow(clippy::print_stdout)]

mod generated;

use seaworthy::engine::{Memory, analyse};
use seaworthy::source::{Source, Sources};
use seaworthy::{Config, lint, walk};
use std::fs;
use std::time::{Duration, Instant};

fn main() {
    println!("{:<56} {:>10} {:>10}", "run", "fastest", "median");
    let one = Sources::from_texts([("Dockerfile", "FROM scratch\n")]);
    let config = Config::default();
    let first = Instant::now();
    lint(&one, &config);
    println!("{:<56} {:>10} {:>10}", "one `FROM scratch`, first of the process", shown(first.elapsed()), "");
    measure("one `FROM scratch`, again", 2000, || {
        lint(&one, &config);
    });
    let folder = std::env::temp_dir().join(format!("seaworthy-bench-in-process-{}", std::process::id()));
    let root = generated::repository(&folder, 480);
    let large = walk::read(&walk::Request { root, named: Vec::new() });
    let mut memory = Memory::default();
    analyse(&large, &config, &mut memory);
    let name = format!("{} generated files, unchanged, again", large.count());
    measure(&name, 40, || {
        analyse(&large, &config, &mut memory);
    });
    // Each second run takes the change back, so the sources do not grow.
    let mut number = 0;
    let mut edited = |path: &str, text: &str| {
        number += 1;
        let mut sources = large.clone();
        let (path, text) =
            (path.to_owned(), if number % 2 == 0 { text.to_owned() } else { format!("{text}# {number}\n") });
        sources.put(Source::new(path, text));
        sources
    };
    for name in ["Dockerfile", "cloudbuild.yaml", "service.yaml", "main.tf"] {
        let path = format!("services/s7/{name}");
        let text = large.get(large.find(&path).expect("a generated file")).text.to_string();
        let mut next = edited(&path, &text);
        measure(&format!("{} generated files, {name} edited", large.count()), 40, || {
            analyse(&next, &config, &mut memory);
            next = edited(&path, &text);
        });
    }
    for (name, where_it_is) in [("aaa/Dockerfile", "in front"), ("zzz/Dockerfile", "behind")] {
        let mut has_it = false;
        let mut next = large.clone();
        measure(&format!("{} generated files, one added or removed {where_it_is}", large.count()), 40, || {
            analyse(&next, &config, &mut memory);
            has_it = !has_it;
            next = large.clone();
            if has_it {
                next.put(Source::new(name, "FROM scratch\n"));
            }
        });
    }
    let _ = fs::remove_dir_all(&folder);
}

fn measure(name: &str, runs: usize, mut run: impl FnMut()) {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{name:<56} {:>10} {:>10}", shown(times[0]), shown(times[runs / 2]));
}

fn shown(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}
