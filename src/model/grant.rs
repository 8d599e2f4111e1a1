//! Who may do what: IAM bindings.

use super::setting::Setting;
use super::text::Text;
use crate::span::Span;

/// A role given to members.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The role.
    pub role: Setting<Text>,
    /// The members, as far as told.
    pub members: Vec<Text>,
    /// On what.
    pub scope: Scope,
    /// A name for messages: the Terraform address or the command.
    pub subject: String,
    /// Where it is written.
    pub span: Span,
}

/// What a role is given on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// An organisation.
    Organization,
    /// A folder.
    Folder,
    /// A project.
    Project,
    /// A bucket.
    Bucket,
    /// A Cloud Run service or job; its name or Terraform address where told.
    CloudRun(Option<String>),
    /// One service account.
    ServiceAccount,
    /// Another resource, by its Terraform type without `google_` or by its `gcloud` group.
    Other(String),
}
