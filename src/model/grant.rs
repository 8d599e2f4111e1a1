//! IAM bindings.

use super::setting::Setting;
use super::text::Text;
use crate::span::Span;
use serde::Serialize;

/// A role granted to members.
#[derive(Debug, Clone, Serialize)]
pub struct Grant {
    /// The role.
    pub role: Setting<Text>,
    /// The members, as far as they are listed.
    pub members: Vec<Text>,
    /// The resource or container of resources that the role is granted on.
    pub scope: Scope,
    /// A name for messages: the Terraform address or the command.
    pub subject: String,
    /// Where it is written.
    pub span: Span,
}

/// The targets of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Scope {
    /// An organisation.
    Organization,
    /// A folder.
    Folder,
    /// A project.
    Project,
    /// A bucket.
    Bucket,
    /// A Cloud Run service or job; its name or Terraform address, if known.
    CloudRun(Option<String>),
    /// A function; its name or Terraform address, if known.
    Function(Option<String>),
    /// One service account.
    ServiceAccount,
    /// Another resource, by its Terraform type without `google_` or by its `gcloud` group.
    Other(String),
}
