//! The facts of files, before they are linked.

use super::build::Pipeline;
use super::command::{Command, Home, Rejection};
use super::compose::{ComposeCall, ComposeFile};
use super::credential::{Credential, NamedValue, is_literal_secret, names_secret};
use super::delivery::{DeliveryPipeline, DeliveryTarget};
use super::firewall::Firewall;
use super::grant::Grant;
use super::image::Dockerfile;
use super::kubernetes::{DisruptionBudget, PodOwner, RemovedVersion, Scaler};
use super::manifest::{LockFile, Manifest, ManifestInstall, ScriptCall};
use super::package::{Installation, Requirements};
use super::resource::{Module, Resource};
use super::target::{Target, Targets};
use super::text::Text;
use super::workflow::{Job, JobStep, Workflow};
use super::workload::{EnvValue, Workload};
use crate::source::{HOLE, Sources};
use crate::span::Span;
use serde::Serialize;
use std::sync::Arc;

/// The facts of one file, one Terraform module or a whole run. Every reader returns this type, and [`Facts::merge`]
/// joins two of them; large facts are shared.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Facts {
    /// Dockerfiles.
    pub dockerfiles: Vec<Arc<Dockerfile>>,
    /// Cloud Build configurations.
    pub pipelines: Vec<Arc<Pipeline>>,
    /// Workflows and composite actions of GitHub Actions.
    pub workflows: Vec<Arc<Workflow>>,
    /// Compose files.
    pub compose_files: Vec<Arc<ComposeFile>>,
    /// Lines of scripts that start or copy Compose files.
    pub compose_calls: Vec<ComposeCall>,
    /// Cloud Run services, jobs and worker pools.
    pub workloads: Vec<Arc<Workload>>,
    /// Shell commands of scripts, `RUN` instructions, build steps and workflows; those that an action runs among them.
    pub commands: Vec<Arc<Command>>,
    /// Commands that their own program rejects, or may reject.
    pub rejections: Vec<Rejection>,
    /// Commands that install packages without a version.
    pub installations: Vec<Installation>,
    /// Terraform resources.
    pub resources: Vec<Arc<Resource>>,
    /// Terraform modules.
    pub modules: Vec<Arc<Module>>,
    /// IAM bindings.
    pub grants: Vec<Grant>,
    /// Firewall rules for incoming traffic.
    pub firewalls: Vec<Firewall>,
    /// Credentials recognised by their form.
    pub credentials: Vec<Credential>,
    /// Values whose names may mark them as secrets.
    pub named_values: Vec<NamedValue>,
    /// Dependency manifests.
    pub requirements: Vec<Requirements>,
    /// Manifests of package managers.
    pub manifests: Vec<Arc<Manifest>>,
    /// Lock files of package managers.
    pub locks: Vec<Arc<LockFile>>,
    /// Commands that install what a manifest lists.
    pub manifest_installs: Vec<Arc<ManifestInstall>>,
    /// Commands that run a script of a `package.json`.
    pub script_calls: Vec<Arc<ScriptCall>>,
    /// Controllers of pods of Kubernetes.
    pub pod_owners: Vec<Arc<PodOwner>>,
    /// Scalers of pods.
    pub scalers: Vec<Scaler>,
    /// Objects of Kubernetes in versions that clusters no longer serve.
    pub removed_versions: Vec<RemovedVersion>,
    /// Limits on the pods that may be away at once.
    pub disruption_budgets: Vec<DisruptionBudget>,
    /// Names of images that Kustomize or Skaffold replaces when it deploys.
    pub replaced_images: Vec<Arc<str>>,
    /// Delivery pipelines of Cloud Deploy.
    pub delivery_pipelines: Vec<DeliveryPipeline>,
    /// Targets of Cloud Deploy.
    pub delivery_targets: Vec<DeliveryTarget>,
    /// Targets of task runners, for each file.
    pub targets: Vec<Arc<Targets>>,
}

