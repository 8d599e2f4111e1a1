//! The settings of a workload, a container or a probe, by attribute.

use super::attribute::{ATTRIBUTES, Attribute, Holds, Type};
use super::{Probe, WorkloadKind};
use crate::model::setting::{Setting, Why};
use crate::model::text::Text;
use crate::model::value::{Value, ValueKind};
use crate::source::{Fragment, Room};
use crate::span::Span;
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// An attribute of a holder `H` (a workload, a container or a probe) whose values are `T`s.
pub struct Key<H, T> {
    number: u16,
    of: PhantomData<fn() -> (H, T)>,
}

impl<H, T> Key<H, T> {
    pub(super) const fn new(number: u16) -> Self {
        Self { number, of: PhantomData }
    }

    /// Its row of the table.
    pub fn attribute(self) -> &'static Attribute {
        &ATTRIBUTES[usize::from(self.number)]
    }
}

impl<H, T> Clone for Key<H, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H, T> Copy for Key<H, T> {}

impl<H, T> fmt::Debug for Key<H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.attribute().name)
    }
}

/// The settings of a holder, by attribute. Only written attributes take memory.
pub struct Settings<H> {
    /// Where an attribute that is not written would be inserted.
    absent: Span,
    /// Why an attribute that is not written may be set elsewhere.
    open: Option<Why>,
    written: Vec<(u16, Held)>,
    rooms: Vec<(u16, Room)>,
    of: PhantomData<fn() -> H>,
}

/// A setting of one of the types that attributes have.
#[derive(Debug, Clone)]
pub enum Held {
    /// A number, in the unit of its attribute.
    Number(Setting<f64>),
    /// A switch.
    Flag(Setting<bool>),
    /// A text.
    Text(Setting<Text>),
    /// A list of texts.
    List(Setting<Vec<Text>>),
    /// A health check.
    Probe(Setting<Arc<Probe>>),
}

/// A type that settings hold.
pub trait Typed: Clone {
    /// The setting, if it is of this type.
    fn of(held: &Held) -> Option<&Setting<Self>>;
}

macro_rules! typed {
    ($($variant:ident: $type:ty),*) => {
        $(impl Typed for $type {
            fn of(held: &Held) -> Option<&Setting<Self>> {
                match held {
                    Held::$variant(setting) => Some(setting),
                    _ => None,
                }
            }
        })*
    };
}

typed!(Number: f64, Flag: bool, Text: Text, List: Vec<Text>, Probe: Arc<Probe>);

impl<H> Settings<H> {
    /// No settings: every attribute is Absent at a span, or Unknown if there is a reason why it may be set.
    pub fn new(absent: Span, open: Option<Why>) -> Self {
        Self { absent, open, written: Vec::new(), rooms: Vec::new(), of: PhantomData }
    }

    /// The setting of an attribute.
    pub fn get<T: Typed>(&self, key: Key<H, T>) -> Setting<T> {
        match self.entry(key.number).and_then(T::of) {
            Some(setting) => setting.clone(),
            None => Setting::Absent(self.absent).absent_is(&self.open),
        }
    }

    /// The value of a number, or its default if it is not set; `None` if it is unknown or has no fixed default.
    pub fn effective(&self, key: Key<H, f64>) -> Option<f64> {
        match self.get(key) {
            Setting::Known(number, _) => Some(number),
            Setting::Absent(_) => key.attribute().default.number(),
            Setting::Unknown(..) => None,
        }
    }

    /// Whether the description writes an attribute, with any value.
    pub fn writes<T>(&self, key: Key<H, T>) -> bool {
        self.writes_row(key.attribute())
    }

    /// Whether the description writes the attribute of a row, with any value.
    pub fn writes_row(&self, attribute: &Attribute) -> bool {
        self.entry(attribute.number()).is_some_and(|held| !held.is_absent())
    }

    /// The setting of the attribute of a row.
    pub fn held(&self, attribute: &Attribute) -> Held {
        match self.entry(attribute.number()) {
            Some(held) => held.clone(),
            None => match &self.open {
                Some(why) => attribute.hold(Setting::Unknown(self.absent, why.clone())),
                None => attribute.hold(Setting::Absent(self.absent)),
            },
        }
    }

