//! Types of the language, and the values that checking computes with: constants, and what only a run knows.

use std::rc::Rc;

use indexmap::IndexMap;
use smol_str::SmolStr;

mod shown;
mod test;
mod whole;

pub(crate) use test::{Test, TestForm};
pub(crate) use whole::Whole;

/// An expanded action of the pipeline under check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActionId(pub(crate) u32);

/// An expanded stage of the pipeline under check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StageId(pub(crate) u32);

impl ActionId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl StageId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A piece of a text that is not constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(Rc<str>),
    /// A pipeline variable, and what it may be.
    Variable(SmolStr, Rc<Ty>),
    /// A variable of an action.
    Output(ActionId, SmolStr),
    /// The id of the run.
    ExecutionId,
    /// What only CloudFormation knows, as JSON text.
    Deploy(Rc<str>),
}

/// A value while checking.
#[derive(Clone, Debug)]
pub(crate) enum Val {
    /// Something that was reported; whoever meets it stays silent.
    Error,
    Null,
    Bool(bool),
    Int(i64),
    Duration(u64),
    /// A constant text.
    Text(Rc<str>),
    /// A text that only a run knows.
    Run(Rc<[Segment]>),
    List(Rc<Whole<Vec<Val>>>),
    Record(Rc<Whole<IndexMap<SmolStr, Val>>>),
    /// An output of an action, by its index.
    Artifact(ActionId, usize),
    File(ActionId, usize, Rc<str>),
    Action(ActionId),
    /// The members of an action family, in order, with their keys.
    Family(Rc<Vec<(SmolStr, ActionId)>>),
    Stage(StageId),
    /// The members of a stage family.
    StageFamily(Rc<Vec<(SmolStr, StageId)>>),
    /// A secret of the pipeline.
    Secret(SmolStr),
    /// A bool that only a run knows.
    Test(Rc<Test>),
    /// A value of this type whose content does not matter: in code that is checked but not used.
    Unknown(Ty),
}

/// A field of a record's type.
#[derive(Clone, Debug)]
pub(crate) struct FieldTy {
    pub(crate) ty: Ty,
    /// What it is where it is left out, complete itself; optional ones are `null` then.
    pub(crate) default: Option<Val>,
}

impl PartialEq for FieldTy {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty
    }
}

impl Eq for FieldTy {}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Any,
    Null,
    String,
    Int,
    Bool,
    Duration,
    Artifact,
    File,
    Action,
    /// One of these texts.
    Literals(Rc<Vec<String>>),
    List(Box<Ty>),
    Map(Box<Ty>),
    Optional(Box<Ty>),
    Secret,
    /// Exactly these fields.
    Record(Rc<IndexMap<SmolStr, FieldTy>>),
}

