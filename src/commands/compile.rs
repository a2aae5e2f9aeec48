//! `standpipe compile`

use std::path::Path;

use compiler::source::Sources;

use super::{fail, show, write};
use crate::args::{Format, Input};
use crate::input::load;
use crate::terminal::Terminal;

/// Writes the plan of a pipeline.
pub(super) fn compile(terminal: Terminal, input: &Input, output: Option<&Path>, format: Format) -> u8 {
    let mut sources = Sources::default();
    let loaded = match load(&mut sources, input) {
        Ok(loaded) => loaded,
        Err(failure) => return fail(terminal, failure, &sources, format),
    };
    // The plan takes standard output, so that what there is to say goes to standard error whatever the format.
    show(terminal, &loaded.diagnostics, &sources, false, Format::Human);
    write(terminal, output, &loaded.pipeline.plan.to_json())
}
