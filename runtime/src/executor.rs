//! Does what an action says, once. Unaware of graph, order, retries and time-outs: it is given a job and a wish to stop.

pub(crate) mod approval;
pub(crate) mod cloud;
pub(crate) mod dry;
pub(crate) mod git;
pub(crate) mod local;
pub(crate) mod script;

use std::future::Future;
use std::path::PathBuf;

use compiler::plan::{Action, Local};
use tokio::sync::watch;

use crate::job::Job;
use crate::outcome::Outcome;
use crate::signal::Stop;
use crate::state::Traits;

/// The end of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Execution {
    pub(crate) outcome: Outcome,
    /// The log, if anything was written.
    pub(crate) log: Option<PathBuf>,
}

/// Does an action once. `stop` says when it shall end early; then it ends with `Outcome::Stopped`, and nothing of it is left.
pub(crate) trait Execute: Send + Sync + 'static {
    fn execute(&self, job: Job, stop: watch::Receiver<Stop>) -> impl Future<Output = Execution> + Send;
}

/// How an action is done in a local run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A working tree is taken.
    Source,
    /// The script of a `run`.
    Run,
    /// The script in `local`.
    Script,
    /// A person decides.
    Approval,
    /// Nothing is done, but files are looked at.
    Cloud,
}

impl Kind {
    pub(crate) fn of(action: &Action, has_source: bool) -> Self {
        match (&action.local, action.callee.as_str()) {
            _ if has_source => Self::Source,
            (Some(Local::Script { .. }), _) => Self::Script,
            (None, "git") => Self::Source,
            (None, "run") => Self::Run,
            (None, "approve") => Self::Approval,
            (None | Some(Local::Simulate), _) => Self::Cloud,
        }
    }

    /// How the scheduler treats it: only scripts take a job, all but the cloud need what they use.
    pub(crate) fn traits(self) -> Traits {
        Traits { takes_job: matches!(self, Self::Run | Self::Script), real: self != Self::Cloud }
    }
}
