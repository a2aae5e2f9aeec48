//! Expressions.

use chumsky::pratt::{infix, left, postfix, prefix, right};
use chumsky::prelude::*;

use super::super::ast::{
    Element, Entry, Expr, ExprKind, Field, For, ListFor, Name, Operator, Part, RecordFor,
};
use super::super::error::{Reason, Rule, SyntaxError};
use super::super::lexer::{block_text, unescape};
use super::super::token::Kind;
use super::field::{colon, key};
use super::recover::{Body, Level, Tokens, body, declares, next_span, skip_item, unexpected};
use super::slips::{self, bare_text, unknown, word_operator};
use super::{Context, Grammar, name};
use crate::span::Span;

/// The longest duration, in days: what a person can mean, far below any overflow.
const MAX_DAYS: u64 = 36_500;

/// An expression.
pub(super) fn expression<'t>(context: Context<'t>) -> Grammar<'t, Expr> {
    recursive(|expr| {
        let expr = expr.boxed();
        let atom = choice((
            range(context),
            literal(context),
            name_value(context).map(|n| Expr { span: n.span, kind: ExprKind::Name(n.text) }),
            interpolated(context, expr.clone()),
            list(context, expr.clone()),
            record(context, expr.clone()),
            parenthesised(expr.clone()),
            conditional(expr.clone()),
            unknown(),
        ))
        .labelled(Rule::Expression)
        .boxed();
        operators(context, atom, expr)
    })
    .boxed()
}

fn node(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}

fn operators<'t>(
    context: Context<'t>,
    atom: Grammar<'t, Expr>,
    expr: Grammar<'t, Expr>,
) -> Grammar<'t, Expr> {
    let binary = |a: Expr, op, b: Expr| {
        let span = a.span.to(b.span);
        node(ExprKind::Binary(op, Box::new([a, b])), span)
    };
    let member = just(Kind::Dot).ignore_then(name(context)).boxed();
    let index = expr.clone().delimited_by(just(Kind::LeftBracket), just(Kind::RightBracket)).boxed();
    let call = body(context, Kind::LeftParen, Kind::RightParen, Level::Value, expr, |span| {
        node(ExprKind::Error, span)
    });
    let comparison = select! {
        Kind::EqualEqual => Operator::Equal,
        Kind::NotEqual => Operator::NotEqual,
        Kind::Less => Operator::Less,
        Kind::LessEqual => Operator::LessEqual,
        Kind::Greater => Operator::Greater,
        Kind::GreaterEqual => Operator::GreaterEqual,
        Kind::In => Operator::In,
    };
    let arithmetic = |a: Expr, b: Expr| node(ExprKind::Error, a.span.to(b.span));
    atom.pratt((
        infix(left(6), slips::arithmetic(), move |a: Expr, (), b: Expr, _| arithmetic(a, b)),
        postfix(9, member, |value: Expr, name: Name, _| {
            let span = value.span.to(name.span);
            node(ExprKind::Member(Box::new(value), name), span)
        }),
        postfix(9, index, |value: Expr, index, e| {
            let span = value.span.to(<Span as Clone>::clone(&e.span()));
            node(ExprKind::Index(Box::new(value), Box::new(index)), span)
        }),
        postfix(9, call, |value: Expr, arguments: Body<Expr>, _| {
            let span = value.span.to(arguments.span);
            node(ExprKind::Call(Box::new(value), arguments.items), span)
        }),
        infix(left(9), just(Kind::Slash), |a: Expr, _, b: Expr, _| {
            let span = a.span.to(b.span);
            node(ExprKind::File(Box::new(a), Box::new(b)), span)
        }),
        prefix(7, just(Kind::Bang), |_, a: Expr, e| {
            let span: Span = e.span();
            node(ExprKind::Not(Box::new(a)), span)
        }),
        infix(left(5), comparison, move |a, op, b, _| binary(a, op, b)),
        prefix(7, word_operator(context, "not"), |(), a: Expr, e| {
            let span: Span = e.span();
            node(ExprKind::Not(Box::new(a)), span)
        }),
        infix(
            left(4),
            choice((just(Kind::And).ignored(), word_operator(context, "and"))),
            move |a, _, b, _| binary(a, Operator::And, b),
        ),
        infix(
            left(3),
            choice((just(Kind::Or).ignored(), word_operator(context, "or"))),
            move |a, _, b, _| binary(a, Operator::Or, b),
        ),
        infix(right(2), just(Kind::Coalesce), move |a, _, b, _| binary(a, Operator::Coalesce, b)),
    ))
    .boxed()
}

