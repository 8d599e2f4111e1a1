//! Terraform: modules, and resources after evaluation.

use super::setting::{Setting, Why};
use super::value::{Value, ValueKind};
use crate::source::{Inside, Room};
use crate::span::{SourceId, Span};
use serde::Serialize;

/// One folder of Terraform files.
#[derive(Debug, Clone, Serialize)]
pub struct Module {
    /// The folder; `""` for the root of the checkout.
    pub folder: String,
    /// Its files.
    pub sources: Vec<SourceId>,
    /// Its provider requirements, from `required_providers`.
    pub requirements: Vec<Requirement>,
    /// `required_providers` blocks and `terraform` blocks.
    pub terraform_blocks: Vec<Span>,
    /// The block that configures its state, if there is one: the type of the backend or `cloud`, and the span.
    pub backend: Option<(String, Span)>,
    /// `provider` blocks: the local name of the provider, the header, and the `version` argument.
    pub providers: Vec<(String, Span, Option<Setting<Value>>)>,
    /// Its `module` blocks.
    pub calls: Vec<ModuleCall>,
    /// Whether a `module` block of this checkout calls it.
    pub is_called: bool,
    /// The providers of its resources, with the first resource of each.
    pub used_providers: Vec<(String, Span)>,
    /// Whether its folder has a `.terraform.lock.hcl`.
    pub has_lock: bool,
    /// Whether it is written for callers: it is called, is in a folder `modules` or `module`, or has variables but
    /// neither provider nor backend.
    pub is_library: bool,
    /// Whether another tool (such as Terragrunt) generates parts of it.
    pub is_generated: bool,
}

/// A provider requirement.
#[derive(Debug, Clone, Serialize)]
pub struct Requirement {
    /// The local name of the provider.
    pub name: String,
    /// Its source address (`hashicorp/google`).
    pub source: Option<String>,
    /// The version constraint.
    pub version: Setting<String>,
    /// The entry.
    pub span: Span,
}

/// A `module` block.
#[derive(Debug, Clone, Serialize)]
pub struct ModuleCall {
    /// Its name.
    pub name: String,
    /// Its `source` argument.
    pub source: Setting<String>,
    /// Its version constraint.
    pub version: Setting<String>,
    /// The header.
    pub span: Span,
}

/// The definition of a Terraform name.
#[derive(Debug, Clone, Serialize)]
pub struct Definition {
    /// Where it is defined.
    pub span: Span,
    /// The value of the name, if it has one.
    pub value: Option<Value>,
    /// The folder of the called module, if it is in this checkout.
    pub folder: Option<String>,
}

/// One `resource` block after evaluation.
#[derive(Debug, Clone, Serialize)]
pub struct Resource {
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The folder of its module.
    pub folder: String,
    /// Its content.
    pub block: ResourceBlock,
    /// Whether it has `count` or `for_each`.
    pub is_many: bool,
    /// The paths in `lifecycle.ignore_changes`.
    pub ignored_changes: Vec<String>,
}

/// The content of a resource or of a block in it.
#[derive(Debug, Clone, Serialize)]
pub struct ResourceBlock {
    /// From the type to the opening brace.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// Where attributes and blocks would be inserted; `None` if that is unclear.
    #[serde(skip)]
    pub inside: Option<Inside>,
    /// Attributes: name, span of the name, value.
    pub attributes: Vec<(Box<str>, Span, Value)>,
    /// Nested blocks.
    pub blocks: Vec<(Box<str>, ResourceBlock)>,
    /// `dynamic` blocks over unknown collections: the type of the blocks they may generate, and the header.
    pub dynamic: Vec<(Box<str>, Span)>,
}

