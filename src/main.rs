//! The `seaworthy` command.

use std::process::ExitCode;

/// A run is made of many small texts; see docs/decisions.md.
#[cfg(not(target_env = "musl"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    seaworthy::cli::run(std::env::args_os())
}
