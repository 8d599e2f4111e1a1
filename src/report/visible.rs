//! Characters that a terminal obeys instead of showing, made visible: a file of a pull request must not be able to
//! rewrite the log of its own check.

use std::borrow::Cow;

/// A text of one line with control characters as pictures (`␛`), and characters that reverse the reading direction as
/// `�`. A tab becomes a blank.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c == '\t' { ' ' } else { picture(c) }).collect())
}

/// JSON in which the characters are escaped that a terminal obeys and JSON allows as they are.
pub(super) fn escaped(json: &str) -> Cow<'_, str> {
    let is_raw = |c: char| is_hidden(c) && c != '\n';
    if !json.chars().any(is_raw) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        // All of them stand within strings, and none needs a surrogate pair.
        if is_raw(c) { text.push_str(&format!("\\u{:04x}", c as u32)) } else { text.push(c) }
    }
    Cow::Owned(text)
}

/// A text of several lines in which line breaks and tabs stay; offsets in it are found with [`Excerpted::at`].
#[derive(Debug)]
pub(super) struct Excerpted {
    pub(super) text: String,
    /// For each character that was replaced: its end in the original, and how many bytes longer the text is by then.
    shifts: Vec<(usize, usize)>,
}

impl Excerpted {
    /// `None` if the text has nothing to replace.
    pub(super) fn of(text: &str) -> Option<Self> {
        let is_line_end = |at: usize| text[at..].starts_with("\r\n");
        let is_kept = |at: usize, c: char| matches!(c, '\n' | '\t') || c == '\r' && is_line_end(at);
        if !text.char_indices().any(|(at, c)| is_hidden(c) && !is_kept(at, c)) {
            return None;
        }
        let (mut shown, mut shifts) = (String::new(), Vec::new());
        for (at, c) in text.char_indices() {
            let kept = if is_kept(at, c) { c } else { picture(c) };
            shown.push(kept);
            if kept != c {
                let end = at + c.len_utf8();
                shifts.push((end, shown.len() - end));
            }
        }
        Some(Self { text: shown, shifts })
    }

    /// Where a byte of the original is in the text.
    pub(super) fn at(&self, offset: usize) -> usize {
        let before = self.shifts.partition_point(|(end, _)| *end <= offset);
        offset + before.checked_sub(1).map_or(0, |last| self.shifts[last].1)
    }
}

/// Control characters, and those that change the direction of reading (<https://trojansource.codes/>).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

/// A character in place of a hidden one that is at least as long in UTF-8.
fn picture(c: char) -> char {
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
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(visible("a\u{1b}[31m\u{7f}\u{9b}b\r\n\u{202e}c\td"), "a␛[31m␡\u{fffd}b␍␊\u{fffd}c d");
        assert!(matches!(visible("plain é"), Cow::Borrowed("plain é")));
    }

    #[test]
    fn offsets_follow_the_replaced_characters() {
        let text = "x\u{1b}y\r\nz\rw\n";
        let shown = Excerpted::of(text).expect("there are control characters");
        assert_eq!(shown.text, "x␛y\r\nz␍w\n");
        for word in ["x", "y", "z", "w"] {
            let at = shown.at(text.find(word).expect("a letter"));
            assert!(shown.text[at..].starts_with(word), "{word}");
        }
        assert!(Excerpted::of("a\r\n\tb\n").is_none());
    }
}
