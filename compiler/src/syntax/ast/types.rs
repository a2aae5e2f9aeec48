//! Types as written, and what has one: fields of records and callees, parameters.

use smol_str::SmolStr;

use super::{Doc, Expr, Name};
use crate::span::Span;

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where.
    pub span: Span,
}

/// Forms of types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `string`, `Env`, `stages.Env`
    Name(SmolStr),
    /// `list<string>`
    Generic(SmolStr, Box<TypeExpr>),
    /// `"a" | "b"`
    Union(Vec<TypeExpr>),
    /// `"a"`
    Literal(String),
    /// `string?`
    Optional(Box<TypeExpr>),
    /// `{ key: string, other: int = 3 }`
    Record(Vec<TypedField>, Span),
    /// What could not be read.
    Error,
}

/// `key: type = default`: a field of a record's type, a parameter, or a field of a callee.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedField {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// What it is where it is left out.
    pub default: Option<Expr>,
    /// `{ key: "ProjectName" }`, behind a field of a callee.
    pub body: Option<Expr>,
    /// The whole field.
    pub span: Span,
}

/// `(name: type, other: type = default)`
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// The parameters, in order.
    pub list: Vec<TypedField>,
    /// From `(` to `)`.
    pub span: Span,
}
