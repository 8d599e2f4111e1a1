//! Images whose process runs as root.

use crate::catalogue::Context;
use crate::finding::{Cause, Edit, Fix};
use crate::model::{Base, Dockerfile, Image, Pin, Stage, Text, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for file in project.dockerfiles.iter().filter(|file| file.is_complete && !project.is_tool(file)) {
        for stage in cx.project.final_stages(file) {
            final_stage(cx, file, stage);
        }
    }
}

fn final_stage(cx: &mut Context<'_>, file: &Dockerfile, stage: &Stage) {
    // An entry point that drops its privileges starts as root on purpose.
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
    let base = file.lineage(stage).find_map(|stage| match &stage.base {
        Base::Image(image) => Some(image),
        _ => None,
    });
    let help = || match base.and_then(user_of) {
        Some((lines, _)) => {
            let lines: Vec<String> = lines.lines().map(|line| format!("`{line}`")).collect();
            format!("switch to a user at the end of the stage: {}", lines.join(" and "))
        }
        None if base.and_then(Image::hub_name) == Some("nginx") => {
            // <https://hub.docker.com/r/nginxinc/nginx-unprivileged>: other folders for its files, and port 8080.
            "build it on `nginxinc/nginx-unprivileged`, which listens on port 8080 and needs no root".to_owned()
        }
        None => "create a user with the tools of the base image, and switch to it with `USER` at the end of the stage"
            .to_owned(),
    };
    for ancestor in file.lineage(stage) {
        if let Some(user) = &ancestor.user {
            match user.name.known() {
                Some(name) if is_root(name) => {
                    let message = format!("{} runs as root: its last `USER` is `{name}`", stage.label());
                    cx.flag(user.name.place(), message).help = Some(help());
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
            Base::Image(image) if image.starts_as_root().is_none() => {
                let why = Why::Other(format!("the default user of `{}` is not known", image.shown()).into());
                cx.unknown(image.text.span(), &why);
            }
            // An image without a process only carries files, runs a check in a build, or is a base for others.
            _ if !starts_something(file, stage, &ancestor.base) => {}
            Base::Scratch => {
                let message = format!("{} runs as root: it sets no `USER` on top of `scratch`", stage.label());
                let fix = switch(cx, stage, "USER 65532\n", "65532");
                let finding = cx.flag(stage.span, message);
                finding.help = Some("end it with a numeric user, such as `USER 65532`".to_owned());
                finding.fix = fix;
            }
            Base::Image(image) if image.starts_as_root() == Some(true) => {
                let message = format!(
                    "{} runs as root: it sets no `USER`, and its base `{}` runs as root",
                    stage.label(),
                    image.shown()
                );
                let fix = user_of(image).and_then(|(lines, user)| switch(cx, stage, lines, user));
                let finding = cx.flag(stage.span, message);
                finding.cause = Some(Cause::same(image.repository(), String::new()));
                finding.help = Some(help());
                finding.fix = fix;
            }
            Base::Image(_) => {}
            Base::Unknown(why) => cx.unknown(ancestor.span, why),
        }
    }
}

/// The lines that switch an image to a non-root user, created if the image has none, and the name of that user.
fn user_of(image: &Image) -> Option<(&'static str, &'static str)> {
    const ALPINE: &str = "RUN adduser -S -D -H -u 10001 app\nUSER app\n";
    const DEBIAN: &str = "RUN useradd --system --uid 10001 app\nUSER app\n";
    if image.repository().starts_with("gcr.io/distroless/") {
        return Some(("USER nonroot\n", "nonroot"));
    }
    let is_alpine = matches!(&image.pin, Pin::Tag(tag) if tag.contains("alpine"));
    match image.hub_name()? {
        "node" => Some(("USER node\n", "node")),
        "alpine" => Some((ALPINE, "app")),
        "python" | "golang" | "ruby" | "rust" | "php" | "eclipse-temurin" | "debian" | "ubuntu" => {
            Some((if is_alpine { ALPINE } else { DEBIAN }, "app"))
        }
        _ => None,
    }
}

/// A fix that inserts the lines before the first `ENTRYPOINT` or `CMD` behind every `RUN`, which may need root. There is none
/// if the process would hardly start as another user.
fn switch(cx: &Context<'_>, stage: &Stage, lines: &str, user: &str) -> Option<Fix> {
    let last = stage.runs.iter().map(|run| run.span.end).max().unwrap_or_default();
    let launches = stage.entrypoint.iter().chain(&stage.command).map(|launch| launch.span);
    let here = launches.filter(|span| span.start >= last).min_by_key(|span| span.start)?.head();
    let number = |port: &Text| port.raw().split('/').next().and_then(|port| port.parse::<u16>().ok());
    let is_privileged = |port: &Text| number(port).is_some_and(|port| port < 1024);
    let is_of_root = |folder: &Text| format!("{}/", folder.raw()).starts_with("/root/");
    // A user that the stage makes is the one to switch to.
    if cx.project.makes_user(stage) || stage.ports.iter().any(is_privileged) || stage.folders.iter().any(is_of_root) {
        return None;
    }
    Some(Fix::risky(format!("run it as `{user}`"), vec![Edit::replace(here, lines)]))
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next().unwrap_or_default(), "root" | "0")
}

/// Whether the image starts a process: it has an `ENTRYPOINT` or `CMD`, or is built on a server image.
fn starts_something(file: &Dockerfile, stage: &Stage, base: &Base) -> bool {
    let is_server = matches!(base, Base::Image(image) if matches!(image.hub_name(), Some("nginx" | "httpd" | "caddy")));
    is_server || file.lineage(stage).any(|stage| stage.entrypoint.is_some() || stage.command.is_some())
}
