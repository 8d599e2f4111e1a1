//! Shell scripts as a flat list of steps: simple commands, assignments, loops over a variable.
//!
//! The parser reads POSIX shell and bash in one pass and in linear time, also for arbitrary bytes. Control structures
//! are tracked only as far as they decide whether a command always runs. It never rejects a script: if it can't
//! continue (an unclosed quote, too deep nesting), it reports a problem and keeps the steps so far.

mod reader;
mod word;

use super::Problem;
use crate::source::Fragment;
use crate::span::Span;

pub use word::{Hole, HoleKind, Word};

/// The steps of a script, in the order of its text.
#[derive(Debug, Default)]
pub struct Script {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step of a script.
#[derive(Debug)]
pub enum Step {
    /// Runs a simple command.
    Command(Command),
    /// Sets a variable.
    Assign(Assignment),
    /// Sets a variable to an unknown value: `for`, `select`, `read`.
    Forget(String),
}

/// A simple command.
#[derive(Debug)]
pub struct Command {
    /// The words, the command's name first; never empty.
    pub words: Vec<Word>,
    /// From the first word to the last.
    pub span: Span,
    /// Whether it may not run: it is in a branch, a loop or a function, or follows `&&` or `||`.
    pub conditional: bool,
    /// The number of its pipeline, and its position in it; a command alone is a pipeline of one.
    pub pipeline: (u32, u32),
    /// The number of the command whose word contains this one (`$(...)`, `<(...)`). Commands are numbered in the order
    /// in which they begin.
    pub inside: Option<u32>,
    /// The number of this command.
    pub number: u32,
    /// Its here-document.
    pub document: Option<Fragment>,
    /// Files its output is redirected to.
    pub writes: Vec<Word>,
    /// Whether the script goes on if it fails, and does nothing about it: `|| true`, `|| echo failed`.
    pub forgiven: bool,
}

/// `name=value`.
#[derive(Debug)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its bytes.
    pub name_span: Span,
    /// The value.
    pub value: AssignedValue,
    /// Whether the value is appended (`+=`).
    pub appends: bool,
    /// Whether it may not run.
    pub conditional: bool,
}

/// The value of an assignment.
#[derive(Debug)]
pub enum AssignedValue {
    /// One word.
    Word(Word),
    /// `(...)`: an array.
    Array(Vec<Word>),
}

/// The programs that run scripts of this notation.
pub const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh"];

/// The deepest nesting that is read.
const DEEPEST: usize = 100;

/// Reads a script.
pub fn parse(fragment: &Fragment) -> (Script, Vec<Problem>) {
    reader::read(fragment)
}

impl Script {
    /// The commands in the order in which they end: a command in `$(...)` comes before the one that contains it.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.steps.iter().filter_map(|step| match step {
            Step::Command(command) => Some(command),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{HOLE, Source};
    use crate::span::SourceId;

    fn read(text: &str) -> (Script, Vec<Problem>) {
        parse(&Fragment::whole(SourceId(0), &Source::new("x.sh", text)))
    }

    /// Each command as its words joined by `|`, holes shown as `□`.
    fn commands(text: &str) -> Vec<String> {
        let (script, problems) = read(text);
        assert_eq!(problems, [], "{text}");
        script.commands().map(words).collect()
    }

    fn words(command: &Command) -> String {
        let words: Vec<_> = command.words.iter().map(|word| word.fragment.text().replace(HOLE, "□")).collect();
        words.join("|")
    }

    #[test]
    fn simple_commands() {
        assert_eq!(
            commands("a b  'c d' \"e $f\" g\\ h # no\ni;j&&k||l&m"),
            ["a|b|c d|e □|g h", "i", "j", "k", "l", "m"]
        );
        assert_eq!(commands("x-$A-$B.tgz ${C:-d}e \"${F}\"g"), ["x-□-□.tgz|□e|□g"]);
        assert_eq!(commands("a \\\n  b \\\n\nc"), ["a|b", "c"]);
        assert_eq!(commands("A=1 B=2 cmd x >out 2>&1 <in"), ["cmd|x"]);
        assert_eq!(commands("echo \"it's\" 'say \"hi\"' $'a\\tb' a#b"), ["echo|it's|say \"hi\"|a\tb|a#b"]);
    }

