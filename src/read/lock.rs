//! Lock files of package managers: the packages that they hold for the manifest beside them.
//!
//! Package managers write these files, always in the same layout, so all but JSON is read line by line.
//!
//! Formats: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>, <https://classic.yarnpkg.com/en/docs/yarn-lock>,
//! <https://github.com/pnpm/spec/tree/master/lockfile>, <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>.

use crate::model::{Installer, LockFile};
use crate::span::SourceId;
use serde::Deserialize;
use std::collections::BTreeMap;

type Packages = BTreeMap<Box<str>, Option<Box<str>>>;

/// Reads a lock file by the name of its file; `None` if it can't be read as one.
pub(crate) fn read(source: SourceId, path: &str, text: &str) -> Option<LockFile> {
    let (installer, packages) = match path.rsplit('/').next().unwrap_or(path) {
        "package-lock.json" | "npm-shrinkwrap.json" => (Installer::Npm, npm(text)?),
        "yarn.lock" => (Installer::Yarn, yarn(text)),
        "pnpm-lock.yaml" => (Installer::Pnpm, pnpm(text)?),
        "uv.lock" => (Installer::Uv, toml_packages(text)),
        "poetry.lock" => (Installer::Poetry, toml_packages(text)),
        _ => return None,
    };
    Some(LockFile { source, installer, packages })
}

/// The lock file of npm: `packages` from version 2 on, `dependencies` in version 1.
#[derive(Deserialize)]
struct NpmLock<'a> {
    #[serde(borrow)]
    packages: Option<BTreeMap<&'a str, NpmPackage>>,
    #[serde(borrow)]
    dependencies: Option<BTreeMap<&'a str, NpmPackage>>,
}

#[derive(Deserialize)]
struct NpmPackage {
    version: Option<Box<str>>,
}

fn npm(text: &str) -> Option<Packages> {
    let lock: NpmLock<'_> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    match (lock.packages, lock.dependencies) {
        (Some(packages), _) => {
            let of_root = packages.into_iter().filter_map(|(path, package)| {
                let name = path.strip_prefix("node_modules/").filter(|name| !name.contains("/node_modules/"))?;
                Some((name.into(), package.version))
            });
            Some(of_root.collect())
        }
        (None, Some(listed)) => {
            Some(listed.into_iter().map(|(name, package)| (name.into(), package.version)).collect())
        }
        // The lock file of a project without packages.
        (None, None) => None,
    }
}

/// The names in the lines of `yarn.lock` that begin an entry: `"a@^1", "b@npm:^2":`.
fn yarn(text: &str) -> Packages {
    let entries = text.lines().filter(|line| line.ends_with(':') && !line.starts_with([' ', '#']));
    let described = entries.flat_map(|line| line.trim_end_matches(':').trim_matches('"').split(", "));
    let names = described.filter_map(|each| {
        let each = each.trim_matches('"');
        let at = each.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
        Some(each[..at].into())
    });
    names.map(|name| (name, None)).collect()
}

/// The packages of the root importer of `pnpm-lock.yaml`, with the versions that the manifest asked for; `None` if the
/// layout is another one.
fn pnpm(text: &str) -> Option<Packages> {
    let mut packages = Packages::new();
    // The keys around a line, by depth.
    let mut path: Vec<&str> = Vec::new();
    let has_importers = text.contains("\nimporters:");
    let root: &[&str] = if has_importers { &["importers", "."] } else { &[] };
    for line in text.lines() {
        let bare = line.trim_start();
        let depth = (line.len() - bare.len()) / 2;
        if bare.is_empty() || bare.starts_with('#') || depth > 5 {
            continue;
        }
        let (key, value) = bare.split_once(':')?;
        path.truncate(depth);
        if path.len() != depth {
            continue;
        }
        path.push(key.trim_matches(['\'', '"']));
        if depth == 0 && key == "packages" {
            break;
        }
        let Some(rest) = path.strip_prefix(root) else { continue };
        let value = value.trim().trim_matches(['\'', '"']);
        match rest {
            ["specifiers", name] | ["dependencies" | "devDependencies" | "optionalDependencies", name, "specifier"] => {
                packages.insert((*name).into(), Some(value.into()));
            }
            _ => {}
        }
    }
    Some(packages)
}

