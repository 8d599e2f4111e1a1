//! The requests of the client and their answers, each a function of a snapshot.

use super::encoding::Index;
use super::place::Place;
use super::snapshot::Snapshot;
use super::{actions, completion, hover, navigation};
use crate::catalogue::Rule;
use crate::engine::Memory;
use gen_lsp_types::{
    CodeAction, CodeActionParams, CompletionParams, DefinitionParams, DocumentDiagnosticParams, DocumentLinkParams,
    DocumentSymbolParams, ExecuteCommandParams, HoverParams, Position, WorkspaceSymbolParams,
};
use lsp_server::{ErrorCode, Request, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The result of a request, or the error.
pub(super) type Answer = Result<Value, ResponseError>;

/// A request that the worker answers.
pub(super) enum Asked {
    /// The diagnostics of a document; the id of the result that the client has.
    Diagnostics(Option<String>),
    /// The symbols of all folders that a query matches.
    Symbols(String),
    /// To open the page of a rule in a browser.
    ShowPage(&'static Rule),
    /// A question about one document.
    OfDocument(Question),
}

/// A question about one document.
pub(super) enum Question {
    /// The actions for a range.
    Actions(Box<CodeActionParams>),
    /// The edit of an action.
    Resolve(Box<CodeAction>),
    /// The hover at a position.
    Hover(Position),
    /// The definition of the name at a position.
    Definition(Position),
    /// The completions at a position.
    Completion(Position),
    /// The links.
    Links,
    /// The symbols.
    Outline,
}

impl Asked {
    /// Parses a request.
    ///
    /// # Errors
    /// The response to a request that is not supported or has invalid parameters.
    pub(super) fn of(request: &Request) -> Result<Self, ResponseError> {
        let params = &request.params;
        Ok(match request.method.as_str() {
            "textDocument/diagnostic" => {
                Self::Diagnostics(read::<DocumentDiagnosticParams>(params)?.previous_result_id)
            }
            "textDocument/codeAction" => Self::OfDocument(Question::Actions(Box::new(read(params)?))),
            "codeAction/resolve" => Self::OfDocument(Question::Resolve(Box::new(read(params)?))),
            "textDocument/hover" => {
                let params: HoverParams = read(params)?;
                Self::OfDocument(Question::Hover(params.text_document_position_params.position))
            }
            "textDocument/definition" => {
                let params: DefinitionParams = read(params)?;
                Self::OfDocument(Question::Definition(params.text_document_position_params.position))
            }
            "textDocument/completion" => {
                let params: CompletionParams = read(params)?;
                Self::OfDocument(Question::Completion(params.text_document_position_params.position))
            }
            "textDocument/documentLink" => {
                read::<DocumentLinkParams>(params)?;
                Self::OfDocument(Question::Links)
            }
            "textDocument/documentSymbol" => {
                read::<DocumentSymbolParams>(params)?;
                Self::OfDocument(Question::Outline)
            }
            "workspace/symbol" => Self::Symbols(read::<WorkspaceSymbolParams>(params)?.query),
            "workspace/executeCommand" => {
                let params: ExecuteCommandParams = read(params)?;
                let page = params.arguments.as_ref().and_then(|list| list.first()).and_then(Value::as_str);
                match (params.command.as_str(), page.and_then(crate::rules::find)) {
                    (actions::SHOW_PAGE, Some(rule)) => Self::ShowPage(rule),
                    (actions::SHOW_PAGE, None) => {
                        return Err(error(ErrorCode::InvalidParams, "it takes the name of a rule"));
                    }
                    _ => return Err(error(ErrorCode::InvalidParams, "there is no such command")),
                }
            }
            method => return Err(error(ErrorCode::MethodNotFound, &format!("there is nothing under {method}"))),
        })
    }
}

impl Question {
    /// The answer if the document or its folder is unknown.
    pub(super) fn without_document(&self) -> Answer {
        match self {
            Self::Actions(_) | Self::Links | Self::Outline => Ok(json!([])),
            Self::Resolve(action) if action.data.is_none() => write(action),
            Self::Resolve(_) => Err(outdated()),
            Self::Hover(_) | Self::Definition(_) | Self::Completion(_) => Ok(Value::Null),
        }
    }

    /// The answer about a document, which is open.
    pub(super) fn answer(self, snapshot: &Snapshot<'_>, memory: &Memory, path: &str) -> Answer {
        let Some(document) = snapshot.folder.document(path) else { return self.without_document() };
        let text = &*document.text;
        let place = |position| {
            let at = Index::of(text).offset(text, position, snapshot.client.encoding);
            Place { path, text, at }
        };
        match self {
            Self::Actions(params) => write(actions::offer(snapshot, memory, path, &params)),
            // It already has its edit or command.
            Self::Resolve(action) if action.data.is_none() => write(action),
            Self::Resolve(action) => write(actions::resolve(snapshot, memory, path, *action).ok_or_else(outdated)?),
            Self::Hover(position) => write(hover::at(snapshot, &place(position))),
            Self::Definition(position) => write(navigation::definition(snapshot, &place(position))),
            Self::Completion(position) => write(completion::at(snapshot, &place(position))),
            Self::Links => write(navigation::links(snapshot, path, text)),
            Self::Outline => write(navigation::outline(snapshot, path)),
        }
    }
}

/// The address of the document that a request is about.
pub(super) fn document(request: &Request) -> Option<String> {
    let of_document = request.params.pointer("/textDocument/uri");
    let of_action = || request.params.pointer("/data/uri");
    of_document.or_else(of_action).and_then(Value::as_str).map(str::to_owned)
}

/// The error of a document that has changed since a request about it was sent.
pub(super) fn outdated() -> ResponseError {
    error(ErrorCode::ContentModified, "the document has changed since")
}

pub(super) fn error(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError { code: code as i32, message: message.to_owned(), data: None }
}

pub(super) fn write<T: Serialize>(value: T) -> Answer {
    serde_json::to_value(value).map_err(|problem| error(ErrorCode::InternalError, &problem.to_string()))
}

fn read<T: DeserializeOwned>(params: &Value) -> Result<T, ResponseError> {
    T::deserialize(params).map_err(|problem| error(ErrorCode::InvalidParams, &problem.to_string()))
}
