//! Images that ship the tools they were built with.

use crate::catalogue::Context;
use crate::model::{Command, Home, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.dockerfiles.iter().filter(|file| file.stages.len() == 1) {
        let commands = || {
            let is_here = |command: &Command| matches!(command.home, Home::Run(source, ..) if source == file.source);
            project.commands.iter().filter(move |command| is_here(command))
        };
        let builds = commands().find_map(|command| command.leaves_tools());
        if builds.is_none() {
            // A script of the repository may compile something.
            let is_script =
                |command: &Command| command.program().is_some_and(|program| program.raw().starts_with("./"));
            for script in commands().filter(|command| is_script(command)) {
                cx.unknown(script.span, &Why::Other("the commands of the script are not known".into()));
            }
        }
        if let (Some(tools), Some(stage)) = (builds, file.stages.first()) {
            cx.flag(stage.span, format!("{} ships {tools} along with the build result", stage.label())).help =
                Some("build in a separate stage, and copy the result with `COPY --from`".to_owned());
        }
    }
}
