//! How reading goes on after a mistake: bodies are read item by item; an item that cannot be read is skipped, brackets
//! balanced, up to the next separator; a body whose closing bracket is missing ends where an outer declaration begins.

use chumsky::input::InputRef;
use chumsky::prelude::*;

use super::super::error::{Reason, Rule, SyntaxError};
use super::super::token::{Kind, Token};
use super::lookahead::level_here;
use super::slips::end_before;
use super::{Context, Extra, Grammar, Input};
use crate::span::Span;

/// What a body belongs to, from the outside to the inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    File,
    Pipeline,
    Stage,
    Value,
    /// Between the parentheses of a template or function.
    Params,
}

pub(super) type Tokens<'t, 'p> = InputRef<'t, 'p, Input<'t>, Extra>;

/// A list of items between brackets; for a file without brackets.
pub(super) struct Body<T> {
    pub(super) items: Vec<T>,
    pub(super) span: Span,
}

/// `open item separator item … close`. Unreadable items become `broken`.
pub(super) fn body<'t, T: 't>(
    context: Context<'t>,
    open: Kind,
    close: Kind,
    level: Level,
    item: impl Parser<'t, Input<'t>, T, Extra> + Clone + 't,
    broken: fn(Span) -> T,
) -> Grammar<'t, Body<T>> {
    let opener = just(open);
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let start = tokens.cursor();
        tokens.parse(opener)?;
        let open_span = tokens.span_since(&start);
        let mut items = Vec::new();
        loop {
            let before = tokens.save();
            skip_separators(tokens);
            if open != Kind::LeftBrace && level != Level::Params && !items.is_empty() && begins_field(tokens)
            {
                // The separator is for the record that the field belongs to.
                let here = next_span(tokens);
                tokens.rewind(before);
                tokens.emit(SyntaxError::new(here, Reason::Unclosed(open, open_span)));
                break;
            }
            match tokens.peek() {
                Some(kind) if kind == close => {
                    tokens.skip();
                    break;
                }
                None => {
                    report_unclosed(tokens, open, open_span);
                    break;
                }
                Some(_) if begins_outer(tokens, context, level, open_span) => {
                    report_unclosed(tokens, open, open_span);
                    break;
                }
                Some(kind) if is_close(kind) => {
                    let span = next_span(tokens);
                    if context.wrong.binary_search(&span.start).is_err() {
                        // It closes an outer bracket, and this one is not closed.
                        report_unclosed(tokens, open, open_span);
                        break;
                    }
                    tokens.skip();
                    if tokens.peek() == Some(close) {
                        tokens.emit(SyntaxError::new(span, Reason::Unopened));
                        continue;
                    }
                    tokens.emit(SyntaxError::new(span, Reason::WrongCloser(open, open_span)));
                    break;
                }
                Some(_) => items.push(one_item(tokens, context, &item, broken)),
            }
            end_of_item(tokens, context, close);
        }
        Ok(Body { items, span: tokens.span_since(&start) })
    })
    .boxed()
}

/// The items of a file.
pub(super) fn file_items<'t, T: 't>(
    context: Context<'t>,
    item: impl Parser<'t, Input<'t>, T, Extra> + Clone + 't,
    broken: fn(Span) -> T,
) -> Grammar<'t, Vec<T>> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let mut items = Vec::new();
        loop {
            skip_separators(tokens);
            match tokens.peek() {
                None => return Ok(items),
                Some(kind) if is_close(kind) => report_unopened(tokens),
                Some(_) => {
                    items.push(one_item(tokens, context, &item, broken));
                    if !tokens.peek().is_none_or(is_close) {
                        end_of_item(tokens, context, Kind::RightBrace);
                    }
                }
            }
        }
    })
    .boxed()
}

/// One item; when it cannot be read, its error is reported and its tokens are skipped.
fn one_item<'t, T>(
    tokens: &mut Tokens<'t, '_>,
    context: Context<'t>,
    item: &(impl Parser<'t, Input<'t>, T, Extra> + Clone + 't),
    broken: fn(Span) -> T,
) -> T {
    let before = tokens.save();
    match tokens.parse(item) {
        Ok(item) => item,
        Err(error) => {
            tokens.rewind(before);
            tokens.emit(error);
            let start = tokens.cursor();
            skip_item(tokens, context);
            broken(tokens.span_since(&start))
        }
    }
}

/// Behind an item stands a separator or the closing bracket; anything else is reported and skipped.
fn end_of_item(tokens: &mut Tokens<'_, '_>, context: Context<'_>, close: Kind) {
    match tokens.peek() {
        None | Some(Kind::Newline | Kind::Comma) => {}
        // What to do with a closing bracket is for the body.
        Some(kind) if kind == close || is_close(kind) => {}
        // The line's end is no separator behind a mistake that was reported, like a bracket that is not closed.
        Some(_) if begins_line(tokens, context) && declares(tokens) => {}
        Some(found) if begins_item(tokens, context, found, close) => {
            let before = end_before(tokens, context);
            let here = next_span(tokens);
            tokens.emit(SyntaxError::new(here, Reason::MissingComma(before)));
        }
        Some(found) => {
            let error = missing_operand(tokens, found)
                .unwrap_or_else(|| unexpected(found, next_span(tokens), Rule::ItemEnd));
            tokens.emit(error);
            skip_item(tokens, context);
        }
    }
}

