//! Values as a plan holds them: constants, and what only a run knows, as references.
//!
//! Shared with the runtime and the exporters. In JSON every value says its type (`{"text": …}`, `{"int": 3}`), so that a
//! record of the user can never be mistaken for a reference.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a reference in a text stands for; known only while a run goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Reference {
    /// A variable of the pipeline, given when a run starts.
    Variable {
        /// The variable's id: `Plan::variables[].id`.
        variable: String,
    },
    /// A variable that an action produced.
    Output {
        /// The producing action's id, `stage.action`.
        action: String,
        /// The variable's name as Pipe writes it (`commit`, `TAG`).
        output: String,
    },
    /// What only CloudFormation knows, when it deploys the pipeline.
    Deploy {
        /// The expression, as JSON text: `{"Ref":"Bucket"}`.
        cloudformation: String,
    },
    /// A fact about the run itself.
    Execution {
        /// Which fact.
        execution: ExecutionFact,
    },
}

/// Facts about a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionFact {
    /// The run's id.
    Id,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Segment {
    /// Verbatim characters.
    Literal(String),
    /// Filled in during the run.
    Reference(Reference),
}

/// A text: constant, or with parts that only a run knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// Known now.
    Constant(String),
    /// To be joined in order during the run. Never empty, and holds at least one reference.
    Segments(Vec<Segment>),
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Constant(text.to_owned())
    }
}

impl Text {
    /// The text when it is known now.
    #[must_use]
    pub fn as_constant(&self) -> Option<&str> {
        match self {
            Self::Constant(text) => Some(text),
            Self::Segments(_) => None,
        }
    }

    /// The references in the text, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let segments = match self {
            Self::Constant(_) => &[][..],
            Self::Segments(segments) => segments,
        };
        segments.iter().filter_map(|s| match s {
            Segment::Reference(reference) => Some(reference),
            Segment::Literal(_) => None,
        })
    }

    /// Joins the text, with `resolve` giving the value of each reference.
    ///
    /// # Errors
    /// The first error of `resolve`.
    pub fn render<E>(&self, mut resolve: impl FnMut(&Reference) -> Result<String, E>) -> Result<String, E> {
        match self {
            Self::Constant(text) => Ok(text.clone()),
            Self::Segments(segments) => {
                let mut out = String::new();
                for segment in segments {
                    match segment {
                        Segment::Literal(text) => out.push_str(text),
                        Segment::Reference(reference) => out.push_str(&resolve(reference)?),
                    }
                }
                Ok(out)
            }
        }
    }
}

/// An artifact: one output of one action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactRef {
    /// The producing action's id, `stage.action`.
    pub action: String,
    /// The output's id; absent for the nameless one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// A file in an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    /// The artifact.
    pub artifact: ArtifactRef,
    /// The path in it, relative, with `/`.
    pub path: String,
}

/// A field's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A duration in seconds.
    Duration(u64),
    /// A text.
    Text(Text),
    /// A list.
    List(Vec<Value>),
    /// A record, in the order written.
    Record(IndexMap<String, Value>),
    /// An artifact.
    Artifact(ArtifactRef),
    /// A file of an artifact.
    File(FileRef),
    /// A secret of the pipeline, by its id: `Plan::secrets[].id`.
    Secret(String),
}

impl Value {
    /// A constant text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::Constant(text.into()))
    }

    /// The text when the value is a constant text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_constant(),
            _ => None,
        }
    }
}

/// Whether a path or glob stays inside the folder that it is relative to.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && !path.contains('\0')
        && path.split('/').all(|part| part != "..")
}

/// Whether a shell can hold a variable of this name, and every engine read it.
pub(crate) fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
