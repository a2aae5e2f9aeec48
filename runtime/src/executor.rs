//! Does what an action or a gate says, once. Unaware of graph, order, retries and time-outs: it is given a job and a wish to stop.

pub(crate) mod approval;
pub(crate) mod cloud;
pub(crate) mod dry;
pub(crate) mod gate;
pub(crate) mod git;
pub(crate) mod local;
pub(crate) mod script;

use std::collections::BTreeSet;
use std::future::Future;
use std::path::PathBuf;

use compiler::plan::{Action, Local, Plan};
use compiler::value::Value;
use indexmap::IndexMap;
use tokio::sync::watch;

use crate::gate::COMMANDS;
use crate::graph::Graph;
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

/// The actions and gates of a run that run a script here.
#[derive(Debug)]
pub(crate) struct Scripts<'a>(Vec<&'a Action>);

impl<'a> Scripts<'a> {
    /// Gates whose outcome is `fixed` run nothing, nor do those of stages in which nothing takes part.
    pub(crate) fn new(
        plan: &'a Plan,
        graph: &'a Graph,
        selected: &[bool],
        kinds: &[Kind],
        fixed: &IndexMap<String, bool>,
    ) -> Self {
        let actions = plan
            .actions
            .iter()
            .enumerate()
            .filter(|(index, _)| selected[*index] && matches!(kinds[*index], Kind::Run | Kind::Script));
        let gates = graph.gates.iter().filter(|node| {
            let takes_part = graph.stages[node.stage.0].actions.iter().any(|action| selected[action.0]);
            node.work.callee == COMMANDS && takes_part && !fixed.contains_key(&node.id)
        });
        Self(actions.map(|(_, action)| action).chain(gates.map(|node| &node.work)).collect())
    }

    /// Each as an action.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a Action> {
        self.0.iter().copied()
    }

    /// The ids of the secrets in their environments.
    pub(crate) fn secrets(&self) -> BTreeSet<&'a str> {
        let env = |action: &'a Action| {
            let local = match &action.local {
                Some(Local::Script { env, .. }) => Some(env),
                _ => None,
            };
            std::iter::once(&action.env).chain(local).flat_map(|env| env.values())
        };
        self.all()
            .flat_map(env)
            .filter_map(|value| match value {
                Value::Secret(id) => Some(id.as_str()),
                _ => None,
            })
            .collect()
    }
}
