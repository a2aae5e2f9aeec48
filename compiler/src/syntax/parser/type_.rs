//! Types as written.

use chumsky::prelude::*;

use super::super::ast::{TypeExpr, TypeKind};
use super::super::error::Rule;
use super::super::token::Kind;
use super::expr::string_text;
use super::{Context, Grammar, name};
use crate::span::Span;

/// `string`, `list<string>`, `"a" | "b"`, `string?`
pub(super) fn type_expr<'t>(context: Context<'t>) -> Grammar<'t, TypeExpr> {
    recursive(|ty| {
        let literal = just(Kind::Str).map_with(move |_, e| {
            let span: Span = e.span();
            TypeExpr { kind: TypeKind::Literal(string_text(&context.text[span.range()])), span }
        });
        let argument = ty.delimited_by(just(Kind::Less), just(Kind::Greater));
        let named = name(context).then(argument.or_not()).map_with(|(name, argument), e| {
            let kind = match argument {
                Some(argument) => TypeKind::Generic(name.text, Box::new(argument)),
                None => TypeKind::Name(name.text),
            };
            TypeExpr { kind, span: e.span() }
        });
        // `T?` is one level: `T??` means nothing more, and the lexer reads it as another operator.
        let optional =
            choice((literal, named)).then(just(Kind::Question).or_not()).map_with(|(ty, optional), e| {
                if optional.is_some() {
                    TypeExpr { kind: TypeKind::Optional(Box::new(ty)), span: e.span() }
                } else {
                    ty
                }
            });
        optional
            .separated_by(just(Kind::Pipe))
            .at_least(1)
            .collect::<Vec<_>>()
            .map_with(|mut types, e| match types.len() {
                1 => types.swap_remove(0),
                _ => TypeExpr { kind: TypeKind::Union(types), span: e.span() },
            })
            .labelled(Rule::Type)
            .boxed()
    })
    .boxed()
}
