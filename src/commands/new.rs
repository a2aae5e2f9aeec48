//! `standpipe new`: looks at a folder and writes a `pipeline.pipe` that suits it and runs at once.

use std::io::Write as _;
use std::path::Path;

use super::{DONE, ENVIRONMENT, USAGE};
use crate::args::New;
use crate::terminal::Terminal;

mod fill;
mod git;
mod look;
mod manifest;
mod name;

/// The file that is written, which the other commands look for first.
const FILE: &str = "pipeline.pipe";

/// Writes a pipeline for a folder.
pub(super) fn new(terminal: Terminal, arguments: &New) -> u8 {
    let folder = &arguments.folder;
    if let Some(given) = arguments.name.as_deref()
        && name::identifier(given).as_deref() != Some(given)
    {
        let help = match name::identifier(given) {
            Some(near) => format!("`{near}` can"),
            None => "a name has letters, digits, `-` and `_`, and begins with a letter".to_owned(),
        };
        terminal.error(&format!("`{given}` cannot name a pipeline"), Some(&help));
        return USAGE;
    }
    if folder.exists() && !folder.is_dir() {
        let message = format!("`{}` is a file, not a folder", folder.display());
        terminal.error(&message, Some("name the folder: `standpipe new path/to/folder`"));
        return USAGE;
    }
    let path = folder.join(FILE);
    let path = path.strip_prefix("./").unwrap_or(&path);
    if path.symlink_metadata().is_ok() {
        return is_there(terminal, path);
    }
    if let Err(error) = std::fs::create_dir_all(folder) {
        terminal.error(&format!("`{}` cannot be made: {error}", folder.display()), None);
        return ENVIRONMENT;
    }
    let found = look::look(folder, arguments.from);
    let repository = git::repository(folder);
    let name = arguments.name.clone().unwrap_or_else(|| name::choose(found.name.as_deref(), folder));
    let text = fill::pipeline(&found, &repository, &name);
    match write_new(path, &text) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return is_there(terminal, path),
        Err(error) => {
            let help = "is the folder writable, and the disk not full?";
            terminal.error(&format!("`{}` cannot be written: {error}", path.display()), Some(help));
            return ENVIRONMENT;
        }
    }
    for note in &found.notes {
        terminal.note(&format!("Note: {note}"));
    }
    terminal.note(&format!("wrote `{}`: pipeline `{name}`, for {}", path.display(), found.what));
    let file = if path == Path::new(FILE) { String::new() } else { format!(" {}", quoted(path)) };
    terminal
        .note(&format!("next: `standpipe run{file}` runs it here, `standpipe check{file}` reports mistakes"));
    DONE
}

fn is_there(terminal: Terminal, path: &Path) -> u8 {
    terminal.error(
        &format!("`{}` is there already, and is left as it is", path.display()),
        Some("edit it, move it away first, or name another folder: `standpipe new path/to/folder`"),
    );
    USAGE
}

/// Writes a file that is not there yet, whole or not at all.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    if text.chars().all(is_plain) { text.into_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
