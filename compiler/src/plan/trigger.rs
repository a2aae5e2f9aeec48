//! What starts a run on an engine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Location;

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
    /// A push to a branch of a source.
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
    /// A tag that is pushed to a source.
    Tag {
        /// The source action's id.
        action: String,
        /// Which tags.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tags: Option<Filter>,
        /// Where it is declared.
        source: Location,
    },
    /// A pull request to a branch of a source.
    PullRequest {
        /// The source action's id.
        action: String,
        /// What happened to it; empty means any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        events: Vec<PullRequestEvent>,
        /// Which target branches.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branches: Option<Filter>,
        /// Which changed paths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paths: Option<Filter>,
        /// Where it is declared.
        source: Location,
    },
    /// A time.
    Schedule {
        /// `cron(…)` or `rate(…)`, as `EventBridge` writes it.
        expression: String,
        /// Where it is declared.
        source: Location,
    },
}

/// What happened to a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PullRequestEvent {
    /// It was opened.
    Opened,
    /// Something was pushed to it.
    Updated,
    /// It was closed, merged or not.
    Closed,
}

impl Trigger {
    /// The source action that it watches; none for a time.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        match self {
            Self::Push { action, .. } | Self::Tag { action, .. } | Self::PullRequest { action, .. } => {
                Some(action)
            }
            Self::Schedule { .. } => None,
        }
    }

    /// Where it is declared.
    #[must_use]
    pub fn source(&self) -> &Location {
        match self {
            Self::Push { source, .. }
            | Self::Tag { source, .. }
            | Self::PullRequest { source, .. }
            | Self::Schedule { source, .. } => source,
        }
    }

    pub(crate) fn source_mut(&mut self) -> &mut Location {
        match self {
            Self::Push { source, .. }
            | Self::Tag { source, .. }
            | Self::PullRequest { source, .. }
            | Self::Schedule { source, .. } => source,
        }
    }
}
