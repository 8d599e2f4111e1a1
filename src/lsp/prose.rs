//! Texts for people: without markup, or with a capital letter.

/// Removes Markdown markup from a text of this server: a link becomes its text and address, rows of tables stay as they
/// are.
pub(super) fn plain(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with("|---") && *line != "---") {
        let mut line = line.replace("**", "").replace('`', "");
        while let Some((before, rest)) = line.split_once('[')
            && let Some((words, rest)) = rest.split_once("](")
            && let Some((address, after)) = rest.split_once(')')
        {
            line = format!("{before}{words}: {address}{after}");
        }
        lines.push(crate::visible::unescaped(&line));
    }
    lines.join("\n")
}

/// A text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
