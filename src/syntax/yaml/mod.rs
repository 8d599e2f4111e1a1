//! YAML as a tree of nodes with spans: documents, anchors, aliases, merge keys, duplicate keys, block scalars.
//!
//! Aliases are links, never copies, so a "billion laughs" costs no more than its bytes. An invalid document is
//! reported, and the documents after it are still read.

mod room;
mod scalar;

use super::Problem;
use crate::source::Fragment;
use crate::span::Span;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle};
use std::collections::HashMap;
use std::ops::Range;

/// One YAML document.
#[derive(Debug)]
pub struct Document {
    fragment: Fragment,
    nodes: Vec<Data>,
}

#[derive(Debug)]
struct Data {
    kind: Kind,
    range: Range<usize>,
    /// The bytes of its scalars, those behind aliases included; `None` while it is open.
    weight: Option<u64>,
}

#[derive(Debug)]
enum Kind {
    Scalar { text: Box<str>, style: ScalarStyle },
    Mapping { entries: Vec<(u32, u32)>, flow: bool },
    Sequence { items: Vec<u32>, flow: bool },
    Alias(u32),
}

/// How many links (aliases, merge keys) one look-up follows; a longer chain is an attack.
const LONGEST_CHAIN: usize = 64;

/// Reads every document of a text.
pub fn parse(fragment: &Fragment) -> (Vec<Document>, Vec<Problem>) {
    let text = fragment.text();
    let mut parser = Parser::new_from_str(text);
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    let mut builder = Builder::new(fragment);
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((event, span))) => {
                let Some(range) = span.byte_range() else { continue };
                match event {
                    Event::DocumentStart(..) => builder = Builder::new(fragment),
                    Event::DocumentEnd => {
                        documents.extend(std::mem::replace(&mut builder, Builder::new(fragment)).finish())
                    }
                    event => builder.take(event, range),
                }
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or_default().min(text.len());
                let span = fragment.span(character_at(text, at));
                problems.push(match error.kind() {
                    ErrorKind::RecursionLimitExceeded => Problem::beyond_us(span, "nests too deeply to be followed"),
                    _ => Problem::invalid(span, error.info().to_string()),
                });
                builder = Builder::new(fragment);
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    (documents, problems)
}

/// The character at an offset, so that a problem has something to underline.
fn character_at(text: &str, mut at: usize) -> Range<usize> {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let length = text[at..].chars().next().filter(|character| *character != '\n').map_or(0, char::len_utf8);
    at..at + length
}

/// Builds one document from parser events.
struct Builder {
    document: Document,
    open: Vec<Open>,
    anchors: HashMap<usize, u32>,
}

struct Open {
    node: u32,
    key: Option<u32>,
}

impl Builder {
    fn new(fragment: &Fragment) -> Self {
        let document = Document { fragment: fragment.clone(), nodes: Vec::new() };
        Self { document, open: Vec::new(), anchors: HashMap::new() }
    }

