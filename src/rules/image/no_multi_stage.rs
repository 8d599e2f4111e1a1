//! Images that ship the tools they were built with.

use crate::catalogue::Context;
use crate::model::{Command, Home};

/// Build programs, the arguments that make them build, and the tools they leave behind, for messages.
const BUILDS: &[(&str, &[&str], &str)] = &[
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

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.dockerfiles.iter().filter(|file| file.stages.len() == 1) {
        let builds = project.commands.iter().find_map(|command| {
            matches!(command.home, Home::Run(source, ..) if source == file.source)
                .then(|| left_behind(command))
                .flatten()
        });
        if let (Some(tools), Some(stage)) = (builds, file.stages.first()) {
            cx.flag(stage.span, format!("{} ships {tools} along with the build result", stage.label())).help =
                Some("build in a separate stage, and copy the result with `COPY --from`".to_owned());
        }
    }
}

fn left_behind(command: &Command) -> Option<&'static str> {
    let words = command.bare();
    let name = words.first()?.known()?;
    let name = name.rsplit('/').next().unwrap_or(name);
    let (_, verbs, tools) = BUILDS.iter().find(|(program, ..)| *program == name)?;
    let has_verb = verbs.contains(&"") || words.iter().skip(1).take(3).any(|word| verbs.contains(&word.raw()));
    has_verb.then_some(*tools)
}
