//! The definition of a name in a module: its place and, for a variable or a local, its value.

use super::{Callers, Context, File};
use crate::model::Definition;
use crate::source::join;
use crate::syntax::hcl::{Expr, ExprKind, Ident, Step};

/// The definition of `var.x`, `local.x`, `module.x`, `data.type.name` or `type.name`, whose parts are given.
pub(crate) fn look_up(
    folder: &str,
    files: &[File<'_>],
    callers: &Callers,
    is_library: bool,
    parts: &[&str],
) -> Option<Definition> {
    let bodies = || files.iter().filter(|file| !file.is_values).map(|file| file.body);
    let block = |kind: &'static str, labels: &[&str]| {
        bodies().flat_map(|body| body.blocks(kind)).find(|block| {
            block.labels.len() == labels.len()
                && block.labels.iter().zip(labels).all(|(label, wanted)| &*label.text == *wanted)
        })
    };
    let value = |root: &str, name: &Ident| {
        let span = name.span;
        let base = Expr { kind: ExprKind::Variable(root.into()), span };
        let kind = ExprKind::Traversal(Box::new(base), vec![Step::Attribute(name.clone())]);
        Context::new(folder, files, callers, is_library).evaluate(&Expr { kind, span })
    };
    match parts {
        ["var", name, ..] => {
            let label = block("variable", &[name])?.labels.first()?;
            let name = Ident { text: (*name).into(), span: label.span };
            Some(Definition { span: label.span, value: Some(value("var", &name)), folder: None })
        }
        ["local", name, ..] => {
            let mut attributes =
                bodies().flat_map(|body| body.blocks("locals")).flat_map(|block| &block.body.attributes);
            let attribute = attributes.find(|attribute| &*attribute.name.text == *name)?;
            Some(Definition { span: attribute.name.span, value: Some(value("local", &attribute.name)), folder: None })
        }
        ["module", name, ..] => {
            let call = block("module", &[name])?;
            let source = call.body.get("source").and_then(super::literal).filter(|source| source.starts_with('.'));
            let folder = source.and_then(|source| join(folder, source));
            Some(Definition { span: call.header, value: None, folder })
        }
        ["data", kind, name, ..] => {
            Some(Definition { span: block("data", &[kind, name])?.header, value: None, folder: None })
        }
        [kind, name, ..] => {
            Some(Definition { span: block("resource", &[kind, name])?.header, value: None, folder: None })
        }
        _ => None,
    }
}
