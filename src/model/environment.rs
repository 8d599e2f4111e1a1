//! The environment and the surface of a file.

use crate::known::purposes::{self, Depth};
use std::fmt;

/// The purpose of a file, guessed from the words of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Runs for users; the default if no word of the path tells otherwise.
    Production,
    /// A rehearsal of production.
    Staging,
    /// A developer's machine or a shared playground.
    Development,
    /// Tests and their data.
    Test,
    /// Shown to readers, never run by the team itself.
    Example,
    /// Commands and configuration in documents, which people follow by hand.
    Documentation,
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
    /// Delivery pipelines and targets of Cloud Deploy.
    CloudDeploy,
    /// Objects of Kubernetes, and of Kustomize and Skaffold.
    Kubernetes,
    /// Terraform configuration and variable values.
    Terraform,
    /// Workflows and composite actions of GitHub Actions.
    Workflow,
    /// Compose files.
    Compose,
    /// Blocks of code in Markdown.
    Markdown,
    /// Files of environment variables.
    EnvFile,
    /// Shell scripts.
    Shell,
    /// Makefiles, Taskfiles and justfiles.
    TaskRunner,
    /// Dependency manifests.
    Dependencies,
}

impl Environment {
    /// Every environment, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Production, Self::Staging, Self::Development, Self::Test, Self::Example, Self::Documentation];

    /// The environment of a path, and the word that tells it; production without one.
    pub fn of_path(path: &str) -> (Self, Option<String>) {
        let lower = path.to_ascii_lowercase();
        let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let mut above = "";
        for (index, folder) in folders.split('/').enumerate() {
            let is_top = index == 0 || purposes::FOLDERS_OF_ENVIRONMENTS.contains(&above);
            let reaches = |depth: Depth| match depth {
                Depth::Any => true,
                Depth::First => index < purposes::FIRST,
                Depth::Top => is_top,
            };
            let is_of_tests = folder.ends_with("-tests") || folder.ends_with("_tests");
            let of_tests = is_of_tests.then_some((Self::Test, Depth::Any));
            let of_examples = || is_of_examples(folder).then_some((Self::Example, Depth::Any));
            let beside = || beside_kinds(folder).filter(|(_, depth)| *depth != Depth::Top && reaches(*depth));
            let told = of_tests
                .or_else(|| word(folder).filter(|(_, depth)| reaches(*depth)))
                .or_else(beside)
                .or_else(of_examples);
            if let Some((environment, _)) = told {
                return (environment, Some(format!("folder `{folder}`")));
            }
            above = folder;
        }
        match of_name(name) {
            Some(environment) => (environment, Some(format!("file name `{name}`"))),
            None => (Self::Production, None),
        }
    }

    /// The words in paths that tell this environment: the names of any folder, of one of the first four, and of the
    /// top one.
    pub fn words(self) -> [Vec<&'static str>; 3] {
        [Depth::Any, Depth::First, Depth::Top].map(|depth| {
            let rows = purposes::WORDS.iter().filter(|row| row.0 == self.name() && row.1 == depth);
            rows.flat_map(|row| row.2.iter().copied()).collect()
        })
    }

    /// Whether it is for development, tests or examples, and not for users or a rehearsal for them.
    pub fn is_set_aside(self) -> bool {
        matches!(self, Self::Development | Self::Test | Self::Example)
    }

    /// Its name in pages, configuration and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
            Self::Test => "test",
            Self::Example => "example",
            Self::Documentation => "documentation",
        }
    }

    /// The environment with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.name() == name)
    }
}

/// Whether a name says that everyone may use what it names (`shop-website`, `public_assets`).
pub fn names_public(name: &str) -> bool {
    name.split(['-', '_', '.']).any(|word| purposes::PUBLIC_NAMES.contains(&word.to_ascii_lowercase().as_str()))
}

/// The environment that a word tells.
fn word(word: &str) -> Option<(Environment, Depth)> {
    let (name, depth, _) = purposes::WORDS.iter().find(|(_, _, words)| words.contains(&word))?;
    Environment::of_name(name).map(|environment| (environment, *depth))
}

/// Whether the name of a folder begins or ends with a word for examples: `sample_app`, `vpc-sample`.
fn is_of_examples(folder: &str) -> bool {
    let mut words = folder.split(['-', '_']);
    let is_one = |word: Option<&str>| word.is_some_and(|word| purposes::AROUND_EXAMPLES.contains(&word));
    let first = words.next();
    let last = words.next_back();
    last.is_some() && (is_one(first) || is_one(last))
}

/// The environment of a name with one word that tells it, where the others only say what kind of file it is.
fn beside_kinds(name: &str) -> Option<(Environment, Depth)> {
    let mut told = None;
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        match word(part) {
            Some(_) if told.is_some() => return None,
            Some(found) => told = Some(found),
            None if purposes::KINDS_OF_FILES.contains(&part) => {}
            None => return None,
        }
    }
    told
}

