//! Makefiles as a list of assignments and rules, in the order of the text.
//!
//! One pass, in linear time, over logical lines: what a backslash continues is one line. Nothing is expanded here. The
//! parser never rejects a file: a line that it does not know is left out.
//!
//! Syntax: <https://www.gnu.org/software/make/manual/make.html#Makefile-Contents>.

use crate::source::Fragment;
use crate::span::Span;
use std::ops::Range;

/// One statement.
#[derive(Debug)]
pub enum Item {
    /// Sets a variable.
    Assign(Assignment),
    /// Says how targets are made.
    Rule(Rule),
    /// Reads another file, which may set any variable.
    Include,
    /// Passes variables to recipes as environment variables; all of them, if no name is given.
    Export(Vec<String>),
}

/// `NAME = value`.
#[derive(Debug)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its bytes.
    pub name_span: Span,
    /// How it is set.
    pub operator: Operator,
    /// The value, not expanded; `None` if it is a text of several lines, or removed.
    pub value: Option<Fragment>,
    /// Whether a conditional directive decides about it.
    pub is_conditional: bool,
    /// Whether recipes get it as an environment variable.
    pub is_exported: bool,
    /// The targets for which alone it is set; empty for a variable of the whole file.
    pub targets: Vec<String>,
}

/// The operator of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`: the value is expanded where the variable is used.
    Deferred,
    /// `:=`, `::=` and `:::=`: the value is expanded at once.
    Immediate,
    /// `?=`: only if the variable has no value.
    Default,
    /// `+=`.
    Append,
    /// `!=`: the output of a command.
    Shell,
}

/// `targets: prerequisites` with the lines of its recipe.
#[derive(Debug)]
pub struct Rule {
    /// The targets as written.
    pub targets: Vec<String>,
    /// The bytes of the targets.
    pub span: Span,
    /// The prerequisites as written.
    pub prerequisites: Vec<String>,
    /// The lines of the recipe.
    pub lines: Vec<Line>,
}

/// A logical line of a recipe, which make passes to a shell of its own.
#[derive(Debug)]
pub struct Line {
    /// The text without the prefix of recipes, which continued lines may repeat. It keeps its continuations.
    pub text: Fragment,
    /// Whether a conditional directive decides about it.
    pub is_conditional: bool,
}

/// Reads a makefile.
pub fn parse(fragment: &Fragment) -> Vec<Item> {
    let mut parser = Parser { host: fragment, items: Vec::new(), depth: 0, rule: None, prefix: '\t' };
    let mut at = 0;
    while at < fragment.text().len() {
        at = parser.line(at);
    }
    parser.items
}

struct Parser<'a> {
    host: &'a Fragment,
    items: Vec<Item>,
    /// How many conditional directives are open.
    depth: usize,
    /// The rule whose recipe may go on: its index, and the depth where it began.
    rule: Option<(usize, usize)>,
    /// The character that begins a line of a recipe.
    prefix: char,
}

