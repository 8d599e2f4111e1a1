//! Where missing keys of a block mapping would be inserted.

use super::{Entry, Kind, Node};
use crate::source::{Room, line_break};

impl Node<'_> {
    /// The place for a value at a path of keys, of which at least the last is missing. `None` if there is a value in
    /// the way, or if the mapping can't be continued line by line.
    pub fn room(&self, path: &[&str]) -> Option<Room> {
        let (mut node, mut rest, mut step) = (*self, path, 2);
        while let [key, below @ ..] = rest {
            match node.own_entries().rev().find(|entry| entry.key.text() == Some(key)) {
                // The target of an alias is elsewhere and has other users.
                Some(entry) if entry.value.is_mapping() && entry.value.start() > entry.key.start() => {
                    if let (Some(outer), Some(inner)) = (node.column(), entry.value.column()) {
                        step = inner.checked_sub(outer).filter(|step| (1..=8).contains(step)).unwrap_or(step);
                    }
                    (node, rest) = (entry.value, below);
                }
                Some(_) => return None,
                // The value comes from a merge key.
                None if node.get(key).is_some() => return None,
                None => break,
            }
        }
        let (last, holders) = rest.split_last()?;
        let column = node.column()?;
        let text = node.document.fragment.text();
        let end = line_break(text);
        let indent = |depth: usize| " ".repeat(column + depth * step);
        let mut written = String::new();
        for (depth, holder) in holders.iter().enumerate() {
            written.push_str(&format!("{holder}:{end}{}", indent(depth + 1)));
        }
        written.push_str(&format!("{last}: "));
        let line = format!("{end}{}", indent(holders.len()));
        let room = |at: usize, before: String, after: String| {
            Some(Room { at: node.document.fragment.span(at..at), before, after, line })
        };
        // After a line with exactly one entry; otherwise before the first key.
        match node.own_entries().rev().find_map(|entry| entry.line_end(text)) {
            Some(at) => room(at, format!("{end}{}{written}", indent(0)), String::new()),
            None => room(node.own_entries().next()?.key.start(), written, format!("{end}{}", indent(0))),
        }
    }

    /// The place for another item after the last one of a list of scalars, in the same style.
    pub fn item_room(&self) -> Option<Room> {
        let last = self.items().last()?;
        let Kind::Scalar { .. } = &last.data().kind else { return None };
        let text = self.document.fragment.text();
        let range = last.data().range.clone();
        let written = &text[range.clone()];
        if written.contains('\n') || range.start < self.start() {
            return None;
        }
        let quote =
            written.chars().next().filter(|quote| matches!(quote, '"' | '\'')).map_or("", |quote| match quote {
                '"' => "\"",
                _ => "'",
            });
        let at = self.document.fragment.span(range.end..range.end);
        let line_start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let lead = &text[line_start..range.start];
        let is_own_line = lead.trim_matches([' ', '\t', '-']).is_empty();
        if text[self.start()..].starts_with('[') {
            // Without quotes, a comma would end the item.
            let quote = if quote.is_empty() { "\"" } else { quote };
            let line = if is_own_line { format!("{}{lead}", line_break(text)) } else { " ".to_owned() };
            return Some(Room { at, before: format!(",{line}{quote}"), after: quote.to_owned(), line });
        }
        // A comment after the last item would move to the new one.
        let rest = &text[range.end..];
        let is_free = rest[..rest.find('\n').unwrap_or(rest.len())].trim().is_empty();
        let dash = lead.rfind('-').filter(|_| is_own_line && is_free)?;
        let line = format!("{}{}", line_break(text), " ".repeat(dash));
        Some(Room { at, before: format!("{line}{}{quote}", &lead[dash..]), after: quote.to_owned(), line })
    }

    fn start(&self) -> usize {
        self.data().range.start
    }

    /// The column of the keys of a block mapping, from 0; `None` for other nodes.
    fn column(&self) -> Option<usize> {
        let text = self.document.fragment.text();
        let first = self.own_entries().next()?.key.start();
        let line = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let before = text[line..first].trim_start_matches('\u{feff}');
        // Only blanks, and the dashes of enclosing lists, may precede the key on its line.
        before.bytes().all(|b| matches!(b, b' ' | b'-')).then_some(before.len())
    }
}

