//! Manifests and lock files of package managers, and the commands that use them.

use super::command::Command;
use super::text::Text;
use crate::source::folder_of;
use crate::span::{SourceId, Span};
use serde::Serialize;
use std::collections::BTreeMap;

/// A manifest: the packages that a program depends on, as its authors write them down.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// Its source.
    pub source: SourceId,
    /// Its format.
    pub format: ManifestFormat,
    /// The packages that it lists.
    pub packages: Vec<ListedPackage>,
    /// The scripts of a `package.json`.
    pub scripts: Vec<String>,
    /// Whether it has members with manifests of their own.
    pub is_workspace: bool,
    /// Whether it replaces versions that packages ask for, so that a lock file has other ones than it lists.
    pub replaces_versions: bool,
}

/// The format of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ManifestFormat {
    /// `package.json`.
    PackageJson,
    /// `pyproject.toml`.
    Pyproject,
    /// `Pipfile`.
    Pipfile,
}

/// A package that a manifest lists.
#[derive(Debug, Clone, Serialize)]
pub struct ListedPackage {
    /// Its name, as the lock file writes it.
    pub name: String,
    /// The span of the name, or of the whole requirement.
    pub span: Span,
    /// The versions that it accepts: `^4.18.0`, `>=3`; empty for any.
    pub versions: String,
    /// Its purpose.
    pub purpose: Purpose,
    /// Whether it comes from a path, a repository or an address, and not from a registry.
    pub is_elsewhere: bool,
}

/// The purpose of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Purpose {
    /// The program needs it when it runs.
    Runtime,
    /// Only its developers need it.
    Development,
    /// It is not always installed: an extra, a peer or an optional one.
    Optional,
}

impl Manifest {
    /// Whether it lists anything for which a version has to be chosen.
    pub fn leaves_choice(&self) -> bool {
        self.packages.iter().any(|package| package.purpose != Purpose::Optional && !package.is_elsewhere)
    }
}

/// A lock file: the versions that a package manager has chosen.
#[derive(Debug, Clone, Serialize)]
pub struct LockFile {
    /// Its source.
    pub source: SourceId,
    /// The package manager that writes it; the content of some lock files is not read.
    #[serde(rename = "format")]
    pub installer: Installer,
    /// The packages at the level of the manifest, with the chosen version, or the versions that the manifest asked for
    /// (`pnpm-lock.yaml`), if they are known.
    #[serde(skip)]
    pub packages: BTreeMap<Box<str>, Option<Box<str>>>,
}

impl LockFile {
    /// The packages of its manifest that it lacks, or has in a version that the manifest does not accept.
    pub fn lacks<'a>(&self, manifest: &'a Manifest) -> Vec<&'a ListedPackage> {
        // The layout may be one that is not known.
        if self.packages.is_empty() {
            return Vec::new();
        }
        let is_lacking = |package: &&ListedPackage| match self.packages.get(package.name.as_str()) {
            _ if package.purpose == Purpose::Optional || package.is_elsewhere => false,
            None => true,
            Some(_) => !manifest.replaces_versions && self.has_other_version(package),
        };
        manifest.packages.iter().filter(is_lacking).collect()
    }

    /// The packages that it has in another version than the manifest lists, where the manifest may replace versions.
    pub fn undecided<'a>(&self, manifest: &'a Manifest) -> impl Iterator<Item = &'a ListedPackage> {
        let packages = manifest.packages.iter().filter(|package| manifest.replaces_versions && !package.is_elsewhere);
        packages.filter(|package| self.has_other_version(package))
    }

    fn has_other_version(&self, package: &ListedPackage) -> bool {
        let Some(Some(found)) = self.packages.get(package.name.as_str()) else { return false };
        match self.installer {
            Installer::Npm => !accepts(&package.versions, found),
            Installer::Pnpm => **found != package.versions,
            _ => false,
        }
    }
}

/// Whether a version is one of a range of npm: `1.2.3`, `^1.2.3`, `~1.2.3`
/// (<https://docs.npmjs.com/cli/using-npm/semver#ranges>). Other ranges, and versions before a release, are taken to fit.
fn accepts(range: &str, version: &str) -> bool {
    let numbers = |text: &str| {
        let mut parts = text.split('.').map(|part| part.parse::<u64>().ok());
        let three = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(three)
    };
    let (bare, is_caret, is_tilde) = match range.strip_prefix('^') {
        Some(bare) => (bare, true, false),
        None => range.strip_prefix('~').map_or((range, false, false), |bare| (bare, false, true)),
    };
    let (Some(least), Some(found)) = (numbers(bare), numbers(version)) else { return true };
    let has_same = |parts: usize| least[..parts] == found[..parts];
    let keeps = match least {
        _ if is_tilde => 2,
        [0, 0, _] if is_caret => 3,
        [0, ..] if is_caret => 2,
        _ if is_caret => 1,
        _ => 3,
    };
    has_same(keeps) && found >= least
}

/// A package manager that installs what a manifest lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Installer {
    /// npm.
    Npm,
    /// Yarn.
    Yarn,
    /// pnpm.
    Pnpm,
    /// Bun.
    Bun,
    /// uv.
    Uv,
    /// Poetry.
    Poetry,
    /// Pipenv.
    Pipenv,
    /// PDM.
    Pdm,
    /// pip, which has no lock files.
    Pip,
}