impl Parser<'_> {
    /// Reads the logical line at an offset, and returns where the next one begins.
    fn line(&mut self, start: usize) -> usize {
        let text = self.host.text();
        let end = logical_end(text, start);
        if let Some((rule, depth)) = self.rule
            && text[start..].starts_with(self.prefix)
        {
            let line = Line { text: self.recipe(start..end), is_conditional: self.depth > depth };
            if let Item::Rule(rule) = &mut self.items[rule]
                && !line.text.text().trim().is_empty()
            {
                rule.lines.push(line);
            }
            return end;
        }
        let statement = self.statement(start..end);
        let words = statement.text().trim_start();
        let at = statement.text().len() - words.len();
        let first = words.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
        match first {
            "" => {}
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.depth += 1,
            "else" => {}
            "endif" => self.depth = self.depth.saturating_sub(1),
            "include" | "-include" | "sinclude" => {
                self.rule = None;
                self.items.push(Item::Include);
            }
            "define" => {
                self.rule = None;
                return self.definition(&statement, at + first.len(), end);
            }
            _ => self.assignment_or_rule(&statement, at),
        }
        end
    }

    /// The text of a line of a recipe.
    fn recipe(&self, range: Range<usize>) -> Fragment {
        let text = self.host.text();
        let mut builder = self.host.builder();
        let mut at = range.start;
        for line in text[range].split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let start = at + if content.starts_with(self.prefix) { self.prefix.len_utf8() } else { 0 };
            builder.keep(start..at + content.len());
            if content.len() < line.len() {
                builder.keep(at + line.len() - 1..at + line.len());
            }
            at += line.len();
        }
        let whole = builder.finish();
        let end = whole.text().trim_end().len();
        whole.slice(0..end)
    }

    /// The text of any other line: continuations are one blank, and the comment is left out.
    fn statement(&self, range: Range<usize>) -> Fragment {
        let text = self.host.text();
        let mut builder = self.host.builder();
        let mut at = range.start;
        for line in text[range].split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let kept = content.strip_suffix('\\').filter(|_| is_continued(content));
            builder.keep(at..at + kept.unwrap_or(content).len());
            if let Some(kept) = kept {
                builder.replace(at + kept.len()..at + line.len(), " ");
            }
            at += line.len();
        }
        let whole = builder.finish();
        let end = comment(whole.text());
        whole.slice(0..end)
    }

    /// `define NAME` up to `endef`; its value is not read.
    fn definition(&mut self, statement: &Fragment, at: usize, end: usize) -> usize {
        let name = statement.text()[at..].trim().trim_end_matches(['=', ':', '?', '+', '!']).trim_end();
        self.opaque(statement, name);
        let text = self.host.text();
        let (mut start, mut open) = (end, 1);
        while start < text.len() && open > 0 {
            let stop = logical_end(text, start);
            match text[start..stop].split_whitespace().next() {
                Some("define") => open += 1,
                Some("endef") => open -= 1,
                _ => {}
            }
            start = stop;
        }
        start
    }

    /// A variable whose value is not read.
    fn opaque(&mut self, statement: &Fragment, name: &str) {
        let at = name.as_ptr() as usize - statement.text().as_ptr() as usize;
        self.items.push(Item::Assign(Assignment {
            name: name.to_owned(),
            name_span: statement.span(at..at + name.len()),
            operator: Operator::Deferred,
            value: None,
            is_conditional: self.depth > 0,
            is_exported: false,
            targets: Vec::new(),
        }));
    }

    fn assignment_or_rule(&mut self, statement: &Fragment, at: usize) {
        let text = statement.text();
        match separator(text, at) {
            Some(Separator::Assign(operator, range)) => {
                self.rule = None;
                self.assign(statement, at..range.start, operator, range.end, Vec::new());
            }
            Some(Separator::Rule(range)) => self.rule(statement, at, range),
            None => {
                self.rule = None;
                let mut words = text[at..].split_whitespace();
                match words.next() {
                    Some("export") => self.items.push(Item::Export(words.map(str::to_owned).collect())),
                    Some("undefine") => words.for_each(|name| self.opaque(statement, name)),
                    _ => {}
                }
            }
        }
    }

    /// Reads an assignment, with the modifiers before its name.
    fn assign(
        &mut self,
        statement: &Fragment,
        left: Range<usize>,
        operator: Operator,
        right: usize,
        targets: Vec<String>,
    ) {
        let text = statement.text();
        let written = text[left.clone()].trim_end();
        let (mut name, mut is_exported) = (written, false);
        while let Some((first, rest)) = name.split_once(char::is_whitespace) {
            if !matches!(first, "export" | "override" | "private" | "unexport") {
                break;
            }
            is_exported |= first == "export";
            name = rest.trim_start();
        }
        let value = text[right..].trim();
        let from = text.len() - text[right..].trim_start().len();
        let start = left.start + (written.len() - name.len());
        if name == ".RECIPEPREFIX" {
            self.prefix = value.chars().next().unwrap_or('\t');
            return;
        }
        self.items.push(Item::Assign(Assignment {
            name: name.to_owned(),
            name_span: statement.span(start..start + name.len()),
            operator,
            value: Some(statement.slice(from..from + value.len())),
            is_conditional: self.depth > 0,
            is_exported,
            targets,
        }));
    }

    fn rule(&mut self, statement: &Fragment, at: usize, colon: Range<usize>) {
        let text = statement.text();
        let left = text[at..colon.start].trim_end().trim_end_matches('&').trim_end();
        let targets = words(left);
        // `deploy: REGION = europe-west1`
        if let Some(Separator::Assign(operator, range)) = separator(text, colon.end)
            && !text[colon.end..range.start].contains(';')
        {
            self.rule = None;
            let start = range.start - text[colon.end..range.start].trim_start().len();
            return self.assign(statement, start..range.start, operator, range.end, targets);
        }
        let rest = &text[colon.end..];
        let recipe = rest.find(';').map(|semicolon| colon.end + semicolon + 1);
        let prerequisites = &rest[..recipe.map_or(rest.len(), |start| start - 1 - colon.end)];
        let inline = recipe.map(|start| statement.slice(start..text.len()));
        let lines = inline.into_iter().map(|text| Line { text, is_conditional: false }).collect();
        self.rule = Some((self.items.len(), self.depth));
        self.items.push(Item::Rule(Rule {
            targets,
            span: statement.span(at..at + left.len()),
            prerequisites: words(prerequisites).into_iter().filter(|word| word != "|").collect(),
            lines,
        }));
    }
}

