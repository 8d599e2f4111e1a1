//! Every source of a run, with ids that stay valid.

use super::{Position, Source, Tree, Unread};
use crate::span::{SourceId, Span};
use std::ops::Index;
use std::sync::Arc;

/// Every text of one run, and the list of all paths.
///
/// An id always belongs to the same path: through [`Sources::put`], [`Sources::remove`] and [`Sources::with`], and from
/// one walk to the next with [`Sources::numbered_like`]. Results that are kept by id therefore stay valid when other
/// files are added or removed. Ids have no order; [`Sources::key`] sorts by path.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    slots: Vec<Slot>,
    /// Every id, by path.
    order: Vec<SourceId>,
    /// The position of every id in `order`.
    ranks: Vec<u32>,
    /// Every path of the checkout.
    pub tree: Tree,
    /// Files that were selected but could not be read.
    pub unread: Vec<Unread>,
}

/// A path that has an id.
#[derive(Debug, Clone)]
enum Slot {
    Filled(Arc<Source>),
    /// The source was removed; its path keeps the id.
    Empty(Arc<str>),
}

impl Slot {
    fn path(&self) -> &Arc<str> {
        match self {
            Self::Filled(source) => &source.path,
            Self::Empty(path) => path,
        }
    }

    fn source(&self) -> Option<&Arc<Source>> {
        match self {
            Self::Filled(source) => Some(source),
            Self::Empty(_) => None,
        }
    }
}

impl Sources {
    /// Collects sources; if two have the same path, the later one wins.
    pub fn new(files: Vec<Source>, mut tree: Tree, unread: Vec<Unread>) -> Self {
        let mut files: Vec<Arc<Source>> = files.into_iter().map(Arc::new).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.reverse();
        files.dedup_by(|a, b| a.path == b.path);
        files.reverse();
        tree.extend(files.iter().map(|file| file.path.as_ref()));
        let slots: Vec<Slot> = files.into_iter().map(Slot::Filled).collect();
        let order = (0..slots.len() as u32).map(SourceId).collect();
        let mut sources = Self { slots, order, ranks: Vec::new(), tree, unread };
        sources.rank();
        sources
    }

    /// Sources from `(path, text)` pairs, for tests, pages and users of the library.
    pub fn from_texts<P: Into<Arc<str>>, T: Into<Arc<str>>>(texts: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = texts.into_iter().map(|(path, text)| Source::new(path, text)).collect();
        Self::new(files, Tree::default(), Vec::new())
    }

    /// The same sources, with the ids that their paths have in `other`.
    pub fn numbered_like(mut self, other: &Self) -> Self {
        let mut slots: Vec<Slot> = other.slots.iter().map(|slot| Slot::Empty(slot.path().clone())).collect();
        for slot in std::mem::take(&mut self.slots) {
            match other.place(slot.path()) {
                Ok(at) => slots[other.order[at].0 as usize] = slot,
                Err(_) => slots.push(slot),
            }
        }
        self.order = (0..slots.len() as u32).map(SourceId).collect();
        self.order.sort_by(|a, b| slots[a.0 as usize].path().cmp(slots[b.0 as usize].path()));
        self.slots = slots;
        self.rank();
        self
    }

    /// The same sources, with new texts at some paths.
    pub fn with(&self, texts: &std::collections::BTreeMap<String, String>) -> Self {
        let mut changed = self.clone();
        for slot in &mut changed.slots {
            let Slot::Filled(source) = slot else { continue };
            if let Some(text) = texts.get(&*source.path) {
                let (notation, target) = (source.notation, source.target.clone());
                *source = Arc::new(Source { notation, target, ..Source::new(source.path.clone(), text.as_str()) });
            }
        }
        changed
    }

    /// Removes sources; their paths stay in the tree.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        for slot in &mut self.slots {
            if let Slot::Filled(source) = slot
                && !wanted(&source.path)
            {
                *slot = Slot::Empty(source.path.clone());
            }
        }
        self.unread.retain(|unread| wanted(&unread.path));
    }

    /// Adds a source, or replaces the one at its path.
    pub fn put(&mut self, source: Source) {
        self.tree.extend([&*source.path]);
        let path = source.path.clone();
        let slot = Slot::Filled(Arc::new(source));
        match self.place(&path) {
            Ok(at) => self.slots[self.order[at].0 as usize] = slot,
            Err(at) => {
                self.order.insert(at, SourceId(self.slots.len() as u32));
                self.slots.push(slot);
                self.rank();
            }
        }
    }

    /// Removes a source; its path stays in the tree.
    pub fn remove(&mut self, path: &str) {
        self.retain(|other| other != path);
    }

    /// The source of an id.
    ///
    /// # Panics
    /// If the id comes from other sources, or its source was removed.
    pub fn get(&self, id: SourceId) -> &Source {
        self.slots[id.0 as usize].source().expect("an id of these sources")
    }

    /// Every source with its id, in path order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (SourceId, &Source)> {
        self.order.iter().filter_map(|id| Some((*id, &**self.slots[id.0 as usize].source()?)))
    }

    /// The number of sources.
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    /// The source at a path.
    pub fn find(&self, path: &str) -> Option<SourceId> {
        let id = self.order[self.place(path).ok()?];
        self.slots[id.0 as usize].source().map(|_| id)
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).slice(span)
    }

    /// Line and column of the start of a span.
    pub fn start(&self, span: Span) -> Position {
        self.get(span.source).position(span.start)
    }

    /// The sort key of a span: path, then offsets.
    pub fn key(&self, span: Span) -> (u32, u32, u32) {
        (self.rank_of(span.source), span.start, span.end)
    }

    /// The sort key of a source: the position of its path.
    pub fn rank_of(&self, id: SourceId) -> u32 {
        self.ranks[id.0 as usize]
    }

    /// The index of a path in `order`, or where it would be inserted.
    fn place(&self, path: &str) -> Result<usize, usize> {
        self.order.binary_search_by(|id| self.slots[id.0 as usize].path().as_ref().cmp(path))
    }

    fn rank(&mut self) {
        self.ranks.resize(self.slots.len(), 0);
        for (rank, id) in self.order.iter().enumerate() {
            self.ranks[id.0 as usize] = rank as u32;
        }
    }
}

