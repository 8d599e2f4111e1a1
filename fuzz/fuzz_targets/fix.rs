//! Fixes end, and a second run changes nothing.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use seaworthy::engine::Memory;
use seaworthy::engine::repair::repair;

fuzz_target!(|data: &[u8]| {
    let sources = common::sources(data);
    let run = |sources: &_| repair(sources, &common::config(), &mut Memory::default(), &|_| true, &|_| true);
    let once = run(&sources);
    let twice = run(&once.sources);
    assert!(twice.changed.keys().all(|path| !once.changed.contains_key(path)), "a second run changes the same file");
});
