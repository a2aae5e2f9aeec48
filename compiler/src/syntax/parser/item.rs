//! Declarations and fields: what stands in files, pipelines and stages. Two tokens decide which it is.

use chumsky::prelude::*;

use super::super::ast::{
    Action, Block, Defaults, Engine, Expr, ExprKind, Field, File, Instance, Item, Let, Name, OnFailure, Path,
    Trigger, TypeExpr, TypeKind, Variable,
};
use super::super::error::{Reason, Rule, SyntaxError, meant};
use super::super::token::Kind;
use super::decl::{callee, edition, function, gate, params, private, secret, type_, use_};
use super::expr::{colon, expression, for_clause, if_clause, key, record, reserved, value};
use super::recover::{Body, Level, Tokens, body, file_items, next_span, skip_to_brace, unexpected};
use super::type_::type_expr;
use super::{Context, Grammar, name, name_at};
use crate::span::Span;

/// A file.
pub(super) fn file<'t>(context: Context<'t>) -> Grammar<'t, File> {
    file_items(context, item(context), Item::Error).map(|items| File { items }).boxed()
}

/// The grammars that items are made of.
#[derive(Clone)]
pub(super) struct Parts<'t> {
    pub(super) context: Context<'t>,
    pub(super) expr: Grammar<'t, Expr>,
    pub(super) record: Grammar<'t, Expr>,
    /// A type, or an error and a stand-in.
    pub(super) ty: Grammar<'t, TypeExpr>,
    /// A type, or nothing.
    pub(super) bare_type: Grammar<'t, TypeExpr>,
    pub(super) name: Grammar<'t, Name>,
}

fn item<'t>(context: Context<'t>) -> Grammar<'t, Item> {
    recursive(|item| {
        let expr = expression(context);
        let bare_type = type_expr(context, expr.clone());
        let parts = Parts {
            context,
            record: body_or_report(record(context, expr.clone()), empty_record),
            ty: or_report(bare_type.clone(), |span| TypeExpr { kind: TypeKind::Error, span }),
            bare_type,
            name: or_report(choice((name(context), reserved(context))).boxed(), |span| Name {
                text: "".into(),
                span,
            }),
            expr,
        };
        let item = item.boxed();
        let pipeline = block(&parts, Level::Pipeline, item.clone()).map(Item::Pipeline).boxed();
        let stage = block(&parts, Level::Stage, item.clone()).map(Item::Stage).boxed();
        let stage_instance = instance(&parts).map(Item::StageInstance).boxed();
        let pipeline_instance = instance(&parts).map(Item::PipelineInstance).boxed();
        let (action, variable, let_) = (action(&parts), variable(&parts), let_(&parts));
        let (on, engine, defaults, field) = (on(&parts), engine(&parts), defaults(&parts), field(&parts));
        let (edition, use_, private) = (edition(context), use_(context), private(context, item));
        let (type_, function, callee) = (type_(&parts), function(&parts), callee(&parts));
        let (secret, gate) = (secret(&parts), gate(&parts));
        custom(move |tokens: &mut Tokens<'t, '_>| {
            let kind = tokens.peek();
            if let Some(meant) = misspelt(tokens, context) {
                // Read as what was meant, so that nothing in it is missed elsewhere.
                let word = next_span(tokens);
                tokens.emit(SyntaxError::new(word, Reason::UnknownDeclaration));
                return match meant {
                    Kind::Action => tokens.parse(&action),
                    Kind::Stage => tokens.parse(&stage),
                    Kind::Pipeline => tokens.parse(&pipeline),
                    Kind::Gate => tokens.parse(&gate),
                    Kind::Secret => tokens.parse(&secret),
                    Kind::Type => tokens.parse(&type_),
                    Kind::Fn => tokens.parse(&function),
                    Kind::Variable => tokens.parse(&variable),
                    _ => tokens.parse(&let_),
                };
            }
            match (kind, declares(tokens)) {
                (Some(Kind::Action), true) => tokens.parse(&action),
                (Some(Kind::Stage), true) if is_instance(tokens) => tokens.parse(&stage_instance),
                (Some(Kind::Stage), true) => tokens.parse(&stage),
                (Some(Kind::Pipeline), true) if is_instance(tokens) => tokens.parse(&pipeline_instance),
                (Some(Kind::Pipeline), true) => tokens.parse(&pipeline),
                (Some(Kind::Let), true) => tokens.parse(&let_),
                (Some(Kind::Variable), true) => tokens.parse(&variable),
                (Some(Kind::On), true) => tokens.parse(&on),
                (Some(Kind::Aws | Kind::Azure), true) => tokens.parse(&engine),
                (Some(Kind::Defaults), true) => tokens.parse(&defaults),
                (Some(Kind::Edition), true) => tokens.parse(&edition),
                (Some(Kind::Use), true) => tokens.parse(&use_),
                (Some(Kind::Private), true) => tokens.parse(&private),
                (Some(Kind::Type), true) => tokens.parse(&type_),
                (Some(Kind::Fn), true) => tokens.parse(&function),
                (Some(Kind::Callee | Kind::Rule), true) => tokens.parse(&callee),
                (Some(Kind::Secret), true) => tokens.parse(&secret),
                (Some(Kind::Gate), true) => tokens.parse(&gate),
                _ => tokens.parse(&field),
            }
        })
        .labelled(Rule::Declaration)
    })
    .boxed()
}

