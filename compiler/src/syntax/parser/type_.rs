//! Types as written.

use chumsky::prelude::*;

use super::super::ast::{Expr, Name, TypeExpr, TypeKind, TypedField};
use super::super::error::Rule;
use super::super::token::Kind;
use super::expr::{string_text, value};
use super::field::{colon, key, reserved};
use super::recover::{Body, Level, body};
use super::{Context, Grammar, name};
use crate::span::Span;

/// `string`, `list<string>`, `"a" | "b"`, `string?`, `{ key: string }`
pub(super) fn type_expr<'t>(context: Context<'t>, expr: Grammar<'t, Expr>) -> Grammar<'t, TypeExpr> {
    recursive(|ty| {
        let ty = ty.boxed();
        let field = typed_field(context, key(context), ty.clone(), expr, None).map(Some).boxed();
        let record = body(context, Kind::LeftBrace, Kind::RightBrace, Level::Value, field, |_| None).map(
            |body: Body<Option<TypedField>>| TypeExpr {
                kind: TypeKind::Record(body.items.into_iter().flatten().collect(), body.span),
                span: body.span,
            },
        );
        let literal = just(Kind::Str).map_with(move |_, e| {
            let span: Span = e.span();
            TypeExpr { kind: TypeKind::Literal(string_text(&context.text[span.range()])), span }
        });
        let argument = ty.delimited_by(just(Kind::Less), just(Kind::Greater));
        let dotted = name(context).separated_by(just(Kind::Dot)).at_least(1).collect::<Vec<_>>();
        let named = dotted.then(argument.or_not()).map_with(|(names, argument), e| {
            let name = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".").into();
            let kind = match argument {
                Some(argument) => TypeKind::Generic(name, Box::new(argument)),
                None => TypeKind::Name(name),
            };
            TypeExpr { kind, span: e.span() }
        });
        // `T?` is one level: `T??` means nothing more, and the lexer reads it as another operator.
        let optional = choice((literal, named, record)).then(just(Kind::Question).or_not()).map_with(
            |(ty, optional), e| {
                if optional.is_some() {
                    TypeExpr { kind: TypeKind::Optional(Box::new(ty)), span: e.span() }
                } else {
                    ty
                }
            },
        );
        optional
            .separated_by(just(Kind::Pipe))
            .at_least(1)
            .collect::<Vec<_>>()
            .map_with(|types, e| union(types, e.span()))
            .labelled(Rule::Type)
            .boxed()
    })
    .boxed()
}

/// What can name a parameter or a field of a callee.
pub(super) fn field_name<'t>(context: Context<'t>) -> Grammar<'t, Name> {
    choice((name(context), reserved(context))).boxed()
}

/// `name: type = default`, and behind a field of a callee `{ key: "…" }`.
pub(super) fn typed_field<'t>(
    context: Context<'t>,
    name: Grammar<'t, Name>,
    ty: Grammar<'t, TypeExpr>,
    expr: Grammar<'t, Expr>,
    record: Option<Grammar<'t, Expr>>,
) -> Grammar<'t, TypedField> {
    let head = name
        .then_ignore(colon(context))
        .then(ty)
        .then(just(Kind::Equals).ignore_then(value(context, expr)).or_not())
        .boxed();
    let whole = match record {
        Some(record) => head.then(just(Kind::LeftBrace).rewind().ignore_then(record).or_not()).boxed(),
        None => head.map(|head| (head, None)).boxed(),
    };
    whole
        .map_with(move |(((name, ty), default), body), e| {
            let span: Span = e.span();
            TypedField { doc: context.doc(span.start), name, ty, default, body, span }
        })
        .labelled(Rule::Key)
        .boxed()
}

/// `"a" | "b"?` may be left out as a whole.
fn union(mut types: Vec<TypeExpr>, span: Span) -> TypeExpr {
    if types.len() == 1 {
        return types.swap_remove(0);
    }
    let last = types.pop();
    match last {
        Some(TypeExpr { kind: TypeKind::Optional(inner), .. }) => {
            types.push(*inner);
            let end = types.last().map_or(span.end, |ty| ty.span.end);
            let all = TypeExpr { kind: TypeKind::Union(types), span: Span { end, ..span } };
            TypeExpr { kind: TypeKind::Optional(Box::new(all)), span }
        }
        last => {
            types.extend(last);
            TypeExpr { kind: TypeKind::Union(types), span }
        }
    }
}
