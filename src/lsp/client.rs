//! The capabilities and settings of the client. A capability that it does not mention is not supported.

use super::encoding::Encoding;
use super::uri;
use serde_json::Value;
use std::path::PathBuf;

/// The client, as far as the server needs to know it.
#[derive(Debug)]
pub(super) struct Client {
    /// The unit in which characters of a position are counted.
    pub(super) encoding: Encoding,
    /// It pulls diagnostics.
    pub(super) pulls: bool,
    /// It can be asked to pull diagnostics again.
    pub(super) refreshes: bool,
    /// It supports edits of documents with versions.
    pub(super) takes_versions: bool,
    /// It requests the edit of an action once the action is chosen.
    pub(super) resolves_edits: bool,
    /// It supports code actions as literals; otherwise only commands.
    pub(super) takes_actions: bool,
    /// It watches files on request.
    pub(super) watches: bool,
    /// It shows related places of a diagnostic.
    pub(super) takes_related: bool,
    /// It can open a page in a browser.
    pub(super) shows_documents: bool,
    /// It renders Markdown in hovers.
    pub(super) reads_markdown: bool,
    /// It renders Markdown in the documentation of completions.
    pub(super) completes_markdown: bool,
    /// It shows tags of a diagnostic.
    pub(super) takes_tags: bool,
    /// It shows a link to the description of a diagnostic.
    pub(super) takes_descriptions: bool,
    /// It supports outlines that are trees.
    pub(super) has_symbol_trees: bool,
    /// It wants diagnostics of every file, open or not.
    pub(super) wants_all: bool,
    /// The folders of the workspace.
    pub(super) folders: Vec<PathBuf>,
    /// The id of the process that has started the server.
    pub(super) process: Option<i32>,
}

impl Client {
    /// Reads the parameters of `initialize` leniently: an unexpected value in a field that is not needed here must not
    /// lock out a client of another version.
    pub(super) fn of(params: &Value) -> Self {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let offers = |path: &str| capability(path).and_then(Value::as_bool).unwrap_or(false);
        let has = |path: &str, wanted: &str| {
            let list = capability(path).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|item| item == wanted))
        };
        // A client may declare this for pushed diagnostics, for pulled ones, or for both.
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
            // Diagnostics of files that are not open have to be pushed, and no diagnostic may be sent twice.
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
