//! Takes out of an HCL text what `hcl-edit` can't parse because of its own limits, so that the rest can be read.
//!
//! Terraform has no such limits: an expression with 200 operators is not an error. Only its own attribute is unknown.

use super::chunks::key_at;
use super::scanner::{Scanner, Token};
use crate::span::Span;
use crate::syntax::Problem;
use hcl_edit::parser::{Error, parse_body};
use std::ops::Range;

/// The parts that are left out of a text, in order.
#[derive(Default)]
pub(super) struct LeftOut {
    /// The expressions that a name has taken the place of.
    pub(super) values: Vec<Range<usize>>,
    /// The contents of blocks.
    blocks: Vec<Range<usize>>,
}

impl LeftOut {
    pub(super) fn problems(self, span: impl Fn(Range<usize>) -> Span) -> Vec<Problem> {
        let told = |ranges: Vec<Range<usize>>, message| {
            ranges.into_iter().map(move |range| (range, message)).collect::<Vec<_>>()
        };
        let values = told(self.values, "has an expression that is too long or too deeply nested");
        let blocks = told(self.blocks, "nests blocks too deeply to be followed");
        values.into_iter().chain(blocks).map(|(range, message)| Problem::beyond_us(span(range), message)).collect()
    }
}

/// Blocks are nested less deeply in every provider. The parser counts them and the expressions in them together.
const DEEPEST_BLOCK: usize = 32;
/// An expression with fewer operators and brackets is within every limit.
const FEWEST_MARKS: usize = 24;

/// Whether the parser stopped because of a limit of its own.
pub(super) fn is_limit(error: &Error) -> bool {
    error.message().contains("expected at most ")
}

/// Takes out the values of attributes that are beyond a limit, and the contents of blocks that are nested too deeply.
/// The length stays the same, so that offsets stay valid. `is_beyond` is given a value and the number of blocks around it.
pub(super) fn relieve(text: &str, left_out: &mut LeftOut, is_beyond: impl Fn(&str, usize) -> bool) -> String {
    let Outline { values, blocks } = outline(text);
    let is_inside = |range: &Range<usize>| {
        let next = blocks.partition_point(|block| block.end <= range.start);
        blocks.get(next).is_some_and(|block| block.start <= range.start)
    };
    let values =
        values.into_iter().filter(|(range, depth)| !is_inside(range) && is_beyond(&text[range.clone()], *depth));
    let values: Vec<Range<usize>> = values.map(|(range, _)| range).collect();
    let mut bytes = text.as_bytes().to_vec();
    blocks.iter().for_each(|range| bytes[range.clone()].fill(b' '));
    values.iter().for_each(|range| bytes[range.clone()].fill(b'x'));
    left_out.values.extend(values);
    left_out.values.sort_by_key(|range| range.start);
    left_out.blocks.extend(blocks);
    String::from_utf8(bytes).expect("whole expressions and blocks were replaced by ASCII")
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
pub(super) fn is_beyond(expression: &str, depth: usize) -> bool {
    let is_mark = |byte: &u8| b"+-*/%=!<>&|?:([{".contains(byte);
    if expression.bytes().filter(|byte| is_mark(byte)).count() < FEWEST_MARKS {
        return false;
    }
    let alone = format!("{}x = {expression}\n{}", "x {\n".repeat(depth), "}\n".repeat(depth));
    parse_body(&alone).is_err_and(|error| is_limit(&error))
}
