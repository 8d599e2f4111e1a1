//! `seaworthy init`: writes a commented configuration file, and on request files for hooks and pipelines. Nothing is
//! overwritten.

use super::{Error, InitArguments, streams};
use crate::walk::{self, Place};
use std::io::{self, Write};
use std::process::ExitCode;

/// A file to write.
struct Template {
    /// The path at which its tool expects it.
    path: &'static str,
    /// Its text; `{version}` is replaced with the version of seaworthy.
    text: &'static str,
    /// The advice if the file exists.
    otherwise: &'static str,
}

const CONFIGURATION: Template =
    Template { path: "seaworthy.toml", text: include_str!("seaworthy.toml"), otherwise: "it is left unchanged" };
const PRE_COMMIT: Template = Template {
    path: ".pre-commit-config.yaml",
    text: include_str!("pre-commit.yaml"),
    otherwise: "add this to its `repos`",
};
const GITHUB: Template = Template {
    path: ".github/workflows/seaworthy.yml",
    text: include_str!("github.yml"),
    otherwise: "it is left unchanged",
};
const GITLAB: Template =
    Template { path: ".gitlab-ci.yml", text: include_str!("gitlab.yml"), otherwise: "add this job to it" };
const CLOUD_BUILD: Template = Template {
    path: "cloudbuild.yaml",
    text: include_str!("cloudbuild.yaml"),
    otherwise: "add this step before its other steps",
};

pub(super) fn run(arguments: &InitArguments) -> Result<ExitCode, Error> {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(Error::NoSuchPath(folder.clone(), error));
    }
    let asked = [
        (true, CONFIGURATION),
        (arguments.pre_commit, PRE_COMMIT),
        (arguments.github, GITHUB),
        (arguments.gitlab, GITLAB),
        (arguments.cloud_build, CLOUD_BUILD),
    ];
    let root = folder.canonicalize().map_err(|error| Error::NoSuchPath(folder.clone(), error))?;
    for template in asked.iter().filter(|(is_asked, _)| *is_asked).map(|(_, template)| template) {
        let text = template.text.replace("{version}", env!("CARGO_PKG_VERSION"));
        let path = folder.join(template.path);
        match walk::create(&path, &text, Place::Below(&root)) {
            Ok(()) => streams::tell(&format!("{} is written", template.path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                streams::tell(&format!("{} exists: {}", template.path, template.otherwise));
                if template.otherwise.starts_with("add") {
                    streams::print(|out| writeln!(out, "{}", text.trim_end()))?;
                }
            }
            Err(error) => return Err(Error::NotWritten(path, error)),
        }
    }
    Ok(ExitCode::SUCCESS)
}
