//! Silenced findings: by comments, and by baselines, which find a finding again by its fingerprint.

mod baseline;
pub(crate) mod comments;
pub(crate) mod fingerprint;

pub use baseline::{Baseline, Entry};
pub use comments::{By, Suppressed};