/// Whether a declaration begins here: its word, and then a name, a string or `{` (for a word that must be followed by a
/// name that was forgotten: `=`).
fn declares(tokens: &mut Tokens<'_, '_>) -> bool {
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
            Some(Kind::Equals) => {
                matches!(word, Some(Kind::Action | Kind::Let | Kind::Pipeline | Kind::Stage))
            }
            Some(next) => next.is_name() || next.is_reserved(),
            None => false,
        }
}

/// Which declaration was meant, where its word is misspelt and the rest is what follows that word.
fn misspelt(tokens: &mut Tokens<'_, '_>, context: Context<'_>) -> Option<Kind> {
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
fn is_instance(tokens: &mut Tokens<'_, '_>) -> bool {
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
            Kind::Newline if depth == 0 => break false,
            Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParen => depth += 1,
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen if depth == 0 => break false,
            Kind::RightBrace | Kind::RightBracket | Kind::RightParen => depth -= 1,
            _ => {}
        }
        last = Some(kind);
    };
    tokens.rewind(before);
    found
}

/// What could not be read is reported, and reading goes on at the same token with a stand-in.
pub(super) fn or_report<'t, T: 't>(parser: Grammar<'t, T>, stand_in: fn(Span) -> T) -> Grammar<'t, T> {
    parser
        .recover_with(via_parser(empty().map_with(move |(), e| {
            let span: Span = e.span();
            stand_in(Span::at(span.start))
        })))
        .boxed()
}

/// The same for the body of a declaration, but what stands between the head and the `{` is skipped.
pub(super) fn body_or_report<'t, T: 't>(body: Grammar<'t, T>, stand_in: fn(Span) -> T) -> Grammar<'t, T> {
    let later = body.clone();
    let resume = custom(move |tokens: &mut Tokens<'t, '_>| {
        if skip_to_brace(tokens) {
            return tokens.parse(&later);
        }
        let here = next_span(tokens);
        Ok(stand_in(Span::at(here.start)))
    });
    body.recover_with(via_parser(resume)).boxed()
}

fn empty_record(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, span }
}

/// A line's end that does no harm before the `{` of a declaration.
pub(super) fn brace_on_next_line<'t>() -> Grammar<'t, ()> {
    just(Kind::Newline).then(just(Kind::LeftBrace).rewind()).or_not().ignored().boxed()
}

fn block<'t>(parts: &Parts<'t>, level: Level, item: Grammar<'t, Item>) -> Grammar<'t, Block> {
    let context = parts.context;
    let items = body(context, Kind::LeftBrace, Kind::RightBrace, level, item, Item::Error);
    let items = body_or_report(items, |span| Body { items: Vec::new(), span });
    any()
        .ignore_then(parts.name.clone())
        .then(optional_params(parts))
        .then(for_clause(context, parts.expr.clone()).or_not())
        .then(if_clause(parts.expr.clone()).or_not())
        .then_ignore(brace_on_next_line())
        .then(items)
        .map_with(move |((((name, params), each), condition), body), e| {
            let span: Span = e.span();
            let doc = context.doc(span.start);
            Block { doc, name, params, each, condition, items: body.items, body: body.span, span }
        })
        .boxed()
}

fn optional_params<'t>(parts: &Parts<'t>) -> Grammar<'t, Option<super::super::ast::Params>> {
    just(Kind::LeftParen).rewind().ignore_then(params(parts)).or_not().boxed()
}

/// `stage name = template { arguments }`
fn instance<'t>(parts: &Parts<'t>) -> Grammar<'t, Instance> {
    let context = parts.context;
    let template = or_report(path(context, Rule::Template), |span| Path { text: "".into(), span });
    any()
        .ignore_then(parts.name.clone())
        .then(for_clause(context, parts.expr.clone()).or_not())
        .then(if_clause(parts.expr.clone()).or_not())
        .then_ignore(or_report(just(Kind::Equals).ignored().boxed(), |_| ()))
        .then(template)
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .map_with(move |((((name, each), condition), template), body), e| {
            let span: Span = e.span();
            Instance { doc: context.doc(span.start), name, each, condition, template, body, span }
        })
        .boxed()
}