impl Installer {
    /// The name of its manifest.
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Npm | Self::Yarn | Self::Pnpm | Self::Bun => "package.json",
            Self::Uv | Self::Poetry | Self::Pdm | Self::Pip => "pyproject.toml",
            Self::Pipenv => "Pipfile",
        }
    }

    /// The names of its lock files.
    pub fn locks(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["package-lock.json", "npm-shrinkwrap.json"],
            Self::Yarn => &["yarn.lock"],
            Self::Pnpm => &["pnpm-lock.yaml"],
            Self::Bun => &["bun.lock", "bun.lockb"],
            Self::Uv => &["uv.lock"],
            Self::Poetry => &["poetry.lock"],
            Self::Pipenv => &["Pipfile.lock"],
            Self::Pdm => &["pdm.lock"],
            Self::Pip => &[],
        }
    }

    /// The lock files of other package managers for the same manifest.
    pub fn foreign_locks(self) -> impl Iterator<Item = &'static str> {
        const ALL: [Installer; 9] = [
            Installer::Npm,
            Installer::Yarn,
            Installer::Pnpm,
            Installer::Bun,
            Installer::Uv,
            Installer::Poetry,
            Installer::Pipenv,
            Installer::Pdm,
            Installer::Pip,
        ];
        let others = ALL.into_iter().filter(move |other| *other != self && other.manifest() == self.manifest());
        others.flat_map(|other| other.locks().iter().copied())
    }

    /// The command that writes its lock file.
    pub fn locks_with(self) -> &'static str {
        match self {
            Self::Npm => "npm install",
            Self::Yarn => "yarn install",
            Self::Pnpm => "pnpm install",
            Self::Bun => "bun install",
            Self::Uv => "uv lock",
            Self::Poetry => "poetry lock",
            Self::Pipenv => "pipenv lock",
            Self::Pdm => "pdm lock",
            Self::Pip => "uv lock",
        }
    }
}

/// How a command uses the lock file of its package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum LockUse {
    /// It refuses to run without a lock file, or with one that does not fit the manifest (`npm ci`).
    Required,
    /// It refuses to run without a lock file, and does not compare it with the manifest (`uv sync --frozen`).
    Frozen,
    /// It refuses a lock file that does not fit, and does without one (`poetry install`).
    Checked,
    /// It installs the versions of the lock file, and changes the file where it does not fit (`npm install`).
    Followed,
    /// It chooses versions itself (`pip install .`).
    Ignored,
}

/// A command that installs the packages which a manifest lists.
#[derive(Debug, Clone, Serialize)]
pub struct ManifestInstall {
    /// The package manager.
    pub installer: Installer,
    /// Its use of the lock file.
    pub lock: LockUse,
    /// Whether it leaves out packages for development.
    pub omits_development: bool,
    /// The folder that it works in, if it names one.
    pub folder: Option<Text>,
    /// The words that say what it does, for messages: `npm install`.
    pub shown: &'static str,
    /// The word that says so: `install`.
    pub verb: Option<Text>,
    /// The command.
    pub command: Command,
}

/// A command that runs a script of a `package.json`, and fails if there is none of this name.
#[derive(Debug, Clone, Serialize)]
pub struct ScriptCall {
    /// The name of the script.
    pub name: Text,
    /// The folder that it works in, if it names one.
    pub folder: Option<Text>,
    /// The command for messages: `npm run build`.
    pub shown: String,
    /// The command.
    pub command: Command,
}

/// A command that installs the packages of a manifest, with the files that it finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResolvedInstall {
    /// The command.
    pub command: Span,
    /// The path of the manifest in the checkout.
    pub manifest: String,
    /// The lock file beside it.
    pub lock: LockFound,
    /// The instruction that brings the manifest into the image, if it names the manifest.
    pub copy: Option<ManifestCopy>,
    /// Whether a variable keeps the package manager from changing the lock file.
    pub is_frozen: bool,
}

/// A script of a `package.json` that a Dockerfile runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScriptUse {
    /// The command for messages: `npm run build`.
    pub shown: String,
    /// The name of the script.
    pub name: String,
    /// Where it is named.
    pub place: Span,
    /// The path of the manifest in the checkout; `None` if it is unknown.
    pub manifest: Option<String>,
    /// The file that runs if there is no such script.
    pub instead: Option<&'static str>,
}

/// The word of a `COPY` that names a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestCopy {
    /// The word.
    pub source: Span,
    /// As written.
    pub written: String,
    /// Whether more sources can be added: the destination is a folder.
    pub has_room: bool,
}

/// The lock file that a command finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum LockFound {
    /// This one.
    Found(String),
    /// None, although the checkout has this one; the pattern that leaves it out of the build context, if it is one.
    NotCopied(String, Option<(Span, String)>),
    /// None: the checkout has none. The pattern of Git that ignores it, and the lock file of another package manager, if
    /// there are any.
    Missing(Option<(Span, String)>, Option<String>),
    /// That is unknown.
    Unknown,
}

impl ResolvedInstall {
    /// The folder of the manifest, for messages.
    pub fn folder(&self) -> String {
        match folder_of(&self.manifest) {
            "" => "the repository root".to_owned(),
            folder => format!("`{folder}/`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_npm_accepts_versions() {
        for (range, version, expected) in [
            ("^4.18.0", "4.21.2", true),
            ("^4.18.0", "4.17.9", false),
            ("^4.18.0", "5.0.0", false),
            ("^0.3.1", "0.3.9", true),
            ("^0.3.1", "0.4.0", false),
            ("^0.0.3", "0.0.4", false),
            ("~1.2.3", "1.2.9", true),
            ("~1.2.3", "1.3.0", false),
            ("1.2.3", "1.2.3", true),
            ("1.2.3", "1.2.4", false),
            ("1.x", "9.0.0", true),
            (">=1 <2", "9.0.0", true),
            ("^1.0.0", "2.0.0-rc.1", true),
        ] {
            assert_eq!(accepts(range, version), expected, "{range} {version}");
        }
    }
}
