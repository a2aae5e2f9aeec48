//! Requests about names: where they are declared and used, and what they are to be called.

use std::collections::BTreeMap;

use compiler::diagnostic::Place;
use lsp_server::ErrorCode;
use lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, GotoDefinitionParams,
    GotoDefinitionResponse, Location, LocationLink, PrepareRenameResponse, ReferenceParams, RenameParams,
    TextDocumentPositionParams, WorkspaceEdit,
};

use super::super::{Failure, Server};
use super::pointed_at;
use crate::features::{navigation, rename};
use crate::loader::Overlay;

pub(super) fn definition(
    server: &mut Server,
    params: &GotoDefinitionParams,
) -> Result<Option<GotoDefinitionResponse>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position_params)?;
    let Some((from, places)) = navigation::definition(&analysis, offset) else { return Ok(None) };
    let render = server.render(&analysis);
    let locations = places.into_iter().filter_map(|place| render.location(place));
    if !server.client.links {
        return Ok(Some(GotoDefinitionResponse::Array(locations.collect())));
    }
    let origin =
        render.location(Place { source: analysis.source, span: from }).map(|location| location.range);
    let links = locations.map(|location| LocationLink {
        origin_selection_range: origin,
        target_uri: location.uri,
        target_range: location.range,
        target_selection_range: location.range,
    });
    Ok(Some(GotoDefinitionResponse::Link(links.collect())))
}

pub(super) fn references(
    server: &mut Server,
    params: &ReferenceParams,
) -> Result<Option<Vec<Location>>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position)?;
    let Some(entity) = navigation::entity(&analysis, offset) else { return Ok(None) };
    // Several files may have seen the same one.
    let mut found = BTreeMap::new();
    for seen in server.project() {
        let places = navigation::references(&seen, &entity, params.context.include_declaration);
        if places.is_empty() {
            continue;
        }
        let render = server.render(&seen);
        for location in places.into_iter().filter_map(|place| render.location(place)) {
            let (uri, at) = (location.uri.as_str().to_owned(), location.range.start);
            found.insert((uri, at.line, at.character), location);
        }
    }
    Ok(Some(found.into_values().collect()))
}

pub(super) fn highlights(
    server: &mut Server,
    params: &DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position_params)?;
    let render = server.render(&analysis);
    let found = navigation::highlights(&analysis, offset).into_iter().filter_map(|(span, declares)| {
        let kind = if declares { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        let range = render.location(Place { source: analysis.source, span })?.range;
        Some(DocumentHighlight { range, kind: Some(kind) })
    });
    Ok(Some(found.collect()))
}

pub(super) fn prepare_rename(
    server: &mut Server,
    params: &TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>, Failure> {
    let (analysis, offset) = pointed_at(server, params)?;
    let Some((span, placeholder)) = rename::prepare(&analysis, offset).map_err(refused)? else {
        return Ok(None);
    };
    let place = Place { source: analysis.source, span };
    let location = server.render(&analysis).location(place);
    Ok(location
        .map(|location| PrepareRenameResponse::RangeWithPlaceholder { range: location.range, placeholder }))
}

pub(super) fn rename(server: &mut Server, params: &RenameParams) -> Result<Option<WorkspaceEdit>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position)?;
    let all = server.project();
    let changes = rename::rename(&analysis, offset, &params.new_name, &all, &Overlay(&server.documents))
        .map_err(refused)?;
    Ok(Some(server.changes(&all, &changes)))
}

fn refused(why: String) -> Failure {
    Failure::new(ErrorCode::RequestFailed, why)
}
