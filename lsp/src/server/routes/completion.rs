//! Requests while someone writes: completion and signature help.

use compiler::diagnostic::Place;
use compiler::span::Span;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse,
    CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind, ParameterInformation,
    ParameterLabel, SignatureHelp, SignatureHelpParams, SignatureInformation, TextEdit,
};

use super::super::{Failure, Server};
use super::pointed_at;
use crate::disk;
use crate::features::completion::signature::signature;
use crate::features::completion::{Candidate, Shape, World, complete};

pub(super) fn completion(
    server: &mut Server,
    params: &CompletionParams,
) -> Result<Option<CompletionResponse>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position)?;
    let others = server.exports();
    let world = World { others: &others, entries: &disk::entries };
    let Some((word, found)) = complete(&analysis, offset, &world) else { return Ok(None) };
    let render = server.render(&analysis);
    let edit = |span: Span, text: String| {
        let range = render.location(Place { source: analysis.source, span })?.range;
        Some(TextEdit { range, new_text: text })
    };
    let items = found.into_iter().enumerate().filter_map(|(at, candidate)| {
        let Candidate { label, shape, detail, doc, insert, snippet, also } = candidate;
        let snippet = snippet.filter(|_| server.client.snippets);
        let format = if snippet.is_some() { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT };
        Some(CompletionItem {
            kind: Some(kind(shape)),
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            documentation: documentation(server, doc),
            sort_text: Some(format!("{at:05}")),
            // The word that is replaced has no quotes.
            filter_text: Some(label.trim_matches('"').to_owned()),
            insert_text_format: Some(format),
            text_edit: Some(CompletionTextEdit::Edit(edit(word, snippet.unwrap_or(insert))?)),
            additional_text_edits: also.and_then(|(span, text)| Some(vec![edit(span, text)?])),
            label,
            ..CompletionItem::default()
        })
    });
    Ok(Some(CompletionResponse::List(CompletionList { is_incomplete: false, items: items.collect() })))
}

fn documentation(server: &Server, doc: String) -> Option<Documentation> {
    match doc {
        doc if doc.is_empty() => None,
        value if server.client.markdown_items => {
            Some(Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }))
        }
        doc => Some(Documentation::String(doc)),
    }
}

const fn kind(shape: Shape) -> CompletionItemKind {
    match shape {
        Shape::Keyword => CompletionItemKind::KEYWORD,
        Shape::Snippet => CompletionItemKind::SNIPPET,
        Shape::Field => CompletionItemKind::FIELD,
        Shape::Text => CompletionItemKind::ENUM_MEMBER,
        Shape::Callee => CompletionItemKind::INTERFACE,
        Shape::Type => CompletionItemKind::STRUCT,
        Shape::Constant => CompletionItemKind::CONSTANT,
        Shape::Variable => CompletionItemKind::VARIABLE,
        Shape::Value => CompletionItemKind::VALUE,
        Shape::Function => CompletionItemKind::FUNCTION,
        Shape::Module | Shape::Stage => CompletionItemKind::MODULE,
        Shape::File => CompletionItemKind::FILE,
        Shape::Folder => CompletionItemKind::FOLDER,
    }
}

pub(super) fn signature_help(
    server: &mut Server,
    params: &SignatureHelpParams,
) -> Result<Option<SignatureHelp>, Failure> {
    let (analysis, offset) = pointed_at(server, &params.text_document_position_params)?;
    let Some(found) = signature(&analysis, offset) else { return Ok(None) };
    let active = u32::try_from(found.active).ok();
    let parameters = found.parts.into_iter().map(|(span, doc)| ParameterInformation {
        label: ParameterLabel::Simple(found.label.get(span.range()).unwrap_or_default().to_owned()),
        documentation: documentation(server, doc),
    });
    let parameters = Some(parameters.collect());
    let documentation = documentation(server, found.doc);
    let signature =
        SignatureInformation { label: found.label, documentation, parameters, active_parameter: active };
    Ok(Some(SignatureHelp {
        signatures: vec![signature],
        active_signature: Some(0),
        active_parameter: active,
    }))
}
