//! What names mean, for colours: grammars see words, the compiler knows what they stand for.

use compiler::index::{EntityKind, Occurrence};
use compiler::span::Span;

use super::names::{bare, in_file};
use crate::analysis::Analysis;

/// A name, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) span: Span,
    pub(crate) kind: EntityKind,
    /// It stands in its declaration.
    pub(crate) declares: bool,
    /// The catalog declares it, and not the user.
    pub(crate) is_builtin: bool,
}

/// The names of a file in order, apart from each other; those in a span only, if there is one.
pub(crate) fn tokens(analysis: &Analysis, within: Option<Span>) -> Vec<Token> {
    let Some(compilation) = &analysis.compilation else { return Vec::new() };
    let own = in_file(compilation.index.occurrences(), analysis.source);
    let seen = |o: &&Occurrence| {
        within.is_none_or(|span| o.place.span.start < span.end && span.start < o.place.span.end)
    };
    let mut found: Vec<Token> = own.iter().filter(seen).map(|o| token(analysis, o)).collect();
    found.retain(|token| !token.span.is_empty() && !analysis.text()[token.span.range()].contains('\n'));
    found.sort_by_key(|token| (token.span.start, token.span.end));
    let mut end = 0;
    found.retain(|token| {
        let apart = token.span.start >= end;
        if apart {
            end = token.span.end;
        }
        apart
    });
    found
}

fn token(analysis: &Analysis, occurrence: &Occurrence) -> Token {
    let &Occurrence { place, definition, kind } = occurrence;
    let of_catalog = matches!(kind, EntityKind::Callee | EntityKind::Rule);
    let is_builtin = of_catalog && place == definition && !super::navigation::is_declared(analysis, place);
    // The whole of what the catalog calls it: `aws.s3_deploy`.
    let span = if is_builtin { place.span } else { bare(analysis, place) };
    Token { span, kind, declares: place == definition && !is_builtin, is_builtin }
}
