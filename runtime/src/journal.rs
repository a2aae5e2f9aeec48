//! The history of runs in `SQLite`. A thread of its own writes in batches, so that the run never waits for the disk.
//! Unaware of what events mean for a run; it only keeps them.

mod schema;

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::clock;
use crate::error::Error;
use crate::event::Event;
use crate::mask::Masker;
use crate::summary::{GateStatus, Status};

/// The history, for writing.
#[derive(Debug)]
pub(crate) struct Journal {
    sender: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
    trouble: Arc<Mutex<Option<String>>>,
    is_told: bool,
}

#[derive(Debug)]
enum Message {
    Transition(Transition),
    Produced { action: String, name: String, value: String, artifact: bool },
    Approval { at: i64, action: String, approved: bool, by: String },
    Finished { at: i64, status: &'static str },
    Flush(SyncSender<()>),
}

/// A new state of an action or a stage.
#[derive(Debug)]
struct Transition {
    at: i64,
    /// An action's id, a stage's, which never holds a dot, or a gate's title, which holds a space.
    subject: String,
    state: &'static str,
    attempt: u32,
    detail: Option<String>,
}

/// What is known of a run before it starts.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub(crate) run: &'a str,
    pub(crate) pipeline: &'a str,
    pub(crate) plan: &'a str,
    pub(crate) options: &'a str,
    /// Runs that turned out to have been killed.
    pub(crate) killed: &'a [String],
}

/// Between two batches: long enough to gather many changes, short enough that a killed run loses little.
const PAUSE: Duration = Duration::from_millis(10);

impl Journal {
    /// Opens the history and writes that a run begins.
    pub(crate) fn open(path: &Path, start: &Start<'_>) -> Result<Self, Error> {
        let connection = schema::open(path)?;
        schema::begin(&connection, start).map_err(|error| schema::unusable(path, &error))?;
        let (sender, receiver) = mpsc::channel();
        let trouble = Arc::new(Mutex::new(None));
        let (run, shared) = (start.run.to_owned(), Arc::clone(&trouble));
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                if let Err(error) = write_all(connection, &run, &receiver) {
                    *shared.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                    // Waiting flushes end with the channel.
                }
            })
            .map_err(|error| Error::io("start the writer of", path, &error))?;
        Ok(Self { sender: Some(sender), thread: Some(thread), trouble, is_told: false })
    }

    /// Takes in an event. Returns at once. What actions make may hold secrets, which are not kept.
    pub(crate) fn record(&self, event: &Event<'_>, masker: &Masker) {
        let at = clock::millis();
        let transition = |subject: &str, state, attempt, detail| {
            let subject = subject.to_owned();
            self.send(Message::Transition(Transition { at, subject, state, attempt, detail }));
        };
        match event {
            Event::StageStarted { stage } => transition(stage, "open", 0, None),
            Event::StageRetried { stage } => transition(stage, "retrying", 0, None),
            Event::StageFinished { stage, status, reason } => {
                transition(stage, status.word(), 0, reason.map(str::to_owned));
            }
            Event::GateStarted { gate } => transition(gate, "running", 1, None),
            Event::GateFinished { gate, status, reason, .. } => {
                let detail = match status {
                    GateStatus::Refused(failure) => format!("{}: {reason}", failure.code),
                    _ => (*reason).to_owned(),
                };
                transition(gate, status.word(), 1, Some(detail));
            }
            Event::ActionStarted { action } => transition(action, "running", 0, None),
            Event::ActionReset { action } => transition(action, "waiting", 0, None),
            Event::AttemptFailed { action, attempt, failure, .. } => {
                transition(action, "retrying", *attempt, Some(failure.message.clone()));
            }
            Event::ActionFinished { action, status, attempts, product, .. } => {
                let detail = match status {
                    Status::Skipped(skip) => Some(skip.reason.clone()),
                    Status::Failed(failure) => Some(format!("{}: {}", failure.code, failure.message)),
                    _ => None,
                };
                if let Some(product) = product {
                    let produced = |name: &str, value: String, artifact| {
                        let (action, name) = ((*action).to_owned(), name.to_owned());
                        self.send(Message::Produced { action, name, value, artifact });
                    };
                    for (name, value) in &product.variables {
                        produced(name, masker.text(value), false);
                    }
                    for (artifact, tree) in &product.artifacts {
                        produced(artifact.output.as_deref().unwrap_or_default(), tree.to_string(), true);
                    }
                }
                transition(action, status.word(), *attempts, detail);
            }
            Event::Decided { action, approved, by } => {
                let (action, by) = ((*action).to_owned(), (*by).to_owned());
                self.send(Message::Approval { at, action, approved: *approved, by });
            }
            Event::RunFinished { summary } => {
                let status = match () {
                    () if summary.interrupted => "interrupted",
                    () if summary.succeeded() => "succeeded",
                    () => "failed",
                };
                self.send(Message::Finished { at, status });
            }
            Event::RunStarted { .. }
            | Event::StagePassedOver { .. }
            | Event::Line { .. }
            | Event::Asking { .. }
            | Event::Warning { .. } => {}
        }
    }

    /// Waits until everything so far is written.
    pub(crate) fn flush(&self) {
        let (done, wait) = mpsc::sync_channel(1);
        self.send(Message::Flush(done));
        let _ = wait.recv();
    }

    /// The first time after writing has failed: what to tell the user.
    pub(crate) fn trouble(&mut self) -> Option<String> {
        if self.is_told {
            return None;
        }
        let text = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        self.is_told = true;
        Some(format!("the history of this run is incomplete: {text}"))
    }

    fn send(&self, message: Message) {
        if let Some(sender) = &self.sender {
            let _ = sender.send(message);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // The thread ends with the channel.
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(mut connection: Connection, run: &str, messages: &Receiver<Message>) -> rusqlite::Result<()> {
    let mut flushes = Vec::new();
    while let Ok(first) = messages.recv() {
        let transaction = connection.transaction()?;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Flush(done) => flushes.push(done),
                message => write(&transaction, run, &message)?,
            }
            next = messages.try_recv().ok();
        }
        transaction.commit()?;
        if flushes.is_empty() {
            std::thread::sleep(PAUSE);
        }
        for flush in flushes.drain(..) {
            let _ = flush.send(());
        }
    }
    Ok(())
}

fn write(connection: &Connection, run: &str, message: &Message) -> rusqlite::Result<()> {
    match message {
        Message::Transition(Transition { at, subject, state, attempt, detail }) => connection
            .prepare_cached("insert into transitions (run, at, subject, state, attempt, detail) values (?, ?, ?, ?, ?, ?)")?
            .execute(params![run, at, subject, state, attempt, detail]),
        Message::Produced { action, name, value, artifact } => {
            let text = if *artifact {
                "insert or replace into artifacts (run, action, output, tree) values (?, ?, ?, ?)"
            } else {
                "insert or replace into variables (run, action, name, value) values (?, ?, ?, ?)"
            };
            connection.prepare_cached(text)?.execute(params![run, action, name, value])
        }
        Message::Approval { at, action, approved, by } => connection
            .prepare_cached("insert into approvals (run, at, action, approved, decided_by) values (?, ?, ?, ?, ?)")?
            .execute(params![run, at, action, approved, by]),
        Message::Finished { at, status } => connection
            .prepare_cached("update runs set ended = ?, status = ? where id = ?")?
            .execute(params![at, status, run]),
        Message::Flush(_) => Ok(0),
    }
    .map(drop)
}
