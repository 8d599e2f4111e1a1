//! Workflows and composite actions of GitHub Actions.
//!
//! Keys and their meaning: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>.

use super::setting::Setting;
use super::text::Text;
use crate::known::github as known;
use crate::source::Room;
use crate::span::{SourceId, Span};
use serde::Serialize;

/// A workflow, or a composite action, whose steps are read as one job.
#[derive(Debug, Clone, Serialize)]
pub struct Workflow {
    /// Its source.
    pub source: SourceId,
    /// Whether it is a composite action.
    pub is_action: bool,
    /// Whether GitHub reads a file at this path.
    pub is_read: bool,
    /// The span of findings about the whole workflow: the key `on`, or that of its jobs.
    pub span: Span,
    /// The events that start it.
    pub triggers: Vec<Trigger>,
    /// What its token may do, for jobs that do not say so themselves.
    pub permissions: Setting<Permissions>,
    /// Its concurrency.
    pub concurrency: Option<Concurrency>,
    /// Environment variables of all its steps.
    pub env: Vec<Input>,
    /// Its jobs.
    pub jobs: Vec<Job>,
}

/// An event that starts a workflow.
#[derive(Debug, Clone, Serialize)]
pub struct Trigger {
    /// Its name: `push`, `pull_request`.
    pub name: String,
    /// The name.
    pub span: Span,
    /// The types of activity that it is limited to; empty if it says nothing.
    pub types: Vec<Text>,
    /// The inputs that are asked for when it is started.
    pub inputs: Vec<Asked>,
}

/// An input of a workflow.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// Its type: `string`, `choice`, `boolean`, `number`, `environment`; `string` if none is written.
    pub kind: String,
}

/// What the token of a job may do.
#[derive(Debug, Clone, Serialize)]
pub struct Permissions {
    /// `read-all` or `write-all`.
    pub all: Option<Access>,
    /// What is said for each scope.
    pub scopes: Vec<Permission>,
    /// Where `id-token` would be inserted, if it is missing.
    #[serde(skip)]
    pub room: Option<Room>,
}

/// What a token may do in one scope.
#[derive(Debug, Clone, Serialize)]
pub struct Permission {
    /// The scope: `contents`, `id-token`.
    pub scope: String,
    /// What it may do.
    pub access: Access,
    /// The whole entry.
    pub span: Span,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Access {
    /// Nothing.
    None,
    /// Read.
    Read,
    /// Read and write.
    Write,
}

/// At most one run of a group at a time.
#[derive(Debug, Clone, Serialize)]
pub struct Concurrency {
    /// The key.
    pub span: Span,
    /// Whether a new run cancels the one that is under way.
    pub cancels: Setting<bool>,
}

/// A job of a workflow.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// The span of its id.
    pub span: Span,
    /// What its token may do.
    pub permissions: Setting<Permissions>,
    /// The environment whose protection rules and secrets it uses.
    pub environment: Setting<Text>,
    /// Its concurrency.
    pub concurrency: Option<Concurrency>,
    /// When it runs.
    pub condition: Option<Text>,
    /// The reusable workflow that it calls.
    pub calls: Option<Text>,
    /// The jobs that it waits for.
    pub needs: Vec<String>,
    /// Environment variables of all its steps.
    pub env: Vec<Input>,
    /// Whether a failure of it leaves the workflow successful.
    pub tolerates_failure: Setting<bool>,
    /// Whether it checks out another repository, or into a folder, so that paths are not those of this repository.
    pub moves_root: bool,
    /// Its steps, in order.
    pub steps: Vec<JobStep>,
}

/// A step of a job.
#[derive(Debug, Clone, Serialize)]
pub struct JobStep {
    /// Its id, which other steps use.
    pub id: Option<String>,
    /// Its name for people.
    pub name: Option<Text>,
    /// The span of findings about the whole step.
    pub span: Span,
    /// The action that it uses.
    pub action: Option<Action>,
    /// What it passes to the action.
    pub inputs: Vec<Input>,
    /// The environment variables of its own.
    pub env: Vec<Input>,
    /// Its script, as written.
    pub script: Option<Text>,
    /// The expressions in its script, or in the script that it passes to an action.
    pub expressions: Vec<Interpolation>,
    /// When it runs.
    pub condition: Option<Text>,
    /// The folder that its script runs in.
    pub folder: Setting<Text>,
    /// Whether a failure of it leaves the job successful.
    pub tolerates_failure: Setting<bool>,
}

