//! Cuts a Dockerfile into logical lines, one instruction each, without parsing them.

use std::ops::Range;

/// The byte ranges of the instructions, with continuation lines and here-documents, without comments between
/// instructions.
pub(super) fn split(text: &str, escape: char) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut lines = Lines { text, at: 0 };
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let trimmed = text[line.clone()].trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let start = line.start + text[line.clone()].len() - text[line.clone()].trim_start().len();
            let mut end = line.end;
            let mut open = continues(&text[line], escape);
            while open {
                let Some(line) = lines.next() else { break };
                let trimmed = text[line.clone()].trim();
                end = line.end;
                if !trimmed.is_empty() && !trimmed.starts_with('#') {
                    open = continues(&text[line], escape);
                }
            }
            for (word, strip_tabs) in here_document_words(&text[start..end]) {
                let mut probe = Lines { text, at: lines.at };
                // Without its terminator it is no here-document: `<<` is also the shift operator of the shell.
                while let Some(line) = probe.next() {
                    let body = text[line.clone()].trim_end_matches(['\n', '\r']);
                    let body = if strip_tabs { body.trim_start_matches('\t') } else { body };
                    if body == word {
                        end = line.end;
                        lines.at = probe.at;
                        break;
                    }
                }
            }
            return Some(start..end);
        }
    })
}

fn continues(line: &str, escape: char) -> bool {
    line.trim_end().ends_with(escape)
}

/// The terminators of `<<WORD`, `<<-WORD`, `<<"WORD"` in an instruction that may have here-documents.
fn here_document_words(instruction: &str) -> Vec<(String, bool)> {
    let mut keyword = instruction.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    if keyword == "ONBUILD" {
        keyword = instruction.split_whitespace().nth(1).unwrap_or_default().to_ascii_uppercase();
    }
    if !matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let mut words = Vec::new();
    for (at, _) in instruction.match_indices("<<") {
        let rest = &instruction[at + 2..];
        if rest.starts_with('<') || instruction[..at].ends_with('<') {
            continue;
        }
        let (rest, strip_tabs) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
        let quote = rest.chars().next().filter(|character| matches!(character, '"' | '\''));
        let word: String = match quote {
            Some(quote) => rest[1..].split(quote).next().unwrap_or_default().to_owned(),
            None => rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect(),
        };
        if !word.is_empty() {
            words.push((word, strip_tabs));
        }
    }
    words
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let length = self.text[start..].find('\n').map_or(self.text.len() - start, |at| at + 1);
        self.at = start + length;
        Some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn logical_lines() {
        let text = "FROM a\n\n# c\nRUN x \\\n# c\n\n y\nRUN <<A <<-B\n USER\nA\n\tB\nENV z\nRUN echo <<NEVER\nCMD q";
        let chunks: Vec<_> = split(text, '\\').map(|range| text[range].split_whitespace().next()).collect();
        assert_eq!(chunks, [Some("FROM"), Some("RUN"), Some("RUN"), Some("ENV"), Some("RUN"), Some("CMD")]);
    }
}
