//! The parser: one pass over the bytes of a script.

mod structures;
mod words;

use super::word::Word;
use super::{AssignedValue, Assignment, Command, Script, Step};
use crate::source::Fragment;
use crate::syntax::Problem;
use crate::syntax::endings::Endings;

pub(super) fn read(fragment: &Fragment) -> (Script, Vec<Problem>) {
    let mut reader = Reader {
        fragment,
        text: fragment.text(),
        at: 0,
        script: Script::default(),
        problems: Vec::new(),
        commands: 0,
        pipelines: 0,
        pending: Vec::new(),
        depth: 0,
        inside: None,
        uncertain: 0,
        endings: None,
    };
    reader.list(None);
    (reader.script, reader.problems)
}

struct Reader<'a> {
    fragment: &'a Fragment,
    text: &'a str,
    at: usize,
    script: Script,
    problems: Vec<Problem>,
    commands: u32,
    pipelines: u32,
    /// Here-documents whose bodies begin after the next line break.
    pending: Vec<PendingDocument>,
    depth: usize,
    /// The number of the command whose word is being read.
    inside: Option<u32>,
    /// The number of branches, loops and functions that are open.
    uncertain: u32,
    /// The lines of the text, once a here-document asks for its end.
    endings: Option<Endings<'a>>,
}

struct PendingDocument {
    terminator: String,
    strip_tabs: bool,
    command: u32,
    /// The step of its command, once that is known.
    owner: Option<usize>,
}

/// An open structure.
#[derive(PartialEq, Clone, Copy)]
enum Block {
    If,
    Loop,
    Case,
    Brace,
    Paren,
    Function,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn looking_at(&self, what: &str) -> bool {
        self.rest().starts_with(what)
    }

