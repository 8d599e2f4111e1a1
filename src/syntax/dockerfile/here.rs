//! Here-documents of an instruction, found as BuildKit finds them: any word of the joined line may begin one.
//!
//! Source: `Parse`, `heredocsFromLine` and `ParseHeredoc` in
//! <https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go>; the words follow
//! <https://github.com/moby/buildkit/blob/master/frontend/dockerfile/shell/lex.go>, without variables.

use std::ops::Range;

/// The word that begins a here-document: `<<EOF`, `3<<-'EOF'`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Beginning {
    /// The line that ends the document.
    pub(super) name: String,
    /// Whether tabs at the start of its lines are dropped, those of the last line included.
    pub(super) strips_tabs: bool,
    /// Its bytes in the line.
    pub(super) range: Range<usize>,
}

/// The here-documents that a joined line begins, in order. Empty for a line whose quotes or `${` are not closed, and for
/// instructions that take no here-document.
pub(super) fn beginnings(line: &str) -> Vec<Beginning> {
    if !takes_documents(line) {
        return Vec::new();
    }
    words(line, Quotes::Kept).unwrap_or_default().into_iter().filter_map(beginning).collect()
}

/// Whether an instruction is `RUN`, `COPY` or `ADD`, perhaps after `ONBUILD`, and not in JSON form.
pub(super) fn takes_documents(line: &str) -> bool {
    let mut rest = line.trim_start();
    let mut keyword = "";
    for _ in 0..2 {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        (keyword, rest) = (&rest[..end], rest[end..].trim_start());
        if !keyword.eq_ignore_ascii_case("ONBUILD") {
            break;
        }
    }
    while rest.starts_with("--") {
        rest = rest.find(char::is_whitespace).map_or("", |end| rest[end..].trim_start());
    }
    let is_json = rest.starts_with('[') && serde_json::from_str::<Vec<String>>(rest.trim_end()).is_ok();
    ["RUN", "COPY", "ADD"].iter().any(|name| keyword.eq_ignore_ascii_case(name)) && !is_json
}

fn beginning((word, range): (String, Range<usize>)) -> Option<Beginning> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (rest, strips_tabs) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
    let rest = rest.trim_start();
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let mut names = words(rest, Quotes::Removed)?;
    (names.len() == 1).then(|| Beginning { name: names.remove(0).0, strips_tabs, range })
}

/// Whether words keep their quotes and escape characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Kept,
    Removed,
}

/// The words of a line with their bytes; `None` if a quote or a `${` is not closed.
fn words(line: &str, quotes: Quotes) -> Option<Vec<(String, Range<usize>)>> {
    let mut lexer = Lexer { line, at: 0, quotes, word: String::new(), start: 0, words: Vec::new() };
    lexer.read()?;
    Some(lexer.words)
}

struct Lexer<'a> {
    line: &'a str,
    at: usize,
    quotes: Quotes,
    word: String,
    start: usize,
    words: Vec<(String, Range<usize>)>,
}

