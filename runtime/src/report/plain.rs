//! Lines in the order in which things happen, each with the action's id in front. For logs and pipes.

use std::io::Write;

use compiler::plan::Otherwise;

use super::{
    Style, asks, count, decided, elapsed, failure, finished, last_state, passed_over, summary, verdict,
};
use crate::event::{Event, Report, Stream};
use crate::summary::{GateStatus, Status};

/// Writes lines.
#[derive(Debug)]
pub(crate) struct Plain<W> {
    out: W,
    style: Style,
    /// Only warnings, questions and failures.
    quiet: bool,
}

impl<W: Write> Plain<W> {
    pub(crate) fn new(out: W, style: Style, quiet: bool) -> Self {
        Self { out, style, quiet }
    }
}

impl<W: Write + Send> Report for Plain<W> {
    fn report(&mut self, event: &Event<'_>) {
        let style = self.style;
        let text = match event {
            // Failures have been said by then.
            Event::RunFinished { summary: result } if self.quiet && !result.dry_run => {
                if result.succeeded() {
                    return;
                }
                verdict(style, result)
            }
            Event::RunFinished { summary: result } => summary(style, result),
            Event::Warning { text } => format!("{}: {text}\n", style.warning("warning")),
            Event::Asking { action, message } => asks(style, action, message),
            Event::ActionFinished { action, status: Status::Failed(why), log, .. } if self.quiet => {
                failure(style, action, why, *log)
            }
            Event::GateFinished { gate, status: GateStatus::Refused(why), otherwise, log, .. }
                if self.quiet && *otherwise != Otherwise::Skip =>
            {
                failure(style, gate, why, *log)
            }
            _ if self.quiet => return,
            Event::StagePassedOver { stage, status, reason } => {
                passed_over(style, stage, *status, reason) + "\n"
            }
            Event::ActionFinished { status: Status::Skipped(skip), .. } if skip.with_stage => return,
            Event::RunStarted { run, pipeline, actions } => {
                let more = format!("({}, run {run})", count(*actions, "action"));
                format!("{} {}\n", style.bold(pipeline), style.dim(&more))
            }
            Event::StageRetried { stage } => format!("stage `{stage}` failed and is tried once more\n"),
            Event::ActionStarted { action } => format!("{} started\n", style.bold(action)),
            Event::AttemptFailed { action, attempt, failure, pause } => format!(
                "{} failed in attempt {attempt}: {}; tried again in {}\n",
                style.bold(action),
                failure.message,
                elapsed(*pause)
            ),
            Event::Line { action, stream, line } => {
                let line = String::from_utf8_lossy(line);
                let bar = if *stream == Stream::Note { "*" } else { "|" };
                format!("{} {} {}\n", style.dim(action), style.dim(bar), last_state(&line))
            }
            Event::Decided { action, approved, by } => {
                let word = if *approved { "approved" } else { "rejected" };
                format!("{} {word} by {by}\n", style.bold(action))
            }
            Event::ActionFinished { action, status, attempts, duration, .. } => {
                finished(style, action, status, *attempts, *duration) + "\n"
            }
            Event::GateFinished { gate, status, reason, duration, .. } => {
                decided(style, gate, status, reason, *duration) + "\n"
            }
            Event::StageStarted { .. }
            | Event::StageFinished { .. }
            | Event::GateStarted { .. }
            | Event::ActionReset { .. } => return,
        };
        // Nobody may be listening any more; the run goes on.
        let _ = self.out.write_all(text.as_bytes());
    }
}
