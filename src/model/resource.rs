//! Terraform: modules, and resources after evaluation.

use super::setting::Setting;
use super::value::{Value, ValueKind};
use crate::source::{Inside, Room};
use crate::span::{SourceId, Span};

/// One folder of Terraform files.
#[derive(Debug, Clone)]
pub struct Module {
    /// The folder; `""` is the root.
    pub folder: String,
    /// Its files.
    pub sources: Vec<SourceId>,
    /// Providers it requires, from `required_providers`.
    pub requirements: Vec<Requirement>,
    /// `required_providers` blocks and `terraform` blocks.
    pub terraform_blocks: Vec<Span>,
    /// Where its state is kept, when a block says so: the backend's type or `cloud`, and the block.
    pub backend: Option<(String, Span)>,
    /// `provider` blocks: the provider's local name, the header, and a `version` argument.
    pub providers: Vec<(String, Span, Option<Setting<Value>>)>,
    /// Modules it calls.
    pub calls: Vec<ModuleCall>,
    /// Whether a local module call leads here.
    pub is_called: bool,
    /// The providers its resources need, with the first resource of each.
    pub used_providers: Vec<(String, Span)>,
    /// Whether a lock file stands beside it.
    pub has_lock: bool,
    /// Whether it is written to be called: it takes its provider from its caller.
    pub is_library: bool,
    /// Whether another tool (Terragrunt) writes parts of it.
    pub is_generated: bool,
}

/// A provider requirement.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The provider's local name.
    pub name: String,
    /// Where it comes from (`hashicorp/google`).
    pub source: Option<String>,
    /// The version constraint.
    pub version: Setting<String>,
    /// The entry.
    pub span: Span,
}

/// A `module` block.
#[derive(Debug, Clone)]
pub struct ModuleCall {
    /// Its name.
    pub name: String,
    /// Where the module comes from.
    pub source: Setting<String>,
    /// Its version constraint.
    pub version: Setting<String>,
    /// The header.
    pub span: Span,
}

/// What a name of Terraform means.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Where it is defined.
    pub span: Span,
    /// The value that it stands for, where it stands for one.
    pub value: Option<Value>,
    /// The folder of the module that it calls, where that is one of this checkout.
    pub folder: Option<String>,
}

/// One `resource` block after evaluation.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The folder of its module.
    pub folder: String,
    /// Its content.
    pub block: ResourceBlock,
    /// Whether `count` or `for_each` multiplies it.
    pub is_many: bool,
    /// Paths that `lifecycle.ignore_changes` leaves to someone else.
    pub ignored_changes: Vec<String>,
}

/// The content of a resource or of a block in it.
#[derive(Debug, Clone)]
pub struct ResourceBlock {
    /// From the type to the opening brace.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// Where more would be written in it; none where that is not clear.
    pub inside: Option<Inside>,
    /// Attributes with their names' bytes.
    pub attributes: Vec<(Box<str>, Span, Value)>,
    /// Nested blocks.
    pub blocks: Vec<(Box<str>, ResourceBlock)>,
    /// Block types that a `dynamic` block may write, with the reason and the place.
    pub dynamic: Vec<(Box<str>, Span)>,
}

impl Resource {
    /// `type.name`.
    pub fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }
}

impl ResourceBlock {
    /// What is said about `a.b.c`: blocks by their types, then an attribute.
    ///
    /// What is not written is reported at the header of this block, however deep it would stand.
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
                        ValueKind::List(items) => items.first().and_then(|item| item.get(step)).cloned(),
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
        if let Some((_, block)) = self.blocks.iter().find(|(kind, _)| &**kind == first) {
            let Some(rest) = rest else {
                return Setting::Known(Value::new(ValueKind::Bool(true), block.header), block.header.into());
            };
            return block.find(rest);
        }
        match self.dynamic.iter().find(|(kind, _)| &**kind == first) {
            Some((_, span)) => {
                Setting::Unknown(*span, super::setting::Why::Other("a `dynamic` block may write it".into()))
            }
            None => Setting::Absent(self.header),
        }
    }

    /// Room for an attribute at `a.b.c` that is not written: in the blocks there are, and in new ones. None where it may
    /// come from somewhere else, or where it is not clear how it would be written.
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
            // Of several it could be any.
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

    /// Whether a `dynamic` block may write blocks of a type.
    pub fn may_write(&self, kind: &str) -> bool {
        self.dynamic.iter().any(|(name, _)| &**name == kind)
    }
}