/// Whether an item begins here, on the line of the one before it: a field or declaration, or in lists a literal.
fn begins_item(tokens: &mut Tokens<'_, '_>, context: Context<'_>, found: Kind, close: Kind) -> bool {
    let literal =
        |kind| matches!(kind, Kind::Str | Kind::StrOpen | Kind::StrClose | Kind::Int | Kind::Duration);
    let here = next_span(tokens).start;
    let at = context.tokens.partition_point(|(_, span)| span.start < here);
    let last = at.checked_sub(1).map(|at| context.tokens[at].0);
    match close {
        Kind::RightBracket => literal(found) && last.is_some_and(literal),
        Kind::RightParen => begins_field(tokens) || (literal(found) && last.is_some_and(literal)),
        _ => begins_field(tokens) || declares(tokens),
    }
}

/// An operator that an expression was not continued with lacks what comes behind it.
fn missing_operand(tokens: &mut Tokens<'_, '_>, operator: Kind) -> Option<SyntaxError> {
    let rule = match operator {
        Kind::Dot => Rule::Name,
        Kind::And | Kind::Or | Kind::Coalesce | Kind::Slash => Rule::Expression,
        kind if kind.is_comparison() => Rule::Expression,
        _ => return None,
    };
    let before = tokens.save();
    tokens.skip();
    let found = tokens.peek();
    let span = next_span(tokens);
    tokens.rewind(before);
    Some(match found {
        Some(found) if rule == Rule::Name && found.is_reserved() => SyntaxError::new(span, Reason::Reserved),
        found => expected(found, span, rule),
    })
}

/// "expected `rule`, found `found`"
pub(super) fn unexpected(found: Kind, span: Span, rule: Rule) -> SyntaxError {
    expected(Some(found), span, rule)
}

/// The same, where perhaps nothing was found.
pub(super) fn expected(found: Option<Kind>, span: Span, rule: Rule) -> SyntaxError {
    use chumsky::error::LabelError;
    use chumsky::util::MaybeRef;
    <SyntaxError as LabelError<'_, Input<'_>, Rule>>::expected_found([rule], found.map(MaybeRef::Val), span)
}

fn report_unclosed(tokens: &mut Tokens<'_, '_>, open: Kind, open_span: Span) {
    let here = next_span(tokens);
    tokens.emit(SyntaxError::new(here, Reason::Unclosed(open, open_span)));
}

fn report_unopened(tokens: &mut Tokens<'_, '_>) {
    let span = next_span(tokens);
    tokens.emit(SyntaxError::new(span, Reason::Unopened));
    tokens.skip();
}

/// The range of the next token; of the end of the file behind the last.
pub(super) fn next_span(tokens: &mut Tokens<'_, '_>) -> Span {
    let before = tokens.save();
    let start = tokens.cursor();
    if tokens.peek().is_some() {
        tokens.skip();
    }
    let span = tokens.span_since(&start);
    tokens.rewind(before);
    span
}

fn skip_separators(tokens: &mut Tokens<'_, '_>) {
    while matches!(tokens.peek(), Some(Kind::Newline | Kind::Comma)) {
        tokens.skip();
    }
}

fn is_open(kind: Kind) -> bool {
    matches!(kind, Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen | Kind::InterpolationOpen)
}

fn is_close(kind: Kind) -> bool {
    matches!(kind, Kind::RightBrace | Kind::RightBracket | Kind::RightParen)
}

/// Where the closing brackets stand whose kind is not open: they are stray, or stand for one of another kind.
pub(super) fn wrong_closers(tokens: &[Token]) -> Vec<u32> {
    let mut wrong = Vec::new();
    let mut open = Vec::new();
    for (kind, span) in tokens {
        if is_open(*kind) {
            open.push(*kind);
        } else if is_close(*kind) || *kind == Kind::InterpolationClose {
            // Brackets of an interpolation mean nothing outside of it.
            let inner = open.iter().rposition(|k| *k == Kind::InterpolationOpen).unwrap_or(0);
            match open[inner..].iter().rposition(|k| closer(*k) == *kind) {
                Some(at) => open.truncate(inner + at),
                None => {
                    wrong.push(span.start);
                    // As the body that it stands in does, which takes it for its own end.
                    if open.last() != Some(&Kind::InterpolationOpen) {
                        open.pop();
                    }
                }
            }
        }
    }
    wrong
}

fn closer(open: Kind) -> Kind {
    match open {
        Kind::LeftBrace => Kind::RightBrace,
        Kind::LeftBracket => Kind::RightBracket,
        Kind::InterpolationOpen => Kind::InterpolationClose,
        _ => Kind::RightParen,
    }
}

