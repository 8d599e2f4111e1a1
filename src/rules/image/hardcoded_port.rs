//! Servers that listen on another port than the one Cloud Run sends requests to.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::attribute::{COMMAND, PORT};
use crate::model::{Launch, Setting, Stage, Text};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    // The ports on which the services of this repository get requests; if one is unknown, the rule is silent.
    let mut expected: Vec<(f64, Option<Label>)> = Vec::new();
    for service in project.services() {
        let Some(container) = service.ingress_container() else { return };
        match container.settings.get(PORT) {
            Setting::Known(port, place) => expected.push((
                port,
                Some(Label { span: place.span, message: format!("{} gets requests on this port", service.label()) }),
            )),
            Setting::Absent(_) => expected.push((8080.0, None)),
            Setting::Unknown(here, why) => {
                cx.unknown(here, &why);
                return;
            }
        }
    }
    let is_replaced =
        project.services().any(|service| service.containers.iter().any(|container| container.settings.writes(COMMAND)));
    if expected.is_empty() || is_replaced {
        return;
    }
    for file in &project.dockerfiles {
        for stage in project.final_stages(file) {
            let launch = file.lineage(stage).find_map(|stage| stage.command.as_ref().or(stage.entrypoint.as_ref()));
            let Some((port, text)) = launch.and_then(fixed_port) else { continue };
            if expected.iter().all(|(other, _)| *other != port) {
                flag(cx, stage, port, &text, &expected);
            }
        }
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