/// The environment of a file name.
fn of_name(name: &str) -> Option<Environment> {
    // Terraform reads all files of a folder as one module, whatever their names are.
    if name.ends_with(".tf") || name.ends_with(".tf.json") {
        return None;
    }
    let stem = match name.rsplit_once('.') {
        Some((
            stem,
            "yaml" | "yml" | "json" | "sh" | "bash" | "txt" | "tfvars" | "toml" | "in" | "hcl" | "dockerfile"
            | "containerfile" | "mk" | "just",
        )) => stem,
        _ => name,
    };
    let stem = stem.strip_suffix(".auto").unwrap_or(stem).strip_suffix(".tfvars").unwrap_or(stem);
    let whole = stem.split('.').find_map(word).map(|(environment, _)| environment);
    let section = stem.split('.').rfind(|section| !purposes::KINDS_OF_FILES.contains(section)).unwrap_or_default();
    let last = section.rsplit(['-', '_']).next().filter(|last| purposes::ENDINGS.contains(last));
    let ending = || last.and_then(word).map(|(environment, _)| environment);
    whole.or_else(ending).or_else(|| beside_kinds(stem).map(|(environment, _)| environment))
}

impl Surface {
    /// Every surface, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Dockerfile,
        Self::CloudBuild,
        Self::CloudRun,
        Self::CloudDeploy,
        Self::Kubernetes,
        Self::Terraform,
        Self::Workflow,
        Self::Compose,
        Self::Markdown,
        Self::EnvFile,
        Self::Shell,
        Self::TaskRunner,
        Self::Dependencies,
    ];

    /// Its name in pages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::CloudBuild => "cloud-build",
            Self::CloudRun => "cloud-run",
            Self::CloudDeploy => "cloud-deploy",
            Self::Kubernetes => "kubernetes",
            Self::Terraform => "terraform",
            Self::Workflow => "workflow",
            Self::Compose => "compose",
            Self::Markdown => "markdown",
            Self::EnvFile => "env-file",
            Self::Shell => "shell",
            Self::TaskRunner => "task-runner",
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

    fn assert_all(cases: &[(&str, Environment)]) {
        for (path, environment) in cases {
            assert_eq!(Environment::of_path(path).0, *environment, "{path}");
        }
    }

    #[test]
    fn whole_names_tell_the_environment() {
        use Environment::*;
        assert_all(&[
            ("Dockerfile", Production),
            ("Dockerfile.dev", Development),
            ("dev.Dockerfile", Development),
            ("Dockerfile.local", Development),
            ("api-dev.Dockerfile", Development),
            ("envs/dev/main.tf", Development),
            ("envs/sandbox/main.tf", Development),
            ("infra-dev/main.tf", Development),
            ("dev.tfvars", Development),
            ("testing-dev.tfvars", Development),
            ("dev.auto.tfvars", Development),
            (".devcontainer/Dockerfile", Development),
            (".cursor/Dockerfile", Development),
            ("examples/run/main.tf", Example),
            ("modules/run/examples/simple/main.tf", Example),
            ("archive/Dockerfile", Example),
            ("app/tests/Dockerfile", Test),
            ("a/b/c/d/testdata/Dockerfile", Test),
            ("e2e/cloudbuild.yaml", Test),
            (".github/workflows/ui-tests/Dockerfile", Test),
            ("run-service-staging.yaml", Staging),
            ("staging-service.yaml", Staging),
            ("cloudbuild-preview.yaml", Development),
            ("deploy/prod/service.yaml", Production),
            ("deploy/prod/test.yaml", Production),
            ("unit-tests.cloudbuild.yaml", Test),
            ("web-prod.yaml", Production),
            ("deploy-dev.mk", Development),
        ]);
    }

    #[test]
    fn names_of_services_and_topics_are_production() {
        use Environment::*;
        assert_all(&[
            ("device/Dockerfile", Production),
            ("latest/Dockerfile", Production),
            ("services/local-search/Dockerfile", Production),
            ("services/preview-api/Dockerfile", Production),
            ("services/spec-server/Dockerfile", Production),
            ("services/archive-worker/Dockerfile", Production),
            ("services/demo/Dockerfile", Production),
            ("jobs/backup-job/Dockerfile", Production),
            ("jobs/backup/Dockerfile", Production),
            ("infra/backup.tf", Production),
            ("infra/debug.tf", Production),
            ("infra/dev.tf", Production),
            ("infra/firestore_backup.tf", Production),
            ("preview-api.yaml", Production),
            ("dev-portal.yaml", Production),
            ("Dockerfile.local-search", Production),
            ("a/b/c/d/test/Dockerfile", Production),
            ("a/b/c/d/testing/Dockerfile", Production),
        ]);
    }
}