    fn take(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let end = if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    range.start + self.document.fragment.text()[range.clone()].trim_end().len()
                } else {
                    range.end
                };
                // For an absent value, the parser returns `~` with an empty range.
                let text = if range.is_empty() && style == ScalarStyle::Plain { "".into() } else { text };
                self.add(Kind::Scalar { text: text.into(), style }, range.start..end, anchor);
            }
            Event::MappingStart(style, anchor, _) => {
                let flow = style == StructureStyle::Flow;
                let node = self.add(Kind::Mapping { entries: Vec::new(), flow }, range, anchor);
                self.open.push(Open { node, key: None });
            }
            Event::SequenceStart(style, anchor, _) => {
                let flow = style == StructureStyle::Flow;
                let node = self.add(Kind::Sequence { items: Vec::new(), flow }, range, anchor);
                self.open.push(Open { node, key: None });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(open) = self.open.pop() {
                    self.close(open.node, range);
                }
            }
            Event::Alias(anchor) => {
                if let Some(&target) = self.anchors.get(&anchor) {
                    self.add(Kind::Alias(target), range, 0);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, kind: Kind, range: Range<usize>, anchor: usize) -> u32 {
        let node = self.document.nodes.len() as u32;
        let weight = match &kind {
            Kind::Scalar { text, .. } => Some(text.len().max(1) as u64),
            // An alias may refer to the list that it is in, and then stands for itself without end.
            Kind::Alias(target) => Some(self.document.nodes[*target as usize].weight.unwrap_or(u64::MAX)),
            Kind::Mapping { .. } | Kind::Sequence { .. } => None,
        };
        self.document.nodes.push(Data { kind, range, weight });
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        if let Some(open) = self.open.last_mut() {
            match &mut self.document.nodes[open.node as usize].kind {
                Kind::Sequence { items, .. } => items.push(node),
                Kind::Mapping { entries, .. } => match open.key.take() {
                    Some(key) => entries.push((key, node)),
                    None => open.key = Some(node),
                },
                Kind::Scalar { .. } | Kind::Alias(_) => {}
            }
        }
        node
    }

    /// A block collection ends at the end of its last child, a flow collection at its bracket.
    fn close(&mut self, node: u32, end: Range<usize>) {
        let data = &self.document.nodes[node as usize];
        let (children, flow) = match &data.kind {
            Kind::Mapping { entries, flow } => (entries.first().map(|e| e.0).zip(entries.last().map(|e| e.1)), *flow),
            Kind::Sequence { items, flow } => (items.first().copied().zip(items.last().copied()), *flow),
            Kind::Scalar { .. } | Kind::Alias(_) => (None, false),
        };
        let range = match children {
            _ if flow => data.range.start..end.end,
            Some((first, last)) => {
                self.document.nodes[first as usize].range.start..self.document.nodes[last as usize].range.end
            }
            None => data.range.clone(),
        };
        let weight_of = |child: &u32| self.document.nodes[*child as usize].weight.unwrap_or(u64::MAX);
        let weight = match &self.document.nodes[node as usize].kind {
            Kind::Mapping { entries, .. } => entries
                .iter()
                .fold(1, |sum: u64, (key, value)| sum.saturating_add(weight_of(key)).saturating_add(weight_of(value))),
            Kind::Sequence { items, .. } => items.iter().fold(0, |sum: u64, item| sum.saturating_add(weight_of(item))),
            Kind::Scalar { .. } | Kind::Alias(_) => 1,
        };
        let data = &mut self.document.nodes[node as usize];
        data.range = range.start..range.end.max(range.start);
        data.weight = Some(weight.max(1));
    }

    fn finish(self) -> Option<Document> {
        (!self.document.nodes.is_empty()).then_some(self.document)
    }
}

impl Document {
    /// Whether a byte of the source belongs to a scalar.
    pub fn is_text_at(&self, at: u32) -> bool {
        let scalars = self.nodes.iter().filter(|data| matches!(data.kind, Kind::Scalar { .. }));
        scalars.map(|data| self.fragment.span(data.range.clone())).any(|span| span.start <= at && at < span.end)
    }

    /// The first alias.
    pub fn alias(&self) -> Option<Span> {
        let alias = self.nodes.iter().find(|data| matches!(data.kind, Kind::Alias(_)))?;
        Some(self.fragment.span(alias.range.clone()))
    }

    /// The outermost node.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }
}

/// A node of a document; aliases are followed, so a node is always a scalar, a mapping or a sequence.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    index: u32,
}

/// A key of a mapping with its value.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value; an absent value is null, with an empty span after the colon.
    pub value: Node<'a>,
}

impl Entry<'_> {
    /// From the key's first byte to the value's last.
    pub fn span(&self) -> Span {
        self.key.span().to(self.value.span())
    }

    /// The tag of the value, as in `ports: !override [...]`; empty if it has none, or if it is an alias.
    pub fn tag(&self) -> &str {
        let (after, before) = (self.key.data().range.end, self.value.data().range.start);
        let between = self.key.document.fragment.text().get(after..before).unwrap_or_default();
        let between = between.trim_start().strip_prefix(':').unwrap_or_default().trim_start();
        let tag = between.split_whitespace().next().unwrap_or_default();
        if tag.starts_with('!') { tag } else { "" }
    }
}

impl<'a> Node<'a> {
    fn at(document: &'a Document, index: u32) -> Self {
        let mut index = index;
        for _ in 0..LONGEST_CHAIN {
            match document.nodes[index as usize].kind {
                Kind::Alias(target) => index = target,
                _ => break,
            }
        }
        Self { document, index }
    }