/// The first bracket behind `open` whose closing bracket begins a line that is indented less than the bracket's own line:
/// most likely that one closes an outer bracket.
pub(super) fn outdented(tokens: &[Token], text: &str, open: u32) -> Option<Span> {
    let line_start = |span: Span| text[..span.start as usize].rfind('\n').map_or(0, |i| i + 1);
    let indent = |start: usize| text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
    let first = tokens.partition_point(|(_, span)| span.start <= open);
    let mut opened: Vec<Span> = Vec::new();
    for (kind, span) in &tokens[first..] {
        if is_open(*kind) {
            opened.push(*span);
        } else if is_close(*kind) || *kind == Kind::InterpolationClose {
            let opener = opened.pop()?;
            let before = text[..span.start as usize].trim_end_matches([' ', '\t']);
            // Only a bracket that begins its line says anything by its indentation.
            if before.ends_with('\n') && opener.start < u32::try_from(before.len()).unwrap_or(0) {
                let own = span.start as usize - before.len();
                if own < indent(line_start(opener)) {
                    return Some(opener);
                }
            }
        }
    }
    None
}

/// Skips tokens up to the next separator or closing bracket of this level, or to a line that begins a declaration and is
/// not indented more. Always makes progress, unless it stands before a closing bracket.
pub(super) fn skip_item(tokens: &mut Tokens<'_, '_>, context: Context<'_>) {
    let mut depth = 0_usize;
    let start = next_span(tokens);
    while let Some(kind) = tokens.peek() {
        if is_open(kind) {
            depth += 1;
        } else if is_close(kind) || kind == Kind::InterpolationClose {
            if depth == 0 && is_close(kind) {
                return;
            }
            depth = depth.saturating_sub(1);
        } else if depth == 0 && matches!(kind, Kind::Newline | Kind::Comma) {
            return;
        } else if kind.is_declaration() && begins_line(tokens, context) && declares(tokens) {
            let at = next_span(tokens);
            if at.start > start.start && indent(context, at) <= indent(context, start) {
                return;
            }
        }
        tokens.skip();
    }
}

/// Whether the next token is the first of its line.
pub(super) fn begins_line(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> bool {
    let at = next_span(tokens).start as usize;
    let line = context.text[..at].trim_end_matches([' ', '\t']);
    line.is_empty() || line.ends_with('\n')
}

/// Whether a declaration begins here: its word, and then a name, a string or `{`.
pub(super) fn declares(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    let word = tokens.next();
    let next = tokens.peek();
    tokens.rewind(before);
    word.is_some_and(Kind::is_declaration)
        && next.is_some_and(|next| next.is_name() || matches!(next, Kind::Str | Kind::LeftBrace))
}

/// Whether the next token begins a declaration that cannot stand in a body of `level`, and is not indented more than
/// the line of the bracket that opened the body: then the closing bracket was forgotten.
fn begins_outer(tokens: &mut Tokens<'_, '_>, context: Context<'_>, level: Level, open: Span) -> bool {
    let Some(kind) = tokens.peek() else { return false };
    if !kind.is_declaration() || level_here(tokens, kind) >= level {
        return false;
    }
    if !begins_line(tokens, context) || !declares(tokens) {
        return false;
    }
    let at = next_span(tokens);
    let before = tokens.save();
    tokens.skip();
    let next_span = next_span(tokens);
    tokens.rewind(before);
    // `on failure` belongs to a stage, the other `on` to a pipeline.
    let in_stage = kind == Kind::On && &context.text[next_span.range()] == "failure";
    !(in_stage && level == Level::Stage) && indent(context, at) <= indent(context, open)
}

/// Whether `key:` stands here: no list or call can go on with that.
pub(super) fn begins_field(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    let key = tokens.next();
    let colon = tokens.peek() == Some(Kind::Colon);
    tokens.rewind(before);
    colon && key.is_some_and(|kind| kind.is_name() || kind == Kind::Str)
}

/// Skips to the next `{` of this item, where a declaration whose head cannot be read goes on with its body. Stands where
/// it stood if there is none.
pub(super) fn skip_to_brace(tokens: &mut Tokens<'_, '_>) -> bool {
    let before = tokens.save();
    let mut depth = 0_usize;
    while let Some(kind) = tokens.peek() {
        match kind {
            Kind::LeftBrace if depth == 0 => return true,
            Kind::Newline => break,
            kind if is_open(kind) => depth += 1,
            kind if is_close(kind) && depth == 0 => break,
            kind if is_close(kind) || kind == Kind::InterpolationClose => depth = depth.saturating_sub(1),
            _ => {}
        }
        tokens.skip();
    }
    tokens.rewind(before);
    false
}

/// How far the line of `span` is indented, in bytes.
fn indent(context: Context<'_>, span: Span) -> usize {
    let line_start = context.text[..span.start as usize].rfind('\n').map_or(0, |i| i + 1);
    let line = &context.text[line_start..];
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
