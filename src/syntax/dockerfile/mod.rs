//! A Dockerfile as a list of instructions with spans.
//!
//! `parse-dockerfile` parses the file. If it stops at an invalid instruction, the file is cut into logical lines
//! (`chunks`) that are parsed one by one, so that one unknown instruction does not hide the others.

mod chunks;
mod here;
mod words;

use super::Problem;
use super::shell::SHELLS;
use crate::source::Fragment;
use crate::span::Span;
use chunks::Chunk;
use parse_dockerfile as pd;
use std::ops::Range;

/// One Dockerfile.
#[derive(Debug, Default)]
pub struct File {
    /// The character that continues a line: `\`, or a backquote if a parser directive says so.
    pub escape: char,
    /// The instructions in order, without those that could not be parsed.
    pub instructions: Vec<Instruction>,
}

/// One instruction.
#[derive(Debug)]
pub struct Instruction {
    /// The keyword.
    pub keyword: Span,
    /// From the keyword to the end of the last argument, here-documents included.
    pub span: Span,
    /// Its arguments.
    pub kind: Kind,
    /// The bodies of its here-documents.
    pub documents: Vec<Span>,
    /// Whether it is the trigger of an `ONBUILD`.
    pub on_build: bool,
}

/// An argument as written, with its quotes and variables but without line continuations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// Its bytes in the file.
    pub span: Span,
}

/// `--name=value` in front of an instruction's arguments.
#[derive(Debug)]
pub struct Flag {
    /// Name without dashes.
    pub name: String,
    /// The value, if there is one.
    pub value: Option<Word>,
    /// The whole flag.
    pub span: Span,
}

/// A name with its value, of `ENV`, `ARG` or `LABEL`.
#[derive(Debug)]
pub struct Assignment {
    /// The name.
    pub name: Word,
    /// The value as written, quotes included; `None` for an `ARG` without default.
    pub value: Option<Word>,
}

/// A command in shell form or exec form.
#[derive(Debug)]
pub enum Form {
    /// A script for the shell: a line with its here-documents, or the body of the here-document that is all there is.
    Shell(Fragment),
    /// A list of arguments, started without a shell; also the program that the first line of a here-document names.
    Exec(Vec<Word>, Span),
}

/// The instructions and their arguments.
#[derive(Debug)]
#[allow(missing_docs)] // The fields carry the names of the Dockerfile reference.
pub enum Kind {
    From { flags: Vec<Flag>, image: Word, name: Option<Word> },
    Arg(Vec<Assignment>),
    Env(Vec<Assignment>),
    Label(Vec<Assignment>),
    Copy { flags: Vec<Flag>, sources: Vec<Word>, destination: Word },
    Add { flags: Vec<Flag>, sources: Vec<Word>, destination: Word },
    Run { flags: Vec<Flag>, form: Form },
    Cmd(Form),
    Entrypoint(Form),
    Healthcheck { command: Option<Form> },
    User(Word),
    Workdir(Word),
    Expose(Vec<Word>),
    Shell(Vec<Word>),
    Other,
}

/// The most instructions that are parsed one by one; a file with more is an attack.
const MOST_CHUNKS: usize = 20_000;

/// Reads a Dockerfile.
pub fn parse(fragment: &Fragment) -> (File, Vec<Problem>) {
    let text = fragment.text();
    let reader = Reader { fragment, escape: escape_directive(text) };
    if let Some(instructions) = reader.whole(text) {
        return (File { escape: reader.escape, instructions }, Vec::new());
    }
    let (instructions, problems) = reader.piecewise(text);
    (File { escape: reader.escape, instructions }, problems)
}

/// The escape character from the parser directives at the top of the file.
fn escape_directive(text: &str) -> char {
    for line in text.lines() {
        let Some(directive) = line.trim().strip_prefix('#') else { break };
        let Some((name, value)) = directive.split_once('=') else { break };
        let name = name.trim().to_ascii_lowercase();
        if name == "escape" {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
        if !matches!(name.as_str(), "syntax" | "check") {
            break;
        }
    }
    '\\'
}

struct Reader<'a> {
    fragment: &'a Fragment,
    escape: char,
}

