//! Secrets: where each engine finds them. A plan never holds the value of one, but for those that the user wrote out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Location;

/// A secret of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The name in Pipe, which references use.
    pub id: String,
    /// The doc comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where a local run finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalSecret>,
    /// Where AWS finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws: Option<AwsSecret>,
    /// Where it is declared.
    pub source: Location,
}

/// Where a local run finds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocalSecret {
    /// In this environment variable.
    Env(String),
    /// Under this name in the file `.env` beside the pipeline file.
    Dotenv(String),
    /// What this command line prints, without the last line's end.
    Command(String),
}

/// Where AWS finds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AwsSecret {
    /// In Secrets Manager: `name`, or `name:key:stage:version`.
    SecretsManager(String),
    /// In the Parameter Store of Systems Manager.
    ParameterStore(String),
    /// Where only the service knows: it shows `****`, and is given `****` again.
    Masked,
    /// Written out.
    Literal(String),
    /// What a CloudFormation expression gives, as JSON text.
    Cloudformation(String),
}
