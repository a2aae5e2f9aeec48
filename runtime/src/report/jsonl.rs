//! Events as JSON, one line each, for programs. The form is `standpipe.events/1`: fields may be added to it, and events;
//! what is there keeps its meaning.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use compiler::plan::Otherwise;
use jiff::Timestamp;
use serde::Serialize;

use crate::error::Failure;
use crate::event::{Event, Report, Stream};
use crate::summary::{GateStatus, StageStatus, Status, Summary};

/// Writes lines, and hands each event on to the view for people.
pub(crate) struct JsonLines<W> {
    out: W,
    people: Box<dyn Report>,
}

impl<W: Write> JsonLines<W> {
    pub(crate) fn new(out: W, people: Box<dyn Report>) -> Self {
        Self { out, people }
    }
}

impl<W: Write + Send> Report for JsonLines<W> {
    fn report(&mut self, event: &Event<'_>) {
        self.people.report(event);
        let Ok(mut line) = serde_json::to_vec(&Line::of(event)) else { return };
        line.push(b'\n');
        // Whoever listened may be gone; the run goes on.
        let _ = self.out.write_all(&line).and_then(|()| self.out.flush());
    }
}

/// One line. What an event has nothing to say about is left out.
#[derive(Debug, Default, Serialize)]
struct Line<'a> {
    event: &'static str,
    /// When, in UTC.
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// Of a failure, as in `explain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    /// What happens where a gate does not pass.
    #[serde(rename = "else", skip_serializing_if = "Option::is_none")]
    otherwise: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<f64>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    succeeded: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_path: Option<&'a [String]>,
}

impl<'a> Line<'a> {
    fn of(event: &Event<'a>) -> Self {
        Self { time: Timestamp::now().to_string(), ..Self::said(event) }
    }

    fn said(event: &Event<'a>) -> Self {
        match event {
            Event::RunStarted { run, pipeline, actions } => Self {
                format: Some("standpipe.events/1"),
                run: Some(run),
                pipeline: Some(pipeline),
                actions: Some(*actions),
                ..Self::named("run_started")
            },
            Event::StageStarted { stage } => Self::stage("stage_started", stage),
            Event::StagePassedOver { stage, status, reason } => Self {
                status: Some(stage_word(*status)),
                reason: Some(reason),
                ..Self::stage("stage_passed_over", stage)
            },
            Event::StageRetried { stage } => Self::stage("stage_retried", stage),
            Event::StageFinished { stage, status, reason } => Self {
                status: Some(stage_word(*status)),
                reason: *reason,
                ..Self::stage("stage_finished", stage)
            },
            Event::GateStarted { gate } => Self { gate: Some(gate), ..Self::named("gate_started") },
            Event::GateFinished { gate, status, reason, otherwise, duration, log } => Self {
                gate: Some(gate),
                status: Some(gate_word(status)),
                reason: Some(reason).filter(|reason| !reason.is_empty()).copied(),
                otherwise: Some(outcome(*otherwise)),
                ..Self::named("gate_finished").took(*duration, *log)
            },
            Event::ActionStarted { action } => Self::action("action_started", action),
            Event::AttemptFailed { action, attempt, failure, pause } => Self {
                attempt: Some(*attempt),
                pause: Some(pause.as_secs_f64()),
                ..Self::action("attempt_failed", action).because(failure)
            },
            Event::ActionReset { action } => Self::action("action_reset", action),
            Event::Line { action, stream, line } => Self {
                stream: Some(match stream {
                    Stream::Out => "out",
                    Stream::Err => "err",
                    Stream::Note => "note",
                }),
                text: Some(String::from_utf8_lossy(line).into_owned()),
                ..Self::action("line", action)
            },
            Event::Decided { action, approved, by } => {
                Self { approved: Some(*approved), by: Some(by), ..Self::action("decided", action) }
            }
            Event::Asking { action, message } => {
                Self { text: Some((*message).to_owned()), ..Self::action("asking", action) }
            }
            Event::ActionFinished { action, status, attempts, duration, log, product: _ } => {
                let line = Self::action("action_finished", action).took(*duration, *log);
                Self { attempts: Some(*attempts), ..line.came_to(status) }
            }
            Event::Warning { text } => Self { text: Some((*text).to_owned()), ..Self::named("warning") },
            Event::RunFinished { summary } => Self::finished(summary),
        }
    }

    fn named(event: &'static str) -> Self {
        Self { event, ..Self::default() }
    }

    fn stage(event: &'static str, stage: &'a str) -> Self {
        Self { stage: Some(stage), ..Self::named(event) }
    }

    fn action(event: &'static str, action: &'a str) -> Self {
        Self { action: Some(action), ..Self::named(event) }
    }

    fn took(self, duration: Option<Duration>, log: Option<&Path>) -> Self {
        Self {
            duration: duration.map(|time| time.as_secs_f64()),
            log: log.map(|path| path.to_string_lossy().into_owned()),
            ..self
        }
    }

    fn because(self, failure: &'a Failure) -> Self {
        Self {
            code: Some(failure.code),
            reason: Some(&failure.message),
            help: failure.help.as_deref(),
            ..self
        }
    }

    fn came_to(self, status: &'a Status) -> Self {
        let word = match status {
            Status::Ran => "ran",
            Status::Checked => "checked",
            Status::Simulated => "simulated",
            Status::Skipped(_) => "skipped",
            Status::Failed(_) => "failed",
            Status::Cancelled => "cancelled",
            Status::Planned => "planned",
        };
        let line = Self { status: Some(word), ..self };
        match status {
            Status::Skipped(skip) => Self { reason: Some(&skip.reason), ..line },
            Status::Failed(failure) => line.because(failure),
            _ => line,
        }
    }

    fn finished(summary: &'a Summary) -> Self {
        Self {
            run: Some(&summary.run).filter(|run| !run.is_empty()).map(String::as_str),
            pipeline: Some(&summary.pipeline),
            succeeded: Some(summary.succeeded()),
            duration: Some(summary.duration.as_secs_f64()),
            critical_path: Some(&summary.critical_path),
            ..Self::named("run_finished")
        }
    }
}

fn stage_word(status: StageStatus) -> &'static str {
    match status {
        StageStatus::Succeeded => "succeeded",
        StageStatus::Failed => "failed",
        StageStatus::Skipped => "skipped",
        StageStatus::Blocked => "blocked",
        StageStatus::Cancelled => "cancelled",
    }
}

fn gate_word(status: &GateStatus) -> &'static str {
    match status {
        GateStatus::Passed => "passed",
        GateStatus::Simulated => "simulated",
        GateStatus::Refused(_) => "refused",
        GateStatus::NotReached => "not_reached",
        GateStatus::Cancelled => "cancelled",
        GateStatus::Planned => "planned",
    }
}

fn outcome(otherwise: Otherwise) -> &'static str {
    match otherwise {
        Otherwise::Fail => "fail",
        Otherwise::Rollback => "rollback",
        Otherwise::Skip => "skip",
    }
}
