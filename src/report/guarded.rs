//! The last step before a stream or a file: whatever a report holds, a terminal and a build log can't obey it.
//!
//! Texts are made visible where they are put into a line, because only there it is known what is a line break of ours.
//! This writer is the barrier behind that, which a new format can't forget.

use crate::visible::{begins_command, is_hidden, picture};
use std::borrow::Cow;
use std::io::{self, Write};

/// What lines may hold besides visible characters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowed {
    /// Colours, as escape sequences that end in `m`.
    pub colours: bool,
    /// Workflow commands of GitHub, which begin a line with `::`.
    pub commands: bool,
}

/// Writes lines in which control characters, invisible characters and commands to a build system have no effect.
#[derive(Debug)]
pub struct Guarded<W: Write> {
    out: W,
    allowed: Allowed,
    /// The bytes since the last line break.
    line: Vec<u8>,
}

impl<W: Write> Guarded<W> {
    /// A guarded writer.
    pub fn new(out: W, allowed: Allowed) -> Self {
        Self { out, allowed, line: Vec::new() }
    }

    /// Writes the line so far.
    fn end_line(&mut self, is_whole: bool) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.line);
        // A carriage return is only harmless as part of a line break.
        let (text, end) = match line.strip_suffix('\r') {
            Some(text) if is_whole => (text, "\r\n"),
            _ => (&*line, if is_whole { "\n" } else { "" }),
        };
        self.out.write_all(harmless(text, self.allowed).as_bytes())?;
        self.out.write_all(end.as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(rest) => {
                    self.line.extend_from_slice(rest);
                    self.end_line(true)?;
                }
                None => self.line.extend_from_slice(part),
            }
        }
        Ok(bytes.len())
    }

    /// Also ends a line that has no line break yet, so call it only after the last line.
    fn flush(&mut self) -> io::Result<()> {
        self.end_line(false)?;
        self.out.flush()
    }
}

impl<W: Write> Drop for Guarded<W> {
    fn drop(&mut self) {
        // Whoever wants to know about errors flushes before.
        let _ = self.flush();
    }
}

/// A line without anything that is obeyed.
fn harmless(line: &str, allowed: Allowed) -> Cow<'_, str> {
    let begins = |line: &str| !allowed.commands && line.trim_start().starts_with("::");
    if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !line.contains("##") && !begins(line) {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len() + 8);
    let start = line.len() - line.trim_start().len();
    let mut coloured = 0;
    for (at, c) in line.char_indices() {
        match c {
            '\t' => text.push(c),
            '\u{1b}' if allowed.colours && colour(&line[at..]).is_some() => {
                coloured = at + colour(&line[at..]).unwrap_or_default();
                text.push(c);
            }
            _ if at < coloured => text.push(c),
            ':' if at == start && begins(line) => text.push('∶'),
            '#' if begins_command(&line[at..]) => text.push('♯'),
            _ if is_hidden(c) => text.push(picture(c)),
            _ => text.push(c),
        }
    }
    Cow::Owned(text)
}

/// The length of the escape sequence for a colour or another style that a text begins with.
fn colour(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("\u{1b}[")?;
    let end = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
    end.starts_with('m').then(|| text.len() - end.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, allowed: Allowed) -> String {
        let mut out = Vec::new();
        let mut guarded = Guarded::new(&mut out, allowed);
        // In pieces, as `write!` does.
        text.as_bytes().chunks(3).for_each(|chunk| guarded.write_all(chunk).expect("memory"));
        drop(guarded);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn nothing_is_obeyed_that_a_format_forgot() {
        let text = "é\u{1b}[31ma\u{1b}]0;t\u{7}\u{202e}\u{2028}\r\n\tb\rc\n  ::add-mask::x\na::b ##vso[x]y##[z]\nlast";
        let shown = "é␛[31ma␛]0;t␇\u{fffd}\u{fffd}\r\n\tb␍c\n  ∶:add-mask::x\na::b ♯#vso[x]y♯#[z]\nlast";
        assert_eq!(written(text, Allowed::default()), shown);
    }

    #[test]
    fn only_colours_and_only_our_commands_are_let_through() {
        let colours = Allowed { colours: true, commands: false };
        let text = "\u{1b}[1;31mred\u{1b}[0m \u{1b}[2J\u{1b}[K \u{1b}[3";
        assert_eq!(written(text, colours), "\u{1b}[1;31mred\u{1b}[0m ␛[2J␛[K ␛[3");
        let commands = Allowed { colours: false, commands: true };
        assert_eq!(written("::error::a\u{1b}[1m", commands), "::error::a␛[1m");
    }
}