    fn skip(&mut self, what: &str) -> bool {
        let found = self.looking_at(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// Skips blanks and line continuations.
    fn blanks(&mut self) {
        loop {
            match self.rest().as_bytes() {
                [b' ' | b'\t' | b'\r', ..] => self.at += 1,
                [b'\\', b'\n', ..] => self.at += 2,
                [b'\\', b'\r', b'\n', ..] => self.at += 3,
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Reads commands up to `closing` (`)` or a backquote), or to the end of the text.
    fn list(&mut self, closing: Option<char>) {
        self.depth += 1;
        let certain_before = self.uncertain;
        let mut blocks: Vec<Block> = Vec::new();
        let mut pipeline = self.next_pipeline();
        let mut place = 0;
        let mut chained = false;
        while let Some(character) = self.peek() {
            match character {
                ' ' | '\t' | '\r' => self.blanks(),
                '\\' if self.looking_at("\\\n") || self.looking_at("\\\r\n") => self.blanks(),
                '#' => self.comment(),
                '\n' => {
                    self.at += 1;
                    self.documents();
                    (pipeline, place, chained) = (self.next_pipeline(), 0, false);
                }
                ';' => {
                    let ends_case = self.skip(";;");
                    if !ends_case {
                        self.at += 1;
                    }
                    self.skip("&");
                    (pipeline, place, chained) = (self.next_pipeline(), 0, false);
                    if ends_case && blocks.last() == Some(&Block::Case) {
                        self.case_pattern();
                    }
                }
                '&' => {
                    if self.skip("&&") {
                        chained = true;
                    } else {
                        self.at += 1;
                        chained = false;
                    }
                    (pipeline, place) = (self.next_pipeline(), 0);
                }
                '|' => {
                    if self.skip("||") {
                        self.forgive(pipeline);
                        chained = true;
                        (pipeline, place) = (self.next_pipeline(), 0);
                    } else {
                        self.at += 1;
                        self.skip("&");
                        place += 1;
                    }
                }
                '(' if self.looking_at("((") && self.arithmetic() => {}
                '(' => {
                    self.at += 1;
                    self.open(&mut blocks, Block::Paren);
                }
                ')' => {
                    if closing == Some(')') && !blocks.contains(&Block::Paren) {
                        break;
                    }
                    self.at += 1;
                    self.close(&mut blocks, Block::Paren);
                    self.redirections_of_block();
                }
                '`' if closing == Some('`') => break,
                _ => {
                    let before = self.at;
                    if !self.reserved(&mut blocks) {
                        self.simple_command((pipeline, place), chained || self.uncertain > 0, closing);
                    }
                    if self.at == before {
                        // A byte that begins nothing, such as a stray operator.
                        self.at += character.len_utf8();
                    }
                }
            }
        }
        self.uncertain = certain_before;
        self.depth -= 1;
    }

    /// Marks the commands of a pipeline whose failure the script ignores, after `||`.
    fn forgive(&mut self, pipeline: u32) {
        let line = self.rest().split(['\n', ')']).next().unwrap_or_default().trim();
        let first = line.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
        let is_nothing = matches!(first, "true" | ":" | "echo" | "printf") || line.starts_with("exit 0");
        let ends = ["exit 1", "exit $", "return 1", "false", "$(", "`"].iter().any(|word| line.contains(word));
        if !is_nothing || ends {
            return;
        }
        for step in self.script.steps.iter_mut().rev() {
            match step {
                Step::Command(command) if command.pipeline.0 == pipeline => command.forgiven = true,
                _ => break,
            }
        }
    }

    fn next_pipeline(&mut self) -> u32 {
        self.pipelines += 1;
        self.pipelines
    }

    fn open(&mut self, blocks: &mut Vec<Block>, block: Block) {
        blocks.push(block);
        if matches!(block, Block::If | Block::Loop | Block::Case | Block::Function) {
            self.uncertain += 1;
        }
    }

    /// Closes the innermost structure of this kind, and all that are still open inside it.
    fn close(&mut self, blocks: &mut Vec<Block>, block: Block) {
        let Some(index) = blocks.iter().rposition(|open| *open == block) else { return };
        for open in blocks.drain(index..) {
            if matches!(open, Block::If | Block::Loop | Block::Case | Block::Function) {
                self.uncertain = self.uncertain.saturating_sub(1);
            }
        }
        if matches!(block, Block::Brace | Block::Paren) && blocks.last() == Some(&Block::Function) {
            blocks.pop();
            self.uncertain = self.uncertain.saturating_sub(1);
        }
    }

    /// The text up to the next blank or operator, to compare with reserved words.
    fn bare_word(&self) -> &'a str {
        let rest = self.rest();
        let length = rest
            .find(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>' | '`'))
            .unwrap_or(rest.len());
        &rest[..length]
    }

    fn simple_command(&mut self, pipeline: (u32, u32), conditional: bool, closing: Option<char>) {
        let number = self.commands;
        self.commands += 1;
        let outer = self.inside.replace(number);
        let mut words: Vec<Word> = Vec::new();
        let mut writes = Vec::new();
        let mut assignments = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')') => break,
                Some('`') if closing == Some('`') => break,
                Some('#') => break,
                _ => {}
            }
            if self.redirection(number, &mut writes) {
                continue;
            }
            let declares = words.first().and_then(Word::literal).is_some_and(is_declaration);
            if (words.is_empty() || declares)
                && let Some(assignment) = self.assignment(conditional)
            {
                assignments.push(assignment);
                continue;
            }
            let before = self.at;
            let word = self.word(closing);
            if self.at == before {
                break;
            }
            words.push(word);
        }
        self.inside = outer;
        let declares = words.first().and_then(Word::literal).is_some_and(is_declaration);
        if words.is_empty() || declares {
            self.script.steps.extend(assignments.into_iter().map(Step::Assign));
            return;
        }
        if words.first().and_then(Word::literal) == Some("read") {
            let names = words[1..].iter().filter_map(Word::literal).filter(|word| is_name(word));
            self.script.steps.extend(names.map(|name| Step::Forget(name.to_owned())).collect::<Vec<_>>());
        }
        let span = words[0].range.to(words[words.len() - 1].range);
        for pending in self.pending.iter_mut().rev().take_while(|pending| pending.command == number) {
            pending.owner = Some(self.script.steps.len());
        }
        self.script.steps.push(Step::Command(Command {
            words,
            span,
            conditional,
            pipeline,
            inside: outer,
            number,
            document: None,
            writes,
            forgiven: false,
        }));
    }

    /// `name=value`, `name+=value` or `name=(...)`, if there is one here.
    fn assignment(&mut self, conditional: bool) -> Option<Assignment> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = &rest[..length];
        if !is_name(name) {
            return None;
        }
        let after = &rest[length..];
        let (operator, appends) =
            if after.starts_with("+=") { (2, true) } else { (usize::from(after.starts_with('=')), false) };
        if operator == 0 {
            return None;
        }
        let name_span = self.fragment.span(self.at..self.at + length);
        self.at += length + operator;
        let value = if self.skip("(") {
            let mut items = Vec::new();
            loop {
                self.line_breaks();
                match self.peek() {
                    None => break,
                    Some(')') => {
                        self.at += 1;
                        break;
                    }
                    Some('#') => self.comment(),
                    Some(character) => {
                        let before = self.at;
                        let word = self.word(None);
                        if self.at == before {
                            self.at += character.len_utf8();
                        } else {
                            items.push(word);
                        }
                    }
                }
            }
            AssignedValue::Array(items)
        } else {
            AssignedValue::Word(self.word(None))
        };
        Some(Assignment { name: name.to_owned(), name_span, value, appends, conditional })
    }

    /// Reads a redirection, if there is one here; a here-document becomes pending.
    fn redirection(&mut self, command: u32, writes: &mut Vec<Word>) -> bool {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let operator = &rest[digits..];
        if operator.starts_with("<(") || operator.starts_with(">(") {
            return false;
        }
        let length = ["<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">"]
            .into_iter()
            .find(|candidate| operator.starts_with(candidate) && (digits == 0 || !candidate.starts_with('&')))
            .map(str::len);
        let Some(length) = length else { return false };
        let kind = &operator[..length];
        self.at += digits + length;
        self.blanks();
        let word = self.word(None);
        match kind {
            "<<" | "<<-" if !word.fragment.text().is_empty() => {
                let terminator = word.fragment.text().to_owned();
                self.pending.push(PendingDocument { terminator, strip_tabs: kind == "<<-", command, owner: None });
            }
            ">" | ">>" | "&>" | "&>>" | ">|" => writes.push(word),
            _ => {}
        }
        true
    }

    /// Reads the bodies of the here-documents that began on the line before.
    fn documents(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.at;
            let endings = self.endings.get_or_insert_with(|| Endings::of(self.text));
            // Without its terminator, the document would be the rest of the text; more likely it is no here-document.
            let Some(end) = endings.find(&pending.terminator, pending.strip_tabs, start) else { continue };
            self.at = end.end;
            let body = self.fragment.slice(start..end.start);
            let owner = pending.owner.and_then(|owner| self.script.steps.get_mut(owner));
            if let Some(Step::Command(owner)) = owner {
                owner.document.get_or_insert(body);
            }
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

fn arithmetic_length(text: &str) -> Option<usize> {
    let length = text.starts_with("((").then(|| matching(text, FARTHEST_SHORT))??;
    text[..length].ends_with("))").then_some(length)
}

fn is_declaration(word: &str) -> bool {
    matches!(word, "export" | "readonly" | "local" | "declare" | "typeset")
}

/// How far brackets of arithmetic and patterns may extend, and those of `${...}`, which may contain a long default.
const FARTHEST_SHORT: usize = 300;
const FARTHEST_BRACES: usize = 2048;

/// The length of the bracketed text at the start of `text`, with respect for quotes. `None` if it is not closed within
/// `farthest` bytes, so that a flood of open brackets takes linear time.
fn matching(text: &str, farthest: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut at = 0;
    let bytes = &bytes[..bytes.len().min(farthest)];
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\'' if !open.contains(&b'"') => {
                at += 1 + memchr::memchr(b'\'', &bytes[at + 1..])?;
            }
            b'"' => match open.iter().rposition(|&bracket| bracket == b'"') {
                Some(index) => open.truncate(index),
                None => open.push(b'"'),
            },
            b'(' => open.push(b')'),
            b'{' => open.push(b'}'),
            closer @ (b')' | b'}') if open.last() == Some(&closer) => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
        if open.is_empty() {
            return text.is_char_boundary(at).then_some(at);
        }
    }
    None
}
