//! All that an answer is made from, as it was when the request arrived.

use super::client::Client;
use super::documents::Home;
use super::folder::{Folder, Outcome};
use super::uri;
use crate::model::Definition;
use crate::source::folder_of;
use crate::span::Span;
use gen_lsp_types::{Location, Range, Uri};
use std::collections::BTreeMap;

/// The results of a folder, and what is needed to tell the client about them. Nothing in it can change.
#[derive(Clone, Copy)]
pub(super) struct Snapshot<'a> {
    /// The capabilities of the client.
    pub(super) client: &'a Client,
    /// The folder.
    pub(super) folder: &'a Folder,
    /// Its current results.
    pub(super) outcome: &'a Outcome,
    /// The open documents.
    pub(super) documents: &'a BTreeMap<String, Home>,
}

impl Snapshot<'_> {
    /// The address of a path; that of an open document is spelled as the client does.
    pub(super) fn address(&self, path: &str) -> Option<Uri> {
        if !self.folder.has_disk {
            let own = self.documents.values().find(|home| home.root == self.folder.root && home.path == path);
            return own.map(|home| home.address.clone());
        }
        let address = uri::of(&self.folder.root.join(path))?;
        Some(self.documents.get(&address.0).map_or(address, |home| home.address.clone()))
    }

    /// The range of a span in the client's encoding.
    pub(super) fn range(&self, span: Span) -> Range {
        let text = &self.outcome.sources.get(span.source).text;
        self.outcome.index(span.source).range(text, span.range(), self.client.encoding)
    }

    /// A span as a place in a document.
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        let uri = self.address(&self.outcome.sources.get(span.source).path)?;
        Some(Location { uri, range: self.range(span) })
    }

    /// The definition of a Terraform name that is used in a file.
    pub(super) fn definition(&self, path: &str, name: &str) -> Option<Definition> {
        self.folder.look_up(folder_of(path), name)
    }
}
