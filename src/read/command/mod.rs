//! What commands do: each program's words are interpreted here and nowhere else.

mod docker;
pub(crate) mod gcloud;
mod manifests;
mod packages;
mod terraform;

use crate::model::{
    Command, ComposeCall, Facts, Home, Installation, Invocation, ProgramSource, Text, Why, Workload, Written,
};
use crate::source::Fragment;
use crate::syntax::shell::SHELLS;
use std::sync::Arc;

/// Interprets every command, and adds the facts that follow: what it deploys, grants, opens, installs and passes on.
pub(crate) fn interpret(facts: &mut Facts) {
    for command in &mut facts.commands {
        Arc::make_mut(command).invocation = invocation(command);
    }
    for command in &facts.commands {
        facts.compose_calls.extend(compose_calls(command));
        if let Some(line) = gcloud::parse(command) {
            facts.rejections.extend(line.rejection());
            facts.workloads.extend(gcloud::workload(&line).map(Arc::new));
        }
        facts.named_values.extend(gcloud::passwords(command));
        facts.grants.extend(gcloud::grant(command));
        facts.firewalls.extend(gcloud::firewall(command));
        facts.manifest_installs.extend(manifests::install(command).map(Arc::new));
        facts.script_calls.extend(manifests::script(command).map(Arc::new));
        if let Invocation::Packages(call) = &command.invocation
            && !(call.open.is_empty() && call.unknown.is_empty())
        {
            facts.installations.push(Installation {
                kind: call.kind,
                open: call.open.clone(),
                unknown: call.unknown.clone(),
                command: Command::clone(command),
            });
        }
    }
    read_in_order(&mut facts.workloads);
}

/// What a build step does with Compose files; scripts are read as a whole, with their here-documents.
fn compose_calls(command: &Command) -> Vec<ComposeCall> {
    if !matches!(command.home, Home::Step(..)) {
        return Vec::new();
    }
    let line: Vec<&str> = command.words.iter().map(Text::raw).collect();
    super::compose::calls(&Fragment::standing_for(&line.join(" "), command.span))
}

/// A command that deploys leaves to a later `update` of the same service in the same file what that update sets.
fn read_in_order(workloads: &mut [Arc<Workload>]) {
    let why = Why::Other("a later command of this file sets it".into());
    for index in 1..workloads.len() {
        let (before, rest) = workloads.split_at_mut(index);
        let update = &rest[0];
        let is_update = matches!(&update.written, Written::Command(verb) if verb.ends_with("update"));
        let Some(name) = update.name.known().filter(|_| is_update).map(|(name, _)| name.raw()) else { continue };
        let is_same = |other: &&mut Arc<Workload>| {
            other.kind == update.kind
                && other.span.source == update.span.source
                && matches!(other.written, Written::Command(_))
                && other.name.known().is_some_and(|(other, _)| other.raw() == name)
        };
        for earlier in before.iter_mut().filter(is_same) {
            let earlier = Arc::make_mut(earlier);
            earlier.settings.give_way(&update.settings, &why);
            for (container, changed) in earlier.containers.iter_mut().zip(&update.containers) {
                container.settings.give_way(&changed.settings, &why);
            }
        }
    }
}

/// Interpreters that run a program from standard input, without the version that `python3.12` has in its name.
const INTERPRETERS: &[&str] = &["python", "perl", "ruby", "node", "php"];
/// Verbs of Git that create or change files.
const GIT_WRITES: [&str; 6] = ["clone", "checkout", "pull", "submodule", "fetch", "sparse-checkout"];
/// Programs that create or change files.
const WRITES_FILES: &[&str] = &["tar", "unzip", "cp", "mv", "rsync", "tee", "touch", "envsubst", "ln", "gcs-fetcher"];

/// Build programs, the arguments that make them build, and the tools they leave behind, for messages.
const COMPILERS: &[(&str, &[&str], &str)] = &[
    ("go", &["build", "install"], "the Go toolchain"),
    ("cargo", &["build", "install"], "the Rust toolchain"),
    ("mvn", &["package", "install", "verify"], "Maven and the JDK"),
    ("gradle", &["build", "assemble", "bootJar"], "Gradle and the JDK"),
    ("gradlew", &["build", "assemble", "bootJar"], "Gradle and the JDK"),
    ("dotnet", &["publish", "build"], "the .NET SDK"),
    ("npm", &["build"], "the development packages"),
    ("yarn", &["build"], "the development packages"),
    ("pnpm", &["build"], "the development packages"),
    ("make", &[""], "the build tools"),
];

/// What a command does.
fn invocation(command: &Command) -> Invocation {
    if let Some(build) = docker::image_build(command) {
        return Invocation::BuildImage(Box::new(build));
    }
    if let Some(call) = packages::call(command) {
        return Invocation::Packages(call);
    }
    if let Some(call) = terraform::call(command) {
        return Invocation::Terraform(Box::new(call));
    }
    if tests(command) {
        return Invocation::Test;
    }
    if let Some(tools) = compiles(command) {
        return Invocation::Compile(tools);
    }
    let says = |words: &[&str]| command.words.iter().any(|word| words.contains(&word.raw()));
    let any = |is_it: &dyn Fn(&str) -> bool| command.words.iter().any(|word| is_it(word.raw()));
    match command.program_name() {
        "curl" => Invocation::Download { to_file: any(&is_output_flag) },
        "wget" => Invocation::Download { to_file: true },
        "cd" | "pushd" => Invocation::ChangeFolder,
        name if WRITES_FILES.contains(&name) => Invocation::WriteFiles,
        "git" if says(&GIT_WRITES) => Invocation::WriteFiles,
        "gsutil" | "gcloud" if says(&["cp", "rsync"]) => Invocation::WriteFiles,
        "sed" if any(&|word| word.starts_with("-i")) => Invocation::WriteFiles,
        "gcloud" if submits(command) => Invocation::SubmitBuild,
        name if deploys(command, name) => Invocation::Deploy,
        name if signs_in_with_key(command, name) => Invocation::SignInWithKey,
        "rm" | "find" => Invocation::Remove(command.bare()[1..].to_vec()),
        name => program_source(command, name).map_or(Invocation::Other, Invocation::Run),
    }
}

