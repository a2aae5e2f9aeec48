//! Settings of one engine.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Location;
use crate::value::{Text, Value};

/// Settings of AWS CodePipeline (`aws { }`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aws {
    /// ARN of the role that the service assumes.
    pub role: Text,
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
    pub bucket: Text,
    /// Id, ARN or alias ARN of the KMS key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_key: Option<Text>,
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

/// Settings of Azure Pipelines (`azure { }`). They are kept for the exporter to come, and are not looked into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Azure {
    /// The fields, in the order written.
    pub settings: IndexMap<String, Value>,
    /// Where it is declared.
    pub source: Location,
}