fn literal<'t>(context: Context<'t>) -> Grammar<'t, Expr> {
    any()
        .filter(|kind: &Kind| {
            matches!(
                kind,
                Kind::Null | Kind::True | Kind::False | Kind::Int | Kind::Duration | Kind::Str | Kind::Block
            )
        })
        .validate(move |kind, e, emitter| {
            let span: Span = e.span();
            let text = &context.text[span.range()];
            let kind = match kind {
                Kind::True => ExprKind::Bool(true),
                Kind::False => ExprKind::Bool(false),
                Kind::Str => ExprKind::String(string_text(text)),
                Kind::Block => ExprKind::Block(block_text(text)),
                Kind::Int | Kind::Duration => match number(kind, text) {
                    Some(number) => number,
                    None => {
                        emitter.emit(SyntaxError::new(span, Reason::TooLarge));
                        ExprKind::Error
                    }
                },
                _ => ExprKind::Null,
            };
            node(kind, span)
        })
        .boxed()
}

/// `1..5`, `1..`
fn range<'t>(context: Context<'t>) -> Grammar<'t, Expr> {
    let bound = just(Kind::Int).map_with(move |_, e| {
        let span: Span = e.span();
        context.text[span.range()].parse::<i64>().ok()
    });
    bound
        .then_ignore(just(Kind::DotDot))
        .then(bound.or_not())
        .map_with(|(low, high), e| {
            let kind = match (low, high) {
                (Some(low), None) => ExprKind::Range(low, None),
                (Some(low), Some(Some(high))) => ExprKind::Range(low, Some(high)),
                // A bound that is no number was reported by the lexer, or is too large to mean anything.
                _ => ExprKind::Error,
            };
            node(kind, e.span())
        })
        .boxed()
}

/// The text of a one-line string token.
pub(super) fn string_text(token: &str) -> String {
    let inner = token.strip_prefix('"').unwrap_or(token);
    unescape(inner.strip_suffix('"').unwrap_or(inner))
}

fn number(kind: Kind, text: &str) -> Option<ExprKind> {
    if kind == Kind::Int {
        // A malformed number was reported by the lexer; its value does not matter.
        let well_formed = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        return if well_formed { text.parse().ok().map(ExprKind::Int) } else { Some(ExprKind::Error) };
    }
    duration(text).map(ExprKind::Duration)
}

/// The seconds of a duration as it is written; none where it is none, or too long.
pub(crate) fn duration(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| !c.is_ascii_digit()) {
        let unit = match rest.as_bytes()[at] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86400,
            _ => return None,
        };
        total = total.checked_add(rest[..at].parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = &rest[at + 1..];
    }
    (rest.is_empty() && !text.is_empty() && total <= MAX_DAYS * 86400).then_some(total)
}

fn interpolated<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    let text = just(Kind::StrText).map_with(move |_, e| {
        let span: Span = e.span();
        Part::Text(unescape(&context.text[span.range()]), span)
    });
    let junk = any().filter(|kind| *kind != Kind::InterpolationClose).repeated();
    let value = expr
        .then_ignore(just(Kind::InterpolationClose).rewind())
        .recover_with(via_parser(junk.map_with(|(), e| node(ExprKind::Error, e.span()))))
        .delimited_by(just(Kind::InterpolationOpen), just(Kind::InterpolationClose))
        .map(Part::Value);
    choice((text, value))
        .repeated()
        .collect::<Vec<_>>()
        .delimited_by(just(Kind::StrOpen), just(Kind::StrClose))
        .map_with(|parts, e| node(ExprKind::Interpolated(parts), e.span()))
        .boxed()
}

fn parenthesised<'t>(expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    expr.delimited_by(just(Kind::LeftParen), just(Kind::RightParen))
        .map_with(|inner, e| node(ExprKind::Paren(Box::new(inner)), e.span()))
        .boxed()
}

fn conditional<'t>(expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    just(Kind::If)
        .ignore_then(expr.clone())
        .then_ignore(just(Kind::Then))
        .then(expr.clone())
        .then_ignore(just(Kind::Else))
        .then(expr)
        .map_with(|((condition, then), other), e| {
            node(ExprKind::If(Box::new([condition, then, other])), e.span())
        })
        .boxed()
}

/// `for x in list`, `for k, v in map`.
pub(super) fn for_clause<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, For> {
    just(Kind::For)
        .ignore_then(name(context).separated_by(just(Kind::Comma)).at_least(1).at_most(2).collect::<Vec<_>>())
        .then_ignore(just(Kind::In))
        .then(expr)
        .map_with(|(names, list), e| For { names, list: Box::new(list), span: e.span() })
        .boxed()
}

/// `if condition`, after an item.
pub(super) fn if_clause<'t>(expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    just(Kind::If).ignore_then(expr).boxed()
}

/// `for x in xs if c`, which makes a list or record a comprehension.
type Tail = (For, Option<Expr>);

fn tail<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, Tail> {
    for_clause(context, expr.clone()).then(if_clause(expr).or_not()).boxed()
}

