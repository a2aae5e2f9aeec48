//! Requests about how a text is built: folding, selecting, links.

use std::str::FromStr as _;

use lsp_types::{
    DocumentLink, DocumentLinkParams, FoldingRange, FoldingRangeKind, FoldingRangeParams, SelectionRange,
    SelectionRangeParams,
};

use super::super::convert::Positions;
use super::super::{Failure, Server, uris};
use super::not_open;
use crate::features::structure::{Fold, folds, links, selections};

pub(super) fn folding(
    server: &mut Server,
    params: &FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let ranges = folds(analysis.text()).into_iter().map(|(span, fold)| {
        let range = positions.range(span);
        FoldingRange {
            start_line: range.start.line,
            start_character: Some(range.start.character),
            end_line: range.end.line,
            end_character: Some(range.end.character),
            kind: match fold {
                Fold::Region => None,
                Fold::Comment => Some(FoldingRangeKind::Comment),
                Fold::Imports => Some(FoldingRangeKind::Imports),
            },
            collapsed_text: None,
        }
    });
    Ok(Some(ranges.collect()))
}

pub(super) fn selection(
    server: &mut Server,
    params: &SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let chain = |position| {
        let at = lsp_types::Range { start: position, end: position };
        let steps = selections(&analysis, positions.span(at).start);
        let outwards = steps.into_iter().rev().fold(None, |parent: Option<Box<SelectionRange>>, span| {
            Some(Box::new(SelectionRange { range: positions.range(span), parent }))
        });
        outwards.map_or(SelectionRange { range: at, parent: None }, |innermost| *innermost)
    };
    Ok(Some(params.positions.iter().copied().map(chain).collect()))
}

pub(super) fn document_links(
    server: &mut Server,
    params: &DocumentLinkParams,
) -> Result<Option<Vec<DocumentLink>>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let found = links(&analysis).into_iter().filter_map(|(span, path)| {
        let name = compiler::join(&document.name, &path);
        let target = match server.documents.uri_of(&name) {
            Some(open) => lsp_types::Uri::from_str(open).ok(),
            None => uris::uri_of(&name),
        };
        Some(DocumentLink { range: positions.range(span), target: Some(target?), tooltip: None, data: None })
    });
    Ok(Some(found.collect()))
}
