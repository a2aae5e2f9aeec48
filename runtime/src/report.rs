//! Shows a run on standard error: words and layout that both views share, and the summary.
//! Unaware of how things happen; only sees events.

mod jsonl;
pub(crate) mod live;
pub(crate) mod plain;
mod summary;
mod wrap;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::error::Failure;
use crate::summary::{GateStatus, StageStatus, Status};
use summary::{summary, verdict};

/// The view that the options ask for.
pub(crate) fn new(output: crate::options::Output, dry_run: bool) -> Box<dyn crate::event::Report> {
    let style = Style { color: output.color };
    // The test harness does not capture what is written past `print!`.
    if cfg!(test) {
        return Box::new(plain::Plain::new(std::io::sink(), style, output.quiet));
    }
    // What a dry run would do is its result, and so is shown in any case; its actions come to nothing on the way.
    let people: Box<dyn crate::event::Report> = if output.live && !output.quiet && !dry_run {
        Box::new(live::Live::new(style))
    } else {
        Box::new(plain::Plain::new(std::io::stderr(), style, output.quiet || dry_run))
    };
    if output.events { Box::new(jsonl::JsonLines::new(std::io::stdout(), people)) } else { people }
}

/// `1 file`, `2 files`, `2 processes`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if noun.ends_with('s') { "es" } else { "s" };
    format!("{number} {noun}{}", if number == 1 { "" } else { plural })
}

/// The first names, and how many more there are.
pub(crate) fn listed(names: &[String], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(|name| format!("`{name}`")).collect();
    if names.len() > most {
        return format!("{} and {} more", shown.join(", "), names.len() - most);
    }
    if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
}

/// Whole seconds as Pipe writes durations: `90s` is `1m30s`.
pub(crate) fn span(seconds: u64) -> String {
    let parts =
        [(seconds / 86_400, 'd'), (seconds / 3_600 % 24, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let text: String = parts.iter().filter(|(n, _)| *n > 0).fold(String::new(), |mut text, (n, unit)| {
        let _ = write!(text, "{n}{unit}");
        text
    });
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// A measured time.
pub(crate) fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1}s", time.as_secs_f64()),
        seconds => span(seconds),
    }
}

/// What stands before the answer to an approval; names the action, because other lines may come between.
pub(crate) fn question(action: &str) -> String {
    format!("{action}: approve? [y/n] ")
}

/// What an action asks. Signs that would change what is seen, and so what is approved, are shown as escapes.
fn asks(style: Style, action: &str, message: &str) -> String {
    let mut text = format!("{} asks: ", style.bold(action));
    for c in message.chars() {
        match c {
            // These turn the direction of writing.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => text.extend(c.escape_unicode()),
            c if c.is_control() => text.extend(c.escape_default()),
            c => text.push(c),
        }
    }
    text.push('\n');
    text
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) color: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn warning(self, text: &str) -> String {
        self.paint("33", text)
    }

    fn status(self, status: &Status, text: &str) -> String {
        let code = match status {
            Status::Ran | Status::Planned => "32",
            Status::Checked => "36",
            Status::Simulated | Status::Skipped(_) | Status::Cancelled => "33",
            Status::Failed(_) => "31",
        };
        self.paint(code, text)
    }

    fn gate(self, status: &GateStatus, text: &str) -> String {
        let code = match status {
            GateStatus::Passed | GateStatus::Planned => "32",
            GateStatus::Simulated | GateStatus::NotReached | GateStatus::Cancelled => "33",
            GateStatus::Refused(_) => "31",
        };
        self.paint(code, text)
    }
}

/// The line that says how a gate was decided.
fn decided(
    style: Style,
    gate: &str,
    status: &GateStatus,
    reason: &str,
    duration: Option<Duration>,
) -> String {
    let mut line = format!("{} {}", style.bold(gate), style.gate(status, status.word()));
    if let Some(duration) = duration {
        let _ = write!(line, " {}", style.dim(&format!("({})", elapsed(duration))));
    }
    if !reason.is_empty() {
        let _ = write!(line, ": {reason}");
    }
    line
}

/// The line that says that the actions of a stage are skipped with it.
fn passed_over(style: Style, stage: &str, status: StageStatus, reason: &str) -> String {
    format!("stage {} {}: {reason}", style.bold(stage), style.warning(status.word()))
}

/// The line that says that an action is over.
fn finished(
    style: Style,
    action: &str,
    status: &Status,
    attempts: u32,
    duration: Option<Duration>,
) -> String {
    let mut line = format!("{} {}", style.bold(action), style.status(status, status.word()));
    if let Some(duration) = duration {
        let _ = write!(line, " {}", style.dim(&format!("({})", elapsed(duration))));
    }
    if attempts > 1 {
        let _ = write!(line, " in attempt {attempts}");
    }
    if let Some(reason) = reason(status) {
        let _ = write!(line, ": {reason}");
    }
    line
}

fn reason(status: &Status) -> Option<String> {
    match status {
        Status::Skipped(skip) => Some(skip.reason.clone()),
        Status::Failed(failure) => Some(failure.message.clone()),
        _ => None,
    }
}

/// The last lines of a failed action, and where the rest is.
fn failure(style: Style, action: &str, failure: &Failure, log: Option<&Path>) -> String {
    let mut text = format!(
        "{}: {action}: {}\n",
        style.paint("31", &format!("failed [{}]", failure.code)),
        failure.message
    );
    for line in &failure.tail {
        let _ = writeln!(text, "  {} {}", style.dim("|"), harmless(last_state(line), style.color));
    }
    if let Some(help) = &failure.help {
        let _ = writeln!(text, "  help: {help}");
    }
    if let Some(log) = log {
        let _ = writeln!(text, "  log: {}", log.display());
    }
    text
}

