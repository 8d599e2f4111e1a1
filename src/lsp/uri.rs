//! Converts between addresses of documents and paths of files.

use gen_lsp_types::Uri;
use std::path::{Path, PathBuf};
use url::Url;

/// The path of a `file:` address; `None` for any other.
pub(super) fn path(address: &str) -> Option<PathBuf> {
    Url::parse(address).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

/// The address of a file.
pub(super) fn of(path: &Path) -> Option<Uri> {
    Url::from_file_path(path).ok().map(|url| Uri(url.into()))
}

/// A normalised address: clients escape different characters, and some are not even consistent with themselves.
pub(super) fn key(address: &str) -> String {
    path(address).and_then(|path| of(&path)).map_or_else(|| address.to_owned(), |address| address.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn addresses_are_decoded() {
        assert_eq!(path("file:///a%20b/%C3%A9%23.tf"), Some(PathBuf::from("/a b/é#.tf")));
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("not an address"), None);
        assert_eq!(of(Path::new("/a b/é#.tf")), Some(Uri("file:///a%20b/%C3%A9%23.tf".to_owned())));
    }
}