impl Val {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// Its type, as messages say it.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Error => "an error",
            Self::Null => "`null`",
            Self::Bool(_) => "a bool",
            Self::Int(_) => "an int",
            Self::Duration(_) => "a duration",
            Self::Text(_) => "a string",
            Self::Run(_) => match self.variable() {
                Some((_, Ty::Int)) => "an int that is known only at run",
                Some((_, Ty::Bool)) => "a bool that is known only at run",
                _ => "a string that is known only at run",
            },
            Self::List(_) => "a list",
            Self::Record(_) => "a record",
            Self::Artifact(..) => "an artifact",
            Self::File(..) => "a file",
            Self::Action(_) => "an action",
            Self::Family(_) => "a family of actions",
            Self::Stage(_) => "a stage",
            Self::StageFamily(_) => "a family of stages",
            Self::Secret(_) => "a secret",
            Self::Test(_) => "a bool that is known only at run",
            Self::Unknown(ty) => ty.describe(),
        }
    }

    /// Whether it, or something in it, was reported already.
    pub(crate) fn is_error(&self) -> bool {
        match self {
            Self::Error => true,
            Self::List(items) => items.iter().any(Self::is_error),
            Self::Record(fields) => fields.values().any(Self::is_error),
            _ => false,
        }
    }

    /// Whether checking knows it completely.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Duration(_) | Self::Text(_) => true,
            Self::List(items) => items.iter().all(Self::is_constant),
            Self::Record(fields) => fields.values().all(Self::is_constant),
            _ => false,
        }
    }

    /// Whether it, or something in it, is as asked.
    pub(crate) fn holds(&self, asked: &impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item.holds(asked)),
            Self::Record(fields) => fields.values().any(|value| value.holds(asked)),
            value => asked(value),
        }
    }

    /// Calls `visit` for every action that the value needs.
    pub(crate) fn actions(&self, visit: &mut impl FnMut(ActionId)) {
        match self {
            Self::Artifact(action, _) | Self::File(action, ..) | Self::Action(action) => visit(*action),
            Self::Family(members) => members.iter().for_each(|(_, action)| visit(*action)),
            Self::Run(segments) => producers(segments, visit),
            Self::Test(test) => test.segments(&mut |segments| producers(segments, visit)),
            Self::List(items) => items.iter().for_each(|item| item.actions(visit)),
            Self::Record(fields) => fields.values().for_each(|value| value.actions(visit)),
            _ => {}
        }
    }

    /// Whether it is a text of which CloudFormation, but no run, knows a part.
    pub(crate) fn is_deploy_time(&self) -> bool {
        let constant = |s: &Segment| matches!(s, Segment::Deploy(_) | Segment::Literal(_));
        matches!(self, Self::Run(segments) if segments.iter().all(constant))
    }

    /// The pipeline variable that it is, and nothing but that; and what the variable may be.
    pub(crate) fn variable(&self) -> Option<(&SmolStr, &Ty)> {
        match self {
            Self::Run(segments) => lone_variable(segments),
            _ => None,
        }
    }

    /// The segments of a text, constant or not.
    pub(crate) fn segments(&self) -> Option<Vec<Segment>> {
        match self {
            Self::Text(text) if text.is_empty() => Some(Vec::new()),
            Self::Text(text) => Some(vec![Segment::Literal(text.clone())]),
            Self::Run(segments) => Some(segments.to_vec()),
            _ => None,
        }
    }

    /// Whether two constants are equal; `None` where that cannot be told now.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        if !self.is_constant() || !other.is_constant() {
            return None;
        }
        Some(match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b) == Some(true))
            }
            (Self::Record(a), Self::Record(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| a.equals(b) == Some(true)))
            }
            _ => false,
        })
    }
}