/// What a line that redraws itself with carriage returns shows in the end.
fn last_state(line: &str) -> &str {
    line.trim_end_matches('\r').rsplit('\r').next().unwrap_or(line)
}

/// A script's line without what would move the cursor or change the terminal. Colours are kept if wanted, and end with the line.
fn harmless(line: &str, with_colors: bool) -> String {
    let mut text = String::with_capacity(line.len());
    let mut is_colored = false;
    let mut left = line;
    while let Some(c) = left.chars().next() {
        let rest = &left[c.len_utf8()..];
        if c != '\x1b' {
            if !c.is_control() || c == '\t' {
                text.push(c);
            }
            left = rest;
            continue;
        }
        let length = escape_length(rest);
        let sequence = &rest[..length];
        let is_color = sequence.starts_with('[')
            && sequence.ends_with('m')
            && sequence[1..length - 1].bytes().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'));
        if with_colors && is_color {
            text.push(c);
            text.push_str(sequence);
            is_colored = true;
        }
        left = &rest[length..];
    }
    if is_colored {
        text.push_str("\x1b[0m");
    }
    text
}

/// How many bytes after an ESC belong to it; all when the line was cut off in the middle.
fn escape_length(rest: &str) -> usize {
    let through = |at: Option<usize>| at.map_or(rest.len(), |at| at + 1);
    match rest.bytes().next() {
        Some(b'[') => through(rest.bytes().skip(1).position(|b| matches!(b, b'@'..=b'~')).map(|at| at + 1)),
        // A title or a link, up to BEL or ESC \.
        Some(b']') => match (rest.find('\x07'), rest.find("\x1b\\")) {
            (Some(bell), end) if end.is_none_or(|end| bell < end) => bell + 1,
            (_, Some(end)) => end + 2,
            (_, None) => rest.len(),
        },
        // A character set: `(B`.
        Some(b' '..=b'/') => through(rest.bytes().position(|b| matches!(b, b'0'..=b'~'))),
        _ => rest.chars().next().map_or(0, char::len_utf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Report as _};
    use crate::summary::{ActionSummary, StageSummary, Summary};

    const PLAIN: Style = Style { color: false };

    #[test]
    fn questions_are_shown_as_they_are_but_for_what_deceives() {
        assert_eq!(asks(PLAIN, "s.ok", "Ship \"v1\", O'Hara?"), "s.ok asks: Ship \"v1\", O'Hara?\n");
        assert_eq!(asks(PLAIN, "s.ok", "a\u{1b}[2Jb\nc\u{202e}d"), "s.ok asks: a\\u{1b}[2Jb\\nc\\u{202e}d\n");
    }

    #[test]
    fn lines_of_scripts_cannot_change_the_terminal() {
        assert_eq!(harmless("a\tb\u{8} ü\u{7}", true), "a\tb ü");
        assert_eq!(harmless("\x1b[1;31mred\x1b[2J\x1b[H", true), "\x1b[1;31mred\x1b[0m");
        assert_eq!(harmless("\x1b[1;31mred\x1b[2K", false), "red");
        assert_eq!(harmless("\x1b]0;title\x07a\x1b]8;;url\x1b\\b\x1b(Bc\x1b7d\x1b[?25", true), "abcd");
        assert_eq!(harmless("\x1büa\x1b[ü1mb\x1b", true), "ab");
        assert_eq!(harmless("\x1b[>4m\x1b", true), "");
    }

    fn shown_when_quiet(status: &Status, stage: StageStatus, dry_run: bool) -> String {
        let mut out = Vec::new();
        let mut view = plain::Plain::new(&mut out, PLAIN, true);
        let action = ActionSummary {
            id: "s.a".to_owned(),
            stage: "s".to_owned(),
            status: status.clone(),
            attempts: 1,
            started: None,
            duration: None,
            log: None,
            note: None,
        };
        let result = Summary {
            run: "r".to_owned(),
            pipeline: "p".to_owned(),
            dry_run,
            stages: vec![StageSummary { id: "s".to_owned(), status: stage, reason: None, rollback: false }],
            actions: vec![action],
            gates: Vec::new(),
            duration: Duration::ZERO,
            critical_path: Vec::new(),
            interrupted: false,
        };
        view.report(&Event::ActionStarted { action: "s.a" });
        let (duration, product, log) = (None, None, None);
        view.report(&Event::ActionFinished { action: "s.a", status, attempts: 1, duration, product, log });
        view.report(&Event::RunFinished { summary: &result });
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quiet_says_nothing_of_success_and_everything_else_once() {
        assert_eq!(shown_when_quiet(&Status::Ran, StageStatus::Succeeded, false), "");
        let failed = Status::Failed(Failure::new(crate::codes::SCRIPT_FAILED, "it failed"));
        let shown = shown_when_quiet(&failed, StageStatus::Failed, false);
        assert_eq!(shown, "failed [P0820]: s.a: it failed\np failed in 0.0s (run r)\n");
        let planned = shown_when_quiet(&Status::Planned, StageStatus::Succeeded, true);
        assert!(planned.contains("would run") && planned.contains("--dry-run"), "{planned}");
    }

    #[test]
    fn durations_read_as_pipe_writes_them() {
        assert_eq!(span(0), "0s");
        assert_eq!(span(90), "1m30s");
        assert_eq!(span(7 * 86_400), "7d");
        assert_eq!(elapsed(Duration::from_millis(1_240)), "1.2s");
    }
}
