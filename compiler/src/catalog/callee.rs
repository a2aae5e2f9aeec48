//! What a callee is: an action type that a pipeline can call, or a rule that a gate can check.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An action type, or a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Callee {
    /// As written: `run`, `aws.codebuild`.
    pub name: String,
    /// Whether it is a rule.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_rule: bool,
    /// What it does, for hover and the reference.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// Where the facts are from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// What to use in its place, where it should not be used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The action type of AWS CodePipeline; none for portable callees, which each engine expresses in its own way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// How many input artifacts.
    pub inputs: Count,
    /// How many output artifacts.
    pub outputs: Count,
    /// Whether its outputs are globs over a working directory.
    #[serde(default, skip_serializing_if = "is_false")]
    pub globs: bool,
    /// Its output variables.
    #[serde(default, skip_serializing_if = "Variables::is_none")]
    pub variables: Variables,
    /// Whether it takes `env`, and where a service keeps that.
    #[serde(default, skip_serializing_if = "Environment::is_none")]
    pub environment: Environment,
    /// The sources of secrets that its environment can hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretSource>,
    /// Its own fields. Those that imply inputs (`Type::Artifact`, `Type::File`) do so in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// An action type of AWS CodePipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Categories under which it exists; the first is the default. More than one adds the field `category`.
    pub categories: Vec<String>,
    /// `AWS`, `ThirdParty` or `Custom`.
    pub owner: String,
    /// The provider's name.
    pub provider: String,
    /// The version, a text on the wire.
    pub version: String,
    /// Whether only pipelines of type V2 have it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub v2_only: bool,
}

/// How many of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// At least.
    pub min: usize,
    /// At most.
    pub max: usize,
}

/// What output variables a callee has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variables {
    /// None.
    #[default]
    None,
    /// Exactly these.
    Fixed(Vec<Variable>),
    /// Those that the action lists in `variables`.
    Declared,
    /// Those that the action lists in `variables`; without a list any name, known only when it runs.
    Open,
}

/// An output variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The name in Pipe.
    pub name: String,
    /// The service's key.
    pub key: String,
    /// What it holds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
}

/// Where environment variables go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// The callee has none.
    #[default]
    None,
    /// The process that it starts.
    Process,
    /// A configuration key of the service that holds them as JSON text.
    Key(String),
}

/// Where AWS can find a secret that goes into an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// Secrets Manager.
    SecretsManager,
    /// The Parameter Store of Systems Manager.
    ParameterStore,
}

/// A field of a callee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The name in Pipe.
    pub name: String,
    /// The service's configuration key; empty where the field is not configuration.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What it may be.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether it must be given.
    #[serde(default, skip_serializing_if = "Required::is_no")]
    pub required: Required,
    /// The service's own default, for hover; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// What a number or the length of a text is held against.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
}

/// What a value is held against beside its type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The most characters of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// The most elements of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<usize>,
    /// A regular expression that the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// Whether a field must be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// Always.
    Yes,
    /// Never.
    #[default]
    No,
    /// When another field has one of these values (a bool is written `true`/`false`).
    When(String, Vec<String>),
    /// When none of these fields is given.
    Unless(Vec<String>),
    /// When one of these fields is given.
    With(Vec<String>),
    /// When the action has more than one input artifact.
    SeveralInputs,
    /// When the action has no input artifact.
    NoInputs,
}

/// What a field may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// A text; parts of it may be known only at run.
    String,
    /// A text that must be known while compiling.
    ConstString,
    /// A script: constant, never interpolated.
    Script,
    /// A list of commands that the service expands itself.
    Commands,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// A duration.
    Duration,
    /// One of these texts.
    Enum(Vec<String>),
    /// A list of these texts; joined with commas for a service.
    EnumList(Vec<String>),
    /// A list of texts; joined with commas for a service.
    StringList,
    /// An artifact that becomes an input.
    Artifact,
    /// A file of an artifact that becomes an input.
    File,
    /// Anything that JSON can hold; encoded as JSON text for a service.
    Json,
    /// A record whose values are texts.
    StringMap,
    /// A glob or a list of globs.
    Globs,
    /// A secret.
    Secret,
}

impl Callee {
    /// The callee's own field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether actions of it are sources: they read no artifact and stand in the first stage.
    #[must_use]
    pub fn is_source(&self) -> bool {
        self.name == "git" || self.service.as_ref().is_some_and(|service| service.categories == ["Source"])
    }

    /// What messages call it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        if self.is_rule { "rule" } else { "action type" }
    }
}

impl Count {
    /// This many, no fewer and no more.
    #[must_use]
    pub const fn exactly(n: usize) -> Self {
        Self { min: n, max: n }
    }

    /// Whether `n` is not too few and not too many.
    #[must_use]
    pub const fn contains(self, n: usize) -> bool {
        self.min <= n && n <= self.max
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (0, 0) => f.write_str("no"),
            (min, max) if min == max => write!(f, "exactly {min}"),
            (min, usize::MAX) => write!(f, "at least {min}"),
            (min, max) => write!(f, "{min} to {max}"),
        }
    }
}

impl Variables {
    const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Environment {
    const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Required {
    const fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl Limits {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
