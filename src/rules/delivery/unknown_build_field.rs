//! Fields that Cloud Build does not know.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Suggestion, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    for field in cx.project.pipelines.iter().flat_map(|pipeline| &pipeline.unknown_fields) {
        if field.is_placeholder {
            cx.unknown(field.span, &Why::Other("it is a placeholder that is replaced before the build".into()));
            continue;
        }
        let finding = cx.flag(
            field.span,
            format!("`{}` is not a field of {}: Cloud Build rejects the file", field.name, field.owner),
        );
        match &field.suggestion {
            Some(Suggestion::Rename(name)) => {
                finding.help = Some(format!("did you mean `{name}`?"));
                finding.fix =
                    Some(Fix::safe(format!("write `{name}`"), vec![Edit::replace(field.span, name.as_str())]));
            }
            Some(Suggestion::Move(owner)) => {
                finding.help = Some(format!("`{}` is a field of {owner}: move it there", field.name));
            }
            None => finding.help = Some("remove it, or use a field of the Cloud Build configuration schema".to_owned()),
        }
    }
}
