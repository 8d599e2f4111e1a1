//! The facts that a repository states about its deployment, independent of file formats.
//!
//! Rules see only this model. Every fact carries its span, and every setting has one of three answers: Known, Unknown
//! with a reason, Absent with the place where it would be inserted ([`Setting`]). Some types use those of `source`
//! (paths of the checkout, places for insertions); no type depends on a parser, a disk or a rule.

mod build;
mod command;
mod comment;
mod compose;
mod credential;
mod delivery;
mod end_of_life;
mod environment;
mod facts;
mod firewall;
mod grant;
mod image;
mod invocation;
mod kubernetes;
mod manifest;
mod package;
mod project;
mod resource;
mod setting;
mod target;
mod text;
mod value;
mod workflow;
mod workload;

pub use build::{
    Build, BuildFile, MissingSource, MissingStart, Pipeline, Step, Substitution, SubstitutionUse, Suggestion,
    UnknownField, WideCopy,
};
pub use command::{Command, Home, Rejection, RejectionKind, Separator};
pub use comment::Comment;
pub use compose::{
    ComposeAction, ComposeBuild, ComposeCall, ComposeFile, ComposeService, Dependency, Descriptions, PublishedPort,
    Store,
};
pub use credential::{
    Credential, Named, NamedValue, file_holds_secrets, is_literal_secret, looks_random, names_secret,
};
pub use delivery::{DeliveryPipeline, DeliveryTarget};
pub use end_of_life::Ended;
pub use environment::{Environment, Surface, names_public};
pub use facts::Facts;
pub use firewall::{Allowed, Firewall};
pub use grant::{Grant, Scope};
pub use image::{Base, Bind, Copied, Copy, Dockerfile, Image, Launch, Pin, Run, Stage, User, Variable, is_of_others};
pub use invocation::{ImageBuild, Invocation, PackageCall, PackageManager, ProgramSource, TerraformCall};
pub use kubernetes::{DisruptionBudget, PodContainer, PodOwner, RemovedVersion, Scaler};
pub use manifest::{
    Installer, ListedPackage, LockFile, LockFound, LockUse, Manifest, ManifestCopy, ManifestFormat, ManifestInstall,
    Purpose, ResolvedInstall, ScriptCall, ScriptUse,
};
pub use package::{Installation, PackageKind, Requirements, Unpinned, listed};
pub use project::{FileFacts, ImageUse, ImageUser, OwnImages, Project, UsedAs};
pub use resource::{Definition, Module, ModuleCall, Requirement, Resource, ResourceBlock};
pub use setting::{Origin, Place, Setting, Why};
pub use target::{Target, TargetKind, Targets};
pub use text::Text;
pub use value::{Value, ValueKind, format_number};
pub use workflow::{
    Access, Action, Asked, Author, Concurrency, Input, Interpolation, Job, JobStep, Permission, Permissions, Trigger,
    Workflow,
};
pub use workload::{
    Container, EnvValue, EnvVariable, Exposure, Held, Key, Opening, Probe, ProbeKind, RuntimeEnd, Settings, Typed,
    Workload, WorkloadKind, Written, attribute, runtime_end, seconds,
};
