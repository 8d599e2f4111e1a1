//! Images that ship the tools they were built with.

use crate::catalogue::Context;
use crate::model::{Home, Invocation, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.dockerfiles.iter().filter(|file| file.stages.len() == 1) {
        let builds = project.commands.iter().find_map(|command| {
            matches!(command.home, Home::Run(source, ..) if source == file.source)
                .then_some(&command.invocation)
                .and_then(|invocation| if let Invocation::Compile(tools) = invocation { Some(*tools) } else { None })
        });
        if builds.is_none() {
            // A script of the repository may compile something.
            let scripts = project.commands.iter().filter(|command| {
                matches!(command.home, Home::Run(source, ..) if source == file.source)
                    && command.program().is_some_and(|program| program.raw().starts_with("./"))
            });
            for script in scripts {
                cx.unknown(script.span, &Why::Other("the commands of the script are not known".into()));
            }
        }
        if let (Some(tools), Some(stage)) = (builds, file.stages.first()) {
            cx.flag(stage.span, format!("{} ships {tools} along with the build result", stage.label())).help =
                Some("build in a separate stage, and copy the result with `COPY --from`".to_owned());
        }
    }
}
