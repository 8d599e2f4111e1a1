//! Commands that build images: `docker build`, `docker buildx build`, `podman build`, `buildah bud`, `nerdctl build`
//! and kaniko.

use crate::known::docker;
use crate::model::{Command, ImageBuild, Text};
use crate::source::HOLE;

/// The build that a command requests.
pub(super) fn image_build(command: &Command) -> Option<ImageBuild> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(Text::raw).collect();
    let start = match (command.program_name(), raw.get(1).copied(), raw.get(2).copied()) {
        ("docker" | "podman" | "buildah" | "nerdctl", Some("build" | "bud"), _) => 2,
        ("docker", Some("buildx"), Some("build")) | ("docker", Some("image"), Some("build")) => 3,
        ("kaniko", ..) => return Some(kaniko(words)),
        _ => return None,
    };
    let mut request = ImageBuild {
        file: None,
        context: None,
        target: None,
        arguments: Vec::new(),
        tags: Vec::new(),
        is_open: start >= words.len(),
    };
    let offset = command.words.len() - words.len();
    let mut at = start;
    while let Some(word) = words.get(at) {
        at += 1;
        let raw = word.raw();
        if !raw.starts_with('-') || raw == "-" {
            // An unquoted expansion may contain flags as well as the context.
            let splits = command.splits.get(offset + at - 1).copied().unwrap_or(false);
            request.is_open |= splits && raw.starts_with(HOLE);
            request.context = Some(word.clone());
            continue;
        }
        let (flag, value) = match raw.find('=') {
            Some(equals) if raw.starts_with('-') => (&raw[..equals], Some(word.slice(equals + 1..raw.len()))),
            _ => (raw, None),
        };
        // `-tNAME` and `-fFILE` are one word.
        let (flag, value) = match (flag, value) {
            (flag, None)
                if flag.len() > 2 && (flag.starts_with("-t") || flag.starts_with("-f")) && !flag.starts_with("--") =>
            {
                (&flag[..2], Some(word.slice(2..raw.len())))
            }
            pair => pair,
        };
        if !docker::BUILD_FLAGS_WITH_VALUE.contains(flag) {
            continue;
        }
        let value = match value {
            Some(value) => value,
            None => {
                at += 1;
                match words.get(at - 1) {
                    Some(value) => value.clone(),
                    None => break,
                }
            }
        };
        match flag {
            "--file" | "-f" => request.file = Some(value),
            "--tag" | "-t" => request.tags.push(value),
            "--target" => request.target = Some(value),
            "--build-arg" => request.arguments.push(match value.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (value, None),
            }),
            _ => {}
        }
    }
    Some(request)
}

fn kaniko(words: &[Text]) -> ImageBuild {
    let value = |name: &str| words.iter().find_map(|word| word.strip_prefix(&format!("--{name}=")));
    let arguments =
        words.iter().filter_map(|word| word.strip_prefix("--build-arg=")).map(|value| match value.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (value, None),
        });
    ImageBuild {
        file: value("dockerfile"),
        context: value("context"),
        target: value("target"),
        arguments: arguments.collect(),
        tags: words.iter().filter_map(|word| word.strip_prefix("--destination=")).collect(),
        is_open: false,
    }
}