/// An action that a step uses.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    /// `owner/name` or `owner/name/folder` in lower case; the path of a local action.
    pub name: String,
    /// The branch, tag or commit.
    pub version: Option<String>,
    /// As written.
    pub text: Text,
}

/// A value with a name: an input of an action, or an environment variable.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Its name as written.
    pub name: String,
    /// The span of the name.
    pub key: Span,
    /// Its value.
    pub value: Text,
}

/// An expression whose value GitHub writes into a script before it runs.
#[derive(Debug, Clone, Serialize)]
pub struct Interpolation {
    /// From `${{` to `}}`.
    pub span: Span,
    /// The contexts whose values may be written, with `*` for computed parts: `github.event.issue.title`.
    pub contexts: Vec<String>,
}

impl Workflow {
    /// The trigger of an event.
    pub fn trigger(&self, name: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.name == name)
    }

    /// Whether other workflows call it, perhaps those of other repositories, whose files it then works on.
    pub fn is_called(&self) -> bool {
        self.is_action || self.trigger("workflow_call").is_some()
    }

    /// Whether a stranger can start it so that its jobs get secrets.
    pub fn is_open_to_strangers(&self) -> bool {
        self.triggers.iter().any(|trigger| known::CAUSED_BY_STRANGERS.contains(&trigger.name.as_str()))
    }

    /// Who writes the value of a context, if it is free text.
    pub fn author(&self, context: &str) -> Option<Author> {
        let is_one = |list: &[&str]| list.iter().any(|known| is_context(known, context));
        if is_one(known::OF_STRANGERS) {
            return Some(Author::Stranger);
        }
        if is_one(known::OF_COMMITTERS) {
            return Some(Author::Committer);
        }
        let name = context.strip_prefix("github.event.inputs.").or_else(|| context.strip_prefix("inputs."))?;
        let asked = self.trigger("workflow_dispatch")?.inputs.iter().find(|asked| asked.name == name)?;
        (asked.kind == "string").then_some(Author::Starter)
    }

    /// What the token of a job may do: what the job says, or else the workflow.
    pub fn permissions_of<'a>(&'a self, job: &'a Job) -> &'a Setting<Permissions> {
        if job.permissions.is_absent() { &self.permissions } else { &job.permissions }
    }
}

/// Who writes a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Whoever opens an issue or a pull request, or comments.
    Stranger,
    /// Whoever has a commit merged.
    Committer,
    /// Whoever starts the workflow by hand.
    Starter,
}

/// Whether a context is the known one; `*` is any part.
fn is_context(known: &str, context: &str) -> bool {
    let mut parts = context.split('.');
    known.split('.').all(|known| parts.next().is_some_and(|part| known == "*" || part == "*" || known == part))
        && parts.next().is_none()
}

impl Permissions {
    /// What the token may do in a scope. What is not named is not allowed.
    pub fn of(&self, scope: &str) -> Access {
        if let Some(access) = self.all {
            return access;
        }
        self.scopes.iter().find(|entry| entry.scope == scope).map_or(Access::None, |entry| entry.access)
    }

    /// The entry that allows to write in a scope.
    pub fn writes(&self, scope: &str) -> Option<Span> {
        let entry = self.scopes.iter().find(|entry| entry.scope == scope && entry.access == Access::Write)?;
        Some(entry.span)
    }
}

impl Job {
    /// Its name for messages: ``job `deploy` ``.
    pub fn label(&self) -> String {
        format!("job `{}`", self.id)
    }

    /// The step that takes an identity of Google Cloud, or works with one.
    pub fn identity(&self) -> Option<&JobStep> {
        let is_google = |step: &&JobStep| {
            step.action.as_ref().is_some_and(Action::is_of_google_cloud)
                || step.script.as_ref().is_some_and(|script| script.raw().contains("gcloud auth "))
        };
        self.steps.iter().find(is_google)
    }

    /// The first secret, other than the token of the run, that its steps get.
    pub fn secret(&self) -> Option<&str> {
        let texts = self.env.iter().map(|entry| &entry.value).chain(self.steps.iter().flat_map(JobStep::texts));
        texts.flat_map(Text::secrets).find(|name| !matches!(*name, "secrets.GITHUB_TOKEN" | "github.token"))
    }
}

