//! Builds of a Dockerfile that does not exist.

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
                    &Why::Other("the Dockerfile of this build is known only when the build runs".into()),
                );
            }
            continue;
        };
        let finding = cx.flag(build.file_span, format!("this builds from `{path}`, which does not exist"));
        let nearest =
            project.dockerfiles.iter().map(|file| project.file(file.source)).min_by_key(|other| {
                (other.environment, strsim::damerau_levenshtein(&other.path, path), other.path.len())
            });
        // The nearest path is made relative to the same folder as the written path.
        let instead = nearest.zip(build.file_text.as_ref()).and_then(|(other, text)| {
            let folder = path.strip_suffix(text.raw().trim_start_matches("./"))?;
            Some((other.path.strip_prefix(folder)?, text.span()))
        });
        finding.fix =
            instead.map(|(path, span)| Fix::risky(format!("build from `{path}`"), vec![Edit::replace(span, path)]));
        finding.help = Some(match nearest {
            Some(other) => format!("name the existing file `{}`, or add the missing one", other.path),
            None => "add the file, or name a Dockerfile that exists".to_owned(),
        });
    }
}
