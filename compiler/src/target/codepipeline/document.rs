//! The document that `create-pipeline` takes, as types: exactly the members of the service's API under their own names,
//! in the order in which a person reads a pipeline. Absent members are left out, since the service refuses `null` and
//! empty lists in most places.
//!
//! Source: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html>

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

macro_rules! structures {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct $name { $($(#[$field_meta])* pub $field: $ty,)* }
        )*
    };
}

structures! {
    /// The whole input.
    CreatePipeline {
        /// The pipeline.
        pipeline: Pipeline,
        /// Its tags.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Tag>,
    }

    /// A tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    }

    /// `PipelineDeclaration`.
    Pipeline {
        /// The name.
        name: String,
        /// ARN of the role that the service assumes.
        role_arn: String,
        /// `V1` or `V2`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pipeline_type: Option<String>,
        /// `SUPERSEDED`, `QUEUED` or `PARALLEL`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        execution_mode: Option<String>,
        /// The one artifact store.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        artifact_store: Option<ArtifactStore>,
        /// An artifact store for each Region.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        artifact_stores: IndexMap<String, ArtifactStore>,
        /// The variables of the pipeline.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variables: Vec<Variable>,
        /// What starts it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        triggers: Vec<Trigger>,
        /// The stages.
        stages: Vec<Stage>,
        /// The service's own count of versions; ignored in a request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
    }

    /// `ArtifactStore`.
    ArtifactStore {
        /// `S3`.
        #[serde(rename = "type")]
        kind: String,
        /// The bucket.
        location: String,
        /// The key that encrypts it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encryption_key: Option<EncryptionKey>,
    }

    /// `EncryptionKey`.
    EncryptionKey {
        /// Id, ARN or alias ARN.
        id: String,
        /// `KMS`.
        #[serde(rename = "type")]
        kind: String,
    }

    /// `PipelineVariableDeclaration`.
    Variable {
        /// The name.
        name: String,
        /// The value of an execution that gives none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_value: Option<String>,
        /// What it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    }

    /// `PipelineTriggerDeclaration`.
    Trigger {
        /// `CodeStarSourceConnection`.
        provider_type: String,
        /// The filters.
        git_configuration: GitConfiguration,
    }

    /// `GitConfiguration`.
    GitConfiguration {
        /// The source action's name.
        source_action_name: String,
        /// Filters of pushes; one must let a push pass.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        push: Vec<PushFilter>,
        /// Filters of pull requests.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pull_request: Vec<PullRequestFilter>,
    }

    /// `GitPushFilter`.
    PushFilter {
        /// Tags; never beside the others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tags: Option<Patterns>,
        /// Branches.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branches: Option<Patterns>,
        /// Changed files; only beside branches.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file_paths: Option<Patterns>,
    }

    /// `GitPullRequestFilter`.
    PullRequestFilter {
        /// `OPEN`, `UPDATED`, `CLOSED`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        events: Vec<String>,
        /// Target branches.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branches: Option<Patterns>,
        /// Changed files.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file_paths: Option<Patterns>,
    }

    /// Patterns that something must and must not match.
    Patterns {
        /// One must match.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        includes: Vec<String>,
        /// None may match.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        excludes: Vec<String>,
    }

    /// `StageDeclaration`.
    Stage {
        /// The name.
        name: String,
        /// Decided before the stage starts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before_entry: Option<Conditions>,
        /// The actions, by run order.
        actions: Vec<Action>,
        /// Decided when all actions are done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_success: Option<Conditions>,
        /// What happens when the stage fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_failure: Option<OnFailure>,
    }

    /// `BeforeEntryConditions` and `SuccessConditions`.
    Conditions {
        /// Exactly one.
        conditions: Vec<Condition>,
    }

    /// `Condition`.
    Condition {
        /// What happens when it does not hold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<String>,
        /// All must hold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rules: Vec<Rule>,
    }

    /// `RuleDeclaration`.
    Rule {
        /// The name.
        name: String,
        /// Which rule.
        rule_type_id: RuleTypeId,
        /// Its settings.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        configuration: IndexMap<String, String>,
        /// The commands of a `Commands` rule.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commands: Vec<String>,
        /// The artifacts that it reads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        input_artifacts: Vec<InputArtifact>,
        /// ARN of the role that it assumes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role_arn: Option<String>,
        /// The Region that it works in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// How long it may take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_in_minutes: Option<u64>,
    }

    /// `RuleTypeId`.
    RuleTypeId {
        /// `Rule`.
        category: String,
        /// `AWS`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// The rule's provider.
        provider: String,
        /// `1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    }

    /// `FailureConditions`.
    OnFailure {
        /// `ROLLBACK` or `RETRY`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<String>,
        /// How `RETRY` works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_configuration: Option<RetryConfiguration>,
        /// Conditions; never beside a retry.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Condition>,
    }

    /// `RetryConfiguration`.
    RetryConfiguration {
        /// `FAILED_ACTIONS` or `ALL_ACTIONS`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_mode: Option<String>,
    }

    /// `ActionDeclaration`.
    Action {
        /// The name.
        name: String,
        /// Which action type.
        action_type_id: ActionTypeId,
        /// Actions of a stage with the same number run side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run_order: Option<u32>,
        /// The name space of its variables.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
        /// The Region that it works in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// ARN of the role that it assumes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role_arn: Option<String>,
        /// The artifacts that it reads; the first is primary.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        input_artifacts: Vec<InputArtifact>,
        /// Its settings; all are texts.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        configuration: IndexMap<String, String>,
        /// Environment variables of a Commands action.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        environment_variables: Vec<EnvironmentVariable>,
        /// The commands of a Commands action.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commands: Vec<String>,
        /// The artifacts that it makes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        output_artifacts: Vec<OutputArtifact>,
        /// Names of the variables of a Commands action.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        output_variables: Vec<String>,
        /// How long an approval may take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_in_minutes: Option<u64>,
    }

    /// `ActionTypeId`.
    ActionTypeId {
        /// `Source`, `Build`, …
        category: String,
        /// `AWS`, `ThirdParty` or `Custom`.
        owner: String,
        /// The provider.
        provider: String,
        /// The version, a text.
        version: String,
    }

    /// `InputArtifact`.
    InputArtifact {
        /// The artifact's name.
        name: String,
    }

    /// `OutputArtifact`.
    OutputArtifact {
        /// The artifact's name.
        name: String,
        /// Which files it holds; Commands actions only.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    }

    /// `EnvironmentVariable`.
    EnvironmentVariable {
        /// The name.
        name: String,
        /// The value.
        value: String,
        /// `PLAINTEXT` (the default) or `SECRETS_MANAGER`.
        #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    }
}

impl CreatePipeline {
    /// As the file that `--cli-input-json` takes.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts, lists and maps with text keys always serialise.
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |json| json + "\n")
    }
}
