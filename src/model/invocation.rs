//! The effects of commands, as their programs interpret their words.

use super::package::PackageKind;
use super::text::Text;
use serde::Serialize;

/// The effect of a command, which `read/command` derives from its words.
#[derive(Debug, Clone, Default, Serialize)]
pub enum Invocation {
    /// A program or a verb that `read/command` does not know.
    #[default]
    Other,
    /// It builds an image from a Dockerfile.
    BuildImage(Box<ImageBuild>),
    /// It runs a package manager.
    Packages(PackageCall),
    /// It downloads something, to a file or to its output.
    Download {
        /// Whether it writes a file.
        to_file: bool,
    },
    /// It runs a shell or an interpreter.
    Run(ProgramSource),
    /// It compiles a program; the tools that an image keeps if it was compiled there, for messages.
    Compile(&'static str),
    /// It creates or changes files of the workspace (`cp`, `tar`, `git clone`).
    WriteFiles,
    /// It changes the working directory.
    ChangeFolder,
    /// It removes files: the paths as written.
    Remove(Vec<Text>),
    /// It sends the checkout to Cloud Build.
    SubmitBuild,
    /// It signs in to Google Cloud with the exported key of a service account.
    SignInWithKey,
    /// It runs the tests of the program.
    Test,
    /// It changes what runs: a service, a job, a function, an application or a release.
    Deploy,
    /// It runs Terraform or OpenTofu.
    Terraform(Box<TerraformCall>),
}

/// A call of Terraform.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TerraformCall {
    /// The command: `init`, `plan`, `apply`.
    pub verb: String,
    /// The folder that it changes to (`-chdir`).
    pub folder: Option<Text>,
    /// The variables that it sets, with their values.
    pub variables: Vec<(Text, Option<Text>)>,
    /// The files with values that it names.
    pub files: Vec<Text>,
    /// The file that it writes the plan to.
    pub plan: Option<Text>,
    /// Its other words: a plan to apply.
    pub operands: Vec<Text>,
    /// Whether nobody is asked before resources change (`-auto-approve`).
    pub is_approved: bool,
    /// Whether an expansion may add flags.
    pub is_open: bool,
}

/// Where a shell or an interpreter takes its program from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ProgramSource {
    /// Standard input.
    Input,
    /// An argument: the program itself, a file, or the output of a command.
    Argument,
}

/// A build of an image as a command line requests it.
#[derive(Debug, Clone, Serialize)]
pub struct ImageBuild {
    /// The Dockerfile, if it is named.
    pub file: Option<Text>,
    /// The context.
    pub context: Option<Text>,
    /// The stage to build.
    pub target: Option<Text>,
    /// Build arguments with their values.
    pub arguments: Vec<(Text, Option<Text>)>,
    /// The image references it is tagged with.
    pub tags: Vec<Text>,
    /// Whether an expansion may add flags or be the context.
    pub is_open: bool,
}

/// A call of a package manager.
#[derive(Debug, Clone, Serialize)]
pub struct PackageCall {
    /// The package manager.
    pub manager: PackageManager,
    /// The kind of its packages.
    pub kind: PackageKind,
    /// Whether it downloads the index of packages.
    pub updates_index: bool,
    /// Whether it installs packages.
    pub installs: bool,
    /// Whether it keeps no index.
    pub keeps_no_index: bool,
    /// The packages that it installs without a version.
    pub open: Vec<Text>,
    /// Words with unknown parts, which may be packages with or without a version.
    pub unknown: Vec<Text>,
    /// The tools that an image keeps if the call also compiles there (`go install`), for messages.
    pub leaves: Option<&'static str>,
}

/// The package managers that rules distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PackageManager {
    /// `apt-get` and `apt`.
    Apt,
    /// `apk`.
    Apk,
    /// One of a distribution with RPM packages: `dnf`, `yum`, `microdnf`, `zypper`.
    Rpm,
    /// One of a programming language.
    Language,
}

impl TerraformCall {
    /// Whether it changes resources.
    pub fn applies(&self) -> bool {
        matches!(self.verb.as_str(), "apply" | "destroy")
    }
}
