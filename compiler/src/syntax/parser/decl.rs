//! Declarations of files: modules, types, functions, callees, secrets and gates.

use chumsky::prelude::*;

use super::super::ast::{
    Callee, CalleeEntry, Documented, Edition, Field, Function, Gate, Group, Item, Name, Params, Path,
    Private, Secret, Selected, Selection, TypeDecl, Use,
};
use super::super::error::{Reason, Rule, SyntaxError, slip};
use super::super::token::Kind;
use super::expr::{if_clause, string_text, value};
use super::field::{colon, key};
use super::item::{Parts, body_or_report, brace_on_next_line, or_report, path};
use super::recover::{Body, Level, Tokens, body, expected, next_span, skip_item, unexpected};
use super::slips::{braced_function, equals, two, untyped_param};
use super::type_::{field_name, typed_field};
use super::{Context, Grammar, name, name_at};
use crate::span::Span;

/// `edition 2026`
pub(super) fn edition<'t>(context: Context<'t>) -> Grammar<'t, Item> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let start = tokens.cursor();
        tokens.skip();
        let span = next_span(tokens);
        let slip = match tokens.peek() {
            Some(Kind::Int) => {
                tokens.skip();
                let year = name_at(context, span);
                return Ok(Item::Edition(Edition { year, span: tokens.span_since(&start) }));
            }
            Some(Kind::Str) => &slip::EDITION_QUOTED,
            _ => &slip::EDITION,
        };
        tokens.emit(SyntaxError::new(span, Reason::Slip(slip)));
        skip_item(tokens, context);
        Ok(Item::Error(tokens.span_since(&start)))
    })
    .boxed()
}

/// `use "path.pipe" …`. One that cannot be read is left out as a whole, since nobody knows what it was to bring.
pub(super) fn use_<'t>(context: Context<'t>) -> Grammar<'t, Item> {
    let statement = used(context);
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let start = tokens.cursor();
        tokens.skip();
        let error = match no_path(tokens, context) {
            Some(error) => error,
            None => match tokens.parse(&statement) {
                Ok(mut use_) => match behind_use(tokens, context) {
                    Some(error) => error,
                    None => {
                        use_.span = tokens.span_since(&start);
                        return Ok(Item::Use(use_));
                    }
                },
                Err(error) => error,
            },
        };
        tokens.emit(error);
        skip_item(tokens, context);
        Ok(Item::Error(tokens.span_since(&start)))
    })
    .boxed()
}

/// What stands behind the word `use`.
fn used<'t>(context: Context<'t>) -> Grammar<'t, Use> {
    let path = just(Kind::Str).map_with(move |_, e| {
        let span: Span = e.span();
        Name { text: string_text(&context.text[span.range()]).into(), span }
    });
    let renamed = as_word(context).ignore_then(name(context)).boxed();
    let selected = name(context)
        .then(renamed.clone().or_not())
        .map_with(|(name, alias), e| Some(Selected { name, alias, span: e.span() }))
        .boxed();
    let selection = body(context, Kind::LeftBrace, Kind::RightBrace, Level::Value, selected, |_| None)
        .map(|body: Body<_>| Selection { names: body.items.into_iter().flatten().collect(), span: body.span })
        .boxed();
    path.then(renamed.or_not())
        .then(just(Kind::LeftBrace).rewind().ignore_then(selection).or_not())
        .map_with(|((path, alias), selected), e| Use { path, alias, selected, span: e.span() })
        .boxed()
}

/// What is wrong where the path of a `use` belongs.
fn no_path(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> Option<SyntaxError> {
    let span = next_span(tokens);
    let slip = match tokens.peek()? {
        Kind::Str => return None,
        Kind::LeftBrace => &slip::USE_ORDER,
        _ => {
            let rest = &context.text[span.start as usize..];
            let word = rest.split_whitespace().next().unwrap_or_default();
            let path = word.ends_with(".pipe");
            let length = u32::try_from(word.len()).unwrap_or(0);
            let span = if path { Span::new(span.start, span.start + length) } else { span };
            let slip = if path { &slip::USE_PATH } else { &slip::USE_NAME };
            return Some(SyntaxError::new(span, Reason::Slip(slip)));
        }
    };
    Some(SyntaxError::new(span, Reason::Slip(slip)))
}

/// What is wrong behind a `use` that was read, where the line does not end.
fn behind_use(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> Option<SyntaxError> {
    let span = next_span(tokens);
    let (found, next) = two(tokens);
    let found = found.filter(|kind| !matches!(kind, Kind::Newline | Kind::Comma | Kind::RightBrace))?;
    let word = &context.text[span.range()];
    if found == Kind::Name && word == "as" {
        tokens.skip();
        return Some(expected(next, next_span(tokens), Rule::Name));
    }
    if found == Kind::Name && next.is_some_and(Kind::is_name) && word.len() <= 3 {
        return Some(SyntaxError::new(span, Reason::Meant("as")));
    }
    Some(unexpected(found, span, Rule::ItemEnd))
}

/// The word `as`, which is a name everywhere else.
fn as_word<'t>(context: Context<'t>) -> Grammar<'t, ()> {
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let span = next_span(tokens);
        match tokens.peek() {
            Some(Kind::Name) if &context.text[span.range()] == "as" => {
                tokens.skip();
                Ok(())
            }
            found => Err(expected(found, span, Rule::ItemEnd)),
        }
    })
    .boxed()
}

/// `private let x = 1`
pub(super) fn private<'t>(context: Context<'t>, item: Grammar<'t, Item>) -> Grammar<'t, Item> {
    just(Kind::Private)
        .map_with(|_, e| e.span())
        .then(item)
        .map_with(move |(word, mut item): (Span, Item), e| {
            item.set_doc(context.doc(word.start));
            Item::Private(Private { word, item: Box::new(item), span: e.span() })
        })
        .boxed()
}

