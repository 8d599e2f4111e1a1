//! The runtimes of functions.

use crate::known::runtimes;

/// The end that a runtime has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeEnd {
    /// Since this day it gets no security updates.
    Unsupported(&'static str),
    /// Since this day no function can be deployed with it.
    Refused(&'static str),
    /// The same, by a date that lay ahead when it was announced.
    Due(&'static str),
}

/// The end that a runtime has reached on the day of this release; `None` if it is supported or unknown.
pub fn runtime_end(runtime: &str) -> Option<RuntimeEnd> {
    let (support, deployments) = runtimes::ends(runtime)?;
    match () {
        () if deployments < runtimes::CERTAIN_BEFORE => Some(RuntimeEnd::Refused(deployments)),
        () if deployments <= runtimes::AS_OF => Some(RuntimeEnd::Due(deployments)),
        () if support <= runtimes::AS_OF => Some(RuntimeEnd::Unsupported(support)),
        () => None,
    }
}