impl Facts {
    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        // Destructured, so that a new kind of fact is a compile error here until it is checked.
        let Self {
            dockerfiles,
            pipelines,
            workflows,
            compose_files,
            compose_calls,
            workloads,
            commands,
            rejections,
            installations,
            resources,
            modules,
            grants,
            firewalls,
            credentials,
            named_values,
            requirements,
            manifests,
            locks,
            manifest_installs,
            script_calls,
            pod_owners,
            scalers,
            disruption_budgets,
            removed_versions,
            replaced_images,
            delivery_pipelines,
            delivery_targets,
            targets,
        } = self;
        dockerfiles.is_empty()
            && pipelines.is_empty()
            && workflows.is_empty()
            && compose_files.is_empty()
            && compose_calls.is_empty()
            && workloads.is_empty()
            && commands.is_empty()
            && rejections.is_empty()
            && installations.is_empty()
            && resources.is_empty()
            && modules.is_empty()
            && grants.is_empty()
            && firewalls.is_empty()
            && credentials.is_empty()
            && named_values.is_empty()
            && requirements.is_empty()
            && manifests.is_empty()
            && locks.is_empty()
            && manifest_installs.is_empty()
            && script_calls.is_empty()
            && pod_owners.is_empty()
            && scalers.is_empty()
            && disruption_budgets.is_empty()
            && removed_versions.is_empty()
            && replaced_images.is_empty()
            && delivery_pipelines.is_empty()
            && delivery_targets.is_empty()
            && targets.is_empty()
    }

    /// Appends other facts.
    pub fn merge(&mut self, other: &Self) {
        // Destructured, so that a new kind of fact is a compile error here until it is merged.
        let Self {
            dockerfiles,
            pipelines,
            workflows,
            compose_files,
            compose_calls,
            workloads,
            commands,
            rejections,
            installations,
            resources,
            modules,
            grants,
            firewalls,
            credentials,
            named_values,
            requirements,
            manifests,
            locks,
            manifest_installs,
            script_calls,
            pod_owners,
            scalers,
            disruption_budgets,
            removed_versions,
            replaced_images,
            delivery_pipelines,
            delivery_targets,
            targets,
        } = other;
        self.dockerfiles.extend_from_slice(dockerfiles);
        self.pipelines.extend_from_slice(pipelines);
        self.workflows.extend_from_slice(workflows);
        self.compose_files.extend_from_slice(compose_files);
        self.compose_calls.extend_from_slice(compose_calls);
        self.workloads.extend_from_slice(workloads);
        self.commands.extend_from_slice(commands);
        self.rejections.extend_from_slice(rejections);
        self.installations.extend_from_slice(installations);
        self.resources.extend_from_slice(resources);
        self.modules.extend_from_slice(modules);
        self.grants.extend_from_slice(grants);
        self.firewalls.extend_from_slice(firewalls);
        self.credentials.extend_from_slice(credentials);
        self.named_values.extend_from_slice(named_values);
        self.requirements.extend_from_slice(requirements);
        self.manifests.extend_from_slice(manifests);
        self.locks.extend_from_slice(locks);
        self.manifest_installs.extend_from_slice(manifest_installs);
        self.script_calls.extend_from_slice(script_calls);
        self.pod_owners.extend_from_slice(pod_owners);
        self.scalers.extend_from_slice(scalers);
        self.disruption_budgets.extend_from_slice(disruption_budgets);
        self.removed_versions.extend_from_slice(removed_versions);
        self.replaced_images.extend_from_slice(replaced_images);
        self.delivery_pipelines.extend_from_slice(delivery_pipelines);
        self.delivery_targets.extend_from_slice(delivery_targets);
        self.targets.extend_from_slice(targets);
    }

    /// The workflow and the job that a command belongs to; `None` for a command of anything else.
    pub fn job_of(&self, command: &Command) -> Option<(&Workflow, &Job)> {
        let Home::Workflow(source, job, _) = command.home else { return None };
        let workflow = self.workflows.iter().find(|workflow| workflow.source == source)?;
        Some((workflow, workflow.jobs.get(job)?))
    }

    /// The target of a task runner that a command belongs to.
    pub fn target_of(&self, command: &Command) -> Option<&Target> {
        let Home::Target(source, index, _) = command.home else { return None };
        self.targets.iter().find(|targets| targets.source == source)?.list.get(index)
    }

    /// The step of a workflow that a command belongs to.
    pub fn job_step(&self, command: &Command) -> Option<&JobStep> {
        let Home::Workflow(_, _, step) = command.home else { return None };
        self.job_of(command)?.1.steps.get(step)
    }

    /// Where values are written that are or may be secrets, which no excerpt may show.
    pub fn secrets(&self, sources: &Sources) -> Vec<Span> {
        let mut spans: Vec<Span> = self.credentials.iter().map(|credential| credential.span).collect();
        let named = self.named_values.iter().filter(|named| named.is_sensitive || names_secret(&named.name));
        let env = self.workloads.iter().flat_map(|workload| &workload.containers).flat_map(|container| &container.env);
        let env = env.filter(|variable| names_secret(&variable.name)).filter_map(|variable| match &variable.value {
            EnvValue::Plain(value) => Some(value),
            _ => None,
        });
        let substitutions = self.pipelines.iter().flat_map(|pipeline| &pipeline.substitutions);
        let substitutions = substitutions.filter(|substitution| names_secret(&substitution.name));
        let words = self.commands.iter().flat_map(|command| &command.words).filter_map(assigned);
        let values = named.map(|named| &named.value).chain(env).chain(substitutions.map(|named| &named.value));
        for value in values.cloned().chain(words) {
            if value.raw().split(HOLE).any(is_literal_secret) {
                spans.push(value.span());
                spans.extend(set_elsewhere(&value, sources));
            }
        }
        spans
    }
}

/// The value of a word such as `TOKEN=x` or `--build-arg=TOKEN=x` whose name marks it as a secret. A flag for secrets, such
/// as `--set-secrets`, takes their ids.
fn assigned(word: &Text) -> Option<Text> {
    // A list with a separator of its own is read as a list.
    let (name, value) = word.split_once('=').filter(|(name, _)| !name.raw().starts_with('^'))?;
    match name.raw().strip_prefix('-') {
        Some(flag) if names_secret(flag) => None,
        Some(_) => value.split_once('=').filter(|(name, _)| names_secret(name.raw())).map(|(_, value)| value),
        None => names_secret(name.raw()).then_some(value),
    }
}

/// Where a value is written that came through a variable with a name of its own: on the lines that set it.
fn set_elsewhere<'a>(value: &'a Text, sources: &'a Sources) -> impl Iterator<Item = Span> + 'a {
    value.trail().iter().filter_map(|origin| {
        let source = sources.get(origin.span.source);
        let line = source.lines().range(&source.text, source.position(origin.span.start).line);
        let known = value.known()?;
        let at = line.start + source.text.get(line)?.find(known)?;
        Some(Span::new(origin.span.source, at as u32, (at + known.len()) as u32))
    })
}
