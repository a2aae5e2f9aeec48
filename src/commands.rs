//! The commands, each in a file of its own. [`crate::args::EXIT_CODES`] says what their exit codes mean.

use std::path::Path;

use compiler::diagnostic::{Diagnostic, Severity, github, json, sarif};
use compiler::source::Sources;

use crate::args::{Arguments, Command, Format};
use crate::input::Failure;
use crate::terminal::{Terminal, print};

mod check;
mod compile;
mod explain;
mod export;
mod fmt;
mod graph;
mod new;
mod run;

/// Done.
pub(crate) const DONE: u8 = 0;
/// The pipeline has errors, the run failed, or a file is not laid out.
pub(crate) const FAILED: u8 = 1;
/// The command line is wrong, or names what is not there.
pub(crate) const USAGE: u8 = 2;
/// Disk, network, a missing tool or secret.
pub(crate) const ENVIRONMENT: u8 = 3;

/// Carries out a command; gives the exit code.
pub(crate) fn execute(arguments: &Arguments) -> u8 {
    let terminal = Terminal::new(arguments);
    match &arguments.command {
        Command::New(arguments) => new::new(terminal, arguments),
        Command::Check { files, target, hints, fix, format } => {
            check::check(terminal, files, target.as_deref(), *hints, *fix, *format)
        }
        Command::Fmt { files, check, diff } => fmt::fmt(terminal, files, *check, *diff),
        Command::Compile { schema: true, output, .. } => {
            write(terminal, output.as_deref(), &compiler::plan::Plan::schema())
        }
        Command::Compile { input, output, format, .. } => {
            compile::compile(terminal, input, output.as_deref(), *format)
        }
        Command::Run(run) => run::run(terminal, run),
        Command::Export { input, to, output } => export::export(terminal, input, to, output.as_deref()),
        Command::Graph { input, form, output } => {
            graph::graph(terminal, input, *form, arguments.color, output.as_deref())
        }
        Command::Explain { code } => explain::explain(terminal, code.as_deref()),
        Command::Lsp => lsp(terminal),
        Command::Completions { shell } => completions(*shell),
    }
}

fn lsp(terminal: Terminal) -> u8 {
    match lsp::run_stdio() {
        Ok(()) => DONE,
        // The protocol demands 1 here.
        Err(error @ lsp::Error::ExitWithoutShutdown) => {
            terminal.error(&error.to_string(), None);
            FAILED
        }
        Err(error) => {
            terminal.error(&format!("the connection to the editor broke: {error}"), None);
            ENVIRONMENT
        }
    }
}

fn completions(shell: clap_complete::Shell) -> u8 {
    use clap::CommandFactory as _;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "standpipe", &mut script);
    match print(&String::from_utf8_lossy(&script)) {
        Ok(()) => DONE,
        Err(_) => ENVIRONMENT,
    }
}

/// Shows diagnostics; on standard output in the formats for programs. Hints are left to `check --hints`.
fn show(terminal: Terminal, diagnostics: &[Diagnostic], sources: &Sources, hints: bool, format: Format) {
    let shown = |d: &&Diagnostic| match d.severity {
        Severity::Error => true,
        Severity::Warning => !terminal.quiet,
        Severity::Hint => hints,
    };
    let diagnostics: Vec<&Diagnostic> = diagnostics.iter().filter(shown).collect();
    match format {
        Format::Human => terminal.diagnostics(&diagnostics, sources),
        // A standard output that is gone ends the command anyway.
        Format::Json => drop(print(&json::to_json(&diagnostics, sources))),
        Format::Sarif => drop(print(&sarif::to_sarif(&diagnostics, sources))),
        Format::Github => drop(print(&github::to_github(&diagnostics, sources))),
    }
}

/// Shows why a command cannot go on; gives its exit code.
fn fail(terminal: Terminal, failure: Failure, sources: &Sources, format: Format) -> u8 {
    match failure {
        Failure::Diagnostics(diagnostics) => {
            show(terminal, &diagnostics, sources, false, format);
            FAILED
        }
        Failure::Named(diagnostics) => {
            show(terminal, &diagnostics, sources, false, format);
            USAGE
        }
        Failure::Usage(message, help) => {
            terminal.error(&message, help.as_deref());
            USAGE
        }
    }
}

/// Writes a result to a file, whole or not at all, or to standard output.
fn write(terminal: Terminal, output: Option<&Path>, text: &str) -> u8 {
    let result = match output {
        None => print(text),
        Some(path) => write_whole(path, text),
    };
    match result {
        Ok(()) => DONE,
        Err(error) => {
            let to = output.map_or("standard output".to_owned(), |path| format!("`{}`", path.display()));
            terminal.error(
                &format!("{to} cannot be written: {error}"),
                Some("is the folder there, writable, and not full?"),
            );
            ENVIRONMENT
        }
    }
}

/// Writes beside the file first, so that whatever goes wrong the file is the old one or the new one.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    if path.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        // A link, a pipe or `/dev/stdout` is written to, not replaced.
        return std::fs::write(path, text);
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let permissions = path.metadata().map(|m| m.permissions()).ok();
    let written = std::fs::write(&temporary, text).and_then(|()| {
        if let Some(permissions) = permissions {
            std::fs::set_permissions(&temporary, permissions)?;
        }
        std::fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}
