//! The catalogue: rules, the pages that define them, and the input of their checks.
//!
//! A rule is a page (`rules/<concern>/<id>.md`) and a check: a function in `rules`, or an expression on the page. A
//! page is parsed once per process, on first use, and its expression is compiled with it. An invalid page gives a
//! [`PageProblem`] with its line; nothing here panics on the text of a page.

mod context;
mod examples;
mod page;
mod policy;
mod rule;

pub use context::{Context, Given, Undecided};
pub use examples::{Fence, fences};
pub use page::{Front, Offers, Page, PageProblem, Profile, Reach, RuleOption, Safety};
pub use policy::{Policy, check};
pub use rule::{Check, HOME, Rule};
