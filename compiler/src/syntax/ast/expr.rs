//! Expressions as written.

use smol_str::SmolStr;

use super::{Field, For, Name};
use crate::span::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// Forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `42`
    Int(i64),
    /// `1h30m`, in seconds.
    Duration(u64),
    /// `1..5`, `1..`: how many of something a callee takes.
    Range(i64, Option<i64>),
    /// `"text"`, without escapes.
    String(String),
    /// `"text #{value}"`
    Interpolated(Vec<Part>),
    /// A block string's text.
    Block(String),
    /// `name`
    Name(SmolStr),
    /// `value.name`
    Member(Box<Expr>, Name),
    /// `value[index]`
    Index(Box<Expr>, Box<Expr>),
    /// `function(arguments)`
    Call(Box<Expr>, Vec<Expr>),
    /// `artifact / "path"`
    File(Box<Expr>, Box<Expr>),
    /// `[a, ...b]`
    List(Vec<Element>),
    /// `{ key: value, ...more }`
    Record(Vec<Entry>),
    /// `[e for x in xs if c]`
    ListFor(Box<ListFor>),
    /// `{ "#{x}": e for x in xs if c }`
    RecordFor(Box<RecordFor>),
    /// `if c then a else b`
    If(Box<[Expr; 3]>),
    /// `!a`
    Not(Box<Expr>),
    /// `a && b`
    Binary(Operator, Box<[Expr; 2]>),
    /// `(a)`; kept for the formatter.
    Paren(Box<Expr>),
    /// What could not be read; it was reported.
    Error,
}

impl Expr {
    /// The entries of a record that is written out; none of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            ExprKind::Record(entries) => entries,
            _ => &[],
        }
    }
}

/// A piece of an interpolated string.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text, without escapes, and where it stands.
    Text(String, Span),
    /// `#{value}`
    Value(Expr),
}

/// An element of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// `value`
    Value(Expr),
    /// `...list`
    Spread(Expr),
}

/// An entry of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// `key: value`
    Field(Field),
    /// `...record`
    Spread(Expr),
    /// What could not be read; it was reported.
    Error(Span),
}

/// `[e for x in xs if c]`
#[derive(Clone, Debug, PartialEq)]
pub struct ListFor {
    /// The element.
    pub element: Expr,
    /// What is walked.
    pub each: For,
    /// What is taken.
    pub condition: Option<Expr>,
}

/// `{ key: e for x in xs if c }`
#[derive(Clone, Debug, PartialEq)]
pub struct RecordFor {
    /// The key.
    pub key: Expr,
    /// The value.
    pub value: Expr,
    /// What is walked.
    pub each: For,
    /// What is taken.
    pub condition: Option<Expr>,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `??`
    Coalesce,
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
}

impl Operator {
    /// As written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Coalesce => "??",
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
        }
    }

    /// Whether it compares by order.
    #[must_use]
    pub const fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual)
    }

    /// Whether it compares. Comparisons do not chain.
    #[must_use]
    pub const fn is_comparison(self) -> bool {
        !matches!(self, Self::Coalesce | Self::Or | Self::And)
    }
}
