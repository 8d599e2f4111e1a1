//! Commands that their own program rejects.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix, Severity};
use crate::model::{RejectionKind, Separator, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for rejection in &project.rejections {
        if rejection.kind == RejectionKind::Open {
            cx.unknown(rejection.span, &Why::Other("an expansion may bring more words".into()));
            continue;
        }
        let finding = cx.flag(rejection.span, format!("`{}` rejects this: {}", rejection.command, rejection.complaint));
        finding.subject = Some(rejection.complaint.clone());
        match &rejection.kind {
            RejectionKind::Flag { name, meant: Some(meant) } => {
                finding.help = Some(format!("write `{meant}`"));
                finding.fix = Some(Fix::risky(format!("write `{meant}`"), vec![Edit::replace(*name, *meant)]));
            }
            RejectionKind::Flag { meant: None, .. } => {
                // A newer release may have added it.
                finding.severity = Severity::Warning;
                finding.help =
                    Some("remove it, or check that the release of gcloud you use has it: 578 has not".to_owned());
            }
            RejectionKind::Separator(separator) => {
                finding.help = Some(
                    "a comma separates entries; to keep one in a value, announce another separator: `^@^KEY=a,b@OTHER=c`"
                        .to_owned(),
                );
                finding.fix = separator.as_ref().map(with_separator);
            }
            RejectionKind::Other | RejectionKind::Open => {
                finding.help = Some("correct the command: nothing is deployed as long as it fails".to_owned());
            }
        }
    }
}

/// A fix that announces another separator and writes it between the entries.
fn with_separator(found: &Separator) -> Fix {
    let Separator { separator, start, commas } = found;
    let announce = Edit::replace(*start, format!("^{separator}^"));
    let edits = commas.iter().map(|comma| Edit::replace(*comma, *separator));
    Fix::risky(format!("separate the entries with `{separator}`"), std::iter::once(announce).chain(edits).collect())
}
