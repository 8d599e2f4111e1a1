//! Requests of the client and their handlers.

use super::worker::{Answer, Home, Worker, error};
use super::{actions, completion, hover, navigation};
use gen_lsp_types::{
    CodeAction, CodeActionParams, CompletionParams, DefinitionParams, DocumentDiagnosticParams, DocumentLinkParams,
    DocumentSymbolParams, ExecuteCommandParams, HoverParams, Position, WorkspaceSymbolParams,
};
use lsp_server::{ErrorCode, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The address of the document that a request is about.
pub(super) fn document(request: &Request) -> Option<String> {
    let of_document = request.params.pointer("/textDocument/uri");
    let of_action = || request.params.pointer("/data/uri");
    of_document.or_else(of_action).and_then(Value::as_str).map(str::to_owned)
}

/// Handles a request. `home` is the place of its document, if that is open.
pub(super) fn answer(worker: &mut Worker, request: &Request, home: Option<&Home>) -> Answer {
    let params = &request.params;
    match request.method.as_str() {
        "textDocument/diagnostic" => {
            let params: DocumentDiagnosticParams = read(params)?;
            Ok(worker.pulled(home, params.previous_result_id.as_deref()))
        }
        "textDocument/codeAction" => {
            let params: CodeActionParams = read(params)?;
            let Some((index, path)) = place(worker, home) else { return Ok(json!([])) };
            write(actions::offer(worker, index, &path, &params))
        }
        "codeAction/resolve" => {
            let action: CodeAction = read(params)?;
            if action.data.is_none() {
                // It already has its edit or command.
                return write(action);
            }
            let Some((index, path)) = place(worker, home) else { return Err(outdated()) };
            write(actions::resolve(worker, index, &path, action).ok_or_else(outdated)?)
        }
        "textDocument/hover" => {
            let params: HoverParams = read(params)?;
            let at = params.text_document_position_params.position;
            at_position(worker, home, at, hover::at)
        }
        "textDocument/definition" => {
            let params: DefinitionParams = read(params)?;
            let at = params.text_document_position_params.position;
            at_position(worker, home, at, navigation::definition)
        }
        "textDocument/completion" => {
            let params: CompletionParams = read(params)?;
            let at = params.text_document_position_params.position;
            at_position(worker, home, at, completion::at)
        }
        "textDocument/documentLink" => {
            read::<DocumentLinkParams>(params)?;
            let Some((index, path)) = place(worker, home) else { return Ok(json!([])) };
            write(navigation::links(worker, index, &path))
        }
        "textDocument/documentSymbol" => {
            read::<DocumentSymbolParams>(params)?;
            let Some((index, path)) = place(worker, home) else { return Ok(json!([])) };
            write(navigation::outline(worker, index, &path))
        }
        "workspace/symbol" => {
            let params: WorkspaceSymbolParams = read(params)?;
            worker.work_out();
            write(navigation::symbols(worker, &params.query))
        }
        "workspace/executeCommand" => {
            let params: ExecuteCommandParams = read(params)?;
            let page = params.arguments.as_ref().and_then(|list| list.first()).and_then(Value::as_str);
            match (params.command.as_str(), page.and_then(crate::rules::find)) {
                (actions::SHOW_PAGE, Some(rule)) => {
                    worker.show(&rule.url());
                    Ok(Value::Null)
                }
                (actions::SHOW_PAGE, None) => Err(error(ErrorCode::InvalidParams, "it takes the name of a rule")),
                _ => Err(error(ErrorCode::InvalidParams, "there is no such command")),
            }
        }
        method => Err(error(ErrorCode::MethodNotFound, &format!("there is nothing under {method}"))),
    }
}

fn read<T: DeserializeOwned>(params: &Value) -> Result<T, lsp_server::ResponseError> {
    T::deserialize(params).map_err(|problem| error(ErrorCode::InvalidParams, &problem.to_string()))
}

fn write<T: Serialize>(value: T) -> Answer {
    serde_json::to_value(value).map_err(|problem| error(ErrorCode::InternalError, &problem.to_string()))
}

fn outdated() -> lsp_server::ResponseError {
    error(ErrorCode::ContentModified, "the document has changed since")
}

/// The folder of a document, analysed again if outdated, and the path of the document in it.
fn place(worker: &mut Worker, home: Option<&Home>) -> Option<(usize, String)> {
    let (index, path) = worker.home(home?)?;
    worker.folder(index).outcome()?;
    Some((index, path))
}

/// Handles a request about a position in a document.
fn at_position<T: Serialize>(
    worker: &mut Worker,
    home: Option<&Home>,
    position: Position,
    answer: impl FnOnce(&Worker, usize, &str, usize) -> Option<T>,
) -> Answer {
    let Some((index, path)) = place(worker, home) else { return Ok(Value::Null) };
    let encoding = worker.client.encoding;
    let Some(document) = worker.folder(index).document(&path) else { return Ok(Value::Null) };
    let at = super::encoding::Index::of(&document.text).offset(&document.text, position, encoding);
    match answer(worker, index, &path, at) {
        Some(value) => write(value),
        None => Ok(Value::Null),
    }
}
