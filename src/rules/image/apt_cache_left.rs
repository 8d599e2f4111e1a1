//! Package lists that stay in an image.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Command, Home, PackageCall, PackageManager, Run, Stage};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.dockerfiles.iter().filter(|file| !project.is_tool(file)) {
        for stage in project.shipped_stages(file) {
            for (number, run) in stage.runs.iter().enumerate() {
                let home = Home::Run(file.source, stage.index, number);
                let commands: Vec<&Command> =
                    project.commands.iter().map(|command| &**command).filter(|command| command.home == home).collect();
                one(cx, stage, run, &commands);
            }
        }
    }
}

fn one(cx: &mut Context<'_>, stage: &Stage, run: &Run, commands: &[&Command]) {
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
        finding.help =
            Some("end the same `RUN` with `rm -rf /var/lib/apt/lists/*`, or mount a cache on that folder".to_owned());
        // After the last command, and only if it ends the instruction.
        if let Some(last) = commands
            .iter()
            .map(|command| command.span)
            .max_by_key(|span| span.end)
            .filter(|last| last.end == run.span.end)
        {
            finding.fix = Some(Fix::safe(
                "remove the package lists at the end of the `RUN`",
                vec![Edit::replace(last.tail(), " && rm -rf /var/lib/apt/lists/*")],
            ));
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
