//! Files that may be supported, and what becomes of them.

use super::file::{self, Refusal};
use crate::source::{LARGEST_FILE, Notation, Source, Unread, UnreadReason};
use std::io::Read;
use std::path::Path;

/// What became of a file.
pub(super) enum Outcome {
    Source(Box<Source>),
    Unread(Unread),
}

impl Outcome {
    /// The same, of a file that was read under the name of a symbolic link to it.
    pub(super) fn through_link_to(mut self, target: String) -> Self {
        if let Self::Source(source) = &mut self {
            source.target = Some(target.into());
        }
        self
    }
}

/// A file that may be supported, by its name or because it was named explicitly.
pub(super) struct Candidate<'a> {
    path: &'a str,
    notation: Notation,
    /// Whether it may be a script without an extension; its first line decides.
    may_be_script: bool,
    is_named: bool,
}

impl<'a> Candidate<'a> {
    pub(super) fn of(path: &'a str, is_named: bool) -> Option<Self> {
        let notation = Notation::by_name(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        let may_be_script = notation == Notation::Other && !name.contains('.') && !path.contains(".git/");
        let is_candidate = notation != Notation::Other || may_be_script || is_named;
        is_candidate.then_some(Self { path, notation, may_be_script: may_be_script && !is_named, is_named })
    }

    fn is_wanted(&self) -> bool {
        self.notation != Notation::Other || self.is_named
    }

    pub(super) fn unread(&self, reason: UnreadReason) -> Option<Outcome> {
        self.is_wanted().then(|| Outcome::Unread(Unread { path: self.path.into(), reason }))
    }

    /// The outcome for a file that is too large. It is reported only if it was named explicitly, or if its name has a
    /// notation other than prose and requirements, because large files of these are rarely of interest.
    pub(super) fn too_large(&self, size: u64) -> Option<Outcome> {
        let is_told = self.is_named
            || !matches!(
                self.notation,
                Notation::Prose
                    | Notation::Other
                    | Notation::Requirements
                    | Notation::Manifest
                    | Notation::Lock
                    | Notation::EnvFile
            );
        if is_told { self.unread(UnreadReason::TooLarge(size)) } else { None }
    }

    /// The outcome for a file with this content.
    pub(super) fn source(&self, bytes: Vec<u8>) -> Option<Outcome> {
        if is_binary(&bytes) {
            let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
            let reason = if is_utf16 { UnreadReason::Utf16 } else { UnreadReason::Binary };
            return if self.notation == Notation::Prose { None } else { self.unread(reason) };
        }
        if self.may_be_script && !bytes.starts_with(SCRIPT) {
            return None;
        }
        let mut source = Source::from_bytes(self.path, bytes);
        if self.is_named && source.notation == Notation::Other {
            source.notation = Notation::by_content(&source.text);
        }
        (source.notation != Notation::Other).then(|| Outcome::Source(Box::new(source)))
    }
}

/// Whether bytes are no text, since many of them are zero. A few in a comment must not hide a file.
fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr_iter(0, bytes).count() > 4 + bytes.len() / 100
}

/// The first bytes of a script.
const SCRIPT: &[u8] = b"#!";

/// Reads one file if it may be supported, by its name or because it was named explicitly.
pub(super) fn load(path: &str, full: &Path, is_named: bool) -> Option<Outcome> {
    let candidate = Candidate::of(path, is_named)?;
    match content(&candidate, full) {
        Ok(bytes) => candidate.source(bytes?),
        Err(Refusal::System(error)) => candidate.unread(UnreadReason::Refused(error.to_string())),
        Err(Refusal::Link | Refusal::NotAFile) => candidate.unread(UnreadReason::NotAFile),
        Err(Refusal::TooLarge(size)) => candidate.too_large(size),
    }
}

/// The bytes of a file, unless its first ones say that it is not supported.
fn content(candidate: &Candidate<'_>, full: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let (mut file, size) = file::open(full)?;
    if size > LARGEST_FILE {
        return Err(Refusal::TooLarge(size));
    }
    let mut bytes = Vec::with_capacity(size as usize + 1);
    if candidate.may_be_script {
        // There are many files without an extension, so only scripts are read in full.
        let mut start = [0; SCRIPT.len()];
        if file.read_exact(&mut start).is_err() || start != *SCRIPT {
            return Ok(None);
        }
        bytes.extend_from_slice(&start);
    }
    file::rest(&mut file, bytes, LARGEST_FILE).map(Some)
}
