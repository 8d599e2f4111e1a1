//! Package lists that stay in an image.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Base, Command, Dockerfile, Home, PackageCall, PackageManager, Run, Stage};
use std::collections::HashMap;

type Commands<'a> = HashMap<Home, Vec<&'a Command>>;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let mut commands: Commands<'_> = HashMap::new();
    for command in project.commands.iter().filter(|command| matches!(command.home, Home::Run(..))) {
        commands.entry(command.home).or_default().push(command);
    }
    for file in project.dockerfiles.iter().filter(|file| !project.is_tool(file)) {
        let above = above(file, &commands);
        for stage in project.shipped_stages(file) {
            let mut later = above[stage.index];
            for (number, run) in stage.runs.iter().enumerate().rev() {
                let commands =
                    commands.get(&Home::Run(file.source, stage.index, number)).map_or(&[][..], Vec::as_slice);
                one(cx, stage, run, commands, later);
                later = later.max(Later::of(commands));
            }
        }
    }
}

/// What is done with the package lists of a `RUN` behind it, in its stage and in the stages on top.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Later {
    /// Nothing is installed, or the lists are downloaded again first.
    Nothing,
    /// It is not known: a program of the repository runs.
    Unknown,
    /// Something is installed from these lists.
    Installs,
}

impl Later {
    /// What one `RUN` does with the lists that it finds.
    fn of(commands: &[&Command]) -> Self {
        let mut later = Self::Nothing;
        for command in commands {
            match command.packages_of(PackageManager::Apt) {
                Some(call) if call.updates_index => return later,
                Some(call) if call.installs => return Self::Installs,
                None if is_of_repository(command) => later = Self::Unknown,
                _ => {}
            }
        }
        later
    }
}

/// For each stage, what the stages on top of it do.
fn above(file: &Dockerfile, commands: &Commands<'_>) -> Vec<Later> {
    let mut above = vec![Later::Nothing; file.stages.len()];
    for stage in file.stages.iter().rev() {
        let Base::Stage(below) = stage.base else { continue };
        let homes = (0..stage.runs.len()).map(|number| Home::Run(file.source, stage.index, number));
        let own = homes.filter_map(|home| commands.get(&home)).map(|commands| Later::of(commands)).max();
        above[below] = above[below].max(above[stage.index]).max(own.unwrap_or(Later::Nothing));
    }
    above
}

/// Whether a command runs a program that may do anything: it is unknown, named by a path, or a script.
fn is_of_repository(command: &Command) -> bool {
    match command.program().map(|word| word.known()) {
        Some(Some(name)) => {
            name.contains('/') && !name.starts_with("/usr/") && !name.starts_with("/bin/")
                || matches!(command.program_name(), "sh" | "bash" | "source" | "." | "make")
        }
        Some(None) | None => true,
    }
}

fn one(cx: &mut Context<'_>, stage: &Stage, run: &Run, commands: &[&Command], later: Later) {
    let thing = format!("{} of {}", stage.label(), cx.project.file(run.span.source).path);
    for (word, why) in commands.iter().filter_map(|command| command.words.first()).filter_map(|w| Some((w, w.why()?))) {
        cx.unknown(word.span(), why);
    }
    let apt = |wants: fn(&PackageCall) -> bool| {
        commands.iter().find(move |command| command.packages_of(PackageManager::Apt).is_some_and(wants))
    };
    let (updates, installs) = (apt(|call| call.updates_index), apt(|call| call.installs));
    let cleans = commands.iter().any(|command| command.removes("/var/lib/apt"));
    let is_mounted = run.mounts.iter().any(|mount| mount.starts_with("/var/lib/apt"));
    if let (Some(_), Some(install)) = (updates, installs)
        && !cleans
        && !is_mounted
    {
        let finding = cx
            .flag(install.span, format!("{} keeps the package lists of `apt-get update` in the image", stage.label()));
        finding.subject = Some("apt".to_owned());
        finding.cause = Some(Cause::same(thing.clone(), String::new()));
        finding.help = Some(match later {
            Later::Installs => "a later `RUN` installs from these lists: make the two one, and end it with `rm -rf /var/lib/apt/lists/*`",
            _ => "end the same `RUN` with `rm -rf /var/lib/apt/lists/*`, or mount a cache on that folder",
        }.to_owned());
        // After the last command, and only if it ends the instruction.
        let last = commands.iter().map(|command| command.span).max_by_key(|span| span.end);
        if let Some(last) = last.filter(|last| last.end == run.span.end && !run.is_exec && later != Later::Installs) {
            let sudo = if install.words.first().is_some_and(|word| word.raw() == "sudo") { "sudo " } else { "" };
            let edits = vec![Edit::replace(last.tail(), format!(" && {sudo}rm -rf /var/lib/apt/lists/*"))];
            let title = "remove the package lists at the end of the `RUN`";
            finding.fix =
                Some(if later == Later::Nothing { Fix::safe(title, edits) } else { Fix::risky(title, edits) });
        }
    }
    let of_apk = |wants: fn(&PackageCall) -> bool| {
        commands.iter().find(move |command| command.packages_of(PackageManager::Apk).is_some_and(wants))
    };
    let apk = of_apk(|call| call.installs && !call.keeps_no_index);
    let removes = commands.iter().any(|command| command.removes("/var/cache/apk"));
    let asks_cache = of_apk(|call| call.updates_index).is_some();
    if let Some(apk) = apk.filter(|_| {
        asks_cache
            && !removes
            && !run.mounts.iter().any(|mount| mount.starts_with("/var/cache/apk") || mount.starts_with("/etc/apk"))
    }) {
        let finding = cx.flag(apk.span, format!("{} keeps the package index of `apk` in the image", stage.label()));
        finding.subject = Some("apk".to_owned());
        finding.cause = Some(Cause::same(thing, String::new()));
        finding.help = Some("install with `apk add --no-cache`".to_owned());
    }
}