    fn entry(&self, number: u16) -> Option<&Held> {
        self.written.iter().find(|(other, _)| *other == number).map(|(_, held)| held)
    }

    /// Every attribute that is written, or whose absence has a place of its own.
    fn written(&self) -> impl Iterator<Item = (&'static Attribute, &Held)> {
        self.written.iter().map(|(number, held)| (&ATTRIBUTES[usize::from(*number)], held))
    }

    /// Sets an attribute.
    pub fn set(&mut self, attribute: &Attribute, held: Held) {
        let number = attribute.number();
        match self.written.iter_mut().find(|(other, _)| *other == number) {
            Some((_, entry)) => *entry = held,
            None => self.written.push((number, held)),
        }
    }

    /// Sets every attribute that a description writes. `places` lists the places of an attribute in its notation; `at`
    /// reads one place, and returns `None` if it is empty. The first place with a value wins.
    pub fn fill<P: Iterator<Item = &'static str>>(
        &mut self,
        kind: WorkloadKind,
        places: impl Fn(&'static Attribute) -> P,
        at: impl Fn(&'static Attribute, &'static str) -> Option<Held>,
    ) where
        H: Holds,
    {
        for row in Attribute::of::<H>(kind) {
            let mut first: Option<Held> = None;
            for held in places(row).filter_map(|place| at(row, place)) {
                if first.as_ref().is_none_or(Held::is_absent) {
                    first = Some(held);
                }
            }
            if let Some(held) = first {
                self.set(row, held);
            }
        }
    }

    /// The attributes that are set.
    fn rows_set(&self) -> Vec<&'static Attribute> {
        self.written().filter(|(_, held)| !held.is_absent()).map(|(row, _)| row).collect()
    }

    /// Makes every attribute Unknown that a later description sets.
    pub fn give_way(&mut self, later: &Self, why: &Why) {
        for row in later.rows_set() {
            self.set(row, row.hold(Setting::Unknown(self.absent, why.clone())));
        }
    }

    /// Makes every attribute Unknown that is not set here and is set in another description. Returns whether there are any.
    pub fn leave_to(&mut self, other: &Self, why: &Why) -> bool {
        let own = self.rows_set();
        let left: Vec<_> =
            other.rows_set().into_iter().filter(|row| own.iter().all(|own| own.number() != row.number())).collect();
        for row in &left {
            self.set(row, row.hold(Setting::Unknown(self.absent, why.clone())));
        }
        !left.is_empty()
    }

    /// Makes every attribute that is not set Unknown.
    pub fn leave_open(&mut self, why: &Why) {
        fn open<T>(setting: &mut Setting<T>, why: &Why) {
            if let Setting::Absent(span) = *setting {
                *setting = Setting::Unknown(span, why.clone());
            }
        }
        self.open.get_or_insert_with(|| why.clone());
        for (_, held) in &mut self.written {
            match held {
                Held::Number(setting) => open(setting, why),
                Held::Flag(setting) => open(setting, why),
                Held::Text(setting) => open(setting, why),
                Held::List(setting) => open(setting, why),
                Held::Probe(setting) => open(setting, why),
            }
        }
    }

    /// Where the value of an attribute that is not set would be inserted. The value of a startup probe is its port,
    /// that of a liveness probe its path. The room of the memory limit also inserts a CPU limit of 1.
    pub fn room<T>(&self, key: Key<H, T>) -> Option<&Room> {
        self.rooms.iter().find(|(number, _)| *number == key.number).map(|(_, room)| room)
    }

    /// Sets where the value of an attribute would be inserted.
    pub fn give_room(&mut self, attribute: &Attribute, room: Option<Room>) {
        self.rooms.extend(room.map(|room| (attribute.number(), room)));
    }
}

impl<H> Clone for Settings<H> {
    fn clone(&self) -> Self {
        Self {
            absent: self.absent,
            open: self.open.clone(),
            written: self.written.clone(),
            rooms: self.rooms.clone(),
            of: PhantomData,
        }
    }
}

/// Serializes only the attributes that are set.
impl<H> Serialize for Settings<H> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = self.written().filter(|(_, held)| !held.is_absent());
        serializer.collect_map(written.map(|(attribute, held)| (attribute.name, held)))
    }
}