impl Lexer<'_> {
    fn read(&mut self) -> Option<()> {
        while let Some(next) = self.peek() {
            match next {
                '\'' | '"' => self.quoted(next)?,
                '$' => {
                    let start = self.at;
                    self.at += 1;
                    if self.peek() == Some('{') {
                        self.at += 1;
                        self.braces(0)?;
                    }
                    // As the value of a variable would be, the text of an expansion is split at blanks.
                    for (at, c) in self.line[start..self.at].char_indices() {
                        self.add_or_split(c, start + at);
                    }
                }
                '<' if self.line[self.at..].starts_with("<<") => {
                    let blanks = self.line[self.at + 2..].len() - self.line[self.at + 2..].trim_start().len();
                    self.add(self.at..self.at + 2 + blanks);
                }
                '\\' => {
                    let start = self.at;
                    self.at += 1;
                    if self.quotes == Quotes::Kept {
                        self.add(start..self.at);
                    }
                    if let Some(escaped) = self.peek() {
                        self.add(self.at..self.at + escaped.len_utf8());
                    }
                }
                _ => {
                    self.add_or_split(next, self.at);
                    self.at += next.len_utf8();
                }
            }
        }
        self.end_word(self.at);
        Some(())
    }

    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    /// Appends bytes of the line to the word, and continues after them.
    fn add(&mut self, range: Range<usize>) {
        if self.word.is_empty() {
            self.start = range.start;
        }
        self.word.push_str(&self.line[range.clone()]);
        self.at = range.end;
    }

    /// Appends a character to the word; a blank ends the word.
    fn add_or_split(&mut self, c: char, at: usize) {
        if c.is_whitespace() {
            self.end_word(at);
        } else {
            if self.word.is_empty() {
                self.start = at;
            }
            self.word.push(c);
        }
    }

    fn end_word(&mut self, at: usize) {
        if !self.word.is_empty() {
            self.words.push((std::mem::take(&mut self.word), self.start..at));
        }
    }

    /// A quoted text. `\` escapes only between double quotes, and only `"`, `$` and itself.
    fn quoted(&mut self, quote: char) -> Option<()> {
        let start = self.at;
        self.skip_quoted(quote, 0)?;
        match self.quotes {
            Quotes::Kept => self.add(start..self.at),
            Quotes::Removed => {
                let inner = start + 1..self.at - 1;
                if self.word.is_empty() {
                    self.start = start;
                }
                let mut rest = &self.line[inner];
                while let Some(c) = rest.chars().next() {
                    let escaped = rest[c.len_utf8()..].chars().next();
                    let is_escape = quote == '"' && c == '\\' && matches!(escaped, Some('"' | '$' | '\\'));
                    let kept = if is_escape { escaped.unwrap_or(c) } else { c };
                    self.word.push(kept);
                    rest = &rest[if is_escape { 2 } else { c.len_utf8() }..];
                }
            }
        }
        Some(())
    }

    /// Continues after a quoted text.
    fn skip_quoted(&mut self, quote: char, depth: usize) -> Option<()> {
        self.at += 1;
        loop {
            let c = self.peek()?;
            self.at += c.len_utf8();
            match c {
                _ if c == quote => return Some(()),
                '\\' if quote == '"' => self.at += self.peek()?.len_utf8(),
                '$' if quote == '"' && self.peek() == Some('{') => {
                    self.at += 1;
                    self.braces(depth + 1)?;
                }
                _ => {}
            }
        }
    }

    /// Continues after a `${...}` whose opening was read. BuildKit rejects operators that only bash has, such as
    /// `${x[0]}`, and finds no here-document in their line.
    fn braces(&mut self, depth: usize) -> Option<()> {
        const DEEPEST: usize = 50;
        if depth > DEEPEST || matches!(self.peek()?, '{' | '}' | ':') {
            return None;
        }
        let rest = &self.line[self.at..];
        let first = rest.chars().next()?;
        let name = match first {
            _ if first.is_numeric() => rest.find(|c: char| !c.is_numeric()),
            '@' | '*' | '#' | '?' | '-' | '$' | '!' => Some(1),
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_'),
        };
        self.at += name?;
        let operator = self.peek()?;
        self.at += operator.len_utf8();
        match operator {
            '}' => Some(()),
            ':' => {
                let second = self.peek()?;
                self.at += second.len_utf8();
                if matches!(second, '#' | '%') { None } else { self.until('}', depth) }
            }
            '+' | '-' | '?' | '#' | '%' => self.until('}', depth),
            '/' => {
                if self.peek() == Some('/') {
                    self.at += 1;
                }
                self.until('/', depth)?;
                self.until('}', depth)
            }
            _ => None,
        }
    }

    /// Continues after a character, outside of quotes and expansions.
    fn until(&mut self, stop: char, depth: usize) -> Option<()> {
        loop {
            let c = self.peek()?;
            match c {
                _ if c == stop => {
                    self.at += c.len_utf8();
                    return Some(());
                }
                '\'' | '"' => self.skip_quoted(c, depth)?,
                '\\' => {
                    self.at += 1;
                    self.at += self.peek()?.len_utf8();
                }
                '$' if self.line[self.at..].starts_with("${") => {
                    self.at += 2;
                    self.braces(depth + 1)?;
                }
                _ => self.at += c.len_utf8(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::beginnings;

    fn names(line: &str) -> Vec<String> {
        beginnings(line).into_iter().map(|document| document.name).collect()
    }

    /// The names that BuildKit's parser gave for these lines (commit 73ed6825c, `parser.Parse`).
    #[test]
    fn every_word_may_begin_a_here_document() {
        for (line, expected) in [
            ("RUN <<EOF", &["EOF"][..]),
            ("RUN cat <<EOF > /x", &["EOF"]),
            ("RUN bash <<-'EOF'", &["EOF"]),
            ("run a && cat << EOF > /x", &["EOF"]),
            ("RUN 3<<EOF cat /dev/fd/3", &["EOF"]),
            ("RUN --mount=type=cache,target=/c bash <<\"EOF\"", &["EOF"]),
            ("RUN <<A cat > f && <<B cat > g", &["A", "B"]),
            ("ONBUILD RUN cat <<EOF", &["EOF"]),
            ("COPY <<a.txt <<b.txt /d/", &["a.txt", "b.txt"]),
            ("RUN <<eo'f'", &["eof"]),
            ("RUN <<eo\\'f", &["eo'f"]),
            ("RUN <<'one two'", &["one two"]),
            ("RUN <<$EOF", &["$EOF"]),
            ("RUN echo ${A:-b c} <<EOF", &["EOF"]),
            ("RUN echo ${A/x/y} <<EOF", &["EOF"]),
            ("RUN echo $(( x << 3 ))", &["3"]),
            ("RUN echo \"<<EOF\"", &[]),
            ("RUN cat<<EOF", &[]),
            ("RUN cat <<<EOF", &[]),
            ("RUN echo $((1<<2))", &[]),
            ("RUN echo ${a[@]} <<EOF", &[]),
            ("RUN echo \"${a[0]}\" <<EOF", &[]),
            ("RUN echo ${#a} <<EOF", &[]),
            ("RUN echo \\<<EOF", &[]),
            ("RUN x\\ <<EOF", &[]),
            ("RUN echo ${A:=x} <<EOF", &["EOF"]),
            ("RUN echo 'it <<EOF", &[]),
            ("RUN [\"cat\", \"<<EOF\"]", &[]),
            ("USER <<EOF", &[]),
            ("RUN <<", &[]),
        ] {
            assert_eq!(names(line), expected, "{line}");
        }
    }
}
