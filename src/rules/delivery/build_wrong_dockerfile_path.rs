//! Builds of a Dockerfile that is not there.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{BuildFile, Why};

pub(super) fn check(cx: &mut Context<'_>) {
    let project = cx.project;
    for build in &project.builds {
        let BuildFile::Missing(path) = &build.file else {
            if build.file == BuildFile::Unknown {
                cx.unknown(
                    build.file_span,
                    &Why::Other("which Dockerfile this builds is known only when it runs".into()),
                );
            }
            continue;
        };
        let finding = cx.flag(build.file_span, format!("this builds `{path}`, which does not exist"));
        let nearest =
            project.dockerfiles.iter().map(|file| project.file(file.source)).min_by_key(|other| {
                (other.environment, strsim::damerau_levenshtein(&other.path, path), other.path.len())
            });
        // The same folder as that of the path that is written, as far as it is written.
        let instead = nearest.zip(build.file_text.as_ref()).and_then(|(other, text)| {
            let folder = path.strip_suffix(text.raw().trim_start_matches("./"))?;
            Some((other.path.strip_prefix(folder)?, text.span()))
        });
        finding.fix =
            instead.map(|(path, span)| Fix::risky(format!("build `{path}`"), vec![Edit::replace(span, path)]));
        finding.help = Some(match nearest {
            Some(other) => format!("there is `{}`: name that one, or add the file", other.path),
            None => "add the file, or name one that exists".to_owned(),
        });
    }
}