impl Serialize for Held {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(setting) => setting.serialize(serializer),
            Self::Flag(setting) => setting.serialize(serializer),
            Self::Text(setting) => setting.serialize(serializer),
            Self::List(setting) => setting.serialize(serializer),
            Self::Probe(setting) => setting.serialize(serializer),
        }
    }
}

impl<H> fmt::Debug for Settings<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.written().map(|(attribute, held)| (attribute.name, held))).finish()
    }
}

impl Held {
    /// Whether it is Absent.
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Number(setting) => setting.is_absent(),
            Self::Flag(setting) => setting.is_absent(),
            Self::Text(setting) => setting.is_absent(),
            Self::List(setting) => setting.is_absent(),
            Self::Probe(setting) => setting.is_absent(),
        }
    }
}

impl Attribute {
    /// Converts a value to the unit and spelling of this attribute. Health checks are not values; their surfaces read
    /// them.
    pub fn hold(&self, value: Setting<Value>) -> Held {
        let number = |read: fn(&Value) -> Option<f64>, what: &'static str| {
            Held::Number(value.clone().and_then(|value, place| match read(&value) {
                Some(number) => Setting::Known(number, place.clone()),
                None => Setting::Unknown(place.span, unfit(&value, what)),
            }))
        };
        match self.value {
            Type::Number => number(Value::number, "is not a number"),
            Type::Seconds => number(|value| value.number().or_else(|| seconds(value.text()?)), "is not a number"),
            Type::Cpu => number(|value| value.number().or_else(|| cpu(value.text()?)), "is not a number of vCPUs"),
            Type::Bytes => number(|value| value.number().or_else(|| bytes(value.text()?)), "is not a size"),
            Type::Flag => Held::Flag(value.and_then(|value, place| match flag(&value) {
                Some(is_on) => Setting::Known(is_on, place.clone()),
                None => Setting::Unknown(place.span, unfit(&value, "is neither true nor false")),
            })),
            Type::Text => Held::Text(value.and_then(|value, place| match value.as_text() {
                Some(text) if self.is_known_in_part => text.setting_in_part(),
                Some(text) => self.in_our_words(text).setting(),
                None => Setting::Unknown(place.span, Why::Computed),
            })),
            Type::List => Held::List(value.and_then(|value, place| match list(&value) {
                Some(items) => Setting::Known(items, place.clone()),
                None => Setting::Unknown(place.span, unfit(&value, "is not a list")),
            })),
            Type::Probe => {
                Held::Probe(value.and_then(|value, place| {
                    Setting::Unknown(place.span, value.why().cloned().unwrap_or(Why::Computed))
                }))
            }
        }
    }

    fn in_our_words(&self, text: Text) -> Text {
        let ours = |known: &str| {
            let is_one = |(word, spellings): &&(&'static str, &[&str])| known == *word || spellings.contains(&known);
            self.words.iter().find(is_one).map(|(word, _)| *word).filter(|word| *word != known)
        };
        match text.known().and_then(ours) {
            Some(word) => Text::new(Fragment::standing_for(word, text.span()), Vec::new(), text.trail().to_vec()),
            None => text,
        }
    }
}

/// Why a value does not have the expected type.
fn unfit(value: &Value, what: &'static str) -> Why {
    value.why().cloned().unwrap_or_else(|| Why::Other(what.into()))
}

fn flag(value: &Value) -> Option<bool> {
    // gcloud writes `True` and `False` into manifests.
    value.bool().or_else(|| value.text()?.to_ascii_lowercase().parse().ok())
}

/// The items of a list, of a JSON array in a text, or of a text with commas.
fn list(value: &Value) -> Option<Vec<Text>> {
    match &value.kind {
        ValueKind::List(items) => items.iter().map(Value::as_text).collect(),
        ValueKind::Text(_) => {
            let text = value.as_text()?;
            if text.known()?.trim_start().starts_with('[') {
                let items: Vec<String> = serde_json::from_str(text.known()?).ok()?;
                return Some(items.iter().map(|item| Text::standing_for(item, text.span())).collect());
            }
            let (mut items, mut rest) = (Vec::new(), text);
            while let Some((item, others)) = rest.split_once(',') {
                items.push(item.trim());
                rest = others;
            }
            items.push(rest.trim());
            Some(items)
        }
        _ => None,
    }
}

