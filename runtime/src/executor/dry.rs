//! Does nothing: what a run would do, for `--dry-run` and for tests of the order.

use tokio::sync::watch;

use super::{Execute, Execution, Kind};
use crate::job::Job;
use crate::outcome::{Mode, Outcome, Product};
use crate::signal::Stop;

/// Says of each action whether it would really run.
#[derive(Debug)]
pub(crate) struct Dry {
    pub(crate) kinds: Vec<Kind>,
}

impl Execute for Dry {
    async fn execute(&self, job: Job, _: watch::Receiver<Stop>) -> Execution {
        let mode = if self.kinds[job.index.0] == Kind::Cloud { Mode::Simulated } else { Mode::Planned };
        Execution { outcome: Outcome::Done(Product::only(mode)), log: None }
    }
}
