//! Words in paths that tell what files are for.
//!
//! The list is ours: it was made from the paths of repositories that deploy to Cloud Run, and holds no word that is
//! more often the name of a service, a resource or a topic.

/// How far down in a path a word tells a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// As the name of any folder: nothing else has such a name.
    Any,
    /// As the name of one of the first [`FIRST`] folders: further down, names belong to the inner structure of one
    /// component.
    First,
    /// Only as the name of the top folder, or of a folder right below one for environments: further down it may be
    /// the name of a service (`jobs/backup`).
    Top,
}

/// The purpose, and the words with this meaning.
pub(crate) type Row = (&'static str, Depth, &'static [&'static str]);

/// The words. A hyphen is part of a whole name (`integration-tests`).
pub(crate) static WORDS: &[Row] = &[
    ("production", Depth::First, &["prod", "production", "prd", "live"]),
    ("staging", Depth::First, &["staging", "stg", "qa", "uat", "preprod", "pre-prod"]),
    ("staging", Depth::Top, &["stage"]),
    (
        "development",
        Depth::Any,
        &[".devcontainer", ".cursor", ".vscode", ".idea", ".zed", ".gitpod", ".codesandbox", "localdev"],
    ),
    ("development", Depth::First, &["dev", "devel", "develop", "development"]),
    ("development", Depth::Top, &["local", "sandbox", "preview", "debug"]),
    (
        "test",
        Depth::Any,
        &[
            "tests",
            "__tests__",
            "testdata",
            "test-data",
            "testfiles",
            "testcases",
            "testsuite",
            "fixtures",
            "test-fixtures",
            "__fixtures__",
            "e2e",
            "e2e-tests",
            "integration-tests",
            "load-tests",
            "loadtest",
            "loadtests",
            "load-test",
            "benchmarks",
        ],
    ),
    ("test", Depth::First, &["test", "testing", "fixture"]),
    ("test", Depth::Top, &["spec", "specs", "mock", "mocks", "evaluation", "evals", "benchmark", "bench"]),
    (
        "example",
        Depth::Any,
        &["examples", "samples", "tutorials", "quickstarts", "contrib", "boilerplate", "boilerplates"],
    ),
    ("example", Depth::First, &["example", "demos", "tutorial", "quickstart"]),
    (
        "example",
        Depth::Top,
        &["sample", "demo", "playground", "archive", "archived", "deprecated", "legacy", "backup", "backups"],
    ),
];

/// Words that begin or end the name of a folder of examples (`sample_app`, `vpc-sample`).
pub(crate) static AROUND_EXAMPLES: &[&str] = &["sample", "samples", "example", "examples"];

/// Words that end a file name (`api-dev.yaml`) and tell its purpose whatever stands before them.
pub(crate) static ENDINGS: &[&str] = &[
    "prod",
    "production",
    "prd",
    "staging",
    "stg",
    "qa",
    "uat",
    "preprod",
    "dev",
    "development",
    "test",
    "tests",
    "e2e",
];

/// Folders whose folders are named after environments.
pub(crate) static FOLDERS_OF_ENVIRONMENTS: &[&str] =
    &["env", "envs", "environment", "environments", "overlays", "stages", "tfvars", "vars", "clusters"];

/// Words that say what kind of file it is, so that another word beside them is no name of a service
/// (`cloudbuild-preview.yaml`, `infra-dev/`).
pub(crate) static KINDS_OF_FILES: &[&str] = &[
    "app",
    "build",
    "ci",
    "cloud",
    "cloudbuild",
    "cloudrun",
    "compose",
    "config",
    "containerfile",
    "deploy",
    "deployment",
    "docker",
    "dockerfile",
    "env",
    "environment",
    "gcp",
    "gcb",
    "iac",
    "infra",
    "infrastructure",
    "job",
    "k8s",
    "knative",
    "main",
    "manifest",
    "pipeline",
    "release",
    "requirements",
    "run",
    "service",
    "setup",
    "stack",
    "terraform",
    "tf",
    "variables",
    "vars",
];

/// Words in names of targets of task runners that developers and tests use on their own machine, or in a project of
/// their own.
pub(crate) static TARGETS_FOR_DEVELOPMENT: &[&str] = &[
    "dev",
    "devel",
    "develop",
    "development",
    "devcontainer",
    "local",
    "locally",
    "localhost",
    "sandbox",
    "preview",
    "debug",
    "test",
    "tests",
    "testing",
    "e2e",
    "integration",
    "emulator",
    "emulators",
    "mock",
    "bench",
    "benchmark",
    "loadtest",
    "lint",
    "fmt",
    "format",
    "watch",
    "playground",
];

/// Words in names of services and buckets that everyone may use: people open them in a browser, or others call them
/// without a token.
pub(crate) static PUBLIC_NAMES: &[&str] = &[
    "public",
    "web",
    "website",
    "webapp",
    "site",
    "www",
    "frontend",
    "front",
    "ui",
    "portal",
    "landing",
    "storefront",
    "homepage",
    "blog",
    "docs",
    "webhook",
    "webhooks",
    "static",
    "assets",
    "cdn",
    "downloads",
];

/// Words in names of services that run to their end, and are not started again.
pub(crate) static TASKS: &[&str] = &[
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "init",
    "initdb",
    "seed",
    "seeder",
    "setup",
    "bootstrap",
    "createbuckets",
    "certbot",
    "backup",
    "restore",
    "job",
    "task",
    "once",
    "cli",
    "tool",
    "tools",
    "test",
    "tests",
    "build",
    "builder",
    "mc",
];

/// How many folders from the top a word of [`Depth::First`] may be.
pub(crate) const FIRST: usize = 4;
