//! Stages: their order, the conditions of their entry and exit, and what happens when they fail.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Input, Location};
use crate::value::{Text, Value};

/// A stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The name in Pipe (`deploy`, `deploy-eu` for a member of a family).
    pub id: String,
    /// The exported name.
    pub name: String,
    /// The doc comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Ids of the stages whose exits its entry waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// What must hold when the stage is entered; otherwise it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Its gates, in the order written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// What happens when it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
    /// Where it is declared.
    pub source: Location,
}

/// What happens when a stage fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Back to the last good execution.
    Rollback,
    /// The stage counts as skipped.
    Skip,
    /// Once more; which actions is the engine's choice (locally those that failed).
    Retry,
    /// Once more, only the actions that failed.
    RetryFailedActions,
    /// Once more, all actions.
    RetryAllActions,
}

/// A condition that a run decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All must hold.
    All(Vec<Condition>),
    /// One must hold.
    Any(Vec<Condition>),
    /// It must not hold.
    Not(Box<Condition>),
    /// Two texts are compared.
    Check {
        /// The text that is looked at.
        value: Text,
        /// How.
        operator: Comparison,
        /// What it is held against; for `Matches` a regular expression that is found anywhere in the text.
        operand: Text,
    },
    /// The text is one of these.
    OneOf {
        /// The text that is looked at.
        value: Text,
        /// The texts that it may be.
        texts: Vec<Text>,
    },
}

/// How a condition compares two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// They are the same.
    Equal,
    /// They differ.
    NotEqual,
    /// The first holds the second.
    Contains,
    /// The second, a regular expression, finds something in the first.
    Matches,
}

/// The rule that compares two texts as a condition does.
pub const VARIABLE_CHECK: &str = "aws.variable_check";

impl Comparison {
    /// What an operator of [`VARIABLE_CHECK`] means.
    #[must_use]
    pub fn of_rule(operator: &str) -> Option<Self> {
        match operator {
            "EQ" => Some(Self::Equal),
            "NE" => Some(Self::NotEqual),
            "CONTAINS" => Some(Self::Contains),
            "MATCHES" => Some(Self::Matches),
            _ => None,
        }
    }
}

/// A gate: a rule that is checked when a stage is entered, has succeeded or has failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The name in Pipe, unique in the stage.
    pub id: String,
    /// The exported name.
    pub name: String,
    /// The doc comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it is checked.
    pub on: GatePoint,
    /// The rule as written: `aws.alarm`.
    pub rule: String,
    /// The rule's own fields that were given, by their names in Pipe, in the order of the catalog.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub config: IndexMap<String, Value>,
    /// The artifacts that it reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// Environment variables, in the order written; texts and secrets only.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub env: IndexMap<String, Value>,
    /// The Region that it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Text>,
    /// ARN of the role that it assumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Text>,
    /// How long it may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// What happens when it does not pass.
    pub otherwise: Otherwise,
    /// Where it is declared.
    pub source: Location,
}

/// When a gate is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GatePoint {
    /// Before the stage starts.
    Entry,
    /// When all of its actions have succeeded.
    Success,
    /// When it has failed.
    Failure,
}

/// What happens when a gate does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// The stage fails.
    Fail,
    /// Back to the last good execution.
    Rollback,
    /// The stage is skipped.
    Skip,
}
