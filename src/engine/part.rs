//! Parts of a deployment, for rules that need not see all of it.

use crate::catalogue::Reach;
use crate::link::Copies;
use crate::model::{Build, Facts, FileFacts, Project, Workload};
use crate::source::PerSource;
use std::sync::Arc;

/// Part of a deployment, as shared pointers to its facts. Rules give the same findings for the same pointers.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// One file with the builds that it requests, or one Terraform module.
    File { facts: Arc<Facts>, builds: Arc<[Arc<Build>]> },
    /// One Dockerfile with the builds that use it, and the results of looking up its copies in their contexts.
    Image { facts: Arc<Facts>, builds: Vec<Arc<Build>>, copies: Arc<Copies> },
    /// One Cloud Run service, job or worker pool.
    Workload(Arc<Workload>),
    /// The commands or one block of a document, with the builds that it requests.
    Document { facts: Arc<Facts>, builds: Arc<[Arc<Build>]> },
}

impl Part {
    /// The reach of the rules that run on it.
    pub(super) fn reach(&self) -> Reach {
        match self {
            Self::File { .. } | Self::Document { .. } => Reach::File,
            Self::Image { .. } => Reach::Image,
            Self::Workload(_) => Reach::Workload,
        }
    }

    /// A key that is unique among the parts of one run. It contains a pointer, so it is valid as long as the part exists.
    pub(super) fn address(&self) -> (Reach, usize) {
        let address = match self {
            Self::File { facts, .. } | Self::Image { facts, .. } | Self::Document { facts, .. } => {
                Arc::as_ptr(facts) as usize
            }
            Self::Workload(workload) => Arc::as_ptr(workload) as usize,
        };
        (self.reach(), address)
    }

    /// Whether both hold the same pointers.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File { facts, builds }, Self::File { facts: others, builds: more })
            | (Self::Document { facts, builds }, Self::Document { facts: others, builds: more }) => {
                Arc::ptr_eq(facts, others) && are_same(builds, more)
            }
            (Self::Image { facts, builds, copies }, Self::Image { facts: others, builds: more, copies: as_well }) => {
                Arc::ptr_eq(facts, others) && are_same(builds, more) && Arc::ptr_eq(copies, as_well)
            }
            (Self::Workload(workload), Self::Workload(other)) => Arc::ptr_eq(workload, other),
            _ => false,
        }
    }

    /// The part as a project of its own. It has no tree of paths: a rule that looks for other files needs the whole
    /// deployment.
    pub(super) fn project(&self, files: &Arc<PerSource<FileFacts>>) -> Project {
        let mut project = Project { files: files.clone(), ..Project::default() };
        match self {
            Self::File { facts, builds } | Self::Document { facts, builds } => {
                project.facts = facts.clone();
                project.builds = builds.to_vec();
            }
            Self::Image { facts, builds, copies } => {
                project.facts = facts.clone();
                project.builds.clone_from(builds);
                project.missing_sources.clone_from(&copies.missing);
                project.wide_copies.clone_from(&copies.wide);
            }
            Self::Workload(workload) => {
                project.facts = Arc::new(Facts { workloads: vec![workload.clone()], ..Facts::default() });
            }
        }
        project
    }
}

/// Whether both lists hold the same pointers.
pub(super) fn are_same<T>(a: &[Arc<T>], b: &[Arc<T>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// Whether two texts are equal; the same text in memory is not compared.
pub(super) fn is_same(a: &Arc<str>, b: &Arc<str>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}