    fn data(&self) -> &'a Data {
        &self.document.nodes[self.index as usize]
    }

    /// The bytes of the node: a scalar with its quotes, a block collection from its first key or item to its last
    /// value.
    pub fn span(&self) -> Span {
        self.document.fragment.span(self.data().range.clone())
    }

    /// How many bytes it stands for, if every alias in it were written out.
    pub fn weight(&self) -> u64 {
        self.data().weight.unwrap_or(u64::MAX)
    }

    /// The text of a scalar, with escapes resolved; empty for an absent value.
    pub fn text(&self) -> Option<&'a str> {
        match &self.data().kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// A scalar as a fragment, for scalars that contain another notation.
    pub fn fragment(&self) -> Option<Fragment> {
        match &self.data().kind {
            Kind::Scalar { text, style } => {
                Some(scalar::fragment(&self.document.fragment, self.data().range.clone(), text, *style))
            }
            _ => None,
        }
    }

    /// Whether the node is null: absent, `~` or `null`, unquoted.
    pub fn is_null(&self) -> bool {
        self.is_plain() && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether the node is an unquoted scalar.
    pub fn is_plain(&self) -> bool {
        matches!(self.data().kind, Kind::Scalar { style: ScalarStyle::Plain, .. })
    }

    /// Whether the node is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.data().kind, Kind::Mapping { .. })
    }

    /// Whether the node is a sequence.
    pub fn is_sequence(&self) -> bool {
        matches!(self.data().kind, Kind::Sequence { .. })
    }

    /// The items of a sequence; empty for other nodes.
    pub fn items(&self) -> impl ExactSizeIterator<Item = Node<'a>> + use<'a> {
        let document = self.document;
        let items: &'a [u32] = match &self.data().kind {
            Kind::Sequence { items, .. } => items,
            _ => &[],
        };
        items.iter().map(move |&item| Node::at(document, item))
    }

    /// The entries written in a mapping itself, in order, with repeated keys; empty for other nodes.
    pub fn own_entries(&self) -> impl DoubleEndedIterator<Item = Entry<'a>> + use<'a> {
        let document = self.document;
        let entries: &'a [(u32, u32)] = match &self.data().kind {
            Kind::Mapping { entries, .. } => entries,
            _ => &[],
        };
        entries
            .iter()
            .map(move |&(key, value)| Entry { key: Node::at(document, key), value: Node::at(document, value) })
    }

    /// The entries of a mapping after merge keys (`<<`) are expanded; of repeated keys, only the last.
    pub fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut pending = vec![(*self, false)];
        let mut followed = 0;
        while let Some((node, merged)) = pending.pop() {
            for entry in node.own_entries() {
                let name = entry.key.text().unwrap_or_default();
                if name == "<<" && entry.key.is_plain() {
                    followed += 1;
                    if followed <= LONGEST_CHAIN {
                        pending
                            .extend(entry.value.items().map(|item| (item, true)).collect::<Vec<_>>().into_iter().rev());
                        if entry.value.is_mapping() {
                            pending.push((entry.value, true));
                        }
                    }
                    continue;
                }
                match seen.get(name) {
                    Some(&index) if !merged => entries[index] = entry,
                    Some(_) => {}
                    None => {
                        seen.insert(name, entries.len());
                        entries.push(entry);
                    }
                }
            }
        }
        entries
    }

    /// The entry of a key: the last one written in the mapping itself, otherwise one from a merge key.
    pub fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.entry_within(key, LONGEST_CHAIN)
    }

    fn entry_within(&self, key: &str, budget: usize) -> Option<Entry<'a>> {
        if let Some(entry) = self.own_entries().rev().find(|entry| entry.key.text() == Some(key)) {
            return Some(entry);
        }
        let budget = budget.checked_sub(1)?;
        let merges = self.own_entries().filter(|entry| entry.key.is_plain() && entry.key.text() == Some("<<"));
        for merge in merges {
            let sources = std::iter::once(merge.value).chain(merge.value.items());
            if let Some(entry) =
                sources.filter(Node::is_mapping).take(budget).find_map(|node| node.entry_within(key, budget / 2))
            {
                return Some(entry);
            }
        }
        None
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// The value at a path of keys.
    pub fn descend(&self, path: &[&str]) -> Option<Node<'a>> {
        path.iter().try_fold(*self, |node, key| node.get(key))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.data().kind {
            Kind::Scalar { text, .. } => write!(formatter, "{text:?}"),
            Kind::Mapping { .. } => {
                formatter.debug_map().entries(self.own_entries().map(|entry| (entry.key, entry.value))).finish()
            }
            Kind::Sequence { .. } => formatter.debug_list().entries(self.items()).finish(),
            Kind::Alias(_) => write!(formatter, "*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::span::SourceId;

    fn read(text: &str) -> (Vec<Document>, Vec<Problem>) {
        parse(&Fragment::whole(SourceId(0), &Source::new("x.yaml", text)))
    }

    fn one(text: &str) -> Document {
        let (mut documents, problems) = read(text);
        assert_eq!(problems, []);
        documents.pop().expect("one document")
    }

    #[test]
    fn nodes_know_their_bytes() {
        let text = "a:\n  - name: x\n    on: [1, 2]\nb: \"q\"\nc:\n";
        let document = one(text);
        let root = document.root();
        let slice = |node: Node| &text[node.span().range()];
        assert_eq!(slice(root.get("a").expect("a")), "name: x\n    on: [1, 2]");
        assert_eq!(
            slice(root.descend(&["a"]).expect("a").items().next().expect("item").get("on").expect("on")),
            "[1, 2]"
        );
        assert_eq!(slice(root.get("b").expect("b")), "\"q\"");
        assert!(root.get("c").expect("c").is_null());
        assert_eq!(&text[root.entry("b").expect("b").span().range()], "b: \"q\"");
    }

    #[test]
    fn merge_keys_and_repeated_keys() {
        let document = one("base: &b {x: 1, y: 2}\nmore: &m {z: 3}\nuse:\n  <<: [*b, *m]\n  y: 9\n  y: 8\n");
        let used = document.root().get("use").expect("use");
        assert_eq!(used.get("x").and_then(|node| node.text()), Some("1"));
        assert_eq!(used.get("y").and_then(|node| node.text()), Some("8"));
        assert_eq!(used.get("z").and_then(|node| node.text()), Some("3"));
        let names: Vec<_> = used.entries().iter().filter_map(|entry| entry.key.text()).collect();
        assert_eq!(names, ["y", "x", "z"]);
    }

    #[test]
    fn a_broken_document_leaves_the_others() {
        let (documents, problems) = read("a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n");
        assert_eq!(problems.len(), 1);
        let keys: Vec<_> = documents.iter().filter_map(|d| d.root().entries()[0].key.text()).collect();
        assert_eq!(keys, ["a", "d"]);
    }

    #[test]
    fn bombs_and_loops_end() {
        let mut bomb = String::from("a0: &a0 [x, x]\n");
        for level in 1..60 {
            bomb += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
        }
        assert_eq!(one(&bomb).root().entries().len(), 60);
        let mut merges = String::from("m0: &m0 {k0: 1}\n");
        for level in 1..60 {
            merges += &format!("m{level}: &m{level} {{<<: [*m{0}, *m{0}]}}\n", level - 1);
        }
        let document = one(&merges);
        let last = document.root().get("m59").expect("m59");
        assert!(last.get("nothing").is_none());
        assert!(last.entries().len() <= 1);
        let (_, problems) = read(&"[".repeat(100_000));
        assert_eq!(problems.len(), 1);
        let (_, problems) = read(&"- ".repeat(100_000));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn the_weight_of_a_node_is_its_text_unless_aliases_repeat_it() {
        for text in ["a: b", "- x", "a:\n- b\n- c: {}\n  d:", "[a, 'b', \"c\"]", "k: |\n  text\n", "a: []\nb: ''"] {
            let document = one(text);
            assert!(document.root().weight() <= document.root().span().range().len() as u64, "{text}");
        }
        let document = one("a: &a [x, x, x, x]\nb: [*a, *a, *a, *a]");
        assert_eq!(document.root().get("b").expect("b").weight(), 16);
        let document = one("a: &a [*a]");
        assert_eq!(document.root().weight(), u64::MAX);
    }

    #[test]
    fn a_tag_stands_between_key_and_value() {
        let document = one("a: !reset []\nb: !override\n  - 1\nc: 2\nd: '!x'\n");
        let tag = |key: &str| document.root().entry(key).expect(key).tag().to_owned();
        assert_eq!(["a", "b", "c", "d"].map(tag), ["!reset", "!override", "", ""]);
    }

    #[test]
    fn the_byte_order_mark_is_no_content() {
        let document = one("\u{feff}a: 1\n");
        assert_eq!(document.root().get("a").expect("a").span().range(), 6..7);
    }
}
