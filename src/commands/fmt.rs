//! `standpipe fmt`

use std::io::Read as _;
use std::path::{Path, PathBuf};

use compiler::diagnostic::{Diagnostic, Severity};
use compiler::format::{Unformattable, format};
use compiler::source::{Loader, SourceId, Sources};
use compiler::syntax;

use super::{DONE, ENVIRONMENT, FAILED, USAGE, write_whole};
use crate::input::{Disk, display, is_unreadable, pipe_files, unread};
use crate::terminal::{Terminal, print};

/// Lays out files. With `check` or `diff` nothing is written.
pub(super) fn fmt(terminal: Terminal, files: &[PathBuf], check: bool, diff: bool) -> u8 {
    let files = if files.is_empty() { pipe_files(Path::new(".")) } else { files.to_vec() };
    if files.is_empty() {
        terminal.error(
            "this folder holds no `.pipe` file",
            Some("name the files: `standpipe fmt path/to/file.pipe`"),
        );
        return USAGE;
    }
    let mut worst = DONE;
    for file in &files {
        worst = worst.max(one_file(terminal, file, check, diff));
    }
    worst
}

fn one_file(terminal: Terminal, path: &Path, check: bool, diff: bool) -> u8 {
    let standard_input = path == Path::new("-");
    let mut sources = Sources::default();
    let (id, original) = match read(&mut sources, path) {
        Ok(loaded) => loaded,
        Err(diagnostic) => {
            terminal.diagnostics(&[&diagnostic], &sources);
            return if is_unreadable(&diagnostic) { USAGE } else { FAILED };
        }
    };
    let text = sources.get(id).text.clone();
    let parsed = syntax::parse(id, &text);
    let formatted = match format(&parsed, &text) {
        Ok(formatted) => formatted,
        Err(reason) => return unformattable(terminal, path, &reason, &parsed.diagnostics, &sources),
    };
    // What is compared is the file itself: a byte order mark goes, too.
    let changed = formatted != original;
    if diff && changed {
        let _ = print(&difference(&display(path), &original, &formatted));
    }
    if check {
        if changed {
            terminal.error(
                &format!("`{}` is not laid out canonically", path.display()),
                Some("run `standpipe fmt`"),
            );
        }
        return if changed { FAILED } else { DONE };
    }
    if diff {
        return DONE;
    }
    let written = match (standard_input, changed) {
        (true, _) => print(&formatted),
        (false, true) => write_whole(path, &formatted),
        (false, false) => Ok(()),
    };
    if let Err(error) = written {
        terminal.error(&format!("`{}` cannot be written: {error}", path.display()), None);
        return ENVIRONMENT;
    }
    if changed && !standard_input {
        terminal.note(&format!("formatted {}", path.display()));
    }
    DONE
}

/// What was read, once, as a file of the compiler: standard input meets the same checks as a file.
struct Read(Result<Vec<u8>, String>);

impl Loader for Read {
    fn load(&self, _: &str) -> Result<Vec<u8>, String> {
        self.0.clone()
    }
}

/// The file, and its text with a byte order mark if it has one.
fn read(sources: &mut Sources, path: &Path) -> Result<(SourceId, String), Box<Diagnostic>> {
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        ("standard input".to_owned(), read.map(|_| bytes).map_err(|error| error.to_string()))
    } else {
        (display(path), Disk.load(&display(path)))
    };
    let read = Read(bytes);
    let id = compiler::load(&read, sources, &name).map_err(|diagnostic| unread(diagnostic, path))?;
    Ok((id, String::from_utf8_lossy(&read.0.unwrap_or_default()).into_owned()))
}

fn unformattable(
    terminal: Terminal,
    path: &Path,
    reason: &Unformattable,
    diagnostics: &[Diagnostic],
    sources: &Sources,
) -> u8 {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    if !errors.is_empty() {
        terminal.diagnostics(&errors, sources);
    }
    terminal.error(&format!("`{}` is left as it is: {reason}", path.display()), None);
    FAILED
}

/// The lines that differ, with three lines around them.
fn difference(name: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.unified_diff().header(name, name).to_string()
}