fn action<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let callee = or_report(path(context, Rule::Callee), |span| Path { text: "".into(), span });
    let equals = or_report(just(Kind::Equals).ignored().boxed(), |_| ());
    any()
        .ignore_then(parts.name.clone())
        .then(optional_params(parts))
        .then(for_clause(context, parts.expr.clone()).or_not())
        .then(if_clause(parts.expr.clone()).or_not())
        .then_ignore(equals)
        .then(callee)
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .map_with(move |(((((name, params), each), condition), callee), body), e| {
            let span: Span = e.span();
            let doc = context.doc(span.start);
            Item::Action(Action { doc, name, params, each, condition, callee, body, span })
        })
        .boxed()
}

fn let_<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    any()
        .ignore_then(parts.name.clone())
        .then(just(Kind::Colon).ignore_then(parts.ty.clone()).or_not())
        .then_ignore(or_report(just(Kind::Equals).ignored().boxed(), |_| ()))
        .then(value(parts.context, parts.expr.clone()))
        .map_with(move |((name, ty), value), e| {
            let span: Span = e.span();
            Item::Let(Let { doc: context.doc(span.start), name, ty, value, span })
        })
        .boxed()
}

fn variable<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    just(Kind::Variable)
        .ignore_then(parts.name.clone())
        .then_ignore(or_report(just(Kind::Colon).ignored().boxed(), |_| ()))
        .then(parts.ty.clone())
        .then(just(Kind::Equals).ignore_then(value(parts.context, parts.expr.clone())).or_not())
        .then(just(Kind::LeftBrace).rewind().ignore_then(parts.record.clone()).or_not())
        .map_with(move |(((name, ty), default), body), e| {
            let span: Span = e.span();
            Item::Variable(Variable { doc: context.doc(span.start), name, ty, default, body, span })
        })
        .boxed()
}

/// `on failure …` or `on push { … }`
fn on<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let failure = any()
        .filter(|kind: &Kind| *kind == Kind::Name)
        .map_with(move |_, e| name_at(context, e.span()))
        .filter(|name: &Name| name.text == "failure")
        .ignore_then(parts.name.clone())
        .then(name(context).or_not())
        .map_with(|(result, mode), e| {
            let span: Span = e.span();
            Item::OnFailure(OnFailure { result, mode, span: Span { start: span.start, ..span } })
        });
    let trigger_body =
        choice((just(Kind::Str).rewind().ignore_then(parts.expr.clone()), parts.record.clone()));
    let trigger = parts.name.clone().then_ignore(brace_on_next_line()).then(trigger_body).map_with(
        move |(event, body), e| {
            let span: Span = e.span();
            Item::Trigger(Trigger { doc: None, event, body, span })
        },
    );
    just(Kind::On)
        .ignore_then(choice((failure, trigger)))
        .map_with(move |mut item, e| {
            let whole: Span = e.span();
            match &mut item {
                Item::OnFailure(x) => x.span = whole,
                Item::Trigger(x) => {
                    x.span = whole;
                    x.doc = context.doc(whole.start);
                }
                _ => {}
            }
            item
        })
        .boxed()
}

fn engine<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    name(parts.context)
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .map_with(|(name, body), e| Item::Engine(Engine { name, body, span: e.span() }))
        .boxed()
}

fn defaults<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    just(Kind::Defaults)
        .ignore_then(path(parts.context, Rule::Callee).or_not())
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .map_with(|(callee, body), e| Item::Defaults(Defaults { callee, body, span: e.span() }))
        .boxed()
}

/// `aws.codebuild`
pub(super) fn path<'t>(context: Context<'t>, rule: Rule) -> Grammar<'t, Path> {
    name(context)
        .separated_by(just(Kind::Dot))
        .at_least(1)
        .collect::<Vec<_>>()
        .map_with(|names, e| {
            let text = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
            Path { text: text.into(), span: e.span() }
        })
        .labelled(rule)
        .boxed()
}

/// `key: value`; otherwise it was meant as a declaration.
fn field<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let named = key(context)
        .then_ignore(colon())
        .then(value(context, parts.expr.clone()))
        .map_with(|(key, value), e| Item::Field(Field { key, value, span: e.span() }))
        .boxed();
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let before = tokens.save();
        let word = tokens.next();
        let next = tokens.peek();
        tokens.rewind(before);
        let word_is_name = word.is_some_and(Kind::is_name);
        match next {
            Some(Kind::Colon | Kind::Equals) => tokens.parse(&named),
            Some(next) if word_is_name && (next.is_name() || matches!(next, Kind::Str | Kind::LeftBrace)) => {
                Err(SyntaxError::new(next_span(tokens), Reason::UnknownDeclaration))
            }
            _ => match word {
                Some(found) => Err(unexpected(found, next_span(tokens), Rule::Declaration)),
                None => tokens.parse(&named),
            },
        }
    })
    .boxed()
}
