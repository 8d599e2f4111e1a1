//! Files of environment variables (`.env`), as Compose and the libraries named dotenv read them.
//!
//! Format: <https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax>.

use crate::model::{Named, NamedValue, Text};
use crate::source::Fragment;

/// The variables of a file, with their values as written.
pub(crate) fn read(fragment: &Fragment) -> Vec<NamedValue> {
    let mut values = Vec::new();
    let mut start = 0;
    for line in fragment.text().split_inclusive('\n') {
        let at = start;
        start += line.len();
        let content = line.trim_start();
        let at = at + line.len() - content.len();
        let content = content.trim_end();
        let Some((name, value)) = content.strip_prefix("export ").unwrap_or(content).split_once('=') else { continue };
        let name = name.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || !name.chars().all(is_name) {
            continue;
        }
        let from = at + content.len() - value.len();
        let range = inner(value);
        let value = fragment.slice(from + range.start..from + range.end);
        values.push(NamedValue {
            name: name.to_owned(),
            span: fragment.span(at..at + content.len()),
            value: Text::of(value),
            kind: Named::EnvFile,
            is_sensitive: false,
        });
    }
    values
}

/// The range of a value without quotes, blanks and a comment behind it.
fn inner(value: &str) -> std::ops::Range<usize> {
    let start = value.len() - value.trim_start().len();
    let rest = &value[start..];
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let end = rest[1..].find(quote).map_or(rest.len(), |end| end + 1);
        return start + 1..start + end;
    }
    let end = rest.find(" #").map_or(rest.len(), |comment| rest[..comment].trim_end().len());
    start..start + end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    #[test]
    fn values_are_read_without_quotes_and_comments() {
        let text = "# c\nA=1\nexport B = \"x y\" # c\nC='z\nD=a#b # c\n=x\nE\nF=\n  G=é\r\n";
        let fragment = Fragment::whole(SourceId(0), &Source::new(".env", text));
        let read: Vec<(String, String)> =
            read(&fragment).into_iter().map(|named| (named.name, named.value.raw().to_owned())).collect();
        let expected = [("A", "1"), ("B", "x y"), ("C", "z"), ("D", "a#b"), ("F", ""), ("G", "é")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
