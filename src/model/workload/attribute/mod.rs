//! Attributes: all settings of Cloud Run services, jobs and worker pools, in one table.
//!
//! Readers fill [`Settings`](super::Settings) from the table, and the hovers of the editor and `docs/attributes.md`
//! show it. A new attribute is one new row; `cargo test --test attributes` checks that every place it names is read.

mod table;

pub use table::*;

use super::{Container, Probe, Workload, WorkloadKind};
use crate::model::format_number;

/// One row of the table.
#[derive(Debug)]
pub struct Attribute {
    /// Its meaning, in one or two sentences.
    pub doc: &'static str,
    /// Its name for messages and tables.
    pub name: &'static str,
    /// Its holder.
    pub holder: Holder,
    /// The kinds of workloads that have it.
    pub kinds: &'static [WorkloadKind],
    /// The type of its values.
    pub value: Type,
    /// Its value if it is not set.
    pub default: Default,
    /// The smallest and the largest accepted number, in its unit.
    pub range: Option<(f64, f64)>,
    /// The accepted words, each with its other spellings, the first of which is Terraform's.
    pub words: &'static [(&'static str, &'static [&'static str])],
    /// Whether a text with unknown parts is Known.
    pub is_known_in_part: bool,
    /// Whether a missing value can be inserted at the first place of each surface.
    pub is_inserted: bool,
    /// Whether an overview shows it even if it is not set.
    pub is_overview: bool,
    /// Keys of a manifest; the first one that is set wins. `{task}` is the `spec` that lists the containers, and a name
    /// in brackets is the last key. Paths of containers and probes are relative to them.
    pub manifest: &'static [&'static str],
    /// Flags of gcloud; the first one that is set wins. `--no-` reverses a switch. For a probe, keys of its flag.
    pub flags: &'static [&'static str],
    /// Arguments of `google_cloud_run_v2_service`, `_job` and `_worker_pool`, as in `manifest`; `{task}` is the block
    /// with the containers.
    pub terraform: &'static [&'static str],
    /// Arguments of `google_cloud_run_service`; annotations are those of the manifest and are not repeated.
    pub terraform_v1: &'static [&'static str],
    /// Its places in functions, all of which belong to the function as a whole.
    pub function: FunctionPlaces,
    number: u16,
}

/// The places of an attribute in the notations of functions.
#[derive(Debug, Clone, Copy)]
pub struct FunctionPlaces {
    /// Flags of `gcloud functions deploy`.
    pub flags: &'static [&'static str],
    /// The argument of `google_cloudfunctions2_function`; empty if it has none.
    pub second: &'static str,
    /// The argument of `google_cloudfunctions_function`; empty if it has none.
    pub first: &'static str,
}

/// The things that have attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The whole service, job or worker pool.
    Workload,
    /// Each container.
    Container,
    /// Each health check.
    Probe,
}

/// A type that has attributes.
pub trait Holds {
    /// Its name in the table.
    const HOLDER: Holder;
}

impl Holds for Workload {
    const HOLDER: Holder = Holder::Workload;
}

impl Holds for Container {
    const HOLDER: Holder = Holder::Container;
}

impl Holds for Probe {
    const HOLDER: Holder = Holder::Probe;
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A number without a unit.
    Number,
    /// A time, in seconds.
    Seconds,
    /// A number of vCPUs.
    Cpu,
    /// An amount of memory, in bytes.
    Bytes,
    /// True or false.
    Flag,
    /// A text.
    Text,
    /// A list of texts.
    List,
    /// A health check.
    Probe,
}

/// The value of an attribute that is not set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// A number in the unit of the attribute.
    Number(f64),
    /// A switch.
    Flag(bool),
    /// A text.
    Text(&'static str),
    /// A description, if it depends on more than this attribute.
    Described(&'static str),
    /// No value.
    Nothing,
}

impl Default {
    /// The number, if it is one.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl Attribute {
    /// Its index in the table.
    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// Its places in `google_cloud_run_service`: the arguments, and the annotations of the manifest.
    pub fn first_terraform(&self) -> impl Iterator<Item = &'static str> {
        let annotations = self.manifest.iter().filter(|path| path.contains("annotations["));
        self.terraform_v1.iter().copied().chain(annotations.map(|path| path.trim_start_matches("spec.")))
    }

    /// The attributes of a holder that a kind of workload has.
    pub fn of<H: Holds>(kind: WorkloadKind) -> impl Iterator<Item = &'static Self> {
        ATTRIBUTES.iter().filter(move |row| row.holder == H::HOLDER && row.is_of(kind))
    }

    /// Whether a kind of workload has it.
    pub fn is_of(&self, kind: WorkloadKind) -> bool {
        match kind {
            WorkloadKind::Function => !self.function.flags.is_empty() || !self.function.second.is_empty(),
            kind => self.kinds.contains(&kind),
        }
    }

    /// A number with the unit of this attribute, for messages; sizes are rounded to a tenth of a MiB.
    pub fn quantity(&self, number: f64) -> String {
        const MIB: f64 = 1_048_576.0;
        match self.value {
            _ if number.is_infinite() => "no limit".to_owned(),
            Type::Seconds => format!("{} s", format_number(number)),
            Type::Bytes => format!("{} MiB", format_number((number / MIB * 10.0).round() / 10.0)),
            Type::Cpu => format!("{} vCPU", format_number(number)),
            _ => format_number(number),
        }
    }

    /// The default in words.
    pub fn shown_default(&self) -> String {
        match self.default {
            Default::Number(number) => self.quantity(number),
            Default::Flag(is_on) => is_on.to_string(),
            Default::Text(text) => format!("`{text}`"),
            Default::Described(words) => words.to_owned(),
            Default::Nothing => "none".to_owned(),
        }
    }

    /// A word of this attribute in the spelling of Terraform or of the other notations.
    pub fn spelled(&self, word: &'static str, is_terraform: bool) -> &'static str {
        let spellings = self.words.iter().find(|(ours, _)| *ours == word).map(|(_, spellings)| *spellings);
        spellings.and_then(<[&str]>::first).copied().filter(|_| is_terraform).unwrap_or(word)
    }

    const ROW: Self = Self {
        doc: "",
        name: "",
        holder: Holder::Workload,
        kinds: &[WorkloadKind::Service],
        value: Type::Text,
        default: Default::Nothing,
        range: None,
        words: &[],
        is_known_in_part: false,
        is_inserted: false,
        is_overview: false,
        manifest: &[],
        flags: &[],
        terraform: &[],
        terraform_v1: &[],
        function: FunctionPlaces { flags: &[], second: "", first: "" },
        number: 0,
    };
}

/// The keys of a path: `a.b[c.d]` is `a`, `b`, `c.d`.
pub fn steps(path: &str) -> impl Iterator<Item = &str> {
    let (keys, last) = match path.strip_suffix(']').and_then(|path| path.split_once('[')) {
        Some((keys, last)) => (keys, Some(last)),
        None => (path, None),
    };
    keys.split('.').chain(last)
}