impl Entry<'_> {
    /// The end of the line, if the entry is a scalar on the line of its key and nothing else but a comment follows.
    fn line_end(&self, text: &str) -> Option<usize> {
        let Kind::Scalar { .. } = &self.value.data().kind else { return None };
        let (start, end) = (self.key.start(), self.value.data().range.end);
        if end < start || text[start..end].contains('\n') {
            return None;
        }
        let rest = &text[end..];
        let line = rest[..rest.find('\n').unwrap_or(rest.len())].trim_end_matches('\r');
        let is_free = line.trim().is_empty() || (line.starts_with(' ') && line.trim_start().starts_with('#'));
        // A value that seems absent may be a block that the parser did not understand.
        (is_free && end > self.key.data().range.end + 1).then_some(end + line.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::source::{Fragment, Source};
    use crate::span::SourceId;

    fn filled(text: &str, path: &[&str]) -> Option<String> {
        let source = Source::new("a.yaml", text);
        let (documents, _) = parse(&Fragment::whole(SourceId(0), &source));
        let room = documents[0].root().room(path)?;
        let mut text = text.to_owned();
        text.insert_str(room.at.start as usize, &room.with("1"));
        Some(text)
    }

    #[test]
    fn keys_stand_where_their_neighbours_stand() {
        assert_eq!(filled("a: 1\nb:\n  - x\n", &["c"]).as_deref(), Some("a: 1\nc: 1\nb:\n  - x\n"));
        assert_eq!(
            filled("a:\n    b: 2  # why\n    c:\n", &["a", "d", "e"]).as_deref(),
            Some("a:\n    b: 2  # why\n    d:\n        e: 1\n    c:\n")
        );
        assert_eq!(filled("a:\n  - b: {}\n", &["c"]).as_deref(), Some("c: 1\na:\n  - b: {}\n"));
        assert_eq!(filled("a: 1\r\nb: 2\r\n", &["c"]).as_deref(), Some("a: 1\r\nb: 2\r\nc: 1\r\n"));
        assert_eq!(filled("a: 1", &["b", "c"]).as_deref(), Some("a: 1\nb:\n  c: 1"));
        assert_eq!(filled("a: |\n  text\n", &["b"]).as_deref(), Some("b: 1\na: |\n  text\n"));
    }

    #[test]
    fn items_look_like_the_one_above_them() {
        let filled = |text: &str| {
            let source = Source::new("a.yaml", text);
            let (documents, _) = parse(&Fragment::whole(SourceId(0), &source));
            let room = documents[0].root().get("a")?.item_room()?;
            let mut text = text.to_owned();
            text.insert_str(room.at.start as usize, &room.with("--x=1"));
            Some(text)
        };
        assert_eq!(filled("a:\n  - b\n  - 'c'\nd: 1\n").as_deref(), Some("a:\n  - b\n  - 'c'\n  - '--x=1'\nd: 1\n"));
        assert_eq!(filled("a: ['b', \"c\"]\n").as_deref(), Some("a: ['b', \"c\", \"--x=1\"]\n"));
        assert_eq!(filled("a: [\n  'b',\n  'c'\n]\n").as_deref(), Some("a: [\n  'b',\n  'c',\n  '--x=1'\n]\n"));
        assert_eq!(filled("- a:\n  - b\n").as_deref(), None);
        assert_eq!(filled("a:\n- b\n").as_deref(), Some("a:\n- b\n- --x=1\n"));
        assert_eq!(filled("a:\n- b # c\n").as_deref(), None);
    }

    #[test]
    fn what_can_not_be_continued_is_left_alone() {
        for (text, path) in [
            ("{a: 1}\n", &["b"][..]),
            ("a: {b: 1}\n", &["a", "c"]),
            ("a:\n", &["a", "b"]),
            ("a: x\n", &["a", "b"]),
            ("base: &b\n  x: 1\na: *b\n", &["a", "y"]),
            ("base: &b\n  x: 1\na:\n  <<: *b\n", &["a", "x"]),
            ("a: 1\n", &["a"]),
        ] {
            assert_eq!(filled(text, path), None, "{text}");
        }
    }
}
