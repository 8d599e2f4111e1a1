//! Text of a repository in Markdown.

use super::visible;

/// Text for one cell of a table or one line. A name between two backticks stays code; every other character means
/// itself.
///
/// Names may hold backticks, so it is not known which ones are those of a message. A pair is taken for code only where
/// no run of backticks is longer than one and their number is even. Then each part of the text is either code without
/// backticks or escaped, whoever wrote the backticks.
pub(crate) fn markdown(text: &str) -> String {
    let text = visible(text);
    let is_paired = !text.contains("``") && text.matches('`').count().is_multiple_of(2);
    if !is_paired {
        return escaped(&text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { escaped(part) }).collect()
}

/// Escaped text as it was before.
pub(crate) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek().is_some_and(|next| SPECIAL.contains(next));
        plain.push(if is_escape { chars.next().unwrap_or(c) } else { c });
    }
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Characters that a backslash deprives of their meaning.
const SPECIAL: [char; 11] = ['|', '`', '*', '_', '[', ']', '\\', '~', '#', '@', '$'];

/// A code span. In a table, no escape within backticks is safe for every text: `\|` may end the cell.
fn code(text: &str) -> String {
    if text.contains(['|', '\\', '<', '>', '&']) || text.trim() != text || text.is_empty() {
        format!("<code>{}</code>", escaped(text))
    } else {
        format!("`{text}`")
    }
}

/// Text without any meaning to Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c if SPECIAL.contains(&c) => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, markdown, unescaped};

    #[test]
    fn names_stay_code_and_everything_else_is_escaped() {
        assert_eq!(markdown("a|b <c> *d* `x $y_z*`"), "a\\|b &lt;c&gt; \\*d\\* `x $y_z*`");
        assert_eq!(markdown("odd ` tick @me\n# no"), "odd \\` tick \\@me␊\\# no");
        assert_eq!(markdown("`a\\|b <i>`"), "<code>a\\\\\\|b &lt;i&gt;</code>");
    }

    #[test]
    fn an_escaped_text_can_be_read_back() {
        let text = "a_b <c> & `d` \\* &lt;";
        assert_eq!(unescaped(&escaped(text)), text);
    }

    #[test]
    fn backticks_in_names_never_open_html() {
        for name in ["``<img>``x", "`<img>`", "``` <img> ```", "x`<img>", "\\`<img>\\`", "|`<img>`|", "a` <img> `b"] {
            let text = markdown(&format!("service `{name}` sets nothing"));
            assert!(!text.contains("<img"), "{name}: {text}");
        }
    }
}