/// The names and versions of the tables `[[package]]`.
fn toml_packages(text: &str) -> Packages {
    let mut packages = Packages::new();
    let mut name: Option<&str> = None;
    let mut is_package = false;
    for line in text.lines() {
        if line.starts_with('[') {
            is_package = line == "[[package]]";
            name = None;
            continue;
        }
        let value = |key: &str| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"');
        if let Some(value) = value("name").filter(|_| is_package) {
            name = Some(value);
            packages.entry(value.to_ascii_lowercase().replace(['_', '.'], "-").into()).or_insert(None);
        } else if let (Some(name), Some(version)) = (name, value("version")) {
            packages.insert(name.to_ascii_lowercase().replace(['_', '.'], "-").into(), Some(version.into()));
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str) -> Vec<String> {
        let lock = read(SourceId(0), path, text).expect("a lock file");
        let shown = lock.packages.into_iter().map(|(name, version)| match version {
            Some(version) => format!("{name} {version}"),
            None => name.to_string(),
        });
        shown.collect()
    }

    #[test]
    fn npm_has_two_layouts() {
        let second = r#"{"lockfileVersion": 3, "packages": {"": {"name": "x"}, "node_modules/@a/b": {"version": "1.0.0"}, "node_modules/c": {"version": "2.1.0"}, "node_modules/c/node_modules/d": {"version": "3.0.0"}, "web": {}}, "dependencies": {"old": {"version": "1"}}}"#;
        assert_eq!(names("package-lock.json", second), ["@a/b 1.0.0", "c 2.1.0"]);
        let first = r#"{"lockfileVersion": 1, "dependencies": {"c": {"version": "2.1.0", "requires": {"d": "1"}}}}"#;
        assert_eq!(names("npm-shrinkwrap.json", first), ["c 2.1.0"]);
        assert!(read(SourceId(0), "package-lock.json", "<<<<<<< HEAD").is_none());
    }

    #[test]
    fn yarn_has_two_layouts() {
        let classic = "# yarn lockfile v1\n\n\"@a/b@^1.0.0\", \"@a/b@^1.1.0\":\n  version \"1.1.0\"\n\nc@^2:\n  version \"2.0.0\"\n  dependencies:\n    d \"1\"\n";
        assert_eq!(names("yarn.lock", classic), ["@a/b", "c"]);
        let berry = "__metadata:\n  version: 8\n\n\"@a/b@npm:^1.0.0, @a/b@npm:^1.1.0\":\n  version: 1.1.0\n";
        assert_eq!(names("yarn.lock", berry), ["@a/b"]);
    }

    #[test]
    fn pnpm_has_three_layouts() {
        let nine = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '@a/b':\n        specifier: ^1.0.0\n        version: 1.1.0\n    devDependencies:\n      c:\n        specifier: 2\n        version: 2.0.0\n\n  web:\n    dependencies:\n      d:\n        specifier: ^1\n        version: 1.0.0\n\npackages:\n\n  e@1.0.0:\n    resolution: {integrity: x}\n";
        assert_eq!(names("pnpm-lock.yaml", nine), ["@a/b ^1.0.0", "c 2"]);
        let six = "lockfileVersion: '6.0'\n\ndependencies:\n  c:\n    specifier: ^2\n    version: 2.0.0\n\npackages:\n";
        assert_eq!(names("pnpm-lock.yaml", six), ["c ^2"]);
        let five = "lockfileVersion: 5.4\n\nspecifiers:\n  c: ^2\n\ndependencies:\n  c: 2.0.0\n\npackages:\n";
        assert_eq!(names("pnpm-lock.yaml", five), ["c ^2"]);
    }

    #[test]
    fn uv_and_poetry_have_tables() {
        let text = "version = 1\n\n[[package]]\nname = \"flask\"\nversion = \"3.1.0\"\nsource = { registry = \"https://pypi.org/simple\" }\ndependencies = [\n    { name = \"blinker\" },\n]\n\n[[package]]\nname = \"own\"\nsource = { virtual = \".\" }\n\n[package.metadata]\nname = \"no\"\n";
        assert_eq!(names("uv.lock", text), ["flask 3.1.0", "own"]);
        assert_eq!(
            names("poetry.lock", "[[package]]\nname = \"Flask_Cors\"\nversion = \"4.0.0\"\n"),
            ["flask-cors 4.0.0"]
        );
    }
}
