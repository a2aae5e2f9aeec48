//! `standpipe export`

use std::path::Path;

use compiler::source::Sources;
use compiler::target;

use super::check::unknown_engine_failure;
use super::{FAILED, fail, show, write};
use crate::args::{Format, Input};
use crate::input::load;
use crate::terminal::Terminal;

/// Writes a pipeline in an engine's own format.
pub(super) fn export(terminal: Terminal, input: &Input, to: &str, output: Option<&Path>) -> u8 {
    let mut sources = Sources::default();
    let Some(target) = target::find(to) else {
        return fail(terminal, unknown_engine_failure(to), &sources, Format::Human);
    };
    let loaded = match load(&mut sources, input) {
        Ok(loaded) => loaded,
        Err(failure) => return fail(terminal, failure, &sources, Format::Human),
    };
    if sources.iter().next().is_none() {
        // A plan has no source to point at; its diagnostics stand at the start of its file.
        sources.add(loaded.path.to_string_lossy(), "");
    }
    let exported = (target.export)(&loaded.pipeline.plan, &loaded.pipeline.places);
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(exported.diagnostics);
    show(terminal, &diagnostics, &sources, false, Format::Human);
    let Some(text) = exported.text else { return FAILED };
    for note in &exported.notes {
        terminal.note(&format!("Note: {note}"));
    }
    write(terminal, output, &text)
}
