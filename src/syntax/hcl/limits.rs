//! Takes out of an HCL text what `hcl-edit` can't parse because of its own limits, so that the rest can be read.
//!
//! Terraform has no such limits: an expression with 200 operators is not an error. Only its own attribute is unknown.

use super::chunks::key_at;
use super::scanner::{Scanner, Token};
use hcl_edit::parser::{Error, parse_body};
use std::ops::Range;

/// A text without the parts that are beyond the limits of the parser. Its length is the same, so that offsets stay
/// valid.
pub(super) struct Relieved {
    pub(super) text: String,
    /// The expressions that a name has taken the place of.
    pub(super) values: Vec<Range<usize>>,
    /// The contents of blocks that are left out.
    pub(super) blocks: Vec<Range<usize>>,
}

/// Blocks are nested less deeply in every provider. The parser counts them and the expressions in them together.
const DEEPEST_BLOCK: usize = 32;
/// An expression with fewer operators and brackets is within every limit.
const FEWEST_MARKS: usize = 24;

/// Whether the parser stopped because of a limit of its own.
pub(super) fn is_limit(error: &Error) -> bool {
    error.message().contains("expected at most ")
}

pub(super) fn relieve(text: &str) -> Relieved {
    let Outline { values, blocks } = outline(text);
    let is_inside = |range: &Range<usize>| {
        let next = blocks.partition_point(|block| block.end <= range.start);
        blocks.get(next).is_some_and(|block| block.start <= range.start)
    };
    let values: Vec<Range<usize>> = values
        .into_iter()
        .filter(|(range, depth)| !is_inside(range) && is_beyond(&text[range.clone()], *depth))
        .map(|(range, _)| range)
        .collect();
    let mut bytes = text.as_bytes().to_vec();
    for range in &blocks {
        bytes[range.clone()].fill(b' ');
    }
    for range in &values {
        bytes[range.clone()].fill(b'x');
    }
    let text = String::from_utf8(bytes).unwrap_or_default();
    Relieved { text, values, blocks }
}

struct Outline {
    /// The values of attributes, each with the number of blocks around it.
    values: Vec<(Range<usize>, usize)>,
    /// The contents of the blocks that are nested too deeply.
    blocks: Vec<Range<usize>>,
}

fn outline(text: &str) -> Outline {
    let mut found = Outline { values: Vec::new(), blocks: Vec::new() };
    let mut scanner = Scanner::new(text);
    // The starts of the contents of the open blocks, and of the value that is being read.
    let mut open: Vec<usize> = Vec::new();
    let mut value: Option<usize> = None;
    let mut end = 0;
    let mut is_first = true;
    while let Some((token, range)) = scanner.next() {
        match token {
            Token::Comment => continue,
            Token::LineEnd if scanner.depth() > open.len() => continue,
            Token::LineEnd => {
                found.values.extend(value.take().map(|start| (start..end, open.len())));
                is_first = true;
                continue;
            }
            Token::Open if value.is_none() && scanner.depth() == open.len() + 1 => {
                open.push(range.end);
                is_first = true;
                continue;
            }
            Token::Close if scanner.depth() < open.len() => {
                found.values.extend(value.take().map(|start| (start..end, open.len())));
                if let Some(start) = open.pop().filter(|_| open.len() == DEEPEST_BLOCK) {
                    found.blocks.push(start..range.start);
                }
            }
            Token::Other if is_first && value.is_none() => {
                let rest = &text[range.start..];
                value = key_at(rest).and_then(|key| {
                    let sign = key.len() + rest[key.len()..].find('=')? + 1;
                    let blank = rest[sign..].len() - rest[sign..].trim_start_matches([' ', '\t']).len();
                    Some(range.start + sign + blank)
                });
            }
            _ => {}
        }
        is_first = false;
        end = range.end;
    }
    found.values.extend(value.map(|start| (start..end, open.len())));
    found.values.retain(|(range, _)| range.start < range.end);
    found
}

/// Whether an expression alone meets a limit, at the depth where it is written.
fn is_beyond(expression: &str, depth: usize) -> bool {
    let is_mark = |byte: &u8| b"+-*/%=!<>&|?:([{".contains(byte);
    if expression.bytes().filter(|byte| is_mark(byte)).count() < FEWEST_MARKS {
        return false;
    }
    let alone = format!("{}x = {expression}\n{}", "x {\n".repeat(depth), "}\n".repeat(depth));
    parse_body(&alone).is_err_and(|error| is_limit(&error))
}
