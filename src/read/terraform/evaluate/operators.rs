//! Operators and conditionals.

use super::{Context, Evaluation};
use crate::budget::Exhausted;
use crate::model::{Value, ValueKind, Why};
use crate::read::terraform::equality::equal;
use crate::span::Span;
use crate::syntax::hcl::{Expr, ExprKind, Operator};

impl Context<'_> {
    /// A binary operation. The left operands of a long chain are nested, so they are evaluated in a loop.
    pub(super) fn binary(
        &self,
        operator: Operator,
        operands: &[Expr; 2],
        at: Span,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Value, Exhausted> {
        let mut pending = vec![(operator, &operands[1], at)];
        let mut first = &operands[0];
        while let ExprKind::Binary(operator, operands) = &first.kind {
            pending.push((*operator, &operands[1], first.span));
            first = &operands[0];
        }
        let mut left = self.value(first, evaluation);
        while let Some((operator, right, at)) = pending.pop() {
            let right = self.value(right, evaluation);
            left = apply(operator, &left, &right, at, evaluation)?;
        }
        Ok(left)
    }

    pub(super) fn conditional(
        &self,
        parts: &[Expr; 3],
        at: Span,
        evaluation: &mut Evaluation<'_>,
    ) -> Result<Value, Exhausted> {
        let [condition, yes, no] = parts;
        let condition = self.value(condition, evaluation);
        match condition.bool() {
            Some(true) => Ok(self.value(yes, evaluation)),
            Some(false) => Ok(self.value(no, evaluation)),
            None => {
                let (yes, no) = (self.value(yes, evaluation), self.value(no, evaluation));
                Ok(match equal(&yes, &no, evaluation.budget)? {
                    Some(true) => yes,
                    _ => Value::unknown(at, condition.why().cloned().unwrap_or(Why::Computed)),
                })
            }
        }
    }
}

fn apply(
    operator: Operator,
    left: &Value,
    right: &Value,
    at: Span,
    evaluation: &Evaluation<'_>,
) -> Result<Value, Exhausted> {
    use Operator::*;
    evaluation.budget.charge(1, 0)?;
    let kind = match operator {
        Equal => equal(left, right, evaluation.budget)?.map(ValueKind::Bool),
        NotEqual => equal(left, right, evaluation.budget)?.map(|same| ValueKind::Bool(!same)),
        And => match (left.bool(), right.bool()) {
            (Some(false), _) | (_, Some(false)) => Some(ValueKind::Bool(false)),
            (Some(true), Some(true)) => Some(ValueKind::Bool(true)),
            _ => None,
        },
        Or => match (left.bool(), right.bool()) {
            (Some(true), _) | (_, Some(true)) => Some(ValueKind::Bool(true)),
            (Some(false), Some(false)) => Some(ValueKind::Bool(false)),
            _ => None,
        },
        _ => left.number().zip(right.number()).map(|(left, right)| match operator {
            Less => ValueKind::Bool(left < right),
            LessOrEqual => ValueKind::Bool(left <= right),
            Greater => ValueKind::Bool(left > right),
            GreaterOrEqual => ValueKind::Bool(left >= right),
            Add => ValueKind::Number(left + right),
            Subtract => ValueKind::Number(left - right),
            Multiply => ValueKind::Number(left * right),
            Divide => ValueKind::Number(left / right),
            _ => ValueKind::Number(left % right),
        }),
    };
    Ok(match kind {
        Some(kind) => Value::new(kind, at),
        None => Value::unknown(at, left.why().or(right.why()).cloned().unwrap_or(Why::Computed)),
    })
}
