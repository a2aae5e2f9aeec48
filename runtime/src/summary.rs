//! The result of a run as data. Unaware of how it came about and of how it is shown.

use std::path::PathBuf;
use std::time::Duration;

use compiler::plan::{GatePoint, Otherwise};

use crate::error::Failure;

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It really ran here.
    Ran,
    /// Not run, but the files that the service will look for are there.
    Checked,
    /// Not run: nothing was done in its place.
    Simulated,
    /// Not run.
    Skipped(Skip),
    /// It failed.
    Failed(Failure),
    /// Stopped, or never started, because the run was ended.
    Cancelled,
    /// A dry run: it would run here.
    Planned,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Checked => "checked",
            Self::Simulated => "simulated",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
            Self::Planned => "would run",
        }
    }

    /// True for what keeps those that wait for it from starting.
    pub(crate) fn blocks(&self) -> bool {
        match self {
            Self::Failed(_) | Self::Cancelled => true,
            Self::Skipped(skip) => skip.blocks,
            Self::Ran | Self::Checked | Self::Simulated | Self::Planned => false,
        }
    }
}

/// Why an action was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The reason, as a part of a sentence.
    pub reason: String,
    /// True when a failure is behind it; then those that wait for it are skipped, too.
    pub blocks: bool,
    /// True when its whole stage is passed over, which is said once, of the stage.
    pub with_stage: bool,
}

/// What became of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateStatus {
    /// It was decided here, and passes.
    Passed,
    /// It was not decided here, and is taken to pass.
    Simulated,
    /// It does not pass.
    Refused(Failure),
    /// The run did not come to it, or not need it.
    NotReached,
    /// The run was ended before it was decided.
    Cancelled,
    /// A dry run: it would be decided here.
    Planned,
}

impl GateStatus {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Simulated => "simulated",
            Self::Refused(_) => "refused",
            Self::NotReached => "not reached",
            Self::Cancelled => "cancelled",
            Self::Planned => "planned",
        }
    }
}

/// What became of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageStatus {
    /// All of its actions are done.
    Succeeded,
    /// An action failed, or a gate did not pass.
    Failed,
    /// Its `when` or a gate skipped it, or an action failed and the stage says `on failure skip`: what follows went on.
    Skipped,
    /// Something before it failed.
    Blocked,
    /// The run was ended.
    Cancelled,
}

impl StageStatus {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Blocked => "not started",
            Self::Cancelled => "cancelled",
        }
    }
}

/// An action's part of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionSummary {
    /// `stage.action`.
    pub id: String,
    /// Its stage's id.
    pub stage: String,
    /// What became of it.
    pub status: Status,
    /// How many times it was started.
    pub attempts: u32,
    /// From the start of the run to its first start.
    pub started: Option<Duration>,
    /// From its first start to its end.
    pub duration: Option<Duration>,
    /// Its log, if it wrote anything.
    pub log: Option<PathBuf>,
    /// In a dry run: the condition that only a real run can decide.
    pub note: Option<String>,
}

/// A gate's part of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateSummary {
    /// `stage.gate`.
    pub id: String,
    /// Its stage's id.
    pub stage: String,
    /// When it is decided.
    pub on: GatePoint,
    /// What happens when it does not pass.
    pub otherwise: Otherwise,
    /// What became of it.
    pub status: GateStatus,
    /// Why, as a sentence without its full stop; empty where there is nothing to say.
    pub reason: String,
    /// How long it took to decide.
    pub duration: Option<Duration>,
    /// The log of its commands, if they wrote anything.
    pub log: Option<PathBuf>,
}

/// A stage's part of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageSummary {
    /// The stage's id.
    pub id: String,
    /// What became of it.
    pub status: StageStatus,
    /// Why, where its condition or a gate decided it.
    pub reason: Option<String>,
    /// True when it fails the run and an engine would go back to the last good execution.
    pub rollback: bool,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The run's id; empty for a dry run.
    pub run: String,
    /// The pipeline's name.
    pub pipeline: String,
    /// Nothing was run on purpose.
    pub dry_run: bool,
    /// The stages in the plan's order.
    pub stages: Vec<StageSummary>,
    /// The actions in the plan's order.
    pub actions: Vec<ActionSummary>,
    /// The gates in the plan's order.
    pub gates: Vec<GateSummary>,
    /// How long the run took.
    pub duration: Duration,
    /// The actions that decided how long it took, in order.
    pub critical_path: Vec<String>,
    /// A signal ended it.
    pub interrupted: bool,
}

impl Summary {
    /// True when every stage succeeded, was skipped by its `when` or a gate, or failed where the pipeline allows it
    /// (`on failure skip`).
    #[must_use]
    pub fn succeeded(&self) -> bool {
        !self.interrupted
            && self.stages.iter().all(|s| matches!(s.status, StageStatus::Succeeded | StageStatus::Skipped))
    }

    /// The action with an id.
    #[must_use]
    pub fn action(&self, id: &str) -> Option<&ActionSummary> {
        self.actions.iter().find(|a| a.id == id)
    }

    /// The gate with an id, `stage.gate`.
    #[must_use]
    pub fn gate(&self, id: &str) -> Option<&GateSummary> {
        self.gates.iter().find(|g| g.id == id)
    }
}
