//! The protocol's surface: every request and notification that is understood, one line each.

use std::rc::Rc;

use lsp_server::ErrorCode;
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidChangeWorkspaceFolders, DidCloseTextDocument,
    DidOpenTextDocument, DidSaveTextDocument, Notification,
};
use lsp_types::request::{
    CallHierarchyIncomingCalls, CallHierarchyOutgoingCalls, CallHierarchyPrepare, CodeActionRequest,
    CodeLensRequest, Completion, DocumentHighlightRequest, DocumentLinkRequest, DocumentSymbolRequest,
    ExecuteCommand, FoldingRangeRequest, Formatting, GotoDefinition, HoverRequest, InlayHintRequest,
    OnTypeFormatting, PrepareRenameRequest, RangeFormatting, References, Rename, Request,
    SelectionRangeRequest, SemanticTokensFullDeltaRequest, SemanticTokensFullRequest,
    SemanticTokensRangeRequest, SignatureHelpRequest, WorkspaceSymbolRequest,
};
use lsp_types::{TextDocumentPositionParams, Uri};
use serde_json::Value;

use super::convert::Positions;
use super::{Failure, Server};
use crate::analysis::Analysis;

mod commands;
mod completion;
mod edits;
mod names;
mod shown;
mod stages;
mod structure;
mod symbols;
pub(super) mod tokens;

pub(super) use edits::fix_all_kind;

/// Answers a request.
pub(super) fn request(server: &mut Server, method: &str, params: Value) -> Result<Value, Failure> {
    match method {
        CallHierarchyIncomingCalls::METHOD => {
            answer::<CallHierarchyIncomingCalls>(server, params, stages::incoming)
        }
        CallHierarchyOutgoingCalls::METHOD => {
            answer::<CallHierarchyOutgoingCalls>(server, params, stages::outgoing)
        }
        CallHierarchyPrepare::METHOD => answer::<CallHierarchyPrepare>(server, params, stages::prepare),
        CodeActionRequest::METHOD => answer::<CodeActionRequest>(server, params, edits::code_actions),
        Completion::METHOD => answer::<Completion>(server, params, completion::completion),
        DocumentHighlightRequest::METHOD => {
            answer::<DocumentHighlightRequest>(server, params, names::highlights)
        }
        DocumentLinkRequest::METHOD => {
            answer::<DocumentLinkRequest>(server, params, structure::document_links)
        }
        DocumentSymbolRequest::METHOD => {
            answer::<DocumentSymbolRequest>(server, params, symbols::of_document)
        }
        FoldingRangeRequest::METHOD => answer::<FoldingRangeRequest>(server, params, structure::folding),
        Formatting::METHOD => answer::<Formatting>(server, params, edits::formatting),
        GotoDefinition::METHOD => answer::<GotoDefinition>(server, params, names::definition),
        OnTypeFormatting::METHOD => answer::<OnTypeFormatting>(server, params, edits::type_formatting),
        CodeLensRequest::METHOD => answer::<CodeLensRequest>(server, params, shown::lenses),
        ExecuteCommand::METHOD => answer::<ExecuteCommand>(server, params, commands::execute),
        InlayHintRequest::METHOD => answer::<InlayHintRequest>(server, params, shown::hints),
        HoverRequest::METHOD => answer::<HoverRequest>(server, params, shown::hover),
        PrepareRenameRequest::METHOD => answer::<PrepareRenameRequest>(server, params, names::prepare_rename),
        RangeFormatting::METHOD => answer::<RangeFormatting>(server, params, edits::range_formatting),
        References::METHOD => answer::<References>(server, params, names::references),
        Rename::METHOD => answer::<Rename>(server, params, names::rename),
        SignatureHelpRequest::METHOD => {
            answer::<SignatureHelpRequest>(server, params, completion::signature_help)
        }
        SelectionRangeRequest::METHOD => {
            answer::<SelectionRangeRequest>(server, params, structure::selection)
        }
        SemanticTokensFullDeltaRequest::METHOD => {
            answer::<SemanticTokensFullDeltaRequest>(server, params, tokens::delta)
        }
        SemanticTokensFullRequest::METHOD => {
            answer::<SemanticTokensFullRequest>(server, params, tokens::full)
        }
        SemanticTokensRangeRequest::METHOD => {
            answer::<SemanticTokensRangeRequest>(server, params, tokens::range)
        }
        WorkspaceSymbolRequest::METHOD => {
            answer::<WorkspaceSymbolRequest>(server, params, symbols::of_workspace)
        }
        _ => Err(Failure::new(ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
    }
}

/// Acts on a notification. Unknown ones are dropped, as the protocol demands.
pub(super) fn notification(server: &mut Server, method: &str, params: Value) -> Result<(), Failure> {
    match method {
        DidOpenTextDocument::METHOD => act::<DidOpenTextDocument>(server, params, Server::did_open),
        DidChangeTextDocument::METHOD => act::<DidChangeTextDocument>(server, params, Server::did_change),
        DidCloseTextDocument::METHOD => act::<DidCloseTextDocument>(server, params, Server::did_close),
        DidSaveTextDocument::METHOD => {
            act::<DidSaveTextDocument>(server, params, |server, _| server.disk_changed())
        }
        DidChangeWatchedFiles::METHOD => {
            act::<DidChangeWatchedFiles>(server, params, |server, _| server.disk_changed())
        }
        DidChangeWorkspaceFolders::METHOD => {
            act::<DidChangeWorkspaceFolders>(server, params, |server, params| server.folders_changed(&params))
        }
        _ => Ok(()),
    }
}

fn answer<R: Request>(
    server: &mut Server,
    params: Value,
    handle: impl FnOnce(&mut Server, &R::Params) -> Result<R::Result, Failure>,
) -> Result<Value, Failure> {
    let result = handle(server, &serde_json::from_value(params).map_err(|error| invalid(&error))?)?;
    serde_json::to_value(result).map_err(|error| Failure::new(ErrorCode::InternalError, error.to_string()))
}

fn act<N: Notification>(
    server: &mut Server,
    params: Value,
    handle: impl FnOnce(&mut Server, N::Params) -> Result<(), Failure>,
) -> Result<(), Failure> {
    handle(server, serde_json::from_value(params).map_err(|error| invalid(&error))?)
}

fn invalid(error: &serde_json::Error) -> Failure {
    Failure::new(ErrorCode::InvalidParams, format!("the parameters cannot be read: {error}"))
}

/// The failure of a request about a document that is not open.
pub(super) fn not_open(uri: &Uri) -> Failure {
    Failure::new(ErrorCode::InvalidParams, format!("`{}` is not open", uri.as_str()))
}

/// What is known about a document, and the offset in its text that a request points at.
fn pointed_at(
    server: &mut Server,
    params: &TextDocumentPositionParams,
) -> Result<(Rc<Analysis>, u32), Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let at = lsp_types::Range { start: params.position, end: params.position };
    Ok((analysis, positions.span(at).start))
}
