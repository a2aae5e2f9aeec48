//! `standpipe graph`

use std::io::IsTerminal as _;
use std::path::Path;

use compiler::draw::{Durations, Form, draw};
use compiler::source::Sources;

use super::{fail, show, write};
use crate::args::{self, Color, Input};
use crate::input::load;
use crate::terminal::{Terminal, style};

/// Draws the execution graph of a pipeline.
pub(super) fn graph(
    terminal: Terminal,
    input: &Input,
    form: args::Picture,
    color: Color,
    output: Option<&Path>,
) -> u8 {
    let mut sources = Sources::default();
    let loaded = match load(&mut sources, input) {
        Ok(loaded) => loaded,
        Err(failure) => return fail(terminal, failure, &sources, args::Format::Human),
    };
    show(terminal, &loaded.diagnostics, &sources, false, args::Format::Human);
    let form = match form {
        // Standard output may be a terminal where standard error is none; a file never is.
        args::Picture::Tree => Form::Tree(style(color, output.is_none() && std::io::stdout().is_terminal())),
        args::Picture::Mermaid => Form::Mermaid,
        args::Picture::Dot => Form::Dot,
        args::Picture::Svg => Form::Svg,
    };
    write(terminal, output, &draw(&loaded.pipeline.plan, &Durations::new(), form))
}
