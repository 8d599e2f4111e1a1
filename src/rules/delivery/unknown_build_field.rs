//! Keys that Cloud Build does not know.

use crate::finding::{Edit, Fix};
use crate::rule::Context;

pub(super) fn check(cx: &mut Context<'_>) {
    for field in cx.project.pipelines.iter().flat_map(|pipeline| &pipeline.unknown_fields) {
        let finding = cx.flag(
            field.span,
            format!("`{}` is no field of {}, and Cloud Build rejects the file", field.name, field.owner),
        );
        match &field.meant {
            Some(meant) if !meant.contains(" of ") => {
                finding.help = Some(format!("did you mean {meant}?"));
                let name = meant.trim_matches('`');
                finding.fix = Some(Fix::safe(format!("write `{name}`"), vec![Edit::replace(field.span, name)]));
            }
            Some(meant) => finding.help = Some(format!("it is {meant}: move it there")),
            None => finding.help = Some("remove it, or see the list of fields".to_owned()),
        }
    }
}
