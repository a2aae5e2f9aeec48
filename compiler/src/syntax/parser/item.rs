//! Declarations and fields: what stands in files, pipelines and stages. Two tokens decide which it is.

use chumsky::prelude::*;

use super::super::ast::{
    Action, Block, Defaults, Engine, Expr, ExprKind, Field, File, Instance, Item, Let, Name, Path, TypeExpr,
    TypeKind, Variable,
};
use super::super::error::{Reason, Rule, SyntaxError, slip};
use super::super::token::Kind;
use super::decl::{callee, edition, function, gate, params, private, secret, type_, use_};
use super::expr::{expression, for_clause, if_clause, record, value};
use super::field::{colon, key, reserved};
use super::lookahead::{declares, is_call, is_instance, misspelt};
use super::on::on;
use super::recover::{
    Body, Level, Tokens, begins_field, body, file_items, next_span, skip_item, skip_to_brace, unexpected,
};
use super::slips::{equals, mark_before_brace, quoted_name, two, type_colon, untyped_variable};
use super::type_::type_expr;
use super::{Context, Grammar, name};
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
            record: body_or_report(context, record(context, expr.clone()), empty_record),
            ty: or_report(bare_type.clone(), |span| TypeExpr { kind: TypeKind::Error, span }),
            bare_type,
            name: or_report(
                choice((name(context), reserved(context), quoted_name(context))).boxed(),
                |span| Name { text: "".into(), span },
            ),
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
pub(super) fn body_or_report<'t, T: 't>(
    context: Context<'t>,
    body: Grammar<'t, T>,
    stand_in: fn(Span) -> T,
) -> Grammar<'t, T> {
    let later = body.clone();
    let resume = custom(move |tokens: &mut Tokens<'t, '_>| {
        if skip_to_brace(tokens) {
            return tokens.parse(&later);
        }
        let here = next_span(tokens);
        if begins_field(tokens) {
            // What stands without braces on the line of its head belongs to it.
            skip_item(tokens, context);
        }
        Ok(stand_in(Span::at(here.start)))
    });
    body.recover_with(via_parser(resume)).boxed()
}

fn empty_record(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, span }
}

/// A line's end that does no harm before the `{` of a declaration.
pub(super) fn brace_on_next_line<'t>() -> Grammar<'t, ()> {
    let newline = just(Kind::Newline).then(just(Kind::LeftBrace).rewind()).or_not();
    mark_before_brace().then(newline).ignored().boxed()
}

fn block<'t>(parts: &Parts<'t>, level: Level, item: Grammar<'t, Item>) -> Grammar<'t, Block> {
    let context = parts.context;
    let items = body(context, Kind::LeftBrace, Kind::RightBrace, level, item, Item::Error);
    let items = body_or_report(context, items, |span| Body { items: Vec::new(), span });
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
        .then_ignore(or_report(equals(), |_| ()))
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
    any()
        .ignore_then(named_action(parts))
        .map_with(move |mut action, e| {
            action.span = e.span();
            action.doc = context.doc(action.span.start);
            Item::Action(action)
        })
        .boxed()
}

/// An action without its word.
fn named_action<'t>(parts: &Parts<'t>) -> Grammar<'t, Action> {
    let context = parts.context;
    let callee = or_report(path(context, Rule::Callee), |span| Path { text: "".into(), span });
    let equals = or_report(equals(), |_| ());
    parts
        .name
        .clone()
        .then(optional_params(parts))
        .then(for_clause(context, parts.expr.clone()).or_not())
        .then(if_clause(parts.expr.clone()).or_not())
        .then_ignore(equals)
        .then(callee)
        .then_ignore(brace_on_next_line())
        .then(parts.record.clone())
        .map_with(|(((((name, params), each), condition), callee), body), e| {
            let span: Span = e.span();
            Action { doc: None, name, params, each, condition, callee, body, span }
        })
        .boxed()
}

fn let_<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    any()
        .ignore_then(named_value(parts))
        .map_with(move |mut let_, e| {
            let_.span = e.span();
            let_.doc = context.doc(let_.span.start);
            Item::Let(let_)
        })
        .boxed()
}

/// A `let` without its word.
fn named_value<'t>(parts: &Parts<'t>) -> Grammar<'t, Let> {
    parts
        .name
        .clone()
        .then(type_colon().ignore_then(parts.ty.clone()).or_not())
        .then_ignore(or_report(equals(), |_| ()))
        .then(value(parts.context, parts.expr.clone()))
        .map_with(|((name, ty), value), e| Let { doc: None, name, ty, value, span: e.span() })
        .boxed()
}

fn variable<'t>(parts: &Parts<'t>) -> Grammar<'t, Item> {
    let context = parts.context;
    let ty = or_report(just(Kind::Colon).ignored().boxed(), |_| ()).ignore_then(parts.ty.clone());
    any()
        .ignore_then(parts.name.clone())
        .then(choice((untyped_variable(context), ty)))
        .then(just(Kind::Equals).ignore_then(value(parts.context, parts.expr.clone())).or_not())
        .then(just(Kind::LeftBrace).rewind().ignore_then(parts.record.clone()).or_not())
        .map_with(move |(((name, ty), default), body), e| {
            let span: Span = e.span();
            Item::Variable(Variable { doc: context.doc(span.start), name, ty, default, body, span })
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
        .then_ignore(colon(context))
        .then(value(context, parts.expr.clone()))
        .map_with(|(key, value), e| Item::Field(Field { key, value, span: e.span() }))
        .boxed();
    let (action, value) = (named_action(parts), named_value(parts));
    custom(move |tokens: &mut Tokens<'t, '_>| {
        let (word, next) = two(tokens);
        let span = next_span(tokens);
        let text = &context.text[span.range()];
        if (word, next) == (Some(Kind::Name), Some(Kind::Equals))
            && !matches!(text, "name" | "needs" | "when")
        {
            let called = is_call(tokens);
            let slip = if called { &slip::ACTION } else { &slip::LET };
            tokens.emit(SyntaxError::new(span, Reason::Slip(slip)));
            return if called {
                tokens.parse(&action).map(Item::Action)
            } else {
                tokens.parse(&value).map(Item::Let)
            };
        }
        if word.is_some_and(Kind::is_declaration) && next == Some(Kind::Equals) {
            tokens.skip();
            return Err(SyntaxError::new(next_span(tokens), Reason::Slip(&slip::WORD_EQUALS)));
        }
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
