//! What the client is and offers. Whatever it does not say, it does not offer.

use super::encoding::Encoding;
use super::uri;
use serde_json::Value;
use std::path::PathBuf;

/// A client, as far as we ask.
#[derive(Debug)]
pub(super) struct Client {
    /// The unit of characters.
    pub(super) encoding: Encoding,
    /// It asks for diagnostics.
    pub(super) pulls: bool,
    /// It can be told to ask again.
    pub(super) refreshes: bool,
    /// It takes edits of documents with versions.
    pub(super) takes_versions: bool,
    /// It asks for the edit of an action once that is chosen.
    pub(super) resolves_edits: bool,
    /// It knows actions with a kind; otherwise only commands.
    pub(super) takes_actions: bool,
    /// It tells about files on request.
    pub(super) watches: bool,
    /// It shows other places of a diagnostic.
    pub(super) takes_related: bool,
    /// It can open a page.
    pub(super) shows_documents: bool,
    /// It understands Markdown in hovers.
    pub(super) reads_markdown: bool,
    /// It understands Markdown in what completion says.
    pub(super) completes_markdown: bool,
    /// It shows tags of a diagnostic.
    pub(super) takes_tags: bool,
    /// It shows where a diagnostic is described.
    pub(super) takes_descriptions: bool,
    /// Outlines may be trees.
    pub(super) has_symbol_trees: bool,
    /// Diagnostics are wanted for every file, open or not.
    pub(super) wants_all: bool,
    /// The folders of the workspace.
    pub(super) folders: Vec<PathBuf>,
    /// The process that has started us.
    pub(super) process: Option<i32>,
}

impl Client {
    /// Reads the parameters of `initialize`, leniently: a client of another version must not be locked out by a field that we
    /// don't need.
    pub(super) fn of(params: &Value) -> Self {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let offers = |path: &str| capability(path).and_then(Value::as_bool).unwrap_or(false);
        let has = |path: &str, wanted: &str| {
            let list = capability(path).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|item| item == wanted))
        };
        // A client says it for what is pushed, for what it asks for, or for both.
        let any = |name: &str| {
            ["publishDiagnostics", "diagnostic"].iter().any(|kind| {
                let value = capability(&format!("textDocument/{kind}/{name}"));
                value.is_some_and(|value| value.is_object() || value.as_bool() == Some(true))
            })
        };
        let encodings = capability("general/positionEncodings").and_then(Value::as_array);
        let encodings: Vec<String> =
            encodings.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        let pulls = capability("textDocument/diagnostic").is_some_and(Value::is_object);
        let of_folder = |folder: &Value| folder.get("uri").and_then(Value::as_str).and_then(uri::path);
        let listed = params.get("workspaceFolders").and_then(Value::as_array);
        let mut folders: Vec<PathBuf> = listed.into_iter().flatten().filter_map(of_folder).collect();
        if folders.is_empty() {
            let root = params.get("rootUri").and_then(Value::as_str).and_then(uri::path);
            let older = || params.get("rootPath").and_then(Value::as_str).map(PathBuf::from);
            folders.extend(root.or_else(older).filter(|path| path.is_absolute()));
        }
        let wants_all = params.pointer("/initializationOptions/scope").is_some_and(|scope| scope == "workspace");
        Self {
            encoding: Encoding::choose(&encodings),
            // What is told about files that are not open has to be pushed, and nothing is told twice.
            pulls: pulls && !wants_all,
            refreshes: offers("workspace/diagnostics/refreshSupport"),
            takes_versions: offers("workspace/workspaceEdit/documentChanges"),
            resolves_edits: has("textDocument/codeAction/resolveSupport/properties", "edit")
                && offers("textDocument/codeAction/dataSupport"),
            takes_actions: capability("textDocument/codeAction/codeActionLiteralSupport").is_some_and(Value::is_object),
            watches: offers("workspace/didChangeWatchedFiles/dynamicRegistration"),
            takes_related: any("relatedInformation"),
            shows_documents: offers("window/showDocument/support"),
            reads_markdown: has("textDocument/hover/contentFormat", "markdown"),
            completes_markdown: has("textDocument/completion/completionItem/documentationFormat", "markdown"),
            takes_tags: any("tagSupport"),
            takes_descriptions: any("codeDescriptionSupport"),
            has_symbol_trees: offers("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            wants_all,
            folders,
            process: params.get("processId").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok()),
        }
    }
}
