//! The protocol's surface: every request and notification that is understood, one line each.

use compiler::diagnostic::Place;
use lsp_server::ErrorCode;
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument,
    DidSaveTextDocument, Notification,
};
use lsp_types::request::{CodeActionRequest, Formatting, Request};
use lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse,
    DocumentFormattingParams, TextEdit, Uri,
};
use serde_json::Value;

use super::convert::Positions;
use super::{Failure, Server};
use crate::features;

/// Answers a request.
pub(super) fn request(server: &mut Server, method: &str, params: Value) -> Result<Value, Failure> {
    match method {
        CodeActionRequest::METHOD => answer::<CodeActionRequest>(server, params, code_actions),
        Formatting::METHOD => answer::<Formatting>(server, params, formatting),
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
        _ => Ok(()),
    }
}

fn answer<R: Request>(
    server: &mut Server,
    params: Value,
    handle: impl FnOnce(&mut Server, R::Params) -> Result<R::Result, Failure>,
) -> Result<Value, Failure> {
    let result = handle(server, serde_json::from_value(params).map_err(|error| invalid(&error))?)?;
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

fn formatting(
    server: &mut Server,
    params: DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    let uri = params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(&uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(&uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let edits = features::formatting::formatting(&analysis)
        .map_err(|error| Failure::new(ErrorCode::RequestFailed, error.to_string()))?;
    Ok(Some(
        edits
            .into_iter()
            .map(|edit| TextEdit { range: positions.range(edit.span), new_text: edit.text })
            .collect(),
    ))
}

fn code_actions(
    server: &mut Server,
    params: CodeActionParams,
) -> Result<Option<CodeActionResponse>, Failure> {
    let uri = params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(&uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(&uri))?;
    if !server.client.code_actions || !wants_quick_fixes(&params.context) {
        return Ok(Some(Vec::new()));
    }
    let span = Positions::new(&document.text, server.client.encoding).span(params.range);
    let render = server.render(&analysis);
    let actions = features::fixes::fixes(&analysis, span).into_iter().filter_map(|(diagnostic, fix)| {
        let edits: Vec<(Place, &str)> =
            fix.edits.iter().map(|edit| (edit.place, edit.text.as_str())).collect();
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: fix.title.clone(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![render.diagnostic(diagnostic)]),
            edit: Some(render.workspace_edit(&edits)?),
            is_preferred: Some(true),
            ..CodeAction::default()
        }))
    });
    Ok(Some(actions.collect()))
}

/// Kinds form a hierarchy with dots: who asks for the empty kind asks for all.
fn wants_quick_fixes(context: &CodeActionContext) -> bool {
    let quick_fix = CodeActionKind::QUICKFIX;
    let Some(only) = &context.only else { return true };
    only.iter().any(|kind| kind.as_str().is_empty() || *kind == quick_fix)
}
