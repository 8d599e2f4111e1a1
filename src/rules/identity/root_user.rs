//! Images whose process runs as root.

use crate::model::{Base, Dockerfile, Stage, Text};
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for file in cx.project.dockerfiles.iter().filter(|file| file.is_complete) {
        for stage in cx.project.final_stages(file) {
            final_stage(cx, file, stage);
        }
    }
}

fn final_stage(cx: &mut Context<'_>, file: &Dockerfile, stage: &Stage) {
    // An entry point that drops its rights by itself starts as root on purpose.
    let is_dropper =
        |word: &Text| ["gosu", "su-exec", "setpriv"].contains(&word.raw().rsplit('/').next().unwrap_or_default());
    let drops = cx
        .project
        .commands
        .iter()
        .any(|command| command.source() == file.source && command.words.iter().any(is_dropper))
        || file
            .lineage(stage)
            .flat_map(|stage| stage.entrypoint.iter().chain(&stage.command))
            .any(|launch| launch.words.iter().any(is_dropper));
    if drops {
        return;
    }
    let help = "create a user and switch to it at the end: `RUN useradd --system app` and `USER app`";
    for ancestor in file.lineage(stage) {
        if let Some(user) = &ancestor.user {
            match user.name.known() {
                Some(name) if is_root(name) => {
                    let message = format!("{} runs as root: its last `USER` is `{name}`", stage.label());
                    cx.flag(user.name.place(), message).help = Some(help.to_owned());
                }
                Some(_) => {}
                None => {
                    if let Some(why) = user.name.why() {
                        cx.unknown(user.span, why);
                    }
                }
            }
            return;
        }
        match &ancestor.base {
            Base::Stage(_) => {}
            // An image that starts nothing carries files, checks something in a build, or is a base for others.
            _ if !starts_something(file, stage, &ancestor.base) => {}
            Base::Scratch => {
                cx.flag(stage.span, format!("{} runs as root: it sets no `USER` on an empty image", stage.label()))
                    .help = Some("end it with a numeric user, such as `USER 65532`".to_owned());
            }
            Base::Image(image) if image.starts_as_root() == Some(true) => {
                let message =
                    format!("{} runs as root: it sets no `USER`, and `{}` has none", stage.label(), image.shown());
                cx.flag(stage.span, message).help = Some(help.to_owned());
            }
            Base::Image(image) => {
                if image.starts_as_root().is_none() {
                    let why = crate::model::Why::Other(format!("the user of `{}` is not known", image.shown()).into());
                    cx.unknown(image.text.span(), &why);
                }
            }
            Base::Unknown(why) => cx.unknown(ancestor.span, why),
        }
    }
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next().unwrap_or_default(), "root" | "0")
}

/// Whether the image runs a process of its own: it names one, or is built on a server.
fn starts_something(file: &Dockerfile, stage: &Stage, base: &Base) -> bool {
    let is_server = matches!(base, Base::Image(image) if matches!(image.hub_name(), Some("nginx" | "httpd" | "caddy")));
    is_server || file.lineage(stage).any(|stage| stage.entrypoint.is_some() || stage.command.is_some())
}
