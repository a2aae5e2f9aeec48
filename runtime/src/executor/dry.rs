//! Does nothing: what a run would do, for `--dry-run` and for tests of the order.

use indexmap::IndexMap;
use tokio::sync::watch;

use super::{Execute, Execution, Kind};
use crate::gate::is_real;
use crate::job::Job;
use crate::outcome::{Mode, Outcome, Product};
use crate::signal::Stop;

/// Says of each action whether it would really run, and of each gate whether it would really be decided.
#[derive(Debug)]
pub(crate) struct Dry {
    pub(crate) kinds: Vec<Kind>,
    /// Whether gates pass, whatever their rules say, by `stage.gate`.
    pub(crate) fixed: IndexMap<String, bool>,
}

impl Execute for Dry {
    async fn execute(&self, job: Job, _: watch::Receiver<Stop>) -> Execution {
        let is_real = match (job.gate(), job.index()) {
            (Some((gate, id)), _) => is_real(&gate.rule) && !self.fixed.contains_key(id),
            (None, Some(index)) => self.kinds[index.0] != Kind::Cloud,
            (None, None) => true,
        };
        let mode = if is_real { Mode::Planned } else { Mode::Simulated };
        Execution { outcome: Outcome::Done(Product::only(mode)), log: None }
    }
}