/// A value for every source, found by its id.
#[derive(Debug, Clone)]
pub struct PerSource<T>(Vec<Option<T>>);

impl<T> Default for PerSource<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> PerSource<T> {
    /// The value of each source, made in path order.
    pub fn of<'a>(sources: &'a Sources, mut make: impl FnMut(SourceId, &'a Source) -> T) -> Self {
        Self::from_pairs(sources, sources.iter().map(|(id, source)| (id, make(id, source))))
    }

    /// Values that are already computed.
    pub(crate) fn from_pairs(sources: &Sources, pairs: impl IntoIterator<Item = (SourceId, T)>) -> Self {
        let mut values = Self(sources.slots.iter().map(|_| None).collect());
        for (id, value) in pairs {
            values.0[id.0 as usize] = Some(value);
        }
        values
    }

    /// The value of a source, to be set or taken.
    pub(crate) fn slot(&mut self, id: SourceId) -> &mut Option<T> {
        let index = id.0 as usize;
        if index >= self.0.len() {
            self.0.resize_with(index + 1, || None);
        }
        &mut self.0[index]
    }

    /// Drops the values of removed sources.
    pub(crate) fn retain_of(&mut self, sources: &Sources) {
        self.0.truncate(sources.slots.len());
        for (index, value) in self.0.iter_mut().enumerate() {
            if sources.slots[index].source().is_none() {
                *value = None;
            }
        }
    }

    /// The first source whose value is the one that is looked for.
    pub fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<SourceId> {
        let at = self.0.iter().position(|value| value.as_ref().is_some_and(&is_it))?;
        Some(SourceId(at as u32))
    }

    /// The value of a source, if it has one.
    pub fn get(&self, id: SourceId) -> Option<&T> {
        self.0.get(id.0 as usize)?.as_ref()
    }
}

impl<T> Index<SourceId> for PerSource<T> {
    type Output = T;

    /// # Panics
    /// If the id comes from other sources.
    fn index(&self, id: SourceId) -> &T {
        self.get(id).expect("an id of these sources")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(sources: &Sources) -> Vec<&str> {
        sources.iter().map(|(_, source)| &*source.path).collect()
    }

    #[test]
    fn of_two_sources_with_one_path_the_later_wins() {
        let sources = Sources::from_texts([("b", "1"), ("a", "2"), ("b", "3")]);
        assert_eq!(sources.count(), 2);
        let id = sources.find("b").expect("b was given");
        assert_eq!(&*sources.get(id).text, "3");
        assert!(sources.find("c").is_none());
    }

    #[test]
    fn ids_of_paths_are_stable_when_sources_are_added_and_removed() {
        let mut sources = Sources::from_texts([("b", "1"), ("c", "2")]);
        let (b, c) = (sources.find("b"), sources.find("c"));
        sources.put(Source::new("a", "3"));
        assert_eq!(paths(&sources), ["a", "b", "c"]);
        assert_eq!((sources.find("b"), sources.find("c")), (b, c));
        let a = sources.find("a").expect("a was put");
        assert!(sources.rank_of(a) < sources.rank_of(b.expect("b was given")));
        sources.remove("b");
        assert_eq!((paths(&sources), sources.find("b")), (vec!["a", "c"], None));
        let walked = Sources::from_texts([("0", ""), ("b", "4"), ("c", "2")]).numbered_like(&sources);
        assert_eq!(paths(&walked), ["0", "b", "c"]);
        assert_eq!((walked.find("b"), walked.find("c")), (b, c));
        sources.put(Source::new("b", "5"));
        assert_eq!((sources.find("b"), sources.find("a")), (b, Some(a)));
        assert_eq!(sources.slice(Span::new(b.expect("b was given"), 0, 1)), "5");
    }

    #[test]
    fn values_are_kept_by_id() {
        let mut sources = Sources::from_texts([("b", "1"), ("c", "2")]);
        sources.put(Source::new("a", "3"));
        sources.remove("c");
        let mut seen = Vec::new();
        let texts = PerSource::of(&sources, |_, source| {
            seen.push(source.path.clone());
            source.text.clone()
        });
        assert_eq!(seen.iter().map(|path| &**path).collect::<Vec<_>>(), ["a", "b"]);
        let a = sources.find("a").expect("a was put");
        assert_eq!(&*texts[a], "3");
        assert_eq!(texts.get(a).map(|text| &**text), Some("3"));
        let other = Sources::from_texts([("a", ""), ("b", ""), ("c", ""), ("d", "")]);
        assert!(other.find("d").is_some_and(|id| texts.get(id).is_none()));
    }
}
