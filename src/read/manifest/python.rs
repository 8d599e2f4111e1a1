//! `pyproject.toml` and `Pipfile`.

use crate::model::{ListedPackage, Manifest, ManifestFormat, Purpose};
use crate::source::Fragment;
use crate::span::SourceId;
use crate::syntax::Problem;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Table<'a> = DeTable<'a>;
type Value<'a> = Spanned<DeValue<'a>>;

/// Reads a `pyproject.toml`; `None` if it describes no packages.
pub(crate) fn pyproject(source: SourceId, fragment: &Fragment) -> (Option<Manifest>, Vec<Problem>) {
    with_table(fragment, |table| {
        let mut packages = Vec::new();
        let project = table.get("project").and_then(of_table);
        let tool = |name: &str| table.get("tool").and_then(of_table)?.get(name).and_then(of_table);
        let at = |value: &Value<'_>| fragment.span(shift(fragment, value.span()));
        if let Some(listed) = project.and_then(|project| project.get("dependencies")) {
            packages.extend(requirements(listed, Purpose::Runtime, &at));
        }
        for (_, listed) in entries(project.and_then(|project| project.get("optional-dependencies"))) {
            packages.extend(requirements(listed, Purpose::Optional, &at));
        }
        for (name, listed) in entries(table.get("dependency-groups")) {
            // uv installs the group `dev` unless it is told not to; others only when asked.
            let purpose = if name == "dev" { Purpose::Development } else { Purpose::Optional };
            packages.extend(requirements(listed, purpose, &at));
        }
        if let Some(listed) = tool("uv").and_then(|uv| uv.get("dev-dependencies")) {
            packages.extend(requirements(listed, Purpose::Development, &at));
        }
        let poetry = tool("poetry");
        packages.extend(named(poetry.and_then(|poetry| poetry.get("dependencies")), Purpose::Runtime, fragment));
        packages.extend(named(poetry.and_then(|it| it.get("dev-dependencies")), Purpose::Development, fragment));
        for (_, group) in entries(poetry.and_then(|poetry| poetry.get("group"))) {
            let group = of_table(group);
            let is_optional = group.and_then(|group| group.get("optional")).is_some();
            let purpose = if is_optional { Purpose::Optional } else { Purpose::Development };
            packages.extend(named(group.and_then(|group| group.get("dependencies")), purpose, fragment));
        }
        let is_workspace = tool("uv").is_some_and(|uv| uv.contains_key("workspace"));
        // Other tools keep their settings in this file as well.
        let is_manifest = project.is_some() || poetry.is_some() || !packages.is_empty();
        let format = ManifestFormat::Pyproject;
        let replaces_versions = tool("uv").is_some_and(|uv| uv.contains_key("sources"));
        is_manifest.then(|| Manifest { source, format, packages, scripts: Vec::new(), is_workspace, replaces_versions })
    })
}

/// Reads a `Pipfile`.
pub(crate) fn pipfile(source: SourceId, fragment: &Fragment) -> (Option<Manifest>, Vec<Problem>) {
    with_table(fragment, |table| {
        let mut packages = named(table.get("packages"), Purpose::Runtime, fragment);
        packages.extend(named(table.get("dev-packages"), Purpose::Optional, fragment));
        let (format, scripts) = (ManifestFormat::Pipfile, Vec::new());
        Some(Manifest { source, format, packages, scripts, is_workspace: false, replaces_versions: false })
    })
}

/// Parses TOML, and reads its table if all of it is valid.
fn with_table(
    fragment: &Fragment,
    read: impl FnOnce(&Table<'_>) -> Option<Manifest>,
) -> (Option<Manifest>, Vec<Problem>) {
    let text = fragment.text().trim_start_matches('\u{feff}');
    match DeTable::parse(text) {
        Ok(table) => (read(table.get_ref()), Vec::new()),
        Err(error) => {
            let is_template = ["{{", "<%", "{%"].iter().any(|mark| text.contains(mark));
            let range = error.span().unwrap_or_default();
            let problem = Problem::invalid(
                fragment.span(shift(fragment, range)),
                format!("is not valid TOML: {}", error.message()),
            );
            (None, if is_template { Vec::new() } else { vec![problem] })
        }
    }
}

/// A range of the text without the byte order mark in the text with it.
fn shift(fragment: &Fragment, range: Range<usize>) -> Range<usize> {
    let text = fragment.text();
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    range.start + mark..(range.end + mark).max(range.start + mark).min(text.len())
}

fn of_table<'a>(value: &'a Value<'_>) -> Option<&'a Table<'a>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// The entries of a table; none if it is something else.
fn entries<'a>(value: Option<&'a Value<'_>>) -> impl Iterator<Item = (&'a str, &'a Value<'a>)> {
    value.and_then(of_table).into_iter().flatten().map(|(key, value)| (key.get_ref().as_ref(), value))
}

