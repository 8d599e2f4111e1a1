//! Baselines: one that is read is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use seaworthy::suppress::Baseline;

fuzz_target!(|text: &str| {
    if let Ok(baseline) = Baseline::parse(text) {
        let written = baseline.text();
        let again = Baseline::parse(&written).expect("what is written can be read");
        assert_eq!(again.text(), written);
    }
});
