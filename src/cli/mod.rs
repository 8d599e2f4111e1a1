//! Parses arguments, runs a command and returns its exit code; one file per command.

mod baseline;
mod check;
mod config;
mod explain;
mod facts;
mod fix;
mod init;
mod man;
mod names;
mod output;
mod page;
mod phases;
mod problems;
mod rules;
mod setup;
mod streams;

use crate::config::FailOn;
use crate::engine::{guarded, remember_places};
use crate::finding::{RuleId, Severity};
use crate::report::Format;
use crate::report::terminal::{Order, Style};
use crate::visible::visible;
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks, before you merge, whether a repository is fit to run in production on Google Cloud.
#[derive(Debug, Parser)]
#[command(name = "seaworthy", version, about, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  at least one finding at or above --fail-on
  2  could not run, could not write the results, or failed in part

The code is the same if the reader of the output closes it early, as `head` does.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Check files and folders
    Check(CheckArguments),
    /// Show what seaworthy understands of files and folders (the output may change with every release)
    Facts(FactsArguments),
    /// Show the page of a rule, or list the rules of a concern
    Explain {
        /// A rule, a concern, ALL, or a rule of another tool such as DL3007
        #[arg(value_parser = Names, hide_possible_values = true)]
        name: String,
        /// The output format
        #[arg(long, value_enum, default_value = "text")]
        format: ExplainFormat,
    },
    /// Show the settings that apply to a path, and the line each comes from
    Config(ConfigArguments),
    /// Manage the baseline: known findings that are not reported
    #[command(subcommand)]
    Baseline(BaselineAction),
    /// Write a commented configuration file and, on request, files for hooks and pipelines
    Init(InitArguments),
    /// List the rules
    Rules {
        /// The output format
        #[arg(long, value_enum, default_value = "table")]
        format: RulesFormat,
    },
    /// Serve an editor over the Language Server Protocol, on standard input and output
    #[command(visible_alias = "server")]
    Lsp {
        /// Accepted because editors pass it; there is no other transport
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// Write the manual page to standard output
    Man {
        /// Write the pages of all commands into this folder instead
        folder: Option<PathBuf>,
    },
    /// Write completions for a shell to standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// The choice of configuration files.
#[derive(Debug, Clone, Args)]
struct ChoiceArguments {
    /// Use this configuration file for all files [default: for each file the nearest `seaworthy.toml` above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
    /// Treat warnings about configuration files as errors
    #[arg(long)]
    strict_config: bool,
}

#[derive(Debug, Args)]
struct ConfigArguments {
    /// The path to show settings for; it need not exist [default: the root]
    path: Option<PathBuf>,
    /// The root folder [default: the repository of the current folder]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    choice: ChoiceArguments,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Write the JSON Schema of configuration files instead
    #[arg(long)]
    schema: bool,
}

#[derive(Debug, Args)]
struct InitArguments {
    /// The folder to write into
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Also write a hook for pre-commit
    #[arg(long)]
    pre_commit: bool,
    /// Also write a workflow for GitHub
    #[arg(long)]
    github: bool,
    /// Also write a job for GitLab
    #[arg(long)]
    gitlab: bool,
    /// Also write a build step for Cloud Build
    #[arg(long)]
    cloud_build: bool,
}

#[derive(Debug, Subcommand)]
enum BaselineAction {
    /// Write the current findings into a new baseline
    Write(ScopeArguments),
    /// Add new findings to the baseline, and remove resolved ones
    Update(ScopeArguments),
    /// Remove resolved findings from the baseline
    Prune {
        #[command(flatten)]
        scope: ScopeArguments,
        /// Write nothing, and exit with 1 if there are findings to remove
        #[arg(long)]
        check: bool,
    },
}

/// The files, configuration, rules and baseline of a run.
#[derive(Debug, Args)]
struct ScopeArguments {
    /// Files and folders to check; a file given here is checked whatever its name, and `-` is standard input [default:
    /// the current folder]
    paths: Vec<PathBuf>,
    /// With `-`, the path of the file whose text comes from standard input; the rest of the root is read from disk
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    /// The folder that build contexts, modules and shown paths are relative to [default: the nearest folder upward with
    /// `.git`, or with a configuration that says `root = true`]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    choice: ChoiceArguments,
    /// The set of rules to run [default: as configured, or recommended]
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,
    /// Run only these rules, whatever their profile: a rule, a concern such as secrets, ALL, or a rule of another tool
    /// such as DL3007 (repeatable)
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = Names, hide_possible_values = true)]
    select: Vec<String>,
    /// Also run these rules, in addition to those of the profile or of --select (repeatable)
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = Names, hide_possible_values = true)]
    extend_select: Vec<String>,
    /// Don't run these rules (repeatable)
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = Names, hide_possible_values = true)]
    ignore: Vec<String>,
    /// Also report findings that comments silence
    #[arg(long)]
    no_ignores: bool,
    /// The baseline file [default: as configured, or `seaworthy-baseline.json` if it exists]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Also report findings that are in the baseline
    #[arg(long, conflicts_with = "baseline")]
    no_baseline: bool,
}

