//! Inputs of the targets: files as `name`, a line break, and the text, separated by lines of `====`.

use seaworthy::catalogue::Profile;
use seaworthy::engine::Config;
use seaworthy::source::{Source, Sources, Tree};

/// The sources of an input.
pub fn sources(data: &[u8]) -> Sources {
    let mut files = vec![Source::new("beside/main.tf", SENTINEL)];
    for part in split(data) {
        let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..end]).into_owned();
        let text = part.get(end + 1..).unwrap_or_default();
        files.push(Source::from_bytes(format!("app/{name}"), text.to_vec()));
    }
    Sources::new(files, Tree::default(), Vec::new())
}

/// Every rule runs.
pub fn config() -> Config {
    Config { profile: Some(Profile::Strict), ..Config::default() }
}

/// A text whose finding no other text may hide.
const SENTINEL: &str = "resource \"google_storage_bucket_iam_member\" \"b\" {\n  bucket = \"b\"\n  role = \"roles/storage.admin\"\n  member = \"allUsers\"\n}\n";

/// Whether the finding of the text beside the input is there.
pub fn has_sentinel(report: &seaworthy::engine::Report, sources: &Sources) -> bool {
    report.findings.iter().any(|finding| &*sources.get(finding.span.source).path == "beside/main.tf")
}

fn split(data: &[u8]) -> Vec<&[u8]> {
    const MARK: &[u8] = b"\n====\n";
    let mut parts = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        parts.push(&rest[..at]);
        rest = &rest[at + MARK.len()..];
    }
    parts.push(rest);
    parts
}