/// A time as manifests (`300`), Terraform (`300s`) and gcloud (`5m`, `1h30m`) write it, in seconds.
pub fn seconds(raw: &str) -> Option<f64> {
    let raw = raw.trim();
    if let Ok(number) = raw.parse::<f64>() {
        return Some(number);
    }
    let mut total = 0.0;
    let mut number = String::new();
    for c in raw.chars() {
        if c.is_ascii_digit() || c == '.' {
            number.push(c);
            continue;
        }
        let unit = match c {
            's' => 1.0,
            'm' => 60.0,
            'h' => 3600.0,
            'd' => 86400.0,
            _ => return None,
        };
        total += std::mem::take(&mut number).parse::<f64>().ok()? * unit;
    }
    number.is_empty().then_some(total)
}

/// A CPU limit (`2`, `1000m`) as a number of vCPUs.
///
/// Quantities: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
fn cpu(raw: &str) -> Option<f64> {
    raw.trim().strip_suffix('m')?.parse::<f64>().ok().map(|milli| milli / 1000.0)
}

/// A quantity of memory (`512Mi`, `1G`) in bytes.
fn bytes(raw: &str) -> Option<f64> {
    let raw = raw.trim();
    let (number, suffix) = raw.split_at(raw.find(|c: char| c.is_ascii_alphabetic())?);
    let unit: f64 = match suffix {
        "k" | "K" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        _ => return None,
    };
    number.trim().parse::<f64>().ok().map(|number| number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::attribute::{CPU, INGRESS, MEMORY, SERVICE_ACCOUNT};
    use crate::model::{Container, Workload};
    use crate::span::SourceId;

    fn text(raw: &str) -> Setting<Value> {
        let span = Span::new(SourceId(0), 0, raw.len() as u32);
        Value::new(ValueKind::Text(Text::standing_for(raw, span)), span).setting()
    }

    fn number(attribute: &Attribute, raw: &str) -> Option<f64> {
        match attribute.hold(text(raw)) {
            Held::Number(setting) => setting.known().map(|(number, _)| *number),
            other => panic!("{other:?} is not a number"),
        }
    }

    #[test]
    fn quantities_are_converted_to_the_unit_of_their_attribute() {
        assert_eq!(number(CPU.attribute(), "1000m"), Some(1.0));
        assert_eq!(number(CPU.attribute(), "0.5"), Some(0.5));
        assert_eq!(number(CPU.attribute(), "much"), None);
        assert_eq!(number(MEMORY.attribute(), "512Mi"), Some(536_870_912.0));
        assert_eq!(number(MEMORY.attribute(), "1G"), Some(1e9));
        assert_eq!(number(MEMORY.attribute(), "1 gig"), None);
        assert_eq!((seconds("1h30m"), seconds("300s"), seconds("5 minutes")), (Some(5400.0), Some(300.0), None));
    }

    #[test]
    fn a_word_is_converted_to_one_spelling() {
        let Held::Text(Setting::Known(ingress, _)) = INGRESS.attribute().hold(text("INGRESS_TRAFFIC_INTERNAL_ONLY"))
        else {
            panic!("a known text")
        };
        assert_eq!(ingress.raw(), "internal");
    }

    #[test]
    fn leave_open_makes_absent_attributes_unknown() {
        let span = Span::new(SourceId(0), 3, 4);
        let mut settings: Settings<Workload> = Settings::new(span, None);
        settings.set(SERVICE_ACCOUNT.attribute(), Held::Text(Setting::Absent(span)));
        assert!(settings.get(SERVICE_ACCOUNT).is_absent() && settings.get(INGRESS).is_absent());
        settings.leave_open(&Why::Partial);
        assert!(matches!(settings.get(SERVICE_ACCOUNT), Setting::Unknown(at, Why::Partial) if at == span));
        assert!(matches!(settings.get(INGRESS), Setting::Unknown(at, Why::Partial) if at == span));
        let mut settings: Settings<Container> = Settings::new(span, None);
        settings.set(CPU.attribute(), CPU.attribute().hold(text("2")));
        settings.leave_open(&Why::Partial);
        assert!(settings.writes(CPU) && settings.effective(CPU) == Some(2.0) && settings.effective(MEMORY).is_none());
    }
}