impl Action {
    /// Whether it acts on Google Cloud.
    pub fn is_of_google_cloud(&self) -> bool {
        let Some(name) = self.name.strip_prefix("google-github-actions/") else { return false };
        name == "auth" || ["setup-", "deploy-", "get-", "upload-"].iter().any(|verb| name.starts_with(verb))
    }

    /// Its major version: 2 of `v2` and `v2.1.0`. `None` for a branch or a commit.
    pub fn major(&self) -> Option<u32> {
        self.version.as_ref()?.strip_prefix('v')?.split('.').next()?.parse().ok()
    }

    /// The inputs that it takes; empty if they are not known.
    pub fn known_inputs(&self) -> Vec<&'static str> {
        match self.major() {
            Some(major) => known::inputs(&self.name, Some(major)),
            // A branch or a commit may be of any version.
            None => known::inputs(&self.name, None),
        }
    }

    /// The newest major version whose inputs are known.
    pub fn newest(&self) -> Option<u32> {
        (0..NEWEST).rev().find(|major| !known::inputs(&self.name, Some(*major)).is_empty())
    }

    /// The last major version that took an input.
    pub fn last_with(&self, input: &str) -> Option<u32> {
        (0..NEWEST).rev().find(|major| known::inputs(&self.name, Some(*major)).contains(&input))
    }
}

impl JobStep {
    /// Whether it uses an action of this name.
    pub fn uses(&self, action: &str) -> bool {
        self.action.as_ref().is_some_and(|used| used.name == action)
    }

    /// What it passes on: inputs, variables, script.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let entries = self.inputs.iter().chain(&self.env).map(|entry| &entry.value);
        entries.chain(&self.script)
    }

    /// An input that is not empty.
    pub fn given(&self, name: &str) -> Option<&Input> {
        let found = self.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name))?;
        (!found.value.raw().trim().is_empty()).then_some(found)
    }

    /// The value of an input that is not empty.
    pub fn input(&self, name: &str) -> Option<&Text> {
        self.given(name).map(|input| &input.value)
    }

    /// Whether its action runs a script on another machine, which it connects to with SSH.
    pub fn runs_elsewhere(&self) -> bool {
        self.action.as_ref().is_some_and(|action| action.name.contains("ssh"))
    }

    /// Whether it builds an image from the commit as GitHub has it, and not from files that earlier steps may have changed:
    /// the default of `docker/build-push-action` (<https://github.com/docker/build-push-action#git-context>).
    pub fn builds_from_commit(&self) -> bool {
        self.uses("docker/build-push-action")
            && self.input("context").is_none_or(|context| context.raw().trim().starts_with("{{defaultContext}}"))
    }

    /// Whether it adds no file to the checkout that a build would look for.
    pub fn adds_no_files(&self) -> bool {
        match (&self.action, &self.script) {
            (Some(action), _) => HARMLESS.contains(&action.name.as_str()),
            (None, Some(script)) => !redirects(script.raw()),
            (None, None) => true,
        }
    }

    /// Its name for messages: ``step `Deploy` ``.
    pub fn label(&self) -> String {
        let name = self.name.as_ref().map(Text::shown).or_else(|| self.id.clone());
        let name = name.or_else(|| self.action.as_ref().map(|action| action.name.clone()));
        name.map_or_else(|| "this step".to_owned(), |name| format!("step `{name}`"))
    }
}

/// Beyond the major version of any action.
const NEWEST: u32 = 32;

/// Actions that add no file to the checkout, or only credentials.
const HARMLESS: &[&str] = &[
    "actions/checkout",
    "actions/setup-dotnet",
    "actions/setup-go",
    "actions/setup-java",
    "actions/setup-node",
    "actions/setup-python",
    "docker/build-push-action",
    "docker/login-action",
    "docker/metadata-action",
    "docker/setup-buildx-action",
    "docker/setup-qemu-action",
    "google-github-actions/auth",
    "google-github-actions/deploy-cloudrun",
    "google-github-actions/get-secretmanager-secrets",
    "google-github-actions/setup-gcloud",
    "hashicorp/setup-terraform",
];

/// Whether a script writes its output to a file other than those of GitHub.
fn redirects(script: &str) -> bool {
    script.match_indices('>').any(|(at, _)| {
        let target = script[at..].trim_start_matches(['>', ' ', '"', '{']);
        !["$GITHUB_", "${GITHUB_", "&1", "&2", "/dev/null"].iter().any(|known| target.starts_with(known))
    })
}
