//! What begins with `on`: triggers of pipelines, and what follows the failure of a stage.

use chumsky::prelude::*;

use super::super::ast::{Item, Name, OnFailure, Trigger};
use super::super::error::{Reason, SyntaxError, slip};
use super::super::token::Kind;
use super::item::{Parts, brace_on_next_line};
use super::recover::{Tokens, next_span, skip_item};
use super::slips::two;
use super::{Context, Grammar, name, name_at};
use crate::span::Span;

/// `on failure …` or `on push { … }`
pub(super) fn on<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let failure = parts
        .name
        .clone()
        .then(name(context).or_not())
        .map_with(|(result, mode), e| Item::OnFailure(OnFailure { result, mode, span: e.span() }))
        .boxed();
    let body = choice((just(Kind::Str).rewind().ignore_then(parts.expr.clone()), parts.record.clone()));
    let trigger = parts
        .name
        .clone()
        .then_ignore(brace_on_next_line())
        .then(body)
        .map_with(|(event, body), e| Item::Trigger(Trigger { doc: None, event, body, span: e.span() }))
        .boxed();
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let start = tokens.cursor();
        tokens.skip();
        let failing = failing(tokens, context);
        let mut item = match failing {
            Failing::No => tokens.parse(&trigger)?,
            Failing::Yes => tokens.parse(&failure)?,
            Failing::Misspelt => {
                let item = tokens.parse(&failure)?;
                skip_item(tokens, context);
                item
            }
            Failing::Unread => {
                skip_item(tokens, context);
                return Ok(Item::Error(tokens.span_since(&start)));
            }
        };
        let whole: Span = tokens.span_since(&start);
        match &mut item {
            Item::OnFailure(x) => x.span = whole,
            Item::Trigger(x) => {
                x.span = whole;
                x.doc = context.doc(whole.start);
            }
            _ => {}
        }
        Ok(item)
    })
    .boxed()
}

/// Whether what stands behind `on` is a failure.
enum Failing {
    No,
    Yes,
    /// Another word, which was reported, with what follows `failure` behind it.
    Misspelt,
    /// `failure`, and then what cannot be read, which was reported.
    Unread,
}

/// Reads the word `failure`, or one that was meant as it.
fn failing(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> Failing {
    let span = next_span(tokens);
    if tokens.peek() != Some(Kind::Name) {
        return Failing::No;
    }
    let word: Name = name_at(context, span);
    let before = tokens.save();
    tokens.skip();
    let (next, behind) = two(tokens);
    if word.text == "failure" {
        if matches!(next, Some(Kind::Colon | Kind::LeftBrace | Kind::Equals)) {
            let mark = next_span(tokens);
            tokens.emit(SyntaxError::new(mark, Reason::Slip(&slip::ON_FAILURE_FORM)));
            return Failing::Unread;
        }
        return Failing::Yes;
    }
    // No trigger has a name behind its own; `on push branches: …` lacks the braces.
    if next.is_some_and(Kind::is_name) && behind != Some(Kind::Colon) {
        let reason = match crate::diagnostic::nearest(&word.text, ["failure"]) {
            Some(near) => Reason::Meant(near),
            None => Reason::Slip(&slip::ON_FAILURE),
        };
        tokens.emit(SyntaxError::new(span, reason));
        return Failing::Misspelt;
    }
    tokens.rewind(before);
    Failing::No
}