/// Whether it is `gcloud builds submit`.
fn submits(command: &Command) -> bool {
    let words: Vec<&str> = command.bare().iter().skip(1).take(5).map(|word| word.raw()).collect();
    words.contains(&"builds") && words.contains(&"submit")
}

/// Whether it signs in with the exported key of a service account
/// (<https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key>).
fn signs_in_with_key(command: &Command, program: &str) -> bool {
    let words = command.bare();
    match program {
        "gcloud" => words.windows(2).any(|pair| pair[0].raw() == "auth" && pair[1].raw() == "activate-service-account"),
        "docker" | "podman" => {
            words.get(1).is_some_and(|verb| verb.raw() == "login")
                && words.iter().any(|word| word.raw().trim_start_matches("--username=").starts_with("_json_key"))
        }
        _ => false,
    }
}

/// Whether it runs the tests of the program: `pytest`, `npm test`, `go test ./...`, `python -m pytest`.
fn tests(command: &Command) -> bool {
    let words = command.bare();
    let raw = |at: usize| words.get(at).map_or("", Text::raw);
    match command.program_name() {
        "pytest" | "tox" | "nox" | "jest" | "vitest" | "rspec" | "phpunit" => true,
        "npm" | "yarn" | "pnpm" | "bun" => raw(1) == "test" || raw(1) == "run" && raw(2).starts_with("test"),
        "go" | "cargo" | "dotnet" | "mvn" | "mvnw" | "gradle" | "gradlew" | "make" | "bazel" | "flutter" => {
            raw(1) == "test"
        }
        "python" | "python3" => raw(1) == "-m" && matches!(raw(2), "pytest" | "unittest"),
        "uv" | "poetry" | "pipenv" | "hatch" | "pdm" => raw(1) == "run" && raw(2) == "pytest",
        _ => false,
    }
}

/// Whether it changes what runs.
fn deploys(command: &Command, program: &str) -> bool {
    let words = command.bare().iter().skip(1).map(|word| word.raw()).filter(|word| !word.starts_with('-'));
    let words: Vec<&str> = words.filter(|word| !matches!(*word, "alpha" | "beta")).take(4).collect();
    matches!(
        (program, words.as_slice()),
        ("gcloud", ["run", "deploy" | "compose", ..])
            | ("gcloud", ["run", "services" | "jobs" | "worker-pools", "replace" | "update" | "deploy" | "create", ..])
            | ("gcloud", ["functions", "deploy", ..])
            | ("gcloud", ["app", "deploy", ..])
            | ("gcloud", ["deploy", "releases", "create" | "promote", ..])
            | ("kubectl", ["apply" | "replace" | "set" | "patch", ..])
            | ("helm", ["upgrade" | "install", ..])
            | ("skaffold", ["run" | "deploy", ..])
            | ("firebase", ["deploy", ..])
    )
}

/// `-o`, `-O`, `-fsSLo`, `--output`, `--remote-name`.
fn is_output_flag(raw: &str) -> bool {
    raw.starts_with("--output")
        || raw.starts_with("--remote-name")
        || raw.starts_with('-') && !raw.starts_with("--") && raw.to_ascii_lowercase().ends_with('o')
}

/// Where a shell or an interpreter takes its program from: `sh`, `bash -s`; or `bash <(...)`, `sh -c "$(...)"`,
/// `eval "$(...)"`. `None` for other programs.
fn program_source(command: &Command, name: &str) -> Option<ProgramSource> {
    let arguments: Vec<&str> = command.bare().iter().skip(1).map(|word| word.raw()).collect();
    if SHELLS.contains(&name) {
        return Some(if shell_reads_input(&arguments) { ProgramSource::Input } else { ProgramSource::Argument });
    }
    if matches!(name, "eval" | "source" | ".") {
        return Some(ProgramSource::Argument);
    }
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let reads = INTERPRETERS.contains(&plain) && (arguments.is_empty() || arguments[0] == "-");
    reads.then_some(ProgramSource::Input)
}

/// Whether a shell with these arguments reads its script from standard input.
fn shell_reads_input(arguments: &[&str]) -> bool {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "-" | "-s" => return true,
            // `-o pipefail`, `-euo pipefail`
            option if option.starts_with(['-', '+']) && !option.starts_with("--") && option.ends_with('o') => {
                rest.next();
            }
            option if option.starts_with('-') && !option.starts_with("--") && option.contains(['c', 's']) => {
                return !option.contains('c');
            }
            option if option.starts_with(['-', '+']) => {}
            _ => return false,
        }
    }
    true
}

/// Whether a command is a shell that reads its script from standard input.
pub(super) fn is_shell_of_input(command: &Command) -> bool {
    let name = command.program_name();
    SHELLS.contains(&name) && program_source(command, name) == Some(ProgramSource::Input)
}

/// The tools that compiling with a command leaves in an image.
fn compiles(command: &Command) -> Option<&'static str> {
    let name = command.program_name();
    let (_, verbs, tools) = COMPILERS.iter().find(|(program, ..)| *program == name)?;
    let has_verb = verbs.contains(&"") || command.bare().iter().skip(1).take(3).any(|word| verbs.contains(&word.raw()));
    has_verb.then_some(*tools)
}
