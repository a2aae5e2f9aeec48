//! Requests that change texts: formatting, quick fixes and refactorings.

use std::rc::Rc;

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
use crate::analysis::Analysis;
use crate::features;
use crate::features::line_edits::LineEdit;
use crate::features::refactor::{self, Kind, Refactoring};
use crate::features::structure::closed_at;
use crate::loader::Overlay;

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
    if !server.client.code_actions {
        return Ok(Some(Vec::new()));
    }
    let span = Positions::new(&document.text, server.client.encoding).span(params.range);
    let mut actions = Vec::new();
    if wants(&params.context, &CodeActionKind::QUICKFIX) {
        actions.extend(quick_fixes(server, &analysis, span));
    }
    if wants(&params.context, &CodeActionKind::REFACTOR_EXTRACT)
        || wants(&params.context, &CodeActionKind::REFACTOR_REWRITE)
    {
        let found = refactorings(server, &analysis, span);
        actions.extend(
            found
                .into_iter()
                .filter(|action| action.kind.as_ref().is_some_and(|kind| wants(&params.context, kind))),
        );
    }
    // Takes several rounds, and editors ask for it by name.
    if params.context.only.is_some() && wants(&params.context, &fix_all_kind()) {
        actions.extend(fix_all(server, &analysis));
    }
    Ok(Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
}

fn quick_fixes(server: &Server, analysis: &Analysis, span: Span) -> Vec<CodeAction> {
    let render = server.render(analysis);
    let actions = features::fixes::fixes(analysis, span).into_iter().filter_map(|(diagnostic, fix)| {
        let edits: Vec<(Place, &str)> =
            fix.edits.iter().map(|edit| (edit.place, edit.text.as_str())).collect();
        Some(CodeAction {
            title: fix.title.clone(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![render.diagnostic(diagnostic)]),
            edit: Some(render.workspace_edit(&edits)?),
            is_preferred: Some(true),
            ..CodeAction::default()
        })
    });
    actions.collect()
}

fn refactorings(server: &Server, analysis: &Analysis, span: Span) -> Vec<CodeAction> {
    let render = server.render(analysis);
    let found = refactor::refactorings(analysis, span, &Overlay(&server.documents));
    let action = |change: Refactoring| {
        let place = |span: &Span| Place { source: analysis.source, span: *span };
        let edits: Vec<(Place, &str)> =
            change.edits.iter().map(|(span, text)| (place(span), text.as_str())).collect();
        Some(CodeAction {
            edit: Some(render.workspace_edit(&edits)?),
            kind: Some(match change.kind {
                Kind::Extract => CodeActionKind::REFACTOR_EXTRACT,
                Kind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
            }),
            title: change.title,
            ..CodeAction::default()
        })
    };
    found.into_iter().filter_map(action).collect()
}

fn fix_all(server: &Server, analysis: &Rc<Analysis>) -> Option<CodeAction> {
    let changes = refactor::fix_all(analysis, &Overlay(&server.documents));
    (!changes.is_empty()).then(|| CodeAction {
        title: "apply every fix that is surely right".to_owned(),
        kind: Some(fix_all_kind()),
        edit: Some(server.changes(&[Rc::clone(analysis)], &changes)),
        ..CodeAction::default()
    })
}

/// Mends everything that can be.
pub(in super::super) fn fix_all_kind() -> CodeActionKind {
    CodeActionKind::new("source.fixAll.standpipe")
}

/// Kinds form a hierarchy with dots: who asks for the empty kind asks for all.
fn wants(context: &CodeActionContext, kind: &CodeActionKind) -> bool {
    let Some(only) = &context.only else { return true };
    only.iter().any(|wanted| {
        let rest = kind.as_str().strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| rest.is_empty() || wanted.as_str().is_empty() || rest.starts_with('.'))
    })
}
