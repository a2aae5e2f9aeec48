//! What stands before the value of a field: its key and the `:`.

use chumsky::prelude::*;

use super::super::ast::Name;
use super::super::error::{Reason, Rule, SyntaxError};
use super::super::token::Kind;
use super::expr::string_text;
use super::recover::{Tokens, expected, next_span};
use super::slips::{end_before, no_slip};
use super::{Context, Grammar, name_at};
use crate::span::Span;

/// The key of a field: a name or a string.
pub(super) fn key<'t>(context: Context<'t>) -> Grammar<'t, Name> {
    let quoted = just(Kind::Str).map_with(move |_, e| {
        let span: Span = e.span();
        Name { text: string_text(&context.text[span.range()]).into(), span }
    });
    let plain = any().filter(|kind: &Kind| kind.is_name()).map_with(move |_, e| name_at(context, e.span()));
    choice((plain, quoted, reserved(context))).labelled(Rule::Key).boxed()
}

/// A reserved word where a name must stand: what follows shows that it was meant as one.
pub(super) fn reserved<'t>(context: Context<'t>) -> Grammar<'t, Name> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let span = next_span(tokens);
        let before = tokens.save();
        let word = tokens.next();
        let behind = tokens.peek();
        if word.is_some_and(Kind::is_reserved)
            && matches!(behind, Some(Kind::Equals | Kind::Colon | Kind::LeftBrace))
        {
            tokens.emit(SyntaxError::new(span, Reason::Reserved));
            return Ok(name_at(context, span));
        }
        tokens.rewind(before);
        Err(expected(word, span, Rule::Name))
    })
    .boxed()
}

/// `:`, or `=` or nothing before `{` with an error that mends it.
pub(super) fn colon<'t>(context: Context<'t>) -> Grammar<'t, ()> {
    let forgotten = custom(move |tokens: &mut Tokens<'t, '_>| {
        let here = next_span(tokens);
        if tokens.peek() != Some(Kind::LeftBrace) {
            return Err(no_slip(tokens));
        }
        let before = end_before(tokens, context);
        tokens.emit(SyntaxError::new(here, Reason::MissingColon(before)));
        Ok(())
    });
    // Not `just`, which would be offered as something that is expected.
    let equals = any()
        .filter(|kind: &Kind| *kind == Kind::Equals)
        .validate(|_, e, emitter| emitter.emit(SyntaxError::new(e.span(), Reason::EqualsForColon)));
    choice((just(Kind::Colon).ignored(), equals, forgotten)).boxed()
}