/// What separates the two sides of a line.
enum Separator {
    Assign(Operator, Range<usize>),
    Rule(Range<usize>),
}

/// The first operator or colon from an offset on that is not part of a reference.
fn separator(text: &str, from: usize) -> Option<Separator> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (from, 0usize);
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'{' if at > from && bytes[at - 1] == b'$' || depth > 0 => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            b'=' => {
                let (operator, length) = match at.checked_sub(1).filter(|before| *before >= from).map(|at| bytes[at]) {
                    Some(b'?') => (Operator::Default, 1),
                    Some(b'+') => (Operator::Append, 1),
                    Some(b'!') => (Operator::Shell, 1),
                    _ => (Operator::Deferred, 0),
                };
                return Some(Separator::Assign(operator, at - length..at + 1));
            }
            b':' => {
                let end = at + bytes[at..].iter().take_while(|byte| **byte == b':').count();
                return Some(match bytes.get(end) {
                    Some(b'=') => Separator::Assign(Operator::Immediate, at..end + 1),
                    _ => Separator::Rule(at..end),
                });
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The words of a list, which references with blanks do not divide.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut depth) = (Vec::new(), String::new(), 0usize);
    for c in text.chars() {
        match c {
            '(' | '{' if word.ends_with('$') || depth > 0 => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() && depth == 0 => {
                words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
                continue;
            }
            _ => {}
        }
        word.push(c);
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Where the comment of a line begins, or the line ends. Within a reference, `#` is a character.
fn comment(text: &str) -> usize {
    let (mut depth, mut before) = (0usize, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' if before == '$' || depth > 0 => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            '#' if before != '\\' && depth == 0 => return at,
            _ => {}
        }
        before = c;
    }
    text.len()
}

/// The end of the logical line that begins at an offset, behind its line break.
fn logical_end(text: &str, start: usize) -> usize {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        at += line.len();
        if !is_continued(line.trim_end_matches(['\n', '\r'])) {
            break;
        }
    }
    at
}

