//! Variables in the texts of a Compose file: `$X`, `${X}`, `${X:-default}`, `$$`
//! (<https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md>).

use crate::model::{Text, Why};
use crate::read::variables::{Assembly, expression};
use crate::source::Fragment;

/// How far the default of a variable tells what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Default {
    /// It is taken: the file says what is meant, and who sets the variable chooses something of the same kind.
    Evidence,
    /// It is not: an `.env` file or the environment of the machine is there to set another value.
    Open,
}

/// A text with its variables resolved as far as the file decides them.
pub(super) fn interpolate(fragment: &Fragment, default: Default) -> Text {
    let text = fragment.text();
    if !text.contains('$') {
        return Text::of(fragment.clone());
    }
    let mut assembly = Assembly::new(fragment);
    let (mut kept, mut at) = (0, 0);
    while let Some(next) = text[at..].find('$').map(|next| at + next) {
        if text[next..].starts_with("$$") {
            assembly.keep(kept..next);
            assembly.replace(next..next + 2, "$");
            (kept, at) = (next + 2, next + 2);
            continue;
        }
        let Some(found) = expression(&text[next..]) else {
            if text[next..].starts_with("${") {
                // Compose refuses such a text, or it is too long to be followed.
                assembly.keep(kept..next);
                assembly.hole(next..text.len(), Why::Computed);
                return assembly.finish();
            }
            at = next + 1;
            continue;
        };
        assembly.keep(kept..next);
        let end = next + found.length;
        let fallback = found.operation.strip_prefix(":-").or_else(|| found.operation.strip_prefix('-'));
        match fallback.filter(|fallback| default == Default::Evidence && !fallback.contains('$')) {
            Some(fallback) => {
                // The operation ends in front of the closing brace.
                let start = end - 1 - fallback.len();
                assembly.keep(start..end - 1);
            }
            None => assembly.hole(next..end, Why::Variable(found.name.into())),
        }
        (kept, at) = (end, end);
    }
    assembly.keep(kept..text.len());
    assembly.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn shown(text: &str, default: Default) -> String {
        interpolate(&Fragment::whole(SourceId(0), &Source::new("compose.yaml", text)), default).shown()
    }

    #[test]
    fn a_default_is_taken_where_it_is_evidence() {
        assert_eq!(shown("a:${TAG:-latest}b", Default::Evidence), "a:latestb");
        assert_eq!(shown("a:${TAG-1.2}", Default::Evidence), "a:1.2");
        assert_eq!(shown("a:${TAG:-latest}b", Default::Open), "a:…b");
    }

    #[test]
    fn other_variables_are_unknown_and_two_dollars_are_one() {
        for text in ["$X", "${X}", "${X:?is needed}", "${X:+x}", "${X:-${Y}}"] {
            assert_eq!(shown(text, Default::Evidence), "…", "{text}");
        }
        assert_eq!(shown("a$$b $ ${", Default::Open), "a$b $ …");
    }
}
