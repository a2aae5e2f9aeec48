//! Requests for what an editor shows beside the text.

use compiler::diagnostic::Place;
use compiler::span::Span;
use lsp_types::{
    CodeLens, CodeLensParams, Hover, HoverContents, HoverParams, InlayHint, InlayHintLabel, InlayHintParams,
    MarkupContent, MarkupKind,
};
use serde_json::json;

use super::super::convert::Positions;
use super::super::{Failure, Server};
use super::{commands, not_open, pointed_at};
use crate::features::lenses::Command;
use crate::features::{hints, hover, lenses};

pub(super) fn hover(server: &mut Server, params: &HoverParams) -> Result<Option<Hover>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position_params)?;
    let Some(found) = hover::hover(&analysis, offset) else { return Ok(None) };
    let (kind, value) = if server.client.markdown {
        (MarkupKind::Markdown, found.markdown())
    } else {
        (MarkupKind::PlainText, found.plain())
    };
    let place = Place { source: analysis.source, span: found.span };
    let range = server.render(&analysis).location(place).map(|location| location.range);
    Ok(Some(Hover { contents: HoverContents::Markup(MarkupContent { kind, value }), range }))
}

pub(super) fn lenses(server: &mut Server, params: &CodeLensParams) -> Result<Option<Vec<CodeLens>>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let render = server.render(&analysis);
    let all = lenses::lenses(&analysis).into_iter().filter_map(|lens| {
        let range = render.location(Place { source: analysis.source, span: lens.span })?.range;
        // What the command line takes behind the file, so that a client need not know what is meant.
        let mut arguments = vec![json!(uri)];
        let name = match lens.command {
            Command::Run => {
                arguments.push(json!("--pipeline"));
                commands::RUN
            }
            Command::Graph => commands::GRAPH,
            Command::Preview => commands::PREVIEW,
        };
        arguments.push(json!(lens.pipeline));
        if let Some(only) = lens.only {
            arguments.extend([json!("--only"), json!(only)]);
        }
        let command = lsp_types::Command {
            title: lens.title.to_owned(),
            command: name.to_owned(),
            arguments: Some(arguments),
        };
        Some(CodeLens { range, command: Some(command), data: None })
    });
    Ok(Some(all.collect()))
}

pub(super) fn hints(
    server: &mut Server,
    params: &InlayHintParams,
) -> Result<Option<Vec<InlayHint>>, Failure> {
    let uri = &params.text_document.uri;
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let found = hints::hints(&analysis, positions.span(params.range)).into_iter();
    let hint = |hint: hints::Hint| InlayHint {
        position: positions.range(Span::at(hint.at)).start,
        label: InlayHintLabel::String(hint.text),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: Some(true),
        data: None,
    };
    Ok(Some(found.map(hint).collect()))
}