    #[test]
    fn control_structures_are_transparent() {
        assert_eq!(commands("if [ -z \"$A\" ]; then\n b c\nelse d; fi; e"), ["[|-z|□|]", "b|c", "d", "e"]);
        assert_eq!(commands("for s in a b; do run $s; done"), ["run|□"]);
        assert_eq!(commands("while read x; do y; done < z"), ["read|x", "y"]);
        assert_eq!(commands("case $a in\n x|y) b ;;\n (z) c;;\n *) d\nesac\ne"), ["b", "c", "d", "e"]);
        assert_eq!(commands("f() { a; }\nfunction g { b; }\nfunction h() (c)\nd"), ["a", "b", "c", "d"]);
        assert_eq!(commands("(a; b) && { c; } ; ! d"), ["a", "b", "c", "d"]);
        assert_eq!(commands("[[ -n $a && $b == *.x ]] || c; (( i++ )); for ((i=0;i<3;i++)); do d; done"), ["c", "d"]);
        assert_eq!(commands("echo if then fi }"), ["echo|if|then|fi|}"]);
    }

    #[test]
    fn what_may_not_run_is_conditional() {
        let (script, _) = read("a\nif b; then c; fi\nd && e\nf() { g; }\nh");
        let conditional: Vec<_> = script.commands().filter(|c| c.conditional).map(words).collect();
        assert_eq!(conditional, ["b", "c", "e", "g"]);
    }

    #[test]
    fn pipelines_and_substitutions() {
        let (script, _) = read("curl -s u | sudo bash -\nbash <(curl x)\nsh -c \"$(wget -O- y)\"; z `w v`");
        let all: Vec<_> = script.commands().collect();
        assert_eq!(all[0].pipeline.0, all[1].pipeline.0);
        assert_eq!((all[0].pipeline.1, all[1].pipeline.1), (0, 1));
        let by_number = |number: u32| all.iter().find(|command| command.number == number).map(|c| words(c));
        let inside: Vec<_> = all
            .iter()
            .filter_map(|c| Some((words(c), by_number(c.inside?).expect("the outer command exists"))))
            .collect();
        assert_eq!(
            inside,
            [
                ("curl|x".into(), "bash|□".into()),
                ("wget|-O-|y".into(), "sh|-c|□".into()),
                ("w|v".into(), "z|□".to_owned()),
            ]
        );
    }

    #[test]
    fn assignments_and_arrays() {
        let (script, _) =
            read("A=1\nexport B=\"x y\" C\nD+=(--e --f=1)\nreadonly G=2; local h\nfor i in 1 2; do :; done");
        let assigned: Vec<_> = script
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Assign(assignment) => Some((assignment.name.as_str(), assignment.appends)),
                Step::Forget(name) => Some((name.as_str(), false)),
                Step::Command(_) => None,
            })
            .collect();
        assert_eq!(assigned, [("A", false), ("B", false), ("D", true), ("G", false), ("i", false)]);
    }

    #[test]
    fn here_documents_are_no_commands() {
        let (script, problems) = read("cat <<EOF | tee x\nrm -rf $a\nEOF\nb <<-'X' && c\n\td\n\tX\ne");
        assert_eq!(problems, []);
        assert_eq!(script.commands().map(words).collect::<Vec<_>>(), ["cat", "tee|x", "b", "c", "e"]);
        let first = script.commands().next().and_then(|c| c.document.as_ref()).expect("a here-document");
        assert_eq!(first.text(), "rm -rf $a\n");
    }

    #[test]
    fn spans_are_exact() {
        let text = "gcloud run deploy \"$S\" \\\n  --set-env-vars='A=b c',D=e";
        let (script, _) = read(text);
        let word = &script.commands().next().expect("a command").words[4];
        let at = word.fragment.text().find("b c").expect("the value");
        assert_eq!(&text[word.fragment.span(at..at + 3).range()], "b c");
        assert_eq!(&text[word.span().range()], "--set-env-vars='A=b c',D=e");
    }

    #[test]
    fn nothing_hangs_and_nothing_panics() {
        let repeated = [
            "$(",
            "(",
            "if a; then ",
            "{ ",
            "\"$(",
            "${a:-",
            "cat <<A\n",
            "`",
            "[[ ",
            "((",
            "<(",
            "' \" ",
            "a|",
            "f() ",
            "case a in ",
            "a=(",
            "\\\n",
            "$((",
            "for x in ",
            "\"",
            "<<",
            "é$",
        ];
        for piece in repeated {
            let _ = read(&piece.repeat(100_000 / piece.len()));
        }
    }
}
