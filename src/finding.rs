//! Findings: problems that are reported to the user, with labels and fixes.

use crate::source::Room;
use crate::span::Span;
use crate::visible::visible;
use serde::{Serialize, Serializer};
use std::borrow::{Borrow, Cow};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// A reviewer would ask.
    Warning,
    /// A reviewer would stop the merge.
    Error,
}

/// The name of a rule. Cheap to copy and compare; names made at run time live as long as the process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// The id of a name that is part of the program.
    pub const fn of(name: &'static str) -> Self {
        Self(name)
    }

    /// The id of a name that is known only at run time. Each distinct name is kept once for the life of the process.
    pub fn new(name: &str) -> Self {
        static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let known = names.get(name).copied();
        Self(known.unwrap_or_else(|| {
            let name: &'static str = Box::leak(name.into());
            names.insert(name);
            name
        }))
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Deref for RuleId {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl Borrow<str> for RuleId {
    fn borrow(&self) -> &str {
        self.0
    }
}

impl PartialEq<str> for RuleId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for RuleId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// One problem to report to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of its rule.
    pub rule: RuleId,
    /// The concern of its rule.
    pub concern: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The problem, in one sentence without a full stop.
    pub message: String,
    /// The primary span.
    pub span: Span,
    /// Text at the primary span, if the message alone is ambiguous.
    pub label: Option<String>,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// How to solve it.
    pub help: Option<String>,
    /// A change that solves it.
    pub fix: Option<Fix>,
    /// The resource or the value that the finding is about, for its identity: a service, an image without its tag, the
    /// packages of a command. `None` if the text of the primary span identifies it.
    pub subject: Option<String>,
    /// What it shares with other findings, which texts for people tell together with it.
    pub cause: Option<Cause>,
    /// Whether the primary span is a secret, which no output may repeat.
    pub is_secret: bool,
    /// Whether it is as serious in a document as elsewhere. Other findings in documents are lowered by one level, because
    /// nothing runs until somebody follows the document.
    pub holds_in_documents: bool,
    /// Identifies it across edits elsewhere; the engine fills it in.
    pub fingerprint: String,
    /// Hash of the parents of its line, or of its stage, without versions; the engine fills it in.
    pub place: u64,
    /// Hash of its subject, or of the words of its primary span; the engine fills it in.
    pub words: u64,
}

impl Finding {
    /// A finding that says only this.
    pub fn new(rule: RuleId, concern: &'static str, severity: Severity, message: String, span: Span) -> Self {
        Self {
            rule,
            concern,
            severity,
            message,
            span,
            label: None,
            related: Vec::new(),
            help: None,
            fix: None,
            subject: None,
            cause: None,
            is_secret: false,
            holds_in_documents: false,
            fingerprint: String::new(),
            place: 0,
            words: 0,
        }
    }
}

/// The length in characters at which a text of a finding is cut. A name can be as long as a file.
const LONGEST: usize = 1_000;

/// Makes a text one line of visible characters that is not too long.
pub(crate) fn show(text: &mut String) {
    if text.len() > LONGEST
        && let Some((end, _)) = text.char_indices().nth(LONGEST)
    {
        text.truncate(end);
        text.push('…');
    }
    if let Cow::Owned(shown) = visible(text) {
        *text = shown;
    }
}

impl Finding {
    /// Makes every text that people read one line of visible characters: names of a repository are part of them.
    pub(crate) fn show(&mut self) {
        show(&mut self.message);
        self.related.iter_mut().for_each(|label| show(&mut label.message));
        self.label.iter_mut().chain(&mut self.help).for_each(show);
        self.fix.iter_mut().for_each(|fix| show(&mut fix.title));
        match &mut self.cause {
            Some(Cause::Same { item, .. }) => show(item),
            Some(Cause::Lacks { name, .. }) => show(name),
            None => {}
        }
    }
}

/// What several findings have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Findings of one rule about one thing in several places, such as the name of a registry.
    Same {
        /// The thing; findings of one rule with the same thing are told together.
        thing: String,
        /// What is particular to this place: the name of an image, of a variable. Empty if the place says it all.
        item: String,
    },
    /// Findings of several rules about settings that one description leaves out.
    Lacks {
        /// The description.
        description: Span,
        /// Its name for messages: ``service `web` ``.
        name: String,
    },
}

impl Cause {
    /// That one thing is in several places.
    pub fn same(thing: impl Into<String>, item: impl Into<String>) -> Self {
        Self::Same { thing: thing.into(), item: item.into() }
    }
}

/// A place with an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The explanation.
    pub message: String,
}

/// A change that solves a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The change in words, for the user.
    pub title: String,
    /// Whether it leaves the meaning of everything else unchanged.
    pub is_safe: bool,
    /// The replacements, which must not overlap.
    pub edits: Vec<Edit>,
}

/// A replacement of a byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// The new text.
    pub content: String,
}

impl Severity {
    /// Every severity, lowest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// Its name in pages, options and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Parses a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Fix {
    /// A fix that leaves the meaning of everything else unchanged.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), is_safe: true, edits }
    }

    /// A fix that the user must review.
    pub fn risky(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), is_safe: false, edits }
    }
}

impl Edit {
    /// Inserts a value where a missing setting belongs.
    pub fn fill(room: &Room, value: &str) -> Self {
        Self::replace(room.at, room.with(value))
    }

    /// Replaces a span with `content`.
    pub fn replace(span: Span, content: impl Into<String>) -> Self {
        Self { span, content: content.into() }
    }
}
