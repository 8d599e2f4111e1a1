//! Python requirements: the packages that a file lists without an upper bound of their version.
//!
//! Format: <https://pip.pypa.io/en/stable/reference/requirements-file-format/>.

use crate::model::{Requirements, Unpinned};
use crate::source::Fragment;
use crate::span::SourceId;

/// Reads a requirements file.
pub(crate) fn read(source: SourceId, path: &str, fragment: &Fragment) -> Requirements {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let mut unpinned = Vec::new();
    // A constraints file pins the other entries.
    let is_constrained =
        fragment.text().lines().any(|line| line.starts_with("-c ") || line.starts_with("--constraint"));
    let mut start = 0;
    let mut continued = false;
    for line in fragment.text().split_inclusive('\n') {
        let at = start;
        start += line.len();
        let was_continued = std::mem::replace(&mut continued, line.trim_end().ends_with('\\'));
        let code = line.split(" #").next().unwrap_or_default().trim_end().trim_end_matches('\\').trim_end();
        let requirement = code.trim_start();
        if was_continued
            || requirement.is_empty()
            || requirement.starts_with(['#', '-', '.', '/'])
            || requirement.contains("://")
            || requirement.contains(" @ ")
        {
            continue;
        }
        let specifier = requirement.split(';').next().unwrap_or_default().trim();
        let end = specifier
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(specifier.len());
        let package = &specifier[..end];
        let rest = specifier[end..].trim_start();
        let rest =
            if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest).trim_start() } else { rest };
        let is_name = !package.is_empty() && package.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_file = [".whl", ".tar.gz", ".zip"].iter().any(|ending| package.ends_with(ending));
        // `==1.2.*` and `~=1.2` limit changes; a bare name or a lower bound does not.
        let is_bounded = rest.contains("==") || rest.contains("~=") || rest.contains('<');
        if is_name && !is_file && !is_bounded && (rest.is_empty() || rest.starts_with(['>', '!'])) {
            let indent = line.len() - line.trim_start().len();
            let span = fragment.span(at + indent..at + indent + specifier.len());
            unpinned.push(Unpinned { name: package.to_owned(), span });
        }
    }
    if is_constrained {
        unpinned.clear();
    }
    Requirements {
        source,
        unpinned,
        is_input: name.contains("constraint") || name.contains("lint") || name.contains("doc"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_constraints_file_pins_every_entry() {
        let source = Source::new("requirements.txt", "-c constraints.txt\nflask\n");
        assert!(read(SourceId(0), "requirements.txt", &Fragment::whole(SourceId(0), &source)).unpinned.is_empty());
    }

    #[test]
    fn entries_without_an_upper_bound_are_unpinned() {
        let text = "flask\nredis[hiredis]>=4 # c\ngunicorn==22.0.0\n-r base.txt\nuvicorn~=0.3\nurllib3<2\n./local\npkg @ https://x/y.whl\na==1 \\\n    --hash=sha256:00\nhttpx ; python_version < '3.9'\n";
        let source = Source::new("requirements.txt", text);
        let read = read(SourceId(0), "requirements.txt", &Fragment::whole(SourceId(0), &source));
        let names: Vec<_> = read.unpinned.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["flask", "redis", "httpx"]);
    }
}
