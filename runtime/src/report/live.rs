//! A view for terminals: a line for each running action with its time and its last line; what is over scrolls up.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write as _};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::wrap::wrapped;
use super::{Style, asks, decided, elapsed, finished, harmless, last_state, passed_over, question, summary};
use crate::event::{Event, Report};
use crate::summary::Status;

/// Redraws the lines of running actions.
pub(crate) struct Live {
    bars: MultiProgress,
    running: HashMap<String, ProgressBar>,
    /// The action that asks; meanwhile nothing is redrawn.
    asking: Option<String>,
    style: Style,
    template: ProgressStyle,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("running", &self.running.len()).finish_non_exhaustive()
    }
}

impl Live {
    pub(crate) fn new(style: Style) -> Self {
        let template = ProgressStyle::with_template("{spinner} {prefix} {elapsed:>4} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        Self {
            bars: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()),
            running: HashMap::new(),
            asking: None,
            style,
            template,
        }
    }

    fn print(&self, text: &str) {
        let text = wrapped(text, width());
        if let Some(action) = &self.asking {
            // In place of the question, which then stands below again.
            say(&format!("\r\x1b[K{text}\n{}", question(action)));
        } else {
            // `println` of the bars would leave the cursor behind the text, where the summary begins.
            self.bars.suspend(|| say(&format!("{text}\n")));
        }
    }

    fn ask(&mut self, action: &str, message: &str) {
        let _ = self.bars.clear();
        self.bars.set_draw_target(ProgressDrawTarget::hidden());
        self.asking = Some(action.to_owned());
        say(&wrapped(&asks(self.style, action, message), width()));
    }

    fn answered(&mut self, action: &str) {
        if self.asking.as_deref() == Some(action) {
            self.asking = None;
            self.bars.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

/// The columns of the terminal.
fn width() -> usize {
    usize::from(console::Term::stderr().size().1)
}

/// Unlike `eprint!`, which panics when the terminal was closed: the run must still end in order.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

impl Report for Live {
    fn report(&mut self, event: &Event<'_>) {
        match event {
            Event::RunStarted { run, pipeline, .. } => {
                let line =
                    format!("{} {}", self.style.bold(pipeline), self.style.dim(&format!("(run {run})")));
                self.print(&line);
            }
            Event::ActionStarted { action } | Event::GateStarted { gate: action } => {
                let bar = self.bars.add(ProgressBar::new_spinner().with_style(self.template.clone()));
                bar.set_prefix((*action).to_owned());
                bar.enable_steady_tick(Duration::from_millis(200));
                self.running.insert((*action).to_owned(), bar);
            }
            Event::Line { action, line, .. } => {
                if let Some(bar) = self.running.get(*action) {
                    let line = String::from_utf8_lossy(line);
                    // Escape sequences would move the cursor under the view.
                    let shown: String = harmless(last_state(&line), false).chars().take(400).collect();
                    bar.set_message(shown);
                }
            }
            Event::AttemptFailed { action, attempt, failure, pause } => self.print(&format!(
                "{} failed in attempt {attempt}: {}; tried again in {}",
                self.style.bold(action),
                failure.message,
                elapsed(*pause)
            )),
            Event::StageRetried { stage } => {
                self.print(&format!("stage `{stage}` failed and is tried once more"));
            }
            Event::StagePassedOver { stage, status, reason } => {
                self.print(&passed_over(self.style, stage, *status, reason));
            }
            Event::ActionFinished { status: Status::Skipped(skip), .. } if skip.with_stage => {}
            Event::Asking { action, message } => self.ask(action, message),
            Event::Decided { action, .. } => self.answered(action),
            Event::ActionFinished { action, status, attempts, duration, .. } => {
                self.answered(action);
                if let Some(bar) = self.running.remove(*action) {
                    bar.finish_and_clear();
                }
                self.print(&finished(self.style, action, status, *attempts, *duration));
            }
            Event::GateFinished { gate, status, reason, duration, .. } => {
                if let Some(bar) = self.running.remove(*gate) {
                    bar.finish_and_clear();
                }
                self.print(&decided(self.style, gate, status, reason, *duration));
            }
            Event::Warning { text } => self.print(&format!("{}: {text}", self.style.warning("warning"))),
            Event::RunFinished { summary: result } => {
                let _ = self.bars.clear();
                say(&wrapped(&summary(self.style, result), width()));
            }
            Event::StageStarted { .. } | Event::StageFinished { .. } | Event::ActionReset { .. } => {}
        }
    }
}