/// The requirements of a list of texts (PEP 508).
fn requirements(
    list: &Value<'_>,
    purpose: Purpose,
    at: &dyn Fn(&Value<'_>) -> crate::span::Span,
) -> Vec<ListedPackage> {
    let DeValue::Array(items) = list.get_ref() else { return Vec::new() };
    let listed = items.iter().filter_map(|item| {
        let DeValue::String(text) = item.get_ref() else { return None };
        let bare = text.split(';').next().unwrap_or_default().trim();
        let end =
            bare.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(bare.len());
        let rest = bare[end..].trim_start();
        let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest).trim() } else { rest };
        // A requirement with a marker may not be installed here.
        let purpose = if text.contains(';') { Purpose::Optional } else { purpose };
        let (name, is_elsewhere) = (normalized(&bare[..end]), rest.starts_with('@'));
        (!name.is_empty()).then(|| ListedPackage {
            name,
            span: at(item),
            versions: rest.to_owned(),
            purpose,
            is_elsewhere,
        })
    });
    listed.collect()
}

/// The packages of a table of Poetry or Pipenv: `name = "^1"`, `name = { version = "^1" }`.
fn named(table: Option<&Value<'_>>, purpose: Purpose, fragment: &Fragment) -> Vec<ListedPackage> {
    let Some(table) = table.and_then(of_table) else { return Vec::new() };
    let listed = table.iter().filter(|(key, _)| key.get_ref() != "python").map(|(key, value)| {
        let (versions, is_elsewhere, is_optional) = match value.get_ref() {
            DeValue::String(versions) => (versions.to_string(), false, false),
            DeValue::Table(table) => {
                let has = |key: &str| table.contains_key(key);
                let versions = table.get("version").and_then(|version| match version.get_ref() {
                    DeValue::String(version) => Some(version.to_string()),
                    _ => None,
                });
                let is_elsewhere = ["git", "path", "url", "file"].iter().any(|key| has(key));
                let is_optional = has("optional") || has("markers") || has("python") || has("platform");
                (versions.unwrap_or_default(), is_elsewhere, is_optional)
            }
            _ => (String::new(), true, true),
        };
        let purpose = if is_optional { Purpose::Optional } else { purpose };
        let versions = if versions == "*" { String::new() } else { versions };
        let span = fragment.span(shift(fragment, key.span()));
        ListedPackage { name: normalized(key.get_ref()), span, versions, purpose, is_elsewhere }
    });
    listed.collect()
}

/// The name as lock files write it: <https://packaging.python.org/en/latest/specifications/name-normalization/>.
fn normalized(name: &str) -> String {
    let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn listed(path: &str, text: &str) -> Vec<(String, String, Purpose)> {
        let source = Source::new(path, text);
        let fragment = Fragment::whole(SourceId(0), &source);
        let read = if path == "Pipfile" { pipfile } else { pyproject };
        let manifest = read(SourceId(0), &fragment).0.expect("a manifest");
        manifest.packages.into_iter().map(|each| (each.name, each.versions, each.purpose)).collect()
    }

    fn row(name: &str, versions: &str, purpose: Purpose) -> (String, String, Purpose) {
        (name.to_owned(), versions.to_owned(), purpose)
    }

    #[test]
    fn a_project_lists_its_requirements() {
        use Purpose::*;
        let text = "[project]\nname = \"api\"\ndependencies = [\n  \"Flask_Cors[a]>=4\",\n  \"redis\",\n  \"own @ git+https://x\",\n  \"tomli; python_version < '3.11'\",\n]\n\n[dependency-groups]\ndev = [\"pytest>=8\", {include-group = \"x\"}]\ndocs = [\"mkdocs\"]\n";
        let expected = [
            row("flask-cors", ">=4", Runtime),
            row("redis", "", Runtime),
            row("own", "@ git+https://x", Runtime),
            row("tomli", "", Optional),
            row("pytest", ">=8", Development),
            row("mkdocs", "", Optional),
        ];
        assert_eq!(listed("pyproject.toml", text), expected);
    }

    #[test]
    fn poetry_and_pipenv_have_tables() {
        use Purpose::*;
        let text = "[tool.poetry.dependencies]\npython = \"^3.12\"\nflask = \"^3\"\nown = { path = \"../own\" }\nextra = { version = \"*\", optional = true }\n[tool.poetry.group.dev.dependencies]\npytest = \"*\"\n";
        let expected = [
            row("flask", "^3", Runtime),
            row("own", "", Runtime),
            row("extra", "", Optional),
            row("pytest", "", Development),
        ];
        let mut found = listed("pyproject.toml", text);
        found.sort_by_key(|row| expected.iter().position(|other| other == row));
        assert_eq!(found, expected);
        assert_eq!(listed("Pipfile", "[packages]\nflask = \"*\"\n"), [row("flask", "", Runtime)]);
    }

    #[test]
    fn a_file_of_other_tools_is_no_manifest() {
        let source = Source::new("pyproject.toml", "[tool.ruff]\nline-length = 100\n");
        assert!(pyproject(SourceId(0), &Fragment::whole(SourceId(0), &source)).0.is_none());
        let broken = Source::new("pyproject.toml", "[project\n");
        assert_eq!(pyproject(SourceId(0), &Fragment::whole(SourceId(0), &broken)).1.len(), 1);
    }
}
