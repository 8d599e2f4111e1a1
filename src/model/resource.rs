//! Terraform: modules, and resources after evaluation.

use super::setting::{Setting, Why};
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
    /// Whether `.terraform.lock.hcl` is in its folder.
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
    /// Types of blocks that a `dynamic` block over an unknown collection may write, with that block's header.
    pub dynamic: Vec<(Box<str>, Span)>,
}

impl Resource {
    /// `type.name`.
    pub fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }
}

impl ResourceBlock {
    /// The value at `a.b.c`: blocks by their types, then an attribute.
    ///
    /// Absent points at the header of this block, however deep the attribute would stand. If a block on the way is written
    /// several times, or a `dynamic` block may write more of them, the answer is Known or Absent only if they all agree;
    /// [`every`](Self::every) tells them apart.
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

    /// Every block at `a.b`, and the `dynamic` blocks that may write more of them.
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
