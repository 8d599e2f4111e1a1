//! The pass over a script's bytes.

use super::word::{Hole, HoleKind, Word, braces};
use super::{AssignedValue, Assignment, Command, DEEPEST, Script, Step};
use crate::source::Fragment;
use crate::source::HOLE;
use crate::syntax::Problem;
use std::collections::HashSet;

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
        endless: HashSet::new(),
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
    /// Here-documents whose bodies begin at the next line end.
    pending: Vec<PendingDocument>,
    depth: usize,
    /// The command whose word is being read.
    inside: Option<u32>,
    /// How many branches, loops and functions enclose the place.
    uncertain: u32,
    /// Terminators that no line of the rest of the text consists of.
    endless: HashSet<String>,
}

struct PendingDocument {
    terminator: String,
    strip_tabs: bool,
    command: u32,
}

/// What is open around a command list.
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

    /// Blanks and continued lines.
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

    /// Reads commands up to `closing` (`)` or a backquote), or to the end.
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
                        // A byte that starts nothing, such as a stray operator.
                        self.at += character.len_utf8();
                    }
                }
            }
        }
        self.uncertain = certain_before;
        self.depth -= 1;
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

    /// Closes the innermost such block, and whatever was left open inside it.
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

    /// The bare word at this place, for reserved words; none where it is quoted, expanded or part of a longer one.
    fn bare_word(&self) -> &'a str {
        let rest = self.rest();
        let length = rest
            .find(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>' | '`'))
            .unwrap_or(rest.len());
        &rest[..length]
    }

    /// Takes a reserved word or a function's head, if one stands here.
    fn reserved(&mut self, blocks: &mut Vec<Block>) -> bool {
        let word = self.bare_word();
        match word {
            "if" => self.open(blocks, Block::If),
            "then" | "else" | "elif" | "!" | "time" | "do" | "coproc" => {}
            "fi" => self.close(blocks, Block::If),
            "while" | "until" => self.open(blocks, Block::Loop),
            "done" => self.close(blocks, Block::Loop),
            "esac" => self.close(blocks, Block::Case),
            "{" => self.open(blocks, Block::Brace),
            "}" => self.close(blocks, Block::Brace),
            "for" | "select" => {
                self.at += word.len();
                self.loop_head();
                self.open(blocks, Block::Loop);
                return true;
            }
            "case" => {
                self.at += word.len();
                self.blanks();
                self.discard_word();
                self.line_breaks();
                if self.bare_word() == "in" {
                    self.at += 2;
                }
                self.open(blocks, Block::Case);
                self.case_pattern();
                return true;
            }
            "function" => {
                self.at += word.len();
                self.blanks();
                self.at += self.bare_word().len();
                self.blanks();
                if self.skip("(") {
                    self.blanks();
                    self.skip(")");
                }
                self.open(blocks, Block::Function);
                return true;
            }
            "[[" => {
                self.at += 2;
                self.test();
                return true;
            }
            _ => {
                // `name()`
                let mut ahead = self.at + word.len();
                ahead += self.text[ahead..].len() - self.text[ahead..].trim_start_matches([' ', '\t']).len();
                let tail = &self.text[ahead..];
                let head = tail.strip_prefix('(').map(|tail| tail.trim_start_matches([' ', '\t']));
                if let Some(tail) = head.and_then(|tail| tail.strip_prefix(')'))
                    && is_name(word)
                {
                    self.at = self.text.len() - tail.len();
                    self.open(blocks, Block::Function);
                    return true;
                }
                return false;
            }
        }
        self.at += word.len();
        if matches!(word, "fi" | "done" | "esac" | "}") {
            self.redirections_of_block();
        }
        true
    }

    fn line_breaks(&mut self) {
        loop {
            self.blanks();
            if !self.skip("\n") {
                return;
            }
        }
    }

    /// `for name in words` up to the `;` or line end; `for ((...))`.
    fn loop_head(&mut self) {
        self.blanks();
        if self.looking_at("((") && self.arithmetic() {
            return;
        }
        let name = self.bare_word();
        self.at += name.len();
        if is_name(name) {
            self.script.steps.push(Step::Forget(name.to_owned()));
        }
        self.line_breaks();
        if self.bare_word() == "in" {
            self.at += 2;
            loop {
                self.blanks();
                match self.peek() {
                    None | Some('\n' | ';' | '&' | '|' | ')') => return,
                    _ => self.discard_word(),
                }
            }
        }
    }

    /// A pattern of a `case` up to its `)`; nothing where `esac` stands.
    fn case_pattern(&mut self) {
        loop {
            self.line_breaks();
            match self.peek() {
                None => return,
                Some('#') => self.comment(),
                Some('(' | '|') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    return;
                }
                Some(_) if self.bare_word() == "esac" => return,
                Some(_) => self.discard_word(),
            }
        }
    }

    /// `[[ ... ]]`: its words are no command's.
    fn test(&mut self) {
        loop {
            self.line_breaks();
            match self.peek() {
                None => return,
                Some(_) if self.bare_word() == "]]" => {
                    self.at += 2;
                    return;
                }
                Some('&' | '|' | '(' | ')' | '<' | '>' | ';') => self.at += 1,
                Some(_) => self.discard_word(),
            }
        }
    }

    /// `((...))`; false where what follows is two subshells after all.
    fn arithmetic(&mut self) -> bool {
        let length = arithmetic_length(self.rest());
        self.at += length.unwrap_or_default();
        length.is_some()
    }

    /// Reads a word for its quotes alone; commands inside it still count.
    fn discard_word(&mut self) {
        let before = self.at;
        self.word(None);
        if self.at == before {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
    }

    fn redirections_of_block(&mut self) {
        let mut writes = Vec::new();
        loop {
            self.blanks();
            if !self.redirection(0, &mut writes) {
                return;
            }
        }
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
        self.script.steps.push(Step::Command(Command {
            words,
            span,
            conditional,
            pipeline,
            inside: outer,
            number,
            document: None,
            writes,
        }));
    }

    /// `name=value`, `name+=value`, `name=(...)`, where one stands here.
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

    /// A redirection, where one stands here; a here-document is put on the list.
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
                self.pending.push(PendingDocument { terminator, strip_tabs: kind == "<<-", command });
            }
            ">" | ">>" | "&>" | "&>>" | ">|" => writes.push(word),
            _ => {}
        }
        true
    }

    /// The bodies of the here-documents announced on the line that just ended.
    fn documents(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.at;
            let mut end = None;
            let mut at = start;
            if self.endless.contains(&pending.terminator) {
                continue;
            }
            for line in self.text[start..].split_inclusive('\n') {
                let body = line.trim_end_matches(['\n', '\r']);
                let body = if pending.strip_tabs { body.trim_start_matches('\t') } else { body };
                if body == pending.terminator {
                    end = Some((at, at + line.len()));
                    break;
                }
                at += line.len();
            }
            // Without its end, the rest of the text would be the document; more likely it was no document at all.
            let Some((end, next)) = end else {
                self.endless.insert(pending.terminator);
                continue;
            };
            self.at = next;
            let body = self.fragment.slice(start..end);
            let owner = self.script.steps.iter_mut().rev().find_map(|step| match step {
                Step::Command(command) if command.number == pending.command => Some(command),
                _ => None,
            });
            if let Some(owner) = owner {
                owner.document.get_or_insert(body);
            }
        }
    }

    /// One word: up to a blank or an operator outside quotes.
    fn word(&mut self, closing: Option<char>) -> Word {
        let start = self.at;
        let mut builder = self.fragment.builder();
        let mut holes = Vec::new();
        let mut quoted = false;
        while let Some(character) = self.peek() {
            let at = self.at;
            match character {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | ')' => break,
                '\r' if self.looking_at("\r\n") || self.rest().len() == 1 => break,
                '`' if closing == Some('`') => break,
                '<' | '>' if self.rest()[1..].starts_with('(') => {
                    self.at += 2;
                    self.nested(')');
                    builder.replace(at..self.at, HOLE.encode_utf8(&mut [0; 4]));
                    holes.push(self.hole(HoleKind::Command, false, at));
                }
                '<' | '>' => break,
                '(' => {
                    // Only extended patterns (`@(a|b)`) have a parenthesis inside a word.
                    match matching(self.rest(), FARTHEST_SHORT) {
                        Some(length) if at > start && !self.rest()[..length].contains('\n') => {
                            builder.keep(at..at + length);
                            self.at += length;
                        }
                        _ => break,
                    }
                }
                '\\' => {
                    if self.looking_at("\\\n") {
                        self.at += 2;
                        continue;
                    }
                    if self.looking_at("\\\r\n") {
                        self.at += 3;
                        continue;
                    }
                    quoted = true;
                    self.at += 1;
                    if let Some(next) = self.peek() {
                        builder.replace(at..self.at + next.len_utf8(), next.encode_utf8(&mut [0; 4]));
                        self.at += next.len_utf8();
                    }
                }
                '\'' => {
                    quoted = true;
                    match self.rest()[1..].find('\'') {
                        Some(length) => {
                            builder.keep(at + 1..at + 1 + length);
                            self.at += length + 2;
                        }
                        None => self.unclosed(at, &mut builder),
                    }
                }
                '"' => {
                    quoted = true;
                    self.at += 1;
                    self.double_quoted(at, &mut builder, &mut holes, closing);
                }
                '$' if self.looking_at("$'") => {
                    quoted = true;
                    self.ansi_quoted(&mut builder);
                }
                '$' if self.looking_at("$\"") => {
                    quoted = true;
                    self.at += 2;
                    self.double_quoted(at, &mut builder, &mut holes, closing);
                }
                '$' | '`' => self.expansion(false, &mut builder, &mut holes),
                other => {
                    let plain = self.rest().find(|c: char| {
                        c.is_whitespace()
                            || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>' | '\\' | '\'' | '"' | '$' | '`')
                    });
                    let length = plain.unwrap_or(self.rest().len()).max(other.len_utf8());
                    builder.keep(at..at + length);
                    self.at += length;
                }
            }
        }
        let range = self.fragment.span(start..self.at);
        let fragment = if start == self.at { self.fragment.slice(start..start) } else { builder.finish() };
        Word { fragment, holes, range, quoted }
    }

    fn hole(&self, kind: HoleKind, quoted: bool, start: usize) -> Hole {
        Hole { kind, quoted, span: self.fragment.span(start..self.at) }
    }

    /// A quote without end: the rest of the line is its content, so that one slip does not swallow the script.
    fn unclosed(&mut self, at: usize, builder: &mut crate::source::Builder) {
        if self.problems.is_empty() {
            let problem = Problem::beyond_us(self.fragment.span(at..at + 1), "this quote is never closed");
            self.problems.push(problem);
        }
        let line_end = self.rest().find('\n').map_or(self.text.len(), |end| self.at + end);
        builder.keep((at + 1).min(line_end)..line_end);
        self.at = line_end;
    }

    fn double_quoted(
        &mut self,
        open: usize,
        builder: &mut crate::source::Builder,
        holes: &mut Vec<Hole>,
        closing: Option<char>,
    ) {
        loop {
            let at = self.at;
            match self.peek() {
                None => {
                    if self.problems.is_empty() {
                        let span = self.fragment.span(open..open + 1);
                        self.problems.push(Problem::beyond_us(span, "this quote is never closed"));
                    }
                    return;
                }
                Some('"') => {
                    self.at += 1;
                    return;
                }
                Some('`') if closing == Some('`') => return,
                Some('\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => self.at += 1,
                        Some(next @ ('$' | '`' | '"' | '\\')) => {
                            self.at += 1;
                            builder.replace(at..self.at, next.encode_utf8(&mut [0; 4]));
                        }
                        _ => builder.keep(at..self.at),
                    }
                }
                Some('$' | '`') => self.expansion(true, builder, holes),
                Some(_) => {
                    let plain = self.rest().find(['"', '\\', '$', '`']).unwrap_or(self.rest().len());
                    builder.keep(at..at + plain);
                    self.at += plain;
                }
            }
        }
    }

    /// `$'...'`
    fn ansi_quoted(&mut self, builder: &mut crate::source::Builder) {
        self.at += 2;
        while let Some(character) = self.peek() {
            let at = self.at;
            self.at += character.len_utf8();
            match character {
                '\'' => return,
                '\\' => {
                    let Some(next) = self.peek() else { return };
                    self.at += next.len_utf8();
                    let value = match next {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    };
                    builder.replace(at..self.at, value.encode_utf8(&mut [0; 4]));
                }
                _ => builder.keep(at..self.at),
            }
        }
    }

    /// `$name`, `${...}`, `$(...)`, `$((...))`, `` `...` ``; a lone `$` is itself.
    fn expansion(&mut self, quoted: bool, builder: &mut crate::source::Builder, holes: &mut Vec<Hole>) {
        let at = self.at;
        let rest = &self.rest()[1..];
        let kind = if self.looking_at("`") {
            self.at += 1;
            self.nested('`');
            HoleKind::Command
        } else if let Some(length) = arithmetic_length(rest) {
            self.at += 1 + length;
            HoleKind::Unknowable
        } else if rest.starts_with('(') {
            self.at += 2;
            self.nested(')');
            HoleKind::Command
        } else if rest.starts_with("{{") {
            // A template's own placeholder.
            self.at += 1 + rest.find("}}").map_or(2, |end| end + 2);
            HoleKind::Unknowable
        } else if rest.starts_with('{') {
            match matching(rest, FARTHEST_BRACES) {
                Some(length) => {
                    self.at += 1 + length;
                    braces(&rest[1..length - 1])
                }
                None => {
                    self.at += 2;
                    HoleKind::Unknowable
                }
            }
        } else {
            let name = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            let first = rest.chars().next().unwrap_or(' ');
            if name > 0 && !first.is_ascii_digit() {
                self.at += 1 + name;
                HoleKind::Variable(rest[..name].to_owned())
            } else if first.is_ascii_digit() || matches!(first, '@' | '*' | '#' | '?' | '$' | '!' | '-') {
                self.at += 2;
                HoleKind::Unknowable
            } else {
                builder.keep(at..at + 1);
                self.at += 1;
                return;
            }
        };
        builder.replace(at..self.at, HOLE.encode_utf8(&mut [0; 4]));
        holes.push(self.hole(kind, quoted, at));
    }

    /// Commands inside a word, up to and including the closing character.
    fn nested(&mut self, closing: char) {
        if self.depth >= DEEPEST {
            if self.problems.is_empty() {
                let span = self.fragment.span(self.at..self.at);
                self.problems.push(Problem::beyond_us(span, "nests too deeply to be followed"));
            }
            self.at = self.text.len();
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        self.list(Some(closing));
        self.pending = pending;
        if self.peek() == Some(closing) {
            self.at += 1;
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

/// Brackets of arithmetic and of patterns are short, those of `${...}` may hold a long default.
const FARTHEST_SHORT: usize = 300;
const FARTHEST_BRACES: usize = 2048;

/// Length of the bracketed text at the start of `text`, quotes respected; none where it does not close within `farthest`
/// bytes, so that a flood of open brackets costs linear time.
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
