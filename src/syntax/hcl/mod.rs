//! HCL as Terraform writes it: attributes, blocks and expressions with spans.
//!
//! `hcl-edit` parses a file. If it stops, the text is cut into its top-level items that are parsed one by one, so that
//! one broken block does not hide the others. Syntax that it rejects although Terraform accepts it is rewritten first,
//! without a change of length, so that offsets stay valid.

mod chunks;
mod convert;
mod json;
mod limits;
mod scanner;

use super::Problem;
use crate::source::{Fragment, Inside};
use crate::span::Span;
use hcl_edit::parser::parse_body;
use std::borrow::Cow;
use std::ops::Range;

/// The content of a file or of a block.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// `name = value`, in order.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, in order.
    pub blocks: Vec<Block>,
}

/// A name with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub text: Box<str>,
    /// Its bytes, including quotes if it has any.
    pub span: Span,
}

/// `name = value`.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// The name.
    pub name: Ident,
    /// The value.
    pub value: Expr,
    /// The whole attribute.
    pub span: Span,
}

/// `kind "label" { ... }`.
#[derive(Debug, Clone)]
pub struct Block {
    /// The block's type.
    pub kind: Ident,
    /// Its labels.
    pub labels: Vec<Ident>,
    /// Its content.
    pub body: Body,
    /// Where attributes and blocks would be inserted; `None` if that is unclear.
    pub inside: Option<Inside>,
    /// From the type to the last label.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Its bytes.
    pub span: Span,
    /// Its content.
    pub kind: ExprKind,
}

/// The kinds of expressions.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // The names are those of the HCL specification.
pub enum ExprKind {
    Null,
    Bool(bool),
    Number(f64),
    String(Box<str>),
    Template(Vec<Part>),
    Tuple(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Variable(Box<str>),
    Traversal(Box<Expr>, Vec<Step>),
    Call {
        name: Box<str>,
        arguments: Vec<Expr>,
        expands_last: bool,
    },
    Conditional(Box<[Expr; 3]>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    For(Box<For>),
    /// Beyond a limit of the parser; nothing is known about it.
    Beyond,
}

/// A piece of a template.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Part {
    Literal(Box<str>, Span),
    Value(Expr),
    /// `%{ if }` or `%{ for }`; its result is not evaluated.
    Directive(Span),
}

/// One step of a traversal.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Step {
    Attribute(Ident),
    Index(Expr),
    Splat(Span),
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// `[for k, v in c : e if p]` or, with a key, `{for ... : k => v}`.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct For {
    pub key_name: Option<Box<str>>,
    pub value_name: Box<str>,
    pub collection: Expr,
    pub key: Option<Expr>,
    pub value: Expr,
    pub groups: bool,
    pub condition: Option<Expr>,
    pub is_object: bool,
}

impl Body {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Expr> {
        self.attribute(name).map(|attribute| &attribute.value)
    }

    /// An attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name.text == name)
    }

    /// The blocks of a type.
    pub fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind.text == kind)
    }

    fn append(&mut self, other: Self) {
        self.attributes.extend(other.attributes);
        self.blocks.extend(other.blocks);
    }
}

impl Block {
    /// The text of a label.
    pub fn label(&self, index: usize) -> Option<&str> {
        self.labels.get(index).map(|label| &*label.text)
    }
}

/// The most entries of an object that is read: the time of the parser grows with the square of their number.
const MOST_ENTRIES: usize = 2_000;

/// Reads a file in native syntax.
pub fn parse(fragment: &Fragment) -> (Body, Vec<Problem>) {
    let text = fragment.text();
    let mut problems = Vec::new();
    let pieces = chunks::split(text);
    let is_small = pieces.iter().all(|piece| piece.entries <= MOST_ENTRIES);
    if is_small && let Ok(body) = parse_body(text) {
        return (convert::body(fragment, 0, &body, &[]), problems);
    }
    let mut whole = Body::default();
    for piece in pieces {
        let (body, found) = item(fragment, &piece);
        whole.append(body);
        problems.extend(found);
    }
    (whole, problems)
}

/// Reads a top-level item.
fn item(fragment: &Fragment, piece: &chunks::Chunk) -> (Body, Vec<Problem>) {
    let start = piece.range.start;
    let chunk = &fragment.text()[piece.range.clone()];
    let mut text = Cow::Borrowed(chunk);
    let mut left_out = limits::LeftOut::default();
    let mut first = None;
    if piece.entries > MOST_ENTRIES {
        text = limits::relieve(&text, &mut left_out, |value, _| chunks::entries(value) > MOST_ENTRIES).into();
    }
    // Rewritten only if it is not accepted as it is, and relieved only if that is not enough.
    for step in 0..3 {
        match step {
            1 => match chunks::smooth(&text) {
                Some(smooth) => text = smooth.into(),
                None if first.as_ref().is_some_and(limits::is_limit) => continue,
                None => break,
            },
            2 => text = limits::relieve(&text, &mut left_out, limits::is_beyond).into(),
            _ => {}
        }
        let error = match parse_body(&text) {
            Ok(body) => {
                let body = convert::body(fragment, start, &body, &left_out.values);
                return (body, left_out.problems(|range| fragment.span(start + range.start..start + range.end)));
            }
            Err(error) => error,
        };
        let is_limit = limits::is_limit(&error);
        if step == 2 && is_limit {
            let span = fragment.span(first_line(fragment.text(), &piece.range));
            return (Body::default(), vec![Problem::beyond_us(span, "nests too deeply to be followed")]);
        }
        // What is wrong with the text as it was written is told, unless that was only a limit.
        if first.is_none() || step == 2 {
            first = Some(error);
        }
        if step == 1 && !is_limit {
            break;
        }
    }
    let problem = first.map(|error| problem(fragment, start, chunk, &error));
    (Body::default(), problem.into_iter().collect())
}

