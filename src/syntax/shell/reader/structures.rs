//! Control structures, as far as they decide whether a command always runs.

use super::{Block, Reader, arithmetic_length, is_name};
use crate::syntax::shell::Step;

impl Reader<'_> {
    /// Reads a reserved word or the head of a function, if there is one here.
    pub(super) fn reserved(&mut self, blocks: &mut Vec<Block>) -> bool {
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

    pub(super) fn line_breaks(&mut self) {
        loop {
            self.blanks();
            if !self.skip("\n") {
                return;
            }
        }
    }

    /// `for name in words` up to the `;` or line break, or `for ((...))`.
    pub(super) fn loop_head(&mut self) {
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

    /// Skips the pattern of a `case` item up to its `)`; stops at `esac`.
    pub(super) fn case_pattern(&mut self) {
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

    /// Skips `[[ ... ]]`, whose words form no command.
    pub(super) fn test(&mut self) {
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

    /// Skips `((...))`; `false` if it is not arithmetic but two subshells.
    pub(super) fn arithmetic(&mut self) -> bool {
        let length = arithmetic_length(self.rest());
        self.at += length.unwrap_or_default();
        length.is_some()
    }

    /// Skips a word; commands inside it are still collected.
    pub(super) fn discard_word(&mut self) {
        let before = self.at;
        self.word(None);
        if self.at == before {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
    }

    pub(super) fn redirections_of_block(&mut self) {
        let mut writes = Vec::new();
        loop {
            self.blanks();
            if !self.redirection(0, &mut writes) {
                return;
            }
        }
    }
}