#[derive(Debug, Args)]
struct FactsArguments {
    /// Files and folders to show facts of [default: the current folder]
    paths: Vec<PathBuf>,
    /// The root folder, from which paths are shown [default: the repository of the paths or of the current folder]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    choice: ChoiceArguments,
    /// The output format
    #[arg(long, value_enum, default_value = "text")]
    format: FactsFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FactsFormat {
    Text,
    Json,
}

impl FactsArguments {
    /// The scope of a run that is only about facts.
    fn scope(&self) -> ScopeArguments {
        ScopeArguments {
            paths: self.paths.clone(),
            stdin_filename: None,
            root: self.root.clone(),
            choice: self.choice.clone(),
            profile: None,
            select: Vec::new(),
            extend_select: Vec::new(),
            ignore: Vec::new(),
            no_ignores: false,
            baseline: None,
            no_baseline: true,
        }
    }
}

/// The change to report on.
#[derive(Debug, Default, Args)]
struct ChangeArguments {
    /// Report only findings that are new since the merge base with this commit, branch or tag
    #[arg(long, value_name = "COMMIT")]
    diff_base: Option<String>,
    /// Check the staged files, and report only findings that are new since the last commit
    #[arg(long, conflicts_with = "diff_base")]
    staged: bool,
}

#[derive(Debug, Args)]
struct CheckArguments {
    #[command(flatten)]
    scope: ScopeArguments,
    #[command(flatten)]
    change: ChangeArguments,
    /// The output format [default: full]
    #[arg(long, value_parser = formats(), value_name = "FORMAT", env = "SEAWORTHY_FORMAT", hide_env_values = true)]
    format: Option<Format>,
    /// Also write findings to a file, as in `sarif=out.sarif` (repeatable)
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output::parse)]
    output: Vec<(Format, PathBuf)>,
    /// The lowest severity that makes the exit code 1 [default: as configured, or warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOnName>,
    /// Show only findings of this severity and above; the exit code does not depend on it
    #[arg(long, value_parser = severities(), value_name = "SEVERITY")]
    severity: Option<Severity>,
    /// The order of findings in `full` and `concise` [default: severity, the most severe last, for `full`; else path]
    #[arg(long, value_enum, value_name = "ORDER")]
    sort: Option<SortName>,
    /// Apply safe fixes, and report the findings that are left
    #[arg(long, conflicts_with = "staged")]
    fix: bool,
    /// With --fix or --diff, also apply fixes that need a review
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show the changes of --fix (or --add-ignores) as a unified diff, and write nothing
    #[arg(long, conflicts_with = "fix")]
    diff: bool,
    /// With --fix or --diff, list the fixes of each file
    #[arg(long)]
    show_fixes: bool,
    /// Add comments that silence the findings, with this reason
    #[arg(long, value_name = "REASON", conflicts_with_all = ["fix", "staged"])]
    add_ignores: Option<String>,
    /// List the questions that could not be decided, and why
    #[arg(long)]
    show_unknown: bool,
    /// List the files that were checked, with kind, environment and the evidence for it
    #[arg(long)]
    show_files: bool,
    /// When to use colour; NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: When,
    /// Write the number of findings of each rule instead of the findings
    #[arg(long)]
    statistics: bool,
    /// Exit with 0 even if there are findings
    #[arg(long)]
    exit_zero: bool,
    /// Exit with 1 if there was no file to check
    #[arg(long)]
    fail_on_nothing: bool,
    /// Exit with 1 if a file could not be checked, or not in full
    #[arg(long)]
    fail_on_unread: bool,
    /// Exit with 1 if --fix changes a file
    #[arg(long, requires = "fix")]
    exit_non_zero_on_fix: bool,
    /// Write how long each phase took, and how many files of each kind were checked
    #[arg(long, short)]
    verbose: bool,
    /// Write neither notes nor the summary
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// For a terminal
    Text,
    /// The page as it is in the repository, with its settings as a list
    Markdown,
    /// The same as in `rules --format json`, with options and page
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RulesFormat {
    Table,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProfileName {
    /// The rules that any reviewer would apply
    Recommended,
    /// All rules, including those that only some teams want
    Strict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOnName {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOnName {
    fn value(self) -> FailOn {
        match self {
            Self::Error => FailOn::AtLeast(Severity::Error),
            Self::Warning => FailOn::AtLeast(Severity::Warning),
            Self::Info => FailOn::AtLeast(Severity::Info),
            Self::Never => FailOn::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SortName {
    /// By path and place
    Path,
    /// By severity, the most severe last
    Severity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("unknown rule `{0}`{1}")]
    NoSuchRule(String, String),
    #[error("`{0}` can't be read: {1}")]
    NoSuchPath(PathBuf, io::Error),
    #[error("`{0}` can't be written: {1}")]
    NotWritten(PathBuf, io::Error),
    #[error("`{0}` is neither a file nor a folder")]
    NeitherFileNorFolder(PathBuf),
    #[error("`{0}` is not in the root `{1}`")]
    OutsideRoot(PathBuf, PathBuf),
    #[error("rule `{0}` can't be ignored: {1} makes it unignorable")]
    Locked(RuleId, String),
    #[error("`{0}` is not a valid baseline: {1}")]
    BadBaseline(PathBuf, String),
    #[error("`{0}` already exists: `seaworthy baseline update` updates it")]
    BaselineExists(PathBuf),
    #[error("there is no baseline at `{0}`: `seaworthy baseline write` creates one")]
    NoBaseline(PathBuf),
    #[error("`-` must be the only path and needs `--stdin-filename`")]
    NoStdinFilename,
    #[error("the reason for `--add-ignores` must be one line of text")]
    NoReason,
    #[error("`--statistics` has no `{0}` format: use `full`, `concise`, `grouped` or `json`")]
    StatisticsFormat(&'static str),
    #[error("a baseline covers the whole repository: give no paths")]
    PartOfBaseline,
    #[error(transparent)]
    History(#[from] crate::walk::Trouble),
    #[error("the configuration can't be used")]
    BadConfiguration,
    #[error("the output can't be written: {0}")]
    Output(#[from] io::Error),
    #[error("the baseline is left as it is: it would lack what could not be checked")]
    Incomplete,
}

/// Runs a command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    remember_places();
    guarded(|| "this command".to_owned(), || answered(arguments)).unwrap_or_else(|failure| {
        streams::tell(&format!("seaworthy: {failure}"));
        ExitCode::from(2)
    })
}

fn answered(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let outcome = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Facts(arguments) => facts::run(&arguments),
        Command::Explain { name, format } => explain::run(&name, format),
        Command::Config(arguments) => config::run(&arguments),
        Command::Baseline(action) => baseline::run(&action),
        Command::Init(arguments) => init::run(&arguments),
        Command::Rules { format } => rules::run(format),
        Command::Lsp { .. } => Ok(ExitCode::from(serve())),
        Command::Man { folder } => man::run(folder.as_deref()),
        Command::Completions { shell } => completions(shell),
    };
    outcome.unwrap_or_else(|error| {
        streams::tell(&format!("seaworthy: {}", visible(&error.to_string())));
        ExitCode::from(2)
    })
}

/// Writes help or the version, which are requested output, or the explanation of a usage error.
fn usage(error: &clap::Error) -> ExitCode {
    let is_error = error.use_stderr();
    let is_terminal = if is_error { streams::err_is_terminal() } else { streams::out_is_terminal() };
    let style = style(When::Auto, is_terminal);
    let text = error.render();
    let text = if style.has_colour { text.ansi().to_string() } else { text.to_string() };
    // If it can't be written, there is no one to tell.
    let _ = if is_error { write!(streams::err_in(style), "{text}") } else { write!(streams::out_in(style), "{text}") };
    ExitCode::from(if is_error { 2 } else { 0 })
}

/// Serves an editor; if a person has typed the command, a message explains that an editor has to start it.
fn serve() -> u8 {
    if io::stdin().is_terminal() {
        streams::tell("seaworthy: this is a language server, to be started by an editor; Ctrl-C ends it");
    }
    crate::lsp::run()
}

fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Error> {
    let mut command = <Arguments as clap::CommandFactory>::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "seaworthy", &mut script);
    streams::print(|out| out.write_all(&script))
}

/// How to render on a stream, after <https://no-color.org> and <https://bixense.com/clicolors/>.
fn style(when: When, is_terminal: bool) -> Style {
    let is_on = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let has_colour = match when {
        When::Always => true,
        When::Never => false,
        When::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        When::Auto => is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE") || (is_terminal && !is_dumb),
    };
    // `COLUMNS` is what a user or a script asks for; a log has the width that reads well.
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| usize::from(width.0));
    let columns = asked.or_else(measured).unwrap_or(100_usize);
    Style { has_colour, has_unicode: !is_dumb, width: columns.clamp(40, 120), order: Order::Path }
}

/// The severities, the highest first.
fn severities() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.into_iter().rev().map(Severity::name))
        .map(|name| Severity::of_name(&name).expect("only names of severities are possible"))
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name))
        .map(|name| Format::of_name(&name).expect("only names of formats are possible"))
}

/// Names of rules: completions know our own, and any name is accepted, so that [`no_such_rule`] can answer an unknown one.
#[derive(Debug, Clone, Copy)]
struct Names;

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(names::own().map(PossibleValue::new)))
    }
}

/// The error for an unknown name, with the most similar one: `, did you mean ...?`
fn no_such_rule(name: &str) -> Error {
    let nearest = names::nearest(name)
        .map_or_else(|| "; `seaworthy rules` lists all rules".to_owned(), |known| format!(", did you mean `{known}`?"));
    Error::NoSuchRule(name.to_owned(), nearest)
}
