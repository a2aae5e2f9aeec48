//! Declarations of files: what other files and pipelines build on.

use super::{Doc, Entry, Expr, Field, For, Item, Name, Params, Path, TypeExpr, TypedField};
use crate::span::Span;

/// `edition 2026`
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    /// The year.
    pub year: Name,
    /// The whole declaration.
    pub span: Span,
}

/// `use "path.pipe" as name`, `use "path.pipe" { a, b as c }`
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// The path, without its quotes and escapes.
    pub path: Name,
    /// The name of the whole module.
    pub alias: Option<Name>,
    /// The names that are taken from it.
    pub selected: Option<Selection>,
    /// The whole declaration.
    pub span: Span,
}

/// `{ a, b as c }`
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The names, in order.
    pub names: Vec<Selected>,
    /// From `{` to `}`.
    pub span: Span,
}

/// `b as c`
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// The name in the other file.
    pub name: Name,
    /// The name here, where it is another.
    pub alias: Option<Name>,
    /// Both.
    pub span: Span,
}

/// `private let x = 1`
#[derive(Clone, Debug, PartialEq)]
pub struct Private {
    /// The word `private`.
    pub word: Span,
    /// What only this file sees.
    pub item: Box<Item>,
    /// The whole declaration.
    pub span: Span,
}

/// `type Name = "a" | "b"`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// What it stands for.
    pub ty: TypeExpr,
    /// The whole declaration.
    pub span: Span,
}

/// `fn name(a: type): type = expression`
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// What it takes.
    pub params: Params,
    /// What it gives, where written.
    pub result: Option<TypeExpr>,
    /// Its value.
    pub value: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// `callee name { … }`, `rule name { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Callee {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Whether it is a `rule`.
    pub is_rule: bool,
    /// Its name.
    pub name: Name,
    /// What it says.
    pub entries: Vec<CalleeEntry>,
    /// From `{` to `}`.
    pub body: Span,
    /// The whole declaration.
    pub span: Span,
}

/// An entry of a callee's body.
#[derive(Clone, Debug, PartialEq)]
pub enum CalleeEntry {
    /// `key: value`
    Field(Field),
    /// `fields: { name: type }`
    Fields(Group<TypedField>),
    /// `variables: { name: "Key" }`
    Variables(Group<Documented>),
    /// What could not be read; it was reported.
    Error(Span),
}

/// `key: { … }` with entries of their own kind. Broken entries are left out; they were reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<T> {
    /// The key.
    pub key: Name,
    /// The entries.
    pub list: Vec<Option<T>>,
    /// From `{` to `}`.
    pub body: Span,
    /// The whole entry.
    pub span: Span,
}

/// A field with documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Documented {
    /// The documentation.
    pub doc: Option<Doc>,
    /// The field.
    pub field: Field,
}

/// `secret name { local: …, aws: … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Where it is found, a record.
    pub body: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// `gate name on entry if condition = rule { … } else fail`
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// `entry`, `success`, `failure`.
    pub point: Name,
    /// `if condition`
    pub condition: Option<Expr>,
    /// What is checked.
    pub rule: Path,
    /// Its fields, a record.
    pub body: Expr,
    /// `fail`, `rollback`, `skip`.
    pub otherwise: Option<Name>,
    /// The whole declaration.
    pub span: Span,
}

/// `stage name for x in list = template { arguments }`, `pipeline name = template { arguments }`
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// `for x in list`
    pub each: Option<For>,
    /// `if condition`
    pub condition: Option<Expr>,
    /// The template.
    pub template: Path,
    /// The arguments, a record.
    pub body: Expr,
    /// The whole declaration.
    pub span: Span,
}

impl Instance {
    /// The arguments; none where they could not be read.
    #[must_use]
    pub fn arguments(&self) -> &[Entry] {
        self.body.entries()
    }
}