impl Reader<'_> {
    /// Every instruction; `None` if the parser rejects any of them.
    fn whole(&self, text: &str) -> Option<Vec<Instruction>> {
        // The fragment has no byte order mark any more. The parser would drop a second one and shift all offsets.
        // It does not know every form of here-documents either.
        if text.starts_with('\u{feff}') || text.contains("<<") {
            return None;
        }
        let mut instructions = Vec::new();
        for instruction in pd::parse_iter(text).ok()? {
            instructions.extend(self.instruction(&instruction.ok()?, 0, false));
        }
        Some(instructions)
    }

    /// Parses each logical line by itself.
    fn piecewise(&self, text: &str) -> (Vec<Instruction>, Vec<Problem>) {
        let mut instructions: Vec<Instruction> = Vec::new();
        let mut problems = Vec::new();
        let mut staged = false;
        // After a here-document without an end, a line that is no instruction is most likely part of it.
        let mut is_torn = false;
        let mut chunks = chunks::split(text, self.escape);
        for chunk in chunks.by_ref().take(MOST_CHUNKS) {
            let lines = chunk.lines.clone();
            let word_end = text[lines.clone()].find(char::is_whitespace).map_or(lines.end, |at| lines.start + at);
            let keyword = self.fragment.span(lines.start..word_end);
            let alone = match self.emptied(&text[lines.clone()], &lines) {
                Some(instruction) => Ok(instruction),
                None => self.alone(text, &chunk),
            };
            match alone {
                Ok(instruction) => {
                    let is_from = matches!(instruction.kind, Kind::From { .. });
                    if !staged && !is_from && !matches!(instruction.kind, Kind::Arg(_)) {
                        problems.push(Problem::invalid(keyword, "no `FROM` stands before this instruction"));
                        staged = true;
                    }
                    staged |= is_from;
                    instructions.push(instruction);
                }
                Err(_) if is_torn => {}
                Err(message) => problems.push(Problem::invalid(keyword, message)),
            }
            if let Some((word, name)) = chunk.endless {
                let message = format!("no line `{name}` ends this here-document");
                problems.push(Problem::invalid(self.fragment.span(word), message));
                is_torn = true;
            }
        }
        if chunks.next().is_some() {
            problems.push(Problem::beyond_us(
                self.fragment.span(0..0),
                "has too many instructions to recover from an error",
            ));
        } else if problems.is_empty() && !staged {
            let message = if instructions.is_empty() { "holds no instruction" } else { "holds no `FROM`" };
            problems.push(Problem::invalid(self.fragment.span(0..0), message));
        }
        (instructions, problems)
    }

    /// `ENTRYPOINT []` and `CMD []`, which reset the setting of the base image; the parser does not support them.
    fn emptied(&self, chunk: &str, range: &Range<usize>) -> Option<Instruction> {
        let (keyword, rest) = chunk.split_once(char::is_whitespace)?;
        let inner = rest.trim().strip_prefix('[')?.strip_suffix(']')?;
        if !inner.trim().is_empty() {
            return None;
        }
        let span = self.fragment.span(range.start..range.start + chunk.trim_end().len());
        let form = Form::Exec(Vec::new(), span);
        let kind = match keyword.to_ascii_uppercase().as_str() {
            "ENTRYPOINT" => Kind::Entrypoint(form),
            "CMD" => Kind::Cmd(form),
            _ => return None,
        };
        let keyword = self.fragment.span(range.start..range.start + keyword.len());
        Some(Instruction { keyword, span, kind, documents: Vec::new(), on_build: false })
    }

    /// Parses one logical line after a `FROM` of our own, so that any instruction is allowed. The parser sees no
    /// here-documents: the words that begin them are blotted out, and they are added to the result.
    fn alone(&self, text: &str, chunk: &Chunk) -> Result<Instruction, String> {
        let head = if self.escape == '`' { "#escape=`\nFROM s\n" } else { "FROM s\n" };
        let lines = &text[chunk.lines.clone()];
        let mut seen = format!("{head}{lines}");
        if here::takes_documents(lines) {
            // Other words with `<<`, such as here-strings of bash, begin no document.
            seen = seen.replace("<<", "__");
        }
        let begun =
            chunk.documents.iter().map(|document| &document.word).chain(chunk.endless.iter().map(|(word, _)| word));
        for word in begun {
            let blot: String = text[word.clone()].chars().map(|c| blotted(c, self.escape)).collect();
            let start = word.start - chunk.lines.start + head.len();
            seen.replace_range(start..start + word.len(), &blot);
        }
        let parsed = pd::parse_iter(&seen).and_then(|instructions| instructions.collect::<Result<Vec<_>, _>>());
        match parsed {
            Ok(parsed) => {
                let shift = chunk.lines.start as isize - head.len() as isize;
                let instruction = parsed.get(1).and_then(|instruction| self.instruction(instruction, shift, false));
                let mut instruction = instruction.ok_or_else(|| "is not an instruction".to_owned())?;
                if !chunk.documents.is_empty() {
                    self.add_documents(&mut instruction, text, chunk);
                }
                Ok(instruction)
            }
            Err(error) => {
                let message = error.to_string();
                Err(message.split(" at line ").next().unwrap_or_default().to_owned())
            }
        }
    }

    /// Adds its here-documents to an instruction.
    fn add_documents(&self, instruction: &mut Instruction, text: &str, chunk: &Chunk) {
        instruction.span.end = self.fragment.span(0..text[..chunk.end].trim_end().len()).end;
        instruction.documents =
            chunk.documents.iter().map(|document| self.fragment.span(document.body.clone())).collect();
        let words: Vec<Span> =
            chunk.documents.iter().map(|document| self.fragment.span(document.word.clone())).collect();
        match &mut instruction.kind {
            Kind::Copy { sources, .. } | Kind::Add { sources, .. } => {
                sources.retain(|source| !words.iter().any(|word| word.contains(source.span)));
            }
            Kind::Run { form: form @ Form::Shell(_), .. } => {
                let Form::Shell(line) = form else { return };
                let is_all = line.text().trim().len() == chunk.documents[0].word.len();
                let body = chunk.documents[0].body.clone();
                *form = if is_all && words.len() == 1 {
                    // BuildKit gives the shell the body alone, or runs the body as a program.
                    match self.program(text, &body) {
                        Some(words) => Form::Exec(words, self.fragment.span(body)),
                        None => Form::Shell(self.fragment.slice(body)),
                    }
                } else {
                    let line = line.slice(0..line.text().trim_end().len());
                    Form::Shell(line.followed_by(&self.fragment.slice(chunk.lines.end..chunk.end)))
                };
            }
            _ => {}
        }
    }

    /// The words of the first line of a script (`#!/usr/bin/env python3`); `None` if it has no such line, or names a
    /// shell.
    fn program(&self, text: &str, body: &Range<usize>) -> Option<Vec<Word>> {
        let line = text[body.clone()].lines().next()?.strip_prefix("#!")?;
        let start = body.start + 2;
        let word = |word: &str| {
            let at = start + (word.as_ptr() as usize - line.as_ptr() as usize);
            Word { text: word.to_owned(), span: self.fragment.span(at..at + word.len()) }
        };
        let is_shell = |word: &str| word.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name));
        (!line.split_whitespace().any(is_shell)).then(|| line.split_whitespace().map(word).collect())
    }

    fn instruction(&self, instruction: &pd::Instruction, shift: isize, on_build: bool) -> Option<Instruction> {
        let at = |range: &Range<usize>| shifted(range, shift);
        let word = |word: &pd::UnescapedString| Word {
            text: word.value.to_string(),
            span: self.fragment.span(at(&word.span)),
        };
        let flag = |flag: &pd::Flag| Flag {
            name: flag.name.value.to_string(),
            value: flag.value.as_ref().map(word),
            span: self.fragment.span(at(&flag.span())),
        };
        let assignments = |arguments: &pd::UnescapedString, bare: bool| {
            words::assignments(&self.logical(at(&arguments.span)), self.escape, bare)
        };
        let command = |command: &pd::Command| match command {
            pd::Command::Exec(list) => {
                let words = list.value.iter().map(word).collect();
                Some(Form::Exec(words, self.fragment.span(at(&list.span))))
            }
            pd::Command::Shell(line) => Some(Form::Shell(self.logical(at(&line.span)))),
            _ => None,
        };
        let sources = |sources: &[pd::Source]| {
            let paths = sources.iter().filter_map(|source| match source {
                pd::Source::Path(path) => Some(word(path)),
                _ => None,
            });
            paths.collect::<Vec<_>>()
        };
        let end = |range: &Range<usize>| at(range).end;
        use pd::Instruction as I;
        let (keyword, end, kind) = match instruction {
            I::From(from) => {
                let last = from.as_.as_ref().map_or(&from.image.span, |(_, name)| &name.span);
                let kind = Kind::From {
                    flags: from.options.iter().map(flag).collect(),
                    image: word(&from.image),
                    name: from.as_.as_ref().map(|(_, name)| word(name)),
                };
                (&from.from, end(last), kind)
            }
            I::Arg(arg) => (&arg.arg, end(&arg.arguments.span), Kind::Arg(assignments(&arg.arguments, true))),
            I::Env(env) => (&env.env, end(&env.arguments.span), Kind::Env(assignments(&env.arguments, false))),
            I::Label(label) => {
                (&label.label, end(&label.arguments.span), Kind::Label(assignments(&label.arguments, false)))
            }
            I::Copy(copy) => {
                let flags = copy.options.iter().map(flag).collect();
                let kind = Kind::Copy { flags, sources: sources(&copy.src), destination: word(&copy.dest) };
                (&copy.copy, end(&copy.dest.span), kind)
            }
            I::Add(add) => {
                let flags = add.options.iter().map(flag).collect();
                let kind = Kind::Add { flags, sources: sources(&add.src), destination: word(&add.dest) };
                (&add.add, end(&add.dest.span), kind)
            }
            I::Run(run) => {
                let stop = command_end(&run.arguments);
                let flags = run.options.iter().map(flag).collect();
                (&run.run, end(&(stop..stop)), Kind::Run { flags, form: command(&run.arguments)? })
            }
            I::Cmd(cmd) => {
                let stop = command_end(&cmd.arguments);
                (&cmd.cmd, end(&(stop..stop)), Kind::Cmd(command(&cmd.arguments)?))
            }
            I::Entrypoint(entrypoint) => {
                let stop = command_end(&entrypoint.arguments);
                (&entrypoint.entrypoint, end(&(stop..stop)), Kind::Entrypoint(command(&entrypoint.arguments)?))
            }
            I::Healthcheck(check) => match &check.arguments {
                pd::HealthcheckArguments::Cmd { arguments, .. } => {
                    let stop = command_end(arguments);
                    (&check.healthcheck, end(&(stop..stop)), Kind::Healthcheck { command: command(arguments) })
                }
                _ => (&check.healthcheck, end(&check.healthcheck.span), Kind::Healthcheck { command: None }),
            },
            I::User(user) => (&user.user, end(&user.arguments.span), Kind::User(word(&user.arguments))),
            I::Workdir(workdir) => {
                (&workdir.workdir, end(&workdir.arguments.span), Kind::Workdir(word(&workdir.arguments)))
            }
            I::Expose(expose) => {
                let last = expose.arguments.last().map_or(&expose.expose.span, |last| &last.span);
                (&expose.expose, end(last), Kind::Expose(expose.arguments.iter().map(word).collect()))
            }
            I::Shell(shell) => {
                let last = shell.arguments.last().map_or(&shell.shell.span, |last| &last.span);
                (&shell.shell, end(last), Kind::Shell(shell.arguments.iter().map(word).collect()))
            }
            I::Onbuild(trigger) => return self.instruction(&trigger.instruction, shift, true),
            I::Maintainer(other) => (&other.maintainer, end(&other.name.span), Kind::Other),
            I::Stopsignal(other) => (&other.stopsignal, end(&other.arguments.span), Kind::Other),
            I::Volume(other) => (&other.volume, end(&other.volume.span), Kind::Other),
            _ => return None,
        };
        let keyword_range = at(&keyword.span);
        let span = self.fragment.span(keyword_range.start..end.max(keyword_range.end));
        Some(Instruction { keyword: self.fragment.span(keyword_range), span, kind, documents: Vec::new(), on_build })
    }

    /// A range of the file as the builder sees it: continuation lines joined, comment lines between them dropped.
    fn logical(&self, range: Range<usize>) -> Fragment {
        words::logical(self.fragment, self.within(range), self.escape)
    }

    fn within(&self, range: Range<usize>) -> Range<usize> {
        let length = self.fragment.text().len();
        range.start.min(length)..range.end.min(length)
    }
}

