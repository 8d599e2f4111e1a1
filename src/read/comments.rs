//! Comments that are addressed to a linter, and the code they apply to.
//!
//! A comment applies to its own line or, if it is alone there, to the next line of code. If that line begins an
//! instruction, a block or an entry with nested lines, the comment applies to all of it.

use crate::model::Comment;
use crate::source::{Fragment, Notation, Source};
use crate::span::Span;
use crate::syntax::{dockerfile, hcl, markdown, yaml};
use std::ops::Range;

/// The words that make us read a comment: our own, and those of tools whose comments we honour.
const MARKS: &[&str] =
    &["seaworthy:", "hadolint", "checkov:skip", "trivy:ignore", "tfsec:ignore", "kics-scan", "zizmor:", "check=skip"];

/// The tree of a source, which tells comments from text.
pub(crate) enum Tree<'a> {
    Dockerfile(&'a dockerfile::File),
    Yaml(&'a [yaml::Document]),
    Hcl(&'a hcl::Body),
    Markdown(&'a [markdown::Block]),
    /// Lines that are indented below the one that they belong to, as recipes are below targets.
    Recipes,
    Plain,
}

/// The comments of a source.
pub(crate) fn find(source: &Source, fragment: &Fragment, tree: &Tree<'_>) -> Vec<Comment> {
    let text = &*source.text;
    if !MARKS.iter().any(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some()) {
        return Vec::new();
    }
    let lines = Lines::of(text);
    let span = |range: Range<usize>| Span::new(fragment.source(), range.start as u32, range.end as u32);
    let mut comments = Vec::new();
    for (number, line) in lines.ranges.iter().enumerate() {
        let content = &text[line.clone()];
        let Some(mark) = MARKS.iter().filter_map(|mark| content.find(mark)).min() else { continue };
        let Some(start) = comment_start(&content[..mark], source.notation) else { continue };
        let at = line.start + start;
        let is_alone = content[..start].trim().is_empty();
        if is_text(tree, at as u32, is_alone, content[start..].starts_with("<!--")) {
            continue;
        }
        let body = content[start..].trim_start_matches("<!--").trim_end().trim_end_matches("-->");
        let body = body.trim_start_matches(['#', '/', '*', ' ', '\t']).trim().trim_end_matches("*/").trim();
        // `body` is a slice of `content`, so the distance of their pointers is its offset.
        let body_at = line.start + (body.as_ptr() as usize - content.as_ptr() as usize);
        let subject = if is_alone { lines.next_code(text, number) } else { Some(number) };
        let about = subject.map_or(line.clone(), |number| lines.ranges[number].clone());
        let target = subject.map_or(line.clone(), |number| target(text, &lines, number, tree, at));
        comments.push(Comment {
            text: body.to_owned(),
            body: span(body_at..body_at + body.len()),
            span: span(at..line.end),
            removal: span(if is_alone {
                line.start..lines.ranges.get(number + 1).map_or(line.end, |next| next.start)
            } else {
                line.start + content[..start].trim_end().len()..line.end
            }),
            target: span(target),
            line: span(about),
            block: match tree {
                Tree::Hcl(body) => body.blocks.iter().map(|block| block.span).find(|span| span.range().contains(&at)),
                _ => None,
            },
            stage: stage(tree, at as u32),
        });
    }
    comments
}

struct Lines {
    ranges: Vec<Range<usize>>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut ranges = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            ranges.push(at..at + line.trim_end_matches(['\n', '\r']).len());
            at += line.len();
        }
        Self { ranges }
    }

    /// The next line that is neither blank nor a comment.
    fn next_code(&self, text: &str, number: usize) -> Option<usize> {
        (number + 1..self.ranges.len()).find(|next| {
            let line = text[self.ranges[*next].clone()].trim();
            !line.is_empty() && !line.starts_with('#') && !line.starts_with("//")
        })
    }

    fn number_of(&self, offset: usize) -> usize {
        self.ranges.partition_point(|range| range.start <= offset).saturating_sub(1)
    }
}

/// The start of the comment, given the text before its mark; `None` if the mark is in code.
fn comment_start(before: &str, notation: Notation) -> Option<usize> {
    let is_terraform = matches!(notation, Notation::Terraform | Notation::TerraformVars);
    let starts: &[&str] = match notation {
        _ if is_terraform => &["#", "//", "/*"],
        Notation::Prose => &["<!--", "#"],
        _ => &["#"],
    };
    let start = starts.iter().filter_map(|start| before.find(start)).min()?;
    let code = &before[..start];
    // Except in Terraform, `#` begins a comment only after a blank; inside quotes it never does.
    let is_free = code.is_empty() || code.ends_with([' ', '\t']) || is_terraform;
    let is_quoted = code.matches('"').count() % 2 == 1 || code.matches('\'').count() % 2 == 1;
    // After an instruction of a Dockerfile, `#` is an argument.
    let is_allowed = notation != Notation::Dockerfile || code.trim().is_empty();
    (is_free && !is_quoted && is_allowed).then_some(start)
}

/// Whether an offset is inside a text: a here-document, a block scalar, a string of several lines.
fn is_text(tree: &Tree<'_>, at: u32, is_alone: bool, is_html: bool) -> bool {
    let holds = |span: Span| span.start <= at && at < span.end;
    match tree {
        Tree::Dockerfile(file) => {
            file.instructions.iter().flat_map(|instruction| &instruction.documents).any(|document| holds(*document))
        }
        Tree::Yaml(documents) => documents.iter().any(|document| document.is_text_at(at)),
        Tree::Hcl(body) => is_alone && in_string(body, at),
        // Outside of a block, `#` begins a heading.
        Tree::Markdown(blocks) => !is_html && !blocks.iter().any(|block| holds(block.span)),
        Tree::Recipes | Tree::Plain => false,
    }
}

fn in_string(body: &hcl::Body, at: u32) -> bool {
    let holds = |span: Span| span.start <= at && at < span.end;
    body.attributes.iter().any(|attribute| {
        let is_string = matches!(attribute.value.kind, hcl::ExprKind::String(_) | hcl::ExprKind::Template(_));
        is_string && holds(attribute.value.span)
    }) || body.blocks.iter().filter(|block| holds(block.span)).any(|block| in_string(&block.body, at))
}

/// The code that begins on a line.
fn target(text: &str, lines: &Lines, number: usize, tree: &Tree<'_>, comment: usize) -> Range<usize> {
    let line = lines.ranges[number].clone();
    let on_line = |span: Span| lines.number_of(span.start as usize) == number;
    match tree {
        Tree::Dockerfile(file) => {
            // A comment between the lines of an instruction applies to the whole instruction.
            let holds = |span: Span| span.range().contains(&comment) || on_line(span);
            file.instructions
                .iter()
                .map(|instruction| instruction.span)
                .find(|span| holds(*span))
                .map_or(line, Span::range)
        }
        Tree::Hcl(body) => in_body(body, &on_line).map_or(line, Span::range),
        Tree::Yaml(_) => nested(text, lines, number, number),
        Tree::Recipes => nested(text, lines, number, continued(text, lines, number)),
        // A comment above a block applies to all of it.
        Tree::Markdown(blocks) if blocks.iter().any(|block| on_line(block.span)) => {
            blocks.iter().find(|block| on_line(block.span)).map_or(line, |block| block.span.range())
        }
        Tree::Plain | Tree::Markdown(_) => line.start..lines.ranges[continued(text, lines, number)].end,
    }
}

/// The last line of those that a backslash joins to a line.
fn continued(text: &str, lines: &Lines, number: usize) -> usize {
    let mut end = number;
    while text[lines.ranges[end].clone()].ends_with('\\') && end + 1 < lines.ranges.len() {
        end += 1;
    }
    end
}

/// A line, up to `end` where it goes on over several, with the lines that are indented below it.
fn nested(text: &str, lines: &Lines, number: usize, end: usize) -> Range<usize> {
    let content = |range: &Range<usize>| &text[range.clone()];
    let indent = |range: &Range<usize>| content(range).len() - content(range).trim_start().len();
    let line = &lines.ranges[number];
    let below = lines.ranges[end + 1..]
        .iter()
        .take_while(|range| content(range).trim().is_empty() || indent(range) > indent(line))
        .filter(|range| !content(range).trim().is_empty());
    line.start..below.last().map_or(lines.ranges[end].end, |last| last.end)
}

fn in_body(body: &hcl::Body, on_line: &dyn Fn(Span) -> bool) -> Option<Span> {
    let block = body.blocks.iter().find(|block| on_line(block.header)).map(|block| block.span);
    let attribute = || body.attributes.iter().find(|attribute| on_line(attribute.span)).map(|attribute| attribute.span);
    block.or_else(attribute).or_else(|| body.blocks.iter().find_map(|block| in_body(&block.body, on_line)))
}

/// The stage of an offset; directly above a `FROM`, the stage that it begins.
fn stage(tree: &Tree<'_>, at: u32) -> Option<Span> {
    let Tree::Dockerfile(file) = tree else { return None };
    let is_from = |instruction: &&dockerfile::Instruction| matches!(instruction.kind, dockerfile::Kind::From { .. });
    let starts: Vec<Span> = file.instructions.iter().filter(is_from).map(|instruction| instruction.span).collect();
    let next = file.instructions.iter().find(|instruction| instruction.span.start >= at);
    let begins = next.filter(|instruction| is_from(instruction)).map(|instruction| instruction.span);
    let start = begins.or_else(|| starts.iter().rev().find(|start| start.start <= at).copied())?;
    let end = file
        .instructions
        .iter()
        .map(|instruction| instruction.span)
        .take_while(|span| !starts.iter().any(|other| other.start > start.start && other.start <= span.start))
        .last()?;
    Some(start.to(end))
}
