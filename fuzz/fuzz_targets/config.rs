//! Configuration files, with one that they extend.
#![no_main]

use libfuzzer_sys::fuzz_target;
use seaworthy::config::{Found, load};

fuzz_target!(|text: &str| {
    let (own, extended) = text.split_once("\n====\n").unwrap_or((text, ""));
    let found = [Found { folder: String::new(), path: "seaworthy.toml".to_owned() }];
    let read = |path: &str| Ok(if path == "seaworthy.toml" { own.to_owned() } else { extended.to_owned() });
    let (cascade, problems) = load(&found, "", &read);
    for problem in &problems {
        let _ = (problem.to_string(), problem.help());
    }
    let _ = cascade.view("a/Dockerfile").decide("root-user", seaworthy::catalogue::Profile::Strict, None);
});
