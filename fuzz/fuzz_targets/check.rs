//! Parsers, readers, the evaluator, rules and every report format.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use seaworthy::report::Format;
use seaworthy::report::terminal::Style;

fuzz_target!(|data: &[u8]| {
    let sources = common::sources(data);
    let report = seaworthy::engine::lint(&sources, &common::config());
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    assert!(common::has_sentinel(&report, &sources), "a finding of another file is hidden");
    for format in Format::ALL {
        let mut out = Vec::new();
        format.write(&mut out, &report, &sources, Style::PLAIN, true).expect("writing to memory");
        let is_plain = |byte: &u8| *byte >= b' ' || matches!(byte, b'\n' | b'\t');
        assert!(out.iter().all(is_plain), "{} has a control character", format.name());
    }
});
