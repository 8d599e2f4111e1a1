//! Containers that may not start as root, with images that would.

use crate::catalogue::Context;
use crate::finding::Label;
use crate::model::{ImageUser, PodContainer, Setting, Why};
use crate::span::Span;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for owner in &project.pod_owners {
        for container in &owner.containers {
            let here = match &container.must_not_be_root {
                Setting::Known(true, here) => here,
                Setting::Unknown(here, why) => {
                    cx.unknown(*here, why);
                    continue;
                }
                Setting::Known(false, _) | Setting::Absent(_) => continue,
            };
            let (reason, related) = match &container.user {
                Setting::Known(user, place) if *user == 0.0 => {
                    ("its `runAsUser` is 0".to_owned(), Some((place.span, "this user is root")))
                }
                Setting::Known(..) | Setting::Unknown(..) => continue,
                Setting::Absent(_) => match by_image(cx, container) {
                    Some(reason) => reason,
                    None => continue,
                },
            };
            let label = owner.container_label(container);
            let finding = cx.flag(here.clone(), format!("{label} does not start: it may not be root, and {reason}"));
            finding.subject = Some(label);
            finding.help = Some(
                "set `runAsUser` to the number of the user that it needs, or give the image a `USER` with a number"
                    .to_owned(),
            );
            finding.related.extend(related.map(|(span, message)| Label { span, message: message.to_owned() }));
        }
    }
}

/// Why an image can't start under `runAsNonRoot`, and where its user is set; `None` if it can, or if that is unknown.
fn by_image(cx: &mut Context<'_>, container: &PodContainer) -> Option<(String, Option<(Span, &'static str)>)> {
    let project = cx.project;
    let image = container.image.as_ref()?;
    let Some((file, stage)) = project.built_from(image) else {
        return match image.starts_as_root() {
            Some(true) => Some((format!("`{}` starts as root", image.shown()), None)),
            Some(false) => None,
            None => {
                cx.unknown(container.span, &Why::Other(format!("the user of `{}` is not known", image.shown()).into()));
                None
            }
        };
    };
    let set = file.lineage(stage).find_map(|stage| stage.user.as_ref()).map_or(stage.span, |user| user.span);
    match project.user_of(file, stage) {
        ImageUser::Root => {
            Some((format!("`{}` starts as root", image.shown()), Some((set, "the image is built here"))))
        }
        ImageUser::Name(name) => {
            // The kubelet can't look up names.
            let reason = format!("the user `{name}` of `{}` is a name, not a number", image.shown());
            Some((reason, Some((set, "the user of the image"))))
        }
        ImageUser::Number => None,
        ImageUser::Unknown => {
            cx.unknown(container.span, &Why::Other(format!("the user of `{}` is not known", image.shown()).into()));
            None
        }
    }
}
