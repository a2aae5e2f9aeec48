//! Requests for outlines.

use compiler::diagnostic::Place;
use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, OneOf, SymbolKind,
    WorkspaceSymbol, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use super::super::publish::Render;
use super::super::{Failure, Server};
use super::not_open;
use crate::analysis::Analysis;
use crate::features::symbols::{Kind, Symbol, matching, symbols};

/// How many symbols of the workspace are given at once.
const MOST: usize = 500;

pub(super) fn of_document(
    server: &mut Server,
    params: &DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let render = server.render(&analysis);
    let symbols = of(&analysis).into_iter().filter_map(|symbol| document_symbol(symbol, &analysis, &render));
    Ok(Some(DocumentSymbolResponse::Nested(symbols.collect())))
}

fn of(analysis: &Analysis) -> Vec<Symbol> {
    let items = analysis.compilation.as_ref().map_or(&[][..], |compilation| &compilation.parsed.file.items);
    symbols(items, analysis.text())
}

// The protocol's own field, which clients still read, is deprecated.
#[allow(deprecated)]
fn document_symbol(symbol: Symbol, analysis: &Analysis, render: &Render<'_>) -> Option<DocumentSymbol> {
    let range = |span| Some(render.location(Place { source: analysis.source, span })?.range);
    let children = symbol.children.into_iter().filter_map(|child| document_symbol(child, analysis, render));
    let children: Vec<DocumentSymbol> = children.collect();
    Some(DocumentSymbol {
        name: symbol.name,
        detail: Some(symbol.detail).filter(|detail| !detail.is_empty()),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: range(symbol.span)?,
        selection_range: range(symbol.at)?,
        children: Some(children).filter(|children| !children.is_empty()),
    })
}

pub(super) fn of_workspace(
    server: &mut Server,
    params: &WorkspaceSymbolParams,
) -> Result<Option<WorkspaceSymbolResponse>, Failure> {
    let mut all = Vec::new();
    for analysis in server.project() {
        let (own, mut found) = (of(&analysis), Vec::new());
        matching(&own, &params.query, &mut found);
        let render = server.render(&analysis);
        let here = found.into_iter().filter_map(|(symbol, inside)| {
            let location: Location = render.location(Place { source: analysis.source, span: symbol.at })?;
            Some(WorkspaceSymbol {
                name: symbol.name.clone(),
                kind: kind(symbol.kind),
                tags: None,
                container_name: inside.map(ToOwned::to_owned),
                location: OneOf::Left(location),
                data: None,
            })
        });
        all.extend(here);
        if all.len() >= MOST {
            break;
        }
    }
    all.truncate(MOST);
    Ok(Some(WorkspaceSymbolResponse::Nested(all)))
}

const fn kind(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Pipeline => SymbolKind::MODULE,
        Kind::Stage => SymbolKind::NAMESPACE,
        Kind::Action => SymbolKind::METHOD,
        Kind::Let => SymbolKind::CONSTANT,
        Kind::Variable => SymbolKind::VARIABLE,
        Kind::Secret => SymbolKind::KEY,
        Kind::Type => SymbolKind::STRUCT,
        Kind::Function => SymbolKind::FUNCTION,
        Kind::Callee => SymbolKind::INTERFACE,
        Kind::Gate | Kind::Trigger => SymbolKind::EVENT,
        Kind::Module => SymbolKind::FILE,
        Kind::Settings => SymbolKind::OBJECT,
    }
}
