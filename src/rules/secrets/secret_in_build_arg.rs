//! Secrets that are passed to an image build as arguments.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{BuildFile, names_secret};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let help = "mount it in the `RUN` that needs it, with `--mount=type=secret,id=...`";
    for file in &project.dockerfiles {
        let mut told: Vec<&str> = Vec::new();
        for argument in file.arguments.iter().chain(file.stages.iter().flat_map(|stage| &stage.arguments)) {
            if !names_secret(&argument.name) || told.contains(&argument.name.as_str()) {
                continue;
            }
            told.push(&argument.name);
            let passes = project
                .builds_of(file.source)
                .flat_map(|build| &build.arguments)
                .filter(|(name, _)| name.raw() == argument.name);
            let related =
                passes.map(|(name, _)| Label { span: name.span(), message: "this build passes it".to_owned() });
            let finding = cx.flag(
                argument.name_span,
                format!(
                    "the secret `{}` is a build argument, so its value stays in the image's history",
                    argument.name
                ),
            );
            finding.related.extend(related);
            finding.help = Some(help.to_owned());
        }
    }
    for build in project.builds.iter().filter(|build| !matches!(build.file, BuildFile::Found(_))) {
        for (name, why) in build.arguments.iter().filter_map(|(name, _)| Some((name, name.why()?))) {
            cx.unknown(name.span(), why);
        }
        for (name, _) in build.arguments.iter().filter(|(name, _)| name.known().is_some_and(names_secret)) {
            let message = format!(
                "the secret `{}` is passed as a build argument, so its value stays in the image's history",
                name.shown()
            );
            cx.flag(name.place(), message).help = Some(help.to_owned());
        }
    }
}
