//! Manifests of package managers: `package.json`, `pyproject.toml`, `Pipfile`.
//!
//! Formats: <https://docs.npmjs.com/cli/configuring-npm/package-json>,
//! <https://packaging.python.org/en/latest/specifications/pyproject-toml/>,
//! <https://python-poetry.org/docs/pyproject/>, <https://github.com/pypa/pipfile>.

mod python;

use crate::model::{ListedPackage, Manifest, ManifestFormat, Purpose};
use crate::source::Fragment;
use crate::span::SourceId;
use crate::syntax::{Problem, yaml};

pub(crate) use python::{pipfile, pyproject};

/// The keys of a `package.json` that list packages.
const LISTS: [(&str, Purpose); 4] = [
    ("dependencies", Purpose::Runtime),
    ("devDependencies", Purpose::Development),
    ("optionalDependencies", Purpose::Optional),
    ("peerDependencies", Purpose::Optional),
];

/// Reads a manifest by the name of its file.
pub(crate) fn read(source: SourceId, path: &str, fragment: &Fragment) -> (Option<Manifest>, Vec<Problem>) {
    match path.rsplit('/').next().unwrap_or(path) {
        "package.json" => package_json(source, fragment),
        "Pipfile" => pipfile(source, fragment),
        _ => pyproject(source, fragment),
    }
}

/// Reads a `package.json`; `None` if it is no JSON object.
fn package_json(source: SourceId, fragment: &Fragment) -> (Option<Manifest>, Vec<Problem>) {
    let text = fragment.text();
    let bare = text.trim_start_matches('\u{feff}');
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(bare) {
        // Generators of projects have templates under this name.
        let is_template = ["{{", "<%", "{%"].iter().any(|mark| bare.contains(mark));
        let problem =
            Problem::invalid(json_place(fragment, &error), format!("is not valid JSON: {}", json_complaint(&error)));
        return (None, if is_template { Vec::new() } else { vec![problem] });
    }
    // JSON is parsed with the YAML parser, because that has spans.
    let (documents, _) = yaml::parse(fragment);
    let Some(root) = documents.first().map(yaml::Document::root).filter(yaml::Node::is_mapping) else {
        return (None, Vec::new());
    };
    let packages = LISTS.iter().flat_map(|(key, purpose)| {
        let entries = root.get(key).into_iter().flat_map(|list| list.own_entries());
        entries.filter_map(|entry| {
            let versions = entry.value.text()?.trim().to_owned();
            let is_elsewhere = is_elsewhere(&versions);
            let name = entry.key.text()?.to_owned();
            Some(ListedPackage { name, span: entry.key.span(), versions, purpose: *purpose, is_elsewhere })
        })
    });
    let mut packages: Vec<ListedPackage> = packages.collect();
    // npm installs a package that stands in both lists as an optional one.
    let optional: Vec<String> = of(&packages, Purpose::Optional).map(|package| package.name.clone()).collect();
    packages.retain(|package| package.purpose != Purpose::Runtime || !optional.contains(&package.name));
    let scripts = root.get("scripts").into_iter().flat_map(|scripts| scripts.own_entries());
    let scripts = scripts.filter_map(|entry| entry.key.text().map(str::to_owned)).collect();
    let manifest = Manifest {
        source,
        format: ManifestFormat::PackageJson,
        packages,
        scripts,
        is_workspace: root.get("workspaces").is_some(),
        replaces_versions: ["overrides", "resolutions", "pnpm"].iter().any(|key| root.get(key).is_some()),
    };
    (Some(manifest), Vec::new())
}

fn of(packages: &[ListedPackage], purpose: Purpose) -> impl Iterator<Item = &ListedPackage> {
    packages.iter().filter(move |package| package.purpose == purpose)
}

/// Whether a version of a `package.json` names something else than a version of the registry: a path, a repository, an
/// address, another package, a member of the workspace (<https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies>).
fn is_elsewhere(versions: &str) -> bool {
    versions.contains([':', '/', '{'])
}

/// The character where a JSON parser stopped.
fn json_place(fragment: &Fragment, error: &serde_json::Error) -> crate::span::Span {
    let text = fragment.text();
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let line: usize = text[mark..].split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = (mark + line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let length = text[at..].chars().next().filter(|character| *character != '\n').map_or(0, char::len_utf8);
    fragment.span(at..at + length)
}

/// The complaint of a JSON parser without the place, which the finding has.
fn json_complaint(error: &serde_json::Error) -> String {
    let complaint = error.to_string();
    complaint.rsplit_once(" at line ").map_or(complaint.clone(), |(complaint, _)| complaint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read_text(path: &str, text: &str) -> (Option<Manifest>, Vec<Problem>) {
        let source = Source::new(path, text);
        read(SourceId(0), path, &Fragment::whole(SourceId(0), &source))
    }

    #[test]
    fn a_package_json_lists_packages_and_scripts() {
        let text = "{\n\t\"scripts\": {\"start\": \"node .\"},\n\t\"workspaces\": [\"a\"],\n\t\"dependencies\": {\"express\": \"^4.18.0\", \"own\": \"file:../own\"},\n\t\"devDependencies\": {\"jest\": \"29\"},\n\t\"peerDependencies\": {\"react\": \"*\"}\n}\n";
        let manifest = read_text("package.json", text).0.expect("it is one");
        let listed: Vec<_> =
            manifest.packages.iter().map(|each| (each.name.as_str(), each.purpose, each.is_elsewhere)).collect();
        assert_eq!(
            listed,
            [
                ("express", Purpose::Runtime, false),
                ("own", Purpose::Runtime, true),
                ("jest", Purpose::Development, false),
                ("react", Purpose::Optional, false),
            ]
        );
        assert_eq!(manifest.scripts, ["start"]);
        assert!(manifest.is_workspace && manifest.leaves_choice());
        assert_eq!(&text[manifest.packages[0].span.range()], "\"express\"");
    }

    #[test]
    fn a_package_json_that_npm_rejects_is_a_problem_at_its_place() {
        let text = "{\n  \"dependencies\": {\"a\": \"1\",}\n}\n";
        let (manifest, problems) = read_text("package.json", text);
        assert!(manifest.is_none());
        assert_eq!(&text[problems[0].span.range()], "}");
        assert_eq!(problems[0].message, "is not valid JSON: key must be a string");
        assert!(read_text("package.json", "{\"name\": {{ name }} }").1.is_empty());
        assert!(read_text("package.json", "[]").1.is_empty());
    }
}