impl Ty {
    /// As messages say it.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Null => "`null`",
            Self::String => "a string",
            Self::Int => "an int",
            Self::Bool => "a bool",
            Self::Duration => "a duration",
            Self::Artifact => "an artifact",
            Self::File => "a file",
            Self::Action => "an action",
            Self::Literals(_) => "one of a few texts",
            Self::List(_) => "a list",
            Self::Map(_) | Self::Record(_) => "a record",
            Self::Optional(_) => "an optional value",
            Self::Secret => "a secret",
        }
    }

    /// Whether the value is of this type. What was reported is of every type.
    pub(crate) fn accepts(&self, value: &Val) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (_, Val::Error | Val::Unknown(Self::Any))
            | (Self::Null | Self::Optional(_), Val::Null)
            | (Self::String, Val::Text(_) | Val::Run(_) | Val::Unknown(Self::String | Self::Literals(_)))
            | (Self::Literals(_), Val::Unknown(Self::String))
            | (Self::Int, Val::Int(_))
            | (Self::Bool, Val::Bool(_) | Val::Test(_))
            | (Self::Secret, Val::Secret(_))
            | (Self::Duration, Val::Duration(_))
            | (Self::Artifact, Val::Artifact(..) | Val::Action(_))
            | (Self::File, Val::File(..))
            | (Self::Action, Val::Action(_)) => true,
            (Self::Literals(texts), Val::Text(text)) => texts.iter().any(|t| **t == **text),
            (Self::Int | Self::Bool | Self::Literals(_), Val::Run(_)) => {
                value.variable().is_some_and(|(_, declared)| self.includes(declared))
            }
            (Self::List(ty), Val::List(items)) => items.iter().all(|item| ty.accepts(item)),
            (Self::Map(ty), Val::Record(fields)) => fields.values().all(|value| ty.accepts(value)),
            (Self::Optional(ty), value) => ty.accepts(value),
            (Self::Record(wanted), Val::Record(fields)) => {
                fields.keys().all(|key| wanted.contains_key(key))
                    && wanted.iter().all(|(name, field)| match fields.get(name) {
                        Some(value) => field.ty.accepts(value),
                        None => field.may_be_absent(),
                    })
            }
            (ty, Val::Unknown(unknown)) => ty.may_be(unknown),
            _ => false,
        }
    }

    /// Whether each text that a run may give to a variable of the other type is one of this.
    fn includes(&self, declared: &Self) -> bool {
        match (self, declared) {
            (Self::Literals(texts), Self::Literals(given)) => given.iter().all(|text| texts.contains(text)),
            (wanted, declared) => wanted == declared,
        }
    }

    /// Whether a value of the other type can be one of this.
    fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Any)
            | (Self::Artifact, Self::Action)
            | (Self::Action, Self::Artifact)
            | (Self::String, Self::Literals(_))
            | (Self::Literals(_), Self::String)
            | (Self::Map(_), Self::Record(_))
            | (Self::Record(_), Self::Map(_)) => true,
            (_, Self::Optional(inner)) => self.may_be(inner),
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.may_be(b),
            (a, b) => a == b,
        }
    }

    /// Whether a value of this type is put in order first: what is left out of a record is filled in.
    pub(crate) fn has_record(&self) -> bool {
        match self {
            Self::Record(_) => true,
            Self::List(inner) | Self::Map(inner) | Self::Optional(inner) => inner.has_record(),
            _ => false,
        }
    }

    /// The value with what was left out of its records. It is of this type.
    pub(crate) fn complete(&self, value: Val) -> Val {
        match (self, value) {
            (Self::Record(wanted), Val::Record(fields)) => {
                let all = wanted.iter().map(|(name, field)| {
                    let value = match fields.get(name) {
                        Some(value) => field.ty.complete(value.clone()),
                        None => field.default.clone().unwrap_or(Val::Null),
                    };
                    (name.clone(), value)
                });
                Val::record(all.collect())
            }
            (Self::List(inner), Val::List(items)) if inner.has_record() => {
                Val::list(items.iter().map(|item| inner.complete(item.clone())).collect())
            }
            (Self::Map(inner), Val::Record(fields)) if inner.has_record() => {
                let all = fields.iter().map(|(key, value)| (key.clone(), inner.complete(value.clone())));
                Val::record(all.collect())
            }
            (Self::Optional(inner), value) if !matches!(value, Val::Null) => inner.complete(value),
            (_, value) => value,
        }
    }
}

impl FieldTy {
    pub(crate) fn may_be_absent(&self) -> bool {
        self.default.is_some() || matches!(self.ty, Ty::Optional(_))
    }
}

/// The variable that a text is, and nothing but that; and what the variable may be.
pub(crate) fn lone_variable(segments: &[Segment]) -> Option<(&SmolStr, &Ty)> {
    match segments {
        [Segment::Variable(name, ty)] => Some((name, ty)),
        _ => None,
    }
}

/// Calls `visit` for every action whose variables a text holds.
fn producers(segments: &[Segment], visit: &mut impl FnMut(ActionId)) {
    for segment in segments {
        if let Segment::Output(action, _) = segment {
            visit(*action);
        }
    }
}
