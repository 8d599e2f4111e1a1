//! The only place that opens, reads and writes files.
//!
//! A repository may hold links that lead out of it, pipes that nobody writes to, and devices without an end. So only
//! regular files are read, up to a size, and every file is written as a new one that then takes the place of the old
//! one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use tempfile::NamedTempFile;

/// The largest file that seaworthy maintains or is configured by: ignore lists, configurations, baselines. In bytes.
pub(super) const LARGEST_OWN: u64 = 16 * 1024 * 1024;

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The operating system refused it.
    System(io::Error),
    /// It is a symbolic link.
    Link,
    /// It is a folder, a pipe, a socket or a device.
    NotAFile,
    /// It is larger than the limit; its size in bytes, as far as it is known.
    TooLarge(u64),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::System(error) => error,
            Refusal::Link => Self::other("it is a symbolic link"),
            Refusal::NotAFile => Self::other("it is not a regular file"),
            Refusal::TooLarge(size) => {
                Self::new(io::ErrorKind::FileTooLarge, format!("{} MiB are too much", size.div_ceil(1 << 20)))
            }
        }
    }
}

/// Opens a regular file, and returns its size in bytes. The last part of the path may not be a link.
pub(super) fn open(path: &Path) -> Result<(File, u64), Refusal> {
    let file = match begin(path) {
        Ok(file) => file,
        // The message that systems give for a link here differs.
        Err(error) => {
            let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
            return Err(if is_link { Refusal::Link } else { Refusal::System(error) });
        }
    };
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata.len())) } else { Err(Refusal::NotAFile) }
}

/// Opens a file without following a link in the last part of its path, and without waiting for the writer of a pipe.
#[cfg(unix)]
fn begin(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path)
}

#[cfg(not(unix))]
fn begin(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    OpenOptions::new().read(true).open(path)
}

/// Reads the rest of a file of at most `limit` bytes behind what was read of it.
pub(super) fn rest(file: &mut File, mut bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Refusal> {
    // A file may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(Refusal::TooLarge(bytes.len() as u64)) } else { Ok(bytes) }
}

/// Reads a regular file of at most `limit` bytes. The last part of the path may not be a link.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Refusal> {
    let (mut file, size) = open(path)?;
    if size > limit {
        return Err(Refusal::TooLarge(size));
    }
    rest(&mut file, Vec::with_capacity(size as usize + 1), limit)
}

/// The path of an existing file without links; an error if it is not in the root, whose path has no links.
pub(super) fn resolved(root: &Path, path: &Path) -> io::Result<PathBuf> {
    let real = path.canonicalize()?;
    if real.starts_with(root) { Ok(real) } else { Err(io::Error::other("it lies outside of the repository")) }
}

