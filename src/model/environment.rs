//! The environment and the surface of a file.

use std::fmt;

/// The purpose of a file, guessed from the words of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Runs for users; the default if the path has no known word.
    Production,
    /// A rehearsal of production.
    Staging,
    /// A developer's machine or a shared sandbox.
    Development,
    /// Tests and their data.
    Test,
    /// Examples for readers, and archived files; the team does not run them.
    Example,
}

/// The kinds of files that rules work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// Dockerfiles.
    Dockerfile,
    /// Cloud Build configurations.
    CloudBuild,
    /// Cloud Run manifests.
    CloudRun,
    /// Terraform configuration and variable values.
    Terraform,
    /// Shell scripts.
    Shell,
    /// Dependency manifests.
    Dependencies,
}

impl Environment {
    /// Every environment, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Production, Self::Staging, Self::Development, Self::Test, Self::Example];

    /// The environment of a path, by the first known word of its folders, or else of its file name.
    pub fn of_path(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let word = |word: &str| match word {
            "test" | "tests" | "testing" | "testdata" | "testfiles" | "testfile" | "testsuite" | "testcases"
            | "testcase" | "fixture" | "fixtures" | "e2e" | "spec" | "specs" | "mock" | "mocks" => Some(Self::Test),
            "example" | "examples" | "sample" | "samples" | "demo" | "demos" | "tutorial" | "tutorials"
            | "quickstart" | "playground" | "archive" | "archived" | "deprecated" | "legacy" | "backup" | "backups" => {
                Some(Self::Example)
            }
            "dev" | "devel" | "develop" | "development" | "local" | "localdev" | "sandbox" | "devcontainer"
            | "preview" | "debug" => Some(Self::Development),
            "staging" | "stage" | "stg" | "qa" | "uat" | "preprod" => Some(Self::Staging),
            _ => None,
        };
        let told = |part: &str| part.split(['-', '_', '.', ' ']).find_map(word);
        // Folders are checked before the name of the file.
        folders.split('/').find_map(told).or_else(|| told(name)).unwrap_or(Self::Production)
    }

    /// Its name in pages, configuration and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
            Self::Test => "test",
            Self::Example => "example",
        }
    }

    /// The environment with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.name() == name)
    }
}

impl Surface {
    /// Every surface, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Dockerfile, Self::CloudBuild, Self::CloudRun, Self::Terraform, Self::Shell, Self::Dependencies];

    /// Its name in pages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::CloudBuild => "cloud-build",
            Self::CloudRun => "cloud-run",
            Self::Terraform => "terraform",
            Self::Shell => "shell",
            Self::Dependencies => "dependencies",
        }
    }

    /// The surface with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surface| surface.name() == name)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_path_decide_its_environment() {
        for (path, environment) in [
            ("Dockerfile", Environment::Production),
            ("Dockerfile.dev", Environment::Development),
            ("envs/dev/main.tf", Environment::Development),
            ("examples/run/main.tf", Environment::Example),
            ("app/tests/Dockerfile", Environment::Test),
            ("run-service-staging.yaml", Environment::Staging),
            ("deploy/prod/service.yaml", Environment::Production),
            ("device/Dockerfile", Environment::Production),
            ("latest/Dockerfile", Environment::Production),
        ] {
            assert_eq!(Environment::of_path(path), environment, "{path}");
        }
    }
}
