//! What the next tokens are about to be: which declaration begins here, and where it can stand.

use super::super::error::meant;
use super::super::token::Kind;
use super::Context;
use super::recover::{Level, Tokens, next_span, skip_to_brace};

/// Whether a declaration begins here: its word, and then a name, a string or `{` (for a word that must be followed by a
/// name that was forgotten: `=`).
pub(super) fn declares(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    let word = tokens.next();
    let next = tokens.next();
    let behind = tokens.peek();
    tokens.rewind(before);
    word.is_some_and(Kind::is_declaration)
        && match next {
            // A brace on the next line.
            Some(Kind::Newline) => {
                matches!(word, Some(Kind::Aws | Kind::Azure | Kind::Defaults))
                    && behind == Some(Kind::LeftBrace)
            }
            Some(Kind::Str | Kind::LeftBrace | Kind::Int) => true,
            // A path without its quotes.
            Some(Kind::Dot | Kind::DotDot | Kind::Slash) => word == Some(Kind::Use),
            Some(Kind::Equals) => {
                matches!(word, Some(Kind::Action | Kind::Let | Kind::Pipeline | Kind::Stage))
            }
            Some(next) => next.is_name() || next.is_reserved(),
            None => false,
        }
}

/// Which declaration was meant, where its word is misspelt and the rest is what follows that word.
pub(super) fn misspelt(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> Option<Kind> {
    if tokens.peek() != Some(Kind::Name) {
        return None;
    }
    let word = &context.text[next_span(tokens).range()];
    let before = tokens.save();
    tokens.skip();
    let name = tokens.next();
    let behind = tokens.peek();
    let has_body = skip_to_brace(tokens);
    tokens.rewind(before);
    if !name.is_some_and(Kind::is_name) {
        return None;
    }
    let meant = meant(word)?;
    let kinds = [
        Kind::Action,
        Kind::Fn,
        Kind::Gate,
        Kind::Let,
        Kind::Pipeline,
        Kind::Secret,
        Kind::Stage,
        Kind::Type,
        Kind::Variable,
    ];
    let kind = kinds.into_iter().find(|kind| kind.describe().trim_matches('`') == meant)?;
    let fits = match kind {
        Kind::Action => has_body && matches!(behind, Some(Kind::Equals | Kind::For | Kind::If)),
        Kind::Let => matches!(behind, Some(Kind::Equals | Kind::Colon)),
        Kind::Type => behind == Some(Kind::Equals),
        Kind::Variable => behind == Some(Kind::Colon),
        Kind::Fn => behind == Some(Kind::LeftParen),
        Kind::Gate => has_body && behind == Some(Kind::On),
        Kind::Secret => has_body && behind == Some(Kind::LeftBrace),
        _ => has_body && matches!(behind, Some(Kind::LeftBrace | Kind::For | Kind::If)),
    };
    fits.then_some(kind)
}

/// Whether `=` follows the head of a stage or pipeline, as in `stage name for x in list = template { … }`.
pub(super) fn is_instance(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    tokens.skip();
    let mut depth = 0_usize;
    let mut last = None;
    let found = loop {
        let Some(kind) = tokens.next() else { break false };
        match kind {
            Kind::Equals if depth == 0 => break true,
            // A record can only be what `for` walks; any other is the body.
            Kind::LeftBrace if depth == 0 && last != Some(Kind::In) => break false,
            Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen => depth += 1,
            Kind::Newline | Kind::RightBrace | Kind::RightBracket | Kind::RightParen if depth == 0 => {
                break false;
            }
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen => depth -= 1,
            _ => {}
        }
        last = Some(kind);
    };
    tokens.rewind(before);
    found
}

/// Whether `name = callee {` stands here: an action without its word.
pub(super) fn is_call(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    tokens.skip();
    tokens.skip();
    let mut last = Kind::Dot;
    let found = loop {
        match tokens.next() {
            Some(Kind::LeftBrace) => break last != Kind::Dot,
            Some(Kind::Dot) if last != Kind::Dot => last = Kind::Dot,
            Some(kind) if kind.is_name() && last == Kind::Dot => last = Kind::Name,
            _ => break false,
        }
    };
    tokens.rewind(before);
    found
}

/// Where the next declaration stands; templates of stages and actions stand in files.
pub(super) fn level_here(tokens: &mut Tokens<'_, '_>, kind: Kind) -> Level {
    if matches!(kind, Kind::Stage | Kind::Action) {
        let before = tokens.save();
        tokens.skip();
        tokens.skip();
        let template = tokens.peek() == Some(Kind::LeftParen);
        tokens.rewind(before);
        if template {
            return Level::File;
        }
    }
    level_of(kind)
}

/// Where a declaration stands.
fn level_of(kind: Kind) -> Level {
    match kind {
        Kind::Action | Kind::Let | Kind::Defaults | Kind::Gate => Level::Stage,
        Kind::Stage | Kind::Variable | Kind::On | Kind::Aws | Kind::Azure | Kind::Secret => Level::Pipeline,
        _ => Level::File,
    }
}