/// Where a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// In this folder or below it, which a link must not lead out of.
    Below(&'a Path),
    /// Where the user has said, unless a link leads there from inside of this folder.
    Named(&'a Path),
}

/// A new text of a file that has not taken its place yet.
#[derive(Debug)]
pub struct Draft {
    text: NamedTempFile,
    path: PathBuf,
}

impl Draft {
    /// Writes the text to a new file beside the one that it is to replace, which keeps its permissions.
    ///
    /// # Errors
    /// Those of the file system; if the file is a link, not a regular file or read-only; if a link leads out of the
    /// root.
    pub fn new(path: &Path, text: &str, place: Place<'_>) -> io::Result<Self> {
        let path = destination(path, place)?;
        let permissions = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => return Err(Refusal::Link.into()),
            Ok(metadata) if !metadata.is_file() => return Err(Refusal::NotAFile.into()),
            Ok(metadata) if metadata.permissions().readonly() => {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
            }
            Ok(metadata) => Some(metadata.permissions()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".seaworthy-");
        if let Some(usual) = usual_permissions() {
            builder.permissions(usual);
        }
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions)?;
        }
        file.as_file().sync_all()?;
        Ok(Self { text: file, path })
    }

    /// Puts the new file in the place of the old one: a reader sees either the old text or the new one.
    ///
    /// # Errors
    /// Those of the file system; the old file is then unchanged.
    pub fn keep(self) -> io::Result<()> {
        self.text.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Puts the new file in its place unless there is one.
    fn keep_if_new(self) -> io::Result<()> {
        self.text.persist_noclobber(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// The permissions of a new file, from which the system takes those that the user does not want (`umask`).
#[cfg(unix)]
fn usual_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<Permissions> {
    None
}

/// The path of a file in its real folder.
fn destination(path: &Path, place: Place<'_>) -> io::Result<PathBuf> {
    let full = std::path::absolute(path)?;
    let name = full.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let folder = full.parent().unwrap_or(&full).canonicalize()?;
    let (root, is_below) = match place {
        Place::Below(root) => (root, true),
        Place::Named(root) => {
            let has_detour = full.components().any(|part| part == Component::ParentDir);
            (root, full.starts_with(root) && !has_detour)
        }
    };
    if is_below && !folder.starts_with(root) {
        return Err(io::Error::other("a link leads out of the repository"));
    }
    Ok(folder.join(name))
}

/// Writes a new file; an existing file is left unchanged. Missing folders are made.
///
/// # Errors
/// Those of [`Draft::new`] and of the file system, `AlreadyExists` among them.
pub fn create(path: &Path, text: &str, place: Place<'_>) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    if let Some(folder) = path.parent() {
        make(folder, place)?;
    }
    Draft::new(path, text, place)?.keep_if_new()
}

/// Makes a folder and those above it, but none where a link leads out of the root.
fn make(folder: &Path, place: Place<'_>) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| fs::symlink_metadata(folder).is_err()).collect();
    for folder in missing.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir(destination(folder, place)?)?;
    }
    Ok(())
}

/// Writes a file in an existing folder. An existing regular file is replaced as a whole; a pipe or a device is written
/// directly.
///
/// # Errors
/// Those of [`Draft::new`] and of the file system.
pub fn write(path: &Path, text: &str, place: Place<'_>) -> io::Result<()> {
    // `/dev/stdout` is a link.
    let is_of_system = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
    let is_stream = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    if is_of_system || is_stream && !path.is_symlink() {
        return OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes());
    }
    Draft::new(path, text, place)?.keep()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_with_its_permissions_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists");
        let path = root.join("a");
        create(&path, "1", Place::Below(&root)).expect("a new file");
        assert_eq!(
            create(&path, "2", Place::Below(&root)).map_err(|error| error.kind()),
            Err(io::ErrorKind::AlreadyExists)
        );
        write(&path, "3", Place::Below(&root)).expect("an existing file");
        assert_eq!(read(&path, 1).expect("a regular file"), b"3");
        assert!(matches!(read(&path, 0), Err(Refusal::TooLarge(1))));
        create(&root.join("b/c/d"), "4", Place::Below(&root)).expect("new folders");
        assert_eq!(fs::read_dir(&root).expect("a folder").count(), 2);
        assert!(matches!(read(&root.join("b"), 9), Err(Refusal::NotAFile)));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_for_writing_and_none_out_of_the_root() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let above = folder.path().canonicalize().expect("it exists");
        let root = above.join("root");
        fs::create_dir(&root).expect("a folder");
        fs::write(above.join("key"), "a key of the user").expect("a file");
        symlink("../key", root.join("link")).expect("a link");
        symlink("..", root.join("up")).expect("a link");
        for place in [Place::Below(&root), Place::Named(&root)] {
            write(&root.join("link"), "x", place).expect_err("a link");
            write(&root.join("up/key"), "x", place).expect_err("a link leads there");
            create(&root.join("up/new/key"), "x", place).expect_err("a link leads there");
        }
        write(&above.join("key"), "x", Place::Below(&root)).expect_err("outside of the root");
        assert_eq!(fs::read_to_string(above.join("key")).expect("a file"), "a key of the user");
        assert!(!above.join("new").exists());
        write(&above.join("key"), "named by the user", Place::Named(&root)).expect("the user has named it");
        assert!(matches!(read(&root.join("link"), 99), Err(Refusal::Link)));
        resolved(&root, &root.join("link")).expect_err("it leads out of the root");
        fs::set_permissions(above.join("key"), Permissions::from_mode(0o640)).expect("own file");
        write(&above.join("key"), "again", Place::Named(&root)).expect("the user has named it");
        let mode = fs::metadata(above.join("key")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
