//! Scratch folders and runs of the program, for the tests of the command line.
#![allow(dead_code, unreachable_pub)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is deleted when it is dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = format!("seaworthy-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a scratch folder");
        Self(path)
    }

    /// A scratch folder with files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        files.iter().for_each(|(path, text)| scratch.write(path, text.as_bytes()));
        scratch
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect("a file")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program in a folder, without the environment variables that affect colours and the width.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
    command.current_dir(folder);
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program and returns its exit code and its two outputs.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output: Output = program(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("the program ended by itself"), text(output.stdout), text(output.stderr))
}

/// Runs Git, as somebody with a name and with access to other repositories on this disk.
pub fn git(folder: &Path, arguments: &[&str]) {
    let settings = ["user.name=a", "user.email=a@example.com", "init.defaultBranch=main", "protocol.file.allow=always"];
    let output = Command::new("git")
        .current_dir(folder)
        .args(settings.iter().flat_map(|setting| ["-c", *setting]))
        .args(arguments)
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The folders of the fixture repositories, sorted.
pub fn repositories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos");
    let entries = fs::read_dir(folder).expect("the fixtures are there");
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.expect("readable").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Xorshift with a fixed seed, so that every run of a test is the same.
pub struct Random(pub u64);

impl Random {
    /// A number less than `most`; 0 if `most` is 0.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}
