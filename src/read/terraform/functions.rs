//! The most used functions of Terraform.
//!
//! Semantics: <https://developer.hashicorp.com/terraform/language/functions>. The result is Unknown if a function is
//! missing here, or if it does not support its arguments. Each pays for its result before it makes it.

mod collections;
mod numbers;
mod texts;

use super::evaluate::{Context, Evaluation, text_of, unknown_like};
use crate::budget::{Budget, Exhausted};
use crate::model::{Text, Value, ValueKind, Why};
use crate::span::Span;
use crate::syntax::hcl::Expr;

/// Calls a function.
pub(super) fn call(
    context: &Context<'_>,
    name: &str,
    arguments: &[Expr],
    expands_last: bool,
    at: Span,
    evaluation: &mut Evaluation<'_>,
) -> Result<Value, Exhausted> {
    // These accept arguments that can't be evaluated, so they evaluate each argument themselves.
    match name {
        "try" => return Ok(first_that_works(context, arguments, at, evaluation)),
        "can" => {
            let value = arguments.first().map(|argument| context.value(argument, evaluation));
            return Ok(match value {
                Some(value) if value.is_known() => Value::new(ValueKind::Bool(true), at),
                _ => Value::unknown(at, Why::Computed),
            });
        }
        _ => {}
    }
    let mut values: Vec<Value> = arguments.iter().map(|argument| context.value(argument, evaluation)).collect();
    if expands_last && let Some(last) = values.pop() {
        match last.list() {
            Some(items) => {
                evaluation.budget.charge(items.len(), size_of_val(items))?;
                values.extend(items.iter().cloned());
            }
            None => return Ok(unknown_like(&last, at)),
        }
    }
    let trail = values.iter().find_map(|value| value.trail.clone());
    let call = Call { name, values: &values, at, budget: evaluation.budget };
    match call.result() {
        Ok(value) => {
            let trail = value.trail.clone().or(trail);
            Ok(value.with_trail(trail))
        }
        Err(Stop::Unsupported) => {
            let why = values.iter().find_map(Value::why).cloned();
            Ok(Value::unknown(at, why.unwrap_or_else(|| Why::Other(format!("`{name}` is not followed").into()))))
        }
        Err(Stop::Exhausted) => Err(Exhausted),
    }
}

fn first_that_works(context: &Context<'_>, arguments: &[Expr], at: Span, evaluation: &mut Evaluation<'_>) -> Value {
    for argument in arguments {
        let value = context.value(argument, evaluation);
        match &value.kind {
            // A missing part is the error that `try` catches; any other Unknown may have a value.
            ValueKind::Unknown(Why::NoSuchPart) => {}
            _ => return value,
        }
    }
    Value::unknown(at, Why::Computed)
}

/// A call whose arguments are evaluated.
#[derive(Clone, Copy)]
struct Call<'c> {
    name: &'c str,
    values: &'c [Value],
    at: Span,
    budget: &'c Budget,
}

/// Why a call has no result.
enum Stop {
    /// The function or its arguments are not supported, or unknown parts decide the result.
    Unsupported,
    /// The budget ran out.
    Exhausted,
}

impl From<Exhausted> for Stop {
    fn from(Exhausted: Exhausted) -> Self {
        Self::Exhausted
    }
}

type Outcome = Result<Value, Stop>;

impl<'c> Call<'c> {
    fn result(self) -> Outcome {
        match self.name {
            "coalesce" | "coalescelist" | "lookup" | "merge" | "concat" | "flatten" | "compact" | "toset"
            | "distinct" | "tolist" | "tomap" | "sort" | "nonsensitive" | "sensitive" | "setunion" | "length"
            | "keys" | "values" | "element" | "one" | "slice" | "reverse" | "contains" | "index" | "alltrue"
            | "anytrue" | "zipmap" | "range" => self.of_collections(),
            "tonumber" | "max" | "min" | "sum" | "abs" | "ceil" | "floor" => self.of_numbers(),
            _ => self.of_texts(),
        }
    }

    fn argument(self, index: usize) -> Result<&'c Value, Stop> {
        self.values.get(index).ok_or(Stop::Unsupported)
    }

    fn items(self, index: usize) -> Result<&'c [Value], Stop> {
        self.argument(index)?.list().ok_or(Stop::Unsupported)
    }

    /// An argument as a text that is wholly known.
    fn known_text(self, index: usize) -> Result<Text, Stop> {
        let text = text_of(self.argument(index)?, self.budget)?;
        text.filter(|text| text.known().is_some()).ok_or(Stop::Unsupported)
    }

    fn number_at(self, index: usize) -> Result<f64, Stop> {
        self.argument(index)?.number().ok_or(Stop::Unsupported)
    }

    fn plain(self, kind: ValueKind) -> Outcome {
        Ok(Value::new(kind, self.at))
    }

    fn boolean(self, value: bool) -> Outcome {
        self.plain(ValueKind::Bool(value))
    }

    fn number(self, value: f64) -> Outcome {
        self.plain(ValueKind::Number(value))
    }

    fn text(self, text: &str) -> Outcome {
        self.budget.charge(text.len() / 64, text.len())?;
        self.plain(ValueKind::Text(Text::standing_for(text, self.at)))
    }

    fn list(self, items: Vec<Value>) -> Outcome {
        self.plain(ValueKind::List(items.into()))
    }

    /// Pays for a list or object of so many items.
    fn pay_for(self, items: usize) -> Result<(), Exhausted> {
        self.budget.charge(items, items * size_of::<Value>())
    }
}
