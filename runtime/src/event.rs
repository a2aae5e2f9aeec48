//! What happens in a run, as one vocabulary for the journal and every reporter.
//! Unaware of who listens; `Events` keeps the order: first the journal is told, then the screen.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use compiler::plan::Otherwise;

use crate::error::Failure;
use crate::journal::Journal;
use crate::mask::Masker;
use crate::outcome::Product;
use crate::summary::{GateStatus, StageStatus, Status, Summary};

/// Where a line of an action comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Its standard output.
    Out,
    /// Its standard error.
    Err,
    /// The runtime itself, about this action.
    Note,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// The run begins.
    RunStarted { run: &'a str, pipeline: &'a str, actions: usize },
    /// A stage was entered.
    StageStarted { stage: &'a str },
    /// The actions of a stage are skipped with it.
    StagePassedOver { stage: &'a str, status: StageStatus, reason: &'a str },
    /// A stage is tried once more, because it says so.
    StageRetried { stage: &'a str },
    /// A stage is over.
    StageFinished { stage: &'a str, status: StageStatus, reason: Option<&'a str> },
    /// A gate is being decided. It is named by its title, which is no action's id.
    GateStarted { gate: &'a str },
    /// A gate is decided.
    GateFinished {
        gate: &'a str,
        status: &'a GateStatus,
        reason: &'a str,
        otherwise: Otherwise,
        duration: Option<Duration>,
        log: Option<&'a Path>,
    },
    /// An action begins to work.
    ActionStarted { action: &'a str },
    /// An action failed, and is tried again after a pause.
    AttemptFailed { action: &'a str, attempt: u32, failure: &'a Failure, pause: Duration },
    /// An action waits again, because its stage is tried once more.
    ActionReset { action: &'a str },
    /// An action wrote a line.
    Line { action: &'a str, stream: Stream, line: &'a [u8] },
    /// An approval was decided.
    Decided { action: &'a str, approved: bool, by: &'a str },
    /// A person is about to be asked; the screen must make room.
    Asking { action: &'a str, message: &'a str },
    /// An action is over.
    ActionFinished {
        action: &'a str,
        status: &'a Status,
        attempts: u32,
        duration: Option<Duration>,
        product: Option<&'a Product>,
        log: Option<&'a Path>,
    },
    /// Something that a user should know.
    Warning { text: &'a str },
    /// The run is over.
    RunFinished { summary: &'a Summary },
}

/// Shows events.
pub(crate) trait Report: Send {
    /// Shows one event.
    fn report(&mut self, event: &Event<'_>);
}

/// Where events go.
#[derive(Clone)]
pub(crate) struct Events {
    listeners: Arc<Mutex<Listeners>>,
    masker: Masker,
}

struct Listeners {
    journal: Option<Journal>,
    report: Box<dyn Report>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

impl Events {
    /// Who listens, and what must be hidden from all of them. Who emits hides it: each where its text comes from.
    pub(crate) fn new(journal: Option<Journal>, report: Box<dyn Report>, masker: Masker) -> Self {
        Self { listeners: Arc::new(Mutex::new(Listeners { journal, report })), masker }
    }

    /// Knows what must not be seen.
    pub(crate) fn masker(&self) -> &Masker {
        &self.masker
    }

    /// Tells the journal, then the screen.
    pub(crate) fn emit(&self, event: &Event<'_>) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let Listeners { journal, report } = &mut *listeners;
        if let Some(journal) = journal {
            journal.record(event, &self.masker);
            if let Some(text) = journal.trouble() {
                report.report(&Event::Warning { text: &text });
            }
        }
        report.report(event);
    }

    /// Tells the journal, waits until it is on disk, then tells the screen.
    pub(crate) fn emit_durably(&self, event: &Event<'_>) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let Listeners { journal, report } = &mut *listeners;
        if let Some(journal) = journal {
            journal.record(event, &self.masker);
            journal.flush();
            if let Some(text) = journal.trouble() {
                report.report(&Event::Warning { text: &text });
            }
        }
        report.report(event);
    }
}
