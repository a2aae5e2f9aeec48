//! The plan: what `compile` writes and `run` and the exporters read. Deterministic, complete, and free of anything that
//! belongs to one machine (no absolute path, no time, no value of a secret).

mod engine;
mod secret;
mod stage;
mod trigger;
mod validate;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use engine::{
    ArtifactStore, ArtifactStores, Aws, Azure, ExecutionMode, ParallelStages, PipelineType, RunAs,
};
pub use secret::{AwsSecret, LocalSecret, Secret};
pub use stage::{Comparison, Condition, Gate, GatePoint, OnFailure, Otherwise, Stage, VARIABLE_CHECK};
pub use trigger::{Filter, PullRequestEvent, Trigger};

use crate::catalog::{self, Callee};
use crate::value::{ArtifactRef, Text, Value};

/// The plan of one pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The form of this document.
    pub format: Format,
    /// The pipeline's name and description.
    pub pipeline: Pipeline,
    /// What a run can be given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// Where secrets are found; never their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// What starts a run on an engine, in the order written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Settings of AWS CodePipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws: Option<Aws>,
    /// Settings of Azure Pipelines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azure: Option<Azure>,
    /// The action types and rules that the user declared and the pipeline uses, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub callees: IndexMap<String, Callee>,
    /// The stages, each after those it needs.
    pub stages: Vec<Stage>,
    /// The actions, each after those it needs.
    pub actions: Vec<Action>,
}

/// The version of the plan's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// The first form.
    #[serde(rename = "standpipe.plan/1")]
    V1,
}

/// What names the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// The exported name.
    pub name: String,
    /// The doc comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it is declared.
    pub source: Location,
}

/// A place in the source, for messages about a plan. The default is nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The file, relative to the main file's folder, with `/`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// The type of a pipeline variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableType {
    /// Any text.
    String,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// One of these texts.
    Enum(Vec<String>),
}

/// A variable of the pipeline, given when a run starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The name in Pipe, which references use.
    pub id: String,
    /// The exported name.
    pub name: String,
    /// The doc comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it may be.
    #[serde(rename = "type")]
    pub ty: VariableType,
    /// Its value as text when a run gives none; without one the run must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// An action.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// `stage.action`, unique in the plan.
    pub id: String,
    /// The exported name.
    pub name: String,
    /// The stage's id.
    pub stage: String,
    /// The doc comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The callee as written: `run`, `git`, `aws.codebuild`.
    pub callee: String,
    /// The callee's own fields that were given, by their names in Pipe, in the order of the catalog.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub config: IndexMap<String, Value>,
    /// Ids of the actions that must be done before this one starts: those it references and those in its `after`.
    /// Stages add their own order (`Stage::needs`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The artifacts it reads; the first is primary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// The artifacts it makes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    /// Names of the variables that it declares to produce.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
    /// Environment variables, in the order written; texts and secrets only.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub env: IndexMap<String, Value>,
    /// What must hold when it could start; otherwise it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// How long it may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// How many times it is tried again after a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<u32>,
    /// The Region that it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Text>,
    /// ARN of the role that it assumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Text>,
    /// The exported name space of its variables, when the user fixes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What a local run does in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Local>,
    /// Where it is declared.
    pub source: Location,
}

/// An artifact that an action reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What follows `PIPE_INPUT_` in the name of the environment variable that holds its place: capitals, digits, `_`.
    pub name: String,
    /// Which artifact.
    pub artifact: ArtifactRef,
}

/// An artifact that an action makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The id in Pipe; absent for the nameless one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The exported name.
    pub name: String,
    /// Globs, relative to the working directory, of the files it holds; empty for callees that decide it themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// What a local run does in place of a cloud action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Local {
    /// Nothing, and it says so.
    Simulate,
    /// This script.
    Script {
        /// Run as the script of `run` is.
        script: String,
        /// Added to the action's own `env`.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        env: IndexMap<String, Value>,
    },
}

impl Plan {
    /// The facts about what an action calls, from the plan or from the catalog.
    #[must_use]
    pub fn callee(&self, name: &str) -> Option<&Callee> {
        self.callees.get(name).filter(|callee| !callee.is_rule).or_else(|| catalog::find(name))
    }

    /// The facts about a gate's rule, from the plan or from the catalog.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Callee> {
        self.callees.get(name).filter(|callee| callee.is_rule).or_else(|| catalog::find_rule(name))
    }
}
