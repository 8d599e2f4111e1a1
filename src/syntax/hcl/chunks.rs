//! Cuts an HCL text into its top-level items, and rewrites syntax that `hcl-edit` rejects and Terraform accepts.

use super::scanner::{Scanner, Token};
use std::collections::HashMap;
use std::ops::Range;

/// A top-level attribute or block.
pub(super) struct Chunk {
    pub(super) range: Range<usize>,
    /// The approximate number of entries in its largest braces: line breaks and commas.
    pub(super) entries: usize,
}

/// The top-level items of a text, without the comments and blanks between them.
pub(super) fn split(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut scanner = Scanner::new(text);
    let mut start = None;
    // The entries of each open bracket; `None` for brackets that are not braces.
    let mut entries: Vec<Option<usize>> = Vec::new();
    let mut most = 0;
    let mut is_after_comma = false;
    while let Some((token, range)) = scanner.next() {
        match token {
            Token::Comment => {}
            Token::LineEnd if scanner.depth() == 0 => {
                if let Some(start) = start.take() {
                    chunks.push(Chunk { range: start..range.start, entries: most });
                    most = 0;
                }
            }
            // A line break after a comma is no other entry.
            Token::LineEnd if is_after_comma => {}
            Token::LineEnd | Token::Comma => {
                if let Some(Some(count)) = entries.last_mut() {
                    *count += 1;
                    most = most.max(*count);
                }
            }
            Token::Open => {
                start.get_or_insert(range.start);
                entries.push((text.as_bytes()[range.start] == b'{').then_some(0));
            }
            Token::Close => {
                start.get_or_insert(range.start);
                entries.pop();
            }
            Token::Other => {
                start.get_or_insert(range.start);
            }
        }
        is_after_comma = token == Token::Comma;
    }
    if let Some(start) = start {
        chunks.push(Chunk { range: start..text.len(), entries: most });
    }
    resynchronise(text, chunks)
}

/// The number of entries in the largest braces of an expression.
pub(super) fn entries(expression: &str) -> usize {
    split(expression).iter().map(|chunk| chunk.entries).max().unwrap_or(0)
}

/// If a bracket is never closed, the last chunk runs to the end of the file. Cuts it at each line that begins a block
/// in the first column.
fn resynchronise(text: &str, chunks: Vec<Chunk>) -> Vec<Chunk> {
    const HEADS: &[&str] = &[
        "resource ",
        "variable ",
        "data ",
        "module ",
        "locals ",
        "output ",
        "provider ",
        "terraform ",
        "moved ",
        "import ",
        "check ",
    ];
    let Some(last) = chunks.last() else { return chunks };
    let range = last.range.clone();
    let mut scanner = Scanner::new(&text[range.clone()]);
    while scanner.next().is_some() {}
    if scanner.depth() == 0 {
        return chunks;
    }
    let mut cuts = vec![range.start];
    let mut at = range.start;
    for line in text[range.clone()].split_inclusive('\n') {
        if at > range.start && HEADS.iter().any(|head| line.starts_with(head)) {
            cuts.push(at);
        }
        at += line.len();
    }
    cuts.push(range.end);
    let entries = last.entries;
    let mut chunks = chunks;
    chunks.pop();
    chunks.extend(cuts.windows(2).map(|pair| Chunk { range: pair[0]..pair[1], entries }));
    chunks
}

/// Replaces line breaks by blanks where Terraform ignores them and `hcl-edit` does not (before `?`, `:`, `&&`, `||`,
/// `.` and other operators), and renames the earlier of repeated object keys. The length stays the same, so that
/// offsets stay valid. `None` if nothing changes.
pub(super) fn smooth(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut scanner = Scanner::new(text);
    let mut changed = false;
    // The keys of each open bracket, with the offset of their last byte.
    let mut scopes: Vec<HashMap<String, usize>> = Vec::new();
    let mut line_ends: Vec<Range<usize>> = Vec::new();
    let mut fresh = true;
    while let Some((token, range)) = scanner.next() {
        match token {
            Token::LineEnd => {
                line_ends.push(range);
                fresh = true;
                continue;
            }
            Token::Comment => continue,
            Token::Open => scopes.push(HashMap::new()),
            Token::Close => {
                scopes.pop();
            }
            Token::Comma => {}
            Token::Other => {
                let rest = &text[range.start..];
                let continues = ["?", ":", "&&", "||", ".", "==", "!=", ">=", "<=", "+", "*", "/ ", "if "];
                if !scopes.is_empty() && continues.iter().any(|operator| rest.starts_with(operator)) {
                    for end in &line_ends {
                        bytes[end.clone()].fill(b' ');
                        changed = true;
                    }
                }
                if fresh && let (Some(key), Some(scope)) = (key_at(rest), scopes.last_mut()) {
                    // As in Terraform the later key wins: the earlier one is renamed.
                    if let Some(end) = scope.get(key).copied() {
                        let stem = &key[..key.len() - 1];
                        let free = (b'0'..=b'z').filter(u8::is_ascii_alphanumeric).find(|byte| {
                            let name = format!("{stem}{}", *byte as char);
                            !name.starts_with(|c: char| c.is_ascii_digit()) && !scope.contains_key(&name)
                        });
                        if let Some(byte) = free {
                            bytes[end] = byte;
                            scope.insert(format!("{stem}{}", byte as char), end);
                            changed = true;
                        }
                    }
                    scope.insert(key.to_owned(), range.start + key.len() - 1);
                }
            }
        }
        line_ends.clear();
        fresh = matches!(token, Token::Open | Token::Comma);
    }
    changed.then(|| String::from_utf8(bytes).ok()).flatten()
}

/// The bare key of an object entry at the start of `rest`.
pub(super) fn key_at(rest: &str) -> Option<&str> {
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
    let after = rest[length..].trim_start_matches([' ', '\t']);
    let assigns = after.starts_with('=') && !after.starts_with("==") || after.starts_with(':');
    (length > 0 && assigns).then(|| &rest[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(text: &str) -> Vec<&str> {
        split(text).iter().map(|chunk| text[chunk.range.clone()].lines().next().unwrap_or_default()).collect()
    }

    #[test]
    fn items_are_cut_at_the_top_level() {
        let text = "# c\na = 1\nb {\n  c = \"}${x[\"}\"]}\" # }\n}\n\nd = <<EOT\n}\nEOT\ne = [\n1\n]\n";
        assert_eq!(heads(text), ["a = 1", "b {", "d = <<EOT", "e = ["]);
    }

    #[test]
    fn an_unclosed_block_ends_where_the_next_begins() {
        let text = "resource \"a\" \"b\" {\n  x = 1\n\nvariable \"c\" {\n}\n";
        assert_eq!(heads(text), ["resource \"a\" \"b\" {", "variable \"c\" {"]);
    }
}