fn shifted(range: &Range<usize>, shift: isize) -> Range<usize> {
    range.start.saturating_add_signed(shift)..range.end.saturating_add_signed(shift)
}

fn command_end(command: &pd::Command) -> usize {
    match command {
        pd::Command::Exec(list) => list.span.end,
        pd::Command::Shell(line) => line.span.start + line.value.trim_end().len(),
        _ => 0,
    }
}

/// A character of a word that the parser must not see; its place in the text stays the same.
fn blotted(c: char, escape: char) -> &'static str {
    match c {
        '\n' => "\n",
        '\r' => "\r",
        _ if c == escape && c == '\\' => "\\",
        _ if c == escape => "`",
        _ => &"____"[..c.len_utf8()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn read(text: &str) -> (File, Vec<Problem>) {
        parse(&Fragment::whole(SourceId(0), &Source::new("Dockerfile", text)))
    }

    fn slice(text: &str, span: Span) -> &str {
        &text[span.range()]
    }

    #[test]
    fn instructions_know_their_bytes() {
        let text = "# syntax=docker/dockerfile:1\nARG V=3\nfrom --platform=linux/amd64 python:${V} as  build\nRUN pip install \\\n  # why\n  flask\nCOPY --from=a:b x y /z/\n";
        let (file, problems) = read(text);
        assert_eq!(problems, []);
        let spans: Vec<_> = file.instructions.iter().map(|instruction| slice(text, instruction.span)).collect();
        assert_eq!(spans[1], "from --platform=linux/amd64 python:${V} as  build");
        assert_eq!(spans[3], "COPY --from=a:b x y /z/");
        let Kind::From { image, name, flags } = &file.instructions[1].kind else { panic!("FROM") };
        assert_eq!((image.text.as_str(), slice(text, image.span)), ("python:${V}", "python:${V}"));
        assert_eq!(name.as_ref().map(|name| name.text.as_str()), Some("build"));
        assert_eq!(slice(text, flags[0].span), "--platform=linux/amd64");
        let Kind::Run { form: Form::Shell(line), .. } = &file.instructions[2].kind else { panic!("RUN") };
        assert_eq!(line.text().split_whitespace().collect::<Vec<_>>(), ["pip", "install", "flask"]);
        let at = line.text().find("flask").expect("flask");
        assert_eq!(slice(text, line.span(at..at + 5)), "flask");
    }

    #[test]
    fn one_bad_instruction_hides_nothing() {
        let text = "FROM a\nFOO bar \\\n baz\nUSER x\nRUN <<EOF\nUSER y\nEOF\nADD a\nCOPY a b\n";
        let (file, problems) = read(text);
        assert_eq!(problems.iter().map(|p| slice(text, p.span)).collect::<Vec<_>>(), ["FOO", "ADD"]);
        let words: Vec<_> = file.instructions.iter().map(|i| slice(text, i.keyword)).collect();
        assert_eq!(words, ["FROM", "USER", "RUN", "COPY"]);
    }

    #[test]
    fn files_without_a_stage() {
        for text in ["", "# only a comment\n", "ARG A=1\n", "RUN x\n", "\u{feff}"] {
            let (_, problems) = read(text);
            assert_eq!(problems.len(), 1, "{text:?}");
        }
    }

    /// The script of the second instruction of a file, which must be valid.
    fn script(text: &str) -> String {
        let (file, problems) = read(text);
        assert_eq!(problems, [], "{text}");
        match &file.instructions[1].kind {
            Kind::Run { form: Form::Shell(script), .. } => script.text().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_here_document_alone_is_the_script() {
        assert_eq!(script("FROM a\nRUN <<EOF\napt-get update\nEOF\nUSER z\n"), "apt-get update\n");
        assert_eq!(script("FROM a\nRUN --mount=type=cache,target=/c <<-'E'\n\tx\n\tE\n"), "\tx\n");
        assert_eq!(script("FROM a\nRUN <<EOF\n#!/usr/bin/env bash\nx\nEOF\n"), "#!/usr/bin/env bash\nx\n");
        let (file, _) = read("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n");
        let Kind::Run { form: Form::Exec(words, _), .. } = &file.instructions[1].kind else { panic!("a program") };
        assert_eq!(words.iter().map(|word| &*word.text).collect::<Vec<_>>(), ["/usr/bin/env", "python3"]);
    }

    #[test]
    fn a_line_with_here_documents_is_one_script() {
        assert_eq!(script("FROM a\nRUN bash <<E\nx\nE\nUSER z\n"), "bash <<E\nx\nE\n");
        let text = "FROM a\nRUN y && \\\n  # why\n  cat <<A <<B > /x\n1\nA\n2\nB\nUSER z\n";
        assert_eq!(script(text), "y &&   cat <<A <<B > /x\n1\nA\n2\nB\n");
        let (file, _) = read(text);
        assert!(slice(text, file.instructions[1].span).ends_with("\nB"));
        assert_eq!(file.instructions.len(), 3);
    }

    #[test]
    fn a_here_document_is_no_file_to_copy() {
        let (file, problems) = read("FROM a\nCOPY <<'X' b <<y.txt /etc/\nbody\nX\nz\ny.txt\nUSER z\n");
        assert_eq!(problems, []);
        let Kind::Copy { sources, destination, .. } = &file.instructions[1].kind else { panic!("COPY") };
        assert_eq!(sources.iter().map(|source| &*source.text).collect::<Vec<_>>(), ["b"]);
        assert_eq!((&*destination.text, file.instructions.len()), ("/etc/", 3));
    }

    #[test]
    fn a_here_document_without_an_end_is_refused() {
        let text = "FROM a\nRUN cat <<EOF\nUSER z\n";
        let (file, problems) = read(text);
        assert_eq!(problems.iter().map(|p| slice(text, p.span)).collect::<Vec<_>>(), ["<<EOF"]);
        assert_eq!(file.instructions.len(), 3);
    }

    #[test]
    fn the_backquote_escapes_where_the_directive_says_so() {
        let text = "# escape=`\nFROM a\nFOO\nRUN one `\n  two\n";
        let (file, problems) = read(text);
        assert_eq!(problems.len(), 1);
        let Kind::Run { form: Form::Shell(line), .. } = &file.instructions[1].kind else { panic!("RUN") };
        assert_eq!(line.text(), "one   two");
    }

    #[test]
    fn onbuild_triggers_are_marked() {
        let (file, _) = read("FROM a\nONBUILD COPY . /app\n");
        assert!(file.instructions[1].on_build);
        assert!(matches!(file.instructions[1].kind, Kind::Copy { .. }));
    }
}