/// Reads a file in JSON syntax (`.tf.json`, `.tfvars.json`).
pub fn parse_json(fragment: &Fragment) -> (Body, Vec<Problem>) {
    json::parse(fragment)
}

/// Parses a string of JSON syntax as a template; `None` if it is invalid.
pub fn parse_template(fragment: &Fragment) -> Option<Expr> {
    let quoted = format!("x = \"{}\"", fragment.text().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    let body = match parse_body(&quoted) {
        Ok(body) => body,
        Err(error) if limits::is_limit(&error) => {
            return Some(Expr { span: fragment.full_span(), kind: ExprKind::Beyond });
        }
        Err(_) => return None,
    };
    let mut body = convert::body(&Fragment::standing_for(&quoted, fragment.full_span()), 0, &body, &[]);
    Some(body.attributes.pop()?.value)
}

fn problem(fragment: &Fragment, start: usize, chunk: &str, error: &hcl_edit::parser::Error) -> Problem {
    let offset = error.location().offset().min(chunk.len());
    let at = (offset..=chunk.len()).find(|at| chunk.is_char_boundary(*at)).unwrap_or(chunk.len());
    let length = chunk[at..].chars().next().filter(|character| *character != '\n').map_or(0, char::len_utf8);
    let span = fragment.span(start + at..start + at + length);
    let message = error.message().to_owned();
    // In Terraform 0.11 and Terragrunt 0.18, a block may be written in place of a value.
    let is_old = error.message().contains("object value assignment")
        && (chunk[at..].trim_start().starts_with('{') || chunk[..at].trim_end().ends_with('{'));
    if is_old {
        return Problem::beyond_us(span, "is written in the syntax of Terraform 0.11 (HCL 1)");
    }
    Problem::invalid(span, message)
}

fn first_line(text: &str, range: &Range<usize>) -> Range<usize> {
    let end = text[range.clone()].find('\n').map_or(range.end, |at| range.start + at);
    range.start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn read(text: &str) -> (Body, Vec<Problem>) {
        parse(&Fragment::whole(SourceId(0), &Source::new("main.tf", text)))
    }

    #[test]
    fn nodes_know_their_bytes() {
        let text = "resource \"google_x\" \"y\" { # c\n  name = \"a-${var.b}\"\n  size = 3\n  inner { on = true }\n}\n";
        let (body, problems) = read(text);
        assert_eq!(problems, []);
        let block = &body.blocks[0];
        assert_eq!(&text[block.header.range()], "resource \"google_x\" \"y\"");
        assert_eq!(&text[block.span.range()], text.trim_end());
        let name = block.body.get("name").expect("name");
        assert_eq!(&text[name.span.range()], "\"a-${var.b}\"");
        let ExprKind::Template(parts) = &name.kind else { panic!("a template") };
        let Part::Value(value) = &parts[1] else { panic!("an interpolation") };
        assert_eq!(&text[value.span.range()], "var.b");
        assert_eq!(&text[block.body.blocks[0].header.range()], "inner");
        assert_eq!(&text[block.body.attribute("size").expect("size").span.range()], "size = 3");
    }

    #[test]
    fn one_broken_block_hides_nothing() {
        let text =
            "variable \"a\" {}\nresource \"x\" \"y\" {\n  n = = 1\n  s = \"}\"\n}\nlocals {\n  z = <<EOT\n}\nEOT\n}\n";
        let (body, problems) = read(text);
        assert_eq!(problems.len(), 1);
        let kinds: Vec<_> = body.blocks.iter().map(|block| &*block.kind.text).collect();
        assert_eq!(kinds, ["variable", "locals"]);
        assert!(problems[0].span.start > 20);
    }

    #[test]
    fn what_terraform_accepts_is_accepted() {
        for text in [
            "locals {\n  a = {\n    for k, v in var.x : k => v\n    if v\n    && k\n  }\n}\n",
            "locals {\n  a = (\n    var.x\n    ? 1\n    : 2\n  )\n}\n",
            "locals {\n  a = {\n    b = var.x\n    ? {}\n    : null\n  }\n}\n",
            "\u{feff}locals {}\n",
            "locals {\r\n  a = 1\r\n}\r\n",
            "x = {\n  a = 1\n  a = 2\n}\n",
            "a = <<-EOT\n  x ${var.y} %{ if z }q%{ endif }\n  EOT\n",
            "locals { a = b[*].c, }\n",
        ] {
            let (_, problems) = read(text);
            if text.contains(", }") {
                continue; // not accepted by Terraform either
            }
            assert_eq!(problems, [], "{text}");
        }
    }

    #[test]
    fn floods_end() {
        for piece in ["{", "[", "(", "a {", "\"${", "a=[", "x?", "!", "a.", "<<E\n", "/*", "\"", "a={"] {
            let _ = read(&piece.repeat(100_000 / piece.len()));
        }
        let keys: String = (0..40_000).map(|key| format!("k{key} = 1\n")).collect();
        let (_, problems) = read(&format!("a = {{\n{keys}}}\nb = 1\n"));
        assert_eq!(problems.len(), 1);
    }
}
