//! Workflows that lie where GitHub does not look for them.

use crate::catalogue::Context;
use crate::model::Why;

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for workflow in project.workflows.iter().filter(|workflow| !workflow.is_read) {
        let path = &project.file(workflow.source).path;
        // A folder with a `.github` of its own may be the root of another repository that is kept here.
        if !path.starts_with(".github/") {
            cx.unknown(workflow.span, &Why::Other("its folder may be the root of another repository".into()));
            continue;
        }
        let message = "this workflow never runs: GitHub reads only files directly in `.github/workflows/`".to_owned();
        let finding = cx.flag(workflow.span, message);
        let name = path.rsplit('/').next().unwrap_or(path);
        finding.help = Some(format!("move it to `.github/workflows/{name}`, or delete it"));
    }
}
