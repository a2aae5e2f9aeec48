//! `standpipe check`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use compiler::diagnostic::fix::{Applied, Checked, Texts, mend};
use compiler::diagnostic::{Severity, nearest};
use compiler::source::{Loader, Sources};
use compiler::target::{self, TARGETS};

use super::{DONE, ENVIRONMENT, FAILED, USAGE, fail, show, write_whole};
use crate::args::Format;
use crate::input::{self, Disk, Failure, choose, is_unreadable};
use crate::terminal::Terminal;

/// Reports everything that is wrong in the files; with `fix`, what is left when all fixes were applied to them.
pub(super) fn check(
    terminal: Terminal,
    files: &[PathBuf],
    engine: Option<&str>,
    hints: bool,
    fix: bool,
    format: Format,
) -> u8 {
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
            Err(failure) => return fail(terminal, failure, &Sources::default(), format),
        }
    } else {
        files.to_vec()
    };
    let checked = |loader: &(dyn Loader + Sync)| {
        let (sources, diagnostics) = input::check(loader, &files, target);
        Checked { sources, diagnostics }
    };
    let Checked { sources, diagnostics } = if fix {
        let mended = mend(hints, |texts| checked(&Overlay(texts)));
        if let Err(code) = write_fixed(terminal, &mended.files) {
            return code;
        }
        mended.left
    } else {
        checked(&Disk)
    };
    show(terminal, &diagnostics, &sources, hints, format);
    if diagnostics.iter().any(is_unreadable) {
        return USAGE;
    }
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

/// Files from the disk, but for those that were mended.
struct Overlay<'t>(&'t Texts);

impl Loader for Overlay<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.0.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Disk.load(path),
        }
    }

    fn in_working_tree(&self, name: &str, path: &str) -> Option<bool> {
        Disk.in_working_tree(name, path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Disk.list(folder)
    }
}

/// Writes the files that were mended; gives the exit code when one cannot be written.
fn write_fixed(terminal: Terminal, files: &BTreeMap<String, Applied>) -> Result<(), u8> {
    for (name, applied) in files {
        let path = Path::new(name);
        if let Err(error) = write_one(path, &applied.text) {
            terminal.error(
                &format!("`{name}` cannot be written: {error}"),
                Some("the file is as it was; is it writable, and the disk not full?"),
            );
            return Err(ENVIRONMENT);
        }
        let fixes = if applied.count == 1 { "1 fix".to_owned() } else { format!("{} fixes", applied.count) };
        terminal.note(&format!("applied {fixes} in {name}"));
    }
    Ok(())
}

fn write_one(path: &Path, text: &str) -> std::io::Result<()> {
    // Replacing a file needs a writable folder only; whoever made the file read-only meant the file.
    if path.metadata()?.permissions().readonly() {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    // The compiler reads over a byte order mark; the file keeps it.
    let mark = if std::fs::read(path)?.starts_with("\u{feff}".as_bytes()) { "\u{feff}" } else { "" };
    write_whole(path, &format!("{mark}{text}"))
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
