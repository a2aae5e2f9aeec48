//! The plan: what `compile` writes and `run` and the exporters read. Deterministic, complete, and free of anything that
//! belongs to one machine (no absolute path, no time, no value of a secret).

mod validate;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{ArtifactRef, Value};

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
    /// What starts a run on an engine, in the order written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Settings of AWS CodePipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws: Option<Aws>,
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

/// A place in the source, for messages about a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// Patterns that something must and must not match; empty `include` means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// At least one must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// None may match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// What starts a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A push to a source.
    Push {
        /// The source action's id.
        action: String,
        /// Which branches.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branches: Option<Filter>,
        /// Which changed paths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paths: Option<Filter>,
        /// Where it is declared.
        source: Location,
    },
}

/// Settings of AWS CodePipeline (`aws { }`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aws {
    /// ARN of the role that the service assumes.
    pub role: String,
    /// The artifact store, or one for each Region.
    pub artifacts: ArtifactStores,
    /// How executions of the same pipeline meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ExecutionMode>,
    /// The service's pipeline type, when the user asks for one.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub pipeline_type: Option<PipelineType>,
    /// What `run` becomes.
    #[serde(default)]
    pub run: RunAs,
    /// What happens to stages that could run side by side.
    #[serde(default)]
    pub parallel_stages: ParallelStages,
    /// Tags of the pipeline, in the order written.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// Stages whose inbound transition is disabled, with the reason.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub disabled: IndexMap<String, String>,
    /// Where it is declared.
    pub source: Location,
}

/// Where the service keeps artifacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactStores {
    /// One bucket in the pipeline's Region.
    One(ArtifactStore),
    /// A bucket for each Region that an action uses.
    PerRegion(IndexMap<String, ArtifactStore>),
}

/// One artifact bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactStore {
    /// The bucket's name.
    pub bucket: String,
    /// Id, ARN or alias ARN of the KMS key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_key: Option<String>,
}

/// How executions of the same pipeline meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionMode {
    /// A newer one overtakes a waiting one.
    Superseded,
    /// One after the other.
    Queued,
    /// Side by side.
    Parallel,
}

/// The service's pipeline types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PipelineType {
    /// The first, without variables, triggers or conditions.
    V1,
    /// The current one.
    V2,
}

/// What a `run` action becomes on AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunAs {
    /// A Commands action.
    #[default]
    Commands,
    /// A CodeBuild action with a project of its own.
    Codebuild,
}

/// What happens to stages that could run side by side, which the service cannot express.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParallelStages {
    /// They are put into a sequence.
    #[default]
    Serialize,
    /// They become one stage.
    Merge,
}

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

/// An action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Environment variables, in the order written; texts only.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub env: IndexMap<String, Value>,
    /// How long it may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// How many times it is tried again after a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<u32>,
    /// The Region that it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ARN of the role that it assumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
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
