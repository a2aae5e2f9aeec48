//! What people write who come from another language, read as what they mean: each says its error, and reading goes on.

use chumsky::error::LabelError;
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

use super::super::ast::{Expr, ExprKind, Name, TypeExpr, TypeKind, TypedField};
use super::super::error::{Reason, Rule, Slip, SyntaxError, slip};
use super::super::token::Kind;
use super::expr::{string_text, value};
use super::recover::{Tokens, begins_field, begins_line, next_span, skip_item};
use super::{Context, Grammar, Input, name_at};
use crate::span::Span;

/// A failure that expects nothing: no message offers a slip.
pub(super) fn no_slip(tokens: &mut Tokens<'_, '_>) -> SyntaxError {
    let span = next_span(tokens);
    let found = tokens.peek().map(MaybeRef::Val);
    <SyntaxError as LabelError<'_, Input<'_>, Rule>>::expected_found([], found, span)
}

/// Where the token before the next one ends.
pub(super) fn end_before(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> u32 {
    let here = next_span(tokens).start;
    let at = context.tokens.partition_point(|(_, span)| span.start < here);
    at.checked_sub(1).map_or(0, |at| context.tokens[at].1.end)
}

/// The next two tokens.
pub(super) fn two(tokens: &mut Tokens<'_, '_>) -> (Option<Kind>, Option<Kind>) {
    let before = tokens.save();
    let first = tokens.next();
    let second = tokens.peek();
    tokens.rewind(before);
    (first, second)
}

/// Whether nothing stands between the next two tokens.
fn adjacent(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    let first = next_span(tokens);
    tokens.skip();
    let second = next_span(tokens);
    tokens.rewind(before);
    first.end == second.start
}

fn report(tokens: &mut Tokens<'_, '_>, span: Span, slip: &'static Slip) {
    tokens.emit(SyntaxError::new(span, Reason::Slip(slip)));
}

/// `=`, or what others write for it.
pub(super) fn equals<'t>() -> Grammar<'t, ()> {
    let equals = just(Kind::Equals).ignored();
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let start = next_span(tokens);
        let last = match two(tokens) {
            (Some(Kind::Equals), Some(Kind::Greater)) | (Some(Kind::Colon), Some(Kind::Equals))
                if adjacent(tokens) =>
            {
                tokens.skip();
                next_span(tokens)
            }
            (Some(Kind::Colon | Kind::EqualEqual), _) => start,
            _ => return tokens.parse(equals),
        };
        report(tokens, start.to(last), &slip::EQUALS);
        tokens.skip();
        Ok(())
    })
    .boxed()
}

/// `:` before a type, but not that of `:=`.
pub(super) fn type_colon<'t>() -> Grammar<'t, ()> {
    let colon = just(Kind::Colon).ignored();
    custom(move |tokens: &mut Tokens<'t, '_>| match two(tokens) {
        (Some(Kind::Colon), Some(Kind::Equals)) if adjacent(tokens) => Err(no_slip(tokens)),
        _ => tokens.parse(colon),
    })
    .boxed()
}

/// A variable without its type: what stands in the place of the `:`.
pub(super) fn untyped_variable<'t>(context: Context<'t>) -> Grammar<'t, TypeExpr> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let next = tokens.peek();
        if !matches!(next, Some(Kind::LeftBrace | Kind::Equals)) {
            return Err(no_slip(tokens));
        }
        let span = next_span(tokens);
        report(tokens, span, &slip::VARIABLE);
        if next == Some(Kind::LeftBrace) {
            skip_item(tokens, context);
        }
        Ok(TypeExpr { kind: TypeKind::Error, span: Span::at(span.start) })
    })
    .boxed()
}

/// The body of a function in braces.
pub(super) fn braced_function<'t>(context: Context<'t>) -> Grammar<'t, Expr> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        if tokens.peek() != Some(Kind::LeftBrace) {
            return Err(no_slip(tokens));
        }
        let span = next_span(tokens);
        report(tokens, span, &slip::FUNCTION_BODY);
        skip_item(tokens, context);
        Ok(Expr { kind: ExprKind::Error, span })
    })
    .boxed()
}