fn list<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    let spread = just(Kind::Ellipsis).ignore_then(expr.clone()).map(|value| (Element::Spread(value), None));
    let value =
        expr.clone().then(tail(context, expr).or_not()).map(|(value, tail)| (Element::Value(value), tail));
    let element = choice((value, spread)).boxed();
    let broken = |span| (Element::Value(node(ExprKind::Error, span)), None);
    body(context, Kind::LeftBracket, Kind::RightBracket, Level::Value, element, broken)
        .validate(|body: Body<(Element, Option<Tail>)>, e, emitter| {
            let span: Span = e.span();
            let mut items = body.items;
            if items.len() == 1
                && let Some((Element::Value(element), Some((each, condition)))) =
                    items.pop_if(|(element, tail)| tail.is_some() && matches!(element, Element::Value(_)))
            {
                return node(ExprKind::ListFor(Box::new(ListFor { element, each, condition })), span);
            }
            for (_, tail) in &items {
                misplaced_tail(tail.as_ref(), emitter);
            }
            node(ExprKind::List(items.into_iter().map(|(element, _)| element).collect()), span)
        })
        .boxed()
}

fn misplaced_tail(tail: Option<&Tail>, emitter: &mut chumsky::input::Emitter<SyntaxError>) {
    if let Some((each, _)) = tail {
        emitter.emit(unexpected(Kind::For, each.span, Rule::ItemEnd));
    }
}

enum Key {
    Name(Name),
    Interpolated(Expr),
}

/// A record.
pub(super) fn record<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    let spread = just(Kind::Ellipsis).ignore_then(expr.clone()).map(|value| (RawEntry::Spread(value), None));
    let key =
        choice((key(context).map(Key::Name), interpolated(context, expr.clone()).map(Key::Interpolated)));
    let field = key
        .labelled(Rule::Key)
        .then_ignore(colon(context))
        .then(value(context, expr.clone()))
        .then(tail(context, expr).or_not())
        .map_with(|((key, value), tail), e| (RawEntry::Field(key, value, e.span()), tail));
    let entry = choice((field, spread)).boxed();
    body(context, Kind::LeftBrace, Kind::RightBrace, Level::Value, entry, |span| {
        (RawEntry::Error(span), None)
    })
    .validate(|body: Body<(RawEntry, Option<Tail>)>, e, emitter| {
        let mut items = body.items;
        let only = items.len() == 1;
        if only
            && let Some((RawEntry::Field(key, value, _), Some((each, condition)))) =
                items.pop_if(|(entry, tail)| tail.is_some() && matches!(entry, RawEntry::Field(..)))
        {
            let key = match key {
                Key::Name(name) => node(ExprKind::String(name.text.into()), name.span),
                Key::Interpolated(key) => key,
            };
            return node(ExprKind::RecordFor(Box::new(RecordFor { key, value, each, condition })), e.span());
        }
        let entries = items.into_iter().map(|(entry, tail)| {
            misplaced_tail(tail.as_ref(), emitter);
            entry.finish(emitter)
        });
        node(ExprKind::Record(entries.collect()), e.span())
    })
    .boxed()
}

enum RawEntry {
    Field(Key, Expr, Span),
    Spread(Expr),
    Error(Span),
}

impl RawEntry {
    fn finish(self, emitter: &mut chumsky::input::Emitter<SyntaxError>) -> Entry {
        match self {
            Self::Field(Key::Name(key), value, span) => Entry::Field(Field { key, value, span }),
            Self::Field(Key::Interpolated(key), _, span) => {
                emitter.emit(unexpected(Kind::StrOpen, key.span, Rule::Key));
                Entry::Error(span)
            }
            Self::Spread(value) => Entry::Spread(value),
            Self::Error(span) => Entry::Error(span),
        }
    }
}

/// A value. One that cannot be read is skipped up to the end of the item, so that what it is for survives.
pub(super) fn value<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, Expr> {
    let skip = custom(move |tokens: &mut Tokens<'t, '_>| {
        let here = next_span(tokens);
        if !declares(tokens) {
            skip_item(tokens, context);
        }
        Ok(node(ExprKind::Error, Span::at(here.start)))
    });
    let read = expr.recover_with(via_parser(skip)).boxed();
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let read = tokens.parse(&read)?;
        Ok(bare_text(tokens, context, read))
    })
    .boxed()
}

/// A name as a value: not a word that begins a declaration, which shows that the value is missing.
fn name_value<'t>(context: Context<'t>) -> Grammar<'t, Name> {
    let declaration = custom(|tokens: &mut Tokens<'t, '_>| {
        let before = tokens.save();
        let word = tokens.next();
        let next = tokens.peek();
        tokens.rewind(before);
        match word {
            Some(word) if word.is_declaration() && next.is_some_and(Kind::is_name) => {
                Err(unexpected(word, next_span(tokens), Rule::Expression))
            }
            _ => Ok(()),
        }
    });
    declaration.ignore_then(name(context)).boxed()
}
