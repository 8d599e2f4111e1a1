//! `seaworthy man`: manual pages, one for each command.

use super::{Arguments, Error, streams};
use crate::walk::{self, Place};
use clap::CommandFactory;
use clap_mangen::Man;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Writes the page of the program to standard output or, with a folder, the pages of all commands into that folder.
pub(super) fn run(folder: Option<&Path>) -> Result<ExitCode, Error> {
    let mut command = Arguments::command();
    command.build();
    let Some(folder) = folder else {
        let text = page(command)?;
        return streams::print(|out| out.write_all(text.as_bytes()));
    };
    let mut open = vec![("seaworthy".to_owned(), command)];
    while let Some((name, command)) = open.pop() {
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            open.push((format!("{name}-{}", below.get_name()), below.clone()));
        }
        let path = folder.join(format!("{name}.1"));
        let text = page(command)?;
        walk::write(&path, &text, Place::Named(folder)).map_err(|error| Error::NotWritten(path.clone(), error))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn page(command: clap::Command) -> io::Result<String> {
    let mut bytes = Vec::new();
    Man::new(command).date("2026-11-21").manual("seaworthy").render(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let mut tidy = String::new();
    for (index, line) in lines.iter().enumerate() {
        let is_gap = |other: Option<&&str>| other.is_some_and(|other| other.is_empty() || other.starts_with(".sp"));
        // A line break next to a gap has no effect, and `mandoc -T lint` warns about it.
        if line.starts_with(".br") && (is_gap(lines.get(index + 1)) || index > 0 && is_gap(lines.get(index - 1))) {
            continue;
        }
        tidy.push_str(line);
        tidy.push('\n');
    }
    Ok(tidy)
}