/// Whether the next line continues a line: an odd number of backslashes ends it.
fn is_continued(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    /// Each statement as one line.
    fn shown(text: &str) -> Vec<String> {
        let items = parse(&Fragment::whole(SourceId(0), &Source::new("Makefile", text)));
        let line = |item: Item| match item {
            Item::Assign(assignment) => {
                let value = assignment.value.map_or("?".to_owned(), |value| value.text().to_owned());
                let marks = if assignment.is_conditional { " if" } else { "" };
                let export = if assignment.is_exported { " export" } else { "" };
                let of = assignment.targets.join(" ");
                format!("{of}[{}|{:?}|{value}]{marks}{export}", assignment.name, assignment.operator)
            }
            Item::Rule(rule) => {
                let lines = rule.lines.iter().map(|line| {
                    let mark = if line.is_conditional { "? " } else { "" };
                    format!(" / {mark}{}", line.text.text().replace('\n', "⏎"))
                });
                let lines: String = lines.collect();
                format!("{}: {}{lines}", rule.targets.join(" "), rule.prerequisites.join(" "))
            }
            Item::Include => "include".to_owned(),
            Item::Export(names) => format!("export {}", names.join(" ")),
        };
        items.into_iter().map(line).collect()
    }

    #[test]
    fn assignments_have_a_name_an_operator_and_a_value() {
        assert_eq!(
            shown("A = b c # d\nB:=$(A)#x\nC ::= e\nD?= f\nE +=g\nF != date\nexport G=1\noverride export H := a\\#b\n"),
            [
                "[A|Deferred|b c]",
                "[B|Immediate|$(A)]",
                "[C|Immediate|e]",
                "[D|Default|f]",
                "[E|Append|g]",
                "[F|Shell|date]",
                "[G|Deferred|1] export",
                "[H|Immediate|a\\#b] export",
            ]
        );
        assert_eq!(
            shown("A = b \\\n   c\nB = $(shell echo a:b = '#')\n"),
            ["[A|Deferred|b     c]", "[B|Deferred|$(shell echo a:b = '#')]",]
        );
        assert_eq!(shown("define X\na:\n\tb\nendef\nundefine Y\n"), ["[X|Deferred|?]", "[Y|Deferred|?]"]);
    }

    #[test]
    fn rules_have_targets_prerequisites_and_lines() {
        assert_eq!(
            shown("a b: c | d ## help\n\t@x \\\n\t  y\n\n# e\n\tz\nf:: ; g h\n"),
            ["a b: c d / @x \\⏎  y / z", "f:  /  g h",]
        );
        assert_eq!(shown("$(BIN): $(wildcard *.go)\n\tgo build\n"), ["$(BIN): $(wildcard *.go) / go build"]);
        assert_eq!(shown(".RECIPEPREFIX = >\na:\n> b\n"), ["a:  /  b"]);
        assert_eq!(shown("a:\r\n\tb \\\r\n\tc\r\n"), ["a:  / b \\⏎c"]);
    }

    #[test]
    fn variables_may_be_set_for_one_target() {
        assert_eq!(
            shown("deploy: REGION = eu\ndeploy: export X := 1\ndeploy: a\n\tb $(REGION)\n"),
            ["deploy[REGION|Deferred|eu]", "deploy[X|Immediate|1] export", "deploy: a / b $(REGION)",]
        );
    }

    #[test]
    fn directives_decide_about_lines() {
        assert_eq!(
            shown("ifeq ($(E),a)\nX = 1\nelse ifdef Y\nX = 2\nendif\nX2 = 3\n-include .env\nexport\nexport A B\n"),
            ["[X|Deferred|1] if", "[X|Deferred|2] if", "[X2|Deferred|3]", "include", "export ", "export A B",]
        );
        assert_eq!(shown("a:\n\tb\nifdef C\n\tc\nendif\n\td\n"), ["a:  / b / ? c / d"]);
    }

    #[test]
    fn bytes_are_exact() {
        let text = "R = eu\ndeploy:\n\tgcloud run deploy web \\\n\t  --region $(R)\n";
        let items = parse(&Fragment::whole(SourceId(0), &Source::new("Makefile", text)));
        let Item::Rule(rule) = &items[1] else { panic!("a rule") };
        let line = &rule.lines[0].text;
        let at = line.text().find("--region").expect("the flag");
        assert_eq!(&text[line.span(at..at + 13).range()], "--region $(R)");
        assert_eq!(&text[rule.span.range()], "deploy");
    }
}
