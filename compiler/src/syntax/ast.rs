//! The tree as written: names are text, every node has its range, broken parts are `Error` nodes.

mod decl;
mod expr;
mod types;

use smol_str::SmolStr;

pub use decl::{
    Callee, CalleeEntry, Documented, Edition, Function, Gate, Group, Instance, Private, Secret, Selected,
    Selection, TypeDecl, Use,
};
pub use expr::{Element, Entry, Expr, ExprKind, ListFor, Operator, Part, RecordFor};
pub use types::{Params, TypeExpr, TypeKind, TypedField};

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
    /// `edition 2026`
    Edition(Edition),
    /// `use "path.pipe"`
    Use(Use),
    /// `private let x = 1`
    Private(Private),
    /// `type Name = "a" | "b"`
    Type(TypeDecl),
    /// `fn name(a: string): string = a`
    Function(Function),
    /// `callee name { … }`, `rule name { … }`
    Callee(Callee),
    /// `secret name { … }`
    Secret(Secret),
    /// `gate name on entry = rule { … } else fail`
    Gate(Gate),
    /// `stage name = template { … }`
    StageInstance(Instance),
    /// `pipeline name = template { … }`
    PipelineInstance(Instance),
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
    /// The parameters, which make it a template.
    pub params: Option<Params>,
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
    /// The parameters, which make it a template.
    pub params: Option<Params>,
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
            Self::Edition(x) => x.span,
            Self::Use(x) => x.span,
            Self::Private(x) => x.span,
            Self::Type(x) => x.span,
            Self::Function(x) => x.span,
            Self::Callee(x) => x.span,
            Self::Secret(x) => x.span,
            Self::Gate(x) => x.span,
            Self::StageInstance(x) | Self::PipelineInstance(x) => x.span,
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
            Self::Private(x) => x.item.doc(),
            Self::Type(x) => x.doc.as_ref(),
            Self::Function(x) => x.doc.as_ref(),
            Self::Callee(x) => x.doc.as_ref(),
            Self::Secret(x) => x.doc.as_ref(),
            Self::Gate(x) => x.doc.as_ref(),
            Self::StageInstance(x) | Self::PipelineInstance(x) => x.doc.as_ref(),
            Self::OnFailure(_)
            | Self::Engine(_)
            | Self::Defaults(_)
            | Self::Field(_)
            | Self::Edition(_)
            | Self::Use(_)
            | Self::Error(_) => None,
        }
    }

    /// Gives it its documentation; what can have none stays without.
    pub(super) fn set_doc(&mut self, doc: Option<Doc>) {
        match self {
            Self::Let(x) => x.doc = doc,
            Self::Pipeline(x) | Self::Stage(x) => x.doc = doc,
            Self::Action(x) => x.doc = doc,
            Self::Type(x) => x.doc = doc,
            Self::Function(x) => x.doc = doc,
            Self::Callee(x) => x.doc = doc,
            Self::PipelineInstance(x) => x.doc = doc,
            _ => {}
        }
    }
}
