//! Requests that change texts: formatting and quick fixes.

use compiler::diagnostic::Place;
use lsp_server::ErrorCode;
use lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse,
    DocumentFormattingParams, TextEdit,
};

use super::super::convert::Positions;
use super::super::{Failure, Server};
use super::not_open;
use crate::features;

pub(super) fn formatting(
    server: &mut Server,
    params: &DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
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

pub(super) fn code_actions(
    server: &mut Server,
    params: &CodeActionParams,
) -> Result<Option<CodeActionResponse>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
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
