//! Files with secrets that a `COPY .` copies.

use crate::catalogue::Context;
use crate::finding::{Label, Severity};
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for copy in project.wide_copies.iter().filter(|copy| copy.is_filtered.is_none()) {
        cx.unknown(copy.span, &Why::Other("the build context is known only when the build runs".into()));
    }
    for copy in project.wide_copies.iter().filter(|copy| !copy.secrets.is_empty() || copy.key.is_some()) {
        let is_shipped = project
            .dockerfile(copy.source)
            .is_some_and(|file| project.shipped_stages(file).iter().any(|stage| stage.index == copy.stage));
        if !is_shipped {
            continue;
        }
        if let Some(step) = copy.key {
            let message =
                "this copies the key of a service account into the image: the workflow writes it to `gha-creds-*.json`";
            let finding = cx.flag(copy.span, message);
            finding.help = Some(
                "add `gha-creds-*.json` to `.dockerignore`, and sign in with Workload Identity Federation instead of a key"
                    .to_owned(),
            );
            finding
                .related
                .push(Label { span: step, message: "this step writes the key into the checkout".to_owned() });
            continue;
        }
        let secrets: Vec<&String> = copy.secrets.iter().filter(|path| !project.holds_only_settings(path)).collect();
        if secrets.is_empty() {
            continue;
        }
        let names: Vec<String> = secrets.iter().map(|path| format!("`{path}`")).collect();
        let message = format!("this copies {} into the image along with everything else", names.join(", "));
        let finding = cx.flag(copy.span, message);
        finding.help =
            Some("exclude them in `.dockerignore`, or copy only the files that the service needs".to_owned());
        // A file for one environment that lies in the checkout may hold settings only.
        if secrets.iter().all(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with(".env."))) {
            finding.severity = Severity::Warning;
        }
    }
}