/// `type Name = …`
pub(super) fn type_<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    any()
        .ignore_then(parts.name.clone())
        .then_ignore(or_report(equals(), |_| ()))
        .then(parts.ty.clone())
        .map_with(move |(name, ty), e| {
            let span: Span = e.span();
            Item::Type(TypeDecl { doc: context.doc(span.start), name, ty, span })
        })
        .boxed()
}

/// `(name: type, other: type = default)`
pub(super) fn params<'t>(parts: &Parts<'t>) -> Grammar<'t, Params> {
    let context = parts.context;
    let typed = typed_field(context, field_name(context), parts.bare_type.clone(), parts.expr.clone(), None);
    let param = choice((untyped_param(context, parts.expr.clone()), typed)).map(Some).boxed();
    body(context, Kind::LeftParen, Kind::RightParen, Level::Params, param, |_| None)
        .map(|body: Body<_>| Params { list: body.items.into_iter().flatten().collect(), span: body.span })
        .boxed()
}

/// `fn name(…): type = expression`
pub(super) fn function<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let value = or_report(equals(), |_| ()).ignore_then(value(context, parts.expr.clone()));
    any()
        .ignore_then(parts.name.clone())
        .then(or_report(params(parts), |span| Params { list: Vec::new(), span }))
        .then(just(Kind::Colon).ignore_then(parts.ty.clone()).or_not())
        .then(choice((braced_function(context), value)))
        .map_with(move |(((name, params), result), value), e| {
            let span: Span = e.span();
            let doc = context.doc(span.start);
            Item::Function(Function { doc, name, params, result, value, span })
        })
        .boxed()
}

/// `callee name { … }`, `rule name { … }`
pub(super) fn callee<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let entries = body(
        context,
        Kind::LeftBrace,
        Kind::RightBrace,
        Level::Value,
        callee_entry(parts),
        CalleeEntry::Error,
    );
    let entries = body_or_report(context, entries, |span| Body { items: Vec::new(), span });
    choice((just(Kind::Callee), just(Kind::Rule)))
        .then(parts.name.clone())
        .then_ignore(brace_on_next_line())
        .then(entries)
        .map_with(move |((word, name), body), e| {
            let span: Span = e.span();
            Item::Callee(Callee {
                doc: context.doc(span.start),
                is_rule: word == Kind::Rule,
                name,
                entries: body.items,
                body: body.span,
                span,
            })
        })
        .boxed()
}

/// `key: value`, or a group of documented entries.
fn callee_entry<'t>(parts: &Parts<'t>) -> Grammar<'t, CalleeEntry> {
    let context = parts.context;
    let plain = key(context)
        .then_ignore(colon(context))
        .then(value(context, parts.expr.clone()))
        .map_with(|(key, value), e| Field { key, value, span: e.span() })
        .boxed();
    let field = typed_field(
        context,
        field_name(context),
        parts.bare_type.clone(),
        parts.expr.clone(),
        Some(parts.record.clone()),
    );
    let fields = group(context, field.boxed()).map(CalleeEntry::Fields).boxed();
    let documented = plain
        .clone()
        .map_with(move |field, e| {
            let span: Span = e.span();
            Documented { doc: context.doc(span.start), field }
        })
        .boxed();
    let variables = group(context, documented).map(CalleeEntry::Variables).boxed();
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let word = &context.text[next_span(tokens).range()];
        let before = tokens.save();
        tokens.skip();
        let colon = tokens.next() == Some(Kind::Colon);
        let opens = colon && tokens.peek() == Some(Kind::LeftBrace);
        tokens.rewind(before);
        match word {
            "fields" if opens => tokens.parse(&fields),
            "variables" if opens => tokens.parse(&variables),
            _ => tokens.parse(&plain).map(CalleeEntry::Field),
        }
    })
    .labelled(Rule::Key)
    .boxed()
}

/// `key: { entry … }`
fn group<'t, T: 't>(context: Context<'t>, entry: Grammar<'t, T>) -> Grammar<'t, Group<T>> {
    let entries =
        body(context, Kind::LeftBrace, Kind::RightBrace, Level::Value, entry.map(Some).boxed(), |_| None);
    key(context)
        .then_ignore(colon(context))
        .then(entries)
        .map_with(|(key, body): (_, Body<Option<T>>), e| Group {
            key,
            list: body.items,
            body: body.span,
            span: e.span(),
        })
        .boxed()
}

/// `secret name { … }`
pub(super) fn secret<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    any()
        .ignore_then(parts.name.clone())
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .map_with(move |(name, body), e| {
            let span: Span = e.span();
            Item::Secret(Secret { doc: context.doc(span.start), name, body, span })
        })
        .boxed()
}

/// `gate name on entry if condition = rule { … } else fail`
pub(super) fn gate<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let rule = or_report(path(context, Rule::Gate), |span| Path { text: "".into(), span });
    let otherwise = just(Kind::Else).ignore_then(name(context)).boxed();
    any()
        .ignore_then(parts.name.clone())
        .then_ignore(or_report(just(Kind::On).ignored().boxed(), |_| ()))
        .then(parts.name.clone())
        .then(if_clause(parts.expr.clone()).or_not())
        .then_ignore(or_report(equals(), |_| ()))
        .then(rule)
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .then(otherwise.or_not())
        .map_with(move |(((((name, point), condition), rule), body), otherwise), e| {
            let span: Span = e.span();
            let doc = context.doc(span.start);
            Item::Gate(Gate { doc, name, point, condition, rule, body, otherwise, span })
        })
        .boxed()
}
