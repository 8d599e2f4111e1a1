//! Downloads that a shell or an interpreter runs at once.

use crate::catalogue::Context;
use crate::model::{Command, Home, Invocation, ProgramSource};
use std::collections::HashMap;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    // Commands of one script have the same home; `inside` names a command by its number there.
    let mut by_number: HashMap<(Home, u32), &Command> = HashMap::new();
    let mut by_pipeline: HashMap<(Home, u32), Vec<&Command>> = HashMap::new();
    for command in &project.commands {
        by_number.insert((command.home, command.number), command);
        by_pipeline.entry((command.home, command.pipeline.0)).or_default().push(command);
    }
    for download in project.commands.iter().filter(|command| command.downloads()) {
        // What the other jobs of a workflow run has nothing of the deployment.
        if !project.is_of_deployment(download) {
            continue;
        }
        let pipeline = &by_pipeline[&(download.home, download.pipeline.0)];
        let piped = pipeline.iter().find(|command| {
            command.pipeline.1 > download.pipeline.1 && command.runs_program_from(ProgramSource::Input)
        });
        let around = download
            .inside
            .and_then(|number| by_number.get(&(download.home, number)))
            .filter(|command| matches!(command.invocation, Invocation::Run(_)));
        let Some(runner) = piped.or(around) else {
            let next = pipeline.iter().find(|command| command.pipeline.1 == download.pipeline.1 + 1);
            if let Some((word, why)) = next.and_then(|next| next.program()).and_then(|w| Some((w, w.why()?))) {
                cx.unknown(word.span(), why);
            }
            continue;
        };
        let program = runner.program().map(|word| word.shown()).unwrap_or_default();
        let message = format!("{} runs a download with `{program}` without verifying it", project.home(download));
        let finding = cx.flag(download.span, message);
        finding.help = Some(
            "download to a file, verify its digest (`sha256sum -c`) and then run it, or install a pinned package"
                .to_owned(),
        );
        finding.label = Some("downloaded here".to_owned());
    }
}
