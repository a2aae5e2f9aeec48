//! Types as the user writes them.

use std::rc::Rc;

use super::Check;
use super::values::and_list;
use crate::diagnostic::{codes, nearest};
use crate::span::Span;
use crate::syntax::ast::{TypeExpr, TypeKind};
use crate::types::Ty;

/// What other languages call the types.
const FOREIGN_TYPES: &[(&str, &str)] =
    &[("boolean", "bool"), ("integer", "int"), ("number", "int"), ("str", "string"), ("text", "string")];

impl Check<'_> {
    /// A written type.
    pub(super) fn type_of(&mut self, ty: &TypeExpr) -> Ty {
        match &ty.kind {
            TypeKind::Error => Ty::Any,
            TypeKind::Literal(text) => Ty::Literals(Rc::new(vec![text.clone()])),
            TypeKind::Optional(inner) => Ty::Optional(Box::new(self.type_of(inner))),
            TypeKind::Union(parts) => {
                let texts = parts.iter().map(|part| match &part.kind {
                    TypeKind::Literal(text) => Some(text.clone()),
                    _ => None,
                });
                match texts.collect::<Option<Vec<_>>>() {
                    Some(texts) => Ty::Literals(Rc::new(texts)),
                    None => {
                        self.error(
                            &codes::UNKNOWN_TYPE,
                            ty.span,
                            "only texts can be alternatives: `\"a\" | \"b\"`",
                        );
                        Ty::Any
                    }
                }
            }
            TypeKind::Generic(name, inner) => {
                let inner = Box::new(self.type_of(inner));
                match name.as_str() {
                    "list" => Ty::List(inner),
                    "map" => Ty::Map(inner),
                    _ => {
                        self.error(
                            &codes::UNKNOWN_TYPE,
                            ty.span,
                            format!("`{name}` takes no type; `list<T>` and `map<T>` do"),
                        );
                        Ty::Any
                    }
                }
            }
            TypeKind::Name(name) => self.named_type(name, ty.span),
        }
    }

    fn named_type(&mut self, name: &str, span: Span) -> Ty {
        const NAMES: &[(&str, Ty)] = &[
            ("string", Ty::String),
            ("int", Ty::Int),
            ("bool", Ty::Bool),
            ("duration", Ty::Duration),
            ("null", Ty::Null),
            ("artifact", Ty::Artifact),
            ("file", Ty::File),
            ("action", Ty::Action),
        ];
        if let Some((_, ty)) = NAMES.iter().find(|(n, _)| *n == name) {
            return ty.clone();
        }
        if name.is_empty() || self.opaque.contains(name) {
            return Ty::Any;
        }
        let place = self.place(span);
        let diagnostic = codes::UNKNOWN_TYPE.at(place, format!("there is no type `{name}`"));
        let known = NAMES.iter().map(|(n, _)| *n);
        let foreign = FOREIGN_TYPES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, ours)| *ours);
        self.report(match foreign.or_else(|| nearest(name, known.clone())) {
            Some(near) => diagnostic.did_you_mean(near),
            None => {
                diagnostic.help(format!("the types are {}", and_list(known.chain(["list<T>", "map<T>"]))))
            }
        });
        Ty::Any
    }
}
