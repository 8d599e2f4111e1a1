//! Servers that listen on another port than the one Cloud Run sends requests to.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::attribute::{COMMAND, PORT};
use crate::model::{Dockerfile, Image, Launch, Project, Setting, Stage, Text, Why, Workload};
use std::sync::Arc;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    let repository = |service: &Workload| {
        service.ingress_container().and_then(|container| Some(container.image.known()?.0.repository()))
    };
    let services: Vec<Running<'_>> = project.services().map(|service| (service, repository(service))).collect();
    for file in &project.dockerfiles {
        for stage in project.final_stages(file) {
            let launch = file.lineage(stage).find_map(|stage| stage.command.as_ref().or(stage.entrypoint.as_ref()));
            let Some((port, text)) = launch.and_then(fixed_port) else { continue };
            match runners(project, file, &services) {
                Ok(running) => one(cx, stage, port, &text, &running),
                Err(why) => cx.unknown(text.span(), &why),
            }
        }
    }
}

/// A service, and the name of its image without tag and digest.
type Running<'a> = (&'a Workload, Option<String>);

/// The services that run the image of a Dockerfile: those whose image a build of it is tagged with, or has the name of
/// its folder; or the only service of a repository with one Dockerfile for production.
fn runners<'a>(project: &Project, file: &Dockerfile, services: &[Running<'a>]) -> Result<Vec<&'a Workload>, Why> {
    let built: Vec<String> = project
        .builds_of(file.source)
        .flat_map(|build| &build.tags)
        .map(|tag| Image::of(tag.clone()).repository())
        .collect();
    let of_image = |is_its: &dyn Fn(&String) -> bool| -> Vec<&'a Workload> {
        let running = services.iter().filter(|(_, image)| image.as_ref().is_some_and(is_its));
        running.map(|(service, _)| *service).collect()
    };
    let linked = of_image(&|image| built.contains(image));
    if !linked.is_empty() {
        return Ok(linked);
    }
    // `services/gateway/Dockerfile` and the image `.../gateway`.
    let name_of = |file: &Dockerfile| {
        let path = &project.file(file.source).path;
        path.rsplit('/').nth(1).map(str::to_owned)
    };
    if let Some(name) = name_of(file).filter(|_| built.is_empty()) {
        let is_same = |other: &&Arc<Dockerfile>| name_of(other).as_deref() == Some(&*name);
        let named = of_image(&|image| image.rsplit('/').next() == Some(&*name));
        if !named.is_empty() && project.dockerfiles.iter().filter(is_same).count() == 1 {
            return Ok(named);
        }
    }
    let is_for_production = |file: &&Arc<Dockerfile>| !project.file(file.source).environment.is_set_aside();
    match services {
        [] => Ok(Vec::new()),
        [(only, _)] if project.dockerfiles.iter().filter(is_for_production).count() == 1 => Ok(vec![*only]),
        _ => Err(Why::Other("it is not known which service runs this image".into())),
    }
}

/// Compares the port of a server with the ports of the services that run it.
fn one(cx: &mut Context<'_>, stage: &Stage, port: f64, text: &Text, services: &[&Workload]) {
    let mut expected: Vec<(f64, Option<Label>)> = Vec::new();
    for service in services {
        let Some(container) = service.ingress_container() else { continue };
        // A service with a command of its own does not run the one of the image.
        if container.settings.writes(COMMAND) {
            return;
        }
        match container.settings.get(PORT) {
            Setting::Known(port, place) => {
                let message = format!("{} gets requests on this port", service.label());
                expected.push((port, Some(Label { span: place.span, message })));
            }
            Setting::Absent(_) => expected.push((8080.0, None)),
            Setting::Unknown(here, why) => {
                cx.unknown(here, &why);
                return;
            }
        }
    }
    if !expected.is_empty() && expected.iter().all(|(other, _)| *other != port) {
        flag(cx, stage, port, text, &expected);
    }
}

fn flag(cx: &mut Context<'_>, stage: &Stage, port: f64, text: &Text, expected: &[(f64, Option<Label>)]) {
    let (other, label) = &expected[0];
    let finding = cx.flag(
        text.place(),
        format!("{} listens on port {port}, but Cloud Run sends requests to port {other}", stage.label()),
    );
    finding.related.extend(label.clone());
    finding.help = Some("listen on `$PORT`, which Cloud Run sets, or set the container port to this one".to_owned());
}

/// The port fixed on a server's command line; `None` if the command line reads `$PORT` or has no port.
fn fixed_port(launch: &Launch) -> Option<(f64, Text)> {
    let mentions = |text: &Text| text.raw().contains("PORT");
    if launch.words.iter().any(mentions) || launch.line.as_ref().is_some_and(mentions) || launch.commands > 1 {
        return None;
    }
    const FLAGS: &[&str] =
        &["--port", "-p", "--server.port", "--bind", "-b", "--listen", "--http-port", "--address", "--addr"];
    let program = launch.words.first()?.raw().rsplit('/').next()?;
    let mut words = launch.words.iter().skip(1);
    while let Some(word) = words.next() {
        let raw = word.raw();
        let value = match raw.split_once('=') {
            Some((flag, _)) if FLAGS.contains(&flag) => word.split_once('=').map(|(_, value)| value),
            None if FLAGS.contains(&raw) => words.next().cloned(),
            // `-b0.0.0.0:80` of gunicorn.
            None if raw.starts_with("-b") && raw.contains(':') && program == "gunicorn" => Some(word.clone()),
            _ => None,
        };
        let Some(value) = value else { continue };
        let number = value.known()?.rsplit(':').next()?.parse::<u32>().ok().filter(|port| (1..=65535).contains(port));
        if let Some(port) = number {
            return Some((f64::from(port), value));
        }
    }
    None
}
