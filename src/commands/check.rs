//! `standpipe check`

use std::path::PathBuf;

use compiler::diagnostic::{Diagnostic, Severity, nearest};
use compiler::source::Sources;
use compiler::target::{self, TARGETS};

use super::{DONE, FAILED, USAGE, fail, show};
use crate::args::Format;
use crate::input::{Failure, choose, compile};
use crate::terminal::Terminal;

/// Reports everything that is wrong in the files.
pub(super) fn check(
    terminal: Terminal,
    files: &[PathBuf],
    engine: Option<&str>,
    hints: bool,
    format: Format,
) -> u8 {
    let mut sources = Sources::default();
    let target = match engine.map(|name| (name, target::find(name))) {
        Some((name, None)) => {
            let (message, help) = unknown_engine(name);
            terminal.error(&message, Some(&help));
            return USAGE;
        }
        Some((_, found)) => found,
        None => None,
    };
    let files = if files.is_empty() {
        match choose(None) {
            Ok(file) => vec![file],
            Err(failure) => return fail(terminal, failure, &sources, format),
        }
    } else {
        files.to_vec()
    };
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for file in &files {
        match compile(&mut sources, file, target) {
            Ok(compilation) => diagnostics.extend(compilation.diagnostics),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    show(terminal, &diagnostics, &sources, hints, format);
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return FAILED;
    }
    if format == Format::Human {
        let what =
            if files.len() == 1 { "1 file is".to_owned() } else { format!("{} files are", files.len()) };
        terminal.note(&format!("{what} right"));
    }
    DONE
}

/// The message and help for a name that is no engine.
pub(super) fn unknown_engine(name: &str) -> (String, String) {
    let names = || TARGETS.iter().map(|target| target.name);
    let help = match nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            format!("the engines are {}", names().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))
        }
    };
    (format!("there is no engine `{name}`"), help)
}

/// As a failure of the command line.
pub(super) fn unknown_engine_failure(name: &str) -> Failure {
    let (message, help) = unknown_engine(name);
    Failure::Usage(message, Some(help))
}
