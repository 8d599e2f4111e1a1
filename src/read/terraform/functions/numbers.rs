//! Functions of numbers.

use super::{Call, Outcome, Stop};
use crate::model::Value;

impl Call<'_> {
    pub(super) fn of_numbers(self) -> Outcome {
        match self.name {
            "max" | "min" => {
                let pick = if self.name == "max" { f64::max } else { f64::min };
                self.number(numbers(self.values)?.into_iter().reduce(pick).ok_or(Stop::Unsupported)?)
            }
            "sum" => {
                let items = self.items(0)?;
                self.budget.charge(items.len(), 0)?;
                self.number(numbers(items)?.iter().sum())
            }
            "abs" => self.number(self.number_at(0)?.abs()),
            "ceil" => self.number(self.number_at(0)?.ceil()),
            "floor" => self.number(self.number_at(0)?.floor()),
            _ => self.number(self.number_at(0)?),
        }
    }
}

pub(super) fn numbers(values: &[Value]) -> Result<Vec<f64>, Stop> {
    values.iter().map(|value| value.number().ok_or(Stop::Unsupported)).collect()
}
