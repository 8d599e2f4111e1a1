//! Images whose process is a child of a shell and may never receive SIGTERM.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Base, Launch, Stage, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in &project.dockerfiles {
        for stage in project.final_stages(file) {
            // There is no SIGTERM on Windows, and no Windows on Cloud Run.
            if file.lineage(stage).any(|stage| matches!(&stage.base, Base::Image(image) if image.is_of_windows())) {
                continue;
            }
            // The image starts the instruction of the nearest stage that has one, from the stage itself downwards.
            let started = file.lineage(stage).find_map(|stage| {
                stage
                    .entrypoint
                    .as_ref()
                    .filter(|launch| launch.starts_something())
                    .or(stage.command.as_ref())
                    .map(|launch| (stage, launch))
            });
            if let Some((stage, launch)) = started {
                one(cx, stage, launch);
            }
        }
    }
}

fn one(cx: &mut Context<'_>, stage: &Stage, launch: &Launch) {
    if launch.is_exec {
        // `["sh", "-c", "..."]` is the shell form, spelled out.
        let words: Vec<&str> = launch.words.iter().map(|word| word.raw()).collect();
        let [shell, flag, script, ..] = words.as_slice() else { return };
        let is_shell = matches!(shell.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"));
        if is_shell && flag.starts_with('-') && flag.ends_with('c') && !hands_over(script) {
            cx.flag(launch.words[2].place(), message(stage)).help =
                Some("put `exec` in front of the last command of the script".to_owned());
        }
        return;
    }
    if launch.has_own_shell {
        cx.unknown(launch.span, &Why::Other("a `SHELL` instruction sets the shell that runs it".into()));
    }
    let Some(line) = launch.line.as_ref().filter(|line| !launch.has_own_shell && !hands_over(line.raw())) else {
        return;
    };
    if line.raw().trim().is_empty() {
        return;
    }
    let finding = cx.flag(launch.span, message(stage));
    finding.subject = Some("process".to_owned());
    finding.help =
        Some("put `exec` in front of the command, or use the exec form `[\"program\", \"argument\"]`".to_owned());
    if launch.is_one_program() {
        finding.fix = Some(Fix::safe(
            "put `exec` in front of the command",
            vec![Edit::replace(line.trim().span().head(), "exec ")],
        ));
    }
}

fn message(stage: &Stage) -> String {
    format!("{} starts its process through a shell, which may not forward SIGTERM", stage.label())
}

/// Whether a script contains `exec` or an init that forwards signals.
fn hands_over(script: &str) -> bool {
    script
        .split([' ', ';', '&', '|', '\n', '\t'])
        .any(|word| matches!(word, "exec" | "tini" | "dumb-init" | "/tini" | "/sbin/tini" | "supervisord"))
}
