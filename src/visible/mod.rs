//! Characters that a terminal, a log or a reader would not show as they are, made visible: a file of a pull request must
//! not be able to rewrite the report about itself.
//!
//! A control character is shown as its picture (`␛`), an invisible character as `�`. JSON and XML keep the character,
//! as an escape.

mod markdown;

pub(crate) use markdown::{markdown, unescaped};

use std::borrow::Cow;

/// A text of one line: line breaks and other control characters become pictures, invisible characters `�`, a tab a
/// blank.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c == '\t' { ' ' } else { picture(c) }).collect())
}

/// JSON with an escape for every hidden character, which JSON allows as it is, and for what a build log would obey.
pub(crate) fn json(document: &str) -> Cow<'_, str> {
    replaced(document, |c, out| {
        // Both stand within strings.
        let mut units = [0; 2];
        c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
    })
}

/// XML with a reference for every hidden character, which XML allows as it is, and for what a build log would obey.
pub(crate) fn xml(document: &str) -> Cow<'_, str> {
    replaced(document, |c, out| out.push_str(&format!("&#{};", c as u32)))
}

/// A document of several lines in which hidden characters and the `#` of a [command](begins_command) are written by
/// `escape`.
fn replaced(document: &str, escape: impl Fn(char, &mut String)) -> Cow<'_, str> {
    let is_replaced = |at: usize, c: char| (is_hidden(c) && c != '\n') || (c == '#' && begins_command(&document[at..]));
    if !document.char_indices().any(|(at, c)| is_replaced(at, c)) {
        return Cow::Borrowed(document);
    }
    let mut text = String::with_capacity(document.len() + 64);
    for (at, c) in document.char_indices() {
        if is_replaced(at, c) { escape(c, &mut text) } else { text.push(c) }
    }
    Cow::Owned(text)
}

/// Whether a text begins with a command to a build system that looks for it anywhere in a line: `##[add-mask]` (GitHub),
/// `##vso[task.setvariable]` (Azure).
pub(crate) fn begins_command(text: &str) -> bool {
    text.strip_prefix("##")
        .is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('['))
}

/// Whether a character shows nothing, or does something instead: control characters, line and paragraph separators,
/// characters that change the direction of reading (<https://trojansource.codes/>), and others without an own glyph
/// (`Default_Ignorable_Code_Point` of Unicode). The selector that makes emoji of some characters is left to them.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || !c.is_ascii()
            && matches!(
                c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                    | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}'
                    | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
                    | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            )
}

/// The character that is shown for another one: itself, unless it is hidden.
pub(crate) fn picture(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if is_hidden(c) => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_is_left_in_a_line() {
        assert_eq!(visible("a\u{1b}[31m\u{7f}\u{9b}b\r\n\u{202e}c\td"), "a␛[31m␡\u{fffd}b␍␊\u{fffd}c d");
        assert_eq!(visible("a\u{2028}b\u{200b}c\u{feff}d\u{e0041}"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}");
        assert!(matches!(visible("plain é 🚢 ⚠\u{fe0f}"), Cow::Borrowed(_)));
    }

    #[test]
    fn documents_keep_every_character_as_an_escape() {
        let text = "x\u{202e}\u{e0041}##[add-mask]y";
        let document = serde_json::to_string(text).expect("a text");
        let shown = json(&document);
        assert_eq!(shown, "\"x\\u202e\\udb40\\udc41\\u0023#[add-mask]y\"");
        assert_eq!(serde_json::from_str::<String>(&shown).expect("JSON"), text);
        assert_eq!(xml("<a>\u{85}\n##vso[x]</a>"), "<a>&#133;\n&#35;#vso[x]</a>");
    }

    #[test]
    fn commands_of_build_systems_are_told_from_headings() {
        assert!(begins_command("##[group]x") && begins_command("##vso[task.complete]"));
        assert!(!begins_command("## [a](b)") && !begins_command("### a") && !begins_command("#[derive]"));
    }
}
