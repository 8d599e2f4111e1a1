//! What the expressions of a workflow stand for.
//!
//! Contexts and where each is available:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/contexts>.

use crate::budget::Budget;
use crate::model::{Interpolation, Text, Why};
use crate::read::variables::{Assembly, Meaning, Scope};
use crate::source::Fragment;
use crate::span::Span;
use crate::syntax::expression::{self, Expression};
use crate::syntax::yaml::Node;
use rpds::HashTrieMapSync;

/// The values of contexts at one place of a workflow. Copies share what they have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Contexts {
    /// Environment variables.
    pub(super) env: Scope,
    /// The contexts that the values of environment variables hold.
    holding: HashTrieMapSync<String, Vec<String>>,
    /// Outputs of earlier steps by `id.name`.
    outputs: HashTrieMapSync<String, Meaning>,
    /// Steps whose outputs are secrets.
    of_secrets: HashTrieMapSync<String, ()>,
}

/// What a resolved text costs beside its bytes, in bytes.
const TEXT: usize = 256;

impl Contexts {
    /// A scalar with its expressions resolved, as far as that can be paid for.
    pub(super) fn scalar(&self, node: Node<'_>, budget: &Budget) -> Option<Text> {
        Some(self.text(&node.fragment()?, budget))
    }

    /// A text with its expressions resolved, as far as that can be paid for.
    pub(super) fn text(&self, fragment: &Fragment, budget: &Budget) -> Text {
        let found = expression::find(fragment.text());
        if found.is_empty() {
            return Text::of(fragment.clone());
        }
        let resolved = (!budget.is_exhausted()).then(|| self.filled(fragment, &found));
        let paid = resolved.filter(|text| budget.charge(found.len(), text.raw().len() + TEXT).is_ok());
        paid.unwrap_or_else(|| Self::default().filled(fragment, &found))
    }

    fn filled(&self, fragment: &Fragment, found: &[expression::Found]) -> Text {
        let text = fragment.text();
        let mut assembly = Assembly::new(fragment);
        let mut at = 0;
        for found in found {
            assembly.keep(at..found.range.start);
            at = found.range.end;
            match &found.expression {
                Expression::Literal(literal) => assembly.replace(found.range.clone(), literal),
                expression => {
                    let name = expression.sources().into_iter().next().unwrap_or_default();
                    let value = self.value(expression, fragment.span(found.range.clone()));
                    assembly.put(found.range.clone(), &name, &value);
                }
            }
        }
        assembly.keep(at..text.len());
        assembly.finish()
    }

    /// The value of an expression at a place.
    fn value(&self, expression: &Expression, span: Span) -> Meaning {
        match expression {
            Expression::Literal(text) => Meaning::Known(Text::standing_for(text, span), None),
            Expression::Path(parts) => self.context(parts),
            Expression::Or(left, right) => match self.value(left, span) {
                Meaning::Known(text, _) if is_falsy(&text) => self.value(right, span),
                Meaning::Unset => self.value(right, span),
                // A secret may be missing, and then the other value is taken.
                meaning => meaning,
            },
            Expression::Call(..) | Expression::And(..) => {
                let secret = expression.sources().into_iter().find(|source| source.starts_with("secrets."));
                Meaning::Unknown(secret.map_or(Why::Computed, |secret| Why::Secret(secret.into())))
            }
            Expression::Test(_) | Expression::Invalid => Meaning::Unknown(Why::Computed),
        }
    }

    fn context(&self, parts: &[String]) -> Meaning {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let name = || parts.join(".").into();
        match parts.as_slice() {
            ["env", variable] => self.env.get(variable),
            ["secrets", _] => Meaning::Unknown(Why::Secret(name())),
            ["github", "token"] => Meaning::Unknown(Why::Secret(name())),
            ["steps", id, "outputs", _] if self.of_secrets.contains_key(*id) => Meaning::Unknown(Why::Secret(name())),
            ["steps", id, "outputs", output] => match self.outputs.get(&format!("{id}.{output}")) {
                Some(meaning) => meaning.clone(),
                None => Meaning::Unknown(Why::Computed),
            },
            _ => Meaning::Unknown(Why::Variable(name())),
        }
    }

    /// Sets an environment variable to a resolved text; `raw` is the text as written.
    pub(super) fn set(&mut self, name: &str, value: Text, key: Span, raw: &str) {
        let sources: Vec<String> = expression::find(raw)
            .iter()
            .flat_map(|found| found.expression.sources())
            .flat_map(|source| self.behind(source))
            .collect();
        self.holding.insert_mut(name.to_owned(), sources);
        self.env.set(name, Meaning::of(value, key));
    }

    /// Makes an environment variable unknown.
    pub(super) fn forget(&mut self, name: &str) {
        self.env.set(name, Meaning::Unknown(Why::Other("an earlier step sets it".into())));
    }

    /// Sets the output of a step.
    pub(super) fn output(&mut self, step: &str, name: &str, meaning: Meaning) {
        self.outputs.insert_mut(format!("{step}.{name}"), meaning);
    }

    /// Says that the outputs of a step are secrets.
    pub(super) fn gives_secrets(&mut self, step: &str) {
        self.of_secrets.insert_mut(step.to_owned(), ());
    }

    /// The expressions of a script, each with the contexts whose values GitHub writes there.
    pub(super) fn interpolations(&self, script: &Fragment) -> Vec<Interpolation> {
        let found = expression::find(script.text()).into_iter();
        found
            .map(|found| {
                let sources = found.expression.sources().into_iter().take(MOST_SOURCES);
                let contexts = sources.flat_map(|source| self.behind(source)).take(MOST_SOURCES).collect();
                Interpolation { span: script.span(found.range), contexts }
            })
            .collect()
    }

    /// The contexts behind one: those that the value of an environment variable holds.
    fn behind(&self, source: String) -> Vec<String> {
        match source.strip_prefix("env.").and_then(|variable| self.holding.get(variable)) {
            Some(held) => held.iter().take(MOST_SOURCES).cloned().collect(),
            None => vec![source],
        }
    }
}

/// The most contexts that are kept for one expression.
const MOST_SOURCES: usize = 32;

/// Whether `||` takes its other side: an empty text, `false`, `0`.
fn is_falsy(text: &Text) -> bool {
    matches!(text.known(), Some("" | "false" | "0" | "null"))
}
