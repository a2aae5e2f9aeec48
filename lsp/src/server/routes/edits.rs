//! Requests that change texts: formatting and quick fixes.

use compiler::diagnostic::Place;
use compiler::span::Span;
use lsp_server::ErrorCode;
use lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse,
    DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, TextEdit, Uri,
};

use super::super::convert::Positions;
use super::super::{Failure, Server};
use super::not_open;
use crate::features;
use crate::features::line_edits::LineEdit;
use crate::features::structure::closed_at;

pub(super) fn formatting(
    server: &mut Server,
    params: &DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    formatted(server, &params.text_document.uri, |_, _| None)
}

pub(super) fn range_formatting(
    server: &mut Server,
    params: &DocumentRangeFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    formatted(server, &params.text_document.uri, |positions, _| Some(positions.span(params.range)))
}

/// After a `}` the block that it closes.
pub(super) fn type_formatting(
    server: &mut Server,
    params: &DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    let at = &params.text_document_position;
    formatted(server, &at.text_document.uri, |positions, text| {
        let here = lsp_types::Range { start: at.position, end: at.position };
        let cursor = positions.span(here).start;
        Some(closed_at(text, cursor).unwrap_or(Span::new(cursor, cursor)))
    })
}

/// The edits that format a document, or only those in a part of it.
fn formatted(
    server: &mut Server,
    uri: &Uri,
    part: impl FnOnce(&Positions<'_>, &str) -> Option<Span>,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let mut edits = features::formatting::formatting(&analysis)
        .map_err(|error| Failure::new(ErrorCode::RequestFailed, error.to_string()))?;
    if let Some(part) = part(&positions, analysis.text()) {
        edits
            .retain(|edit| edit.span.start < part.end && part.start < edit.span.end.max(edit.span.start + 1));
    }
    let edit = |edit: LineEdit| TextEdit { range: positions.range(edit.span), new_text: edit.text };
    Ok(Some(edits.into_iter().map(edit).collect()))
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
