//! The catalogue: what a rule is, the page that defines it, and what its check is given.
//!
//! A rule is a page (`rules/<concern>/<id>.md`) and a check: a function in `rules`, or an expression on the page itself. A
//! page is parsed once per process, when it is first asked for, and its expression is compiled with it. What is wrong with a
//! page is a [`PageProblem`] with its line; nothing here panics on a page's text.

mod context;
mod examples;
mod page;
mod policy;
mod rule;

pub use context::{Context, Given, Undecided};
pub use examples::{Fence, fences};
pub use page::{Front, Offers, Page, PageProblem, Profile, RuleOption};
pub use policy::{Policy, check};
pub use rule::{Check, Rule};
