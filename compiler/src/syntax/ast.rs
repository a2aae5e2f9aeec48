//! The tree as written: names are text, every node has its range, broken parts are `Error` nodes.

mod expr;

use smol_str::SmolStr;

pub use expr::{Element, Entry, Expr, ExprKind, ListFor, Operator, Part, RecordFor};

use crate::span::Span;

/// A file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Its items, in order.
    pub items: Vec<Item>,
}

/// A name as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: SmolStr,
    /// Where.
    pub span: Span,
}

/// The doc comment of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// The text of its lines, without `///` and one space.
    pub text: String,
    /// From the first line to the last.
    pub span: Span,
}

/// What stands in a file, a pipeline or a stage. Which item may stand where is for the checker, so that a misplaced one
/// gets a message of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `let name = value`
    Let(Let),
    /// `pipeline name { … }`
    Pipeline(Block),
    /// `variable name: type = default`
    Variable(Variable),
    /// `on push { … }`
    Trigger(Trigger),
    /// `on failure retry`
    OnFailure(OnFailure),
    /// `aws { … }`
    Engine(Engine),
    /// `defaults { … }`, `defaults callee { … }`
    Defaults(Defaults),
    /// `stage name { … }`
    Stage(Block),
    /// `action name = callee { … }`
    Action(Action),
    /// `name: value`
    Field(Field),
    /// A declaration of the language that this version does not compile.
    Unsupported(Unsupported),
    /// What could not be read; it was reported.
    Error(Span),
}

/// A pipeline or a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// `for x in list`
    pub each: Option<For>,
    /// `if condition`
    pub condition: Option<Expr>,
    /// What it holds.
    pub items: Vec<Item>,
    /// From `{` to `}`.
    pub body: Span,
    /// From the first word to `}`.
    pub span: Span,
}

/// `for x in list`, `for k, v in map`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// One name, or two for a map.
    pub names: Vec<Name>,
    /// What is walked.
    pub list: Box<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `let name: type = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its type, where written.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// `variable name: type = default { name: "Exact" }`
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// The value when a run gives none.
    pub default: Option<Expr>,
    /// `{ name: "Exact.Name" }`
    pub body: Option<Expr>,
    /// The whole declaration.
    pub span: Span,
}

/// `on push { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// `push`, `tag`, `pull_request`, `schedule`.
    pub event: Name,
    /// The filter: a record, or for `schedule` a string.
    pub body: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// `on failure retry failed_actions`
#[derive(Clone, Debug, PartialEq)]
pub struct OnFailure {
    /// `rollback`, `skip`, `retry`.
    pub result: Name,
    /// `failed_actions`, `all_actions`.
    pub mode: Option<Name>,
    /// The whole declaration.
    pub span: Span,
}

/// `aws { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Engine {
    /// The engine.
    pub name: Name,
    /// Its settings, a record.
    pub body: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// `defaults { … }`, `defaults callee { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Defaults {
    /// The callee, `a.b`; none for all actions.
    pub callee: Option<Path>,
    /// The fields, a record.
    pub body: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// A dotted name of a callee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The text, with dots.
    pub text: SmolStr,
    /// Where.
    pub span: Span,
}

/// `action name for x in list if condition = callee { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// `for x in list`
    pub each: Option<For>,
    /// `if condition`
    pub condition: Option<Expr>,
    /// What it calls.
    pub callee: Path,
    /// Its fields, a record.
    pub body: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// A declaration that this version does not compile.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsupported {
    /// The word that begins it.
    pub keyword: Name,
    /// The whole declaration.
    pub span: Span,
}

/// `key: value`
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key; quoted ones without their quotes and escapes.
    pub key: Name,
    /// The value.
    pub value: Expr,
    /// Both.
    pub span: Span,
}

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
    /// `string`, `Env`
    Name(SmolStr),
    /// `list<string>`
    Generic(SmolStr, Box<TypeExpr>),
    /// `"a" | "b"`
    Union(Vec<TypeExpr>),
    /// `"a"`
    Literal(String),
    /// `string?`
    Optional(Box<TypeExpr>),
    /// What could not be read.
    Error,
}

impl Item {
    /// Its whole range.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Let(x) => x.span,
            Self::Pipeline(x) | Self::Stage(x) => x.span,
            Self::Variable(x) => x.span,
            Self::Trigger(x) => x.span,
            Self::OnFailure(x) => x.span,
            Self::Engine(x) => x.span,
            Self::Defaults(x) => x.span,
            Self::Action(x) => x.span,
            Self::Field(x) => x.span,
            Self::Unsupported(x) => x.span,
            Self::Error(span) => *span,
        }
    }

    /// Its documentation.
    #[must_use]
    pub fn doc(&self) -> Option<&Doc> {
        match self {
            Self::Let(x) => x.doc.as_ref(),
            Self::Pipeline(x) | Self::Stage(x) => x.doc.as_ref(),
            Self::Variable(x) => x.doc.as_ref(),
            Self::Trigger(x) => x.doc.as_ref(),
            Self::Action(x) => x.doc.as_ref(),
            _ => None,
        }
    }
}
