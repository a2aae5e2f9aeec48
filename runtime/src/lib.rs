//! Runs a plan on this machine: fresh workspaces, artifacts by content, a journal of everything that happened.
//!
//! ```text
//! Plan, Options -> Inputs (checked) -> Graph -> RunState <- scheduler -> attempt -> executor -> process
//!                    |                             |                                               |
//!                  Secrets                       Events -> journal, then report <- Log <- Masker <-+
//! ```
//! Gates go the same way as actions; `state` says when each is asked and what follows from its answer.
//! Names nothing of the compiler but `plan` and `value`.

mod attempt;
mod blocking;
mod capture;
mod check;
mod clock;
mod codes;
mod condition;
mod error;
mod event;
mod executor;
mod gate;
mod graph;
mod inputs;
mod job;
mod journal;
mod log;
mod mask;
mod options;
mod outcome;
mod outputs;
mod process;
mod report;
mod run;
mod scheduler;
mod secret;
mod signal;
mod state;
mod store;
mod summarize;
mod summary;
#[cfg(test)]
mod tests;
mod values;
mod workspace;

pub use codes::{CODES, Code};
pub use error::{Error, Failure, Problem};
pub use gate::AlarmState;
pub use options::{Options, Output};
pub use run::run;
pub use summary::{ActionSummary, GateStatus, GateSummary, Skip, StageStatus, StageSummary, Status, Summary};