impl Resource {
    /// `type.name`.
    pub fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }

    /// Whether it is a bucket that a service of Google made and somebody imported, by its name: those of App Engine,
    /// Container Registry, Cloud Build, Cloud Functions, Cloud Run, Dataproc and Cloud Composer.
    pub fn is_made_by_google(&self) -> bool {
        const MADE: &[(&str, &str)] = &[
            ("", ".appspot.com"),
            ("artifacts.", ""),
            ("", "_cloudbuild"),
            ("gcf-sources-", ""),
            ("gcf-v2-sources-", ""),
            ("gcf-v2-uploads-", ""),
            ("run-sources-", ""),
            ("dataproc-staging-", ""),
            ("dataproc-temp-", ""),
        ];
        let Setting::Known(name, _) = self.block.get("name") else { return false };
        let Some(name) = name.text().filter(|_| self.kind == "google_storage_bucket") else { return false };
        let is_composer = name.ends_with("-bucket")
            && name.rsplit('-').nth(1).is_some_and(|id| id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        is_composer || MADE.iter().any(|(start, end)| name.starts_with(start) && name.ends_with(end))
    }

    /// Whether `ignore_changes` leaves an attribute or a block around it to someone else: what is written may not be
    /// what applies.
    pub fn leaves(&self, path: &str) -> bool {
        let covers = |ignored: &String| {
            ignored == "all"
                || path.strip_prefix(ignored.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.ignored_changes.iter().any(covers)
    }
}

impl ResourceBlock {
    /// The value at `a.b.c`: block types, then an attribute.
    ///
    /// Absent points at the header of this block, however deep the path is. If a block of the path is repeated, the
    /// answer is Known or Absent only if all of them agree; [`every`](Self::every) returns them one by one. If a
    /// `dynamic` block may generate one of them, the answer is Unknown, unless the path ends at a written block.
    pub fn get(&self, path: &str) -> Setting<Value> {
        match self.find(path) {
            Setting::Absent(_) => Setting::Absent(self.header),
            setting => setting,
        }
    }

    fn find(&self, path: &str) -> Setting<Value> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        if let Some((_, _, value)) = self.attributes.iter().find(|(attribute, _, _)| &**attribute == first) {
            let mut value = value.clone();
            if let Some(rest) = rest {
                for step in rest.split('.') {
                    let inner = match &value.kind {
                        ValueKind::List(items) => {
                            let inner: Vec<_> = items.iter().map(|item| item.get(step)).collect();
                            if inner.windows(2).any(|pair| !pair[0].zip(pair[1]).is_some_and(|(a, b)| a.is_same(b))) {
                                return Setting::Unknown(value.span, Why::Several(first.into()));
                            }
                            inner.first().copied().flatten().cloned()
                        }
                        ValueKind::Unknown(_) => return value.setting(),
                        _ => value.get(step).cloned(),
                    };
                    match inner {
                        Some(inner) => value = inner,
                        None => return Setting::Absent(self.header),
                    }
                }
            }
            return value.setting();
        }
        let dynamic = self.dynamic.iter().find(|(kind, _)| &**kind == first).map(|(_, span)| *span);
        let mut blocks = self.each(first);
        match (blocks.next(), dynamic) {
            (Some(block), _) if rest.is_none() => {
                Setting::Known(Value::new(ValueKind::Bool(true), block.header), block.header.into())
            }
            (Some(block), None) => {
                let rest = rest.expect("a path that ends here was answered above");
                let found = block.find(rest);
                let is_shared = blocks.all(|other| match (&found, &other.find(rest)) {
                    (Setting::Known(value, _), Setting::Known(other, _)) => value.is_same(other),
                    (Setting::Absent(_), Setting::Absent(_)) => true,
                    _ => false,
                });
                if is_shared { found } else { Setting::Unknown(block.header, Why::Several(first.into())) }
            }
            (_, Some(span)) => Setting::Unknown(span, Why::Other("a `dynamic` block may write it".into())),
            (None, None) => Setting::Absent(self.header),
        }
    }

    /// Every block at `a.b`, and the `dynamic` blocks that may generate more of them.
    pub fn every(&self, path: &str) -> (Vec<&Self>, Vec<Span>) {
        let (mut blocks, mut open) = (vec![self], Vec::new());
        for kind in path.split('.') {
            open.extend(
                blocks.iter().flat_map(|block| &block.dynamic).filter(|(name, _)| &**name == kind).map(|d| d.1),
            );
            blocks = blocks
                .into_iter()
                .flat_map(|block| block.blocks.iter())
                .filter(|b| &*b.0 == kind)
                .map(|b| &b.1)
                .collect();
        }
        (blocks, open)
    }

    /// Where a missing attribute at `a.b.c` would be inserted, with the blocks that are missing as well. `None` if it
    /// may be set elsewhere, or if the place is unclear.
    pub fn room(&self, path: &str) -> Option<Room> {
        let parts: Vec<&str> = path.split('.').collect();
        let (name, mut holders) = parts.split_last()?;
        let mut block = self;
        while let [first, rest @ ..] = holders {
            if block.may_write(first) || block.attributes.iter().any(|(attribute, ..)| &**attribute == *first) {
                return None;
            }
            let mut blocks = block.each(first);
            let Some(next) = blocks.next() else { break };
            // If there are several blocks, it is unclear which of them to change.
            if blocks.next().is_some() {
                return None;
            }
            (block, holders) = (next, rest);
        }
        if holders.is_empty() && block.attributes.iter().any(|(attribute, ..)| &**attribute == *name) {
            return None;
        }
        Some(block.inside.as_ref()?.room(holders, name))
    }

    /// The first block of a type.
    pub fn block(&self, kind: &str) -> Option<&Self> {
        self.blocks.iter().find(|(name, _)| &**name == kind).map(|(_, block)| block)
    }

    /// The blocks of a type.
    pub fn each<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Self> {
        self.blocks.iter().filter(move |(name, _)| &**name == kind).map(|(_, block)| block)
    }

    /// Whether a `dynamic` block may generate blocks of a type.
    pub fn may_write(&self, kind: &str) -> bool {
        self.dynamic.iter().any(|(name, _)| &**name == kind)
    }
}
