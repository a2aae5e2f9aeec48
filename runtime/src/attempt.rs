//! The attempts at one action: time-out, retries with back-off, and the wish to stop passed on to the executor.
//! Unaware of the graph and of what the executor does.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::codes;
use crate::error::Failure;
use crate::event::{Event, Events};
use crate::executor::{Execute, Execution};
use crate::graph::Task;
use crate::job::Job;
use crate::outcome::Outcome;
use crate::signal::{Stop, raise, reached};

/// The end of the last attempt.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) task: Task,
    pub(crate) attempts: u32,
    pub(crate) execution: Execution,
}

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Tries an action until it succeeds, its retries are used up or the run ends.
pub(crate) async fn run<E: Execute>(
    executor: Arc<E>,
    mut job: Job,
    events: Events,
    mut asked: watch::Receiver<Stop>,
) -> Finished {
    let timeout = job.action().timeout.map(Duration::from_secs);
    let retries = job.action().retry.unwrap_or(0);
    let first = job.attempt;
    loop {
        let (task, attempt) = (job.task, job.attempt);
        let tried = attempt - first + 1;
        let mut execution = once(&*executor, job.clone(), timeout, asked.clone()).await;
        // What is said of it may quote what it was given.
        match &mut execution.outcome {
            Outcome::Failed(failure) => events.masker().failure(failure),
            Outcome::Done(product) => {
                if let Some(note) = &mut product.note {
                    *note = events.masker().text(note);
                }
            }
            Outcome::Stopped { .. } | Outcome::Broken(_) => {}
        }
        match &execution.outcome {
            Outcome::Failed(failure)
                if failure.retryable && tried <= retries && *asked.borrow() == Stop::No =>
            {
                let pause =
                    Duration::from_secs(1_u64.checked_shl(tried - 1).unwrap_or(u64::MAX)).min(LONGEST_PAUSE);
                events.emit(&Event::AttemptFailed { action: &job.title(), attempt, failure, pause });
                tokio::select! {
                    () = sleep(pause) => job.attempt += 1,
                    () = reached(&mut asked, Stop::End) => {
                        return Finished { task, attempts: attempt, execution };
                    }
                }
            }
            _ => return Finished { task, attempts: attempt, execution },
        }
    }
}

/// One attempt, ended when it takes too long.
async fn once<E: Execute>(
    executor: &E,
    job: Job,
    timeout: Option<Duration>,
    mut asked: watch::Receiver<Stop>,
) -> Execution {
    let (own, stop) = watch::channel(*asked.borrow_and_update());
    let mut work = pin!(executor.execute(job, stop));
    let mut deadline = pin!(async {
        match timeout {
            Some(timeout) => sleep(timeout).await,
            None => std::future::pending().await,
        }
    });
    let mut timed_out = false;
    let mut listens = true;
    loop {
        tokio::select! {
            // The work comes last: it uses up the turn of this task when it never has to wait, and then no timer is looked at.
            biased;
            () = &mut deadline, if !timed_out => {
                timed_out = true;
                raise(&own, Stop::End);
            }
            changed = asked.changed(), if listens => match changed {
                Ok(()) => raise(&own, *asked.borrow_and_update()),
                Err(_) => listens = false,
            },
            mut execution = &mut work => {
                if timed_out && let Outcome::Stopped { tail } = &mut execution.outcome {
                    let seconds = timeout.unwrap_or_default().as_secs();
                    let mut failure = Failure::new(
                        codes::TIMED_OUT,
                        format!("it took longer than its `timeout` of {}", crate::report::span(seconds)),
                    );
                    failure.tail = std::mem::take(tail);
                    execution.outcome = Outcome::Failed(failure);
                }
                return execution;
            }
        }
    }
}
