//! Requests for what names mean, as numbers: each token by its distance from the one before it.

use compiler::index::EntityKind;
use lsp_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensEdit, SemanticTokensFullDeltaResult, SemanticTokensLegend,
    SemanticTokensParams, SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult, Uri,
};

use super::super::convert::Positions;
use super::super::{Failure, Server};
use super::not_open;
use crate::features::tokens::{Token, tokens};

/// What the numbers of types mean.
const TYPES: [SemanticTokenType; 9] = [
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::TYPE,
    SemanticTokenType::CLASS,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::METHOD,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::EVENT,
];

/// What the bits of modifiers mean.
const MODIFIERS: [SemanticTokenModifier; 3] = [
    SemanticTokenModifier::DECLARATION,
    SemanticTokenModifier::READONLY,
    SemanticTokenModifier::DEFAULT_LIBRARY,
];

pub(in super::super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: MODIFIERS.to_vec() }
}

fn type_of(kind: EntityKind) -> u32 {
    match kind {
        EntityKind::Pipeline | EntityKind::Stage | EntityKind::Module => 0,
        EntityKind::Type => 1,
        EntityKind::Callee | EntityKind::Rule | EntityKind::Template => 2,
        EntityKind::Function => 3,
        EntityKind::Action => 4,
        EntityKind::Param | EntityKind::Binding => 5,
        EntityKind::Let | EntityKind::Variable | EntityKind::Secret => 6,
        EntityKind::Artifact | EntityKind::Output => 7,
        EntityKind::Gate => 8,
    }
}

fn modifiers(token: &Token) -> u32 {
    // What a run knows may differ from run to run; all else is as it is written.
    let is_constant = matches!(token.kind, EntityKind::Let | EntityKind::Binding);
    u32::from(token.declares) | u32::from(is_constant) << 1 | u32::from(token.is_builtin) << 2
}

pub(super) fn full(
    server: &mut Server,
    params: &SemanticTokensParams,
) -> Result<Option<SemanticTokensResult>, Failure> {
    let uri = &params.text_document.uri;
    let data = encoded(server, uri, None)?;
    let result_id = server.told.remember(uri.as_str(), data.clone());
    Ok(Some(SemanticTokensResult::Tokens(SemanticTokens { result_id: Some(result_id), data })))
}

pub(super) fn range(
    server: &mut Server,
    params: &SemanticTokensRangeParams,
) -> Result<Option<SemanticTokensRangeResult>, Failure> {
    let data = encoded(server, &params.text_document.uri, Some(params.range))?;
    Ok(Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data })))
}

pub(super) fn delta(
    server: &mut Server,
    params: &SemanticTokensDeltaParams,
) -> Result<Option<SemanticTokensFullDeltaResult>, Failure> {
    let uri = &params.text_document.uri;
    let data = encoded(server, uri, None)?;
    let before = server.told.take(uri.as_str(), &params.previous_result_id);
    let result_id = Some(server.told.remember(uri.as_str(), data.clone()));
    Ok(Some(match before {
        Some(before) => {
            let edits = difference(&before, data).into_iter().collect();
            SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta { result_id, edits })
        }
        None => SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id, data }),
    }))
}

fn encoded(
    server: &mut Server,
    uri: &Uri,
    range: Option<lsp_types::Range>,
) -> Result<Vec<SemanticToken>, Failure> {
    let analysis = server.analysis(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let document = server.documents.get(uri.as_str()).ok_or_else(|| not_open(uri))?;
    let positions = Positions::new(&document.text, server.client.encoding);
    let found = tokens(&analysis, range.map(|range| positions.span(range)));
    let (mut line, mut column) = (0, 0);
    let encode = |token: Token| {
        let range = positions.range(token.span);
        let same_line = range.start.line == line;
        let made = SemanticToken {
            delta_line: range.start.line - line,
            delta_start: if same_line { range.start.character - column } else { range.start.character },
            length: range.end.character.saturating_sub(range.start.character),
            token_type: type_of(token.kind),
            token_modifiers_bitset: modifiers(&token),
        };
        (line, column) = (range.start.line, range.start.character);
        made
    };
    Ok(found.into_iter().map(encode).collect())
}

/// What differs, as one edit; none where nothing does. Offsets count numbers, of which a token has five.
fn difference(before: &[SemanticToken], mut now: Vec<SemanticToken>) -> Option<SemanticTokensEdit> {
    let same_start = before.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(now.len()) - same_start;
    let same_end = before.iter().rev().zip(now.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let removed = before.len() - same_start - same_end;
    let added: Vec<SemanticToken> = now.drain(same_start..now.len() - same_end).collect();
    let number = |tokens: usize| u32::try_from(tokens * 5).unwrap_or(u32::MAX);
    (removed > 0 || !added.is_empty()).then(|| SemanticTokensEdit {
        start: number(same_start),
        delete_count: number(removed),
        data: Some(added),
    })
}

/// The tokens that the editor has, by document.
#[derive(Default)]
pub(in super::super) struct Told {
    documents: std::collections::HashMap<String, (String, Vec<SemanticToken>)>,
    last: u64,
}

impl Told {
    fn remember(&mut self, uri: &str, tokens: Vec<SemanticToken>) -> String {
        self.last += 1;
        let id = self.last.to_string();
        self.documents.insert(uri.to_owned(), (id.clone(), tokens));
        id
    }

    fn take(&mut self, uri: &str, id: &str) -> Option<Vec<SemanticToken>> {
        self.documents.remove(uri).filter(|(known, _)| known == id).map(|(_, tokens)| tokens)
    }

    /// Forgets a document.
    pub(in super::super) fn forget(&mut self, uri: &str) {
        self.documents.remove(uri);
    }
}
