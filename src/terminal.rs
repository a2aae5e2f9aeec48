//! What goes where: results to standard output, everything else to standard error; colours by the terminal's rules.

use std::io::{IsTerminal as _, Write as _};

use compiler::diagnostic::render::{Style, render};
use compiler::diagnostic::{Diagnostic, Severity};
use compiler::source::Sources;

use crate::args::{Arguments, Color};

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// How text is drawn on a stream that may be a terminal.
pub(crate) fn style(color: Color, is_terminal: bool) -> Style {
    // Without `TERM` nothing is known of the terminal: moving the cursor could swallow lines.
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let unicode = is_terminal && !dumb;
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => unicode && !is_set("NO_COLOR"),
    };
    Style { color, unicode }
}

/// How this process talks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Colours on standard error.
    pub(crate) color: bool,
    /// Box-drawing characters.
    unicode: bool,
    /// Only what went wrong.
    pub(crate) quiet: bool,
    /// Whether standard error is a terminal that can be redrawn.
    pub(crate) live: bool,
}

impl Terminal {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let Style { color, unicode } = style(arguments.color, std::io::stderr().is_terminal());
        Self { color, unicode, quiet: arguments.quiet, live: unicode && !is_set("CI") }
    }

    /// Draws diagnostics on standard error, and a line that counts them.
    pub(crate) fn diagnostics(self, diagnostics: &[&Diagnostic], sources: &Sources) {
        let drawn = render(diagnostics, sources, Style { color: self.color, unicode: self.unicode });
        let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let mut stderr = std::io::stderr().lock();
        // Nothing can be said about a standard error that is gone.
        let _ = stderr.write_all(drawn.as_bytes());
        let _ = match (errors, warnings) {
            (0, 0) => Ok(()),
            (0, w) => writeln!(stderr, "{}", plural(w, "warning")),
            (e, 0) => writeln!(stderr, "{}", plural(e, "error")),
            (e, w) => writeln!(stderr, "{}, {}", plural(e, "error"), plural(w, "warning")),
        };
    }

    /// An error that is about no place in a file.
    pub(crate) fn error(self, message: &str, help: Option<&str>) {
        let (red, bold, reset) = if self.color { ("\x1b[31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "{red}Error:{reset} {bold}{message}{reset}");
        if let Some(help) = help {
            let _ = writeln!(stderr, "Help: {help}");
        }
    }

    /// Something good to know, unless the user wants quiet.
    pub(crate) fn note(self, message: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{message}");
        }
    }
}

/// Writes a result to standard output. A reader that went away is no error: it has what it wanted.
pub(crate) fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
