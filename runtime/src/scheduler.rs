//! The loop of a run: starts what may start, waits for one thing to happen, and hands it to the state.
//! Unaware of what executors do, and of every rule that `RunState` decides.

use std::sync::Arc;

use compiler::plan::Otherwise;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::attempt::{self, Finished};
use crate::codes;
use crate::error::Error;
use crate::event::Events;
use crate::executor::{Execute, Execution};
use crate::graph::{GateIndex, Task};
use crate::job::Job;
use crate::outcome::{Mode, Outcome};
use crate::signal::{Stop, raise, reached};
use crate::state::RunState;
use crate::summary::{GateStatus, Status};

/// What all actions of a run share.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) fail_fast: bool,
    pub(crate) stop: &'a watch::Sender<Stop>,
    pub(crate) events: &'a Events,
}

/// Runs everything that can run. An error means that the machine failed; all processes have ended by then.
///
/// Whatever may start is started; then one event is awaited: an action is over, or the run shall end. Each event can make
/// more actions ready, so the loop begins again. It ends when nothing runs: then nothing can become ready any more.
pub(crate) async fn run<E: Execute>(
    state: &mut RunState,
    executor: &Arc<E>,
    run: &Run<'_>,
) -> Result<(), Error> {
    let mut running = JoinSet::new();
    let mut asked = run.stop.subscribe();
    let mut broken = None;
    let mut ending = false;
    loop {
        while let Some(task) = state.next() {
            let job = Job::new(state, task);
            let (events, asked) = (run.events.clone(), run.stop.subscribe());
            running.spawn(attempt::run(Arc::clone(executor), job, events, asked));
        }
        if running.is_empty() {
            break;
        }
        // The wish to end comes first: whoever was stopped by it must not be taken for one that ended on its own.
        tokio::select! {
            biased;
            () = reached(&mut asked, Stop::End), if !ending => {
                ending = true;
                state.cancel();
            }
            Some(joined) = running.join_next() => {
                let stops = match joined {
                    Ok(finished) => take(state, finished, run.fail_fast),
                    Err(error) => Err(Error::environment(codes::IO, format!("BUG: {error}"), "please report this")),
                };
                let ends = match stops {
                    Ok(ends) => ends,
                    Err(error) => {
                        broken.get_or_insert(error);
                        true
                    }
                };
                if ends {
                    raise(run.stop, Stop::End);
                    // At once: the next thing that this loop does is to start what has become ready.
                    if !ending {
                        ending = true;
                        state.cancel();
                    }
                }
            }
        }
    }
    broken.map_or(Ok(()), Err)
}

/// Hands the end of an action or a gate to the state. True when the run shall end because of it.
fn take(state: &mut RunState, finished: Finished, fail_fast: bool) -> Result<bool, Error> {
    let Finished { task, attempts, execution } = finished;
    let action = match task {
        Task::Action(action) => action,
        Task::Gate(gate) => return take_gate(state, gate, execution, fail_fast),
    };
    let record = &mut state.actions[action.0];
    record.attempts = attempts;
    record.log = execution.log.or(record.log.take());
    match execution.outcome {
        Outcome::Done(product) => {
            let status = match product.mode {
                Mode::Ran => Status::Ran,
                Mode::Checked => Status::Checked,
                Mode::Simulated => Status::Simulated,
                Mode::Planned => Status::Planned,
            };
            state.complete(action, status, Some(product));
            Ok(false)
        }
        Outcome::Failed(failure) => {
            state.complete(action, Status::Failed(failure), None);
            Ok(fail_fast)
        }
        Outcome::Stopped { .. } => {
            state.complete(action, Status::Cancelled, None);
            Ok(false)
        }
        Outcome::Broken(error) => {
            state.complete(action, Status::Cancelled, None);
            Err(error)
        }
    }
}

fn take_gate(
    state: &mut RunState,
    gate: GateIndex,
    execution: Execution,
    fail_fast: bool,
) -> Result<bool, Error> {
    state.gates[gate.0].log = execution.log;
    let fails = state.gate(gate).otherwise != Otherwise::Skip;
    match execution.outcome {
        Outcome::Done(product) => {
            let status = match product.mode {
                Mode::Ran | Mode::Checked => GateStatus::Passed,
                Mode::Simulated => GateStatus::Simulated,
                Mode::Planned => GateStatus::Planned,
            };
            state.complete_gate(gate, status, product.note.unwrap_or_default());
            Ok(false)
        }
        Outcome::Failed(failure) => {
            state.complete_gate(gate, GateStatus::Refused(failure), String::new());
            Ok(fail_fast && fails)
        }
        Outcome::Stopped { .. } => {
            state.complete_gate(gate, GateStatus::Cancelled, String::new());
            Ok(false)
        }
        Outcome::Broken(error) => {
            state.complete_gate(gate, GateStatus::Cancelled, String::new());
            Err(error)
        }
    }
}
