//! Functions of texts.

use super::{Call, Outcome, Stop};
use crate::model::{Text, Value, ValueKind, Why, format_number};
use crate::read::terraform::evaluate::append;
use crate::source::Fragment;

impl Call<'_> {
    pub(super) fn of_texts(self) -> Outcome {
        match self.name {
            "tostring" => {
                let value = self.argument(0)?;
                match value.as_text() {
                    _ if matches!(value.kind, ValueKind::Null) => Ok(value.clone()),
                    Some(text) => {
                        self.budget.charge(text.raw().len() / 64, text.raw().len())?;
                        self.plain(ValueKind::Text(text))
                    }
                    None => Err(Stop::Unsupported),
                }
            }
            "tobool" => self.boolean(self.argument(0)?.bool().ok_or(Stop::Unsupported)?),
            "format" => self.format(),
            "join" => self.join(),
            "split" => {
                let (separator, whole) = (self.known_text(0)?, self.known_text(1)?);
                let mut parts = Vec::new();
                for part in whole.raw().split(separator.raw()) {
                    self.budget.charge(1, size_of::<Value>() + part.len())?;
                    parts.push(Value::new(ValueKind::Text(Text::standing_for(part, self.at)), self.at));
                }
                self.list(parts)
            }
            "replace" => {
                let (whole, from, to) = (self.known_text(0)?, self.known_text(1)?, self.known_text(2)?);
                let (whole, from, to) = (whole.raw(), from.raw(), to.raw());
                // A pattern between slashes is a regular expression.
                if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
                    return Err(Stop::Unsupported);
                }
                // The result may be as long as the product of two texts, so its length is found first.
                self.budget.charge(whole.len() / 16, whole.matches(from).count().saturating_mul(to.len()))?;
                self.text(&whole.replace(from, to))
            }
            "lower" => self.text(&self.known_text(0)?.raw().to_lowercase()),
            "upper" => self.text(&self.known_text(0)?.raw().to_uppercase()),
            "title" => {
                let mut start = true;
                let title = |c: char| {
                    let upper = start;
                    start = !c.is_alphanumeric();
                    if upper { c.to_ascii_uppercase() } else { c }
                };
                self.text(&self.known_text(0)?.raw().chars().map(title).collect::<String>())
            }
            "trimspace" => self.text(self.known_text(0)?.raw().trim()),
            "chomp" => self.text(self.known_text(0)?.raw().trim_end_matches(['\n', '\r'])),
            "trim" => {
                let set = self.known_text(1)?;
                // Every character at the ends is compared with every one of the set.
                let whole = self.known_text(0)?;
                self.budget.charge(whole.raw().len().saturating_mul(set.raw().len()) / 64, set.raw().len() * 4)?;
                let set: Vec<char> = set.raw().chars().collect();
                self.text(whole.raw().trim_matches(&set[..]))
            }
            "trimprefix" => {
                let (whole, prefix) = (self.known_text(0)?, self.known_text(1)?);
                self.text(whole.raw().strip_prefix(prefix.raw()).unwrap_or(whole.raw()))
            }
            "trimsuffix" => {
                let (whole, suffix) = (self.known_text(0)?, self.known_text(1)?);
                self.text(whole.raw().strip_suffix(suffix.raw()).unwrap_or(whole.raw()))
            }
            "substr" => {
                let (whole, from, length) = (self.known_text(0)?, self.number_at(1)?, self.number_at(2)?);
                let length = if length < 0.0 { usize::MAX } else { length as usize };
                if from < 0.0 {
                    return Err(Stop::Unsupported);
                }
                self.text(&whole.raw().chars().skip(from as usize).take(length).collect::<String>())
            }
            "startswith" => self.boolean(self.known_text(0)?.raw().starts_with(self.known_text(1)?.raw())),
            "endswith" => self.boolean(self.known_text(0)?.raw().ends_with(self.known_text(1)?.raw())),
            "strcontains" => self.boolean(self.known_text(0)?.raw().contains(self.known_text(1)?.raw())),
            "basename" => self.text(self.known_text(0)?.raw().rsplit('/').next().unwrap_or_default()),
            "dirname" => self.text(self.known_text(0)?.raw().rsplit_once('/').map_or(".", |(folder, _)| folder)),
            _ => Err(Stop::Unsupported),
        }
    }

    fn join(self) -> Outcome {
        let separator = self.known_text(0)?;
        let mut joined = String::new();
        let mut holes = Vec::new();
        for (index, item) in self.items(1)?.iter().enumerate() {
            self.budget.charge(1, 0)?;
            if index > 0 {
                self.budget.charge(0, separator.raw().len())?;
                joined.push_str(separator.raw());
            }
            if !matches!(item.kind, ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Bool(_)) {
                return Err(Stop::Unsupported);
            }
            append(item, &mut joined, &mut holes, self.budget)?;
        }
        self.composed(&joined, holes)
    }

    /// `format` with the verbs `%s`, `%d`, `%v` and `%%`.
    fn format(self) -> Outcome {
        let pattern = self.argument(0)?.text().ok_or(Stop::Unsupported)?;
        self.budget.charge(pattern.len() / 16, pattern.len())?;
        let mut rest = self.values[1..].iter();
        let mut next = || rest.next().ok_or(Stop::Unsupported);
        let mut out = String::new();
        let mut holes = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some('%') => out.push('%'),
                Some('s' | 'v') => append(next()?, &mut out, &mut holes, self.budget)?,
                Some('d') => out.push_str(&format_number(next()?.number().ok_or(Stop::Unsupported)?)),
                _ => return Err(Stop::Unsupported),
            }
        }
        self.composed(&out, holes)
    }

    fn composed(self, text: &str, holes: Vec<Why>) -> Outcome {
        self.plain(ValueKind::Text(Text::new(Fragment::standing_for(text, self.at), holes, Vec::new())))
    }
}