/// A `:` or `=` before the `{` of a body, which is one too many.
pub(super) fn mark_before_brace<'t>() -> Grammar<'t, ()> {
    custom(|tokens: &mut Tokens<'t, '_>| {
        if matches!(two(tokens), (Some(Kind::Colon | Kind::Equals), Some(Kind::LeftBrace))) {
            let span = next_span(tokens);
            report(tokens, span, &slip::MARK_BEFORE_BRACE);
            tokens.skip();
        }
        Ok(())
    })
    .boxed()
}

/// A name in quotes.
pub(super) fn quoted_name<'t>(context: Context<'t>) -> Grammar<'t, Name> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        if tokens.peek() != Some(Kind::Str) {
            return Err(no_slip(tokens));
        }
        let span = next_span(tokens);
        tokens.skip();
        tokens.emit(SyntaxError::new(span, Reason::QuotedName));
        let text = string_text(&context.text[span.range()]);
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        Ok(Name { text: if plain { text.into() } else { "".into() }, span })
    })
    .boxed()
}

/// `and` and `or` as operators; the word is all that is read.
pub(super) fn word_operator<'t>(context: Context<'t>, word: &'static str) -> Grammar<'t, ()> {
    let slip = match word {
        "and" => &slip::AND,
        "or" => &slip::OR,
        _ => &slip::NOT,
    };
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let span = next_span(tokens);
        let (first, second) = two(tokens);
        let value = second.is_some_and(|kind| {
            kind.is_name()
                || matches!(
                    kind,
                    Kind::Str | Kind::StrOpen | Kind::True | Kind::False | Kind::Null | Kind::Int
                )
                || (word != "not" && matches!(kind, Kind::LeftParen | Kind::Bang))
        });
        if first != Some(Kind::Name) || &context.text[span.range()] != word || !value {
            return Err(no_slip(tokens));
        }
        report(tokens, span, slip);
        tokens.skip();
        Ok(())
    })
    .boxed()
}

/// What was reported by the lexer.
pub(super) fn unknown<'t>() -> Grammar<'t, Expr> {
    custom(|tokens: &mut Tokens<'t, '_>| {
        if tokens.peek() != Some(Kind::Unknown) {
            return Err(no_slip(tokens));
        }
        let span = next_span(tokens);
        tokens.skip();
        Ok(Expr { kind: ExprKind::Error, span })
    })
    .boxed()
}

/// `+` and others, which were reported by the lexer.
pub(super) fn arithmetic<'t>() -> Grammar<'t, ()> {
    custom(|tokens: &mut Tokens<'t, '_>| {
        if tokens.peek() != Some(Kind::Arithmetic) {
            return Err(no_slip(tokens));
        }
        tokens.skip();
        Ok(())
    })
    .boxed()
}

/// A text without quotes, `key: some words`: its first word was read as the value `read`.
pub(super) fn bare_text(tokens: &mut Tokens<'_, '_>, context: Context<'_>, read: Expr) -> Expr {
    let goes_on =
        tokens.peek().is_some_and(|kind| kind.is_name() || matches!(kind, Kind::Int | Kind::Duration));
    if !goes_on
        || !matches!(read.kind, ExprKind::Name(_))
        || begins_line(tokens, context)
        || begins_field(tokens)
    {
        return read;
    }
    skip_item(tokens, context);
    let span = Span { end: end_before(tokens, context), ..read.span };
    tokens.emit(SyntaxError::new(span, Reason::BareText));
    Expr { kind: ExprKind::Error, span }
}

/// A parameter without its type, `name` or `name = default`, or with the type before it.
pub(super) fn untyped_param<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, TypedField> {
    let default = just(Kind::Equals).ignore_then(value(context, expr)).or_not();
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let first = next_span(tokens);
        let (word, next) = two(tokens);
        if !word.is_some_and(Kind::is_name) {
            return Err(no_slip(tokens));
        }
        let typed_first = next.is_some_and(Kind::is_name);
        if !typed_first && !matches!(next, Some(Kind::Comma | Kind::RightParen | Kind::Equals)) {
            return Err(no_slip(tokens));
        }
        tokens.skip();
        let mut name = first;
        if typed_first {
            name = next_span(tokens);
            tokens.skip();
            report(tokens, first.to(name), &slip::TYPE_FIRST);
        } else {
            report(tokens, first, &slip::UNTYPED);
        }
        let default = tokens.parse(&default)?;
        let ty = TypeExpr { kind: TypeKind::Error, span: first };
        let name = name_at(context, name);
        let span = first.to(name.span);
        Ok(TypedField { doc: None, name, ty, default, body: None, span })
    })
    .boxed()
}
