//! How much work one thing in a file may cause.
//!
//! Aliases, variables, arrays and functions let a short text stand for a long one, and a chain of them for one that no
//! memory holds. Everything that copies or expands therefore draws on the [`Budget`] of the thing it is for: a
//! resource, a local value, a build step, a stage, a script. If a budget runs out, that thing is Unknown from there on,
//! a note says so, and everything beside it has its own budget. So a text hides nothing of its neighbours.

use std::cell::Cell;

/// The steps and bytes that one thing has left.
///
/// It is shared by reference: whatever works for the same thing draws on the same budget. A budget that could not pay
/// once never pays again, so that the result does not depend on whether something cheap happened to come next.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: Cell<u64>,
    bytes: Cell<u64>,
    is_exhausted: Cell<bool>,
}

/// A budget ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

/// The budget of a file or module, divided among the things in it.
///
/// All of them together cost no more than a fixed amount and a multiple of the text, and the budget of one does not
/// depend on how much the others use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shares {
    steps: u64,
    bytes: u64,
}

/// One kind of budget. A step is about as much work as reading one operator: a hundred nanoseconds.
struct Limits {
    /// For any file.
    base: u64,
    /// For each byte of the file.
    per_byte: u64,
    /// For any file at most.
    most: u64,
    /// For one thing, into however many shares the file is divided.
    least_of_one: u64,
    /// For one thing, beside its share: for each byte of its own text.
    own_per_byte: u64,
}

const STEPS: Limits = Limits { base: 100_000, per_byte: 1_000, most: 4_000_000, least_of_one: 2_000, own_per_byte: 50 };
const BYTES: Limits =
    Limits { base: 1 << 20, per_byte: 4 << 10, most: 64 << 20, least_of_one: 32 << 10, own_per_byte: 32 };

impl Limits {
    fn share(&self, users: usize, size: usize) -> u64 {
        let whole = (self.base + self.per_byte.saturating_mul(size as u64)).min(self.most);
        (whole / (users as u64).max(1)).max(self.least_of_one)
    }
}

impl Shares {
    /// Divides the budget of a file or module of `size` bytes among `users` things.
    pub(crate) fn among(users: usize, size: usize) -> Self {
        Self { steps: STEPS.share(users, size), bytes: BYTES.share(users, size) }
    }

    /// The budget of one thing whose own text has `size` bytes.
    pub(crate) fn of(self, size: usize) -> Budget {
        let size = size as u64;
        Budget::new(self.steps + STEPS.own_per_byte * size, self.bytes + BYTES.own_per_byte * size)
    }
}

impl Budget {
    /// A budget of so many steps and bytes.
    pub(crate) const fn new(steps: u64, bytes: u64) -> Self {
        Self { steps: Cell::new(steps), bytes: Cell::new(bytes), is_exhausted: Cell::new(false) }
    }

    /// Pays for work before it is done.
    ///
    /// # Errors
    /// There is not enough left; the budget is exhausted from then on.
    pub(crate) fn charge(&self, steps: usize, bytes: usize) -> Result<(), Exhausted> {
        let steps = self.steps.get().checked_sub(steps as u64);
        let bytes = self.bytes.get().checked_sub(bytes as u64);
        match (steps, bytes) {
            (Some(steps), Some(bytes)) if !self.is_exhausted.get() => {
                self.steps.set(steps);
                self.bytes.set(bytes);
                Ok(())
            }
            _ => Err(self.exhaust()),
        }
    }

    /// Ends the budget, for work that is beyond any.
    pub(crate) fn exhaust(&self) -> Exhausted {
        self.is_exhausted.set(true);
        Exhausted
    }

    /// Whether it ran out.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_bytes_run_out_apart() {
        let budget = Budget::new(2, 10);
        assert_eq!(budget.charge(1, 10), Ok(()));
        assert_eq!(budget.charge(1, 0), Ok(()));
        assert_eq!(budget.charge(0, 1), Err(Exhausted));
        let budget = Budget::new(1, 10);
        assert_eq!(budget.charge(2, 0), Err(Exhausted));
    }

    #[test]
    fn an_exhausted_budget_stays_exhausted() {
        let budget = Budget::new(10, 10);
        assert!(!budget.is_exhausted());
        assert_eq!(budget.charge(11, 0), Err(Exhausted));
        assert!(budget.is_exhausted());
        assert_eq!(budget.charge(1, 1), Err(Exhausted));
    }

    #[test]
    fn many_things_cost_together_a_fixed_amount_and_a_multiple_of_their_text() {
        let steps = |things: usize, own: usize| things as u64 * Shares::among(things, things * own).of(own).steps.get();
        assert!(steps(1, 50) <= STEPS.base + 50 * (STEPS.per_byte + STEPS.own_per_byte));
        let (things, own) = (10_000, 60);
        assert!(steps(things, own) <= 100 * (things * own) as u64);
        // The share of one does not vanish, however many there are.
        assert_eq!(Shares::among(1_000_000, 0).of(0).charge(1_000, 1_000), Ok(()));
    }
}
